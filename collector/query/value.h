/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_VALUE_H
#define QUERY_VALUE_H

#include "query/out.h"
#include "query/row.h"

/* One cell as text. */

/* A JSON value; not for absent cells. */
void value_json(struct out *o, const struct query_cell *cell);

/* A JSON string with its quotes. */
void value_json_text(struct out *o, const char *text, size_t bytes);

/* A row as a JSON object, absent cells left out; `columns` is NULL for all of them. */
void value_json_row(struct out *o, const struct query_row *row, const uint8_t *columns, size_t count);

/* Plain text as it is, nothing escaped; lists joined by commas, maps as "T=a,b; P=c". Absent cells give nothing. */
void value_plain(struct out *o, const struct query_cell *cell);

/* True if the cell's text can hold what others wrote; numbers, times and addresses cannot. */
bool value_is_text(const struct query_cell *cell);

#endif
