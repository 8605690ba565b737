/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_ROW_RECORD_H
#define BUNDLE_ROW_RECORD_H

#include "bundle/buffer.h"
#include "bundle/row.h"

/* The rows of a decoded batch as records. */

enum ind_record_kind record_kind_of_row(enum row_kind kind);

/* The next row into `record`: kind, row of its id, and content; a flow's signals go to `signals`. A claim's data set is one of so many.
 * IND_MALFORMED if columns contradict each other. */
enum ind_err record_of_row(const struct batch *b, struct row_cursor *at, size_t data_sets, struct buffer *signals, struct ind_record *record) IND_MUST_USE;

#endif
