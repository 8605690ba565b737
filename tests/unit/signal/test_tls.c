/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/tls.h"

#include "base/hash.h"
#include "certificate.h"
#include "seen.h"
#include "signal/tls_hello.h"

enum { RECORD_MAX = 16384, GREASE_1 = 0x1a1a, GREASE_2 = 0xfafa };

static struct seen s;

static void setup(void) { memset(&s, 0, sizeof s); }

static void words(struct wire *w, const uint16_t *word, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put_be(w, 2, word[i]);
}

static void extension(struct wire *w, uint16_t type, const struct wire *body)
{
	put_be(w, 2, type);
	put_be(w, 2, body ? body->count : 0);
	if (body)
		put(w, body->bytes, body->count);
}

/* A list of 16-bit numbers as its extension holds it, `width` bytes of length before it. */
static void extension_words(struct wire *w, uint16_t type, unsigned width, const uint16_t *word, size_t count)
{
	static struct wire body;
	body.count = 0;
	put_be(&body, width, 2 * count);
	words(&body, word, count);
	extension(w, type, &body);
}

static void extension_sni(struct wire *w, const char *name)
{
	static struct wire body;
	body.count = 0;
	put_be(&body, 2, strlen(name) + 3);
	put_be(&body, 1, 0);
	put_be(&body, 2, strlen(name));
	put_text(&body, name);
	extension(w, TLS_EXT_SERVER_NAME, &body);
}

static void extension_alpn(struct wire *w, const char *const *names, size_t count)
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
static void client_hello(struct wire *w, uint16_t version, const uint16_t *ciphers, size_t count, const struct wire *extensions)
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

static void server_hello(struct wire *w, uint16_t version, const uint8_t *random, uint16_t cipher, const struct wire *extensions)
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

static void certificate_message(struct wire *w)
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
static void records(struct wire *w, const struct wire *handshake, size_t size)
{
	for (size_t at = 0; at < handshake->count; at += size) {
		size_t count = handshake->count - at < size ? handshake->count - at : size;
		put_be(w, 3, 0x160301);
		put_be(w, 2, count);
		put(w, handshake->bytes + at, count);
	}
}

static void record(struct wire *w, uint8_t type, const void *bytes, size_t count)
{
	put_be(w, 1, type);
	put_be(w, 2, 0x0303);
	put_be(w, 2, count);
	put(w, bytes, count);
}

/* The hello of the example that JA4 was published with: a browser's, GREASE among its ciphers, extensions, groups and versions. */
static const char ja4_published[] = "t13d1516h2_8daaf6152771_e5627efa2ab1";
static void browser_hello(struct wire *handshake, bool grease)
{
	static const uint16_t ciphers[] = { GREASE_1, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c,
		0x009d, 0x002f, 0x0035 };
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

static void feed_records(const struct wire *handshake, size_t record_size, size_t chunk)
{
	static struct wire stream;
	stream.count = 0;
	setup();
	records(&stream, handshake, record_size);
	seen_feed(&s, &tls_parser, IND_SRC, stream.bytes, stream.count, chunk, false);
}

static void md5_is(enum ind_signal_id id, const char *text)
{
	uint8_t md5[HASH_MD5_BYTES];
	char hex[2 * HASH_MD5_BYTES + 1];
	hash_md5(text, strlen(text), md5);
	hash_hex(md5, sizeof md5, hex);
	ck_assert_pstr_eq(seen_value(&s, id), hex);
}

static void browser_signals_are_right(void)
{
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_JA4), ja4_published);
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_SNI), "www.example.org");
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_ALPN), "h2,http/1.1");
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_VERSION), "1.3");
	md5_is(IND_SIG_TLS_JA3, "771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53,"
				"0-21-23-27-45-51-17513-65281-5-18-10-11-13-16-35-43,29-23-24,0");
	ck_assert_uint_eq(s.signals, 5);
	ck_assert_uint_eq(s.exhibits, 1);
	ck_assert_uint_eq(s.malformed, 0);
	for (size_t i = 0; i < s.signals; i++)
		ck_assert_uint_eq(s.signal[i].side, IND_CLIENT);
}

START_TEST(browser_with_and_without_grease)
{
	for (int grease = 0; grease < 2; grease++) {
		struct wire h = { .count = 0 };
		browser_hello(&h, grease);
		feed_records(&h, RECORD_MAX, RECORD_MAX);
		browser_signals_are_right();
		ck_assert_int_eq(s.outcome, PARSE_MORE);
	}
}
END_TEST

/* Two examples that JA3 was published with. */
START_TEST(ja3_published)
{
	static const uint16_t ciphers[] = { 47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4 };
	static const uint16_t groups[] = { 23, 24, 25 };
	struct wire h = { .count = 0 }, e = { .count = 0 }, formats = { .count = 0 };
	extension_sni(&e, "a");
	extension_words(&e, TLS_EXT_GROUPS, 2, groups, 3);
	put_be(&formats, 2, 0x0100);
	extension(&e, TLS_EXT_POINT_FORMATS, &formats);
	client_hello(&h, 769, ciphers, 12, &e);
	feed_records(&h, RECORD_MAX, RECORD_MAX);
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_JA3), "ada70206e40642a3e4461f35503241d5");
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_VERSION), "1.0");
	ck_assert_ptr_null(seen_value(&s, IND_SIG_TLS_ALPN));
}
END_TEST

START_TEST(ja3_without_extensions)
{
	static const uint16_t ciphers[] = { 4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99 };
	struct wire h = { .count = 0 };
	client_hello(&h, 769, ciphers, 11, NULL);
	feed_records(&h, RECORD_MAX, RECORD_MAX);
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_JA3), "de350869b8c85de67a350c8d186f11e6");
	ck_assert_int_eq(strncmp(seen_value(&s, IND_SIG_TLS_JA4), "t10i110000_", 11), 0);
	ck_assert_str_eq(seen_value(&s, IND_SIG_TLS_JA4) + 24, "000000000000");
	ck_assert_ptr_null(seen_value(&s, IND_SIG_TLS_SNI));
}
END_TEST

START_TEST(ja3s_of_known_string)
{
	static const uint16_t types[] = { 65281, 0, 11, 35, 5 };
	static const char *const chosen[] = { "h2" };
	struct wire h = { .count = 0 }, e = { .count = 0 };
	for (size_t i = 0; i < 5; i++)
		extension(&e, types[i], NULL);
	extension_alpn(&e, chosen, 1);
	server_hello(&h, 769, NULL, 47, &e);
	feed_records(&h, RECORD_MAX, RECORD_MAX);
	md5_is(IND_SIG_TLS_JA3S, "769,47,65281-0-11-35-5-16");
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_ALPN), "h2");
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_VERSION), "1.0");
	ck_assert_uint_eq(s.signal[0].side, IND_SERVER);
	ck_assert_uint_eq(s.signal[0].from, IND_SRC);
}
END_TEST

START_TEST(alpn_code_of_ja4)
{
	static const struct { const char *alpn, *code; } cases[] = {
		{ "h2", "h2" }, { "http/1.1", "h1" }, { "h", "hh" }, { "\xab", "ab" }, { "\xab\xcd", "ad" }, { "0\xab", "3b" }, { "01\xab\xcd", "3d" },
		{ "0\xab\xcd" "1", "01" }, { "a-", "6d" }, { "", "00" },
	};
	static const uint16_t ciphers[] = { 0x1301 };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct wire h = { .count = 0 }, e = { .count = 0 };
		extension_alpn(&e, &cases[i].alpn, 1);
		client_hello(&h, 0x0303, ciphers, 1, &e);
		feed_records(&h, RECORD_MAX, RECORD_MAX);
		ck_assert_int_eq(strncmp(seen_value(&s, IND_SIG_TLS_JA4) + 8, cases[i].code, 2), 0);
		ck_assert_int_eq(strncmp(seen_value(&s, IND_SIG_TLS_JA4), "t12i0101", 8), 0);
	}
}
END_TEST

START_TEST(ja4_counts_stop_at_99_and_order_does_not_matter)
{
	static uint16_t ciphers[5000];
	char first[64] = "";
	for (int down = 0; down < 2; down++) {
		for (size_t i = 0; i < 5000; i++)
			ciphers[i] = (uint16_t)(down ? 4999 - i : i);
		static struct wire h;
		h.count = 0;
		client_hello(&h, 0x0303, ciphers, 5000, NULL);
		feed_records(&h, RECORD_MAX, RECORD_MAX);
		ck_assert_int_eq(strncmp(seen_value(&s, IND_SIG_TLS_JA4), "t12i990000_", 11), 0);
		if (down)
			ck_assert_str_eq(seen_value(&s, IND_SIG_TLS_JA4), first);
		memcpy(first, seen_value(&s, IND_SIG_TLS_JA4), 37);
	}
}
END_TEST

START_TEST(version_texts)
{
	static const struct { uint16_t version; const char *text; } cases[] = { { 0x0304, "1.3" }, { 0x0303, "1.2" }, { 0x0302, "1.1" }, { 0x0301, "1.0" },
		{ 0x0300, "ssl3" }, { 0x0002, "ssl2" }, { 0x7f17, "1.3-draft23" }, { 0xfb1a, "0xfb1a" } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[TLS_VERSION_TEXT_BYTES];
		size_t bytes = tls_version_text(cases[i].version, text);
		ck_assert_uint_eq(bytes, strlen(cases[i].text));
		ck_assert_mem_eq(text, cases[i].text, bytes);
	}
}
END_TEST

/* However records and segments cut it, it is one hello; and it takes few looks. */
START_TEST(hello_in_pieces)
{
	static const size_t chunks[] = { 1, 7, RECORD_MAX };
	struct wire h = { .count = 0 };
	browser_hello(&h, true);
	for (size_t size = 1; size <= h.count; size++) {
		for (size_t c = 0; c < 3; c++) {
			feed_records(&h, size, chunks[c]);
			browser_signals_are_right();
			ck_assert_uint_le(s.calls, 40);
		}
	}
}
END_TEST

START_TEST(every_truncation_waits)
{
	struct wire h = { .count = 0 }, stream = { .count = 0 };
	browser_hello(&h, true);
	records(&stream, &h, 100);
	for (size_t count = 0; count < stream.count; count++) {
		setup();
		seen_feed(&s, &tls_parser, IND_SRC, stream.bytes, count, RECORD_MAX, true);
		ck_assert_uint_eq(s.signals + s.exhibits + s.malformed, 0);
		ck_assert_int_eq(s.outcome, PARSE_MORE);
		ck_assert_uint_le(s.need, stream.count);
	}
}
END_TEST

/* Any lie of one byte is read without harm, and what cannot be is counted. */
START_TEST(every_damaged_byte)
{
	struct wire h = { .count = 0 }, stream = { .count = 0 };
	size_t refused = 0;
	browser_hello(&h, true);
	records(&stream, &h, RECORD_MAX);
	for (size_t i = 0; i < stream.count; i++) {
		for (int flip = 0; flip < 3; flip++) {
			static const uint8_t flips[] = { 0xff, 0x01, 0x80 };
			stream.bytes[i] ^= flips[flip];
			setup();
			seen_feed(&s, &tls_parser, IND_SRC, stream.bytes, stream.count, RECORD_MAX, true);
			ck_assert(s.malformed == 0 || s.signals == 0);
			refused += s.malformed;
			stream.bytes[i] ^= flips[flip];
		}
	}
	ck_assert_uint_gt(refused, 50);
}
END_TEST

START_TEST(list_longer_than_its_extension)
{
	static const uint16_t ciphers[] = { 0x1301 };
	struct wire h = { .count = 0 }, e = { .count = 0 }, body = { .count = 0 };
	put_be(&body, 2, 8);
	put_be(&body, 2, 29);
	extension(&e, TLS_EXT_GROUPS, &body);
	client_hello(&h, 0x0303, ciphers, 1, &e);
	feed_records(&h, RECORD_MAX, RECORD_MAX);
	ck_assert_int_eq(s.outcome, PARSE_NOT);
	ck_assert_uint_eq(s.malformed, 1);
	ck_assert_uint_eq(s.signals, 0);
}
END_TEST

static bool holds(const uint8_t *bytes, size_t count, const char *text)
{
	for (size_t i = 0; i + strlen(text) <= count; i++) {
		if (memcmp(bytes + i, text, strlen(text)) == 0)
			return true;
	}
	return false;
}

/* The exhibit keeps the stream byte for byte but for the secrets, and gives the same signals again. */
START_TEST(exhibit_keeps_no_secret)
{
	static struct seen again;
	struct wire h = { .count = 0 };
	browser_hello(&h, true);
	for (size_t size = 1; size <= h.count; size += 3) {
		struct wire stream = { .count = 0 };
		feed_records(&h, size, RECORD_MAX);
		records(&stream, &h, size);
		ck_assert_uint_eq(s.exhibits, 1);
		ck_assert_uint_eq(s.exhibit[0].masked, 1);
		ck_assert_uint_eq(s.exhibit[0].count, stream.count);
		size_t changed = 0;
		for (size_t i = 0; i < stream.count; i++)
			changed += s.exhibit[0].bytes[i] != stream.bytes[i];
		ck_assert_uint_eq(changed, 32 + strlen("TICKETTICKETTICKET"));
		ck_assert(!holds(s.exhibit[0].bytes, stream.count, "TICKET") && !holds(s.exhibit[0].bytes, stream.count, "SS"));
		memset(&again, 0, sizeof again);
		seen_feed(&again, &tls_parser, IND_SRC, s.exhibit[0].bytes, s.exhibit[0].count, RECORD_MAX, true);
		ck_assert_mem_eq(again.signal, s.signal, sizeof s.signal);
	}
}
END_TEST

/* More secrets than a client may send: all are covered. */
START_TEST(exhibit_with_secrets_repeated)
{
	static const uint16_t ciphers[] = { 0x1301 };
	struct wire h = { .count = 0 }, e = { .count = 0 }, secret = { .count = 0 };
	put_text(&secret, "KEYKEYKEY");
	for (int i = 0; i < 9; i++) {
		extension(&e, i % 2 ? TLS_EXT_SESSION_TICKET : TLS_EXT_PRE_SHARED_KEY, &secret);
		extension(&e, 0x0017, NULL);
	}
	client_hello(&h, 0x0303, ciphers, 1, &e);
	feed_records(&h, RECORD_MAX, RECORD_MAX);
	ck_assert_uint_eq(s.exhibits, 1);
	ck_assert(!holds(s.exhibit[0].bytes, s.exhibit[0].count, "KEY"));
}
END_TEST

static void server_flight(struct wire *stream, size_t record_size)
{
	static struct wire h;
	h.count = 0;
	server_hello(&h, 0x0303, NULL, 0xc02f, NULL);
	certificate_message(&h);
	records(stream, &h, record_size);
}

START_TEST(server_with_certificate)
{
	static const size_t sizes[] = { 1, 3, 50, RECORD_MAX };
	for (size_t i = 0; i < 4; i++) {
		for (size_t chunk = 1; chunk <= 4000; chunk = chunk * 7 + 1) {
			struct wire stream = { .count = 0 };
			setup();
			server_flight(&stream, sizes[i]);
			seen_feed(&s, &tls_parser, IND_DST, stream.bytes, stream.count, chunk, false);
			ck_assert_int_eq(s.outcome, PARSE_DONE);
			md5_is(IND_SIG_TLS_JA3S, "771,49199,");
			ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_CERT_SHA256), certificate_sha256);
			ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_SPKI_SHA256), certificate_spki_sha256);
			ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_CERT_SUBJECT), certificate_name);
			ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_CERT_ISSUER), certificate_name);
			ck_assert_uint_eq(s.signals, 6);
			ck_assert_uint_eq(s.exhibits, 1);
			ck_assert_uint_eq(s.exhibit[0].side, IND_SERVER);
			ck_assert_uint_eq(s.exhibit[0].masked, 1);
			ck_assert_uint_le(s.calls, 80);
		}
	}
}
END_TEST

/* The exhibit ends where the leaf ends, not with the chain. */
START_TEST(server_exhibit_ends_with_leaf)
{
	struct wire stream = { .count = 0 };
	server_flight(&stream, RECORD_MAX);
	seen_feed(&s, &tls_parser, IND_DST, stream.bytes, stream.count, RECORD_MAX, false);
	size_t hello = 4 + 2 + 32 + 1 + 32 + 2 + 1;
	ck_assert_uint_eq(s.exhibit[0].count, 5 + hello + 10 + sizeof certificate);
	ck_assert_mem_eq(s.exhibit[0].bytes + 5 + hello + 10, certificate, sizeof certificate);
}
END_TEST

/* Cut inside the certificate: the hello counts, and is kept alone. */
START_TEST(server_truncated)
{
	struct wire stream = { .count = 0 };
	server_flight(&stream, RECORD_MAX);
	for (size_t count = 5 + 74; count < 5 + 74 + 10 + sizeof certificate; count++) {
		setup();
		seen_feed(&s, &tls_parser, IND_DST, stream.bytes, count, RECORD_MAX, true);
		ck_assert_uint_eq(s.signals, 2);
		ck_assert_uint_eq(s.exhibits, 1);
		ck_assert_uint_eq(s.exhibit[0].count, 5 + 74);
		ck_assert_uint_eq(s.malformed, 0);
	}
}
END_TEST

START_TEST(server_resumes)
{
	static const uint8_t one = 1;
	struct wire stream = { .count = 0 }, h = { .count = 0 };
	server_hello(&h, 0x0303, NULL, 0xc02f, NULL);
	records(&stream, &h, RECORD_MAX);
	record(&stream, 20, &one, 1);
	put_be(&stream, 5, 0x1603030028);
	seen_feed(&s, &tls_parser, IND_DST, stream.bytes, stream.count, RECORD_MAX, false);
	ck_assert_int_eq(s.outcome, PARSE_DONE);
	ck_assert_uint_eq(s.signals, 2);
	ck_assert_uint_eq(s.exhibits, 1);
}
END_TEST

static void retry_hello(struct wire *h)
{
	static const char request[] = "HelloRetryRequest";
	uint8_t random[HASH_SHA256_BYTES];
	struct wire e = { .count = 0 }, version = { .count = 0 };
	hash_sha256(request, sizeof request - 1, random);
	put_be(&version, 2, 0x0304);
	extension(&e, TLS_EXT_SUPPORTED_VERSIONS, &version);
	server_hello(h, 0x0303, random, 0x1301, &e);
}

/* RFC 8446 section 4.1.4: retry request, ChangeCipherSpec for old middleboxes, then the real ServerHello. */
START_TEST(server_retries)
{
	static const uint8_t one = 1;
	struct wire stream = { .count = 0 }, h = { .count = 0 }, second = { .count = 0 }, e = { .count = 0 }, version = { .count = 0 };
	retry_hello(&h);
	records(&stream, &h, RECORD_MAX);
	record(&stream, 20, &one, 1);
	put_be(&version, 2, 0x0304);
	extension(&e, TLS_EXT_SUPPORTED_VERSIONS, &version);
	extension(&e, 51, NULL);
	server_hello(&second, 0x0303, NULL, 0x1301, &e);
	records(&stream, &second, RECORD_MAX);
	record(&stream, 23, stream.bytes, 40);
	for (size_t chunk = 1; chunk < 400; chunk += 13) {
		setup();
		seen_feed(&s, &tls_parser, IND_DST, stream.bytes, stream.count, chunk, false);
		ck_assert_int_eq(s.outcome, PARSE_DONE);
		ck_assert_uint_eq(s.signals, 4);
		ck_assert_uint_eq(s.exhibits, 2);
		ck_assert_str_eq(s.signal[1].value, "1.3");
		ck_assert_str_eq(s.signal[3].value, "1.3");
		ck_assert_str_ne(s.signal[0].value, s.signal[2].value);
	}
}
END_TEST

START_TEST(client_says_hello_twice)
{
	static const uint8_t one = 1;
	struct wire stream = { .count = 0 }, h = { .count = 0 };
	browser_hello(&h, true);
	records(&stream, &h, RECORD_MAX);
	record(&stream, 20, &one, 1);
	records(&stream, &h, RECORD_MAX);
	record(&stream, 23, stream.bytes, 40);
	seen_feed(&s, &tls_parser, IND_SRC, stream.bytes, stream.count, 50, false);
	ck_assert_int_eq(s.outcome, PARSE_DONE);
	ck_assert_uint_eq(s.signals, 10);
	ck_assert_uint_eq(s.exhibits, 2);
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_JA4), ja4_published);
}
END_TEST

/* Both directions share a word: once the server has chosen, nothing more is wanted of the client. */
START_TEST(client_is_done_when_server_chose)
{
	struct wire h = { .count = 0 }, stream = { .count = 0 }, flight = { .count = 0 };
	browser_hello(&h, true);
	feed_records(&h, RECORD_MAX, RECORD_MAX);
	ck_assert_int_eq(s.outcome, PARSE_MORE);
	struct seen server = { .shared = s.shared };
	server_flight(&flight, RECORD_MAX);
	seen_feed(&server, &tls_parser, IND_DST, flight.bytes, flight.count, RECORD_MAX, false);
	s.shared = server.shared;
	put_be(&stream, 4, 0x16030300);
	seen_feed(&s, &tls_parser, IND_SRC, stream.bytes, stream.count, 4, true);
	ck_assert_int_eq(s.outcome, PARSE_DONE);
}
END_TEST

/* Ciphertext that starts like a hello is not malformed. */
START_TEST(client_ciphertext_after_hello)
{
	static const uint8_t one = 1, cipher[64] = { 1, 0, 0, 60, 3, 3 };
	struct wire stream = { .count = 0 }, h = { .count = 0 };
	browser_hello(&h, true);
	records(&stream, &h, RECORD_MAX);
	record(&stream, 20, &one, 1);
	record(&stream, 22, cipher, sizeof cipher);
	seen_feed(&s, &tls_parser, IND_SRC, stream.bytes, stream.count, RECORD_MAX, false);
	ck_assert_int_eq(s.outcome, PARSE_DONE);
	ck_assert_uint_eq(s.malformed, 0);
	ck_assert_uint_eq(s.signals, 5);
}
END_TEST

static void ssl2_hello(struct wire *w, uint16_t version)
{
	size_t message;
	put_be(w, 2, 0);
	message = w->count;
	put_be(w, 1, TLS_CLIENT_HELLO);
	put_be(w, 2, version);
	put_be(w, 2, 6);
	put_be(w, 2, 16);
	put_be(w, 2, 16);
	put_be(w, 6, 0x0000040100800);
	put_fill(w, 'S', 16);
	put_fill(w, 'C', 16);
	close_length(w, 2, message);
	w->bytes[0] |= 0x80;
}

START_TEST(ssl2_form)
{
	struct wire w = { .count = 0 };
	ssl2_hello(&w, 0x0301);
	for (size_t i = 0; i < w.count; i++)
		ck_assert_int_eq(tls_parser.probe(cursor_of(w.bytes, i)), i < 11 ? PROBE_MORE : PROBE_YES);
	seen_feed(&s, &tls_parser, IND_SRC, w.bytes, w.count, 1, false);
	ck_assert_int_eq(s.outcome, PARSE_DONE);
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_VERSION), "1.0");
	ck_assert_uint_eq(s.signals, 1);
	ck_assert(s.exhibit[0].masked && !holds(s.exhibit[0].bytes, s.exhibit[0].count, "S"));
	w.bytes[6]++;
	ck_assert_int_eq(tls_parser.probe(cursor_of(w.bytes, w.count)), PROBE_NO);
}
END_TEST

START_TEST(probe_is_strong)
{
	struct wire h = { .count = 0 }, stream = { .count = 0 };
	browser_hello(&h, true);
	records(&stream, &h, RECORD_MAX);
	for (size_t i = 0; i <= stream.count; i++)
		ck_assert_int_eq(tls_parser.probe(cursor_of(stream.bytes, i)), i < 11 ? PROBE_MORE : PROBE_YES);
	static const size_t checked[] = { 0, 1, 2, 5, 6, 9, 10 };
	for (size_t i = 0; i < sizeof checked / sizeof *checked; i++) {
		stream.bytes[checked[i]] ^= 0x60;
		ck_assert_int_eq(tls_parser.probe(cursor_of(stream.bytes, stream.count)), PROBE_NO);
		stream.bytes[checked[i]] ^= 0x60;
	}
	stream.count = 0;
	records(&stream, &h, 1);
	for (size_t i = 0; i < 40; i++)
		ck_assert_int_eq(tls_parser.probe(cursor_of(stream.bytes, i)), i < 36 ? PROBE_MORE : PROBE_YES);
	ck_assert_int_eq(tls_parser.probe(cursor_of("SSH-2.0-x\r\n", 11)), PROBE_NO);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tls");
	TCase *tcase = tcase_create("tls");
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, browser_with_and_without_grease);
	tcase_add_test(tcase, ja3_published);
	tcase_add_test(tcase, ja3_without_extensions);
	tcase_add_test(tcase, ja3s_of_known_string);
	tcase_add_test(tcase, alpn_code_of_ja4);
	tcase_add_test(tcase, ja4_counts_stop_at_99_and_order_does_not_matter);
	tcase_add_test(tcase, version_texts);
	tcase_add_test(tcase, hello_in_pieces);
	tcase_add_test(tcase, every_truncation_waits);
	tcase_add_test(tcase, every_damaged_byte);
	tcase_add_test(tcase, list_longer_than_its_extension);
	tcase_add_test(tcase, exhibit_keeps_no_secret);
	tcase_add_test(tcase, exhibit_with_secrets_repeated);
	tcase_add_test(tcase, server_with_certificate);
	tcase_add_test(tcase, server_exhibit_ends_with_leaf);
	tcase_add_test(tcase, server_truncated);
	tcase_add_test(tcase, server_resumes);
	tcase_add_test(tcase, server_retries);
	tcase_add_test(tcase, client_says_hello_twice);
	tcase_add_test(tcase, client_is_done_when_server_chose);
	tcase_add_test(tcase, client_ciphertext_after_hello);
	tcase_add_test(tcase, ssl2_form);
	tcase_add_test(tcase, probe_is_strong);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
