/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_IP_ID_H
#define SIGNAL_IP_ID_H

#include "signal/signal.h"

enum { IP_ID_SAMPLES = 20 };

/* What is left of the identification fields that one end put into successive packets. */
struct ip_id {
	uint16_t last;
	/* Steps from one to the next that do not move; that count up a little, in the order of the network and with bytes swapped; that go
	 * back, likewise. */
	uint8_t same, near[2], back[2];
};

/* `index` counts from 0: the first one sets up. */
void ip_id_see(struct ip_id *s, unsigned index, uint16_t id);

/* Emits ip.id_class of IP_ID_SAMPLES packets that ctx->from has sent: zero, constant, counter, counter-swapped or random; nothing if
 * they show none of these. */
void ip_id_put(struct signal_ctx *ctx, enum ind_side side, const struct ip_id *s);

#endif
