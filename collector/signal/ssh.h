/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_SSH_H
#define SIGNAL_SSH_H

#include "signal/signal.h"

/* SSH: identification strings, the algorithms each side offers, the server's host key. Key exchange looks alike from both sides, so the
 * side that started the flow counts as the client. */
extern const struct signal_stream_parser ssh_parser;

#endif
