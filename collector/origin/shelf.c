/* SPDX-License-Identifier: Apache-2.0 */
#include "origin/inside.h"

#include "base/pages.h"

enum ind_err shelf_new(struct shelf *p, uint32_t limit, uint32_t item_bytes)
{
	*p = (struct shelf) { .items = pages_reserve((size_t)limit * item_bytes, PAGES_LARGE), .limit = limit, .item_bytes = item_bytes };
	return p->items ? IND_OK : IND_NOMEM;
}

uint32_t shelf_take(struct shelf *p) { return p->count < p->limit ? ++p->count : 0; }

void shelf_free(struct shelf *p) { pages_release(p->items, (size_t)p->limit * p->item_bytes); }

static size_t slot_bytes(const struct index *x) { return ((size_t)x->mask + 1) * sizeof *x->slots; }

enum ind_err index_new(struct index *x, uint32_t room)
{
	*x = (struct index) { .room = room, .mask = room * 2 - 1 };
	x->slots = pages_reserve(slot_bytes(x), PAGES_LARGE);
	return x->slots ? IND_OK : IND_NOMEM;
}

void index_free(struct index *x) { pages_release(x->slots, x->slots ? slot_bytes(x) : 0); }
