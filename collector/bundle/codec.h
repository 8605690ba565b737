/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_CODEC_H
#define BUNDLE_CODEC_H

#include "indicia/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whole-buffer zlib format (RFC 1950) and its CRC. One implementation is chosen when building: libdeflate or zlib. */

struct codec;

/* NULL if there is no memory. The caller owns it. */
struct codec *codec_new(void);
void codec_free(struct codec *c);

/* Bytes written to out, or 0 if the result would not be shorter than the input (or memory is short: the input can be kept as it is). `out` holds `bytes` bytes. */
size_t codec_deflate(struct codec *c, const uint8_t *in, size_t bytes, uint8_t *out);

/* True if `in` is exactly one zlib stream of exactly `out_bytes` bytes. */
bool codec_inflate(struct codec *c, const uint8_t *in, size_t bytes, uint8_t *out, size_t out_bytes);

/* As crc32() of zlib. */
uint32_t codec_crc32(uint32_t start, const void *bytes, size_t count);

#endif
