/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_ROWS_H
#define QUERY_ROWS_H

#include "indicia/derive.h"
#include "query/row.h"

/* Records as rows. */

/* What a bundle's HEADER says that rows of other records repeat; texts are copied. */
struct rows_context {
	char sensor[IND_SENSOR_ID_MAX + 1];
	size_t data_set_count;
	struct { char name[128]; uint64_t build_epoch_s; } data_sets[IND_DATA_SETS_MAX];
	uint64_t signals[IND_SIGNAL_SET_WORDS]; /* the set in force */
	char parent[IND_RECORD_ID_TEXT]; /* record of the flow around the one at hand; "" if it is not known */
};

void rows_context_of(struct rows_context *context, const struct ind_header *header);

/* TCP flags as letters; "" if there are none. */
enum { ROWS_FLAGS_TEXT = 16 };
const char *rows_flags(unsigned flags, char text[static ROWS_FLAGS_TEXT]);

/* Cells borrow from the record and from the context. The record is of the kind that the name says. */
void row_of_flow(struct query_row *row, const struct ind_record *record, const struct rows_context *context);
void row_of_signal(struct query_row *row, const struct ind_record *record, size_t signal);
void row_of_derived(struct query_row *row, const struct ind_record *record, const struct ind_derived *derived, size_t signal);
void row_of_origin(struct query_row *row, const struct ind_record *record, const struct rows_context *context);
void row_of_claim(struct query_row *row, const struct ind_record *record, const struct rows_context *context);
void row_of_exhibit(struct query_row *row, const struct ind_record *record);
void row_of_clock(struct query_row *row, const struct ind_record *record);
void row_of_loss(struct query_row *row, const struct ind_record *record);
void row_of_recovery(struct query_row *row, const struct ind_record *record);

/* `since_s` is when the age is asked for. */
void row_of_data_set(struct query_row *row, const struct ind_data_set *set, uint64_t since_s);

/* What the HEADER says goes into a row of kind BUNDLE. `sets` has room for IND_DATA_SETS_MAX rows and lives as long as the row. */
void row_of_header(struct query_row *row, const struct ind_header *header, struct query_row *sets);

#endif
