/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_SLOT_H
#define FLOW_SLOT_H

#include "flow/flow.h"

/* The slots of the table: where a flow is by the hash of its key, and how its key is kept. For the table alone. */

/* The flow with the key, NULL: none. *slot is where it is named, or would be. */
struct flow *slot_find(const struct flow_table *t, const struct flow_key *key, uint64_t hash, uint64_t *slot);
void slot_set(struct flow_table *t, uint64_t slot, uint64_t hash, uint32_t index);

/* Forgets where a flow is, which is there. */
void slot_delete(struct flow_table *t, const struct flow *f);

/* Twice as many slots, once half of them are taken. */
void slots_grow(struct flow_table *t);

/* Takes an item for addresses of IPv6. */
void flow_key_store(struct flow_table *t, struct flow_stored_key *stored, const struct flow_key *key, uint64_t hash);

/* The hash of a flow's key, made anew. */
uint64_t flow_hash_again(const struct flow_table *t, const struct flow *f);

/* What the signals of a flow touch first: two cache lines. */
void flow_prefetch_first(const struct flow_table *t, uint32_t signals);

#endif
