/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_POOL_H
#define FLOW_POOL_H

#include "indicia/err.h"
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
};

enum ind_err pool_init(struct pool *pool, size_t item_bytes, uint32_t capacity) IND_MUST_USE;
void pool_release(struct pool *pool);

/* A free item, content undefined, or 0 if all are in use. */
uint32_t pool_take(struct pool *pool);
void pool_give(struct pool *pool, uint32_t index);

static inline void *pool_at(const struct pool *pool, uint32_t index) { return pool->base + (size_t)index * pool->item_bytes; }

#endif
