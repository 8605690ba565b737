/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_TS_HZ_H
#define SIGNAL_TS_HZ_H

#include "signal/signal.h"

/* What is kept of the timestamps that one end of a TCP connection sends, all zero at first. */
struct ts_hz {
	uint32_t at_ms : 29; /* of the first one, by the capture's clock; wraps after six days */
	uint32_t state : 3;
	uint32_t value; /* of the first one */
};

/* A timestamp (TSval, RFC 7323 section 3.2) and when it was captured. */
void ts_hz_see(struct ts_hz *s, uint64_t time_ns, uint32_t value);

/* Emits tcp.ts_hz of ctx->from: 100, 250 or 1000; nothing if the clock was seen for too short a time or ticks otherwise. */
void ts_hz_put(struct signal_ctx *ctx, enum ind_side side, const struct ts_hz *s);

#endif
