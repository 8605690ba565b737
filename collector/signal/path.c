/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/path.h"

/* Hops from the TTL that is left (RFC 791 section 3.2): systems start at one of few values, and the nearest one above is taken.
 * The round-trip times are those of the TCP handshake, which cannot be shortened by either end. */

static unsigned initial_ttl(unsigned seen)
{
	return seen <= 32 ? 32 : seen <= 64 ? 64 : seen <= 128 ? 128 : 255;
}

void path_end(struct signal_ctx *ctx, const struct signal_end *end)
{
	const struct ind_flow *flow = end->flow;
	unsigned dir = ctx->from;
	uint32_t rtt_us = dir == IND_SRC ? flow->client_rtt_us : flow->server_rtt_us;
	unsigned ttl = flow->ttl_max[dir];
	if (flow->packets[dir])
		signal_put_number(ctx, IND_SIG_PATH_HOPS, end->side, initial_ttl(ttl) - ttl);
	if (rtt_us != IND_ABSENT_U32)
		signal_put_number(ctx, IND_SIG_PATH_RTT_MIN, end->side, rtt_us);
}

void path_turn(struct signal_ctx *ctx, uint64_t turn_ns, uint32_t rtt_us)
{
	signal_put_number(ctx, IND_SIG_PATH_CROSS_LAYER, IND_CLIENT, (int64_t)(turn_ns / 1000) - rtt_us);
}

void path_prehello(struct signal_ctx *ctx, uint64_t gap_ns)
{
	signal_put_number(ctx, IND_SIG_PATH_PREHELLO, IND_CLIENT, (int64_t)(gap_ns / 1000));
}
