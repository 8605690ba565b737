/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_RPC_H
#define SIGNAL_RPC_H

#include "signal/signal.h"

/* DCE/RPC over TCP: the logon tokens of binds. */
extern const struct signal_stream_parser rpc_parser;

#endif
