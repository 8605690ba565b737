/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_PATH_H
#define SIGNAL_PATH_H

#include "signal/signal.h"

/* Emits what a flow that has ended says of the path of one of its ends, ctx->from: path.hops if it sent anything, path.rtt_min_us if
 * its handshake was measured. */
void path_end(struct signal_ctx *ctx, const struct ind_flow *flow);

#endif
