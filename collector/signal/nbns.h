/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_NBNS_H
#define SIGNAL_NBNS_H

#include "signal/signal.h"

/* NetBIOS names that a host claims for itself, in the name service (port 137) and the datagram service (port 138). */
extern const struct signal_datagram_parser nbns_parser;

#endif
