/* SPDX-License-Identifier: Apache-2.0 */
/* What a store answers. */
#include "fleet/answer.h"
#include "fleet/name.h"

static enum ind_err see(void *ctx, const struct archive_entry *e)
{
	struct name n;
	const char *tail;
	size_t *sum = ctx;
	if (name_parse(e->key, &n, &tail))
		*sum += name_day(&n) + (size_t)*tail;
	*sum += etag_same(e->etag, "");
	return IND_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answer a;
	size_t sum = 0;
	enum ind_err err = answer_read((const char *)data, size, see, &sum, &a);
	return err == IND_OK && a.entries > size ? -1 : 0;
}
