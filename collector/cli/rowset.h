/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ROWSET_H
#define CLI_ROWSET_H

#include "query/rows.h"

/* Rows by what they are about, in memory, so that two sets can be held against each other. A set may hold a part of the rows only, by a hash of what they
 * are about: what does not fit is for another pass. */

enum { ROWSET_BYTES_DEFAULT = 256 << 20, ROWSET_PARTS_MAX = 4096 };

struct rowset_item {
	enum query_kind_id kind;
	uint64_t date_s;             /* of the data set that says it; 0: none */
	size_t what_bytes, content_bytes;
	const char *what;            /* what the row is about; the same in both sets */
	const uint8_t *content;      /* for each cell: place, length (4 bytes), JSON */
	char record[IND_RECORD_ID_TEXT];
};

struct rowset {
	struct rowset_item **items;
	size_t count, room;
	uint64_t bytes;              /* that the rows of this part take, held or not */
	uint64_t bytes_max;          /* not more are held */
	unsigned part, parts;
};

void rowset_start(struct rowset *s, unsigned part, unsigned parts, uint64_t bytes_max);

/* The row is about `what`. Cells whose bit is set in `left_out` are no part of what it says. IND_NOMEM. */
enum ind_err rowset_add(struct rowset *s, const struct query_row *row, const char *what, size_t what_bytes, uint64_t left_out, uint64_t date_s, const char *record) IND_MUST_USE;

/* By kind, what they are about, and what they say. */
void rowset_sort(struct rowset *s);
int rowset_about(const struct rowset_item *a, const struct rowset_item *b);

/* The next cell of an item from *at on, which starts as 0; false at the end. */
struct rowset_cell { unsigned place; const char *json; size_t bytes; };
bool rowset_cell_next(const struct rowset_item *item, size_t *at, struct rowset_cell *cell);

void rowset_free(struct rowset *s);

#endif
