/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_TTL_STEP_H
#define SIGNAL_TTL_STEP_H

#include "signal/signal.h"

/* Emits path.ttl_step of one end of a flow that has ended, ctx->from, if its SYN or SYN-ACK came with another TTL than something else that
 * it sent. `signals` are those of the flow; the TTL stands in its tcp.syn or tcp.synack. */
void ttl_step_put(struct signal_ctx *ctx, enum ind_side side, const struct ind_flow *flow, const struct ind_signal *signals, size_t count);

#endif
