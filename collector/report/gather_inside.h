/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_GATHER_INSIDE_H
#define REPORT_GATHER_INSIDE_H

#include "query/feed.h"
#include "query/gaps.h"
#include "query/out.h"
#include "report/gather.h"

/* Shared by the files of gathering. */

struct cited { uint8_t stream[4]; uint64_t leaf; uint32_t row, part; };
struct shown { uint64_t serial; size_t record; };
struct network { uint8_t addr[IND_ADDR_BYTES]; unsigned ip_version, bits; };

struct gather {
	struct report_model *m;
	struct query_filter *filter;
	struct gaps *gaps;
	struct cited *cited;            /* ascending */
	size_t cited_count;
	struct network networks[MODEL_SUBJECTS_MAX]; /* subjects that are addresses or networks */
	size_t network_count;
	struct shown *shown;            /* flows of the bundle at hand whose bytes are shown, by serial */
	size_t shown_count;
	uint64_t records_max, uncited, exhibits;
	struct out line;                /* a record as its listing prints it */
	struct query_row row;
};

/* From `row` on: is the record itself cited, and which of its parts? *last is behind them. NULL if none of this row is. */
const struct cited *cited_of(const struct gather *g, const struct ind_record_id *id, const struct cited **end);

/* HEADER, totals, verdict, custody of a bundle. */
enum ind_err gather_overview(struct gather *g, struct model_bundle *b, const struct report_source *source) IND_MUST_USE;

/* One record, or NULL without memory. `row` is made already; its digest is taken. */
struct model_record *gather_keep(struct gather *g, enum model_record_kind kind, const struct ind_record_id *id, bool cited);
struct model_record *gather_flow(struct gather *g, const struct ind_record *record, bool cited);
enum ind_err gather_signals(struct gather *g, const struct ind_record *record, const struct cited *from, const struct cited *end, const uint64_t *signals) IND_MUST_USE;
enum ind_err gather_choose_shown(struct gather *g) IND_MUST_USE;
enum ind_err gather_other(struct gather *g, const struct ind_record *record, const struct rows_context *context) IND_MUST_USE;

/* What is missing, into the model; after the last bundle. */
enum ind_err gather_gaps(struct gather *g) IND_MUST_USE;

const char *gather_text(struct gather *g, struct ind_text text);

#endif
