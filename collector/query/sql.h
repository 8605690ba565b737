/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_SQL_H
#define QUERY_SQL_H

#include "query/row.h"
#include "query/sql_input.h"

/* SQL over bundles: the tables of docs/sql.md in a data base that holds nothing else, and in which nothing can be written, attached or loaded. */

struct sql;
struct sql_statement;

enum { SQL_ERROR_BYTES = 512, SQL_TEXT_MAX = 1 << 20, SQL_HEAP_MIB = 1024 };

/* One line, and where in the text it is. */
struct sql_error { char text[SQL_ERROR_BYTES]; bool has_place; size_t at; };

enum sql_outcome {
	SQL_ROW,                     /* a row is at hand */
	SQL_DONE,                    /* no more rows, or no statement */
	SQL_WRONG,                   /* the statement is wrong, or asks for what is not allowed */
	SQL_STOPPED,                 /* somebody asked to stop */
	SQL_FAILED,                  /* out of memory, or of the memory that a query may take */
};

/* Bundles are borrowed. IND_OK, IND_NOMEM, or IND_LIMIT if there are more than SQL_INPUTS_MAX. */
enum ind_err sql_open(const struct sql_inputs *inputs, struct sql **sql) IND_MUST_USE;
void sql_close(struct sql *sql);

/* Compiles the first statement of a text, *used bytes with what stands between it and the next. SQL_DONE: there is none. The caller frees
 * *statement, which is there with SQL_ROW only. */
enum sql_outcome sql_prepare(struct sql *sql, const char *text, size_t bytes, size_t *used, struct sql_statement **statement, struct sql_error *error);
void sql_statement_free(struct sql_statement *s);

/* Does the text end inside a statement? */
bool sql_is_open(const char *text);

/* On to the next row; its cells are borrowed until then. With SQL_WRONG and SQL_FAILED *error says why. */
enum sql_outcome sql_step(struct sql_statement *s, struct query_row *row, struct sql_error *error);

/* What rows hold: a kind that lives as long as the statement. Known from the first sql_step on. */
const struct query_kind *sql_statement_kind(const struct sql_statement *s);

/* ---- what there is ---- */

/* Table n, from 0, or NULL; its columns, the first of which is the bundle: those of its kind that are columns, then hidden ones. */
const char *sql_table_name(size_t n);
const char *sql_table_about(size_t n);
struct sql_column { const char *name, *type, *unit, *help; bool hidden; };
bool sql_table_column(size_t table, size_t n, struct sql_column *column);

#endif
