/* SPDX-License-Identifier: Apache-2.0 */
#include "query/packed.h"
#include "query/value.h"
#include <string.h>

/* ---- writing, with a bound ---- */

struct pack { uint8_t *at; size_t used, room; bool full; };

static uint8_t *take(struct pack *p, size_t bytes)
{
	if (p->full || bytes > p->room - p->used) {
		p->full = true;
		return NULL;
	}
	p->used += bytes;
	return p->at + p->used - bytes;
}

static void put(struct pack *p, const void *bytes, size_t count)
{
	uint8_t *at = take(p, count);
	if (at && count)
		memcpy(at, bytes, count);
}

static void put_byte(struct pack *p, uint8_t byte) { put(p, &byte, 1); }

static void align(struct pack *p)
{
	static const uint8_t zero[PACKED_ALIGN];
	put(p, zero, (0 - p->used) % PACKED_ALIGN);
}

/* ---- keys ---- */

enum { KEY_HERE = 0, KEY_ABSENT = 1, KEY_NUMBER = 1, KEY_ADDR = 2, KEY_TEXT = 3, SCALE = 10000 };

static void put_big_endian(struct pack *p, uint64_t value)
{
	uint8_t bytes[8];
	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(value >> (56 - 8 * i));
	put(p, bytes, sizeof(bytes));
}

/* In 1/10,000; the sign bit turned over, so that negative ones come first. */
static void put_number(struct pack *p, __int128 value)
{
	put_byte(p, KEY_NUMBER);
	put_big_endian(p, (uint64_t)(value >> 64) ^ UINT64_C(1) << 63);
	put_big_endian(p, (uint64_t)value);
}

/* The text of a JSON number, as far as 1/10,000 shows it. */
static __int128 decimal_of(const char *text, size_t bytes)
{
	enum { DIGITS_MAX = 30, DECIMALS = 4 };
	bool negative = bytes && text[0] == '-', behind_point = false;
	unsigned digits = 0, decimals = 0;
	__int128 value = 0;
	for (size_t i = negative; i < bytes && digits < DIGITS_MAX && decimals < DECIMALS; i++) {
		if (text[i] == '.') {
			behind_point = true;
			continue;
		}
		value = value * 10 + (text[i] - '0');
		digits++;
		decimals += behind_point;
	}
	for (; decimals < DECIMALS; decimals++)
		value *= 10;
	return negative ? -value : value;
}

/* No byte of one text is behind the end of a shorter one. */
static void put_text(struct pack *p, const char *text, size_t bytes)
{
	put_byte(p, KEY_TEXT);
	for (size_t i = 0; i < bytes; i++) {
		put_byte(p, (uint8_t)text[i]);
		if (!text[i])
			put_byte(p, 0xff);
	}
	put_byte(p, 0);
	put_byte(p, 0);
}

static void put_plain(struct pack *p, const struct query_cell *cell)
{
	struct out plain;
	out_start(&plain, NULL, NULL);
	value_plain(&plain, cell);
	p->full |= plain.err != IND_OK;
	put_text(p, plain.at ? plain.at : "", plain.used);
	out_free(&plain);
}

static void put_key(struct pack *p, const struct query_cell *cell)
{
	switch (cell->form) {
	case CELL_U64:
	case CELL_TIME: put_number(p, (__int128)cell->number * SCALE); break;
	case CELL_I64: put_number(p, (__int128)cell->sign * SCALE); break;
	case CELL_1E4: put_number(p, cell->sign); break;
	case CELL_DECIMAL: put_number(p, decimal_of(cell->text, cell->count)); break;
	case CELL_ADDR:
		put_byte(p, KEY_ADDR);
		put_byte(p, cell->ip_version);
		put(p, cell->addr, 16);
		break;
	case CELL_TEXT: put_text(p, cell->text, cell->count); break;
	default: put_plain(p, cell); break;
	}
}

static void put_keys(struct pack *p, const struct query_row *row, const struct sort_options *o, uint64_t number)
{
	for (size_t i = 0; i < o->key_count; i++) {
		const struct query_cell *cell = &row->cell[o->keys[i].field];
		put_byte(p, cell->form == CELL_ABSENT ? KEY_ABSENT : KEY_HERE);
		size_t from = p->used;
		if (cell->form != CELL_ABSENT)
			put_key(p, cell);
		for (size_t k = from; o->keys[i].descending && !p->full && k < p->used; k++)
			p->at[k] = (uint8_t)~p->at[k];
	}
	put_big_endian(p, number);
}

/* ---- cells ---- */

struct packed_cell { uint8_t form, ip_version; uint16_t field; uint32_t count; };

static void put_string(struct pack *p, const char *text)
{
	put_byte(p, text != NULL);
	if (text)
		put(p, text, strlen(text) + 1);
}

static void put_items(struct pack *p, const struct query_cell *cell)
{
	for (size_t i = 0; i < cell->count; i++) {
		put_string(p, cell->items[i].key);
		put_string(p, cell->items[i].text);
		put(p, &cell->items[i].number, sizeof(cell->items[i].number));
	}
}

static void put_cell(struct pack *p, size_t field, const struct query_cell *cell)
{
	const struct packed_cell head = { (uint8_t)cell->form, cell->ip_version, (uint16_t)field, (uint32_t)cell->count };
	put(p, &head, sizeof(head));
	switch (cell->form) {
	case CELL_TEXT:
	case CELL_DECIMAL: put(p, cell->text, cell->count); break;
	case CELL_HEX: put(p, cell->bytes, cell->count); break;
	case CELL_ADDR: put(p, cell->addr, 16); break;
	case CELL_HOURS: put(p, cell->hours, cell->count * sizeof(*cell->hours)); break;
	case CELL_LIST:
	case CELL_MAP:
	case CELL_MAP_LISTS:
	case CELL_RANGES: put_items(p, cell); break;
	case CELL_ROWS: p->full = true; break;
	default: put(p, &cell->number, sizeof(cell->number)); break;
	}
	align(p);
}

size_t packed_put(const struct query_row *row, const struct sort_options *options, uint64_t number, uint8_t *at, size_t room)
{
	struct pack p = { at, 0, room < PACKED_MAX_BYTES ? room : PACKED_MAX_BYTES, false };
	struct packed head = { 0, 0 };
	put(&p, &head, sizeof(head));
	put_keys(&p, row, options, number);
	head.key_bytes = (uint32_t)(p.used - sizeof(head));
	align(&p);
	for (size_t i = 0; i < row->kind->count; i++)
		if (row->cell[i].form != CELL_ABSENT)
			put_cell(&p, i, &row->cell[i]);
	if (p.full)
		return 0;
	head.bytes = (uint32_t)p.used;
	memcpy(at, &head, sizeof(head));
	return p.used;
}

int packed_compare(const uint8_t *a, const uint8_t *b)
{
	size_t x = ((const struct packed *)(const void *)a)->key_bytes, y = ((const struct packed *)(const void *)b)->key_bytes;
	int order = memcmp(a + sizeof(struct packed), b + sizeof(struct packed), x < y ? x : y);
	return order ? order : (x > y) - (x < y);
}

/* ---- reading: what put_cell wrote ---- */

static const char *get_string(const uint8_t **at)
{
	const char *text = (const char *)*at + 1;
	bool is_there = *(*at)++;
	if (!is_there)
		return NULL;
	*at += strlen(text) + 1;
	return text;
}

static const uint8_t *get_items(struct query_row *row, struct query_cell *cell, const uint8_t *at)
{
	struct query_item *first = row->items + row->items_used;
	for (size_t i = 0; i < cell->count; i++) {
		struct query_item item = { .key = get_string(&at) };
		item.text = get_string(&at);
		memcpy(&item.number, at, sizeof(item.number));
		at += sizeof(item.number);
		if (row->items_used < QUERY_ITEMS_MAX)
			row->items[row->items_used++] = item;
	}
	cell->items = first;
	return at;
}

static const uint8_t *get_cell(struct query_row *row, const uint8_t *at)
{
	struct packed_cell head;
	memcpy(&head, at, sizeof(head));
	at += sizeof(head);
	struct query_cell *cell = &row->cell[head.field];
	*cell = (struct query_cell){ .form = head.form, .ip_version = head.ip_version, .count = head.count };
	switch (cell->form) {
	case CELL_TEXT:
	case CELL_DECIMAL: cell->text = (const char *)at; return at + cell->count;
	case CELL_HEX: cell->bytes = at; return at + cell->count;
	case CELL_ADDR: cell->addr = at; return at + 16;
	case CELL_HOURS: cell->hours = (const uint64_t *)(const void *)at; return at + cell->count * sizeof(*cell->hours);
	case CELL_LIST:
	case CELL_MAP:
	case CELL_MAP_LISTS:
	case CELL_RANGES: return get_items(row, cell, at);
	default: memcpy(&cell->number, at, sizeof(cell->number)); return at + sizeof(cell->number);
	}
}

void packed_get(const uint8_t *at, const struct query_kind *kind, struct query_row *row)
{
	const struct packed *head = (const struct packed *)(const void *)at;
	const uint8_t *end = at + head->bytes;
	size_t used = sizeof(*head) + head->key_bytes;
	row_start_kind(row, kind);
	for (at += used + (0 - used) % PACKED_ALIGN; at < end;) {
		at = get_cell(row, at);
		at += (0 - (uintptr_t)at) % PACKED_ALIGN;
	}
}
