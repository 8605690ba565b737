/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_SOCKS_H
#define SIGNAL_SOCKS_H

#include "signal/signal.h"

/* Passes over the handshake of either direction, for the protocol behind it to be found. Emits nothing; user names and passwords
 * are passed over too. */
extern const struct signal_stream_parser socks_parser;

#endif
