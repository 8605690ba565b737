/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_ORIGIN_GATHER_H
#define UNIT_ORIGIN_GATHER_H

#include "origin/origin.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

/* Flows in, records out: what the tests of this room share. */

enum { SEEN_MAX = 64 };
#define SECOND_NS UINT64_C(1000000000)
#define HOUR_SECONDS UINT64_C(3600)
#define DAWN_NS (UINT64_C(498672) * HOUR_SECONDS * SECOND_NS) /* 2026-11-21T00 */

struct gathered {
	struct ind_origin origin[SEEN_MAX];
	uint64_t cells[SEEN_MAX][IND_CELLS_MAX];
	size_t count;
};

static inline unsigned gather_claims(void *ctx, unsigned ip_version, const uint8_t *addr)
{
	(void)ctx, (void)ip_version, (void)addr;
	return 0;
}

static inline enum ind_err gather_visit(void *ctx, const struct ind_origin *origin)
{
	struct gathered *g = ctx;
	ck_assert_uint_lt(g->count, SEEN_MAX);
	struct ind_origin *o = &g->origin[g->count];
	*o = *origin;
	if (o->cell_count)
		memcpy(g->cells[g->count], origin->cells, o->cell_count * sizeof *origin->cells);
	o->cells = g->cells[g->count++];
	return IND_OK;
}

static inline struct origin_set *gather_new(void)
{
	static const uint64_t all[IND_SIGNAL_SET_WORDS] = { UINT64_MAX, UINT64_MAX };
	struct origin_set *set;
	ck_assert_int_eq(origin_set_new(all, 0, &set), IND_OK);
	return set;
}

static inline void gather_flow(struct origin_set *set, const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	origin_set_flow(set, flow, signals, count);
}

/* Ends the set. */
static inline void gather_all(struct origin_set *set, struct gathered *g)
{
	memset(g, 0, sizeof *g);
	ck_assert_int_eq(origin_set_finish(set, gather_claims, gather_visit, g), IND_OK);
	origin_set_free(set);
}

/* An exchange over TCP that 10.0.0.<src> starts `at_s` seconds after DAWN_NS. */
static inline struct ind_flow gather_exchange(unsigned src, unsigned dst, uint16_t port, double at_s)
{
	struct ind_flow f = {
		.start_ns = DAWN_NS + (uint64_t)(at_s * 1e9), .packets = { 5, 4 }, .payload = { 100, 900 }, .addr = { { 10, 0, 0, (uint8_t)src }, { 10, 0, 1, (uint8_t)dst } },
		.port = { 50000, port }, .ip_version = 4, .proto = 6, .tcp_flags = { 0x1b, 0x1b }, .validated = IND_VALID_HANDSHAKE, .end_reason = IND_END_FIN,
		.client_rtt_us = IND_ABSENT_U32, .server_rtt_us = IND_ABSENT_U32,
	};
	f.end_ns = f.start_ns + SECOND_NS;
	return f;
}

static inline struct ind_signal gather_signal(unsigned id, unsigned from, const char *value)
{
	return (struct ind_signal){
		.id = (uint16_t)id, .side = from == IND_SRC ? IND_CLIENT : IND_SERVER, .from = (uint8_t)from, .value = value, .value_bytes = (uint16_t)strlen(value),
	};
}

#endif
