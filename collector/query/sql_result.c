/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "query/sql_table.h"
#include "query/value.h"
#include <stdlib.h>
#include <string.h>

enum { ADDR_TEXT = 48, TIME_TEXT = 32, DECIMAL_TEXT = 64 };

/* SQLite has no whole numbers above INT64_MAX. */
void sql_result_u64(sqlite3_context *result, uint64_t number)
{
	if (number <= INT64_MAX)
		sqlite3_result_int64(result, (sqlite3_int64)number);
	else
		sqlite3_result_double(result, (double)number);
}

void sql_result_time(sqlite3_context *result, uint64_t ns)
{
	char text[TIME_TEXT];
	size_t bytes = text_time(ns, text, sizeof(text));
	sqlite3_result_text(result, text, (int)bytes, SQLITE_TRANSIENT);
}

void sql_result_addr(sqlite3_context *result, const struct sql_addr *addr)
{
	char text[ADDR_TEXT];
	size_t bytes = text_addr(addr->ip_version, addr->addr, text, sizeof(text));
	sqlite3_result_text(result, text, (int)bytes, SQLITE_TRANSIENT);
}

/* A number if it is one that SQLite has. */
static void result_decimal(sqlite3_context *result, const struct query_cell *cell)
{
	char text[DECIMAL_TEXT];
	int64_t whole = 0;
	bool minus = cell->count && cell->text[0] == '-', is_whole = cell->count > minus;
	for (size_t i = minus; i < cell->count && is_whole; i++) {
		char c = cell->text[i];
		is_whole = c >= '0' && c <= '9' && !__builtin_mul_overflow(whole, 10, &whole) && !__builtin_sub_overflow(whole, c - '0', &whole);
	}
	if (is_whole && (minus || whole != INT64_MIN)) {
		sqlite3_result_int64(result, minus ? whole : -whole);
	} else if (cell->count < sizeof(text)) {
		memcpy(text, cell->text, cell->count);
		text[cell->count] = '\0';
		sqlite3_result_double(result, strtod(text, NULL));
	} else {
		sqlite3_result_text64(result, cell->text, cell->count, SQLITE_TRANSIENT, SQLITE_UTF8);
	}
}

void sql_result_cell(sqlite3_context *result, const struct query_cell *cell, struct out *scratch)
{
	enum { PER_UNIT = 10000 };
	scratch->used = 0;
	switch (cell->form) {
	case CELL_ABSENT: return;
	case CELL_TEXT: sqlite3_result_text64(result, cell->text, cell->count, SQLITE_TRANSIENT, SQLITE_UTF8); return;
	case CELL_U64: sql_result_u64(result, cell->number); return;
	case CELL_I64: sqlite3_result_int64(result, cell->sign); return;
	case CELL_1E4: sqlite3_result_double(result, (double)cell->sign / PER_UNIT); return;
	case CELL_TRUE: sqlite3_result_int(result, 1); return;
	case CELL_DECIMAL: result_decimal(result, cell); return;
	case CELL_TIME: sql_result_time(result, cell->number); return;
	case CELL_ADDR:
	case CELL_HEX: value_plain(scratch, cell); break;
	default: value_json(scratch, cell); break;
	}
	if (scratch->err != IND_OK)
		sqlite3_result_error_nomem(result);
	else
		sqlite3_result_text64(result, scratch->at ? scratch->at : "", scratch->used, SQLITE_TRANSIENT, SQLITE_UTF8);
}
