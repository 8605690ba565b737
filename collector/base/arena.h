/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

/* Memory that is given back all at once. Starts as zero. */

struct arena_block;
struct arena { struct arena_block *last; size_t used, size, total, limit; /* limit: 0 for none */ bool failed; };

/* Zeroed, aligned for any type; NULL without memory or above the limit, and `failed` stays set. */
void *arena_take(struct arena *a, size_t bytes);

/* A copy with a NUL behind it. */
char *arena_text(struct arena *a, const char *text, size_t bytes);

/* Room for one more of `size` bytes each: doubles the list when it is full; NULL as arena_take, and the list stays. */
void *arena_grow(struct arena *a, void *list, size_t count, size_t size);

void arena_free(struct arena *a);

#endif
