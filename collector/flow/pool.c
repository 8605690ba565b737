/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/pool.h"

#include "base/pages.h"

#include <stdlib.h>
#include <string.h>

/* A larger item is often used only in its first part. */
enum { SMALL_ITEM_BYTES = 1024, CACHE_LINE_BYTES = 64 };

enum ind_err pool_init(struct pool *pool, size_t item_bytes, uint32_t capacity)
{
	size_t bytes = ((size_t)capacity + 1) * item_bytes;
	void *base = pages_reserve(bytes, item_bytes < SMALL_ITEM_BYTES ? PAGES_LARGE : PAGES_SMALL);
	if (!base)
		return IND_NOMEM;
	uint32_t *region_used = calloc(bytes / POOL_REGION_BYTES + 1, sizeof *region_used);
	*pool = (struct pool){ .base = base, .item_bytes = item_bytes, .reserved_bytes = bytes, .capacity = capacity, .region_used = region_used };
	return region_used ? IND_OK : IND_NOMEM;
}

void pool_release(struct pool *pool)
{
	pages_release(pool->base, pool->reserved_bytes);
	free(pool->region_used);
	pool->base = NULL;
	pool->region_used = NULL;
}

static size_t region_of(const struct pool *pool, uint32_t index) { return index * pool->item_bytes / POOL_REGION_BYTES; }

/* An item may begin in the region before and end in this one. */
static void region_forget(struct pool *pool, size_t region)
{
	size_t from = region * POOL_REGION_BYTES, rest = pool->reserved_bytes - from;
	if (!pool->region_used[region] && (!region || !pool->region_used[region - 1]))
		pages_forget(pool->base + from, rest < POOL_REGION_BYTES ? rest : POOL_REGION_BYTES);
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
	if (pool->spare)
		pool->spare--;
	else
		pool->region_used[region_of(pool, index)]++;
	const uint8_t *next = pool_at(pool, pool->free_head ? pool->free_head : pool->high + 1);
	__builtin_prefetch(next, 1);
	if (pool->item_bytes > CACHE_LINE_BYTES)
		__builtin_prefetch(next + CACHE_LINE_BYTES, 1);
	return index;
}

void pool_give(struct pool *pool, uint32_t index)
{
	pool->in_use--;
	if (!pool->drains || pool->spare < POOL_SPARE_MAX) {
		memcpy(pool_at(pool, index), &pool->free_head, sizeof index);
		pool->free_head = index;
	}
	if (pool->drains && pool->spare < POOL_SPARE_MAX) {
		pool->spare++;
		return;
	}
	size_t region = region_of(pool, index);
	if (--pool->region_used[region] || !pool->drains)
		return;
	region_forget(pool, region);
	if ((region + 1) * POOL_REGION_BYTES < pool->reserved_bytes)
		region_forget(pool, region + 1);
}

void pool_drain_begin(struct pool *pool)
{
	uint32_t last = 0;
	pool->drains = true;
	for (uint32_t index = pool->free_head; index && pool->spare < POOL_SPARE_MAX; pool->spare++) {
		pool->region_used[region_of(pool, index)]++;
		last = index;
		memcpy(&index, pool_at(pool, index), sizeof index);
	}
	if (last)
		memset(pool_at(pool, last), 0, sizeof last); /* the list ends here */
}

void pool_drain_end(struct pool *pool, uint32_t kept)
{
	memset(pool->region_used, 0, (pool->reserved_bytes / POOL_REGION_BYTES + 1) * sizeof *pool->region_used);
	for (uint32_t index = 1; index <= kept; index++)
		pool->region_used[region_of(pool, index)]++;
	pool->high = pool->in_use = kept;
	pool->free_head = pool->spare = 0;
	pool->drains = false;
}
