/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_SQL_TABLE_H
#define QUERY_SQL_TABLE_H

#include "query/out.h"
#include "query/sql_flows.h"
#include "query/sql_reading.h"
#include "query/sqlite.h"

/* The tables: what the module (sql_module.c) and its cursors (sql_cursor.c) have in common. Column 0 is the bundle, the others are fields. */

enum sql_table_id { SQL_FLOWS, SQL_SIGNALS, SQL_CLAIMS, SQL_ORIGINS, SQL_EXHIBITS, SQL_BUNDLES, SQL_GAPS, SQL_TABLE_COUNT };

enum { SQL_COLUMNS_MAX = QUERY_CELLS_MAX + 4 };

struct sql_spec {
	enum sql_table_id id;
	const char *name;            /* of the table; "indicia_" before it is the module's */
	enum query_kind_id kind;
	uint32_t want;               /* records that rows are made of */
	unsigned records;            /* field with the record of a row, for look-ups; of signals that of the flow */
	const char *hidden;          /* more columns, hidden, in the declaration; "" if none */
	double rows;                 /* a guess */
};

extern const struct sql_spec sql_specs[SQL_TABLE_COUNT];

/* Is the field a column? What only 'verify' can say is none. */
bool sql_has_field(enum query_kind_id kind, size_t field);

/* How a field of a table stands in a bundle. */
enum sql_class sql_class_of(const struct sql_spec *spec, unsigned field);
sql_name_fn *sql_name_of(const struct sql_spec *spec, unsigned field);

/* The type that a column is declared with; "" for none. */
const char *sql_declared(enum query_type type);

struct sql_table {
	sqlite3_vtab base;
	const struct sql_spec *spec;
	struct sql_bundles *bundles;
	void (*free_bundles)(struct sql_bundles *bundles); /* NULL: they are somebody else's */
	size_t columns;
	uint8_t field[SQL_COLUMNS_MAX]; /* of each column but the first */
};

struct gaps;
struct whole;

struct sql_cursor {
	sqlite3_vtab_cursor base;
	struct sql_table *table;
	struct sql_test *tests;
	size_t test_count;
	uint64_t fields;             /* that are asked for and stand in columns */
	bool by_record;              /* something is asked for that does not */
	struct sql_reading reading;
	struct sql_flows flows;
	bool has_batch;
	size_t at;                   /* in flows.rows, behind the row at hand */
	size_t read;                 /* rows of the batch that were read as records */
	const struct ind_record *record;
	struct ind_derived derived;
	bool has_derived, in_flow;
	size_t place;                /* of the signal at hand; behind it, of the next gap */
	struct whole *whole;         /* of the bundle at hand, for table bundles */
	struct gaps *gaps;
	struct query_row row;
	bool has_row;                /* it is of the row at hand */
	bool at_end;
	struct out text;
};

/* ---- sql_cursor.c ---- */

/* Begins a scan for what tests and fields ask for. SQLITE_OK, or an error with its message in the table. */
int sql_cursor_scan(struct sql_cursor *c);
int sql_cursor_next(struct sql_cursor *c);
sqlite3_int64 sql_cursor_rowid(const struct sql_cursor *c);

/* The row at hand, made if it is not yet. */
const struct query_row *sql_cursor_row(struct sql_cursor *c);

/* Frees the tests; all that it has. */
void sql_cursor_forget(struct sql_cursor *c);
void sql_cursor_close(struct sql_cursor *c);

/* ---- sql_signal.c ---- */
enum sql_class sql_signal_class(unsigned field);
sql_name_fn *sql_signal_name(unsigned field);

/* The rows of the batch of which signals may pass. */
enum ind_err sql_signals_select(struct sql_cursor *c) IND_MUST_USE;

/* On to the next signal of the flow at hand that passes; false behind the last. */
bool sql_signals_next(struct sql_cursor *c);

/* ---- sql_result.c ---- */

/* Hands a cell to SQLite as a value. */
void sql_result_cell(sqlite3_context *result, const struct query_cell *cell, struct out *scratch);
void sql_result_u64(sqlite3_context *result, uint64_t number);
void sql_result_time(sqlite3_context *result, uint64_t ns);
void sql_result_addr(sqlite3_context *result, const struct sql_addr *addr);

/* ---- sql_module.c ---- */

/* Makes the modules known. With bundles (borrowed) tables take no arguments; with NULL `of` makes them of a CREATE VIRTUAL TABLE's arguments. */
typedef int sql_bundles_fn(int argc, const char *const *argv, struct sql_bundles **bundles, char **error);
struct sql_source { struct sql_bundles *bundles; sql_bundles_fn *of; void (*free)(struct sql_bundles *bundles); };
int sql_module_register(sqlite3 *db, const struct sql_source *source);

#endif
