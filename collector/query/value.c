/* SPDX-License-Identifier: Apache-2.0 */
/* JSON: RFC 8259. */
#include "query/value.h"
#include "base/hash.h"
#include "base/text.h"
#include <string.h>

enum { ADDR_TEXT = 48, TIME_TEXT = 32, HOUR_TEXT = 13, JSON_GROWTH = 6 };

#define HOUR_NS UINT64_C(3600000000000)

/* Printable ASCII but the two characters that JSON escapes: nearly all text. */
static bool is_plain(const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		if ((signed char)text[i] < ' ' || text[i] == '"' || text[i] == '\\' || text[i] == 0x7f)
			return false;
	return true;
}

void value_json_text(struct out *o, const char *text, size_t bytes)
{
	char *at = out_room(o, bytes * JSON_GROWTH + 3);
	if (!at)
		return;
	at[0] = '"';
	size_t used = bytes;
	if (is_plain(text, bytes))
		memcpy(at + 1, text, bytes);
	else
		used = text_to_json(text, bytes, at + 1, bytes * JSON_GROWTH + 1);
	at[used + 1] = '"';
	out_used(o, used + 2);
}

static void put_1e4(struct out *o, int64_t value)
{
	uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	if (value < 0)
		out_char(o, '-');
	out_u64(o, size / 10000);
	if (size % 10000 == 0)
		return;
	char digits[5] = { '.', (char)('0' + size / 1000 % 10), (char)('0' + size / 100 % 10), (char)('0' + size / 10 % 10), (char)('0' + size % 10) };
	size_t count = sizeof(digits);
	while (digits[count - 1] == '0')
		count--;
	out_bytes(o, digits, count);
}

static void put_time(struct out *o, uint64_t ns)
{
	char *at = out_room(o, TIME_TEXT);
	if (at)
		out_used(o, text_time(ns, at, TIME_TEXT));
}

/* A time up to its hour: 2026-11-20T09. */
static void put_hours(struct out *o, const struct query_cell *cell, const char *quote)
{
	for (size_t i = 0; i < cell->count; i++) {
		if (i)
			out_char(o, ',');
		out_text(o, quote);
		char *at = out_room(o, TIME_TEXT);
		if (at && text_time(cell->hours[i] * HOUR_NS, at, TIME_TEXT) > HOUR_TEXT)
			out_used(o, HOUR_TEXT);
		out_text(o, quote);
	}
}

static void put_addr(struct out *o, const struct query_cell *cell)
{
	char *at = out_room(o, ADDR_TEXT);
	if (at)
		out_used(o, text_addr(cell->ip_version, cell->addr, at, ADDR_TEXT));
}

static void put_hex(struct out *o, const struct query_cell *cell)
{
	char *at = out_room(o, 2 * cell->count + 1);
	if (!at)
		return;
	hash_hex(cell->bytes, cell->count, at);
	out_used(o, 2 * cell->count);
}

/* What needs no escape in any format. */
static void put_scalar(struct out *o, const struct query_cell *cell)
{
	switch (cell->form) {
	case CELL_U64: out_u64(o, cell->number); break;
	case CELL_I64: out_i64(o, cell->sign); break;
	case CELL_1E4: put_1e4(o, cell->sign); break;
	case CELL_DECIMAL: out_bytes(o, cell->text, cell->count); break;
	case CELL_TIME: put_time(o, cell->number); break;
	case CELL_ADDR: put_addr(o, cell); break;
	case CELL_HEX: put_hex(o, cell); break;
	case CELL_TRUE: out_bytes(o, "true", 4); break;
	default: break;
	}
}

static void json_item(struct out *o, const struct query_item *item)
{
	if (item->text)
		value_json_text(o, item->text, strlen(item->text));
	else
		out_u64(o, item->number);
}

static void json_list(struct out *o, const struct query_cell *cell)
{
	out_char(o, '[');
	for (size_t i = 0; i < cell->count; i++) {
		if (i)
			out_char(o, ',');
		json_item(o, &cell->items[i]);
	}
	out_char(o, ']');
}

static void json_ranges(struct out *o, const struct query_cell *cell)
{
	out_char(o, '[');
	for (size_t i = 0; i + 1 < cell->count; i += 2) {
		out_text(o, i ? ",[" : "[");
		json_item(o, &cell->items[i]);
		out_char(o, ',');
		json_item(o, &cell->items[i + 1]);
		out_char(o, ']');
	}
	out_char(o, ']');
}

static bool same_key(const struct query_cell *cell, size_t i) { return i > 0 && strcmp(cell->items[i].key, cell->items[i - 1].key) == 0; }

static void json_map(struct out *o, const struct query_cell *cell)
{
	bool lists = cell->form == CELL_MAP_LISTS;
	out_char(o, '{');
	for (size_t i = 0; i < cell->count; i++) {
		bool goes_on = lists && same_key(cell, i);
		if (i)
			out_text(o, lists && !goes_on ? "]," : ",");
		if (!goes_on) {
			value_json_text(o, cell->items[i].key, strlen(cell->items[i].key));
			out_text(o, lists ? ":[" : ":");
		}
		json_item(o, &cell->items[i]);
	}
	out_text(o, lists && cell->count ? "]}" : "}");
}

static void json_rows(struct out *o, const struct query_cell *cell)
{
	out_char(o, '[');
	for (size_t i = 0; i < cell->count; i++) {
		if (i)
			out_char(o, ',');
		value_json_row(o, &cell->rows[i], NULL, cell->rows[i].kind->count);
	}
	out_char(o, ']');
}

void value_json(struct out *o, const struct query_cell *cell)
{
	switch (cell->form) {
	case CELL_TEXT: value_json_text(o, cell->text, cell->count); break;
	case CELL_TIME:
	case CELL_HEX:
	case CELL_ADDR:
		out_char(o, '"');
		put_scalar(o, cell);
		out_char(o, '"');
		break;
	case CELL_LIST: json_list(o, cell); break;
	case CELL_RANGES: json_ranges(o, cell); break;
	case CELL_HOURS:
		out_char(o, '[');
		put_hours(o, cell, "\"");
		out_char(o, ']');
		break;
	case CELL_MAP:
	case CELL_MAP_LISTS: json_map(o, cell); break;
	case CELL_ROWS: json_rows(o, cell); break;
	default: put_scalar(o, cell); break;
	}
}

void value_json_row(struct out *o, const struct query_row *row, const uint8_t *columns, size_t count)
{
	out_bytes(o, "{\"type\":\"", 9);
	out_text(o, row->kind->name);
	out_char(o, '"');
	for (size_t i = 0; i < count; i++) {
		size_t at = columns ? columns[i] : i;
		if (row->cell[at].form == CELL_ABSENT)
			continue;
		out_bytes(o, row->kind->fields[at].json, row->kind->fields[at].json_bytes);
		value_json(o, &row->cell[at]);
	}
	out_char(o, '}');
}

static void plain_item(struct out *o, const struct query_item *item)
{
	if (item->text)
		out_text(o, item->text);
	else
		out_u64(o, item->number);
}

static void plain_items(struct out *o, const struct query_cell *cell)
{
	for (size_t i = 0; i < cell->count; i++) {
		bool goes_on = cell->form == CELL_LIST || same_key(cell, i);
		if (i)
			out_text(o, goes_on ? "," : "; ");
		if (!goes_on) {
			out_text(o, cell->items[i].key);
			out_char(o, '=');
		}
		plain_item(o, &cell->items[i]);
	}
}

static void plain_ranges(struct out *o, const struct query_cell *cell)
{
	for (size_t i = 0; i < cell->count; i++) {
		if (i)
			out_text(o, i % 2 ? "..." : ",");
		plain_item(o, &cell->items[i]);
	}
}

/* Of a row inside a cell, the fields that its tables show. */
static void plain_rows(struct out *o, const struct query_cell *cell)
{
	for (size_t i = 0; i < cell->count; i++) {
		const struct query_row *row = &cell->rows[i];
		if (i)
			out_text(o, "; ");
		bool first = true;
		for (size_t k = 0; k < row->kind->count; k++) {
			if (!row->kind->fields[k].in_table || row->cell[k].form == CELL_ABSENT)
				continue;
			if (!first)
				out_char(o, ' ');
			first = false;
			value_plain(o, &row->cell[k]);
		}
	}
}

void value_plain(struct out *o, const struct query_cell *cell)
{
	switch (cell->form) {
	case CELL_TEXT: out_bytes(o, cell->text, cell->count); break;
	case CELL_HOURS: put_hours(o, cell, ""); break;
	case CELL_LIST:
	case CELL_MAP:
	case CELL_MAP_LISTS: plain_items(o, cell); break;
	case CELL_RANGES: plain_ranges(o, cell); break;
	case CELL_ROWS: plain_rows(o, cell); break;
	default: put_scalar(o, cell); break;
	}
}

bool value_is_text(const struct query_cell *cell)
{
	return cell->form == CELL_TEXT || cell->form == CELL_LIST || cell->form == CELL_HOURS || cell->form == CELL_MAP || cell->form == CELL_MAP_LISTS || cell->form == CELL_ROWS ||
		cell->form == CELL_RANGES;
}
