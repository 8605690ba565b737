/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/body.h"
#include "fleet/inside.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void archive_close(struct archive *a)
{
	if (a)
		a->kind->close(a);
}

static void start(struct archive *a)
{
	a->why[0] = '\0';
	a->again = false;
}

enum ind_err archive_list(struct archive *a, const char *prefix, bool checked, archive_see *see, void *ctx)
{
	start(a);
	return a->kind->list(a, prefix, checked, see, ctx);
}

enum ind_err archive_put(struct archive *a, const char *key, const struct archive_body *body, char etag[static ETAG_TEXT])
{
	start(a);
	return a->kind->put(a, key, body, etag);
}

enum ind_err archive_get(struct archive *a, const char *key, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	start(a);
	*got = 0;
	return a->kind->get(a, key, offset, bytes, count, got);
}

enum ind_err archive_fetch(struct archive *a, const char *key, int fd, uint64_t most)
{
	start(a);
	return a->kind->fetch(a, key, fd, most);
}

enum ind_err archive_expects(const struct archive_body *of, const char *said, char etag[static ETAG_TEXT])
{
	struct body body;
	enum ind_err err = body_start(&body, of);
	while (err == IND_OK)
		err = body_next(&body);
	if (err == IND_END)
		err = body_check(&body);
	if (err == IND_OK)
		etag_end(&body.etag, strchr(said, '-') != NULL, etag);
	body_end(&body);
	return err;
}

const char *archive_why(const struct archive *a) { return a->why; }
bool archive_again(const struct archive *a) { return a->again; }
const char *archive_name(const struct archive *a) { return a->name; }

enum ind_err archive_fails(struct archive *a, enum ind_err err, bool again, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	vsnprintf(a->why, sizeof(a->why), format, list);
	va_end(list);
	a->again = again;
	return err;
}

enum ind_err archive_not_kept(struct archive *a, const char *key, int error) { return archive_fails(a, IND_IO, false, "%s: cannot be kept here: %s", key, strerror(error)); }
