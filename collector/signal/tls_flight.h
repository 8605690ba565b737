/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_TLS_FLIGHT_H
#define SIGNAL_TLS_FLIGHT_H

#include "base/cursor.h"

enum { TLS_CHANGE_CIPHER_SPEC = 20, TLS_ALERT = 21, TLS_HANDSHAKE = 22, TLS_RECORD_HEADER_BYTES = 5 };

/* Handshake messages of one direction (RFC 8446 section 5.1): in place while one record holds them, else gathered in the buffer. Large:
 * set up by tls_flight_start only, which leaves the buffer alone. */
enum { TLS_FLIGHT_MAX_BYTES = 16384 };
struct tls_flight {
	struct cursor stream;        /* bytes not walked yet */
	size_t record_left;          /* of the record at hand, bytes not gathered yet */
	const uint8_t *at;           /* handshake bytes gathered and not passed */
	size_t have;
	uint32_t missing;            /* with TLS_FLIGHT_MORE: at least so many stream bytes are wanting */
	bool stop_at_cipher_spec;    /* what follows a ChangeCipherSpec is encrypted: it ends the flight */
	unsigned passed;             /* records that are not handshake; a few are enough for any honest flight */
	uint8_t buffer[TLS_FLIGHT_MAX_BYTES];
};

enum tls_flight_read {
	TLS_FLIGHT_OK,
	TLS_FLIGHT_MORE,
	TLS_FLIGHT_END,              /* no handshake record comes next, or a message beyond all measure */
	TLS_FLIGHT_BAD,              /* not a TLS record */
};

/* `stream` starts at a record. */
void tls_flight_start(struct tls_flight *f, struct cursor stream, bool stop_at_cipher_spec);

/* Makes the next `want` handshake bytes stand at f->at, in one piece. Passes over a few alerts, and ChangeCipherSpec unless it is to
 * stop there. */
enum tls_flight_read tls_flight_fill(struct tls_flight *f, size_t want);

/* Where in the stream the first `count` of the gathered bytes end; they have just been filled. */
static inline const uint8_t *tls_flight_end(const struct tls_flight *f, size_t count) { return f->stream.p - (f->have - count); }

/* Passes over gathered bytes. */
static inline void tls_flight_pass(struct tls_flight *f, size_t count)
{
	f->at += count;
	f->have -= count;
}

#endif
