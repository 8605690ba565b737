/* SPDX-License-Identifier: Apache-2.0 */
/* NDJSON and JSON: RFC 8259. CSV: RFC 4180. TSV: tab, line feed, carriage return and backslash as \t \n \r \\. */
#include "query/write.h"
#include "base/text.h"
#include "query/table.h"
#include "query/value.h"
#include <string.h>

static const char *const format_names[QUERY_FORMAT_COUNT] = { "table", "ndjson", "json", "csv", "tsv" };

enum query_format query_format_of(const char *name, size_t bytes)
{
	enum query_format format = QUERY_FORMAT_TABLE;
	while (format < QUERY_FORMAT_COUNT && (strlen(format_names[format]) != bytes || memcmp(format_names[format], name, bytes) != 0))
		format++;
	return format;
}

/* Spreadsheets run cells that begin so as formulas. */
static bool is_formula(const char *text, size_t bytes) { return bytes && strchr("=+-@\t\r", text[0]) != NULL && text[0] != '\0'; }

static void csv_text(struct writer *w, const char *text, size_t bytes)
{
	bool guard = !w->options.csv_raw && is_formula(text, bytes);
	bool quote = false;
	for (size_t i = 0; i < bytes && !quote; i++)
		quote = text[i] == ',' || text[i] == '"' || text[i] == '\r' || text[i] == '\n';
	if (quote)
		out_char(w->out, '"');
	if (guard)
		out_char(w->out, '\'');
	for (size_t from = 0, i = 0; i <= bytes; i++) {
		bool end = i == bytes;
		if (!end && text[i] != '"' && text[i] != '\0')
			continue;
		out_bytes(w->out, text + from, i - from);
		if (!end)
			out_text(w->out, text[i] ? "\"\"" : "\\x00");
		from = i + 1;
	}
	if (quote)
		out_char(w->out, '"');
}

static void tsv_text(struct writer *w, const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		switch (text[i]) {
		case '\t': out_text(w->out, "\\t"); break;
		case '\n': out_text(w->out, "\\n"); break;
		case '\r': out_text(w->out, "\\r"); break;
		case '\\': out_text(w->out, "\\\\"); break;
		case '\0': out_text(w->out, "\\x00"); break;
		default: out_char(w->out, text[i]);
		}
	}
}

/* The plain text of a text cell; on a terminal with its controls made visible. */
static void plain_text(struct writer *w, const struct query_cell *cell, struct out *shown)
{
	enum { DISPLAY_GROWTH = 11 };
	struct out *plain = &w->scratch;
	plain->used = 0;
	value_plain(plain, cell);
	if (!w->options.on_terminal)
		return;
	size_t room = plain->used * DISPLAY_GROWTH + 1;
	char *at = out_room(shown, room);
	if (at)
		out_used(shown, text_to_display(plain->at, plain->used, at, room));
}

static void separated_text(struct writer *w, const char *text, size_t bytes)
{
	if (w->options.format == QUERY_FORMAT_CSV)
		csv_text(w, text, bytes);
	else
		tsv_text(w, text, bytes);
}

static void separated_cell(struct writer *w, const struct query_cell *cell)
{
	if (!value_is_text(cell)) {
		value_plain(w->out, cell);
		return;
	}
	if (cell->form == CELL_TEXT && !w->options.on_terminal) {
		separated_text(w, cell->text, cell->count);
		return;
	}
	struct out shown;
	out_start(&shown, NULL, NULL);
	plain_text(w, cell, &shown);
	const struct out *text = w->options.on_terminal ? &shown : &w->scratch;
	separated_text(w, text->at, text->used);
	out_free(&shown);
}

/* A key may be any text where it comes from a query. */
static void separated_key(struct writer *w, const char *key)
{
	struct query_cell cell = { .form = CELL_TEXT, .count = strlen(key), .text = key };
	separated_cell(w, &cell);
}

static void separated_heading(struct writer *w)
{
	bool csv = w->options.format == QUERY_FORMAT_CSV;
	for (size_t i = 0; i < w->options.column_count; i++) {
		if (i)
			out_char(w->out, csv ? ',' : '\t');
		separated_key(w, w->kind->fields[w->options.columns[i]].key);
	}
	out_text(w->out, csv ? "\r\n" : "\n");
}

static void separated_row(struct writer *w, const struct query_row *row)
{
	bool csv = w->options.format == QUERY_FORMAT_CSV;
	for (size_t i = 0; i < w->options.column_count; i++) {
		if (i)
			out_char(w->out, csv ? ',' : '\t');
		separated_cell(w, &row->cell[w->options.columns[i]]);
	}
	out_text(w->out, csv ? "\r\n" : "\n");
}

static void default_columns(struct writer *w)
{
	for (size_t i = 0; i < w->kind->count; i++)
		if (w->options.format != QUERY_FORMAT_TABLE || w->kind->fields[i].in_table)
			w->options.columns[w->options.column_count++] = (uint8_t)i;
}

void writer_start(struct writer *w, struct out *out, enum query_kind_id kind, const struct writer_options *options)
{
	writer_start_kind(w, out, &query_kinds[kind], options);
}

/* Behind each time the same in local time. */
static void add_local_columns(struct writer *w)
{
	uint8_t columns[QUERY_CELLS_MAX];
	size_t count = w->options.column_count < QUERY_CELLS_MAX ? w->options.column_count : QUERY_CELLS_MAX, to = 0;
	memcpy(columns, w->options.columns, count);
	for (size_t i = 0; i < count; i++) {
		w->options.columns[to++] = columns[i];
		if (w->kind->fields[columns[i]].type == QUERY_TIME)
			w->options.columns[to++] = columns[i] | QUERY_COLUMN_LOCAL;
	}
	w->options.column_count = to;
}

void writer_start_kind(struct writer *w, struct out *out, const struct query_kind *kind, const struct writer_options *options)
{
	*w = (struct writer){ .out = out, .kind = kind, .options = *options };
	out_start(&w->scratch, NULL, NULL);
	out_start(&w->table.cells, NULL, NULL);
	if (!w->options.column_count)
		default_columns(w);
	if (w->options.local_time && w->options.format == QUERY_FORMAT_TABLE)
		add_local_columns(w);
	if (w->options.format == QUERY_FORMAT_CSV || w->options.format == QUERY_FORMAT_TSV)
		separated_heading(w);
	if (w->options.format == QUERY_FORMAT_JSON) {
		out_text(out, "{\"meta\":{\"format_version\":1,\"records\":");
		value_json_text(out, w->kind->name, strlen(w->kind->name));
		out_text(out, "},\"records\":[");
	}
}

static void json_row(struct writer *w, const struct query_row *row, const uint8_t *columns, size_t count)
{
	bool lines = w->options.format == QUERY_FORMAT_NDJSON;
	if (!lines)
		out_text(w->out, w->rows ? ",\n" : "\n");
	value_json_row(w->out, row, columns, count);
	if (lines)
		out_char(w->out, '\n');
}

void writer_row(struct writer *w, const struct query_row *row)
{
	switch (w->options.format) {
	case QUERY_FORMAT_TABLE: table_row(w, row); break;
	case QUERY_FORMAT_CSV:
	case QUERY_FORMAT_TSV: separated_row(w, row); break;
	default: json_row(w, row, w->options.columns, w->options.column_count); break;
	}
	w->rows++;
}

void writer_any_row(struct writer *w, const struct query_row *row)
{
	json_row(w, row, NULL, row->kind->count);
	w->rows++;
}

static void put_summary(struct writer *w, const struct writer_summary *summary)
{
	out_text(w->out, "{\"type\":\"summary\",\"truncated\":true,\"shown\":");
	out_u64(w->out, summary->shown);
	out_text(w->out, ",\"matched\":");
	out_u64(w->out, summary->matched);
	if (w->untold) {
		out_text(w->out, ",\"untold\":");
		out_u64(w->out, w->untold);
	}
	out_char(w->out, '}');
}

void writer_end(struct writer *w, const struct writer_summary *summary)
{
	bool cut = summary && summary->truncated;
	if (w->options.format == QUERY_FORMAT_TABLE)
		table_end(w);
	if (w->options.format == QUERY_FORMAT_JSON)
		out_text(w->out, w->rows ? "\n]" : "]");
	if (w->options.format == QUERY_FORMAT_JSON && cut)
		out_text(w->out, ",\"summary\":");
	if (cut && (w->options.format == QUERY_FORMAT_JSON || w->options.format == QUERY_FORMAT_NDJSON))
		put_summary(w, summary);
	if (w->options.format == QUERY_FORMAT_NDJSON && cut)
		out_char(w->out, '\n');
	if (w->options.format == QUERY_FORMAT_JSON)
		out_text(w->out, "}\n");
	out_free(&w->scratch);
}
