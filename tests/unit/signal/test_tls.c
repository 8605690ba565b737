/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/tls_memo.h"
#include "tls_build.h"

static void browser_signals_are_right(void)
{
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_JA4), ja4_published);
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_SNI), "www.example.org");
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_ALPN), "h2,http/1.1");
	ck_assert_pstr_eq(seen_value(&s, IND_SIG_TLS_VERSION), "1.3");
	md5_is(IND_SIG_TLS_JA3,
		"771,4865-4866-4867-49195-49199-49196-49200-52393-52392-49171-49172-156-157-47-53,"
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

START_TEST(alpn_code_of_ja4)
{
	static const struct {
		const char *alpn, *code;
	} cases[] = {
		{ "h2", "h2" },
		{ "http/1.1", "h1" },
		{ "h", "hh" },
		{ "\xab", "ab" },
		{ "\xab\xcd", "ad" },
		{ "0\xab", "3b" },
		{ "01\xab\xcd", "3d" },
		{ "0\xab\xcd"
		  "1",
			"01" },
		{ "a-", "6d" },
		{ "", "00" },
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

/* What the memo gives is what computing gives, whatever it held before: hellos that recur, share a line, or differ in one number. */
START_TEST(memo_changes_nothing)
{
	static struct tls_memo memo;
	static uint16_t ciphers[400];
	static struct wire h, extensions;
	uint32_t random = 1;
	for (int round = 0; round < 4000; round++) {
		random = random * 1664525 + 1013904223;
		size_t count = round % 97 == 0 ? 400 : 1 + (random >> 28);
		for (size_t i = 0; i < count; i++)
			ciphers[i] = i == (random >> 20) % 16 ? GREASE_1 : (uint16_t)(0xc000 + i * (1 + (random >> 24) % 3));
		extensions.count = h.count = 0;
		extension_words(&extensions, TLS_EXT_GROUPS, 2, ciphers, 1 + (random >> 26) % 3);
		if (random >> 16 & 1)
			extension_sni(&extensions, "example.org");
		client_hello(&h, random >> 17 & 1 ? 0x0303 : 0x0302, ciphers, count, &extensions);
		struct tls_hello hello;
		struct tls_client_print with, without;
		ck_assert(tls_client_hello_read(cursor_of(h.bytes, h.count), &hello));
		tls_client_print(&memo, &hello, 't', &with);
		tls_client_print(NULL, &hello, 't', &without);
		ck_assert_mem_eq(with.ja3, without.ja3, sizeof with.ja3);
		ck_assert_mem_eq(with.ja4, without.ja4, sizeof with.ja4);
	}
}
END_TEST

START_TEST(version_texts)
{
	static const struct {
		uint16_t version;
		const char *text;
	} cases[] = { { 0x0304, "1.3" }, { 0x0303, "1.2" }, { 0x0302, "1.1" }, { 0x0301, "1.0" }, { 0x0300, "ssl3" }, { 0x0002, "ssl2" },
		{ 0x7f17, "1.3-draft23" }, { 0xfb1a, "0xfb1a" } };
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

/* Alerts between the pieces of a hello are passed over, a stream of nothing but alerts is not followed. */
START_TEST(few_alerts_are_passed_over)
{
	static const uint8_t alert[] = { 1, 112 };
	for (int alerts = 1; alerts < 20; alerts++) {
		struct wire stream = { .count = 0 }, h = { .count = 0 }, head = { .count = 0 }, tail = { .count = 0 };
		setup();
		browser_hello(&h, true);
		put(&head, h.bytes, 100);
		put(&tail, h.bytes + 100, h.count - 100);
		records(&stream, &head, RECORD_MAX);
		for (int i = 0; i < alerts; i++)
			record(&stream, 21, alert, sizeof alert);
		records(&stream, &tail, RECORD_MAX);
		seen_feed(&s, &tls_parser, IND_SRC, stream.bytes, stream.count, 10, false);
		if (alerts <= 8)
			browser_signals_are_right();
		else
			ck_assert_int_eq(s.outcome, PARSE_NOT);
	}
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
	tcase_add_test(tcase, alpn_code_of_ja4);
	tcase_add_test(tcase, ja4_counts_stop_at_99_and_order_does_not_matter);
	tcase_add_test(tcase, memo_changes_nothing);
	tcase_add_test(tcase, version_texts);
	tcase_add_test(tcase, hello_in_pieces);
	tcase_add_test(tcase, every_truncation_waits);
	tcase_add_test(tcase, every_damaged_byte);
	tcase_add_test(tcase, list_longer_than_its_extension);
	tcase_add_test(tcase, exhibit_keeps_no_secret);
	tcase_add_test(tcase, exhibit_with_secrets_repeated);
	tcase_add_test(tcase, client_says_hello_twice);
	tcase_add_test(tcase, client_ciphertext_after_hello);
	tcase_add_test(tcase, few_alerts_are_passed_over);
	tcase_add_test(tcase, ssl2_form);
	tcase_add_test(tcase, probe_is_strong);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
