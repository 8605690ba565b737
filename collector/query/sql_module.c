/* SPDX-License-Identifier: Apache-2.0 */
/* Virtual tables of SQLite (sqlite.org/vtab.html): the methods of the module, and how a plan of xBestIndex reaches xFilter: as a text of the
 * fields that are asked for and, of each test, operator, whether it is a list, and column. */
#include "query/sql_table.h"
#include "query/gaps.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TESTS_MAX = 64, TERM_BYTES = 4, FIELDS_BYTES = 17 };

#define RECORDS(kind) (IND_WANT(IND_REC_##kind))

const struct sql_spec sql_specs[SQL_TABLE_COUNT] = {
	[SQL_FLOWS] = { SQL_FLOWS, "flows", QUERY_KIND_FLOW, RECORDS(FLOW), QUERY_FLOW_record, ",start_ns INTEGER HIDDEN,end_ns INTEGER HIDDEN", 1e6 },
	[SQL_SIGNALS] = { SQL_SIGNALS, "signals", QUERY_KIND_SIGNAL, RECORDS(FLOW), QUERY_SIGNAL_flow, "", 4e6 },
	[SQL_CLAIMS] = { SQL_CLAIMS, "claims", QUERY_KIND_CLAIM, RECORDS(CLAIM), QUERY_CLAIM_record, "", 1e4 },
	[SQL_ORIGINS] = { SQL_ORIGINS, "origins", QUERY_KIND_ORIGIN, RECORDS(ORIGIN), QUERY_ORIGIN_record, "", 1e4 },
	[SQL_EXHIBITS] = { SQL_EXHIBITS, "exhibits", QUERY_KIND_EXHIBIT, RECORDS(EXHIBIT), QUERY_EXHIBIT_record, "", 1e5 },
	[SQL_BUNDLES] = { SQL_BUNDLES, "bundles", QUERY_KIND_BUNDLE, 0, QUERY_CELLS_MAX, "", 10 },
	[SQL_GAPS] = { SQL_GAPS, "gaps", QUERY_KIND_GAP, 0, QUERY_CELLS_MAX, "", 10 },
};

bool sql_has_field(enum query_kind_id kind, size_t field)
{
	if (kind != QUERY_KIND_BUNDLE)
		return true;
	switch (field) {
	case QUERY_BUNDLE_verdict:
	case QUERY_BUNDLE_reason:
	case QUERY_BUNDLE_sealed:
	case QUERY_BUNDLE_clock_sync:
	case QUERY_BUNDLE_clock_error_us:
	case QUERY_BUNDLE_clock_steps:
	case QUERY_BUNDLE_clock_undeclared: return false;
	default: return true;
	}
}

enum sql_class sql_class_of(const struct sql_spec *spec, unsigned field)
{
	if (spec->id == SQL_FLOWS)
		return sql_flow_class(field);
	if (spec->id == SQL_SIGNALS)
		return sql_signal_class(field);
	if (field == spec->records)
		return SQL_RECORD;
	return (spec->id == SQL_CLAIMS && field == QUERY_CLAIM_addr) || (spec->id == SQL_ORIGINS && field == QUERY_ORIGIN_addr) ? SQL_ADDR : SQL_OPAQUE;
}

sql_name_fn *sql_name_of(const struct sql_spec *spec, unsigned field)
{
	return spec->id == SQL_FLOWS ? sql_flow_name(field) : sql_signal_name(field);
}

const char *sql_declared(enum query_type type)
{
	switch (type) {
	case QUERY_COUNT:
	case QUERY_BOOL: return "INTEGER";
	case QUERY_NUMBER: return "REAL";
	case QUERY_VALUE: return "";
	default: return "TEXT";
	}
}

static int declare(sqlite3 *db, struct sql_table *t)
{
	const struct query_kind *kind = &query_kinds[t->spec->kind];
	struct out text;
	out_start(&text, NULL, NULL);
	out_text(&text, "CREATE TABLE x(bundle TEXT");
	for (size_t i = 0; i < kind->count; i++) {
		if (!sql_has_field(t->spec->kind, i))
			continue;
		t->field[++t->columns] = (uint8_t)i;
		out_text(&text, ",\"");
		out_text(&text, kind->fields[i].key);
		out_text(&text, "\" ");
		out_text(&text, sql_declared(kind->fields[i].type));
	}
	if (t->spec->id == SQL_FLOWS) {
		t->field[++t->columns] = SQL_FLOW_start_ns;
		t->field[++t->columns] = SQL_FLOW_end_ns;
	}
	t->columns++;
	out_text(&text, t->spec->hidden);
	out_bytes(&text, ")", 2);
	int status = text.err == IND_OK ? sqlite3_declare_vtab(db, text.at) : SQLITE_NOMEM;
	out_free(&text);
	return status;
}

struct module { const struct sql_spec *spec; struct sql_source source; };

static int table_connect(sqlite3 *db, void *ctx, int argc, const char *const *argv, sqlite3_vtab **vtab, char **error)
{
	const struct module *m = ctx;
	struct sql_bundles *bundles = m->source.bundles;
	int status = m->source.of ? m->source.of(argc - 3, argv + 3, &bundles, error) : SQLITE_OK;
	if (status != SQLITE_OK)
		return status;
	struct sql_table *t = calloc(1, sizeof(*t));
	if (t) {
		t->spec = m->spec;
		t->bundles = bundles;
		t->free_bundles = m->source.free;
		status = declare(db, t);
	}
	if (!t || status != SQLITE_OK) {
		if (m->source.free)
			m->source.free(bundles);
		free(t);
		return t ? status : SQLITE_NOMEM;
	}
	*vtab = &t->base;
	return SQLITE_OK;
}

static int table_disconnect(sqlite3_vtab *vtab)
{
	struct sql_table *t = (struct sql_table *)vtab;
	if (t->free_bundles)
		t->free_bundles(t->bundles);
	free(t);
	return SQLITE_OK;
}

/* ---- planning ---- */

static char op_of(unsigned char op)
{
	switch (op) {
	case SQLITE_INDEX_CONSTRAINT_EQ: return SQL_EQ;
	case SQLITE_INDEX_CONSTRAINT_LT: return SQL_LT;
	case SQLITE_INDEX_CONSTRAINT_LE: return SQL_LE;
	case SQLITE_INDEX_CONSTRAINT_GT: return SQL_GT;
	case SQLITE_INDEX_CONSTRAINT_GE: return SQL_GE;
	case SQLITE_INDEX_CONSTRAINT_ISNULL: return SQL_IS_NULL;
	case SQLITE_INDEX_CONSTRAINT_ISNOTNULL: return SQL_NOT_NULL;
	default: return 0;
	}
}

static enum sql_class column_class(const struct sql_table *t, int column)
{
	if (column < 0 || (size_t)column >= t->columns)
		return SQL_OPAQUE;
	return column == 0 ? SQL_TEXT : sql_class_of(t->spec, t->field[column]);
}

static enum sql_type type_of(sqlite3_value *value)
{
	switch (sqlite3_value_type(value)) {
	case SQLITE_INTEGER: return SQL_VALUE_INTEGER;
	case SQLITE_FLOAT: return SQL_VALUE_REAL;
	case SQLITE_TEXT: return SQL_VALUE_TEXT;
	case SQLITE_BLOB: return SQL_VALUE_BLOB;
	default: return SQL_VALUE_NULL;
	}
}

/* Numbers compare by value whatever the collation; texts only where it goes by bytes. */
static bool is_usable(sqlite3_index_info *info, int i, enum sql_class class, char op)
{
	if (!info->aConstraint[i].usable || !op || class == SQL_OPAQUE)
		return false;
	if (op == SQL_IS_NULL || op == SQL_NOT_NULL)
		return class != SQL_TEXT && class != SQL_RECORD && class != SQL_ADDR;
	if (class != SQL_NUMBER && class != SQL_TIME && op != SQL_EQ)
		return false;
	return class == SQL_NUMBER || sqlite3_stricmp(sqlite3_vtab_collation(info, i), "BINARY") == 0;
}

/* A guess of how much of the table passes. */
static double share_of(enum sql_class class, char op, const struct sql_table *t)
{
	bool look_up = op == SQL_EQ && class == SQL_RECORD;
	if (look_up)
		return (t->spec->id == SQL_SIGNALS ? 10 : 1) / t->spec->rows;
	if (op != SQL_EQ)
		return 0.3;
	return class == SQL_ADDR ? 1e-4 : class == SQL_NUMBER ? 1e-2 : 0.1;
}

/* A literal like 1e18 is a whole number while SQLite plans, and a double when it runs: only what is the same as both is taken at its word. */
static bool is_exact(enum sql_class class, char op, sqlite3_value *value)
{
	const sqlite3_int64 whole_max = INT64_C(1) << 53;
	enum sql_type type = type_of(value);
	if (type == SQL_VALUE_INTEGER && (sqlite3_value_int64(value) > whole_max || sqlite3_value_int64(value) < -whole_max))
		return false;
	return sql_test_is_exact(class, (enum sql_op)op, type);
}

static int table_best_index(sqlite3_vtab *vtab, sqlite3_index_info *info)
{
	struct sql_table *t = (struct sql_table *)vtab;
	char plan[FIELDS_BYTES + TESTS_MAX * TERM_BYTES + 1];
	int used = snprintf(plan, sizeof(plan), "%016llx ", (unsigned long long)info->colUsed), arguments = 0;
	bool look_up = false;
	double share = 1;
	for (int i = 0; i < info->nConstraint && arguments < TESTS_MAX; i++) {
		char op = op_of(info->aConstraint[i].op);
		enum sql_class class = column_class(t, info->aConstraint[i].iColumn);
		sqlite3_value *value;
		if (!is_usable(info, i, class, op))
			continue;
		bool list = op == SQL_EQ && sqlite3_vtab_in(info, i, 1);
		bool known = sqlite3_vtab_rhs_value(info, i, &value) == SQLITE_OK;
		bool no_value = op == SQL_IS_NULL || op == SQL_NOT_NULL;
		info->aConstraintUsage[i].argvIndex = ++arguments;
		info->aConstraintUsage[i].omit = !list && (no_value || (known && is_exact(class, op, value)));
		used += snprintf(plan + used, sizeof(plan) - (size_t)used, "%c%c%02x", op, list ? 'i' : '1', (unsigned)info->aConstraint[i].iColumn);
		share *= share_of(class, op, t);
		look_up |= class == SQL_RECORD && op == SQL_EQ && !list;
	}
	double rows = t->spec->rows * share;
	info->estimatedRows = rows < 1 ? 1 : (sqlite3_int64)rows;
	/* A batch is passed over, or costs a little each row; rows that are handed out cost more. */
	info->estimatedCost = look_up ? 50 : (arguments ? t->spec->rows / 20 : 0) + rows;
	info->idxStr = sqlite3_mprintf("%s", plan);
	info->needToFreeIdxStr = 1;
	return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

/* ---- cursors ---- */

static int cursor_open(sqlite3_vtab *vtab, sqlite3_vtab_cursor **cursor)
{
	struct sql_cursor *c = calloc(1, sizeof(*c));
	if (!c)
		return SQLITE_NOMEM;
	c->table = (struct sql_table *)vtab;
	out_start(&c->text, NULL, NULL);
	*cursor = &c->base;
	return SQLITE_OK;
}

static int cursor_close(sqlite3_vtab_cursor *cursor)
{
	struct sql_cursor *c = (struct sql_cursor *)cursor;
	sql_cursor_close(c);
	free(c);
	return SQLITE_OK;
}

static struct sql_value value_of(sqlite3_value *value)
{
	struct sql_value v = { .type = type_of(value) };
	if (v.type == SQL_VALUE_INTEGER)
		v.integer = sqlite3_value_int64(value);
	if (v.type == SQL_VALUE_REAL)
		v.real = sqlite3_value_double(value);
	if (v.type == SQL_VALUE_NULL || v.type == SQL_VALUE_BLOB)
		return v;
	v.text = (const char *)sqlite3_value_text(value);
	v.bytes = v.text ? (size_t)sqlite3_value_bytes(value) : 0;
	v.text = v.text ? v.text : "";
	return v;
}

static enum ind_err list_test(struct sql_test *test, enum sql_class class, sql_name_fn *name, sqlite3_value *list)
{
	sqlite3_value *item = NULL;
	enum ind_err err = sql_test_start(test, class, name, SQL_EQ, NULL);
	for (int status = sqlite3_vtab_in_first(list, &item); status == SQLITE_OK && item && err == IND_OK; status = sqlite3_vtab_in_next(list, &item)) {
		struct sql_value v = value_of(item);
		err = sql_test_add(test, class, name, &v);
	}
	return err;
}

static unsigned hex_digit(char c) { return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10); }

static enum ind_err take_test(struct sql_cursor *c, const char *term, sqlite3_value *value)
{
	const struct sql_table *t = c->table;
	unsigned column = hex_digit(term[2]) << 4 | hex_digit(term[3]);
	enum sql_class class = column_class(t, (int)column);
	struct sql_test *test = &c->tests[c->test_count];
	sql_name_fn *name = column ? sql_name_of(t->spec, t->field[column]) : NULL;
	struct sql_value v = value_of(value);
	*test = (struct sql_test){ .column = column ? t->field[column] : SQL_BUNDLE_COLUMN };
	enum ind_err err = term[1] == 'i' ? list_test(test, class, name, value) : sql_test_start(test, class, name, (enum sql_op)term[0], &v);
	c->test_count++;
	sql_test_ready(test);
	return err;
}

/* What is asked for, as fields; by_record if it does not all stand in columns. */
static void take_fields(struct sql_cursor *c, uint64_t used)
{
	const struct sql_table *t = c->table;
	c->fields = 0;
	c->by_record = t->spec->id == SQL_SIGNALS;
	for (size_t column = 1; t->spec->id == SQL_FLOWS && column < t->columns; column++) {
		unsigned field = t->field[column];
		if (!(used >> column & 1))
			continue;
		c->fields |= UINT64_C(1) << field;
		c->by_record |= sql_flow_class(field) == SQL_OPAQUE && field != QUERY_FLOW_sensor;
	}
	/* Times as numbers are no fields of a row. */
	if (c->by_record)
		c->fields &= UINT64_C(1) << SQL_FLOW_start_ns | UINT64_C(1) << SQL_FLOW_end_ns;
}

static int cursor_filter(sqlite3_vtab_cursor *cursor, int number, const char *plan, int argc, sqlite3_value **argv)
{
	struct sql_cursor *c = (struct sql_cursor *)cursor;
	enum ind_err err = IND_OK;
	(void)number;
	sql_cursor_forget(c);
	c->tests = calloc((size_t)argc + 1, sizeof(*c->tests));
	if (!c->tests)
		return SQLITE_NOMEM;
	take_fields(c, strtoull(plan, NULL, 16));
	const char *term = plan + FIELDS_BYTES;
	for (int i = 0; i < argc && err == IND_OK && strlen(term) >= TERM_BYTES; i++, term += TERM_BYTES)
		err = take_test(c, term, argv[i]);
	return err == IND_OK ? sql_cursor_scan(c) : SQLITE_NOMEM;
}

static int cursor_next(sqlite3_vtab_cursor *cursor) { return sql_cursor_next((struct sql_cursor *)cursor); }
static int cursor_eof(sqlite3_vtab_cursor *cursor) { return ((struct sql_cursor *)cursor)->at_end; }

static int cursor_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *rowid)
{
	*rowid = sql_cursor_rowid((struct sql_cursor *)cursor);
	return SQLITE_OK;
}

static void result_bundle(struct sql_cursor *c, sqlite3_context *result)
{
	size_t n = c->gaps ? gaps_bundle(c->gaps, c->place - 1) : c->reading.at;
	sqlite3_result_text(result, c->table->bundles->inputs->names[n], -1, SQLITE_TRANSIENT);
}

static void result_record(struct sql_cursor *c, sqlite3_context *result)
{
	char text[IND_RECORD_ID_TEXT];
	struct ind_record_id id = c->reading.id;
	id.leaf = c->flows.batch.leaf;
	id.row = c->flows.rows[c->at - 1];
	sqlite3_result_text(result, ind_record_id_text(&id, text), -1, SQLITE_TRANSIENT);
}

/* A field of a flow that stands in columns. */
static void result_flow(struct sql_cursor *c, unsigned field, sqlite3_context *result)
{
	size_t row = c->flows.rows[c->at - 1];
	struct sql_addr addr;
	uint64_t number;
	char text[16];
	switch (sql_flow_class(field)) {
	case SQL_ADDR:
		sql_flows_addr(&c->flows, field == QUERY_FLOW_daddr ? IND_DST : IND_SRC, row, &addr);
		sql_result_addr(result, &addr);
		return;
	case SQL_RECORD: result_record(c, result); return;
	case SQL_OPAQUE: /* the sensor */
		if (c->reading.context.sensor[0])
			sqlite3_result_text(result, c->reading.context.sensor, -1, SQLITE_TRANSIENT);
		return;
	default: break;
	}
	if (!sql_flows_number(&c->flows, field, row, &number))
		return;
	if (sql_flow_class(field) == SQL_TIME)
		sql_result_time(result, number);
	else if (sql_flow_class(field) == SQL_NAME)
		sqlite3_result_text(result, sql_flow_name(field)((unsigned)number, text), -1, SQLITE_TRANSIENT);
	else
		sql_result_u64(result, number);
}

static int cursor_column(sqlite3_vtab_cursor *cursor, sqlite3_context *result, int column)
{
	struct sql_cursor *c = (struct sql_cursor *)cursor;
	unsigned field = c->table->field[column];
	if (column == 0) {
		result_bundle(c, result);
	} else if (c->table->spec->id == SQL_FLOWS && (!c->by_record || field >= QUERY_FLOW_COUNT)) {
		result_flow(c, field, result);
	} else {
		const struct query_row *row = sql_cursor_row(c);
		sql_result_cell(result, &row->cell[field], &c->text);
	}
	return SQLITE_OK;
}

static const sqlite3_module methods = {
	.iVersion = 2,
	.xCreate = table_connect,
	.xConnect = table_connect,
	.xBestIndex = table_best_index,
	.xDisconnect = table_disconnect,
	.xDestroy = table_disconnect,
	.xOpen = cursor_open,
	.xClose = cursor_close,
	.xFilter = cursor_filter,
	.xNext = cursor_next,
	.xEof = cursor_eof,
	.xColumn = cursor_column,
	.xRowid = cursor_rowid,
};

int sql_module_register(sqlite3 *db, const struct sql_source *source)
{
	int status = SQLITE_OK;
	for (size_t i = 0; i < SQL_TABLE_COUNT && status == SQLITE_OK; i++) {
		char name[32];
		struct module *m = malloc(sizeof(*m));
		if (!m)
			return SQLITE_NOMEM;
		*m = (struct module){ &sql_specs[i], *source };
		snprintf(name, sizeof(name), "indicia_%s", sql_specs[i].name);
		status = sqlite3_create_module_v2(db, name, &methods, m, free);
	}
	return status;
}
