/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_TALLY_H
#define BASE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What was met already, by its hash (hash_words with a key of the run: nobody outside can aim at a slot). Zeroed is empty; at most 8,388,608 keys. */
struct tally { uint64_t *slots; size_t used, room; };

/* 1 if it is new, 0 if not, -1 without memory or at its limit. */
int tally_add(struct tally *t, uint64_t key);
void tally_free(struct tally *t);

#endif
