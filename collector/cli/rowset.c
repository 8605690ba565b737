/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rowset.h"
#include "query/value.h"
#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 4, CELL_HEAD_BYTES = 1 + LENGTH_BYTES };

void rowset_start(struct rowset *s, unsigned part, unsigned parts, uint64_t bytes_max)
{
	rowset_free(s);
	s->part = part;
	s->parts = parts;
	s->bytes_max = bytes_max;
}

/* FNV-1a: the same for every run, so that what is written comes in the same order. */
static unsigned part_of(const char *what, size_t bytes, unsigned parts)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < bytes; i++)
		hash = (hash ^ (uint8_t)what[i]) * UINT64_C(0x100000001b3);
	return (unsigned)((hash ^ hash >> 32) % parts);
}

static void content_of(struct out *o, const struct query_row *row, uint64_t left_out)
{
	struct out cell;
	out_start(&cell, NULL, NULL);
	for (size_t i = 0; i < row->kind->count; i++) {
		if (row->cell[i].form == CELL_ABSENT || left_out >> i & 1)
			continue;
		cell.used = 0;
		value_json(&cell, &row->cell[i]);
		const uint8_t head[CELL_HEAD_BYTES] = { (uint8_t)i, (uint8_t)(cell.used >> 24), (uint8_t)(cell.used >> 16), (uint8_t)(cell.used >> 8), (uint8_t)cell.used };
		out_bytes(o, head, sizeof(head));
		out_bytes(o, cell.at, cell.used);
		o->err = o->err == IND_OK ? cell.err : o->err;
	}
	out_free(&cell);
}

static struct rowset_item *item_of(const struct query_row *row, const char *what, size_t what_bytes, const struct out *content, uint64_t date_s, const char *record)
{
	struct rowset_item *item = malloc(sizeof(*item) + what_bytes + content->used);
	if (!item)
		return NULL;
	char *text = (char *)(item + 1);
	*item = (struct rowset_item){
		.kind = (enum query_kind_id)(row->kind - query_kinds), .date_s = date_s, .what_bytes = what_bytes, .content_bytes = content->used, .what = text,
		.content = (uint8_t *)text + what_bytes,
	};
	memcpy(text, what, what_bytes);
	if (content->used)
		memcpy(text + what_bytes, content->at, content->used);
	if (record)
		memcpy(item->record, record, strnlen(record, sizeof(item->record) - 1));
	return item;
}

static enum ind_err keep(struct rowset *s, struct rowset_item *item)
{
	if (!item)
		return IND_NOMEM;
	if (s->count == s->room) {
		size_t room = s->room ? s->room * 2 : 1024;
		struct rowset_item **items = realloc(s->items, room * sizeof(struct rowset_item *));
		if (!items) {
			free(item);
			return IND_NOMEM;
		}
		s->items = items;
		s->room = room;
	}
	s->items[s->count++] = item;
	return IND_OK;
}

enum ind_err rowset_add(struct rowset *s, const struct query_row *row, const char *what, size_t what_bytes, uint64_t left_out, uint64_t date_s, const char *record)
{
	struct out content;
	enum ind_err err = IND_OK;
	if (s->parts > 1 && part_of(what, what_bytes, s->parts) != s->part)
		return IND_OK;
	out_start(&content, NULL, NULL);
	content_of(&content, row, left_out);
	s->bytes += sizeof(struct rowset_item) + sizeof(struct rowset_item *) + what_bytes + content.used;
	if (content.err != IND_OK)
		err = content.err;
	else if (s->bytes <= s->bytes_max)
		err = keep(s, item_of(row, what, what_bytes, &content, date_s, record));
	out_free(&content);
	return err;
}

static int bytes_order(const void *a, size_t a_bytes, const void *b, size_t b_bytes)
{
	size_t both = a_bytes < b_bytes ? a_bytes : b_bytes;
	int order = both ? memcmp(a, b, both) : 0;
	return order ? order : a_bytes < b_bytes ? -1 : a_bytes > b_bytes;
}

int rowset_about(const struct rowset_item *a, const struct rowset_item *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return bytes_order(a->what, a->what_bytes, b->what, b->what_bytes);
}

static int by_all(const void *a, const void *b)
{
	const struct rowset_item *x = *(struct rowset_item *const *)a, *y = *(struct rowset_item *const *)b;
	int order = rowset_about(x, y);
	if (!order)
		order = bytes_order(x->content, x->content_bytes, y->content, y->content_bytes);
	return order ? order : strcmp(x->record, y->record);
}

void rowset_sort(struct rowset *s)
{
	if (s->count)
		qsort(s->items, s->count, sizeof(*s->items), by_all);
}

bool rowset_cell_next(const struct rowset_item *item, size_t *at, struct rowset_cell *cell)
{
	if (*at >= item->content_bytes)
		return false;
	const uint8_t *p = item->content + *at;
	cell->place = p[0];
	cell->bytes = (size_t)p[1] << 24 | (size_t)p[2] << 16 | (size_t)p[3] << 8 | p[4];
	cell->json = (const char *)p + CELL_HEAD_BYTES;
	*at += CELL_HEAD_BYTES + cell->bytes;
	return true;
}

void rowset_free(struct rowset *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->items[i]);
	free(s->items);
	*s = (struct rowset){ 0 };
}
