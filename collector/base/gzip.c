/* SPDX-License-Identifier: Apache-2.0 */
#include "base/gzip.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

enum { OUTPUT_BYTES = 1 << 16, LEVEL = 6, GZIP_WINDOW = 15 + 16, MEMORY = 8 };

struct gzip {
	z_stream z;
	gzip_write_fn *write;
	void *ctx;
	enum ind_err err;            /* kept */
	uint8_t output[OUTPUT_BYTES];
};

enum ind_err gzip_new(gzip_write_fn *write, void *ctx, struct gzip **out)
{
	struct gzip *g = calloc(1, sizeof *g);
	*out = NULL;
	if (!g || deflateInit2(&g->z, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
		free(g);
		return IND_NOMEM;
	}
	g->write = write;
	g->ctx = ctx;
	*out = g;
	return IND_OK;
}

/* Until all input is taken, and with Z_FINISH until all output is given. */
static enum ind_err deflate_all(struct gzip *g, int flush)
{
	int done = Z_OK;
	while (g->err == IND_OK && done != Z_STREAM_END && (g->z.avail_in || flush == Z_FINISH)) {
		g->z.next_out = g->output;
		g->z.avail_out = sizeof g->output;
		done = deflate(&g->z, flush);
		if (done == Z_STREAM_ERROR)
			g->err = IND_USAGE;
		else if (sizeof g->output > g->z.avail_out)
			g->err = g->write(g->ctx, g->output, sizeof g->output - g->z.avail_out);
	}
	return g->err;
}

enum ind_err gzip_write(struct gzip *g, const void *bytes, size_t count)
{
	for (const uint8_t *at = bytes; count && g->err == IND_OK;) {
		size_t piece = count < INT_MAX ? count : INT_MAX;
		g->z.next_in = (Bytef *)(uintptr_t)at;
		g->z.avail_in = (uInt)piece;
		(void)deflate_all(g, Z_NO_FLUSH);
		at += piece;
		count -= piece;
	}
	return g->err;
}

enum ind_err gzip_end(struct gzip *g)
{
	g->z.next_in = NULL;
	g->z.avail_in = 0;
	return deflate_all(g, Z_FINISH);
}

void gzip_free(struct gzip *g)
{
	if (!g)
		return;
	deflateEnd(&g->z);
	free(g);
}
