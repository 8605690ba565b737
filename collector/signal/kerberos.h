/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_KERBEROS_H
#define SIGNAL_KERBEROS_H

#include "signal/signal.h"

extern const struct signal_stream_parser kerberos_tcp_parser;
extern const struct signal_datagram_parser kerberos_udp_parser;

/* Whether the bytes start a message of RFC 4120; with YES how long it is. */
enum probe kerberos_message_probe(struct cursor bytes, size_t *whole);

/* Emits realm and client name of one message, cut or whole. Requests and AP-REQ are the client's, whoever sent them. */
void kerberos_message_put(struct signal_ctx *ctx, struct cursor message, bool cut);

/* Whose messages of this kind are, by the first byte. */
enum ind_side kerberos_message_side(uint8_t tag);

/* Overwrites all octet strings of a copy: tickets, authenticators, encrypted parts, pre-authentication, checksums. */
void kerberos_message_hide(uint8_t *message, size_t count);

#endif
