/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_TOOL_SYN_H
#define SIGNAL_TOOL_SYN_H

#include "packet/packet.h"
#include "signal/signal.h"

/* Header fields that a known scanning program computes in its own way, in a SYN. Keeps nothing: the SYN is tcp_syn's exhibit. */
void tool_syn_see(struct signal_ctx *ctx, const struct packet *packet);

#endif
