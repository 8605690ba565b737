/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_TLS_H
#define SIGNAL_TLS_H

#include "signal/signal.h"

/* TLS and SSL 3 over TCP, and the SSLv2-compatible ClientHello: everything that is said before encryption starts. */
extern const struct signal_stream_parser tls_parser;

#endif
