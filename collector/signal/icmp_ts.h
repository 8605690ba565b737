/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_ICMP_TS_H
#define SIGNAL_ICMP_TS_H

#include "packet/packet.h"
#include "signal/signal.h"

/* ICMP timestamp messages: milliseconds since midnight UTC by the sender's clock, where they are that. */
static inline bool icmp_ts_is(const struct packet *p)
{
	return p->proto == IPPROTO_ICMP4 && (p->port[0] == 13 || p->port[0] == 14) && p->payload;
}
void icmp_ts_see(struct signal_ctx *ctx, const struct packet *packet);

#endif
