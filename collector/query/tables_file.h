/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_TABLES_FILE_H
#define QUERY_TABLES_FILE_H

#include "query/row.h"

/* Rows as real tables of an SQLite file: one for each kind (flows, signals, losses, ...), its columns the keys of the field table, times and addresses as text, lists and
 * maps as JSON. The same rows give the same bytes. */
struct tables_file;

/* `path` names an empty file, or one that is not there. The caller frees *file. IND_NOMEM, IND_IO. */
enum ind_err tables_file_new(const char *path, struct tables_file **file) IND_MUST_USE;

/* Makes the table of a kind, if it is not there. */
enum ind_err tables_file_kind(struct tables_file *file, enum query_kind_id kind) IND_MUST_USE;

/* Adds a row to the table of its kind, which was made. The first error is kept: IND_FULL, IND_IO, IND_NOMEM. */
enum ind_err tables_file_row(struct tables_file *file, const struct query_row *row) IND_MUST_USE;

/* An index over columns of the table of a kind: "saddr", "signal, value". */
enum ind_err tables_file_index(struct tables_file *file, enum query_kind_id kind, const char *name, const char *columns) IND_MUST_USE;

/* Writes what is begun. Frees nothing. */
enum ind_err tables_file_end(struct tables_file *file) IND_MUST_USE;
void tables_file_free(struct tables_file *file);

#endif
