/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite.org/security.html: a data base in memory, an authorizer that lets reading through and nothing else, limits, no extensions. */
#include "query/sql.h"
#include "query/sql_table.h"
#include "query/sql_top.h"
#include "query/value.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_EVERY_STEPS = 10000, CACHE_KIB = 65536, DECIMAL_TEXT = 40, NAME_TEXT = 256 };

struct sql {
	sqlite3 *db;
	struct sql_bundles bundles;
	char refused[160];           /* what the authorizer did not let through last */
};

struct sql_statement {
	struct sql *sql;
	sqlite3_stmt *stmt;
	struct query_kind kind;
	struct query_field *fields;
	struct out *names;           /* of each column: key, NUL, ,"key": */
	char (*decimals)[DECIMAL_TEXT];
	bool started;
};

/* ---- what is allowed ---- */

static bool is_one_of(const char *word, const char *const *words)
{
	for (; word && *words; words++)
		if (sqlite3_stricmp(word, *words) == 0)
			return true;
	return false;
}

static const char *action_name(int action)
{
	switch (action) {
	case SQLITE_ATTACH: return "opening or writing other files";
	case SQLITE_DETACH: return "detaching";
	case SQLITE_PRAGMA: return "this PRAGMA";
	case SQLITE_TRANSACTION:
	case SQLITE_SAVEPOINT: return "a transaction";
	case SQLITE_FUNCTION: return "this function";
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE: return "writing";
	default: return "changing tables";
	}
}

static int authorize(void *ctx, int action, const char *first, const char *second, const char *database, const char *trigger)
{
	static const char *const pragmas[] = { "table_info", "table_xinfo", "table_list", "function_list", "module_list", "compile_options", NULL };
	static const char *const functions[] = { "load_extension", "fts3_tokenizer", "fts5", "sqlite_log", NULL };
	struct sql *sql = ctx;
	(void)database, (void)trigger;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE: return SQLITE_OK;
	case SQLITE_FUNCTION:
		if (!is_one_of(second, functions))
			return SQLITE_OK;
		break;
	case SQLITE_PRAGMA:
		if (is_one_of(first, pragmas))
			return SQLITE_OK;
		break;
	default: break;
	}
	snprintf(sql->refused, sizeof(sql->refused), "%s is not allowed: bundles are read only, SELECT is what there is", action_name(action));
	return SQLITE_DENY;
}

static int look(void *ctx)
{
	const struct sql_inputs *in = ((struct sql *)ctx)->bundles.inputs;
	return in->stopped && in->stopped(in->ctx);
}

static void set_limits(sqlite3 *db)
{
	static const struct { int id, value; } limits[] = {
		{ SQLITE_LIMIT_LENGTH, 64 << 20 }, { SQLITE_LIMIT_SQL_LENGTH, SQL_TEXT_MAX }, { SQLITE_LIMIT_COLUMN, QUERY_CELLS_MAX }, { SQLITE_LIMIT_EXPR_DEPTH, 200 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 100 }, { SQLITE_LIMIT_VDBE_OP, 1 << 20 }, { SQLITE_LIMIT_FUNCTION_ARG, 100 }, { SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000 }, { SQLITE_LIMIT_VARIABLE_NUMBER, 100 }, { SQLITE_LIMIT_TRIGGER_DEPTH, 1 }, { SQLITE_LIMIT_WORKER_THREADS, 0 },
	};
	static const struct { int id, on; } switches[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 }, { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 }, { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 }, { SQLITE_DBCONFIG_ENABLE_VIEW, 0 }, { SQLITE_DBCONFIG_DQS_DML, 0 }, { SQLITE_DBCONFIG_DQS_DDL, 0 },
	};
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		sqlite3_limit(db, limits[i].id, limits[i].value);
	for (size_t i = 0; i < sizeof(switches) / sizeof(switches[0]); i++)
		sqlite3_db_config(db, switches[i].id, switches[i].on, (int *)NULL);
}

static int make_tables(struct sql *sql)
{
	struct sql_source source = { .bundles = &sql->bundles };
	char text[256];
	int status = sql_module_register(sql->db, &source);
	if (status == SQLITE_OK)
		status = sql_top_register(sql->db, &sql->bundles);
	for (size_t i = 0; i < SQL_TABLE_COUNT && status == SQLITE_OK; i++) {
		snprintf(text, sizeof(text), "CREATE VIRTUAL TABLE %s USING indicia_%s", sql_specs[i].name, sql_specs[i].name);
		status = sqlite3_exec(sql->db, text, NULL, NULL, NULL);
	}
	/* Tables that are functions are made at their first use, and the authorizer would take that for a change of the schema. */
	snprintf(text, sizeof(text), "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-%d; SELECT 1 FROM json_each('[]'),json_tree('[]'),pragma_table_info('flows');"
		"PRAGMA table_info(top)", CACHE_KIB);
	return status == SQLITE_OK ? sqlite3_exec(sql->db, text, NULL, NULL, NULL) : status;
}

enum ind_err sql_open(const struct sql_inputs *inputs, struct sql **out)
{
	if (inputs->count > SQL_INPUTS_MAX)
		return IND_LIMIT;
	struct sql *sql = calloc(1, sizeof(*sql));
	if (!sql)
		return IND_NOMEM;
	sql->bundles.inputs = inputs;
	sqlite3_hard_heap_limit64((sqlite3_int64)SQL_HEAP_MIB << 20);
	int status = sqlite3_open_v2(":memory:", &sql->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (status == SQLITE_OK)
		status = make_tables(sql);
	if (status != SQLITE_OK) {
		sql_close(sql);
		return IND_NOMEM;
	}
	set_limits(sql->db);
	sqlite3_set_authorizer(sql->db, authorize, sql);
	sqlite3_progress_handler(sql->db, LOOK_EVERY_STEPS, look, sql);
	*out = sql;
	return IND_OK;
}

void sql_close(struct sql *sql)
{
	if (!sql)
		return;
	sqlite3_close(sql->db);
	sql_bundles_free(&sql->bundles);
	free(sql);
}

/* ---- statements ---- */

static enum sql_outcome outcome_of(struct sql *sql, int status, struct sql_error *error)
{
	int primary = status & 0xff;
	*error = (struct sql_error){ .has_place = false };
	if (primary == SQLITE_NOMEM) {
		snprintf(error->text, sizeof(error->text), "out of memory: a query may take %d MiB; let it group or sort less", SQL_HEAP_MIB);
		return SQL_FAILED;
	}
	if (primary == SQLITE_INTERRUPT)
		return SQL_STOPPED;
	snprintf(error->text, sizeof(error->text), "%s", primary == SQLITE_AUTH && sql->refused[0] ? sql->refused : sqlite3_errmsg(sql->db));
	int at = sqlite3_error_offset(sql->db);
	error->has_place = at >= 0;
	error->at = at >= 0 ? (size_t)at : 0;
	return SQL_WRONG;
}

/* Keys of one row must differ: the second `record` is record_2. */
static void name_column(struct sql_statement *s, size_t i)
{
	const char *name = sqlite3_column_name(s->stmt, (int)i);
	char text[NAME_TEXT];
	unsigned nth = 1;
	name = name ? name : "";
	for (size_t k = 0; k < i; k++)
		nth += strcmp(sqlite3_column_name(s->stmt, (int)k), name) == 0;
	if (nth > 1)
		snprintf(text, sizeof(text), "%.200s_%u", name, nth);
	else
		snprintf(text, sizeof(text), "%.240s", name);
	out_start(&s->names[i], NULL, NULL);
	out_bytes(&s->names[i], text, strlen(text) + 1);
	size_t json = s->names[i].used;
	out_char(&s->names[i], ',');
	value_json_text(&s->names[i], text, strlen(text));
	out_bytes(&s->names[i], ":", 2);
	if (s->names[i].err != IND_OK)
		return;
	s->fields[i] = (struct query_field){ .key = s->names[i].at, .type = QUERY_TEXT, .unit = "", .in_table = true, .help = "",
		.json = s->names[i].at + json, .json_bytes = s->names[i].used - json - 1 };
}

static bool name_columns(struct sql_statement *s)
{
	size_t count = (size_t)sqlite3_column_count(s->stmt);
	s->fields = calloc(count + 1, sizeof(*s->fields));
	s->names = calloc(count + 1, sizeof(*s->names));
	s->decimals = calloc(count + 1, sizeof(*s->decimals));
	if (!s->fields || !s->names || !s->decimals)
		return false;
	s->kind = (struct query_kind){ .name = "row", .about = "", .fields = s->fields, .count = count };
	for (size_t i = 0; i < count; i++) {
		name_column(s, i);
		if (!s->fields[i].key)
			return false;
	}
	return true;
}

enum sql_outcome sql_prepare(struct sql *sql, const char *text, size_t bytes, size_t *used, struct sql_statement **out, struct sql_error *error)
{
	const char *tail = text;
	*used = 0;
	*out = NULL;
	struct sql_statement *s = calloc(1, sizeof(*s));
	sql->refused[0] = '\0';
	int status = s && bytes <= INT32_MAX ? sqlite3_prepare_v2(sql->db, text, (int)bytes, &s->stmt, &tail) : SQLITE_NOMEM;
	*used = (size_t)(tail - text);
	if (status == SQLITE_OK && s->stmt && !name_columns((s->sql = sql, s)))
		status = SQLITE_NOMEM;
	if (status == SQLITE_OK && s->stmt) {
		*out = s;
		return SQL_ROW;
	}
	enum sql_outcome outcome = status == SQLITE_OK ? SQL_DONE : outcome_of(sql, status, error);
	sql_statement_free(s);
	return outcome;
}

void sql_statement_free(struct sql_statement *s)
{
	if (!s)
		return;
	for (size_t i = 0; s->names && i < s->kind.count; i++)
		out_free(&s->names[i]);
	sqlite3_finalize(s->stmt);
	free(s->fields);
	free(s->names);
	free(s->decimals);
	free(s);
}

bool sql_is_open(const char *text) { return !sqlite3_complete(text); }

static void set_cell(struct sql_statement *s, int i, struct query_cell *cell)
{
	*cell = (struct query_cell){ .form = CELL_ABSENT };
	switch (sqlite3_column_type(s->stmt, i)) {
	case SQLITE_INTEGER: *cell = (struct query_cell){ .form = CELL_I64, .sign = sqlite3_column_int64(s->stmt, i) }; break;
	case SQLITE_FLOAT: {
		double value = sqlite3_column_double(s->stmt, i);
		sqlite3_snprintf(DECIMAL_TEXT, s->decimals[i], "%!.15g", value);
		*cell = (struct query_cell){ .form = isfinite(value) ? CELL_DECIMAL : CELL_TEXT, .count = strlen(s->decimals[i]), .text = s->decimals[i] };
		break;
	}
	case SQLITE_TEXT:
		*cell = (struct query_cell){ .form = CELL_TEXT, .text = (const char *)sqlite3_column_text(s->stmt, i) };
		cell->count = (size_t)sqlite3_column_bytes(s->stmt, i);
		break;
	case SQLITE_BLOB:
		*cell = (struct query_cell){ .form = CELL_HEX, .bytes = sqlite3_column_blob(s->stmt, i) };
		cell->count = (size_t)sqlite3_column_bytes(s->stmt, i);
		break;
	default: break;
	}
}

static bool is_number(const struct sql_statement *s, int i)
{
	const char *declared = sqlite3_column_decltype(s->stmt, i);
	int type = sqlite3_data_count(s->stmt) ? sqlite3_column_type(s->stmt, i) : SQLITE_NULL;
	if (type != SQLITE_NULL)
		return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
	return declared && strcmp(declared, "TEXT") != 0 && *declared;
}

enum sql_outcome sql_step(struct sql_statement *s, struct query_row *row, struct sql_error *error)
{
	int status = sqlite3_step(s->stmt);
	if (!s->started) {
		for (size_t i = 0; i < s->kind.count; i++)
			s->fields[i].type = is_number(s, (int)i) ? QUERY_NUMBER : QUERY_TEXT;
		s->started = true;
	}
	if (status == SQLITE_DONE)
		return SQL_DONE;
	if (status != SQLITE_ROW)
		return outcome_of(s->sql, status, error);
	row->kind = &s->kind;
	for (size_t i = 0; i < s->kind.count; i++)
		set_cell(s, (int)i, &row->cell[i]);
	return SQL_ROW;
}

const struct query_kind *sql_statement_kind(const struct sql_statement *s) { return &s->kind; }

/* ---- what there is ---- */

const char *sql_table_name(size_t n) { return n < SQL_TABLE_COUNT ? sql_specs[n].name : NULL; }
const char *sql_table_about(size_t n) { return query_kinds[sql_specs[n].kind].about; }

bool sql_table_column(size_t table, size_t n, struct sql_column *column)
{
	static const struct sql_column bundle = { "bundle", "TEXT", "", "file that the row comes from", false };
	static const struct sql_column hidden[] = {
		{ "start_ns", "INTEGER", "ns", "start, since 1970", true }, { "end_ns", "INTEGER", "ns", "end, since 1970", true },
	};
	const struct query_kind *kind = &query_kinds[sql_specs[table].kind];
	if (n == 0)
		return *column = bundle, true;
	for (size_t i = 0; i < kind->count; i++) {
		const struct query_field *f = &kind->fields[i];
		if (sql_has_field(sql_specs[table].kind, i) && --n == 0)
			return *column = (struct sql_column){ f->key, sql_declared(f->type), f->unit, f->help, false }, true;
	}
	if (sql_specs[table].id != SQL_FLOWS || n - 1 >= sizeof(hidden) / sizeof(hidden[0]))
		return false;
	return *column = hidden[n - 1], true;
}
