/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_STUN_H
#define SIGNAL_STUN_H

#include "signal/signal.h"

/* STUN and TURN over UDP, found by the magic cookie on any port. */
extern const struct signal_datagram_parser stun_parser;

#endif
