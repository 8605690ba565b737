/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_TLS_TICKET_H
#define SIGNAL_TLS_TICKET_H

#include "signal/signal.h"

/* Reads a server's handshake from the record of its hello on, up to TLS 1.2, until the ticket that it issues is there: tls.ticket of the
 * server. *walk is zero at first. */
enum parse tls_ticket_see(struct signal_ctx *ctx, struct cursor *bytes, uint64_t *walk);

#endif
