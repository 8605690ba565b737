/* SPDX-License-Identifier: Apache-2.0 */
#include "tls_build.h"

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

int main(void)
{
	Suite *suite = suite_create("tls_server");
	TCase *tcase = tcase_create("tls_server");
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, ja3s_of_known_string);
	tcase_add_test(tcase, server_with_certificate);
	tcase_add_test(tcase, server_exhibit_ends_with_leaf);
	tcase_add_test(tcase, server_truncated);
	tcase_add_test(tcase, server_resumes);
	tcase_add_test(tcase, server_retries);
	tcase_add_test(tcase, client_is_done_when_server_chose);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
