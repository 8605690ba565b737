/* SPDX-License-Identifier: Apache-2.0 */
#include "query/table.h"
#include "base/text.h"
#include "query/value.h"
#include <stdlib.h>
#include <string.h>

enum { TABLE_WAIT_ROWS = 256, TABLE_GAP = 2, DISPLAY_GROWTH = 11, HEADING_BYTES = 512 };

static const struct query_field *field_of(const struct writer *w, size_t column)
{
	return &w->kind->fields[w->options.columns[column] & ~(unsigned)QUERY_COLUMN_LOCAL];
}

static bool is_local(const struct writer *w, size_t column) { return w->options.columns[column] & QUERY_COLUMN_LOCAL; }

static bool is_number(const struct query_field *field) { return field->type == QUERY_COUNT || field->type == QUERY_NUMBER; }

/* The displayed text of a cell is added to the waiting cells; returns how many bytes it takes. */
static size_t table_cell(struct writer *w, const struct query_row *row, size_t column)
{
	enum { LOCAL_BYTES = 48 };
	const struct query_cell *cell = &row->cell[w->options.columns[column] & ~(unsigned)QUERY_COLUMN_LOCAL];
	struct out *cells = &w->table.cells;
	size_t before = cells->used;
	if (cell->form == CELL_ABSENT) {
		out_char(cells, '-');
	} else if (is_local(w, column)) {
		char *at = out_room(cells, LOCAL_BYTES);
		if (at)
			out_used(cells, w->options.local_time(cell->number, at, LOCAL_BYTES));
	} else if (value_is_text(cell)) {
		w->scratch.used = 0;
		value_plain(&w->scratch, cell);
		size_t room = w->scratch.used * DISPLAY_GROWTH + 1;
		char *at = out_room(cells, room);
		if (at)
			out_used(cells, text_to_display(w->scratch.at, w->scratch.used, at, room));
	} else {
		value_plain(cells, cell);
	}
	return cells->used - before;
}

/* Of a query the keys may be any text. */
static size_t heading(const struct writer *w, size_t column, char *text, size_t size)
{
	static const char local[] = "_LOCAL";
	const struct query_field *field = field_of(w, column);
	size_t bytes = text_to_display(field->key, strlen(field->key), text, size - sizeof(local));
	for (size_t i = 0; i < bytes; i++)
		text[i] = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 32 : text[i]);
	if (!is_local(w, column))
		return bytes;
	memcpy(text + bytes, local, sizeof(local));
	return bytes + sizeof(local) - 1;
}

/* Bytes of the first `columns` columns of a text. */
static size_t fitting(const char *text, size_t bytes, size_t columns)
{
	const uint8_t *p = (const uint8_t *)text, *end = p + bytes;
	while (p < end) {
		size_t step = text_utf8_char(p, end), used;
		step = step ? step : 1;
		used = text_columns((const char *)p, step);
		if (used > columns)
			break;
		columns -= used;
		p += step;
	}
	return (size_t)(p - (const uint8_t *)text);
}

struct line { size_t used; bool cut; };

static void line_put(struct writer *w, struct line *line, const char *text, size_t bytes, size_t columns)
{
	size_t width = w->options.width;
	if (line->cut)
		return;
	if (width && line->used + columns > width) {
		line->cut = true;
		w->out->cut = width;
		out_bytes(w->out, text, fitting(text, bytes, width - line->used));
		return;
	}
	out_bytes(w->out, text, bytes);
	line->used += columns;
}

static void line_pad(struct writer *w, struct line *line, size_t count)
{
	size_t width = w->options.width;
	if (line->cut)
		return;
	if (width && line->used + count > width)
		count = width - line->used;
	out_fill(w->out, ' ', count);
	line->used += count;
}

static void line_cell(struct writer *w, struct line *line, size_t column, const char *text, size_t bytes)
{
	const struct query_field *field = field_of(w, column);
	size_t columns = text_columns(text, bytes), width = w->table.width[column];
	size_t pad = columns < width ? width - columns : 0;
	bool last = column + 1 == w->options.column_count;
	if (column)
		line_pad(w, line, TABLE_GAP);
	if (is_number(field))
		line_pad(w, line, pad);
	line_put(w, line, text, bytes, columns);
	if (!is_number(field) && !last)
		line_pad(w, line, pad);
}

static void table_heading(struct writer *w)
{
	struct line line = { 0, false };
	if (w->options.bold)
		out_text(w->out, "\033[1m");
	for (size_t c = 0; c < w->options.column_count; c++) {
		char text[HEADING_BYTES];
		line_cell(w, &line, c, text, heading(w, c, text, sizeof(text)));
	}
	out_text(w->out, w->options.bold ? "\033[0m\n" : "\n");
}

static void table_flush(struct writer *w)
{
	if (!w->table.started) {
		table_heading(w);
		w->table.started = true;
	}
	const char *text = w->table.cells.at;
	for (size_t r = 0; r < w->table.waiting && w->table.cells.err == IND_OK; r++) {
		struct line line = { 0, false };
		for (size_t c = 0; c < w->options.column_count; c++) {
			size_t bytes = w->table.lengths[r * w->options.column_count + c];
			line_cell(w, &line, c, text, bytes);
			text += bytes;
		}
		out_char(w->out, '\n');
	}
	if (w->table.cells.err != IND_OK && w->out->err == IND_OK)
		w->out->err = w->table.cells.err;
	w->table.waiting = w->table.cells.used = 0;
}

static void table_widths(struct writer *w)
{
	char text[HEADING_BYTES];
	for (size_t c = 0; c < w->options.column_count; c++)
		w->table.width[c] = text_columns(text, heading(w, c, text, sizeof(text)));
}

static bool table_ready(struct writer *w)
{
	if (w->table.lengths)
		return true;
	table_widths(w);
	w->table.lengths = calloc(TABLE_WAIT_ROWS * w->options.column_count, sizeof(*w->table.lengths));
	if (!w->table.lengths && w->out->err == IND_OK)
		w->out->err = IND_NOMEM;
	return w->table.lengths != NULL;
}

void table_row(struct writer *w, const struct query_row *row)
{
	if (!table_ready(w))
		return;
	for (size_t c = 0; c < w->options.column_count; c++) {
		size_t start = w->table.cells.used;
		size_t bytes = table_cell(w, row, c);
		if (w->table.cells.err != IND_OK)
			return;
		w->table.lengths[w->table.waiting * w->options.column_count + c] = bytes;
		size_t columns = text_columns(w->table.cells.at + start, bytes);
		if (!w->table.started && columns > w->table.width[c])
			w->table.width[c] = columns;
	}
	if (++w->table.waiting == TABLE_WAIT_ROWS)
		table_flush(w);
}

void table_end(struct writer *w)
{
	if (!w->table.lengths)
		table_widths(w);
	table_flush(w);
	out_free(&w->table.cells);
	free(w->table.lengths);
	w->table.lengths = NULL;
}
