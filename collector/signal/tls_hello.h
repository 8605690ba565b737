/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_TLS_HELLO_H
#define SIGNAL_TLS_HELLO_H

#include "signal/signal.h"

enum { TLS_CLIENT_HELLO = 1, TLS_SERVER_HELLO = 2, TLS_NEW_SESSION_TICKET = 4, TLS_CERTIFICATE = 11, TLS_MESSAGE_HEADER_BYTES = 4 };
enum { TLS_EXT_SERVER_NAME = 0, TLS_EXT_GROUPS = 10, TLS_EXT_POINT_FORMATS = 11, TLS_EXT_SIGNATURE_ALGORITHMS = 13, TLS_EXT_ALPN = 16,
	TLS_EXT_SESSION_TICKET = 35, TLS_EXT_PRE_SHARED_KEY = 41, TLS_EXT_EARLY_DATA = 42, TLS_EXT_SUPPORTED_VERSIONS = 43 };
enum { TLS_SSL2 = 0x0002, TLS_1_2 = 0x0303, TLS_DTLS_1_3 = 0xfefc, TLS_DTLS_MAJOR = 0xfe, TLS_VERSION_TEXT_BYTES = 16, TLS_SECRETS_MAX = 4 };

/* A part of a hello, as offsets from the start of its message. */
struct tls_span { uint32_t from, to; };

/* A ClientHello or ServerHello taken apart; borrows the message. An extension that is not there has a NULL cursor. */
struct tls_hello {
	uint16_t legacy_version;
	uint16_t version;            /* the highest offered, or the one chosen */
	bool retry;                  /* a HelloRetryRequest */
	bool has_server_name;
	bool ticket_comes;           /* of a ServerHello: RFC 5077 section 3.2 */
	bool early_data;             /* RFC 8446 section 4.2.10: the client does not wait for an answer */
	struct cursor ciphers;       /* 16-bit numbers; of a ServerHello the one chosen */
	struct cursor extensions;    /* of type, length, contents */
	struct cursor groups;        /* 16-bit numbers */
	struct cursor point_formats; /* 8-bit numbers */
	struct cursor signature_algorithms; /* 16-bit numbers */
	struct cursor host_name;
	struct cursor alpn;          /* 8-bit lengths, names */
	struct cursor session_id, ticket;
	struct cursor psk_identities; /* RFC 8446 section 4.2.11: of 16-bit length, identity, age */
	struct tls_span secret[TLS_SECRETS_MAX]; /* session id, ticket, pre-shared keys */
	size_t secrets;
};

/* RFC 8701: values that clients and servers make up so that nobody comes to rely on a closed list. */
static inline bool tls_is_grease(uint16_t value) { return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff); }

/* Each reads a whole message, its 4-byte header included. False if its lengths contradict each other, or it is longer than
 * TLS_FLIGHT_MAX_BYTES. */
bool tls_client_hello_read(struct cursor message, struct tls_hello *hello);
bool tls_server_hello_read(struct cursor message, struct tls_hello *hello);

/* Puts all tls.* signals of a hello. `transport` is the first letter of JA4: 't' over TCP, 'q' in QUIC, 'd' in DTLS. */
void tls_client_hello_put(struct signal_ctx *ctx, const struct tls_hello *hello, char transport);
void tls_server_hello_put(struct signal_ctx *ctx, const struct tls_hello *hello);

/* A secret is known by its digest. In a kept exhibit it is overwritten: nothing is said of what is all 'x', nor of what is empty. */
void tls_secret_put(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, struct cursor secret);

/* "1.3", "1.0", "ssl3"; "1.3-draft23" for a draft, "dtls1.2", hex for anything else. Returns the length. */
size_t tls_version_text(uint16_t version, char text[static TLS_VERSION_TEXT_BYTES]);

#endif
