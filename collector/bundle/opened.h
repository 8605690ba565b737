/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_OPENED_H
#define BUNDLE_OPENED_H

#include "bundle/buffer.h"
#include "bundle/row.h"
#include "indicia/disclose.h"

/* Cores and parts of rows (docs/bundle-format.md section 5) back to the fields of records. */

struct opened {
	const uint8_t *core;
	size_t core_bytes;
	uint32_t groups;             /* bit g: part g is there */
	struct { const uint8_t *at; size_t bytes; } part[GROUPS_MAX];
};

/* How many groups rows of a kind have. */
unsigned row_groups(enum row_kind kind);

/* Memory for what a record points to. */
struct opened_scratch {
	struct buffer signals;       /* struct ind_signal */
	struct buffer places;        /* uint16_t */
	uint64_t cells[IND_CELLS_MAX];
};

void opened_scratch_free(struct opened_scratch *s);

/* Fills kind, content, places and set of groups; texts and bytes borrow the parts. IND_MALFORMED for what no row gives. */
enum ind_err opened_record(enum row_kind kind, const struct opened *o, size_t data_sets, struct opened_scratch *s, struct ind_disclosed *out) IND_MUST_USE;

#endif
