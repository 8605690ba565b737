/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_SQL_GATHER_H
#define QUERY_SQL_GATHER_H

#include "query/sql_flows.h"

/* Flows for GROUP BY: selected rows of many batches side by side, those with the same key one after the other, so that SQLite need not sort. What does
 * not fit into the memory allowed comes in another pass over the bundles: each takes the keys of one share of all hashes. */

enum { SQL_KEYS_MAX = 4, SQL_GATHER_BYTES = 256 << 20 };

struct sql_gather {
	struct sql_flows flows;      /* all rows, of the fields that are asked for */
	uint64_t fields, columns;    /* bit n: field n, column n of the bundle */
	uint8_t keys[SQL_KEYS_MAX], list[IND_COL_VALUE]; /* the columns, one by one */
	size_t key_count, list_count;
	uint64_t *numbers[IND_COL_VALUE]; /* what flows.v points to */
	uint8_t *addrs[2];
	uint64_t *hashes;
	size_t count, room, bytes_max;
	uint32_t *order;             /* rows, group after group */
	uint32_t share, shares;      /* of the hashes: this pass takes those of `share`; a power of two */
};

/* `keys` are fields, none of times as text. `bytes_max` 0: SQL_GATHER_BYTES. */
void sql_gather_start(struct sql_gather *g, uint64_t fields, const uint8_t *keys, size_t key_count, size_t bytes_max);
void sql_gather_free(struct sql_gather *g);

/* Adds the rows that a batch has selected. */
enum ind_err sql_gather_add(struct sql_gather *g, const struct sql_flows *batch) IND_MUST_USE;

/* All batches were seen: puts the rows into order. */
enum ind_err sql_gather_ready(struct sql_gather *g) IND_MUST_USE;

/* Is there another pass? Begins it. */
bool sql_gather_again(struct sql_gather *g);

#endif
