/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_TTL_STEP_H
#define SIGNAL_TTL_STEP_H

#include "signal/signal.h"

/* Emits path.ttl_step of one end of a flow that has ended, ctx->from, if its SYN or SYN-ACK came with another TTL than something else that
 * it sent. The TTL of those stands in the flow's tcp.syn or tcp.synack. */
signal_end_reader ttl_step_end;

#endif
