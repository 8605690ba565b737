/* SPDX-License-Identifier: Apache-2.0 */
#include "support/suite.h"
#include "dtls_build.h"

#define VALUE_IS(id, n, want) ck_assert_str_eq(feed_value(&t.seen, IND_SIG_TLS_##id, n), want)

static void md5_of(const char *text, char hex[static 2 * HASH_MD5_BYTES + 1])
{
	uint8_t md5[HASH_MD5_BYTES];
	hash_md5(text, strlen(text), md5);
	hash_hex(md5, sizeof md5, hex);
}

static void hello_was_seen(const char *version, const char *ja3, const char *ja4)
{
	char hex[2 * HASH_MD5_BYTES + 1];
	md5_of(ja3, hex);
	VALUE_IS(JA3, 0, hex);
	VALUE_IS(SNI, 0, "dtls.example");
	VALUE_IS(VERSION, 0, version);
	ck_assert_mem_eq(feed_value(&t.seen, IND_SIG_TLS_JA4, 0), ja4, strlen(ja4));
	ck_assert_uint_eq(t.seen.seen.malformed, 0);
}

START_TEST(a_handshake_with_a_cookie_and_a_certificate)
{
	hello_build(DTLS_1_2, "", false);
	whole(TLS_CLIENT_HELLO, 0);
	ck_assert(dtls_parser.begins(cursor_of(w.bytes, w.count)));
	hear(CLIENT_WAY);
	hello_was_seen("dtls1.2", "65277,49195-49199-255,0-35,,", "dd2d030200_");
	body.count = 0;
	put_text(&body,
		"\xfe\xff\x06"
		"cookie");
	whole(VERIFY, 0);
	hear(SERVER_WAY);
	hello_build(DTLS_1_2, "cookie", false);
	whole(TLS_CLIENT_HELLO, 1);
	hear(CLIENT_WAY);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA4), 2);
	VALUE_IS(JA4, 1, feed_value(&t.seen, IND_SIG_TLS_JA4, 0));
	answer_build(DTLS_1_2, false);
	whole(TLS_SERVER_HELLO, 1);
	certificate_build();
	whole(TLS_CERTIFICATE, 2);
	hear(SERVER_WAY);
	ck_assert_int_eq(t.outcome, PARSE_DONE);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_CERT_SHA256), 1);
	char hex[2 * HASH_MD5_BYTES + 1];
	md5_of("65277,49195,", hex);
	VALUE_IS(JA3S, 0, hex);
	ck_assert_int_eq(t.validated, IND_VALID_UNTESTABLE);
}
END_TEST

START_TEST(secrets_do_not_stand_in_exhibits)
{
	hello_build(DTLS_1_2, "cookie", false);
	whole(TLS_CLIENT_HELLO, 0);
	size_t count = w.count;
	hear(CLIENT_WAY);
	answer_build(DTLS_1_0, false);
	whole(TLS_SERVER_HELLO, 1);
	hear(SERVER_WAY);
	ck_assert_uint_eq(t.seen.seen.exhibits, 2);
	ck_assert_uint_eq(t.seen.seen.exhibit[0].count, count);
	for (size_t i = 0; i < 2; i++) {
		ck_assert(!holds(t.seen.seen.exhibit[i].bytes, t.seen.seen.exhibit[i].count, "SSSS"));
		ck_assert(!holds(t.seen.seen.exhibit[i].bytes, t.seen.seen.exhibit[i].count, "TICKET"));
		ck_assert(holds(t.seen.seen.exhibit[i].bytes, t.seen.seen.exhibit[i].count, "xxxxxxxxxxxxxxxx"));
		ck_assert_uint_eq(t.seen.seen.exhibit[i].masked, 1);
	}
	ck_assert(holds(t.seen.seen.exhibit[0].bytes, count, "cookie"));
}
END_TEST

START_TEST(two_hellos_in_one_datagram_are_not_shown)
{
	hello_build(DTLS_1_2, "", false);
	whole(TLS_CLIENT_HELLO, 0);
	whole(TLS_CLIENT_HELLO, 1);
	hear(CLIENT_WAY);
	ck_assert_uint_eq(t.seen.seen.exhibits, 0);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA3), 2);
}
END_TEST

START_TEST(messages_in_fragments)
{
	bool apart = _i >= 3;
	hello_build(DTLS_1_2, "", false);
	in_pieces(TLS_CLIENT_HELLO, 0, CLIENT_WAY, (unsigned)_i % 3, apart);
	hello_was_seen("dtls1.2", "65277,49195-49199-255,0-35,,", "dd2d030200_");
	/* The certificate before the hello that it belongs to: datagrams overtake each other. */
	certificate_build();
	in_pieces(TLS_CERTIFICATE, 2, SERVER_WAY, (unsigned)_i % 3, apart);
	answer_build(DTLS_1_2, false);
	in_pieces(TLS_SERVER_HELLO, 1, SERVER_WAY, (unsigned)_i % 3, apart);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_CERT_SHA256), 1);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA3S), 1);
	ck_assert_int_eq(t.outcome, PARSE_DONE);
	ck_assert_uint_eq(t.table.gathers.in_use, 0);
	for (size_t i = 0; i < t.seen.seen.exhibits; i++)
		ck_assert(!holds(t.seen.seen.exhibit[i].bytes, t.seen.seen.exhibit[i].count, "SSSS"));
	ck_assert_uint_ge(t.seen.seen.exhibits, 1);
}
END_TEST

/* Half of the first hello is lost; the second one is whole in its pieces. */
START_TEST(pieces_of_two_messages_are_not_mixed)
{
	hello_build(DTLS_1_0, "", false);
	fragment_record(TLS_CLIENT_HELLO, 0, 0, 60);
	hear(CLIENT_WAY);
	hello_build(DTLS_1_2, "", false);
	in_pieces(TLS_CLIENT_HELLO, 1, CLIENT_WAY, 1, true);
	hello_was_seen("dtls1.2", "65277,49195-49199-255,0-35,,", "dd2d030200_");
}
END_TEST

START_TEST(version_1_3)
{
	hello_build(DTLS_1_2, "", true);
	whole(TLS_CLIENT_HELLO, 0);
	hear(CLIENT_WAY);
	hello_was_seen("dtls1.3", "65277,49195-49199-255,0-35-43,,", "dd3d030300_");
	answer_build(DTLS_1_3, false);
	whole(TLS_SERVER_HELLO, 0);
	hear(SERVER_WAY);
	VALUE_IS(VERSION, 1, "dtls1.3");
	ck_assert_int_eq(t.outcome, PARSE_DONE);
}
END_TEST

START_TEST(a_resumed_session_shows_no_certificate)
{
	hello_build(DTLS_1_0, "", false);
	whole(TLS_CLIENT_HELLO, 0);
	hear(CLIENT_WAY);
	hello_was_seen("dtls1.0", "65279,49195-49199-255,0-35,,", "dd1d030200_");
	answer_build(DTLS_1_0, false);
	whole(TLS_SERVER_HELLO, 0);
	size_t opened = record_open(DTLS_CHANGE_CIPHER_SPEC);
	put_be(&w, 1, 1);
	close_length(&w, 2, opened);
	hear(SERVER_WAY);
	ck_assert_int_eq(t.outcome, PARSE_DONE);
}
END_TEST

START_TEST(what_is_not_dtls_is_left_to_others)
{
	hello_build(DTLS_1_2, "", false);
	whole(TLS_CLIENT_HELLO, 0);
	hear(CLIENT_WAY);
	put_fill(&w, 0x80, 40); /* RTP beside it */
	hear(CLIENT_WAY);
	ck_assert_int_eq(t.outcome, PARSE_NOT);
}
END_TEST

START_TEST(a_datagram_that_is_cut_anywhere)
{
	static struct wire all;
	hello_build(DTLS_1_2, "", false);
	whole(TLS_CLIENT_HELLO, 0);
	all.count = 0;
	put(&all, w.bytes, w.count);
	for (size_t count = 0; count < all.count; count++) {
		conversation_reset(&t);
		conversation_hear(&t, &dtls_parser, CLIENT_WAY, all.bytes, count);
		ck_assert_int_eq(t.outcome, PARSE_NOT);
		ck_assert(!dtls_parser.begins(cursor_of(all.bytes, count)));
		ck_assert_uint_eq(t.seen.seen.signals, 0);
	}
}
END_TEST

START_TEST(a_message_that_is_cut_is_malformed)
{
	hello_build(DTLS_1_2, "cookie", false);
	static struct wire all;
	all.count = 0;
	put(&all, body.bytes, body.count);
	for (size_t count = 34; count < all.count; count++) {
		conversation_reset(&t);
		body.count = count;
		w.count = 0;
		whole(TLS_CLIENT_HELLO, 0);
		hear(CLIENT_WAY);
		ck_assert_uint_le(t.seen.seen.malformed, 1);
		ck_assert(t.seen.seen.malformed == 1 || count == all.count - extensions.count - 2);
	}
}
END_TEST

START_TEST(fragments_that_contradict_themselves)
{
	static const struct {
		unsigned at, width, value;
	} row[] = { { 13 + 1, 3, 20 }, { 13 + 6, 3, 0xffffff }, { 13 + 9, 3, 0xffff }, { 13 + 1, 3, 0xffffff } };
	hello_build(DTLS_1_2, "", false);
	whole(TLS_CLIENT_HELLO, 0);
	for (unsigned i = 0; i < row[_i].width; i++)
		w.bytes[row[_i].at + i] = (uint8_t)(row[_i].value >> 8 * (row[_i].width - 1 - i));
	hear(CLIENT_WAY);
	ck_assert_uint_eq(t.seen.seen.malformed, 1);
	ck_assert_uint_eq(t.seen.seen.signals, 0);
	ck_assert_uint_eq(t.seen.seen.exhibits, 0);
}
END_TEST

START_TEST(a_certificate_list_of_impossible_lengths)
{
	hello_build(DTLS_1_2, "", false);
	whole(TLS_CLIENT_HELLO, 0);
	hear(CLIENT_WAY);
	certificate_build();
	body.bytes[_i] = 0xff;
	whole(TLS_CERTIFICATE, 1);
	hear(SERVER_WAY);
	ck_assert_uint_eq(t.seen.seen.malformed, 1);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_CERT_SHA256), 0);
}
END_TEST

START_TEST(patience_ends)
{
	hello_build(DTLS_1_2, "", false);
	unsigned count = 0;
	t.seen.no_exhibits = true;
	for (; t.outcome == PARSE_MORE && count < 1000; count++) {
		t.seen.seen.signals = 0;
		whole(TLS_CLIENT_HELLO, 0);
		hear(CLIENT_WAY);
	}
	ck_assert_uint_eq(count, 64);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("dtls");
	tcase_add_checked_fixture(c, start, finish);
	tcase_add_test(c, a_handshake_with_a_cookie_and_a_certificate);
	tcase_add_test(c, secrets_do_not_stand_in_exhibits);
	tcase_add_test(c, two_hellos_in_one_datagram_are_not_shown);
	tcase_add_loop_test(c, messages_in_fragments, 0, 6);
	tcase_add_test(c, pieces_of_two_messages_are_not_mixed);
	tcase_add_test(c, version_1_3);
	tcase_add_test(c, a_resumed_session_shows_no_certificate);
	tcase_add_test(c, what_is_not_dtls_is_left_to_others);
	tcase_add_test(c, a_datagram_that_is_cut_anywhere);
	tcase_add_test(c, a_message_that_is_cut_is_malformed);
	tcase_add_loop_test(c, fragments_that_contradict_themselves, 0, 4);
	tcase_add_loop_test(c, a_certificate_list_of_impossible_lengths, 0, 2);
	tcase_add_test(c, patience_ends);
	return suite_run("signal.dtls", c);
}
