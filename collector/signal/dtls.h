/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_DTLS_H
#define SIGNAL_DTLS_H

#include "signal/signal.h"

/* DTLS 1.0 to 1.3 (RFC 4347, RFC 6347, RFC 9147): hellos, and up to 1.2 the server's leaf certificate. */
extern const struct signal_conversation_parser dtls_parser;

enum { DTLS_CHANGE_CIPHER_SPEC = 20, DTLS_ALERT = 21, DTLS_HANDSHAKE = 22 };

/* A record of epoch 0, what comes before encryption (RFC 6347 section 4.1). */
struct dtls_record {
	uint8_t type;
	struct cursor content;
};

/* Reads one and moves *datagram behind it. False if what stands there is none: encrypted, cut, or of another protocol. */
bool dtls_record_read(struct cursor *datagram, struct dtls_record *record);

/* A piece of a handshake message (RFC 6347 section 4.2.2). */
struct dtls_fragment {
	uint8_t type;
	uint16_t sequence;       /* of the message; one that is sent again keeps it */
	uint32_t length, offset; /* of the message; of the piece in it */
	struct cursor bytes;
};

/* False if it is cut, or contradicts itself. */
bool dtls_fragment_read(struct cursor *content, struct dtls_fragment *fragment);

#endif
