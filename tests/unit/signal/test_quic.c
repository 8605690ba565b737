/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: hellos in one piece and in many, retries, refusals, and what shows that the client is where it says. */
#include "support/suite.h"
#include "quic_talk.h"

static void client_hello_was_seen(const char *version)
{
	uint8_t psk[HASH_SHA256_BYTES];
	char psk_hex[2 * HASH_SHA256_BYTES + 1];
	hash_sha256(resumed, strlen(resumed), psk);
	hash_hex(psk, sizeof psk, psk_hex);
	ck_assert_str_eq(feed_value(&t.seen, IND_SIG_TLS_PSK, 0), psk_hex);
	ck_assert_str_eq(feed_value(&t.seen, IND_SIG_QUIC_VERSION, 0), version);
	ck_assert_str_eq(feed_value(&t.seen, IND_SIG_TLS_SNI, 0), "www.example.org");
	ck_assert_str_eq(feed_value(&t.seen, IND_SIG_TLS_ALPN, 0), "h3");
	ck_assert_str_eq(feed_value(&t.seen, IND_SIG_TLS_VERSION, 0), "1.3");
	ck_assert_mem_eq(feed_value(&t.seen, IND_SIG_TLS_JA4, 0), "q13d0306h3_", 11);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA3), 1);
}

START_TEST(a_connection_from_hello_to_handshake)
{
	static const uint32_t version[] = { V1, V2, DRAFT_29 };
	static const char *const text[] = { "0x00000001", "0x6b3343cf", "0xff00001d" };
	client_speaks(version[_i]);
	ck_assert_int_eq(t.outcome, PARSE_MORE);
	ck_assert_int_eq(t.validated, IND_VALID_ONE_WAY);
	ck_assert_uint_eq(t.client_way, CLIENT_WAY);
	client_hello_was_seen(text[_i]);
	ck_assert_uint_eq(t.seen.seen.exhibits, 1);
	ck_assert_uint_eq(t.seen.seen.exhibit[0].count, w.count);
	server_speaks(version[_i]);
	ck_assert_int_eq(t.outcome, PARSE_MORE);
	ck_assert_int_eq(t.validated, IND_VALID_NO);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA3S), 1);
	ck_assert_str_eq(feed_value(&t.seen, IND_SIG_TLS_VERSION, 1), "1.3");
	w.count = 0;
	put_opaque(&w, version[_i], QUIC_HANDSHAKE, server_id, client_id, 60);
	hear(CLIENT_WAY);
	ck_assert_int_eq(t.validated, IND_VALID_QUIC);
	ck_assert_int_eq(t.outcome, PARSE_DONE);
	ck_assert_uint_eq(t.seen.seen.malformed, 0);
	ck_assert_uint_eq(t.table.gathers.in_use, 0);
}
END_TEST

START_TEST(a_hello_in_pieces_of_every_order)
{
	enum { PIECES = 5 };
	static const unsigned order[][PIECES] = { { 0, 1, 2, 3, 4 }, { 4, 3, 2, 1, 0 }, { 2, 0, 4, 1, 3 }, { 1, 1, 3, 4, 0 },
		{ 3, 4, 0, 2, 1 } };
	size_t size = hello.count / PIECES + 1;
	for (unsigned i = 0; i < PIECES; i++) {
		size_t at = order[_i][i] * size;
		piece(&hello, at, at + size < hello.count ? size : hello.count - at, i, V1);
	}
	if (_i == 3)
		piece(&hello, 2 * size, size, PIECES, V1);
	client_hello_was_seen("0x00000001");
	ck_assert_uint_eq(t.seen.seen.exhibits, PIECES);
	ck_assert_uint_eq(t.parts, PIECES - 1);
	ck_assert_uint_eq(t.table.gathers.in_use, 0);
}
END_TEST

/* Frames of one packet in disorder, between everything that an Initial packet may hold. */
START_TEST(other_frames_are_passed_over)
{
	struct shape shape = client_shape(V1, 3);
	size_t half = hello.count / 2;
	frames.count = 0;
	put_crypto(&frames, half, hello.bytes + half, hello.count - half);
	hex(&frames, "01000001"); /* PING, PADDING, PADDING, PING */
	hex(&frames,
		"024064050203"
		"0102"
		"0304"); /* ACK of three ranges, the first and two more */
	hex(&frames,
		"0305000001"
		"010203"); /* ACK_ECN: one range, three counters */
	put_crypto(&frames, 0, hello.bytes, half);
	hex(&frames,
		"1c0a0605"
		"6279656279"); /* CONNECTION_CLOSE with 5 bytes of reason */
	initial(CLIENT_WAY, &shape);
	client_hello_was_seen("0x00000001");
	ck_assert_uint_eq(t.seen.seen.malformed, 0);
}
END_TEST

START_TEST(a_frame_that_may_not_stand_there_is_malformed)
{
	struct shape shape = client_shape(V1, 0);
	frames.count = 0;
	put_fill(&frames, 0x08, 30); /* STREAM */
	initial(CLIENT_WAY, &shape);
	ck_assert_uint_eq(t.seen.seen.malformed, 1);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_QUIC_VERSION), 1);
}
END_TEST

START_TEST(something_else_than_a_hello_is_malformed)
{
	hello.bytes[0] = _i ? TLS_CERTIFICATE : TLS_SERVER_HELLO;
	client_speaks(V1);
	ck_assert_uint_eq(t.seen.seen.malformed, 1);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA3), 0);
	ck_assert_uint_eq(t.table.gathers.in_use, 0);
}
END_TEST

/* What is cut inside the frames, though the packet's tag is right. */
START_TEST(frames_that_are_cut_anywhere)
{
	static struct wire whole;
	whole.count = 0;
	hex(&whole,
		"024064050203"
		"0102"
		"0304"
		"1c0a0605"
		"6279656279");
	put_crypto(&whole, 0, hello.bytes, 200);
	for (size_t count = 0; count < whole.count; count++) {
		struct shape shape = client_shape(V1, 0);
		conversation_reset(&t);
		frames.count = 0;
		put(&frames, whole.bytes, count);
		shape.number_bytes = 4;
		initial(CLIENT_WAY, &shape);
		ck_assert_uint_le(t.seen.seen.malformed, 1);
		ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA3), 0);
	}
}
END_TEST

START_TEST(a_datagram_that_is_cut_says_nothing)
{
	client_speaks(V1);
	for (size_t count = 0; count < w.count; count++) {
		conversation_reset(&t);
		conversation_hear(&t, &quic_parser, CLIENT_WAY, w.bytes, count);
		ck_assert_uint_eq(t.seen.seen.signals, 0);
		ck_assert_int_eq(t.outcome, PARSE_NOT);
	}
}
END_TEST

START_TEST(offsets_beyond_all_measure)
{
	struct shape shape = client_shape(V1, 0);
	frames.count = 0;
	put_crypto(&frames, UINT64_C(0x3fffffffffffff00), "0123456789", 10);
	put_crypto(&frames, GATHER_BYTES - 5, "0123456789", 10);
	put_crypto(&frames, GATHER_BYTES, "0123456789", 10);
	initial(CLIENT_WAY, &shape);
	ck_assert_uint_eq(t.seen.seen.malformed, 0);
	client_speaks(V1);
	client_hello_was_seen("0x00000001");
}
END_TEST

/* RFC 9000 section 17.2.5: new keys, from the server's id; the token comes back. */
START_TEST(a_retry)
{
	client_speaks(V1);
	retry_build(first_id, retry_id);
	w.bytes[w.count - 1] ^= 1;
	hear(SERVER_WAY);
	ck_assert_int_eq(t.validated, IND_VALID_UNTESTABLE); /* its tag is wrong: anyone may have sent it */
	w.bytes[w.count - 1] ^= 1;
	hear(SERVER_WAY);
	ck_assert_int_eq(t.validated, IND_VALID_NO);
	struct shape shape = { V1, IND_CLIENT, retry_id, retry_id, client_id, "6120746f6b656e", 1, 2 };
	if (_i)
		shape.token = "6220746f6b656e";
	frames.count = 0;
	put_crypto(&frames, 0, hello.bytes, hello.count);
	initial(CLIENT_WAY, &shape);
	ck_assert_int_eq(t.validated, _i ? IND_VALID_UNTESTABLE : IND_VALID_QUIC);
	struct shape reply = { V1, IND_SERVER, retry_id, client_id, server_id, NULL, 0, 2 };
	frames.count = 0;
	put_crypto(&frames, 0, answer.bytes, answer.count);
	initial(SERVER_WAY, &reply);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA3S), 1);
	ck_assert_int_eq(t.outcome, _i ? PARSE_MORE : PARSE_DONE);
}
END_TEST

/* RFC 8446 section 4.1.4: the second hello follows the first in the stream of CRYPTO frames. */
START_TEST(a_hello_retry_request)
{
	static const uint8_t retry[32] = {
		0xcf,
		0x21,
		0xad,
		0x74,
		0xe5,
		0x9a,
		0x61,
		0x11,
		0xbe,
		0x1d,
		0x8c,
		0x02,
		0x1e,
		0x65,
		0xb8,
		0x91,
		0xc2,
		0xa2,
		0x11,
		0x16,
		0x7a,
		0xbb,
		0x8c,
		0x5e,
		0x07,
		0x9e,
		0x09,
		0xe2,
		0xc8,
		0xa8,
		0x33,
		0x9c,
	};
	client_speaks(V1);
	size_t second = hello.count, request = answer.count;
	memcpy(answer.bytes + 6, retry, sizeof retry);
	server_speaks(V1);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA3S), 1);
	put(&hello, hello.bytes, second);
	piece(&hello, second, second, 1, V1);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA3), 2);
	put(&answer, answer.bytes, request);
	answer.bytes[request + 6] ^= 1;
	piece(&answer, request, request, 1, V1);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA3S), 2);
	client_speaks(V1);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA3), 2);
}
END_TEST

START_TEST(a_version_that_the_server_refuses)
{
	w.count = 0;
	hex(&w, "c01a2a3a4a");
	put_id(&w, first_id);
	put_id(&w, client_id);
	put_fill(&w, 0, 1200 - w.count);
	ck_assert(quic_parser.begins(bytes_of(&w)));
	hear(CLIENT_WAY);
	ck_assert_int_eq(t.outcome, PARSE_MORE);
	w.count = 0;
	hex(&w, "8000000000");
	put_id(&w, client_id);
	put_id(&w, _i ? server_id : first_id);
	hex(&w, "00000001");
	hear(SERVER_WAY);
	ck_assert_uint_eq(t.seen.seen.signals, 0);
	ck_assert_int_eq(t.outcome, _i ? PARSE_NOT : PARSE_MORE);
	client_speaks(V1);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_QUIC_VERSION), _i ? 1 : 2);
	ck_assert_str_eq(feed_value(&t.seen, IND_SIG_QUIC_VERSION, 0), "0x00000001");
	if (!_i)
		ck_assert_str_eq(feed_value(&t.seen, IND_SIG_QUIC_VERSION, 1), "0x1a2a3a4a");
	server_speaks(V1);
	ck_assert_int_eq(t.validated, IND_VALID_NO);
}
END_TEST

/* RFC 9368: the server answers in another version, with keys from the same id, and the client follows. */
START_TEST(the_server_may_go_on_in_another_version)
{
	client_speaks(V1);
	server_speaks(V2);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA3S), 1);
	ck_assert_int_eq(t.validated, IND_VALID_NO);
}
END_TEST

START_TEST(what_proves_that_the_client_received)
{
	client_speaks(V1);
	opaque(CLIENT_WAY, QUIC_HANDSHAKE, server_id, client_id);
	ck_assert_int_eq(t.validated, IND_VALID_ONE_WAY); /* before any answer */
	server_speaks(V1);
	opaque(CLIENT_WAY, QUIC_HANDSHAKE, first_id, client_id);
	ck_assert_int_eq(t.validated, IND_VALID_NO); /* to an id that the client made up */
	opaque(CLIENT_WAY, QUIC_ZERO_RTT, server_id, client_id);
	ck_assert_int_eq(t.validated, IND_VALID_UNTESTABLE);
	opaque(SERVER_WAY, QUIC_HANDSHAKE, client_id, server_id);
	ck_assert_int_eq(t.validated, IND_VALID_UNTESTABLE);
	/* Behind another packet in one datagram. */
	w.count = 0;
	put_opaque(&w, V1, QUIC_ZERO_RTT, server_id, client_id, 30);
	put_opaque(&w, V1, QUIC_HANDSHAKE, server_id, client_id, 30);
	hear(CLIENT_WAY);
	ck_assert_int_eq(t.validated, IND_VALID_QUIC);
	ck_assert_int_eq(t.outcome, PARSE_DONE);
}
END_TEST

START_TEST(a_short_header_with_the_servers_id_is_no_silence)
{
	client_speaks(V1);
	server_speaks(V1);
	w.count = 0;
	hex(&w, "40");
	hex(&w, server_id);
	hear(SERVER_WAY);
	ck_assert_int_eq(t.validated, IND_VALID_NO);
	w.count--;
	hear(CLIENT_WAY);
	ck_assert_int_eq(t.validated, IND_VALID_NO);
	w.count++;
	hear(CLIENT_WAY);
	ck_assert_int_eq(t.validated, IND_VALID_UNTESTABLE);
}
END_TEST

START_TEST(patience_ends_and_nothing_is_claimed)
{
	client_speaks(V1);
	server_speaks(V1);
	unsigned more = 0;
	for (; t.outcome == PARSE_MORE && more < 1000; more++)
		opaque(SERVER_WAY, QUIC_HANDSHAKE, client_id, server_id);
	ck_assert_uint_eq(more, 62);
	ck_assert_int_eq(t.validated, IND_VALID_UNTESTABLE);
}
END_TEST

START_TEST(another_connection_of_the_same_ends)
{
	client_speaks(V1);
	piece(&hello, 5, 20, 1, V1);
	struct shape shape = { V1, IND_CLIENT, retry_id, retry_id, client_id, NULL, 0, 1 };
	frames.count = 0;
	put_crypto(&frames, 0, hello.bytes, hello.count);
	initial(CLIENT_WAY, &shape);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA3), 2);
	ck_assert_uint_eq(t.table.gathers.in_use, 0);
}
END_TEST

/* RFC 9287: an end that has been allowed to sends anything in the bit that was fixed. */
START_TEST(the_fixed_bit_need_not_be_set_in_answers)
{
	struct shape shape = server_shape(V1, 0);
	client_speaks(V1);
	frames.count = w.count = 0;
	put_crypto(&frames, 0, answer.bytes, answer.count);
	clear_fixed_bit = true;
	put_initial(&w, &shape, &frames);
	clear_fixed_bit = false;
	hear(SERVER_WAY);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA3S), 1);
	w.count = 0;
	put_opaque(&w, V1, QUIC_HANDSHAKE, server_id, client_id, 60);
	w.bytes[0] &= 0xbf;
	hear(CLIENT_WAY);
	ck_assert_int_eq(t.validated, IND_VALID_QUIC);
}
END_TEST

START_TEST(what_may_begin_a_conversation)
{
	static const struct {
		const char *start;
		bool begins;
	} row[] = {
		{ "c000000001088394c8f03e515708", true },
		{ "d06b3343cf088394c8f03e515708", true },
		{ "c0ff00001d088394c8f03e515708", true },
		{ "4000000001088394c8f03e515708", false },
		{ "8000000001088394c8f03e515708", false },
		{ "d000000001088394c8f03e515708", false },
		{ "c06b3343cf088394c8f03e515708", false },
		{ "c000000001078394c8f03e515708", false },
		{ "c000000001158394c8f03e515708", false },
		{ "c000000000088394c8f03e515708", false },
		{ "c01a2a3a4a088394c8f03e515708", false },
		{ "c0000000", false },
		{ "c000000001", false },
		{ "", false },
	};
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		w.count = 0;
		hex(&w, row[i].start);
		ck_assert_msg(quic_parser.begins(bytes_of(&w)) == row[i].begins, "row %zu", i);
	}
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("quic");
	tcase_add_checked_fixture(c, start, finish);
	tcase_add_loop_test(c, a_connection_from_hello_to_handshake, 0, 3);
	tcase_add_loop_test(c, a_hello_in_pieces_of_every_order, 0, 5);
	tcase_add_test(c, other_frames_are_passed_over);
	tcase_add_test(c, a_frame_that_may_not_stand_there_is_malformed);
	tcase_add_loop_test(c, something_else_than_a_hello_is_malformed, 0, 2);
	tcase_add_test(c, frames_that_are_cut_anywhere);
	tcase_add_test(c, a_datagram_that_is_cut_says_nothing);
	tcase_add_test(c, offsets_beyond_all_measure);
	tcase_add_loop_test(c, a_retry, 0, 2);
	tcase_add_test(c, a_hello_retry_request);
	tcase_add_loop_test(c, a_version_that_the_server_refuses, 0, 2);
	tcase_add_test(c, the_server_may_go_on_in_another_version);
	tcase_add_test(c, what_proves_that_the_client_received);
	tcase_add_test(c, a_short_header_with_the_servers_id_is_no_silence);
	tcase_add_test(c, patience_ends_and_nothing_is_claimed);
	tcase_add_test(c, another_connection_of_the_same_ends);
	tcase_add_test(c, the_fixed_bit_need_not_be_set_in_answers);
	tcase_add_test(c, what_may_begin_a_conversation);
	return suite_run("signal.quic", c);
}
