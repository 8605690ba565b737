/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_TLS_TICKET_H
#define SIGNAL_TLS_TICKET_H

#include "signal/signal.h"

struct tls_flight;

/* Where in a NewSessionTicket, without its header, the ticket stands: behind its lifetime and its length (RFC 5077 section 3.3). */
enum { TLS_TICKET_AT = 6 };

/* Reads a server's handshake from the record of its hello on, up to TLS 1.2, until the ticket that it issues is there: tls.ticket of the
 * server. *walk is zero at first. The flight is only room to work in. */
enum parse tls_ticket_see(struct signal_ctx *ctx, struct cursor *bytes, struct tls_flight *f, uint64_t *walk);

/* A NewSessionTicket without its header. */
void tls_ticket_put(struct signal_ctx *ctx, struct cursor message);

#endif
