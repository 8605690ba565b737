/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of a conversation in datagrams while its parser wants more. */
#include "flow/gather.h"

struct flow_udp *flow_udp_start(struct flow_table *t, struct flow *f)
{
	f->udp = pool_take(&t->udps) & FLOW_INDEX_MASK; /* as many as flows: never empty */
	struct flow_udp *u = flow_udp(t, f);
	*u = (struct flow_udp) { 0 };
	return u;
}

void flow_udp_end(struct flow_table *t, struct flow *f)
{
	struct flow_udp *u = flow_udp(t, f);
	if (!u)
		return;
	for (unsigned way = 0; way < 2; way++) {
		struct gather g = { t, &u->buffer[way] };
		t->gaps += !gather_is_empty(&g); /* of something that never became whole */
		gather_drop(&g);
	}
	pool_give(&t->udps, f->udp);
	f->udp = 0;
}

/* The parser says what it knew when it looked last; a direction that it never understood may have been there all the same. */
uint8_t flow_udp_validated(const struct flow *f)
{
	if (f->key.proto != IPPROTO_UDP4)
		return IND_VALID_UNTESTABLE;
	bool both = f->packets[0] && f->packets[1];
	return f->udp_validated == IND_VALID_ONE_WAY && both ? IND_VALID_UNTESTABLE : (uint8_t)f->udp_validated;
}
