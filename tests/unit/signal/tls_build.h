/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SIGNAL_TLS_BUILD_H
#define UNIT_SIGNAL_TLS_BUILD_H

#include "base/hash.h"
#include "certificate.h"
#include "seen.h"
#include "signal/tls.h"
#include "signal/tls_hello.h"

/* Hellos, certificates and records of TLS for tests, and what was seen of them. */

enum { RECORD_MAX = 16384, GREASE_1 = 0x1a1a, GREASE_2 = 0xfafa };

static struct seen s;

static inline void setup(void) { memset(&s, 0, sizeof s); }

static inline void words(struct wire *w, const uint16_t *word, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_be(w, 2, word[i]);
}

static inline void extension(struct wire *w, uint16_t type, const struct wire *body)
{
	put_be(w, 2, type);
	put_be(w, 2, body ? body->count : 0);
	if (body)
		put(w, body->bytes, body->count);
}

/* A list of 16-bit numbers as its extension holds it, `width` bytes of length before it. */
static inline void extension_words(struct wire *w, uint16_t type, unsigned width, const uint16_t *word, size_t count)
{
	static struct wire body;
	body.count = 0;
	put_be(&body, width, 2 * count);
	words(&body, word, count);
	extension(w, type, &body);
}

static inline void extension_sni(struct wire *w, const char *name)
{
	static struct wire body;
	body.count = 0;
	put_be(&body, 2, strlen(name) + 3);
	put_be(&body, 1, 0);
	put_be(&body, 2, strlen(name));
	put_text(&body, name);
	extension(w, TLS_EXT_SERVER_NAME, &body);
}

static inline void extension_alpn(struct wire *w, const char *const *names, size_t count)
{
	static struct wire body;
	body.count = 0;
	size_t list = open_length(&body, 2);
	for (size_t i = 0; i < count; i++) {
		put_be(&body, 1, strlen(names[i]));
		put_text(&body, names[i]);
	}
	close_length(&body, 2, list);
	extension(w, TLS_EXT_ALPN, &body);
}

/* A handshake message: of a hello if `ciphers` are given. */
static inline void client_hello(struct wire *w, uint16_t version, const uint16_t *ciphers, size_t count, const struct wire *extensions)
{
	put_be(w, 1, TLS_CLIENT_HELLO);
	size_t message = open_length(w, 3);
	put_be(w, 2, version);
	put_fill(w, 0xaa, 32);
	put_be(w, 1, 32);
	put_fill(w, 'S', 32);
	put_be(w, 2, 2 * count);
	words(w, ciphers, count);
	put_be(w, 2, 0x0100);
	if (extensions) {
		put_be(w, 2, extensions->count);
		put(w, extensions->bytes, extensions->count);
	}
	close_length(w, 3, message);
}

static inline void server_hello(struct wire *w, uint16_t version, const uint8_t *random, uint16_t cipher, const struct wire *extensions)
{
	put_be(w, 1, TLS_SERVER_HELLO);
	size_t message = open_length(w, 3);
	put_be(w, 2, version);
	if (random)
		put(w, random, 32);
	else
		put_fill(w, 0xbb, 32);
	put_be(w, 1, 32);
	put_fill(w, 'S', 32);
	put_be(w, 2, cipher);
	put_be(w, 1, 0);
	if (extensions) {
		put_be(w, 2, extensions->count);
		put(w, extensions->bytes, extensions->count);
	}
	close_length(w, 3, message);
}

static inline void certificate_message(struct wire *w)
{
	put_be(w, 1, TLS_CERTIFICATE);
	size_t message = open_length(w, 3), list = open_length(w, 3);
	for (int i = 0; i < 2; i++) {
		put_be(w, 3, sizeof certificate);
		put(w, certificate, sizeof certificate);
	}
	close_length(w, 3, list);
	close_length(w, 3, message);
}

/* In records of at most `size` bytes. */
static inline void records(struct wire *w, const struct wire *handshake, size_t size)
{
	for (size_t at = 0; at < handshake->count; at += size) {
		size_t count = handshake->count - at < size ? handshake->count - at : size;
		put_be(w, 3, 0x160301);
		put_be(w, 2, count);
		put(w, handshake->bytes + at, count);
	}
}

static inline void record(struct wire *w, uint8_t type, const void *bytes, size_t count)
{
	put_be(w, 1, type);
	put_be(w, 2, 0x0303);
	put_be(w, 2, count);
	put(w, bytes, count);
}

/* The hello of the example that JA4 was published with: a browser's, GREASE among its ciphers, extensions, groups and versions. */
static const char ja4_published[] = "t13d1516h2_8daaf6152771_e5627efa2ab1";
static inline void browser_hello(struct wire *handshake, bool grease)
{
	static const uint16_t ciphers[] = { GREASE_1, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8,
		0xc013, 0xc014, 0x009c, 0x009d, 0x002f, 0x0035 };
	static const uint16_t groups[] = { GREASE_1, 29, 23, 24 };
	static const uint16_t algorithms[] = { 0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601 };
	static const uint16_t versions[] = { GREASE_2, 0x0304, 0x0303 };
	static const char *const protocols[] = { "h2", "http/1.1" };
	static const uint16_t others[] = { 0x0015, 0x0017, 0x001b, 0x002d, 0x0033, 0x4469, 0xff01, 0x0005, 0x0012 };
	static struct wire e, formats, ticket;
	e.count = formats.count = ticket.count = 0;
	if (grease)
		extension(&e, GREASE_2, NULL);
	extension_sni(&e, "www.example.org");
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		extension(&e, others[i], NULL);
	extension_words(&e, TLS_EXT_GROUPS, 2, groups + !grease, 4 - !grease);
	put_be(&formats, 2, 0x0100);
	extension(&e, TLS_EXT_POINT_FORMATS, &formats);
	extension_words(&e, TLS_EXT_SIGNATURE_ALGORITHMS, 2, algorithms, 8);
	extension_alpn(&e, protocols, 2);
	put_text(&ticket, "TICKETTICKETTICKET");
	extension(&e, TLS_EXT_SESSION_TICKET, &ticket);
	extension_words(&e, TLS_EXT_SUPPORTED_VERSIONS, 1, versions + !grease, 3 - !grease);
	client_hello(handshake, 0x0303, ciphers + !grease, 16 - !grease, &e);
}

static inline void feed_records(const struct wire *handshake, size_t record_size, size_t chunk)
{
	static struct wire stream;
	stream.count = 0;
	setup();
	records(&stream, handshake, record_size);
	seen_feed(&s, &tls_parser, IND_SRC, stream.bytes, stream.count, chunk, false);
}

static inline void md5_is(enum ind_signal_id id, const char *text)
{
	uint8_t md5[HASH_MD5_BYTES];
	char hex[2 * HASH_MD5_BYTES + 1];
	hash_md5(text, strlen(text), md5);
	hash_hex(md5, sizeof md5, hex);
	ck_assert_pstr_eq(seen_value(&s, id), hex);
}

static inline bool holds(const uint8_t *bytes, size_t count, const char *text)
{
	for (size_t i = 0; i + strlen(text) <= count; i++) {
		if (memcmp(bytes + i, text, strlen(text)) == 0)
			return true;
	}
	return false;
}

static inline void server_flight(struct wire *stream, size_t record_size)
{
	static struct wire h;
	h.count = 0;
	server_hello(&h, 0x0303, NULL, 0xc02f, NULL);
	certificate_message(&h);
	records(stream, &h, record_size);
}

#endif
