/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFDATA_POOL_H
#define REFDATA_POOL_H

#include "base/hash.h"
#include <stdbool.h>

/* Pieces of bytes, each kept once, known by a number that orders them by when they came. Lists say the same things of many addresses. */

struct pool {
	struct hash_key key;         /* random: who writes a list must not choose where its pieces collide */
	uint8_t *at;                 /* pieces: bytes, a number of the owner's, and what they hold, padded to words */
	size_t bytes, room;
	uint32_t *slots;             /* number of a piece; 0 is free */
	size_t slot_count;           /* power of two, or 0 before the first piece */
	size_t pieces;
};

enum ind_err pool_start(struct pool *p) IND_MUST_USE;
void pool_free(struct pool *p);

/* The number of the piece, which is never 0. IND_LIMIT beyond 4 GiB, IND_NOMEM. */
enum ind_err pool_put(struct pool *p, const void *piece, size_t bytes, uint32_t *number) IND_MUST_USE;

/* The same in three steps, for a piece that is known some time before it is put: its place is fetched from memory in the meantime. */
uint64_t pool_hash(const struct pool *p, const void *piece, size_t bytes);
void pool_expect(const struct pool *p, uint64_t hash);
enum ind_err pool_put_hashed(struct pool *p, const void *piece, size_t bytes, uint64_t hash, uint32_t *number) IND_MUST_USE;

/* The number of the piece if it is there, else 0. */
uint32_t pool_find(const struct pool *p, const void *piece, size_t bytes);

const void *pool_get(const struct pool *p, uint32_t number, size_t *bytes);

/* A number that the owner keeps with a piece; 0 at first. */
uint32_t pool_mark(const struct pool *p, uint32_t number);
void pool_mark_set(struct pool *p, uint32_t number, uint32_t mark);

#endif
