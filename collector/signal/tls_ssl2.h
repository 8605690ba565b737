/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_TLS_SSL2_H
#define SIGNAL_TLS_SSL2_H

#include "signal/signal.h"

/* The ClientHello in the form of SSLv2, which old clients send to servers of any version. It has a version, but none of the lists that
 * fingerprints are made of. */
enum probe tls_ssl2_probe(struct cursor bytes);
enum parse tls_ssl2_see(struct signal_ctx *ctx, struct cursor *bytes);

#endif
