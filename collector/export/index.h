/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_INDEX_H
#define EXPORT_INDEX_H

#include "indicia/bundle.h"

/* The selected flows of one bundle by serial, and their addresses. */

struct index_flow {
	uint64_t serial;
	uint8_t addr[2][IND_ADDR_BYTES];
	uint16_t port[2];
	uint32_t next[2];            /* of each end: number of its next byte in the stream (RFC 9293), as packets are made of its exhibits */
	uint8_t ip_version, proto, ttl[2];
	bool has_next[2];
	struct ind_record_id id;
};

struct flow_index;

/* The caller frees *index. `next` gives the flows; it ends as feed_next does, and whatever ends it but IND_NOMEM ends the index. */
enum ind_err flow_index_of(enum ind_err (*next)(void *ctx, const struct ind_record **record), void *ctx, struct flow_index **index) IND_MUST_USE;
void flow_index_free(struct flow_index *index);

/* The flow, or NULL if it was not selected. */
struct index_flow *flow_index_find(const struct flow_index *index, uint64_t serial);

/* Is the address an end of a selected flow? */
bool flow_index_has_address(const struct flow_index *index, unsigned ip_version, const uint8_t addr[static IND_ADDR_BYTES]);
uint64_t flow_index_count(const struct flow_index *index);

#endif
