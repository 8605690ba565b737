/* SPDX-License-Identifier: Apache-2.0 */
/* Round trips of a connection: what is asked and answered, and what leaves open which question an answer belongs to. */
#include "support/suite.h"
#include "quic_talk.h"

enum { NONE = -1, THERE_US = 30000, BACK_US = 20000 };

static const char token[] = "6120746f6b656e", ack_of_0[] = "0200000000", ack_of_1[] = "0201000000", ack_of_0_and_1[] = "0201000001",
		  ack_of_0_and_4[] = "02040001000200";

static void later(uint64_t us) { t.now_us += us; }

static void measured(int64_t server_us, int64_t client_us)
{
	ck_assert_int_eq(t.udp.rtt.us[SERVER_WAY] == IND_ABSENT_U32 ? NONE : (int64_t)t.udp.rtt.us[SERVER_WAY], server_us);
	ck_assert_int_eq(t.udp.rtt.us[CLIENT_WAY] == IND_ABSENT_U32 ? NONE : (int64_t)t.udp.rtt.us[CLIENT_WAY], client_us);
}

static void echo(const char *to) { opaque(CLIENT_WAY, QUIC_HANDSHAKE, to, client_id); }

/* The server's hello behind other frames, in hex. */
static void answers(const char *from, uint64_t number, const char *before)
{
	struct shape shape = server_shape(V1, number);
	shape.from = from;
	frames.count = 0;
	hex(&frames, before);
	put_crypto(&frames, 0, answer.bytes, answer.count);
	initial(SERVER_WAY, &shape);
}

static void asks(const char *first, uint64_t number, const char *with)
{
	struct shape shape = { V1, IND_CLIENT, first, first, client_id, with, number, 2 };
	frames.count = 0;
	put_crypto(&frames, 0, hello.bytes, hello.count);
	initial(CLIENT_WAY, &shape);
}

static void only(unsigned way, uint64_t number, const char *hex_frames)
{
	struct shape shape = way == CLIENT_WAY ? client_shape(V1, number) : server_shape(V1, number);
	frames.count = 0;
	hex(&frames, hex_frames);
	put_fill(&frames, 0, 20);
	initial(way, &shape);
}

/* In every form that the client may use the server's id in. */
START_TEST(both_ends)
{
	client_speaks(V1);
	later(THERE_US);
	server_speaks(V1);
	measured(THERE_US, NONE);
	later(BACK_US);
	w.count = 0;
	if (_i == 0) {
		hex(&w, "40");
		hex(&w, server_id);
		put_fill(&w, 0x5a, 30);
	} else if (_i == 1) {
		static const struct shape shape = { V1, IND_CLIENT, first_id, server_id, client_id, NULL, 1, 2 };
		frames.count = 0;
		hex(&frames, ack_of_0);
		put_fill(&frames, 0, 20);
		put_initial(&w, &shape, &frames);
	} else {
		if (_i == 4) /* two packets in one datagram, the first to the old id */
			put_opaque(&w, V1, QUIC_ZERO_RTT, first_id, client_id, 40);
		put_opaque(&w, V1, _i == 2 ? QUIC_ZERO_RTT : QUIC_HANDSHAKE, server_id, client_id, 40);
	}
	hear(CLIENT_WAY);
	measured(THERE_US, BACK_US);
	later(5);
	echo(server_id);
	measured(THERE_US, BACK_US);
}
END_TEST

START_TEST(what_the_client_sends_to_its_own_id_is_no_answer)
{
	client_speaks(V1);
	server_speaks(V1);
	later(7);
	echo(first_id);
	measured(0, NONE);
}
END_TEST

/* The server can make its keys from the first datagram on, and need not wait for the last. */
START_TEST(a_hello_in_pieces_asks_with_the_first)
{
	static const unsigned order[][2] = { { 0, 1 }, { 1, 0 } };
	size_t half = hello.count / 2 + 1;
	for (unsigned i = 0; i < 2; i++) {
		size_t at = order[_i][i] * half;
		piece(&hello, at, at ? hello.count - at : half, order[_i][i], V1);
		later(1000);
	}
	answers(server_id, 0, ack_of_0_and_1);
	measured(2000, NONE);
}
END_TEST

START_TEST(a_client_that_repeats_itself)
{
	size_t half = hello.count / 2;
	client_speaks(V1);
	later(10000);
	if (_i == 0)
		client_speaks(V1);
	else if (_i == 1)
		piece(&hello, half, hello.count - half, 1, V1);
	else
		only(CLIENT_WAY, 1, "01"); /* PING, to learn whether anything arrives */
	later(THERE_US);
	server_speaks(V1);
	later(BACK_US);
	echo(server_id);
	measured(NONE, BACK_US);
}
END_TEST

START_TEST(a_server_that_repeats_itself)
{
	size_t half = answer.count / 2;
	client_speaks(V1);
	later(THERE_US);
	if (_i == 0) {
		server_speaks(V1);
		server_speaks(V1);
	} else {
		piece(&answer, 0, half, 0, V1);
		piece(&answer, 0, half, 1, V1);
		piece(&answer, half, answer.count - half, 2, V1);
	}
	later(BACK_US);
	echo(server_id);
	measured(THERE_US, NONE);
}
END_TEST

/* An acknowledgement alone, then the hello in two pieces: nothing of it was there before. */
START_TEST(a_server_that_goes_on_speaking)
{
	size_t half = answer.count / 2;
	client_speaks(V1);
	later(THERE_US);
	only(SERVER_WAY, 0, ack_of_0);
	later(300);
	only(SERVER_WAY, 1, ack_of_0);
	piece(&answer, 0, half, 2, V1);
	piece(&answer, half, answer.count - half, 3, V1);
	later(BACK_US);
	echo(server_id);
	measured(THERE_US, BACK_US + 300);
}
END_TEST

/* RFC 9000 section 17.2.5: the keys of what follows are made from an id that the server knows. */
START_TEST(a_retry_is_the_only_answer)
{
	static const char *const id[] = { retry_id, "8394c8f0", "010203", "" };
	asks(first_id, _i == 4, NULL);
	later(THERE_US);
	retry_build(first_id, _i == 4 ? retry_id : id[_i]);
	hear(SERVER_WAY);
	later(BACK_US);
	asks(_i == 4 ? retry_id : id[_i], 1 + (_i == 4), token);
	later(1);
	struct shape reply = { V1, IND_SERVER, _i == 4 ? retry_id : id[_i], client_id, server_id, NULL, 0, 2 };
	frames.count = 0;
	put_crypto(&frames, 0, answer.bytes, answer.count);
	initial(SERVER_WAY, &reply);
	later(1);
	echo(server_id);
	measured(_i == 4 ? NONE : THERE_US, _i == 0 || _i == 4 ? BACK_US : NONE);
}
END_TEST

/* A client that repeats its hello may get two: it takes the first, whose id is not that of the second. */
START_TEST(a_retry_after_a_repetition)
{
	client_speaks(V1);
	later(1);
	client_speaks(V1);
	later(THERE_US);
	retry_build(first_id, retry_id);
	hear(SERVER_WAY);
	later(BACK_US);
	asks(retry_id, 2, token);
	measured(NONE, BACK_US);
}
END_TEST

/* The capture may not have what came before: packets go on from a number, and come back with a token. */
START_TEST(a_retry_that_is_not_there)
{
	static const struct {
		uint64_t number;
		const char *token, *ack;
		int64_t server_us;
	} row[] = {
		{ 0, token, "", THERE_US },
		{ 1, token, ack_of_1, THERE_US },
		{ 2, token, "0202000000", NONE },
		{ 2, NULL, "0202000000", THERE_US },
	};
	asks(first_id, row[_i].number, row[_i].token);
	later(THERE_US);
	answers(server_id, 0, row[_i].ack);
	measured(row[_i].server_us, NONE);
}
END_TEST

START_TEST(a_retry_that_is_not_there_after_what_it_answers)
{
	asks(retry_id, 0, NULL);
	later(5);
	asks(first_id, 1, token);
	later(THERE_US);
	answers(server_id, 0, ack_of_1);
	measured(NONE, NONE);
}
END_TEST

/* Not every client begins with packet 0: what the server acknowledges tells whether one before was missed. */
START_TEST(a_first_packet_that_may_not_be_the_first)
{
	static const struct {
		uint64_t number;
		const char *ack;
		int64_t server_us;
	} row[] = {
		{ 0, "", THERE_US },
		{ 0, ack_of_0, THERE_US },
		{ 1, "", NONE },
		{ 1, ack_of_1, THERE_US },
		{ 1, ack_of_0_and_1, NONE },
		{ 4, ack_of_0_and_4, NONE },
		{ 1, "02010000000200000000", NONE },
		{ 1, "02000000000201000000", NONE },
		{ 1, "03010000000102030201000000", THERE_US },
	};
	asks(first_id, row[_i].number, NULL);
	later(THERE_US);
	answers(server_id, 0, row[_i].ack);
	measured(row[_i].server_us, NONE);
	ck_assert_uint_eq(t.seen.seen.malformed, 0);
}
END_TEST

/* RFC 9000 section 19.3.1: no packet number is below zero. */
START_TEST(an_acknowledgement_below_zero_is_malformed)
{
	static const char *const ack[] = { "0200000001", "02010001000000", "0201000100c0ffffffffffffff", "0205000102ffffffffffffffff" };
	client_speaks(V1);
	later(THERE_US);
	answers(server_id, 0, ack[_i]);
	ck_assert_uint_eq(t.seen.seen.malformed, 1);
}
END_TEST

START_TEST(a_server_whose_first_packet_is_not_there)
{
	client_speaks(V1);
	later(THERE_US);
	answers(server_id, 1, ack_of_0);
	later(BACK_US);
	echo(server_id);
	measured(THERE_US, NONE);
}
END_TEST

START_TEST(a_server_that_tells_its_id_before_it_answers)
{
	client_speaks(V1);
	opaque(SERVER_WAY, QUIC_HANDSHAKE, client_id, server_id);
	later(THERE_US);
	server_speaks(V1);
	later(BACK_US);
	echo(server_id);
	measured(THERE_US, NONE);
}
END_TEST

START_TEST(a_server_that_changes_its_id)
{
	size_t half = answer.count / 2;
	struct shape shape = server_shape(V1, 1);
	client_speaks(V1);
	piece(&answer, 0, half, 0, V1);
	shape.from = retry_id;
	frames.count = 0;
	put_crypto(&frames, half, answer.bytes + half, answer.count - half);
	later(5);
	initial(SERVER_WAY, &shape);
	later(BACK_US);
	echo(_i ? retry_id : server_id);
	measured(0, NONE);
}
END_TEST

/* Whoever knows a part of the id need only guess the rest. */
START_TEST(an_id_that_the_client_could_guess)
{
	static const struct {
		const char *id;
		bool own;
	} row[] = {
		{ "", false },
		{ "a1", false },
		{ "a1a2a3", false },
		{ "a1a2a3a4", true },
		{ first_id, false },
		{ "f394c8f03e515708", false },
		{ "a1a2a3f03e515708", false },
		{ "a1a2a3a43e515708", true },
		{ "8394c8f03e5157080000000000", true },
		{ "c1c1c1c1000000", false },
		{ "a194c8c101020304", true },
	};
	client_speaks(V1);
	later(THERE_US);
	answers(row[_i].id, 0, "");
	later(BACK_US);
	echo(row[_i].id);
	measured(THERE_US, row[_i].own ? BACK_US : NONE);
}
END_TEST

/* Something that the server has known from an earlier connection, or that is too short. */
START_TEST(a_second_connection)
{
	static const struct {
		const char *id;
		int64_t server_us;
	} row[] = { { retry_id, 10 }, { "01020304050607", THERE_US }, { server_id, THERE_US } };
	client_speaks(V1);
	later(THERE_US);
	only(SERVER_WAY, 0, ack_of_0);
	later(1);
	asks(row[_i].id, 0, NULL);
	later(10);
	struct shape reply = { V1, IND_SERVER, row[_i].id, client_id, "a1a2a3a4", NULL, 0, 2 };
	frames.count = 0;
	put_crypto(&frames, 0, answer.bytes, answer.count);
	initial(SERVER_WAY, &reply);
	measured(row[_i].server_us, _i == 2 ? 1 : NONE);
	later(20);
	echo("a1a2a3a4");
	measured(row[_i].server_us, _i == 2 ? 1 : 20);
}
END_TEST

START_TEST(a_refused_version)
{
	w.count = 0;
	hex(&w, "c01a2a3a4a");
	put_id(&w, _i ? retry_id : first_id);
	put_id(&w, client_id);
	put_fill(&w, 0, 1200 - w.count);
	hear(CLIENT_WAY);
	later(50);
	w.count = 0;
	hex(&w, "8000000000");
	put_id(&w, client_id);
	put_id(&w, _i ? retry_id : first_id);
	hex(&w, "00000001");
	hear(SERVER_WAY);
	measured(NONE, NONE);
	later(50);
	client_speaks(V1);
	later(THERE_US);
	server_speaks(V1);
	later(BACK_US);
	echo(server_id);
	measured(_i ? THERE_US : NONE, BACK_US);
}
END_TEST

START_TEST(clocks_that_go_back)
{
	client_speaks(V1);
	t.now_us -= 1;
	server_speaks(V1);
	t.now_us -= 1;
	echo(server_id);
	measured(NONE, NONE);
}
END_TEST

/* A question is there with its first fragment, an answer with its last. */
START_TEST(datagrams_in_fragments)
{
	t.begun_us_ago = 100;
	client_speaks(V1);
	later(THERE_US);
	server_speaks(V1);
	later(BACK_US);
	echo(server_id);
	measured(THERE_US + 100, BACK_US + 100);
}
END_TEST

START_TEST(a_round_trip_beyond_all_measure)
{
	client_speaks(V1);
	later(UINT64_C(1) << 33);
	server_speaks(V1);
	measured(NONE, NONE);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("quic_time");
	tcase_add_checked_fixture(c, start, finish);
	tcase_add_loop_test(c, both_ends, 0, 5);
	tcase_add_test(c, what_the_client_sends_to_its_own_id_is_no_answer);
	tcase_add_loop_test(c, a_hello_in_pieces_asks_with_the_first, 0, 2);
	tcase_add_loop_test(c, a_client_that_repeats_itself, 0, 3);
	tcase_add_loop_test(c, a_server_that_repeats_itself, 0, 2);
	tcase_add_test(c, a_server_that_goes_on_speaking);
	tcase_add_loop_test(c, a_retry_is_the_only_answer, 0, 5);
	tcase_add_test(c, a_retry_after_a_repetition);
	tcase_add_loop_test(c, a_retry_that_is_not_there, 0, 4);
	tcase_add_test(c, a_retry_that_is_not_there_after_what_it_answers);
	tcase_add_loop_test(c, a_first_packet_that_may_not_be_the_first, 0, 9);
	tcase_add_loop_test(c, an_acknowledgement_below_zero_is_malformed, 0, 4);
	tcase_add_test(c, a_server_whose_first_packet_is_not_there);
	tcase_add_test(c, a_server_that_tells_its_id_before_it_answers);
	tcase_add_loop_test(c, a_server_that_changes_its_id, 0, 2);
	tcase_add_loop_test(c, an_id_that_the_client_could_guess, 0, 11);
	tcase_add_loop_test(c, a_second_connection, 0, 3);
	tcase_add_loop_test(c, a_refused_version, 0, 2);
	tcase_add_test(c, clocks_that_go_back);
	tcase_add_test(c, datagrams_in_fragments);
	tcase_add_test(c, a_round_trip_beyond_all_measure);
	return suite_run("signal.quic_time", c);
}
