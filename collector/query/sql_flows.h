/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_SQL_FLOWS_H
#define QUERY_SQL_FLOWS_H

#include "query/constraint.h"

/* A batch of flows for SQL: which rows pass tests, and what stands in a column, without a record being made. */

enum { SQL_BATCH_ROWS_MAX = 8192 };

/* Columns of the table beside the field table's: times as numbers. */
enum { SQL_FLOW_start_ns = QUERY_FLOW_COUNT, SQL_FLOW_end_ns, SQL_FLOW_COUNT };

enum sql_class sql_flow_class(unsigned field);
sql_name_fn *sql_flow_name(unsigned field);

struct sql_flows {
	struct ind_reader *reader;
	struct ind_batch batch;
	const uint8_t *stream;       /* id of the stream, for tests of records */
	const uint64_t *v[IND_COL_VALUE];
	uint64_t loaded;             /* bit n: column n */
	const uint8_t *bytes[2];     /* addresses */
	uint32_t (*at)[SQL_BATCH_ROWS_MAX]; /* of each end: where an address begins; only where both versions occur */
	bool only4;
	size_t count;                /* selected rows, ascending */
	uint16_t rows[SQL_BATCH_ROWS_MAX];
};

/* Another batch is at hand. IND_LIMIT if it is larger than a writer makes one. */
enum ind_err sql_flows_start(struct sql_flows *f, struct ind_reader *reader, const struct ind_batch *batch) IND_MUST_USE;
void sql_flows_free(struct sql_flows *f);

/* Inflates what these fields stand in; bit n is field n. */
enum ind_err sql_flows_load(struct sql_flows *f, uint64_t fields) IND_MUST_USE;

/* Selects the rows that pass all tests. */
enum ind_err sql_flows_select(struct sql_flows *f, const struct sql_test *tests, size_t count) IND_MUST_USE;

/* Selects all rows, or the one that a test looks up. */
void sql_flows_begin(struct sql_flows *f, const struct sql_test *tests, size_t count);

/* False only if no row of the batch at hand, of whatever table, passes a test of an address, or of a record. */
bool sql_may_hold_addr(const struct sql_test *t, const struct ind_reader *reader);
bool sql_may_hold_record(const struct sql_test *t, uint64_t leaf);

/* What loaded fields hold; false if it is absent. */
bool sql_flows_number(const struct sql_flows *f, unsigned field, size_t row, uint64_t *number);
void sql_flows_addr(const struct sql_flows *f, enum ind_dir end, size_t row, struct sql_addr *addr);

#endif
