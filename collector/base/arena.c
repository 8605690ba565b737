/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 1 << 16 };

struct arena_block { struct arena_block *before; alignas(max_align_t) char at[]; };

static bool block_add(struct arena *a, size_t bytes)
{
	size_t size = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
	struct arena_block *block = a->limit && a->total + size > a->limit ? NULL : calloc(1, sizeof(*block) + size);
	if (!block)
		return false;
	block->before = a->last;
	a->last = block;
	a->used = 0;
	a->size = size;
	a->total += size;
	return true;
}

void *arena_take(struct arena *a, size_t bytes)
{
	size_t whole = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
	if (whole < bytes || whole > PTRDIFF_MAX || ((!a->last || a->size - a->used < whole) && !block_add(a, whole))) {
		a->failed = true;
		return NULL;
	}
	void *at = a->last->at + a->used;
	a->used += whole;
	return at;
}

char *arena_text(struct arena *a, const char *text, size_t bytes)
{
	char *copy = arena_take(a, bytes + 1);
	if (copy && bytes)
		memcpy(copy, text, bytes);
	return copy;
}

/* Full at 0 and at each power of two from 8 on. */
void *arena_grow(struct arena *a, void *list, size_t count, size_t size)
{
	if (count && (count < 8 || (count & (count - 1))))
		return list;
	void *more = arena_take(a, (count ? 2 * count : 8) * size);
	if (more && count)
		memcpy(more, list, count * size);
	return more;
}

void arena_free(struct arena *a)
{
	while (a->last) {
		struct arena_block *block = a->last;
		a->last = block->before;
		free(block);
	}
	*a = (struct arena){ 0 };
}
