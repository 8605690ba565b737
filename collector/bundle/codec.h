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

/* Streaming gzip (RFC 1952, concatenated members too) over a function that reads: it fills up to `size` bytes and says how many in
 * *got; 0 is the end. */
typedef enum ind_err gunzip_read_fn(void *ctx, void *bytes, size_t size, size_t *got);
struct gunzip;

enum ind_err gunzip_new(gunzip_read_fn *read, void *ctx, struct gunzip **g) IND_MUST_USE;

/* IND_OK with *got > 0 as long as there are bytes; then, with *got = 0: IND_END, IND_SHORT if the input was cut, IND_MALFORMED if it is
 * damaged, or what the read function returned. */
enum ind_err gunzip_read(struct gunzip *g, void *bytes, size_t size, size_t *got) IND_MUST_USE;
void gunzip_free(struct gunzip *g);

#endif
