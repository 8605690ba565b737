/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_NAT64_H
#define SIGNAL_NAT64_H

#include "signal/signal.h"

/* Emits the IPv4 address that the IPv6 address of one end, ctx->from, stands for at a translator. Nothing of an end that sent nothing. */
signal_end_reader nat64_end;

#endif
