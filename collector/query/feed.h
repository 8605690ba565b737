/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_FEED_H
#define QUERY_FEED_H

#include "query/filter.h"

/* The selected records of one bundle, in recorded order: what listings, statistics, exports and replay have in common. */

struct feed_options {
	uint32_t want;               /* IND_WANT of the kinds that are handed out; the HEADER always comes first */
	struct query_filter *filter; /* borrowed. One for flows or origins selects among those and lets other kinds pass, one for signals is asked with
	                              * feed_selects_signal. NULL: everything */
};

struct feed;

/* The caller frees *feed; `source` is borrowed. Beside errors of ind_reader_new, IND_NOMEM. */
enum ind_err feed_new(const struct ind_source *source, const struct feed_options *options, struct feed **feed) IND_MUST_USE;
void feed_free(struct feed *feed);

/* The next record that is selected; borrowed until the next call. Ends as ind_reader_next does. */
enum ind_err feed_next(struct feed *feed, const struct ind_record **record) IND_MUST_USE;

/* Does the filter for signals select this one of the record at hand? `place` counts the recorded ones, then the derived ones. */
bool feed_selects_signal(struct feed *feed, const struct ind_record *record, const struct ind_signal *signal, size_t place);

/* What rows repeat of the HEADER and, for the flow at hand, the record of the flow around it. Valid from the first record on. */
const struct rows_context *feed_context(const struct feed *feed);

/* Goes on to the end and counts what is selected, records of the filter's kind, without making them where columns will do; those for
 * which the filter was asked are added to feed_asked. Ends as feed_next does. */
enum ind_err feed_count_rest(struct feed *feed, uint64_t *count) IND_MUST_USE;

/* Flows in batches, for a feed of flows alone: the next of which some are selected; borrowed until the next call. */
struct feed_batch {
	struct ind_reader *reader;
	struct ind_batch batch;
	const uint8_t *truths;       /* of each row, NULL: all are selected */
	size_t selected;
};
enum ind_err feed_next_batch(struct feed *feed, struct feed_batch *batch) IND_MUST_USE;

/* feed_next hands out the selected rows of the batch at hand, and then goes on. */
enum ind_err feed_batch_rows(struct feed *feed) IND_MUST_USE;

/* For how many rows the filter was asked so far, or would have been. */
uint64_t feed_asked(const struct feed *feed);

/* Byte offset of the frame where reading stands; for messages. */
uint64_t feed_offset(const struct feed *feed);

#endif
