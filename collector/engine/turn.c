/* SPDX-License-Identifier: Apache-2.0 */
/* How long the client took above the transport: before its first word, and to answer what it cannot answer before it has it. Retransmitted
 * segments tell nothing about time (Karn), and neither does a flow without a measured handshake. */
#include "engine/inside.h"

#include "signal/path.h"

static unsigned client_way(const struct flow_tcp *tcp) { return !!(tcp->seen & TCP_SEEN_CLIENT_HIGH); }

static bool is_timed(const struct flow_tcp *tcp, unsigned way)
{
	return tcp->client_rtt_us != IND_ABSENT_U32 && way == client_way(tcp) && !tcp->retransmits[0] && !tcp->retransmits[1];
}

static void first_word(struct engine *e, struct flow *f, const struct flow_tcp *tcp, unsigned way, const struct packet *p)
{
	uint64_t ack_ns = tcp->synack_ns + (uint64_t)tcp->client_rtt_us * 1000, now_ns = p->frame->time_ns;
	if (!is_timed(tcp, way) || p->seq != tcp->isn[way] + 1)
		return;
	struct signal_ctx ctx = emit_ctx(e, f, way, p);
	e->current_roles = false;
	path_prehello(&ctx, now_ns > ack_ns ? now_ns - ack_ns : 0);
}

static void answer(struct engine *e, struct flow *f, const struct flow_tcp *tcp, struct flow_head *h, unsigned way, const struct packet *p)
{
	h->turn = HEAD_TURN_OVER;
	if (!is_timed(tcp, way) || p->frame->time_ns < h->turn_ns)
		return;
	struct signal_ctx ctx = emit_ctx(e, f, way, p);
	e->current_roles = false;
	path_turn(&ctx, p->frame->time_ns - h->turn_ns, tcp->client_rtt_us);
}

void turn_see(struct engine *e, struct flow *f, unsigned way, const struct packet *p)
{
	const struct flow_tcp *tcp = flow_tcp(&e->table, f);
	if (!tcp->head) {
		first_word(e, f, tcp, way, p);
		return;
	}
	struct flow_head *h = pool_at(&e->table.heads, tcp->head);
	if (h->turn == HEAD_TURN_NONE || h->turn == HEAD_TURN_OVER)
		return;
	if (way == (h->turn == HEAD_TURN_HIGH))
		h->turn_ns = p->frame->time_ns;
	else if (p->seq - h->next[way] < HEAD_BYTES) /* something new, be it out of order */
		answer(e, f, tcp, h, way, p);
}

void turn_begin(struct flow_head *h, unsigned way, uint64_t time_ns)
{
	if (h->turn != HEAD_TURN_NONE)
		return;
	h->turn = way ? HEAD_TURN_HIGH : HEAD_TURN_LOW;
	h->turn_ns = time_ns;
}
