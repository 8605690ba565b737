/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 1952, streaming, through zlib. */
#include "base/gunzip.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { INPUT_BYTES = 1 << 18, GZIP_ONLY = 15 + 16 };

struct gunzip {
	z_stream z;
	gunzip_read_fn *read;
	void *ctx;
	enum ind_err err;            /* what ended the input; kept */
	bool in_member;              /* bytes of a member were taken and its trailer was not reached */
	bool any_member;
	uint8_t input[INPUT_BYTES];
};

bool gunzip_begins(const void *bytes, size_t count)
{
	return count >= GUNZIP_MAGIC_BYTES && memcmp(bytes, "\x1f\x8b", GUNZIP_MAGIC_BYTES) == 0;
}

enum ind_err gunzip_new(gunzip_read_fn *read, void *ctx, struct gunzip **out)
{
	struct gunzip *g = calloc(1, sizeof *g);
	if (!g || inflateInit2(&g->z, GZIP_ONLY) != Z_OK) {
		free(g);
		return IND_NOMEM;
	}
	g->read = read;
	g->ctx = ctx;
	*out = g;
	return IND_OK;
}

static enum ind_err input_fill(struct gunzip *g)
{
	size_t got = 0;
	enum ind_err err = g->read(g->ctx, g->input, sizeof g->input, &got);
	if (err != IND_OK && err != IND_END)
		return err;
	g->z.next_in = g->input;
	g->z.avail_in = (uInt)got;
	if (got)
		return IND_OK;
	return g->in_member || !g->any_member ? IND_SHORT : IND_END;
}

/* Bytes after a member start the next one. */
static enum ind_err member_step(struct gunzip *g)
{
	if (!g->in_member && inflateReset(&g->z) != Z_OK)
		return IND_NOMEM;
	g->in_member = true;
	int z = inflate(&g->z, Z_NO_FLUSH);
	if (z == Z_STREAM_END) {
		g->in_member = false;
		g->any_member = true;
		return IND_OK;
	}
	if (z == Z_OK || z == Z_BUF_ERROR)
		return IND_OK;
	return z == Z_MEM_ERROR ? IND_NOMEM : IND_MALFORMED;
}

enum ind_err gunzip_read(struct gunzip *g, void *bytes, size_t size, size_t *got)
{
	uInt room = size < UINT32_MAX ? (uInt)size : UINT32_MAX;
	g->z.next_out = bytes;
	g->z.avail_out = room;
	while (g->err == IND_OK && g->z.avail_out == room) {
		if (g->z.avail_in == 0)
			g->err = input_fill(g);
		if (g->err == IND_OK)
			g->err = member_step(g);
	}
	*got = room - g->z.avail_out;
	return *got ? IND_OK : g->err;
}

void gunzip_free(struct gunzip *g)
{
	if (!g)
		return;
	inflateEnd(&g->z);
	free(g);
}
