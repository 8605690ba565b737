/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_TUPLES_H
#define SUPPORT_TUPLES_H

#include "flow/flow.h"
#include <string.h>

/* Keys of flows as chance makes them, and as someone makes them who knows the table's code but not the key of its hash: with the key that
 * anyone can guess, zero, they all fall into a few places of a table that should be spread over. */

static inline uint64_t tuple_chance(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * 0x2545f4914f6cdd1d;
}

/* UDP over IPv4 from 10.0.0.0/8 to 198.18.0.0/15. */
static inline void tuple_random(uint64_t *state, struct flow_key *key)
{
	uint64_t a = tuple_chance(state), b = tuple_chance(state);
	*key = (struct flow_key){ .proto = IPPROTO_UDP4, .ip_version = 4, .port = { (uint16_t)(1024 + (a >> 24) % 64000), (uint16_t)(1024 + (b >> 24) % 64000) } };
	const uint8_t low[4] = { 10, (uint8_t)a, (uint8_t)(a >> 8), (uint8_t)(a >> 16) };
	const uint8_t high[4] = { 198, (uint8_t)(18 + (b >> 16 & 1)), (uint8_t)b, (uint8_t)(b >> 8) };
	memcpy(key->addr[0], low, sizeof low);
	memcpy(key->addr[1], high, sizeof high);
}

/* Where a table of `slots` places looks first. */
static inline uint64_t tuple_home(const struct flow_table *t, const struct flow_key *key, uint64_t slots) { return flow_hash(t, key) >> 24 & (slots - 1); }

/* One that falls into the first `aimed` of `slots` places if the key of the hash is zero. */
static inline void tuple_crafted(uint64_t *state, uint64_t slots, uint64_t aimed, struct flow_key *key)
{
	static const struct flow_table unkeyed;
	do
		tuple_random(state, key);
	while (tuple_home(&unkeyed, key, slots) >= aimed);
}

#endif
