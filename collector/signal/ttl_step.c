/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/ttl_step.h"

#include <string.h>

/* S07. Load balancing makes a difference of one or two. */
enum { STEP_MIN = 3, TTL_DIGITS = 3 };

/* v4:t64:... as tcp_syn.h says; -1 if there is none. */
static int ttl_of(const struct ind_signal *s)
{
	struct cursor c = cursor_of((const uint8_t *)s->value, s->value_bytes);
	int ttl = -1;
	cursor_skip(&c, strlen("v4:t"));
	for (unsigned i = 0; i < TTL_DIGITS && cursor_left(&c) && *c.p >= '0' && *c.p <= '9'; i++)
		ttl = (ttl < 0 ? 0 : ttl) * 10 + cursor_u8(&c) - '0';
	return ttl;
}

void ttl_step_end(struct signal_ctx *ctx, const struct signal_end *end)
{
	const struct ind_flow *flow = end->flow;
	const struct ind_signal *signals = end->signals;
	int low = flow->ttl_min[ctx->from], high = flow->ttl_max[ctx->from];
	if (!flow->packets[ctx->from] || high - low < STEP_MIN)
		return;
	for (size_t i = 0; i < end->count; i++) {
		bool is_first = signals[i].id == IND_SIG_TCP_SYN || signals[i].id == IND_SIG_TCP_SYNACK;
		if (!is_first || signals[i].from != ctx->from)
			continue;
		int ttl = ttl_of(&signals[i]), step = high - ttl > ttl - low ? high - ttl : low - ttl;
		if (ttl >= low && ttl <= high && (step >= STEP_MIN || step <= -STEP_MIN))
			signal_put_number(ctx, IND_SIG_PATH_TTL_STEP, end->side, step);
		return;
	}
}
