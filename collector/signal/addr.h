/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_ADDR_H
#define SIGNAL_ADDR_H

#include "signal/signal.h"

/* Emits what the IPv6 address of one end, ctx->from, says by its form: an IPv4 address inside it, or a hardware address. Nothing of an end that
 * sent nothing: it never used the address. */
signal_end_reader addr_end;

#endif
