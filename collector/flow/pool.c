/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/pool.h"

#include "base/pages.h"

#include <string.h>

/* A larger item is often used only in its first part. */
enum { SMALL_ITEM_BYTES = 1024, CACHE_LINE_BYTES = 64 };

enum ind_err pool_init(struct pool *pool, size_t item_bytes, uint32_t capacity)
{
	size_t bytes = ((size_t)capacity + 1) * item_bytes;
	void *base = pages_reserve(bytes, item_bytes < SMALL_ITEM_BYTES ? PAGES_LARGE : PAGES_SMALL);
	if (!base)
		return IND_NOMEM;
	*pool = (struct pool){ .base = base, .item_bytes = item_bytes, .reserved_bytes = bytes, .capacity = capacity };
	return IND_OK;
}

void pool_release(struct pool *pool)
{
	pages_release(pool->base, pool->reserved_bytes);
	pool->base = NULL;
}

/* The item that will be taken next is on its way already when it is. */
uint32_t pool_take(struct pool *pool)
{
	uint32_t index = pool->free_head;
	if (index)
		memcpy(&pool->free_head, pool_at(pool, index), sizeof index);
	else if (pool->high < pool->capacity)
		index = ++pool->high;
	else
		return 0;
	pool->in_use++;
	const uint8_t *next = pool_at(pool, pool->free_head ? pool->free_head : pool->high + 1);
	__builtin_prefetch(next, 1);
	if (pool->item_bytes > CACHE_LINE_BYTES)
		__builtin_prefetch(next + CACHE_LINE_BYTES, 1);
	return index;
}

void pool_give(struct pool *pool, uint32_t index)
{
	memcpy(pool_at(pool, index), &pool->free_head, sizeof index);
	pool->free_head = index;
	pool->in_use--;
}
