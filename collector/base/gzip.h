/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_GZIP_H
#define BASE_GZIP_H

#include "indicia/err.h"
#include <stddef.h>

/* Streaming gzip (RFC 1952) into a function that writes; zlib stands behind this door. No name and no time is in it: the same bytes give the same bytes. */
typedef enum ind_err gzip_write_fn(void *ctx, const void *bytes, size_t count);
struct gzip;

enum ind_err gzip_new(gzip_write_fn *write, void *ctx, struct gzip **g) IND_MUST_USE;

/* What the write function returned, which is kept. */
enum ind_err gzip_write(struct gzip *g, const void *bytes, size_t count) IND_MUST_USE;

/* The rest, and the trailer. */
enum ind_err gzip_end(struct gzip *g) IND_MUST_USE;
void gzip_free(struct gzip *g);

#endif
