/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_TOOL_BITTORRENT_H
#define SIGNAL_TOOL_BITTORRENT_H

#include "signal/signal.h"

/* The handshake of BitTorrent peers over TCP: which program, as its peer id says. */
extern const struct signal_stream_parser bittorrent_parser;

#endif
