/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_PATH_H
#define SIGNAL_PATH_H

#include "signal/signal.h"

/* The time between what only an end that received it can answer, and the client's answer, beside its round-trip time on the transport. */
void path_turn(struct signal_ctx *ctx, uint64_t turn_ns, uint32_t rtt_us);

/* The time between the client's acknowledgement of the handshake and the first byte it says. */
void path_prehello(struct signal_ctx *ctx, uint64_t gap_ns);

#endif
