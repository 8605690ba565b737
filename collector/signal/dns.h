/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_DNS_H
#define SIGNAL_DNS_H

#include "signal/signal.h"

extern const struct signal_stream_parser dns_tcp_parser;
extern const struct signal_datagram_parser dns_udp_parser;

enum { DNS_NAME_MAX_BYTES = 255, DNS_HEADER_BYTES = 12 };

/* Short is a message that was cut by the capture, malformed one that contradicts its specification. */
enum dns_outcome { DNS_OK, DNS_SHORT, DNS_MALFORMED };

struct dns_header {
	uint16_t id, flags;
	uint16_t questions, answers, authorities, additionals;
};

enum { DNS_QR = 0x8000, DNS_Z = 0x0040, DNS_RCODE = 0x000f, DNS_NXDOMAIN = 3 };

static inline unsigned dns_opcode(const struct dns_header *header) { return header->flags >> 11 & 15; }

/* A name as text: the labels' bytes as sent with dots between them, "." for the root. */
struct dns_name { uint16_t bytes; uint8_t text[DNS_NAME_MAX_BYTES]; };

/* Reads the name at *at, which lies in `message`, following compression pointers. */
enum dns_outcome dns_name_read(struct cursor message, struct cursor *at, struct dns_name *name);

struct dns_header dns_header_read(struct cursor *at);

/* Emits the answers of a response; `at` is behind the questions. *found counts what was emitted. */
enum dns_outcome dns_answers_see(struct signal_ctx *ctx, struct cursor message, struct cursor *at, unsigned count, unsigned *found);

/* Emits the names that a response by multicast, or one without a server (LLMNR), gives addresses for. True if there was one. */
bool dns_hosts_see(struct signal_ctx *ctx, struct cursor message);

/* Over TCP, before each message (RFC 1035 section 4.2.2). */
enum { DNS_LENGTH_BYTES = 2 };

/* Emits the signals of one message, cut or whole; in a stream its length stands before it, and in its exhibit. PARSE_NOT if nothing in it makes sense as DNS. */
enum parse dns_message_see(struct signal_ctx *ctx, struct cursor message, enum ind_exhibit_kind kind);

#endif
