/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_COLUMNS_H
#define QUERY_COLUMNS_H

#include "query/code.h"

/* One step of a filter, asked of the columns of a batch. */

enum { COLUMNS_ROWS_MAX = 8192 };

/* What is possible: bit n is enum truth n. */
enum { MAY_NO = 1 << TRUTH_NO, MAY_UNKNOWN = 1 << TRUTH_UNKNOWN, MAY_YES = 1 << TRUTH_YES, MAY_ALL = MAY_NO | MAY_UNKNOWN | MAY_YES };

struct columns {
	struct query_filter *filter;
	struct ind_reader *reader;
	const struct ind_batch *batch;
	struct ind_record_id id;     /* of the batch: its rows differ in `row` */
	const struct filter_context *context;
	uint8_t *unknown;            /* of each step: was it unknown in the batch? */
	uint8_t *memo;               /* of each distinct value: what a step says of it, plus 1 */
	size_t memo_room;
};

/* False without memory. */
bool columns_start(struct columns *c, struct ind_reader *reader, const struct ind_batch *batch, const struct ind_record_id *id,
	const struct filter_context *context);
void columns_free(struct columns *c);

/* What the zone map leaves possible. */
unsigned columns_possible(const struct columns *c, const struct code_step *step, const struct ind_reader *reader, const struct ind_batch *batch);

/* A truth for each row. */
enum ind_err columns_ask(struct columns *c, const struct code_step *step, uint8_t *rows) IND_MUST_USE;

/* ---- columns_signal.c ---- */
enum ind_err columns_ask_signal(struct columns *c, const struct code_step *step, uint8_t *rows) IND_MUST_USE;

/* ---- columns_number.c ---- */
enum ind_err columns_ask_number(struct columns *c, const struct code_step *step, uint8_t *rows) IND_MUST_USE;

/* A number of each row of a batch, worked out of the columns that it needs: has[i] is an enum has. Both hold COLUMNS_ROWS_MAX. */
enum ind_err columns_numbers(struct ind_reader *reader, const struct ind_batch *batch, unsigned number, uint64_t *values, uint8_t *has) IND_MUST_USE;

/* What of a value `matches.c` asks of one signal. */
enum truth code_value_passes(const struct query_filter *f, const struct code_step *step, const struct ind_signal *s);

#endif
