/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of a conversation in datagrams while its parser wants more, and afterwards. */
#include "flow/gather.h"

enum ind_err flow_udps_init(struct flow_table *t)
{
	enum ind_err err = pool_init(&t->udps, sizeof(struct flow_udp), t->limits.flows);
	if (!err)
		err = pool_init(&t->rtts, sizeof(struct flow_rtt), t->limits.flows);
	if (!err)
		err = pool_init(&t->gathers, sizeof(struct gather_buffer), t->limits.head_buffers);
	return err;
}

void flow_udps_release(struct flow_table *t)
{
	pool_release(&t->udps);
	pool_release(&t->rtts);
	pool_release(&t->gathers);
}

struct flow_udp *flow_udp_start(struct flow_table *t, struct flow *f)
{
	f->udp = pool_take(&t->udps) & FLOW_INDEX_MASK; /* as many as flows: never empty */
	struct flow_udp *u = flow_udp(t, f);
	*u = (struct flow_udp) { .rtt.us = { IND_ABSENT_U32, IND_ABSENT_U32 } };
	return u;
}

static void conversation_end(struct flow_table *t, struct flow *f, struct flow_udp *u)
{
	for (unsigned way = 0; way < 2; way++) {
		struct gather g = { t, &u->buffer[way] };
		t->gaps += !gather_is_empty(&g); /* of something that never became whole */
		gather_drop(&g);
	}
	pool_give(&t->udps, f->udp);
	f->udp = 0;
}

static bool is_udp(const struct flow *f) { return f->key.proto == IPPROTO_UDP4; }

void flow_udp_end(struct flow_table *t, struct flow *f)
{
	struct flow_udp *u = flow_udp(t, f);
	if (u) {
		conversation_end(t, f, u);
	} else if (is_udp(f) && f->udp_rtt) {
		pool_give(&t->rtts, f->udp);
		f->udp = f->udp_rtt = 0;
	}
}

void flow_udp_over(struct flow_table *t, struct flow *f)
{
	struct flow_udp *u = flow_udp(t, f);
	struct flow_rtt rtt = u->rtt;
	conversation_end(t, f, u);
	if (rtt.us[0] == IND_ABSENT_U32 && rtt.us[1] == IND_ABSENT_U32)
		return;
	f->udp = pool_take(&t->rtts) & FLOW_INDEX_MASK; /* as many as flows: never empty */
	f->udp_rtt = 1;
	*(struct flow_rtt *)pool_at(&t->rtts, f->udp) = rtt;
}

const struct flow_rtt *flow_udp_rtt(const struct flow_table *t, const struct flow *f)
{
	const struct flow_udp *u = flow_udp(t, f);
	if (u)
		return &u->rtt;
	return is_udp(f) && f->udp_rtt ? pool_at(&t->rtts, f->udp) : NULL;
}

/* The parser says what it knew when it looked last; a direction that it never understood may have been there all the same. */
uint8_t flow_udp_validated(const struct flow *f)
{
	if (!is_udp(f))
		return IND_VALID_UNTESTABLE;
	bool both = f->packets[0] && f->packets[1];
	return f->udp_validated == IND_VALID_ONE_WAY && both ? IND_VALID_UNTESTABLE : (uint8_t)f->udp_validated;
}
