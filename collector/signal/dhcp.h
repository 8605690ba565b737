/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_DHCP_H
#define SIGNAL_DHCP_H

#include "signal/signal.h"

/* DHCP for IPv4, found by its magic cookie on any port. */
extern const struct signal_datagram_parser dhcp_parser;

#endif
