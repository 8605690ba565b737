/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_SCAN_H
#define QUERY_SCAN_H

#include "query/filter.h"

/* A filter asked of whole batches of flows: frames that a zone map rules out are not looked into, and of the others only the columns that the
 * filter names are inflated. The selection is that of query_filter_matches. */

struct filter_scan;

/* `filter` is one for flows, and borrowed. NULL without memory. */
struct filter_scan *filter_scan_new(struct query_filter *filter);
void filter_scan_free(struct filter_scan *s);

/* Asks of the batch at hand. *rows has a truth for each row, borrowed until the next call, NULL if none is selected; *selected says how many
 * are. Errors are those of the reader. */
enum ind_err filter_scan_batch(struct filter_scan *s, struct ind_reader *reader, const struct ind_batch *batch, const struct ind_record_id *id,
	const struct filter_context *context, const uint8_t **rows, size_t *selected) IND_MUST_USE;

#endif
