/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_GROUP_H
#define QUERY_GROUP_H

#include "indicia/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counters by key: a hash table of groups that grows up to a limit and says when it is there. Keys are of one length of 64-bit words. Buckets are
 * chosen under a random key, so that no traffic can aim at one. */

enum { GROUP_KEY_WORDS_MAX = 18, GROUPS_AT_ONCE = 256 };

struct group {
	uint64_t flows, packets[2], bytes[2];
	uint64_t other;              /* what else is measured: signals, distinct values */
	uint64_t first_ns, last_ns;
	uint64_t seen;               /* number of the last flow that was counted here */
	uint64_t key[];
};

struct groups;

/* NULL without memory, or without random bytes. */
struct groups *groups_new(size_t key_words, size_t most);
void groups_free(struct groups *g);

/* The group of a key; a new one is zero but for its key. NULL: the limit is reached, or memory is. Pointers stay valid. */
struct group *groups_find(struct groups *g, const uint64_t *key);

/* The same for at most GROUPS_AT_ONCE keys, one behind the other. */
void groups_find_some(struct groups *g, const uint64_t *keys, size_t count, struct group **found);

size_t groups_count(const struct groups *g);
struct group *groups_at(const struct groups *g, size_t n);
size_t groups_number(const struct groups *g, const struct group *group);

/* Was memory short before the limit? */
bool groups_short_of_memory(const struct groups *g);

/* ---- texts as numbers ---- */

struct words;

/* NULL without memory, or without random bytes. `most_bytes` bounds the bytes of all texts. */
struct words *words_new(size_t most_bytes);
void words_free(struct words *w);

/* A number from 1, the same for the same text; 0: the limit is reached, or memory is. */
uint64_t words_number(struct words *w, const char *text, size_t bytes);
const char *words_text(const struct words *w, uint64_t number, size_t *bytes);

#endif
