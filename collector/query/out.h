/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_OUT_H
#define QUERY_OUT_H

#include "indicia/err.h"
#include <stddef.h>
#include <stdint.h>

/* Where text goes: one growing buffer, handed to `write` when it is full. The first error is kept; after it nothing is written. */
struct out {
	char *at;
	size_t used, size;
	enum ind_err err;
	size_t cut;                  /* columns that the lines of a table were cut to; 0: none was */
	enum ind_err (*write)(void *ctx, const void *bytes, size_t count);
	void *ctx;
};

/* `write` may be NULL: then the text stays in the buffer, and grows with it. */
void out_start(struct out *o, enum ind_err (*write)(void *ctx, const void *bytes, size_t count), void *ctx);

/* Room for at least `count` more bytes at the returned place; tell how many were used with out_used. NULL after an error. */
char *out_room(struct out *o, size_t count);
static inline void out_used(struct out *o, size_t count) { o->used += count; }

void out_bytes(struct out *o, const void *bytes, size_t count);
void out_text(struct out *o, const char *text);
void out_char(struct out *o, char c);
void out_fill(struct out *o, char c, size_t count);
void out_u64(struct out *o, uint64_t value);
void out_i64(struct out *o, int64_t value);

/* A word of a command for a shell, in quotes unless it is plain. */
void out_shell_word(struct out *o, const char *word);

/* Hands over what is waiting, and says how all went. */
enum ind_err out_flush(struct out *o);

/* Frees the buffer; does not flush. */
void out_free(struct out *o);

#endif
