/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SIGNAL_DTLS_BUILD_H
#define UNIT_SIGNAL_DTLS_BUILD_H

#include "conversation.h"
#include "signal/dtls.h"
#include "tls_build.h"

/* Datagrams of DTLS for tests, and the conversation that hears them. */

enum { CLIENT_WAY = 1, SERVER_WAY = 0, DTLS_1_0 = 0xfeff, DTLS_1_2 = 0xfefd, DTLS_1_3 = 0xfefc, VERIFY = 3 };

static struct conversation t;
static struct wire w, body, extensions;
static const struct wire *hello_keys; /* contents of pre_shared_key in hellos, NULL: none */

static inline void start(void)
{
	conversation_open(&t);
	w.count = 0;
}

static inline void finish(void) { conversation_close(&t); }

/* Opens a record of epoch 0. */
static inline size_t record_open(uint8_t type)
{
	put_be(&w, 1, type);
	put_be(&w, 2, DTLS_1_2);
	put_fill(&w, 0, 8);
	return open_length(&w, 2);
}

static inline void fragment(uint8_t type, unsigned sequence, size_t at, size_t count)
{
	put_be(&w, 1, type);
	put_be(&w, 3, body.count);
	put_be(&w, 2, sequence);
	put_be(&w, 3, at);
	put_be(&w, 3, count);
	put(&w, body.bytes + at, count);
}

static inline void fragment_record(uint8_t type, unsigned sequence, size_t at, size_t count)
{
	size_t opened = record_open(DTLS_HANDSHAKE);
	fragment(type, sequence, at, count);
	close_length(&w, 2, opened);
}

static inline void whole(uint8_t type, unsigned sequence) { fragment_record(type, sequence, 0, body.count); }

static inline void hear(unsigned way)
{
	conversation_hear(&t, &dtls_parser, way, w.bytes, w.count);
	w.count = 0;
}

static inline void hello_build(uint16_t version, const char *cookie, bool is_1_3)
{
	static const uint16_t ciphers[] = { 0xc02b, 0xc02f, 0x00ff }, versions[] = { DTLS_1_2, DTLS_1_3 };
	static struct wire ticket;
	ticket.count = extensions.count = body.count = 0;
	extension_sni(&extensions, "dtls.example");
	put_text(&ticket, "TICKETTICKETTICKET");
	extension(&extensions, TLS_EXT_SESSION_TICKET, &ticket);
	if (is_1_3)
		extension_words(&extensions, TLS_EXT_SUPPORTED_VERSIONS, 1, versions, 2);
	if (hello_keys)
		extension(&extensions, TLS_EXT_PRE_SHARED_KEY, hello_keys);
	put_be(&body, 2, version);
	put_fill(&body, 0xaa, 32);
	put_be(&body, 1, 16);
	put_fill(&body, 'S', 16);
	put_be(&body, 1, strlen(cookie));
	put_text(&body, cookie);
	put_be(&body, 2, sizeof ciphers);
	words(&body, ciphers, 3);
	put_be(&body, 2, 0x0100);
	put_be(&body, 2, extensions.count);
	put(&body, extensions.bytes, extensions.count);
}

/* A ServerHello; `announces`: a session ticket (RFC 5077 section 3.2). */
static inline void answer_build(uint16_t version, bool announces)
{
	static const uint16_t chosen[] = { DTLS_1_3 };
	body.count = 0;
	put_be(&body, 2, version == DTLS_1_3 ? DTLS_1_2 : version);
	put_fill(&body, 0xbb, 32);
	put_be(&body, 1, 16);
	put_fill(&body, 'S', 16);
	put_be(&body, 2, 0xc02b);
	put_be(&body, 1, 0);
	size_t opened = open_length(&body, 2);
	if (announces)
		extension(&body, TLS_EXT_SESSION_TICKET, NULL);
	if (version == DTLS_1_3) {
		put_be(&body, 2, TLS_EXT_SUPPORTED_VERSIONS);
		put_be(&body, 2, 2);
		words(&body, chosen, 1);
	}
	close_length(&body, 2, opened);
	if (body.count == opened)
		body.count -= 2;
}

static inline void certificate_build(void)
{
	static struct wire message;
	message.count = body.count = 0;
	certificate_message(&message);
	put(&body, message.bytes + TLS_MESSAGE_HEADER_BYTES, message.count - TLS_MESSAGE_HEADER_BYTES);
}

/* Pieces of a message in an order of their own: 0 forward, 1 backward, 2 in the middle first; each in a datagram, or all in one. */
static inline void in_pieces(uint8_t type, unsigned sequence, unsigned way, unsigned order, bool apart)
{
	enum { PIECES = 4 };
	static const unsigned orders[][PIECES] = { { 0, 1, 2, 3 }, { 3, 2, 1, 0 }, { 1, 3, 0, 2 } };
	size_t size = body.count / PIECES + 1;
	for (unsigned i = 0; i < PIECES; i++) {
		size_t at = orders[order][i] * size;
		fragment_record(type, sequence, at, at + size < body.count ? size : body.count - at);
		if (apart)
			hear(way);
	}
	if (!apart)
		hear(way);
}

#endif
