/* SPDX-License-Identifier: Apache-2.0 */
/* What links sessions in DTLS: session ids, tickets where they are shown and where they are issued, pre-shared keys. */
#include "support/suite.h"

#include "dtls_build.h"

static const char issued[] = "what the client will show again, in another conversation", session_id[] = "SSSSSSSSSSSSSSSS";

static void begin(void)
{
	start();
	hello_keys = NULL;
}

static void digest_is(enum ind_signal_id id, size_t n, const char *secret)
{
	uint8_t sha256[HASH_SHA256_BYTES];
	char want[2 * HASH_SHA256_BYTES + 1];
	hash_sha256(secret, strlen(secret), sha256);
	hash_hex(sha256, sizeof sha256, want);
	ck_assert_str_eq(feed_value(&t.seen, id, n), want);
}

static void nothing_shows(const char *secret) { ck_assert(!seen_exhibit_holds(&t.seen.seen, secret)); }

static void client_says(bool is_1_3)
{
	hello_build(DTLS_1_2, "", is_1_3);
	whole(TLS_CLIENT_HELLO, 0);
	hear(CLIENT_WAY);
}

static void server_says(uint16_t version, bool announces)
{
	answer_build(version, announces);
	whole(TLS_SERVER_HELLO, 0);
	hear(SERVER_WAY);
}

static void cipher_spec(void)
{
	size_t opened = record_open(DTLS_CHANGE_CIPHER_SPEC);
	put_be(&w, 1, 1);
	close_length(&w, 2, opened);
}

static void cipher_spec_hear(unsigned way)
{
	cipher_spec();
	hear(way);
}

static void certificate_hear(void)
{
	certificate_build();
	whole(TLS_CERTIFICATE, 1);
	hear(SERVER_WAY);
}

static void ticket_build(const char *ticket, size_t counted)
{
	body.count = 0;
	put_be(&body, 4, 7200);
	put_be(&body, 2, counted);
	put_text(&body, ticket);
}

/* Up to where the server's second flight comes. */
static void handshake(void)
{
	client_says(false);
	server_says(DTLS_1_2, true);
	certificate_hear();
	ck_assert_int_eq(t.outcome, PARSE_MORE);
	cipher_spec_hear(CLIENT_WAY);
	ck_assert_int_eq(t.outcome, PARSE_MORE);
	ticket_build(issued, strlen(issued));
}

static void ticket_was_told(void)
{
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_TICKET), 2);
	digest_is(IND_SIG_TLS_TICKET, 0, "TICKETTICKETTICKET");
	digest_is(IND_SIG_TLS_TICKET, 1, issued);
	ck_assert_int_eq(t.outcome, PARSE_DONE);
	ck_assert_uint_eq(t.table.gathers.in_use, 0);
	ck_assert_uint_eq(t.seen.seen.malformed, 0);
	nothing_shows("what the");
}

static uint8_t side_of_last(enum ind_signal_id id)
{
	uint8_t side = UINT8_MAX;
	for (size_t i = 0; i < t.seen.seen.signals; i++)
		if (t.seen.seen.signal[i].id == id)
			side = t.seen.seen.signal[i].side;
	return side;
}

START_TEST(session_ids_of_both_ends)
{
	client_says(_i);
	server_says(DTLS_1_0, false);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_SESSION_ID), 2);
	digest_is(IND_SIG_TLS_SESSION_ID, 0, session_id);
	digest_is(IND_SIG_TLS_SESSION_ID, 1, session_id);
	digest_is(IND_SIG_TLS_TICKET, 0, "TICKETTICKETTICKET");
	ck_assert_uint_eq(side_of_last(IND_SIG_TLS_SESSION_ID), IND_SERVER);
	ck_assert_uint_eq(side_of_last(IND_SIG_TLS_TICKET), IND_CLIENT);
	nothing_shows(session_id);
}
END_TEST

START_TEST(identities_of_keys)
{
	static struct wire keys;
	keys.count = 0;
	size_t list = open_length(&keys, 2);
	put_be(&keys, 2, 14), put_text(&keys, "first identity"), put_be(&keys, 4, 1);
	close_length(&keys, 2, list);
	put_be(&keys, 2, 33), put_be(&keys, 1, 32), put_fill(&keys, 7, 32);
	hello_keys = &keys;
	client_says(true);
	digest_is(IND_SIG_TLS_PSK, 0, "first identity");
	nothing_shows("identity");
}
END_TEST

START_TEST(a_ticket_after_a_whole_handshake)
{
	handshake();
	whole(TLS_NEW_SESSION_TICKET, 5);
	cipher_spec();
	hear(SERVER_WAY);
	ticket_was_told();
	ck_assert_uint_eq(side_of_last(IND_SIG_TLS_TICKET), IND_SERVER);
}
END_TEST

START_TEST(a_ticket_in_fragments)
{
	handshake();
	in_pieces(TLS_NEW_SESSION_TICKET, 5, SERVER_WAY, (unsigned)_i % 3, _i >= 3);
	ticket_was_told();
}
END_TEST

/* RFC 6347 section 4.2.4: datagrams are sent again, cut in other places. */
START_TEST(a_ticket_that_is_sent_again)
{
	handshake();
	fragment_record(TLS_NEW_SESSION_TICKET, 5, 20, 20);
	hear(SERVER_WAY);
	fragment_record(TLS_NEW_SESSION_TICKET, 5, 20, 20);
	hear(SERVER_WAY);
	certificate_hear();
	ticket_build(issued, strlen(issued));
	fragment_record(TLS_NEW_SESSION_TICKET, 5, 30, body.count - 30);
	hear(SERVER_WAY);
	fragment_record(TLS_NEW_SESSION_TICKET, 5, 0, 25);
	whole(TLS_NEW_SESSION_TICKET, 5);
	hear(SERVER_WAY);
	ticket_was_told();
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_CERT_SHA256), 1);
}
END_TEST

START_TEST(a_ticket_that_the_end_of_the_clear_overtakes)
{
	handshake();
	fragment_record(TLS_NEW_SESSION_TICKET, 5, 0, 20);
	hear(SERVER_WAY);
	cipher_spec_hear(SERVER_WAY);
	ck_assert_int_eq(t.outcome, PARSE_MORE);
	fragment_record(TLS_NEW_SESSION_TICKET, 5, 20, body.count - 20);
	hear(SERVER_WAY);
	ticket_was_told();
}
END_TEST

/* A resumed session: hello, ticket and the end of the clear in one datagram, whose exhibit holds neither secret. */
START_TEST(a_ticket_beside_the_hello)
{
	client_says(false);
	answer_build(DTLS_1_2, true);
	whole(TLS_SERVER_HELLO, 0);
	ticket_build(issued, strlen(issued));
	if (_i == 1)
		fragment_record(TLS_NEW_SESSION_TICKET, 1, 0, 3), fragment_record(TLS_NEW_SESSION_TICKET, 1, 3, 9),
			fragment_record(TLS_NEW_SESSION_TICKET, 1, 12, body.count - 12);
	else
		whole(TLS_NEW_SESSION_TICKET, 1);
	cipher_spec();
	hear(SERVER_WAY);
	ticket_was_told();
	nothing_shows("client will");
	nothing_shows(session_id);
	ck_assert_uint_eq(t.seen.seen.exhibits, 2);
	ck_assert_uint_eq(t.seen.seen.exhibit[1].masked, 1);
	static struct wire shown;
	shown.count = 0;
	put(&shown, t.seen.seen.exhibit[1].bytes, t.seen.seen.exhibit[1].count);
	conversation_reset(&t);
	conversation_hear(&t, &dtls_parser, SERVER_WAY, shown.bytes, shown.count);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA3S), 1);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_TICKET), 0);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_SESSION_ID), 0);
	ck_assert_uint_eq(t.seen.seen.malformed, 0);
}
END_TEST

START_TEST(a_ticket_before_the_hello)
{
	client_says(false);
	ticket_build(issued, strlen(issued));
	in_pieces(TLS_NEW_SESSION_TICKET, 1, SERVER_WAY, 1, true);
	answer_build(DTLS_1_2, true);
	in_pieces(TLS_SERVER_HELLO, 0, SERVER_WAY, 0, true);
	cipher_spec_hear(SERVER_WAY);
	ticket_was_told();
}
END_TEST

/* The pieces of one message leave those of the others alone. */
START_TEST(pieces_of_all_messages_at_once)
{
	enum { HALF = 40 };
	client_says(false);
	certificate_build();
	fragment_record(TLS_CERTIFICATE, 1, 0, HALF);
	ticket_build(issued, strlen(issued));
	fragment_record(TLS_NEW_SESSION_TICKET, 2, 0, HALF);
	answer_build(DTLS_1_2, true);
	fragment_record(TLS_SERVER_HELLO, 0, 0, HALF);
	hear(SERVER_WAY);
	certificate_build();
	fragment_record(TLS_CERTIFICATE, 1, HALF, body.count - HALF);
	answer_build(DTLS_1_2, true);
	fragment_record(TLS_SERVER_HELLO, 0, HALF, body.count - HALF);
	ticket_build(issued, strlen(issued));
	fragment_record(TLS_NEW_SESSION_TICKET, 2, HALF, body.count - HALF);
	hear(SERVER_WAY);
	ticket_was_told();
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_CERT_SHA256), 1);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_JA3S), 1);
}
END_TEST

START_TEST(tickets_that_contradict_themselves)
{
	for (size_t counted = 0; counted < 12; counted++) {
		conversation_reset(&t);
		handshake();
		ticket_build("sixsix", counted);
		whole(TLS_NEW_SESSION_TICKET, 5);
		hear(SERVER_WAY);
		ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_TICKET), counted == 6 ? 2 : 1);
		ck_assert_uint_eq(t.seen.seen.malformed, counted != 6);
		ck_assert_int_eq(t.outcome, PARSE_DONE);
		nothing_shows("sixsix");
	}
}
END_TEST

START_TEST(a_ticket_of_no_bytes)
{
	handshake();
	ticket_build("", 0); /* RFC 5077 section 3.3: none after all */
	whole(TLS_NEW_SESSION_TICKET, 5);
	hear(SERVER_WAY);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_TICKET), 1);
	ck_assert_uint_eq(t.seen.seen.malformed, 0);
	ck_assert_int_eq(t.outcome, PARSE_DONE);
}
END_TEST

/* What is cut off is not shown: it could be the beginning of a secret. */
START_TEST(a_ticket_that_its_record_cuts)
{
	client_says(false);
	answer_build(DTLS_1_2, true);
	whole(TLS_SERVER_HELLO, 0);
	ticket_build(issued, strlen(issued));
	size_t opened = record_open(DTLS_HANDSHAKE);
	fragment(TLS_NEW_SESSION_TICKET, 1, 0, body.count);
	w.count -= 8;
	close_length(&w, 2, opened);
	hear(SERVER_WAY);
	ck_assert_uint_eq(t.seen.seen.malformed, 1);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_TICKET), 1);
	nothing_shows("client will");
}
END_TEST

START_TEST(long_tickets)
{
	static const size_t counts[] = { 4090, 4091, 12000 };
	static char ticket[12001];
	memset(ticket, 'T', counts[_i]);
	ticket[counts[_i]] = '\0';
	handshake();
	ticket_build(ticket, counts[_i]);
	in_pieces(TLS_NEW_SESSION_TICKET, 5, SERVER_WAY, 2, true);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_TICKET), counts[_i] == 4090 ? 2 : 1);
	ck_assert_uint_eq(t.seen.seen.malformed, 0);
	if (t.outcome == PARSE_MORE) { /* more than is gathered; in one piece it is read where it is */
		whole(TLS_NEW_SESSION_TICKET, 5);
		hear(SERVER_WAY);
	}
	digest_is(IND_SIG_TLS_TICKET, 1, ticket);
	ck_assert_int_eq(t.outcome, PARSE_DONE);
}
END_TEST

START_TEST(a_client_issues_nothing)
{
	client_says(false);
	ticket_build(issued, strlen(issued));
	whole(TLS_NEW_SESSION_TICKET, 1);
	hear(CLIENT_WAY);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_TICKET), 1);
	nothing_shows("what the");
}
END_TEST

START_TEST(a_ticket_is_waited_for_only_if_it_comes)
{
	client_says(false);
	server_says(DTLS_1_2, false);
	certificate_hear();
	ck_assert_int_eq(t.outcome, PARSE_DONE);
	conversation_reset(&t);
	client_says(true);
	server_says(DTLS_1_3, true);
	ck_assert_int_eq(t.outcome, PARSE_DONE);
}
END_TEST

START_TEST(a_ticket_is_waited_for_only_if_it_is_asked_for)
{
	static const uint64_t wanted[IND_SIGNAL_SET_WORDS] = { UINT64_C(1) << IND_SIG_TLS_JA3S };
	t.wanted = wanted;
	client_says(false);
	answer_build(DTLS_1_2, true);
	whole(TLS_SERVER_HELLO, 0);
	ticket_build(issued, strlen(issued));
	whole(TLS_NEW_SESSION_TICKET, 1);
	hear(SERVER_WAY);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_TICKET), 0);
	ck_assert_uint_eq(feed_count(&t.seen, IND_SIG_TLS_SESSION_ID), 0);
	ck_assert_uint_eq(t.seen.seen.exhibits, 2);
	nothing_shows("what the");
	certificate_hear();
	ck_assert_int_eq(t.outcome, PARSE_DONE);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("dtls_session");
	tcase_add_checked_fixture(c, begin, finish);
	tcase_add_loop_test(c, session_ids_of_both_ends, 0, 2);
	tcase_add_test(c, identities_of_keys);
	tcase_add_test(c, a_ticket_after_a_whole_handshake);
	tcase_add_loop_test(c, a_ticket_in_fragments, 0, 6);
	tcase_add_test(c, a_ticket_that_is_sent_again);
	tcase_add_test(c, a_ticket_that_the_end_of_the_clear_overtakes);
	tcase_add_loop_test(c, a_ticket_beside_the_hello, 0, 2);
	tcase_add_test(c, a_ticket_before_the_hello);
	tcase_add_test(c, pieces_of_all_messages_at_once);
	tcase_add_test(c, tickets_that_contradict_themselves);
	tcase_add_test(c, a_ticket_of_no_bytes);
	tcase_add_test(c, a_ticket_that_its_record_cuts);
	tcase_add_loop_test(c, long_tickets, 0, 3);
	tcase_add_test(c, a_client_issues_nothing);
	tcase_add_test(c, a_ticket_is_waited_for_only_if_it_comes);
	tcase_add_test(c, a_ticket_is_waited_for_only_if_it_is_asked_for);
	return suite_run("signal.dtls_session", c);
}
