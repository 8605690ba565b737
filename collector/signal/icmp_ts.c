/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/icmp_ts.h"

/* RFC 792, timestamp and timestamp reply: originate, receive and transmit time; the high bit says that a time is none since midnight UT. */

enum { TYPE_REQUEST = 13, DAY_MS = 86400000 };

void icmp_ts_see(struct signal_ctx *ctx, const struct packet *p)
{
	struct cursor c = cursor_of(p->payload, p->payload_captured);
	uint32_t originate = cursor_be32(&c);
	cursor_skip(&c, 4);
	uint32_t transmit = cursor_be32(&c);
	if (p->port[1] != 0 || !cursor_ok(&c))
		return;
	bool is_request = p->port[0] == TYPE_REQUEST;
	uint32_t own = is_request ? originate : transmit;
	enum ind_side side = is_request ? IND_CLIENT : IND_SERVER;
	/* 0 is what a sender without a clock writes; more than a day is no time of day, whether the high bit says so or not. */
	if (own == 0 || own >= DAY_MS)
		return;
	signal_put_number(ctx, IND_SIG_ICMP_TIMESTAMP, side, own);
	signal_put_exhibit(ctx, IND_EXHIBIT_PACKET, side, p->ip, (size_t)(c.p - p->ip), false);
}
