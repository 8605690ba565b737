/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_SQL_READING_H
#define QUERY_SQL_READING_H

#include "query/constraint.h"
#include "query/rows.h"
#include "query/sql_input.h"

/* One bundle after the other, for a cursor. */

/* Where a bundle's leaves stand in its stream. */
struct sql_place { uint8_t stream[IND_STREAM_ID_BYTES]; uint64_t first, last; bool known; };

/* The bundles of a table or of several, and what is remembered of them. */
struct sql_bundles {
	const struct sql_inputs *inputs;
	struct sql_place *places;    /* NULL until records are looked up */
	size_t lookups;
};
void sql_bundles_free(struct sql_bundles *b);

/* A look-up of records begins: from the second on it is worth knowing where their leaves are. */
enum ind_err sql_bundles_look_up(struct sql_bundles *b) IND_MUST_USE;

/* False only if no record that passes is in bundle n. */
bool sql_bundles_may_hold(const struct sql_bundles *b, size_t n, const struct sql_test *records);

struct parents;

struct sql_reading {
	struct sql_bundles *bundles;
	uint32_t want;               /* besides the HEADER */
	size_t next, at;             /* bundle to be opened next; the one at hand */
	void *handle;                /* NULL: none is open */
	struct ind_source source;
	struct ind_reader *reader;
	struct rows_context context;
	struct ind_record_id id;     /* of the header */
	uint64_t rows;               /* before the batch or record at hand */
	struct parents *parents;
	bool is_open, has_parents, stopped;
	char error[320];             /* why it failed, where nobody wants to be told */
};

void sql_reading_start(struct sql_reading *r, struct sql_bundles *b, uint32_t want);
void sql_reading_close(struct sql_reading *r);

/* Opens the next bundle that passes; IND_END behind the last. What cannot be opened is passed over, if somebody is told. */
enum ind_err sql_reading_open(struct sql_reading *r, const struct sql_test *tests, size_t count, unsigned records_column) IND_MUST_USE;

/* Did somebody ask to stop? */
bool sql_reading_stopped(struct sql_reading *r);

/* What became of a bundle that could be read no further, `err` not being IND_OK: IND_OK if reading goes on with the next. */
enum ind_err sql_reading_ended(struct sql_reading *r, enum ind_err err) IND_MUST_USE;

/* The same of a bundle that somebody else read, up to `offset`; it stays open. */
enum ind_err sql_reading_failed(struct sql_reading *r, uint64_t offset, enum ind_err err) IND_MUST_USE;

/* The record of the flow around this one, in the context. */
void sql_reading_parent(struct sql_reading *r, const struct ind_record *record);

/* The column of the test that is for names of bundles. */
enum { SQL_BUNDLE_COLUMN = 255 };

#endif
