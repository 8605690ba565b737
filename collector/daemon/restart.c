/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/restart.h"

#include <errno.h>
#include <string.h>

static enum ind_err take(const struct bootkey *b, const struct ind_stream *at, struct restart *r, const char **why)
{
	struct ind_stream known = *at;
	enum ind_err err = bootkey_take(b, &known, &r->by_boot, why);
	if (err == IND_OK && memcmp(&known.boot_key, &at->boot_key, sizeof known.boot_key) != 0) {
		*why = "the boot key is another one";
		err = IND_MISSING;
	}
	if (err == IND_OK)
		err = ind_key_new(&r->key);
	if (err == IND_OK)
		err = bootkey_next(b, at, r->key, &r->boot_key);
	if (err != IND_OK && !*why)
		*why = err == IND_IO ? strerror(errno) : ind_strerror(err);
	return err;
}

enum ind_err restart_take(const struct bootkey *b, const struct ind_stream *at, struct restart *r, const char **why)
{
	*r = (struct restart){ 0 };
	*why = NULL;
	enum ind_err err = take(b, at, r, why);
	if (err != IND_OK)
		restart_free(r);
	return err;
}

void restart_free(struct restart *r)
{
	ind_key_free(r->by_boot);
	ind_key_free(r->key);
	*r = (struct restart){ 0 };
}
