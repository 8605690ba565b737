/* SPDX-License-Identifier: Apache-2.0 */
#include "query/tables_file.h"
#include "query/value.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

struct tables_file {
	sqlite3 *db;
	sqlite3_stmt *insert[QUERY_KIND_COUNT];
	struct out text;
	size_t from[QUERY_CELLS_MAX]; /* where the text of a cell stands */
	enum ind_err err;
};

static enum ind_err err_of(int code)
{
	switch (code) {
	case SQLITE_OK:
	case SQLITE_DONE: return IND_OK;
	case SQLITE_NOMEM: return IND_NOMEM;
	case SQLITE_FULL: return IND_FULL;
	default: return IND_IO;
	}
}

static enum ind_err keep(struct tables_file *f, int code)
{
	if (f->err == IND_OK)
		f->err = f->text.err != IND_OK ? f->text.err : err_of(code);
	return f->err;
}

static enum ind_err run(struct tables_file *f, const char *sql)
{
	return f->err != IND_OK ? f->err : keep(f, sqlite3_exec(f->db, sql, NULL, NULL, NULL));
}

enum ind_err tables_file_new(const char *path, struct tables_file **out)
{
	struct tables_file *f = calloc(1, sizeof(*f));
	*out = NULL;
	if (!f)
		return IND_NOMEM;
	out_start(&f->text, NULL, NULL);
	(void)keep(f, sqlite3_open_v2(path, &f->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW, NULL));
	/* The caller makes the file durable, and drops it if it is not finished. */
	enum ind_err err = run(f, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=4096; BEGIN");
	if (err == IND_OK)
		*out = f;
	else
		tables_file_free(f);
	return err;
}

static void put_table(struct out *o, const struct query_kind *kind)
{
	size_t bytes = strlen(kind->name);
	bool y = kind->name[bytes - 1] == 'y', s = kind->name[bytes - 1] == 's';
	out_bytes(o, kind->name, bytes - y);
	out_text(o, y ? "ies" : s ? "es" : "s");
}

static const char *type_of(enum query_type type)
{
	switch (type) {
	case QUERY_COUNT:
	case QUERY_BOOL: return " INTEGER";
	case QUERY_NUMBER: return " REAL";
	case QUERY_VALUE: return ""; /* texts and numbers */
	default: return " TEXT";
	}
}

/* Keys may be words of SQL, as "from" is. */
static void put_quoted(struct out *o, const char *name)
{
	out_char(o, '"');
	out_text(o, name);
	out_char(o, '"');
}

static const char *finished(struct tables_file *f)
{
	out_char(&f->text, '\0');
	return f->text.err == IND_OK ? f->text.at : NULL;
}

static enum ind_err make_table(struct tables_file *f, const struct query_kind *kind)
{
	f->text.used = 0;
	out_text(&f->text, "CREATE TABLE ");
	put_table(&f->text, kind);
	for (size_t i = 0; i < kind->count; i++) {
		out_text(&f->text, i ? ", " : " (");
		put_quoted(&f->text, kind->fields[i].key);
		out_text(&f->text, type_of(kind->fields[i].type));
	}
	out_text(&f->text, ")");
	const char *sql = finished(f);
	return sql ? run(f, sql) : keep(f, SQLITE_NOMEM);
}

static enum ind_err make_insert(struct tables_file *f, enum query_kind_id id)
{
	f->text.used = 0;
	out_text(&f->text, "INSERT INTO ");
	put_table(&f->text, &query_kinds[id]);
	out_text(&f->text, " VALUES (");
	for (size_t i = 0; i < query_kinds[id].count; i++)
		out_text(&f->text, i ? ",?" : "?");
	out_text(&f->text, ")");
	const char *sql = finished(f);
	return keep(f, sql ? sqlite3_prepare_v2(f->db, sql, -1, &f->insert[id], NULL) : SQLITE_NOMEM);
}

enum ind_err tables_file_kind(struct tables_file *f, enum query_kind_id kind)
{
	if (f->err != IND_OK || f->insert[kind])
		return f->err;
	if (make_table(f, &query_kinds[kind]) != IND_OK)
		return f->err;
	return make_insert(f, kind);
}

static bool is_json(const struct query_cell *cell)
{
	return cell->form == CELL_LIST || cell->form == CELL_HOURS || cell->form == CELL_MAP || cell->form == CELL_MAP_LISTS || cell->form == CELL_RANGES || cell->form == CELL_ROWS;
}

static bool is_number(const struct query_cell *cell)
{
	return cell->form == CELL_U64 || cell->form == CELL_I64 || cell->form == CELL_1E4 || cell->form == CELL_TRUE;
}

/* A number beyond 2^63 is a real one in SQLite, and not exact. */
static int bind_number(sqlite3_stmt *s, int at, const struct query_cell *cell)
{
	switch (cell->form) {
	case CELL_TRUE: return sqlite3_bind_int(s, at, 1);
	case CELL_1E4: return sqlite3_bind_double(s, at, (double)cell->sign / 10000.0);
	case CELL_I64: return sqlite3_bind_int64(s, at, cell->sign);
	default: return cell->number <= INT64_MAX ? sqlite3_bind_int64(s, at, (sqlite3_int64)cell->number) : sqlite3_bind_double(s, at, (double)cell->number);
	}
}

/* Digits alone, few enough to be exact. */
static int bind_decimal(sqlite3_stmt *s, int at, const struct query_cell *cell)
{
	enum { EXACT_DIGITS = 18 };
	char text[EXACT_DIGITS + 2];
	bool whole = cell->count <= EXACT_DIGITS && !memchr(cell->text, '.', cell->count);
	if (!whole)
		return sqlite3_bind_text(s, at, cell->text, (int)cell->count, SQLITE_STATIC);
	memcpy(text, cell->text, cell->count);
	text[cell->count] = '\0';
	return sqlite3_bind_int64(s, at, strtoll(text, NULL, 10));
}

static int bind(struct tables_file *f, sqlite3_stmt *s, size_t i, const struct query_cell *cell, size_t to)
{
	int at = (int)i + 1;
	if (cell->form == CELL_ABSENT)
		return sqlite3_bind_null(s, at);
	if (cell->form == CELL_DECIMAL)
		return bind_decimal(s, at, cell);
	if (is_number(cell))
		return bind_number(s, at, cell);
	if (cell->form == CELL_TEXT)
		return sqlite3_bind_text(s, at, cell->text, (int)cell->count, SQLITE_STATIC);
	return sqlite3_bind_text(s, at, f->text.at + f->from[i], (int)(to - f->from[i]), SQLITE_STATIC);
}

/* Texts that are made stand in one buffer, which moves while it grows: bound afterwards. */
static void write_texts(struct tables_file *f, const struct query_row *row)
{
	f->text.used = 0;
	for (size_t i = 0; i < row->kind->count; i++) {
		const struct query_cell *cell = &row->cell[i];
		f->from[i] = f->text.used;
		if (is_json(cell))
			value_json(&f->text, cell);
		else if (cell->form == CELL_TIME || cell->form == CELL_ADDR || cell->form == CELL_HEX)
			value_plain(&f->text, cell);
	}
}

enum ind_err tables_file_row(struct tables_file *f, const struct query_row *row)
{
	sqlite3_stmt *s = f->insert[row->kind - query_kinds];
	if (f->err != IND_OK)
		return f->err;
	write_texts(f, row);
	if (keep(f, SQLITE_OK) != IND_OK)
		return f->err;
	for (size_t i = 0; i < row->kind->count && f->err == IND_OK; i++)
		(void)keep(f, bind(f, s, i, &row->cell[i], i + 1 < row->kind->count ? f->from[i + 1] : f->text.used));
	if (f->err == IND_OK)
		(void)keep(f, sqlite3_step(s));
	(void)sqlite3_reset(s);
	return f->err;
}

enum ind_err tables_file_index(struct tables_file *f, enum query_kind_id kind, const char *name, const char *columns)
{
	f->text.used = 0;
	out_text(&f->text, "CREATE INDEX ");
	put_table(&f->text, &query_kinds[kind]);
	out_char(&f->text, '_');
	out_text(&f->text, name);
	out_text(&f->text, " ON ");
	put_table(&f->text, &query_kinds[kind]);
	out_char(&f->text, '(');
	out_text(&f->text, columns);
	out_char(&f->text, ')');
	const char *sql = finished(f);
	return sql ? run(f, sql) : keep(f, SQLITE_NOMEM);
}

enum ind_err tables_file_end(struct tables_file *f)
{
	return run(f, "COMMIT");
}

void tables_file_free(struct tables_file *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < QUERY_KIND_COUNT; i++)
		(void)sqlite3_finalize(f->insert[i]);
	(void)sqlite3_close(f->db);
	out_free(&f->text);
	free(f);
}
