/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_WRITE_H
#define QUERY_WRITE_H

#include "query/out.h"
#include "query/row.h"

/* Rows of one kind in one of the formats. Whatever happens, what was written is well-formed once writer_end was called. */

enum query_format { QUERY_FORMAT_TABLE, QUERY_FORMAT_NDJSON, QUERY_FORMAT_JSON, QUERY_FORMAT_CSV, QUERY_FORMAT_TSV, QUERY_FORMAT_COUNT };

/* "table ndjson json csv tsv" */
#define QUERY_FORMATS "table ndjson json csv tsv"

/* The format with this name, or QUERY_FORMAT_COUNT. */
enum query_format query_format_of(const char *name, size_t bytes);

enum { QUERY_COLUMN_LOCAL = 0x80 };

struct writer_options {
	enum query_format format;
	bool csv_raw;                /* leave cells alone that a spreadsheet would take for a formula */
	bool on_terminal;            /* CSV and TSV: nothing that could steer a terminal */
	bool bold;                   /* table headings */
	size_t width;                /* tables are cut to as many columns; 0: never */
	/* Tables have a second column behind each time, in local time: RFC 3339 with the offset. NULL: they have none. */
	size_t (*local_time)(uint64_t ns, char *out, size_t size);
	uint8_t columns[2 * QUERY_CELLS_MAX]; /* fields; in tables with QUERY_COLUMN_LOCAL their local time */
	size_t column_count;         /* 0: those of the format */
};

struct table_row;

struct writer {
	struct out *out;
	const struct query_kind *kind;
	struct writer_options options;
	struct out scratch;          /* plain text of one cell, waiting rows of a table */
	uint64_t rows;
	uint64_t untold;             /* of statistics: flows that are in no row for want of room; set by the caller, said in the summary */
	struct {
		struct out cells;
		size_t *lengths;
		size_t waiting, capacity;
		size_t width[2 * QUERY_CELLS_MAX];
		bool started;
	} table;
};

/* What a listing says of itself when a limit was reached. */
struct writer_summary { bool truncated; uint64_t shown, matched; };

void writer_start(struct writer *w, struct out *out, enum query_kind_id kind, const struct writer_options *options);

/* The same for a kind of rows that is not of the field table: the result of a query. Keys may be any text; the kind lives as long as the writer. */
void writer_start_kind(struct writer *w, struct out *out, const struct query_kind *kind, const struct writer_options *options);
void writer_row(struct writer *w, const struct query_row *row);
void writer_end(struct writer *w, const struct writer_summary *summary);

/* In NDJSON a listing may mix kinds of rows: one row of any kind. */
void writer_any_row(struct writer *w, const struct query_row *row);

#endif
