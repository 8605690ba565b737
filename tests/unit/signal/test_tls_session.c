/* SPDX-License-Identifier: Apache-2.0 */
/* What links sessions: it is told by its digest, and only when asked for. */
#include "support/suite.h"

#include "tls_build.h"

static void start(void)
{
	setup();
	seen_all = true;
}

static void digest_is(enum ind_signal_id id, const char *secret)
{
	uint8_t sha256[HASH_SHA256_BYTES];
	char want[2 * HASH_SHA256_BYTES + 1];
	hash_sha256(secret, strlen(secret), sha256);
	hash_hex(sha256, sizeof sha256, want);
	ck_assert_pstr_eq(seen_value(&s, id), want);
}

static const char filler[] = "SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSS"; /* the session id that tls_build.h writes */

static void hello_with(struct wire *h, uint16_t type, const struct wire *body, bool is_1_3)
{
	static const uint16_t ciphers[] = { 0x1301, 0xc02f }, versions[] = { 0x0304, 0x0303 };
	struct wire e = { .count = 0 };
	if (is_1_3)
		extension_words(&e, TLS_EXT_SUPPORTED_VERSIONS, 1, versions, 2);
	if (body)
		extension(&e, type, body);
	client_hello(h, 0x0303, ciphers, 2, e.count ? &e : NULL);
}

START_TEST(ticket_and_session_id)
{
	struct wire h = { .count = 0 }, ticket = { .count = 0 };
	put_text(&ticket, "a ticket of some length");
	hello_with(&h, TLS_EXT_SESSION_TICKET, &ticket, false);
	feed_records(&h, RECORD_MAX, RECORD_MAX);
	digest_is(IND_SIG_TLS_TICKET, "a ticket of some length");
	digest_is(IND_SIG_TLS_SESSION_ID, filler);
	ck_assert_ptr_null(seen_value(&s, IND_SIG_TLS_PSK));
	static struct seen again;
	memset(&again, 0, sizeof again);
	seen_feed(&again, &tls_parser, IND_SRC, s.exhibit[0].bytes, s.exhibit[0].count, RECORD_MAX, true);
	ck_assert_ptr_null(seen_value(&again, IND_SIG_TLS_TICKET));
	ck_assert_ptr_null(seen_value(&again, IND_SIG_TLS_SESSION_ID));
}
END_TEST

static void identities(struct wire *body, const char *one, const char *two)
{
	size_t list = open_length(body, 2);
	put_be(body, 2, strlen(one));
	put_text(body, one);
	put_be(body, 4, 0x01020304);
	if (two) {
		put_be(body, 2, strlen(two));
		put_text(body, two);
		put_be(body, 4, 0);
	}
	close_length(body, 2, list);
	put_be(body, 2, 33), put_be(body, 1, 32), put_fill(body, 7, 32);
}

START_TEST(pre_shared_keys)
{
	struct wire h = { .count = 0 }, body = { .count = 0 };
	identities(&body, "first identity", NULL);
	hello_with(&h, TLS_EXT_PRE_SHARED_KEY, &body, true);
	feed_records(&h, RECORD_MAX, RECORD_MAX);
	digest_is(IND_SIG_TLS_PSK, "first identity");
	ck_assert_ptr_null(seen_value(&s, IND_SIG_TLS_SESSION_ID)); /* filler since TLS 1.3 */
}
END_TEST

START_TEST(cut_identities_say_nothing_false)
{
	struct wire body = { .count = 0 };
	identities(&body, "first", "second");
	for (size_t count = 0; count < body.count; count++) {
		struct wire h = { .count = 0 }, part = { .count = 0 };
		put(&part, body.bytes, count);
		hello_with(&h, TLS_EXT_PRE_SHARED_KEY, &part, true);
		feed_records(&h, RECORD_MAX, RECORD_MAX);
		size_t keys = 0;
		for (size_t i = 0; i < s.signals; i++)
			keys += s.signal[i].id == IND_SIG_TLS_PSK;
		ck_assert(keys == (count < 2u + 2 * 6 + 5 + 6 ? 0 : 2));
	}
}
END_TEST

enum { ANNOUNCED = 1, RESUMED = 2 };

/* What a server of TLS 1.2 says in clear: its hello, certificates unless it resumes, the end of its turn, and a ticket. */
static void issue(struct wire *h, unsigned how, const char *ticket, size_t counted)
{
	struct wire e = { .count = 0 };
	if (how & ANNOUNCED)
		extension(&e, TLS_EXT_SESSION_TICKET, NULL);
	server_hello(h, 0x0303, NULL, 0xc02f, e.count ? &e : NULL);
	if (!(how & RESUMED)) {
		certificate_message(h);
		put_be(h, 4, 14u << 24);
	}
	put_be(h, 1, 4), put_be(h, 3, 4 + 2 + strlen(ticket)), put_be(h, 4, 7200), put_be(h, 2, counted);
	put_text(h, ticket);
}

static void feed_server(const struct wire *h, size_t record_size, size_t chunk)
{
	static struct wire stream;
	stream.count = 0;
	setup();
	records(&stream, h, record_size);
	record(&stream, 20, "\1", 1);
	put_fill(&stream, 0xee, 40);
	seen_feed(&s, &tls_parser, IND_DST, stream.bytes, stream.count, chunk, true);
	ck_assert_int_eq(s.outcome, PARSE_DONE);
}

START_TEST(a_ticket_that_a_server_issues)
{
	static const char ticket[] = "what the client will show again";
	static const unsigned hows[] = { ANNOUNCED, ANNOUNCED | RESUMED };
	for (size_t i = 0; i < 2; i++) {
		struct wire h = { .count = 0 };
		issue(&h, hows[i], ticket, strlen(ticket));
		for (size_t chunk = 1; chunk < 5000; chunk = chunk * 3 + 1) {
			feed_server(&h, RECORD_MAX, chunk);
			digest_is(IND_SIG_TLS_TICKET, ticket);
			ck_assert_uint_eq(s.exhibits, 1);
			ck_assert(!seen_exhibit_holds(&s, ticket));
			for (size_t k = 0; k < s.signals; k++)
				ck_assert_uint_eq(s.signal[k].side, IND_SERVER);
		}
	}
}
END_TEST

/* Records and segments cut the ticket, what is before it, and the headers of both. */
START_TEST(tickets_in_pieces)
{
	static const char ticket[] = "what the client will show again";
	static const size_t chunks[] = { 1, 7, 64, RECORD_MAX };
	struct wire h = { .count = 0 };
	issue(&h, _i ? ANNOUNCED : ANNOUNCED | RESUMED, ticket, strlen(ticket));
	for (size_t size = 1; size < 700; size += size < 80 ? 1 : 13) {
		for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
			feed_server(&h, size, chunks[i]);
			digest_is(IND_SIG_TLS_TICKET, ticket);
			ck_assert_uint_eq(s.malformed, 0);
		}
	}
}
END_TEST

/* It is told as soon as it is there, and nothing of it before. */
START_TEST(tickets_that_never_end)
{
	static const char ticket[] = "what the client will show again";
	static struct wire stream;
	struct wire h = { .count = 0 };
	issue(&h, ANNOUNCED, ticket, strlen(ticket));
	stream.count = 0;
	records(&stream, &h, 50);
	for (size_t count = stream.count - 60; count <= stream.count; count++) {
		setup();
		seen_feed(&s, &tls_parser, IND_DST, stream.bytes, count, RECORD_MAX, true);
		ck_assert(!seen_value(&s, IND_SIG_TLS_TICKET) == (count < stream.count));
		ck_assert_int_eq(s.outcome, count < stream.count ? PARSE_MORE : PARSE_DONE);
		ck_assert_uint_eq(s.malformed, 0);
	}
}
END_TEST

/* RFC 5246 section 7.2: a warning may stand between two records of a message; what is encrypted may not. */
START_TEST(what_stands_between_the_pieces_of_a_ticket)
{
	static const char ticket[] = "what the client will show again";
	static const uint8_t types[] = { 21, 20, 23 };
	static struct wire stream, rest;
	struct wire h = { .count = 0 };
	issue(&h, ANNOUNCED, ticket, strlen(ticket));
	setup();
	stream.count = rest.count = 0;
	put(&rest, h.bytes + h.count - 20, 20);
	h.count -= 20;
	records(&stream, &h, 300);
	record(&stream, types[_i], "\1\0", 2);
	records(&stream, &rest, 9);
	seen_feed(&s, &tls_parser, IND_DST, stream.bytes, stream.count, 5, true);
	ck_assert_int_eq(s.outcome, PARSE_DONE);
	ck_assert(!seen_value(&s, IND_SIG_TLS_TICKET) == (_i != 0));
	if (_i == 0)
		digest_is(IND_SIG_TLS_TICKET, ticket);
}
END_TEST

START_TEST(tickets_of_any_length)
{
	static const size_t counts[] = { 1, 4096, 16370, 16374, 16375, 20000 };
	static char ticket[20001];
	static struct wire h;
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		memset(ticket, 'T', sizeof ticket);
		ticket[counts[i]] = '\0';
		h.count = 0;
		issue(&h, ANNOUNCED | RESUMED, ticket, counts[i]);
		feed_server(&h, 4096, RECORD_MAX);
		if (counts[i] + 10 <= 16384)
			digest_is(IND_SIG_TLS_TICKET, ticket);
		else
			ck_assert_ptr_null(seen_value(&s, IND_SIG_TLS_TICKET)); /* beyond what is gathered of a handshake */
	}
}
END_TEST

START_TEST(tickets_that_contradict_themselves)
{
	for (size_t counted = 0; counted < 12; counted++) {
		struct wire h = { .count = 0 };
		issue(&h, ANNOUNCED, "sixsix", counted);
		feed_server(&h, RECORD_MAX, RECORD_MAX);
		ck_assert(!seen_value(&s, IND_SIG_TLS_TICKET) == (counted != 6));
		ck_assert_uint_eq(s.malformed, counted != 6);
	}
	struct wire h = { .count = 0 };
	issue(&h, ANNOUNCED, "", 0); /* RFC 5077 section 3.3: none after all */
	feed_server(&h, RECORD_MAX, RECORD_MAX);
	ck_assert_ptr_null(seen_value(&s, IND_SIG_TLS_TICKET));
	ck_assert_uint_eq(s.malformed, 0);
}
END_TEST

START_TEST(a_ticket_that_is_not_announced_is_not_waited_for)
{
	struct wire h = { .count = 0 };
	issue(&h, 0, "some ticket", 11);
	feed_server(&h, RECORD_MAX, RECORD_MAX);
	ck_assert_ptr_null(seen_value(&s, IND_SIG_TLS_TICKET));
	seen_all = false;
	h.count = 0;
	issue(&h, ANNOUNCED, "some ticket", 11);
	feed_server(&h, RECORD_MAX, RECORD_MAX);
	ck_assert_ptr_null(seen_value(&s, IND_SIG_TLS_TICKET));
}
END_TEST

START_TEST(nothing_unless_asked_for)
{
	struct wire h = { .count = 0 }, ticket = { .count = 0 };
	put_text(&ticket, "a ticket of some length");
	seen_all = false;
	hello_with(&h, TLS_EXT_SESSION_TICKET, &ticket, false);
	feed_records(&h, RECORD_MAX, RECORD_MAX);
	ck_assert_ptr_null(seen_value(&s, IND_SIG_TLS_TICKET));
	ck_assert_ptr_null(seen_value(&s, IND_SIG_TLS_SESSION_ID));
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("tls_session");
	tcase_add_checked_fixture(t, start, NULL);
	tcase_add_test(t, ticket_and_session_id);
	tcase_add_test(t, pre_shared_keys);
	tcase_add_test(t, cut_identities_say_nothing_false);
	tcase_add_test(t, a_ticket_that_a_server_issues);
	tcase_add_loop_test(t, tickets_in_pieces, 0, 2);
	tcase_add_test(t, tickets_that_never_end);
	tcase_add_loop_test(t, what_stands_between_the_pieces_of_a_ticket, 0, 3);
	tcase_add_test(t, tickets_of_any_length);
	tcase_add_test(t, tickets_that_contradict_themselves);
	tcase_add_test(t, a_ticket_that_is_not_announced_is_not_waited_for);
	tcase_add_test(t, nothing_unless_asked_for);
	return suite_run("signal.tls_session", t);
}
