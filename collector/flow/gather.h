/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_GATHER_H
#define FLOW_GATHER_H

#include "base/cursor.h"
#include "flow/flow.h"

/* Bytes that come in numbered pieces, in any order and more than once, as handshakes in datagrams do. Of overlapping bytes the first that
 * arrived counts. A buffer is taken from a pool with the first piece and given back with gather_drop. */

enum { GATHER_BYTES = 16384 };

/* One direction of one flow. */
struct gather {
	struct flow_table *table;
	uint32_t *buffer; /* index of struct gather_buffer, 0: none */
};

struct gather_buffer {
	uint64_t there[GATHER_BYTES / 64]; /* a bit for each byte */
	uint8_t bytes[GATHER_BYTES];       /* last, so that a little used buffer touches few pages */
};

/* False if no byte of it could be kept: it lies behind the end, or there is no buffer (counted). *is_new: not all of it was there. */
bool gather_put(struct gather *g, uint32_t offset, const uint8_t *bytes, size_t count, bool *is_new);

/* What stands in one piece from `offset` on; valid until the next call. */
struct cursor gather_view(const struct gather *g, uint32_t offset);

static inline bool gather_is_empty(const struct gather *g) { return *g->buffer == 0; }

void gather_drop(struct gather *g);

#endif
