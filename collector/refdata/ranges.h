/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFDATA_RANGES_H
#define REFDATA_RANGES_H

#include "indicia/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ranges of numbers (IPv4 or IPv6 addresses, AS numbers), nested or not, and a value for each. A key is one 32-bit word, or four with the
 * most significant first. Added in any order, then closed once, then asked: no look-up allocates. */

#define RANGES_NONE UINT32_MAX
enum { RANGES_KEY_WORDS = 4, RANGES_EQUAL_MAX = 8 };

struct ranges {
	unsigned width;              /* words of a key */
	uint32_t *words;             /* per range: first, last, the range around it, value */
	size_t count, room;
	uint32_t *samples;           /* first key of every so-many-th range: the upper level of the search, small enough for a cache */
	size_t sample_count;
	bool unsorted;
};

void ranges_start(struct ranges *r, unsigned width);
void ranges_free(struct ranges *r);

/* IND_LIMIT if there are too many, IND_NOMEM. `first` is not above `last`. */
enum ind_err ranges_add(struct ranges *r, const uint32_t *first, const uint32_t *last, uint32_t value) IND_MUST_USE;

/* The one value of two equal ranges, the former added first. */
typedef uint32_t ranges_join(uint32_t former, uint32_t latter);

/* Sorts and links; of equal ranges the last RANGES_EQUAL_MAX stay, or one if `join` is not NULL. IND_LIMIT: they are nested so deep that
 * look-ups would be slow. */
enum ind_err ranges_close(struct ranges *r, ranges_join *join) IND_MUST_USE;

/* The innermost range that holds the key (of several equal ones the last added), or RANGES_NONE. */
uint32_t ranges_find(const struct ranges *r, const uint32_t *key);

/* The next one around range `at` that holds the key too. */
uint32_t ranges_around(const struct ranges *r, uint32_t at, const uint32_t *key);

/* Ranges have the numbers of their adding until they are closed. */
uint32_t ranges_value(const struct ranges *r, uint32_t at);
void ranges_value_set(struct ranges *r, uint32_t at, uint32_t value);

/* How long the prefix of the largest aligned block is that holds the key and lies within the range. */
unsigned ranges_prefix(const struct ranges *r, uint32_t at, const uint32_t *key);

#endif
