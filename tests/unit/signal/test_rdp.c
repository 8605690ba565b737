/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/rdp.h"

#include "ntlm_build.h"
#include "support/suite.h"

static struct feed f;

/* TPKT, X.224 connection request or confirm, `text`, and a negotiation structure if it has a type. */
static void put_connect(struct wire *w, uint8_t code, const char *text, unsigned type, unsigned protocol)
{
	size_t opened = w->count, bytes = 11 + strlen(text) + (type ? 8 : 0);
	put_be(w, 2, 0x0300), put_be(w, 2, bytes), put_be(w, 1, bytes - 5), put_be(w, 1, code), put_fill(w, 0, 5);
	put_text(w, text);
	if (type)
		put_le(w, 1, type), put_le(w, 1, 0), put_le(w, 2, 8), put_le(w, 4, protocol);
	ck_assert_uint_eq(w->count - opened, bytes);
}

/* T.125 and T.124 around the client's data: a block of another kind, then core data (MS-RDPBCGR section 2.2.1.3.2). */
static struct wire build_initial(void)
{
	struct wire data = { 0 }, conference = { 0 }, mcs = { 0 }, w = { 0 };
	put_le(&data, 2, 0xc004), put_le(&data, 2, 12), put_fill(&data, 0, 8);
	put_le(&data, 2, 0xc001), put_le(&data, 2, 216), put_le(&data, 4, 0x80004), put_fill(&data, 1, 8);
	put_le(&data, 4, 0x40a), put_le(&data, 4, 19041);
	put_utf16(&data, "PC-ALICE"), put_fill(&data, 0, 16), put_fill(&data, 0, 160);
	put(&conference, "\0\5\0\x14\x7c\0\1", 7), put_be(&conference, 2, 0x8000 | (14 + data.count));
	put(&conference, "\0\x08\0\x10\0\1\xc0\0" "Duca", 12), put_be(&conference, 2, 0x8000 | data.count);
	put(&conference, data.bytes, data.count);
	put(&mcs, "\4\1\1\4\1\1\1\1\xff\x30\3\2\1\x22\x30\3\2\1\1\x30\3\2\1\xff", 24);
	put_der(&mcs, 0x04, conference.bytes, conference.count);
	put(&w, "\x7f\x65\x82", 3), put_be(&w, 2, mcs.count);
	put(&w, mcs.bytes, mcs.count);
	return w;
}

/* The message in packets of `piece` bytes of data. */
static void put_data(struct wire *w, const struct wire *message, size_t piece)
{
	for (size_t at = 0; at < message->count; at += piece) {
		size_t bytes = message->count - at < piece ? message->count - at : piece;
		put_be(w, 2, 0x0300), put_be(w, 2, 7 + bytes), put_be(w, 2, 0x02f0), put_be(w, 1, at + bytes == message->count ? 0x80 : 0);
		put(w, message->bytes + at, bytes);
	}
}

static void is_core(void)
{
	ck_assert_str_eq(feed_value(&f, IND_SIG_RDP_CLIENT_NAME, 0), "PC-ALICE");
	ck_assert_str_eq(feed_value(&f, IND_SIG_RDP_KEYBOARD, 0), "1034");
	ck_assert_str_eq(feed_value(&f, IND_SIG_RDP_CLIENT_BUILD, 0), "19041");
}

START_TEST(legacy_client)
{
	struct wire initial = build_initial();
	for (size_t piece = 90; piece < 700; piece += 300) {
		struct wire w = { 0 };
		put_connect(&w, 0xe0, "Cookie: mstshash=EX\\alice \r\n", 1, 0);
		put_data(&w, &initial, piece);
		feed_pieces(&f, &rdp_parser, IND_SRC, &w);
		ck_assert_int_eq(f.dir[0].outcome, PARSE_DONE);
		ck_assert_uint_eq(f.seen.signals, 4);
		ck_assert_str_eq(feed_value(&f, IND_SIG_RDP_COOKIE, 0), "EX\\alice ");
		is_core();
		ck_assert_uint_eq(f.seen.exhibits, 2);
		for (size_t i = 0; i < 4; i++)
			ck_assert_int_eq(f.seen.signal[i].side, IND_CLIENT);
		feed_prefixes(&rdp_parser, IND_SRC, &w);
	}
}
END_TEST

START_TEST(exhibits_give_the_same)
{
	struct wire initial = build_initial(), w[2] = { 0 };
	put_connect(&w[0], 0xe0, "Cookie: mstshash=alice\r\n", 0, 0);
	put_data(&w[1], &initial, 4000);
	for (size_t i = 0; i < 2; i++) {
		feed_pieces(&f, &rdp_parser, IND_SRC, &w[i]);
		ck_rederived(&f, &rdp_parser, IND_SRC);
	}
	is_core();
}
END_TEST

/* TLS or CredSSP: what follows is for another parser, at both ends. */
START_TEST(handed_over)
{
	for (int server = 0; server < 2; server++) {
		struct wire w = { 0 };
		put_connect(&w, server ? 0xd0 : 0xe0, server ? "" : "Cookie: mstshash=a\r\n", server ? 2 : 1, server ? 2 : 3);
		size_t before = w.count;
		put(&w, "\x16\x03\x01\x02\x00\x01", 6);
		for (size_t chunk = 1; chunk < 60; chunk++) {
			memset(&f, 0, sizeof(f));
			feed_bytes(&f, &rdp_parser, server, w.bytes, w.count, chunk, false);
			ck_assert_int_eq(f.dir[server].outcome, PARSE_NEXT);
			ck_assert(f.dir[server].unread == 0 || f.dir[server].bytes[0] == 0x16);
			ck_assert_uint_eq(f.seen.signals, !server);
		}
		memset(&f, 0, sizeof(f));
		feed_bytes(&f, &rdp_parser, server, w.bytes, w.count, 4000, false);
		ck_assert_uint_eq(f.dir[server].unread, w.count - before);
	}
	struct wire w = { 0 };
	put_connect(&w, 0xd0, "", 2, 0);
	memset(&f, 0, sizeof(f));
	feed_bytes(&f, &rdp_parser, IND_DST, w.bytes, w.count, 4000, false);
	ck_assert_int_eq(f.dir[1].outcome, PARSE_DONE);
}
END_TEST

/* Routing tokens, and other protocols that X.224 carries, say nothing. */
START_TEST(without_a_cookie)
{
	static const char *const texts[] = { "", "Cookie: msts=3640205228.15629.0000\r\n", "\xc1\2\1\1\xc2\2\1\2", "Cookie: mstshash" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct wire w = { 0 }, other = { 0 };
		put_connect(&w, 0xe0, texts[i], 0, 0);
		put(&other, "\x32\1\0\0\0\0\0\x08\0\0", 10);
		put_data(&w, &other, 100);
		feed_pieces(&f, &rdp_parser, IND_SRC, &w);
		ck_assert_uint_eq(f.seen.signals + f.seen.exhibits, 0);
		ck_assert_int_eq(f.dir[0].outcome, PARSE_DONE);
	}
}
END_TEST

START_TEST(malformed)
{
	static const struct { size_t at; uint8_t value; } bad[] = { { 12, 5 }, { 20, 0x31 }, { 48, 'X' }, { 56, 3 }, { 54, 0xff } };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct wire initial = build_initial(), w = { 0 };
		put_data(&w, &initial, 4000);
		memset(&f, 0, sizeof(f));
		w.bytes[7 + bad[i].at] = bad[i].value;
		feed_bytes(&f, &rdp_parser, IND_SRC, w.bytes, w.count, 4000, false);
		ck_assert_msg(f.seen.malformed <= 1 && f.seen.signals + f.seen.malformed > 0, "case %zu", i);
		ck_assert_int_eq(f.dir[0].outcome, PARSE_DONE);
	}
	for (size_t at = 7; at < 300; at++) {
		struct wire initial = build_initial(), w = { 0 };
		put_data(&w, &initial, 4000);
		w.bytes[at] ^= 0xff;
		memset(&f, 0, sizeof(f));
		feed_bytes(&f, &rdp_parser, IND_SRC, w.bytes, w.count, 4000, true);
	}
}
END_TEST

#define BYTES(text) text, sizeof(text) - 1

START_TEST(other_protocols)
{
	static const struct { const char *bytes; size_t count; } no[] = {
		{ BYTES("\3\0\0\x20\x08\2") }, { BYTES("\3\0\0\x14\x0e\xe0") }, { BYTES("\3\0\0\x0a\5\xe0") }, { BYTES("\3\1") }, { BYTES("\3\0\0\x20\2\xf0\x80\x32\1") },
		{ BYTES("\3\0\0\x09\2\xf0\x80\x7f\x65") }, { BYTES("\2\0") }, { BYTES("\x16\3\1") }, { BYTES("GET /") },
	};
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		ck_assert_msg(rdp_parser.probe(cursor_of(no[i].bytes, no[i].count)) == PROBE_NO, "case %zu", i);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("rdp");
	tcase_set_timeout(t, 60);
	tcase_add_test(t, legacy_client);
	tcase_add_test(t, exhibits_give_the_same);
	tcase_add_test(t, handed_over);
	tcase_add_test(t, without_a_cookie);
	tcase_add_test(t, malformed);
	tcase_add_test(t, other_protocols);
	return suite_run("rdp", t);
}
