/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 1950 through libdeflate. */
#include "bundle/codec.h"

#include <libdeflate.h>
#include <stdlib.h>

struct codec {
	struct libdeflate_compressor *deflate; /* from its first use on: readers need none */
	struct libdeflate_decompressor *inflate;
};

struct codec *codec_new(void)
{
	struct codec *c = calloc(1, sizeof *c);
	if (!c)
		return NULL;
	c->inflate = libdeflate_alloc_decompressor();
	if (c->inflate)
		return c;
	codec_free(c);
	return NULL;
}

void codec_free(struct codec *c)
{
	if (!c)
		return;
	if (c->deflate)
		libdeflate_free_compressor(c->deflate);
	libdeflate_free_decompressor(c->inflate);
	free(c);
}

size_t codec_deflate(struct codec *c, const uint8_t *in, size_t bytes, uint8_t *out)
{
	if (!c->deflate)
		c->deflate = libdeflate_alloc_compressor(1);
	return bytes && c->deflate ? libdeflate_zlib_compress(c->deflate, in, bytes, out, bytes - 1) : 0;
}

bool codec_inflate(struct codec *c, const uint8_t *in, size_t bytes, uint8_t *out, size_t out_bytes)
{
	size_t used;
	return libdeflate_zlib_decompress_ex(c->inflate, in, bytes, out, out_bytes, &used, NULL) == LIBDEFLATE_SUCCESS && used == bytes;
}

uint32_t codec_crc32(uint32_t start, const void *bytes, size_t count) { return libdeflate_crc32(start, bytes, count); }
