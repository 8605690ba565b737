/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_GUNZIP_H
#define BASE_GUNZIP_H

#include "indicia/err.h"
#include <stdbool.h>
#include <stddef.h>

/* Streaming gzip (RFC 1952, concatenated members too) over a function that reads; zlib stands behind this door. The function fills up to `size` bytes and says how many in
 * *got; 0 is the end. */
typedef enum ind_err gunzip_read_fn(void *ctx, void *bytes, size_t size, size_t *got);
struct gunzip;

/* Do the bytes begin as gzip does (RFC 1952 section 2.3.1)? No text and no capture does. */
enum { GUNZIP_MAGIC_BYTES = 2 };
bool gunzip_begins(const void *bytes, size_t count);

enum ind_err gunzip_new(gunzip_read_fn *read, void *ctx, struct gunzip **g) IND_MUST_USE;

/* IND_OK with *got > 0 as long as there are bytes; then, with *got = 0: IND_END, IND_SHORT if the input was cut, IND_MALFORMED if it is
 * damaged, or what the read function returned. */
enum ind_err gunzip_read(struct gunzip *g, void *bytes, size_t size, size_t *got) IND_MUST_USE;
void gunzip_free(struct gunzip *g);

#endif
