/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_QUIC_H
#define SIGNAL_QUIC_H

#include "base/aead.h"
#include "signal/signal.h"

/* QUIC versions 1 and 2 and the late drafts: the Initial packets, whose keys follow from what stands in the first of them (RFC 9001
 * section 5.2), and the headers that show whether the client can be reached at its address. */
extern const struct signal_conversation_parser quic_parser;

enum { QUIC_ID_MAX_BYTES = 20, QUIC_PLAIN_MAX_BYTES = 16384 };

/* The kinds of long header, whatever bits a version writes them with. */
enum quic_type { QUIC_INITIAL, QUIC_ZERO_RTT, QUIC_HANDSHAKE, QUIC_RETRY, QUIC_NEGOTIATION, QUIC_FOREIGN };

struct quic_version {
	uint32_t first, last;    /* numbers of the version, or of drafts that differ in nothing that is read here */
	uint8_t type_of_initial; /* its two bits; the other types follow in the order of the enum */
	uint8_t salt[20];
	const char *key, *iv, *hp; /* labels */
	uint8_t retry_key[AEAD_KEY_BYTES], retry_nonce[AEAD_NONCE_BYTES];
};

/* NULL if nothing is known of it. */
const struct quic_version *quic_version_of(uint32_t number);

/* A packet with a long header (RFC 8999 section 5.1, RFC 9000 section 17.2); borrows the datagram. */
struct quic_packet {
	enum quic_type type;
	uint32_t version;
	const struct quic_version *known; /* NULL: only type, version, to and from are set */
	const uint8_t *start;
	struct cursor to, from; /* connection ids, Destination and Source */
	struct cursor token;    /* of Initial and Retry */
	struct cursor rest;     /* packet number and payload, protected; of a Retry its integrity tag */
};

/* Reads one packet and moves *datagram behind it. False if what stands there is none, or is cut. */
bool quic_packet_read(struct cursor *datagram, struct quic_packet *packet);

/* Variable-length integers, RFC 9000 section 16. */
uint64_t quic_number_read(struct cursor *c);

struct quic_keys {
	uint8_t key[AEAD_KEY_BYTES], iv[AEAD_NONCE_BYTES], hp[AEAD_KEY_BYTES];
};

/* Those of the Initial packets of one side; `first` is the Destination Connection ID of the client's first packet. */
void quic_keys_derive(struct quic_keys *keys, const struct quic_version *version, struct cursor first, enum ind_side side);

/* Takes off header protection and opens the payload. *expected is the packet number that comes next, and is moved. False if the packet
 * was not made with these keys. */
struct quic_plain {
	uint64_t number; /* of the packet */
	size_t count;
	uint8_t bytes[QUIC_PLAIN_MAX_BYTES];
};
bool quic_packet_open(
	struct aead *aead, const struct quic_keys *keys, const struct quic_packet *packet, uint64_t *expected, struct quic_plain *plain);

/* Is this Retry an answer to the packet that was sent to `first`? (RFC 9001 section 5.8) */
bool quic_retry_fits(struct aead *aead, const struct quic_packet *packet, struct cursor first);

/* Passes over frames up to the next CRYPTO or ACK frame. BAD: a frame that may not stand in an Initial packet, or is cut. *at is where in
 * the stream the data stands, of ACK the oldest packet number that is acknowledged. */
enum quic_frame { QUIC_FRAME_CRYPTO, QUIC_FRAME_ACK, QUIC_FRAME_END, QUIC_FRAME_BAD };
enum quic_frame quic_frame_next(struct cursor *frames, uint64_t *at, struct cursor *data);

#endif
