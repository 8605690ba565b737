/* SPDX-License-Identifier: Apache-2.0 */
#include "query/row.h"
#include <string.h>

void row_start(struct query_row *row, enum query_kind_id kind) { row_start_kind(row, &query_kinds[kind]); }

void row_start_kind(struct query_row *row, const struct query_kind *kind)
{
	row->kind = kind;
	row->scratch_used = row->items_used = 0;
	for (size_t i = 0; i < row->kind->count; i++)
		row->cell[i].form = CELL_ABSENT;
}

void row_bytes(struct query_row *row, unsigned at, const char *text, size_t bytes)
{
	if (bytes)
		row->cell[at] = (struct query_cell){ .form = CELL_TEXT, .count = bytes, .text = text };
}

void row_text(struct query_row *row, unsigned at, const char *text) { row_bytes(row, at, text, text ? strlen(text) : 0); }

void row_ind_text(struct query_row *row, unsigned at, struct ind_text text) { row_bytes(row, at, text.at, text.bytes); }

void row_u64(struct query_row *row, unsigned at, uint64_t number)
{
	row->cell[at] = (struct query_cell){ .form = CELL_U64, .number = number };
}

void row_i64(struct query_row *row, unsigned at, int64_t number)
{
	row->cell[at] = (struct query_cell){ .form = CELL_I64, .sign = number };
}

void row_1e4(struct query_row *row, unsigned at, int64_t number)
{
	row->cell[at] = (struct query_cell){ .form = CELL_1E4, .sign = number };
}

void row_time(struct query_row *row, unsigned at, uint64_t ns)
{
	row->cell[at] = (struct query_cell){ .form = CELL_TIME, .number = ns };
}

void row_addr(struct query_row *row, unsigned at, unsigned ip_version, const uint8_t *addr)
{
	row->cell[at] = (struct query_cell){ .form = CELL_ADDR, .ip_version = (uint8_t)ip_version, .addr = addr };
}

void row_hours(struct query_row *row, unsigned at, const uint64_t *hours, size_t count)
{
	if (count)
		row->cell[at] = (struct query_cell){ .form = CELL_HOURS, .count = count, .hours = hours };
}

void row_true(struct query_row *row, unsigned at) { row->cell[at].form = CELL_TRUE; }

void row_rows(struct query_row *row, unsigned at, const struct query_row *rows, size_t count)
{
	if (count)
		row->cell[at] = (struct query_cell){ .form = CELL_ROWS, .count = count, .rows = rows };
}

char *row_room(struct query_row *row, size_t bytes)
{
	if (bytes > sizeof(row->scratch) - row->scratch_used)
		return NULL;
	char *at = row->scratch + row->scratch_used;
	row->scratch_used += bytes;
	return at;
}

void row_hex(struct query_row *row, unsigned at, const uint8_t *bytes, size_t count)
{
	if (count)
		row->cell[at] = (struct query_cell){ .form = CELL_HEX, .count = count, .bytes = bytes };
}

void row_record(struct query_row *row, unsigned at, const struct ind_record_id *id)
{
	char *text = row_room(row, IND_RECORD_ID_TEXT);
	if (text)
		row_text(row, at, ind_record_id_text(id, text));
}

void row_item(struct query_row *row, const char *key, const char *text)
{
	if (row->items_used < QUERY_ITEMS_MAX)
		row->items[row->items_used++] = (struct query_item){ key, text, 0 };
}

void row_item_u64(struct query_row *row, const char *key, uint64_t number)
{
	if (row->items_used < QUERY_ITEMS_MAX)
		row->items[row->items_used++] = (struct query_item){ key, NULL, number };
}

void row_items(struct query_row *row, unsigned at, enum query_form form, size_t from)
{
	size_t count = row->items_used - from;
	if (count)
		row->cell[at] = (struct query_cell){ .form = form, .count = count, .items = row->items + from };
}

void row_no_items(struct query_row *row, unsigned at) { row->cell[at] = (struct query_cell){ .form = CELL_LIST }; }
