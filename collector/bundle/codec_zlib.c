/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 1950 through zlib. */
#include "bundle/codec.h"

#include <stdlib.h>
#include <zlib.h>

struct codec {
	z_stream deflate, inflate;
	bool deflates;               /* set up at its first use: readers need none */
};

struct codec *codec_new(void)
{
	struct codec *c = calloc(1, sizeof *c);
	if (!c)
		return NULL;
	if (inflateInit(&c->inflate) == Z_OK)
		return c;
	free(c);
	return NULL;
}

void codec_free(struct codec *c)
{
	if (!c)
		return;
	if (c->deflates)
		deflateEnd(&c->deflate);
	inflateEnd(&c->inflate);
	free(c);
}

static void stream_set(z_stream *z, const uint8_t *in, size_t in_bytes, uint8_t *out, size_t out_bytes)
{
	z->next_in = (Bytef *)(uintptr_t)in; /* zlib only reads it */
	z->avail_in = (uInt)in_bytes;
	z->next_out = out;
	z->avail_out = (uInt)out_bytes;
}

size_t codec_deflate(struct codec *c, const uint8_t *in, size_t bytes, uint8_t *out)
{
	if (!c->deflates)
		c->deflates = deflateInit(&c->deflate, 1) == Z_OK;
	if (bytes < 2 || !c->deflates || deflateReset(&c->deflate) != Z_OK)
		return 0;
	stream_set(&c->deflate, in, bytes, out, bytes - 1);
	return deflate(&c->deflate, Z_FINISH) == Z_STREAM_END ? c->deflate.total_out : 0;
}

bool codec_inflate(struct codec *c, const uint8_t *in, size_t bytes, uint8_t *out, size_t out_bytes)
{
	uint8_t more;
	if (inflateReset(&c->inflate) != Z_OK)
		return false;
	stream_set(&c->inflate, in, bytes, out_bytes ? out : &more, out_bytes);
	return inflate(&c->inflate, Z_FINISH) == Z_STREAM_END && c->inflate.avail_in == 0 && c->inflate.avail_out == 0;
}

uint32_t codec_crc32(uint32_t start, const void *bytes, size_t count) { return (uint32_t)crc32_z(start, bytes, count); }
