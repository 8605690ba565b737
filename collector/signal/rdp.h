/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_RDP_H
#define SIGNAL_RDP_H

#include "signal/signal.h"

/* RDP before it encrypts: X.224 connection request, core data of the client. */
extern const struct signal_stream_parser rdp_parser;

#endif
