/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_HELD_H
#define CLI_HELD_H

#include "indicia/bundle.h"

/* Flows with their exhibits, of a range of serials, in memory. In a file they stand apart, exhibits mostly before their flow. Where they take
 * too much memory the range is made shorter, and the rest is for another pass over the files. */

enum { HELD_BYTES_DEFAULT = 256 << 20 };

struct held_item {
	uint64_t serial;
	size_t order;                /* in which it was recorded */
	struct ind_record_id id;
	bool is_flow;
	size_t bytes;                /* that it takes */
	size_t signal_count;
	const struct ind_signal *signals;
	union {
		struct ind_flow flow;
		struct ind_exhibit exhibit;
	};
};

struct held {
	struct held_item **items;
	size_t count, room, order;
	size_t bytes, bytes_max;
	uint64_t from, before;       /* serials held: from <= serial < before; before UINT64_MAX: all the others */
};

/* Starts a pass from the serial `from` on. */
void held_start(struct held *h, uint64_t from, size_t bytes_max);

/* Copies a flow or an exhibit of the range. IND_NOMEM; IND_LIMIT if what belongs to one flow is too much. */
enum ind_err held_add(struct held *h, const struct ind_record *record) IND_MUST_USE;

/* Sorts by serial: a flow first, then its exhibits in recorded order. */
void held_sort(struct held *h);

/* Forgets what is held. True if another pass is needed, which begins at h->before. */
bool held_end(struct held *h);
void held_free(struct held *h);

#endif
