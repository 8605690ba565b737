/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_STORE_H
#define FLOW_STORE_H

#include "flow/flow.h"

/* The signals of a flow until it ends, packed one after the other in a chain: a small chunk first, two cache lines that hold what the SYN and
 * the SYN-ACK of a connection say, then larger ones, so that a flow with many signals touches few places in memory. */
enum { STORE_FIRST_BYTES = 124, STORE_CHUNK_BYTES = 188, STORE_SIGNALS_MAX = 1024, STORE_BYTES_MAX = 256 * 1024 };

struct store_first { uint32_t next; uint8_t bytes[STORE_FIRST_BYTES]; };
struct store_chunk { uint32_t next; uint8_t bytes[STORE_CHUNK_BYTES]; };

enum store { STORE_ADDED, STORE_KNOWN, STORE_FULL };

/* Keeps a signal unless the flow has the same value for the same name and side already. */
enum store store_add(struct flow_table *t, struct flow *f, const struct ind_signal *signal, unsigned way);

/* Writes all signals of the flow, in the order of their arrival, into `signals` (at most STORE_SIGNALS_MAX); returns how many. Their values
 * stay where they are kept, those that lie in pieces are put together in `text` (STORE_BYTES_MAX): they are good until the store is freed.
 * `from` is turned from way to direction. */
size_t store_read(const struct flow_table *t, const struct flow *f, struct ind_signal *signals, char *text);

void store_free(struct flow_table *t, struct flow *f);

#endif
