/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/sip.h"
#include "signal/stun.h"

#include "datagram.h"
#include "feed.h"
#include "support/suite.h"

static struct seen s;

static const char invite[] =
	"INVITE sip:bob@example SIP/2.0\r\nVia: SIP/2.0/UDP pc33\r\nUser-Agent: friendly\r\n phone\r\nAuthorization: Digest hush\r\n"
	"l: 12\r\n\r\nv=0\r\nsession";
static const char trying[] = "SIP/2.0 100 Trying\r\nTo: <sip:bob@example>\r\nServer: a proxy/1\r\nContent-Length: 0\r\n\r\n";

START_TEST(sip_datagrams)
{
	struct wire w = { .count = 0 };
	put_text(&w, invite);
	ck_assert_int_eq(datagram(&s, &sip_parser, &w, 5060, 5060), PARSE_DONE);
	ck_assert_str_eq(seen_value(&s, IND_SIG_SIP_USER_AGENT), "friendly phone");
	ck_assert_uint_eq(s.signal[0].side, IND_CLIENT);
	ck_assert(!seen_exhibit_holds(&s, "bob") && !seen_exhibit_holds(&s, "hush") && !seen_exhibit_holds(&s, "pc33") &&
		!seen_exhibit_holds(&s, "session"));
	ck_assert(seen_exhibit_holds(&s, "INVITE sip:xxxxxxxxxxx SIP/2.0\r\n"));
	datagram_again(&s, &sip_parser, 5060, 5060, 7);
	datagram_prefixes(&sip_parser, &w, 5060, 5060);
	w.count = 0;
	put_text(&w, trying);
	ck_assert_int_eq(datagram(&s, &sip_parser, &w, 9, 9), PARSE_DONE);
	ck_assert_str_eq(seen_value(&s, IND_SIG_SIP_USER_AGENT), "a proxy/1");
	ck_assert_uint_eq(s.signal[0].side, IND_SERVER);
	ck_assert(!seen_exhibit_holds(&s, "bob"));
	datagram_again(&s, &sip_parser, 9, 9, 7);
	/* Cut off within the head. */
	w.count = 0;
	put_text(&w, "OPTIONS sip:x SIP/2.0\r\nUser-Agent: scan\r\nVia: ");
	ck_assert_int_eq(datagram(&s, &sip_parser, &w, 9, 9), PARSE_DONE);
	ck_assert_str_eq(seen_value(&s, IND_SIG_SIP_USER_AGENT), "scan");
}
END_TEST

START_TEST(sip_streams)
{
	static struct feed f;
	static const size_t chunks[] = { 1, 3, 50, 1000 };
	for (size_t i = 0; i < 4; i++) {
		char both[600];
		size_t count = 0;
		memset(&f, 0, sizeof(f));
		memcpy(both, invite, sizeof(invite) - 1), count += sizeof(invite) - 1;
		memcpy(both + count, "\r\n\r\n", 4), count += 4;
		memcpy(both + count, trying, sizeof(trying) - 1), count += sizeof(trying) - 1;
		feed_bytes(&f, &sip_stream_parser, IND_SRC, both, count, chunks[i], false);
		ck_assert_uint_eq(f.seen.signals, 2);
		ck_assert_str_eq(feed_value(&f, IND_SIG_SIP_USER_AGENT, 0), "friendly phone");
		ck_assert_str_eq(feed_value(&f, IND_SIG_SIP_USER_AGENT, 1), "a proxy/1");
		ck_assert_uint_eq(f.dir[IND_SRC].unread, 0);
		feed_bytes(&f, &sip_stream_parser, IND_SRC, "\x16\x03\x01", 3, 3, false);
		ck_assert_int_eq(f.dir[IND_SRC].outcome, PARSE_NEXT);
	}
}
END_TEST

START_TEST(sip_probes)
{
	static const char *const yes[] = { "SIP/2.0 200 OK\r\n", "REGISTER sips:x", "INVITE tel:+1", "OPTIONS sip:x SIP/2.0" };
	static const char *const no[] = { "OPTIONS * RTSP/1.0", "GET / HTTP/1.1", "INVITE http:", "SIP/3.0 200", "X sip:", "\x16\x03",
		"invite sip:" };
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
		ck_assert_msg(sip_stream_parser.probe(cursor_of(yes[i], strlen(yes[i]))) == PROBE_YES, "%s", yes[i]);
		for (size_t cut = 0; cut < 4; cut++)
			ck_assert_int_eq(sip_stream_parser.probe(cursor_of(yes[i], cut)), PROBE_MORE);
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		ck_assert_msg(sip_stream_parser.probe(cursor_of(no[i], strlen(no[i]))) == PROBE_NO, "%s", no[i]);
}
END_TEST

static struct wire stun(unsigned type)
{
	struct wire w = { .count = 0 };
	put_be(&w, 2, type);
	put_be(&w, 2, 0);
	put_be(&w, 4, 0x2112a442);
	put_text(&w, "transaction1");
	put_be(&w, 2, 0x0006);
	put_be(&w, 2, 5);
	put_text(&w, "alice");
	put_fill(&w, 0, 3);
	put_be(&w, 2, 0x8022);
	put_be(&w, 2, 7);
	put_text(&w, "agent/1");
	put_fill(&w, 0, 1);
	w.bytes[3] = (uint8_t)(w.count - 20);
	return w;
}

START_TEST(stun_messages)
{
	static const struct {
		unsigned type;
		enum ind_side side;
	} kinds[] = { { 0x0001, IND_CLIENT }, { 0x0011, IND_CLIENT }, { 0x0101, IND_SERVER }, { 0x0113, IND_SERVER } };
	for (size_t i = 0; i < 4; i++) {
		struct wire w = stun(kinds[i].type);
		ck_assert_int_eq(datagram(&s, &stun_parser, &w, 50000, 3478), PARSE_DONE);
		ck_assert_str_eq(seen_value(&s, IND_SIG_STUN_SOFTWARE), "agent/1");
		ck_assert_uint_eq(s.signal[0].side, kinds[i].side);
		ck_assert(!seen_exhibit_holds(&s, "alice"));
		datagram_again(&s, &stun_parser, 1, 2, 7);
		datagram_prefixes(&stun_parser, &w, 1, 2);
	}
	struct wire w = stun(0x4001);
	ck_assert_int_eq(datagram(&s, &stun_parser, &w, 1, 2), PARSE_NOT);
	w = stun(1);
	w.bytes[4]++;
	ck_assert_int_eq(datagram(&s, &stun_parser, &w, 1, 2), PARSE_NOT);
	w = stun(1);
	w.bytes[35] = 200; /* longer than the message */
	ck_assert_int_eq(datagram(&s, &stun_parser, &w, 1, 2), PARSE_DONE);
	ck_assert_uint_eq(s.signals, 0);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("voice");
	tcase_add_test(t, sip_datagrams);
	tcase_add_test(t, sip_streams);
	tcase_add_test(t, sip_probes);
	tcase_add_test(t, stun_messages);
	return suite_run("voice", t);
}
