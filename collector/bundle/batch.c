/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/batch.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 256 };

const struct row_spec *row_spec_of(unsigned kind)
{
	static const struct row_spec *const specs[ROW_KIND_END] = {
		[ROW_FLOW] = &row_flow_spec,
		[ROW_EXHIBIT] = &row_exhibit_spec,
		[ROW_CLAIM] = &row_claim_spec,
		[ROW_ORIGIN] = &row_origin_spec,
	};
	return kind < ROW_KIND_END ? specs[kind] : NULL;
}

bool column_grow(struct batch *b, struct column *c, size_t more, size_t item_bytes)
{
	size_t capacity = c->capacity ? c->capacity + c->capacity / 4 : FIRST_CAPACITY;
	if (capacity < c->count + more)
		capacity = c->count + more;
	void *grown = realloc(item_bytes == 1 ? (void *)c->bytes : (void *)c->numbers, capacity * item_bytes);
	if (!grown) {
		b->failed = true;
		return false;
	}
	if (item_bytes == 1)
		c->bytes = grown;
	else
		c->numbers = grown;
	c->capacity = capacity;
	return true;
}

void batch_clear(struct batch *b)
{
	b->rows = 0;
	b->failed = false;
	for (size_t i = 0; i < BATCH_COLUMNS_MAX; i++)
		b->column[i].count = 0;
}

void batch_free(struct batch *b)
{
	for (size_t i = 0; i < BATCH_COLUMNS_MAX; i++) {
		free(b->column[i].numbers);
		if (!b->borrows)
			free(b->column[i].bytes);
	}
	*b = (struct batch){ 0 };
}

void batch_address(const struct batch *b, unsigned column, uint64_t ip_version, size_t *at, uint8_t addr[static IND_ADDR_BYTES])
{
	size_t bytes = address_bytes(ip_version);
	memset(addr, 0, IND_ADDR_BYTES);
	memcpy(addr, b->column[column].bytes + *at, bytes);
	*at += bytes;
}
