/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/dns.h"

#include "feed.h"
#include "support/suite.h"

static struct feed f;
static struct wire w;
static enum parse outcome;

static void setup(void)
{
	memset(&f, 0, sizeof(f));
	w.count = 0;
}

static void header(uint16_t flags, uint16_t questions, uint16_t answers)
{
	const uint16_t words[] = { 0x1234, flags, questions, answers, 0, 0 };
	for (size_t i = 0; i < 6; i++)
		put_be(&w, 2, words[i]);
}

/* "a.b" as labels. */
static void name(const char *text)
{
	while (*text) {
		size_t length = strcspn(text, ".");
		put_be(&w, 1, length);
		put(&w, text, length);
		text += length + (text[length] == '.');
	}
	put_be(&w, 1, 0);
}

static void question(const char *text, uint16_t type)
{
	name(text);
	put_be(&w, 2, type);
	put_be(&w, 2, 1);
}

/* A record of the name at `pointer` (an offset), without its data. */
static size_t record(unsigned pointer, uint16_t type)
{
	put_be(&w, 2, 0xc000 | pointer);
	put_be(&w, 2, type);
	put_be(&w, 2, 1);
	put_be(&w, 4, 300);
	return open_length(&w, 2);
}

static void see(unsigned from_port, unsigned to_port)
{
	const struct signal_sink sink = { .signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &f.seen, .wants_exhibits = true };
	const uint16_t port[2] = { (uint16_t)from_port, (uint16_t)to_port };
	uint8_t *copy = malloc(w.count ? w.count : 1);
	memcpy(copy, w.bytes, w.count);
	struct signal_ctx ctx = { .sink = &sink, .from = IND_SRC, .at_end = true };
	struct cursor c = cursor_of(copy, w.count);
	outcome = dns_udp_parser.see(&ctx, &c, port);
	free(copy);
}

#define VALUE_IS(id, n, want) ck_assert_str_eq(feed_value(&f, IND_SIG_DNS_##id, n), want)

START_TEST(query)
{
	header(0x0100, 1, 0);
	question("www.Example.org", 1);
	see(40000, 53);
	ck_assert_int_eq(outcome, PARSE_DONE);
	ck_assert_uint_eq(f.seen.signals, 1);
	VALUE_IS(QNAME, 0, "www.Example.org");
	ck_assert_uint_eq(f.seen.signal[0].side, IND_CLIENT);
	ck_assert_uint_eq(f.seen.exhibits, 1);
	ck_assert_uint_eq(f.seen.exhibit[0].count, w.count);
	ck_assert_uint_eq(f.seen.exhibit[0].side, IND_CLIENT);
}
END_TEST

START_TEST(root_and_odd_bytes)
{
	header(0x0100, 2, 0);
	question("", 2);
	put(&w, "\x03" "a.b\x02\xff\x00\x04\xc3\xa9\\!\x00\x00\x01\x00\x01", 17);
	see(5353, 5353);
	VALUE_IS(QNAME, 0, ".");
	ck_assert_mem_eq(f.seen.signal[1].value, "a.b.\\xff\0.\xc3\xa9\\!", 14);
}
END_TEST

START_TEST(only_on_its_ports)
{
	header(0x0100, 1, 0);
	question("a", 1);
	see(40000, 5355);
	ck_assert_int_eq(outcome, PARSE_NOT);
	see(40000, 137);
	ck_assert_uint_eq(f.seen.signals, 0);
	see(53, 40000);
	ck_assert_uint_eq(f.seen.signals, 1);
}
END_TEST

START_TEST(answers)
{
	header(0x8180, 1, 9);
	question("a.example", 255);
	size_t at = record(12, 1);
	put(&w, "\xc0\x00\x02\x01", 4);
	close_length(&w, 2, at);
	at = record(12, 28);
	put(&w, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	close_length(&w, 2, at);
	at = record(12, 5);
	put(&w, "\x01" "b\xc0\x0e", 4);
	close_length(&w, 2, at);
	at = record(12, 15);
	put(&w, "\x00\x0a\x02mx\xc0\x0e", 7);
	close_length(&w, 2, at);
	at = record(12, 16);
	put(&w, "\x05hello\x07, world", 14);
	close_length(&w, 2, at);
	at = record(12, 33);
	put(&w, "\0\1\0\2\x14\x95\xc0\x0c", 8);
	close_length(&w, 2, at);
	at = record(12, 65);
	put(&w, "\0\1\0", 3);
	close_length(&w, 2, at);
	at = record(12, 4242);
	close_length(&w, 2, at);
	at = record(12, 1);
	put(&w, "\xc0", 1);
	close_length(&w, 2, at);
	see(53, 40000);
	static const char *const want[] = {
		"a.example A 192.0.2.1", "a.example AAAA 2001:db8::1", "a.example CNAME b.example", "a.example MX 10 mx.example",
		"a.example TXT hello, world", "a.example SRV 1 2 5269 a.example", "a.example HTTPS", "a.example TYPE4242", "a.example A",
	};
	ck_assert_uint_eq(f.seen.signals, 10);
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		VALUE_IS(ANSWER, i, want[i]);
		ck_assert_uint_eq(f.seen.signal[i].side, IND_SERVER);
	}
	VALUE_IS(QNAME, 0, "a.example");
	ck_assert_uint_eq(f.seen.exhibit[0].side, IND_SERVER);
	ck_assert_uint_eq(f.seen.malformed, 0);
}
END_TEST

START_TEST(long_text_and_many_answers)
{
	header(0x8180, 1, 40);
	question("t", 16);
	for (unsigned i = 0; i < 40; i++) {
		size_t at = record(12, 16), string = open_length(&w, 1);
		put_be(&w, 1, 'A' + i % 26);
		put_fill(&w, 'z', 200);
		close_length(&w, 1, string);
		close_length(&w, 2, at);
	}
	f.seen.signals = 0;
	struct cursor message = cursor_of(w.bytes, w.count), at = message;
	cursor_skip(&at, 12 + 3 + 4);
	const struct signal_sink sink = { .signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &f.seen, .wants_exhibits = true };
	struct signal_ctx ctx = { .sink = &sink };
	unsigned found = 0;
	ck_assert_int_eq(dns_answers_see(&ctx, message, &at, 40, &found), DNS_OK);
	ck_assert_uint_eq(found, 32);
	ck_assert_uint_eq(f.seen.signals, 32);
	ck_assert_uint_eq(strlen(feed_value(&f, IND_SIG_DNS_ANSWER, 0)), strlen("t TXT ") + 64);
}
END_TEST

START_TEST(absent_name)
{
	header(0x8183, 1, 0);
	question("no.such", 1);
	see(53, 40000);
	VALUE_IS(NXDOMAIN, 0, "no.such");
	VALUE_IS(QNAME, 0, "no.such");
	ck_assert_uint_eq(f.seen.signal[0].side, IND_SERVER);
	setup();
	header(0x0103, 1, 0);
	question("no.such", 1);
	see(40000, 53);
	ck_assert_uint_eq(feed_count(&f, IND_SIG_DNS_NXDOMAIN), 0);
}
END_TEST

static void name_is_malformed(const char *bytes, size_t count)
{
	setup();
	header(0x0100, 1, 0);
	put(&w, bytes, count);
	put(&w, "\0\0\1\0\1", 5);
	see(40000, 53);
	ck_assert_uint_eq(f.seen.signals, 0);
	ck_assert_uint_eq(f.seen.exhibits, 0);
	ck_assert_uint_eq(f.seen.malformed, 1);
}

START_TEST(hostile_names)
{
	name_is_malformed("\xc0\x0c", 2);      /* itself */
	name_is_malformed("\xc0\x20", 2);      /* forward */
	name_is_malformed("\xff\xff", 2);      /* beyond the message */
	name_is_malformed("\x40" "aaa", 4);    /* reserved label types */
	name_is_malformed("\x80" "aaa", 4);
	name_is_malformed("\x01" "a\xc0\x0c", 4); /* a part that contains itself */
	static char many[300];
	for (size_t i = 0; i < sizeof(many); i += 2)
		memcpy(many + i, "\x01z", 2);
	name_is_malformed(many, 256);
	setup();
	header(0x0100, 1, 0);
	put(&w, many, 252);
	put(&w, "\1z\0\0\1\0\1", 7);
	see(40000, 53);
	ck_assert_uint_eq(strlen(feed_value(&f, IND_SIG_DNS_QNAME, 0)), 253);
}
END_TEST

START_TEST(chains_of_pointers)
{
	header(0x8180, 1, 1);
	question("end.example", 1);
	unsigned last = 12;
	/* A chain in the data of an unknown type, then a record that enters it. */
	size_t at = record(12, 4242);
	for (int i = 0; i < 126; i++) {
		unsigned here = (unsigned)w.count;
		put_be(&w, 2, 0xc000 | last);
		last = here;
	}
	close_length(&w, 2, at);
	w.bytes[7] = 2;
	at = record(last, 1);
	put(&w, "\1\2\3\4", 4);
	close_length(&w, 2, at);
	see(53, 40000);
	VALUE_IS(ANSWER, 1, "end.example A 1.2.3.4");
	ck_assert_uint_eq(f.seen.malformed, 0);
}
END_TEST

START_TEST(every_cut_keeps_what_was_whole)
{
	header(0x8180, 1, 2);
	question("a.example", 1);
	size_t behind_question = w.count, at = record(12, 1);
	put(&w, "\1\2\3\4", 4);
	close_length(&w, 2, at);
	size_t behind_first = w.count;
	at = record(12, 5);
	put(&w, "\1b\xc0\x0e", 4);
	close_length(&w, 2, at);
	size_t all = w.count;
	for (size_t count = 0; count <= all; count++) {
		memset(&f, 0, sizeof(f));
		w.count = count;
		see(53, 40000);
		ck_assert_int_eq(outcome, count < behind_question ? PARSE_NOT : PARSE_DONE);
		ck_assert_uint_eq(f.seen.signals, (count >= behind_question) + (count >= behind_first) + (count == all));
		ck_assert_uint_eq(f.seen.malformed, 0);
	}
}
END_TEST

START_TEST(unknown_operations_are_read)
{
	header(0x0100 | 10 << 11, 1, 0);
	question("a.example", 1);
	see(40000, 53);
	VALUE_IS(QNAME, 0, "a.example");
	setup();
	header(0x0100 | 10 << 11, 2, 0);
	question("a.example", 1);
	see(40000, 53);
	ck_assert_uint_eq(f.seen.signals, 0);
}
END_TEST

START_TEST(other_traffic_on_the_port)
{
	put(&w, "\x17\xfe\xfd\0\1\0\0\0\0\0\1\0\x10zzzzzzzzzzzzzzzz", 29);
	see(40000, 53);
	ck_assert_uint_eq(f.seen.signals + f.seen.exhibits + f.seen.malformed, 0);
	ck_assert_int_eq(outcome, PARSE_NOT);
}
END_TEST

static void tcp_message(uint16_t flags, const char *text, unsigned count)
{
	size_t at = open_length(&w, 2);
	header(flags, 1, (uint16_t)count);
	question(text, 1);
	for (unsigned i = 0; i < count; i++) {
		put(&w, "\xc0\x0c\0\1\0\1\0\0\0\0\0\4\1\2\3", 15);
		put_be(&w, 1, i % 3);
	}
	close_length(&w, 2, at);
}

static void feed(enum ind_dir from, size_t chunk) { feed_bytes(&f, &dns_tcp_parser, from, w.bytes, w.count, chunk, false); }

START_TEST(over_tcp_in_pieces)
{
	for (size_t chunk = 1; chunk < 80; chunk += 13) {
		setup();
		f.no_exhibits = true;
		tcp_message(0x0100, "one.example", 0);
		tcp_message(0x0100, "two.example", 0);
		feed(IND_SRC, chunk);
		ck_assert_uint_eq(feed_count(&f, IND_SIG_DNS_QNAME), 2);
		VALUE_IS(QNAME, 1, "two.example");
		w.count = 0;
		tcp_message(0x8180, "one.example", 3);
		feed(IND_DST, chunk);
		ck_assert_uint_eq(feed_count(&f, IND_SIG_DNS_ANSWER), 3);
		ck_assert_int_eq(f.dir[1].outcome, PARSE_MORE);
		ck_assert_uint_eq(f.dir[0].unread + f.dir[1].unread, 0);
	}
}
END_TEST

START_TEST(long_messages_over_tcp_are_passed_over)
{
	f.no_exhibits = true;
	tcp_message(0x8180, "long.example", 1200);
	size_t first = w.count;
	tcp_message(0x8180, "next.example", 0);
	ck_assert_uint_gt(first, 16384);
	feed(IND_DST, 1460);
	ck_assert_uint_eq(feed_count(&f, IND_SIG_DNS_ANSWER), 32);
	VALUE_IS(QNAME, 1, "next.example");
	ck_assert_uint_eq(f.seen.malformed, 0);
}
END_TEST

START_TEST(out_of_step_over_tcp)
{
	tcp_message(0x0100, "one.example", 0);
	put(&w, "\0\3abc", 5);
	feed(IND_SRC, 1000);
	ck_assert_int_eq(f.dir[0].outcome, PARSE_DONE);
	ck_assert_uint_eq(f.seen.malformed, 1);
}
END_TEST

START_TEST(probe)
{
	tcp_message(0x0100, "a.example", 0);
	for (size_t i = 0; i <= w.count; i++)
		ck_assert_int_eq(dns_tcp_parser.probe(cursor_of(w.bytes, i)), i < w.count ? PROBE_MORE : PROBE_YES);
	static const struct { size_t at; uint8_t value; } damage[] = {
		{ 1, 200 }, { 4, 0x08 }, { 5, 0x40 }, { 5, 0x03 }, { 7, 2 }, { 9, 1 }, { 14, 70 }, { 15, ' ' }, { 28, 3 },
	};
	for (size_t i = 0; i < sizeof(damage) / sizeof(*damage); i++) {
		uint8_t kept = w.bytes[damage[i].at];
		w.bytes[damage[i].at] = damage[i].value;
		ck_assert_msg(dns_tcp_parser.probe(cursor_of(w.bytes, w.count)) == PROBE_NO, "byte %zu", damage[i].at);
		w.bytes[damage[i].at] = kept;
	}
	static const char *const others[] = { "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "SSH-2.0-OpenSSH_9.2p1\r\n", "220 mail.example ESMTP\r\n", "\x16\x03\x01" };
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		ck_assert_int_ne(dns_tcp_parser.probe(cursor_of(others[i], strlen(others[i]))), PROBE_YES);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("dns");
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, query);
	tcase_add_test(t, root_and_odd_bytes);
	tcase_add_test(t, only_on_its_ports);
	tcase_add_test(t, answers);
	tcase_add_test(t, long_text_and_many_answers);
	tcase_add_test(t, absent_name);
	tcase_add_test(t, hostile_names);
	tcase_add_test(t, chains_of_pointers);
	tcase_add_test(t, every_cut_keeps_what_was_whole);
	tcase_add_test(t, unknown_operations_are_read);
	tcase_add_test(t, other_traffic_on_the_port);
	tcase_add_test(t, over_tcp_in_pieces);
	tcase_add_test(t, long_messages_over_tcp_are_passed_over);
	tcase_add_test(t, out_of_step_over_tcp);
	tcase_add_test(t, probe);
	return suite_run("dns", t);
}
