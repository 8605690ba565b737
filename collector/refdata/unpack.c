/* SPDX-License-Identifier: Apache-2.0 */
#include "refdata/unpack.h"

#include "base/gunzip.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 1 << 16 };

struct packed { const char *at; size_t left; };
struct room { char *at; size_t bytes, size; };

static enum ind_err packed_read(void *ctx, void *bytes, size_t size, size_t *got)
{
	struct packed *p = ctx;
	*got = p->left < size ? p->left : size;
	if (*got)
		memcpy(bytes, p->at, *got);
	p->at += *got;
	p->left -= *got;
	return IND_OK;
}

static bool room_make(struct room *r)
{
	if (r->bytes < r->size)
		return true;
	size_t size = r->size ? r->size * 2 : FIRST_ROOM;
	char *at = realloc(r->at, size);
	if (!at)
		return false;
	r->at = at;
	r->size = size;
	return true;
}

static enum ind_err all_read(struct gunzip *g, size_t max, struct room *r)
{
	enum ind_err err = IND_OK;
	while (!err) {
		size_t got = 0;
		err = room_make(r) ? gunzip_read(g, r->at + r->bytes, r->size - r->bytes, &got) : IND_NOMEM;
		r->bytes += got;
		if (!err && r->bytes > max)
			err = IND_LIMIT;
	}
	return err == IND_END ? IND_OK : err == IND_SHORT ? IND_MALFORMED : err;
}

enum ind_err unpack(const char *bytes, size_t count, size_t max, char **out, size_t *out_bytes)
{
	struct packed p = { bytes, count };
	struct room r = { 0 };
	struct gunzip *g;
	enum ind_err err = gunzip_new(packed_read, &p, &g);
	if (err)
		return err;
	err = all_read(g, max, &r);
	gunzip_free(g);
	if (err) {
		free(r.at);
		return err;
	}
	*out = r.at;
	*out_bytes = r.bytes;
	return IND_OK;
}
