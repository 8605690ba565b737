/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/quic_time.h"

/* As many bits as TCP's initial sequence number has, which the same is trusted to. */
enum { OWN_MIN_BYTES = 4 };

void quic_time_ask(struct quic_times *t, const struct signal_ctx *ctx, enum ind_side end)
{
	if (t->wait[end] == QUIC_WAIT_OVER)
		return;
	if (t->wait[end] == QUIC_WAIT_NOT_YET || ctx->begun_ns < t->asked_ns[end])
		t->asked_ns[end] = ctx->begun_ns;
	t->wait[end] = QUIC_WAIT;
}

void quic_time_answer(struct quic_times *t, struct signal_ctx *ctx, enum ind_side end)
{
	if (t->wait[end] != QUIC_WAIT)
		return;
	t->wait[end] = QUIC_WAIT_OVER;
	if (ctx->time_ns < t->asked_ns[end])
		return;
	uint64_t rtt_us = (ctx->time_ns - t->asked_ns[end]) / 1000;
	if (rtt_us < ctx->rtt_us[ctx->way]) /* absent is the greatest number */
		ctx->rtt_us[ctx->way] = (uint32_t)rtt_us;
}

void quic_time_spoil(struct quic_times *t, enum ind_side end) { t->wait[end] = QUIC_WAIT_OVER; }

void quic_time_client_initial(struct quic_times *t, const struct signal_ctx *ctx, uint64_t number, bool is_new)
{
	bool first = t->wait[IND_SERVER] == QUIC_WAIT_NOT_YET;
	if (!first && !is_new)
		quic_time_spoil(t, IND_SERVER);
	if (first || number < t->oldest)
		t->oldest = number;
	quic_time_ask(t, ctx, IND_SERVER);
}

static bool is_at(struct cursor id, size_t at, uint8_t byte) { return at < cursor_left(&id) && id.p[at] == byte; }

/* Some servers keep the client's first id for their own, or change its first byte. */
bool quic_time_id_is_own(struct cursor server, struct cursor first, struct cursor client)
{
	unsigned own = 0;
	for (size_t i = 0; i < cursor_left(&server); i++)
		own += !is_at(first, i, server.p[i]) && !is_at(client, i, server.p[i]);
	return own >= OWN_MIN_BYTES;
}
