/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_POOL_H
#define FLOW_POOL_H

#include "indicia/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Items of one size, reserved at start and touched only when used: memory is a number known at start, and nothing is allocated per
 * packet. Items are named by index from 1; 0 is none. Freed items are taken again first, so that few pages stay warm. */
struct pool {
	uint8_t *base;
	size_t item_bytes;           /* at least 4: a free item holds the next free index */
	size_t reserved_bytes;
	uint32_t capacity;
	uint32_t high;               /* items 1..high were used at least once */
	uint32_t free_head;
	uint32_t in_use;
	uint32_t *region_used;       /* items in use by region of POOL_REGION_BYTES that they begin in */
	bool drains;
	uint32_t spare;              /* of a pool that drains: free items that count as used in their regions */
};
enum { POOL_REGION_BYTES = 1 << 21, POOL_SPARE_MAX = 2048 };

enum ind_err pool_init(struct pool *pool, size_t item_bytes, uint32_t capacity) IND_MUST_USE;
void pool_release(struct pool *pool);

/* A free item, content undefined, or 0 if all are in use. */
uint32_t pool_take(struct pool *pool);
void pool_give(struct pool *pool, uint32_t index);

/* From now on nearly all that is given back is for the system: regions without items in use cost no memory any more. Some free items can be
 * taken still. Afterwards none but the first `kept` items are in use. */
void pool_drain_begin(struct pool *pool);
void pool_drain_end(struct pool *pool, uint32_t kept);

static inline void *pool_at(const struct pool *pool, uint32_t index) { return pool->base + (size_t)index * pool->item_bytes; }

#endif
