/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_NTP_H
#define SIGNAL_NTP_H

#include "signal/signal.h"

/* NTP on port 123: the transmit timestamp where it is a clock's. */
extern const struct signal_datagram_parser ntp_parser;

#endif
