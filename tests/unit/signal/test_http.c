/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/http.h"

#include "feed.h"
#include "support/suite.h"

static struct feed f;
static size_t chunk;

static const size_t chunks[] = { 1, 7, 64, 40000 };

static void start(size_t piece)
{
	memset(&f, 0, sizeof(f));
	chunk = piece;
}

static void setup(void) { start(40000); }

static void client(const char *text) { feed_bytes(&f, &http_parser, IND_SRC, text, strlen(text), chunk, false); }
static void server(const char *text) { feed_bytes(&f, &http_parser, IND_DST, text, strlen(text), chunk, false); }

#define VALUE_IS(id, n, want) ck_assert_str_eq(feed_value(&f, IND_SIG_HTTP_##id, n), want)

START_TEST(request_and_response)
{
	for (size_t i = 0; i < sizeof(chunks) / sizeof(*chunks); i++) {
		start(chunks[i]);
		client("GET /a HTTP/1.1\r\nHost: example.org\r\nuser-agent:  curl/8.0 \r\nAccept: */*\r\nAccept-Language: es-ES,es;q=0.9\r\n\r\n");
		server("HTTP/1.1 200 OK\r\nDate: Fri, 20 Nov 2026 09:12:03 GMT\r\nServer: nginx/1.22\r\nContent-Length: 5\r\n\r\nhello");
		VALUE_IS(HOST, 0, "example.org");
		VALUE_IS(USER_AGENT, 0, "curl/8.0 ");
		VALUE_IS(ACCEPT_LANG, 0, "es-ES,es;q=0.9");
		VALUE_IS(HEADER_ORDER, 0, "Host,user-agent,Accept,Accept-Language");
		VALUE_IS(SERVER, 0, "nginx/1.22");
		VALUE_IS(DATE, 0, "Fri, 20 Nov 2026 09:12:03 GMT");
		ck_assert_uint_eq(f.seen.signals, 6);
		for (size_t n = 0; n < 6; n++) {
			ck_assert_uint_eq(f.seen.signal[n].side, n < 4 ? IND_CLIENT : IND_SERVER);
			ck_assert_uint_eq(f.seen.signal[n].from, n < 4 ? IND_SRC : IND_DST);
		}
		ck_assert_int_eq(f.dir[0].outcome, PARSE_MORE);
		ck_assert_int_eq(f.dir[1].outcome, PARSE_MORE);
		ck_assert_uint_eq(f.dir[0].unread + f.dir[1].unread, 0);
		ck_assert_uint_eq(f.seen.malformed, 0);
	}
}
END_TEST

START_TEST(pipelined_and_kept_alive)
{
	for (size_t i = 0; i < sizeof(chunks) / sizeof(*chunks); i++) {
		start(chunks[i]);
		f.no_exhibits = true;
		client("\r\nPOST /1 HTTP/1.1\r\nHost: one\r\nContent-Length: 11\r\n\r\nHost: wrongGET /2 HTTP/1.1\r\nHost: two\r\n\r\n"
			"PURGE /3 HTTP/1.0\nHost: three\n\nHEAD /4 HTTP/1.1\r\nHost: four\r\n\r\n");
		server("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nServer: a\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n"
			"4;ext=1\r\nHTTP\r\n0A\r\n0123456789\r\n0\r\nTrailer: x\r\nServer: wrong\r\n\r\n"
			"HTTP/1.1 304 Not Modified\r\nContent-Length: 9999\r\nServer: b\r\n\r\n"
			"HTTP/1.1 200 OK\r\nServer: c\r\nContent-Length: 0005\r\n\r\n12345"
			"HTTP/1.1 200 OK\r\nServer: d\r\nContent-Length: 77\r\n\r\n"
			"HTTP/1.1 404 Not Found\r\nServer: e\r\nContent-Length: 0\r\n\r\n");
		ck_assert_uint_eq(feed_count(&f, IND_SIG_HTTP_HOST), 4);
		VALUE_IS(HOST, 0, "one");
		VALUE_IS(HOST, 1, "two");
		VALUE_IS(HOST, 2, "three");
		VALUE_IS(HOST, 3, "four");
		ck_assert_uint_eq(feed_count(&f, IND_SIG_HTTP_SERVER), 5);
		VALUE_IS(SERVER, 3, "d");
		VALUE_IS(SERVER, 4, "e");
		ck_assert_uint_eq(f.seen.malformed, 0);
		ck_assert_uint_eq(f.seen.shared, 0);
	}
}
END_TEST

START_TEST(body_to_the_close_ends_a_direction)
{
	client("GET / HTTP/1.0\r\n\r\n");
	server("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nServer: x\r\n\r\nHTTP/1.1 200 OK\r\nServer: y\r\n\r\n");
	ck_assert_int_eq(f.dir[1].outcome, PARSE_DONE);
	ck_assert_uint_eq(feed_count(&f, IND_SIG_HTTP_SERVER), 1);
	ck_assert_int_eq(f.dir[0].outcome, PARSE_MORE);
}
END_TEST

START_TEST(connect_hands_over)
{
	for (size_t i = 0; i < sizeof(chunks) / sizeof(*chunks); i++) {
		start(chunks[i]);
		client("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n");
		server("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 3\r\n\r\nno!");
		ck_assert_int_eq(f.dir[1].outcome, PARSE_MORE);
		client("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\nProxy-Authorization: Basic cGxhbnRlZA==\r\n\r\n");
		server("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Type: x\r\n\r\n");
		ck_assert_int_eq(f.dir[1].outcome, PARSE_NEXT);
		ck_assert_uint_eq(f.dir[1].unread, 0);
		client("\x16\x03\x01");
		ck_assert_int_eq(f.dir[0].outcome, PARSE_NEXT);
		ck_assert_uint_eq(f.dir[0].unread, chunks[i] == 1 ? 1 : 3);
		ck_assert_uint_eq(f.seen.shared, 0);
	}
}
END_TEST

START_TEST(connect_seen_from_one_side)
{
	server("HTTP/1.0 200 Connection established\r\n\r\n");
	ck_assert_int_eq(f.dir[1].outcome, PARSE_NEXT);
}
END_TEST

START_TEST(upgrade_hands_over)
{
	client("GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n");
	server("HTTP/1.1 101 Switching Protocols\r\nServer: x\r\n\r\n\x81\x05");
	ck_assert_int_eq(f.dir[1].outcome, PARSE_NEXT);
	ck_assert_uint_eq(f.dir[1].unread, 2);
	client("\x81\x85");
	ck_assert_int_eq(f.dir[0].outcome, PARSE_NEXT);
}
END_TEST

START_TEST(repeated_folded_and_odd_fields)
{
	client("GET / HTTP/1.1\r\nUser-Agent: one\r\nUser-Agent: two\r\n  three\r\nHost:\r\nX-Empty:\r\nNo colon here\r\nBad Name: x\r\nhost : b\xff\r\n\r\n");
	VALUE_IS(USER_AGENT, 0, "one");
	VALUE_IS(USER_AGENT, 1, "two    three");
	ck_assert_uint_eq(feed_count(&f, IND_SIG_HTTP_HOST), 1);
	VALUE_IS(HOST, 0, "b\\xff");
	VALUE_IS(HEADER_ORDER, 0, "User-Agent,User-Agent,Host,X-Empty,host");
	ck_assert_uint_eq(f.seen.malformed, 1);
}
END_TEST

START_TEST(lengths_that_contradict)
{
	static const char *const bad[] = { "1, 2", "-1", "18446744073709551616", "9223372036854775808", "0x10", "" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char text[128];
		start(40000);
		strcpy(text, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ");
		strcat(strcat(text, bad[i]), "\r\n\r\n");
		client(text);
		VALUE_IS(HOST, 0, "a");
		ck_assert_int_eq(f.dir[0].outcome, PARSE_DONE);
		ck_assert_uint_eq(f.seen.malformed, 1);
	}
	start(40000);
	client("POST / HTTP/1.1\r\nContent-Length: 5, 5\r\nContent-Length: 5\r\n\r\n12345GET / HTTP/1.1\r\nHost: b\r\n\r\n");
	VALUE_IS(HOST, 0, "b");
	start(40000);
	client("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
	ck_assert_int_eq(f.dir[0].outcome, PARSE_DONE);
	ck_assert_uint_eq(f.seen.malformed, 1);
}
END_TEST

START_TEST(fields_count_on_their_side)
{
	client("GET / HTTP/1.1\r\nServer: no\r\nDate: Fri, 20 Nov 2026 09:12:03 GMT\r\n\r\n");
	server("HTTP/1.1 204 No Content\r\nHost: no\r\nUser-Agent: no\r\nAccept-Language: no\r\n\r\n");
	ck_assert_uint_eq(f.seen.signals, 2);
	VALUE_IS(DATE, 0, "Fri, 20 Nov 2026 09:12:03 GMT");
	VALUE_IS(HEADER_ORDER, 0, "Server,Date");
	ck_assert_uint_eq(f.seen.signal[0].side, IND_CLIENT);
}
END_TEST

START_TEST(large_body_is_not_held)
{
	client("PUT / HTTP/1.1\r\nContent-Length: 1099511627776\r\n\r\nabc");
	ck_assert_uint_eq(f.dir[0].skip, 1099511627776 - 3);
	ck_assert_uint_eq(f.dir[0].unread, 0);
	start(40000);
	client("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\nabc");
	ck_assert_uint_eq(f.dir[0].skip, 0xffffffff - 3);
}
END_TEST

START_TEST(cut_head_gives_its_whole_lines)
{
	static const char head[] = "GET / HTTP/1.1\r\nHost: a\r\nCookie: planted\r\nUser-Agent: cut off he";
	feed_bytes(&f, &http_parser, IND_SRC, head, sizeof(head) - 1, 40000, true);
	VALUE_IS(HOST, 0, "a");
	VALUE_IS(HEADER_ORDER, 0, "Host,Cookie");
	ck_assert_uint_eq(feed_count(&f, IND_SIG_HTTP_USER_AGENT), 0);
	ck_assert_uint_eq(f.seen.exhibit[0].count, sizeof("GET / HTTP/1.1\r\nHost: a\r\nCookie: planted\r\n") - 1);
	ck_assert_uint_eq(f.dir[0].unread, 0);
	client("GET / HTTP/1.1\r\nHost: next\r\n\r\n");
	VALUE_IS(HOST, 1, "next");
}
END_TEST

START_TEST(head_larger_than_the_window)
{
	static char head[IND_EXHIBIT_MAX_BYTES + 1];
	strcpy(head, "GET / HTTP/1.1\r\nHost: a\r\nUser-Agent: ");
	memset(head + strlen(head), 'u', 600);
	strcat(head, "\r\nX-Long: ");
	size_t used = strlen(head);
	memset(head + used, 'z', IND_EXHIBIT_MAX_BYTES - used);
	feed_bytes(&f, &http_parser, IND_SRC, head, IND_EXHIBIT_MAX_BYTES, 1460, true);
	VALUE_IS(HOST, 0, "a");
	VALUE_IS(HEADER_ORDER, 0, "Host,User-Agent");
	ck_assert_uint_eq(strlen(feed_value(&f, IND_SIG_HTTP_USER_AGENT, 0)), IND_VALUE_MAX_BYTES);
	ck_assert_uint_eq(f.dir[0].state[1], 0);
}
END_TEST

static void exhibit_is(const char *want, bool masked)
{
	ck_assert_uint_eq(f.seen.exhibits, 1);
	ck_assert_uint_eq(f.seen.exhibit[0].count, strlen(want));
	ck_assert_msg(memcmp(f.seen.exhibit[0].bytes, want, strlen(want)) == 0, "%.*s", (int)strlen(want), (const char *)f.seen.exhibit[0].bytes);
	ck_assert_uint_eq(f.seen.exhibit[0].masked, masked);
}

START_TEST(exhibits_keep_no_secret)
{
	client("GET http://u:pw@h/p@q?token=secret HTTP/1.1\r\nHost: h\r\nCOOKIE: a=b; c\r\n d\r\nAuthorization: Basic eA==\r\nBroken line\r\n"
		"Referer: http://x/?k=v\r\nProxy-Authorization:y\r\nAccept: */*?\r\n\r\nbody");
	exhibit_is("GET http://xxxx@h/p@q?xxxxxxxxxxxx HTTP/1.1\r\nHost: h\r\nCOOKIE: xxxxxx\r\n x\r\nAuthorization: xxxxxxxxxx\r\nxxxxxxxxxxx\r\n"
		"Referer: http://x/?xxx\r\nProxy-Authorization:x\r\nAccept: */*?\r\n\r\n", true);
	start(40000);
	server("HTTP/1.1 302 Found?x\r\nSet-Cookie: sid=1\r\nLocation: /a?b=c\r\nServer: s\r\nContent-Length: 6\r\n\r\nsecret");
	exhibit_is("HTTP/1.1 302 Found?x\r\nSet-Cookie: xxxxx\r\nLocation: /a?xxx\r\nServer: s\r\nContent-Length: 6\r\n\r\n", true);
	start(40000);
	client("GET /?q HTTP/1.1\r\nHost: h\r\n\r\n");
	exhibit_is("GET /?x HTTP/1.1\r\nHost: h\r\n\r\n", true);
	start(40000);
	client("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	exhibit_is("GET / HTTP/1.1\r\nHost: h\r\n\r\n", false);
}
END_TEST

/* What was kept says again what the original said. */
START_TEST(masked_heads_give_the_same_signals)
{
	static struct feed first;
	client("POST /a?b=c HTTP/1.1\r\nHost: h\r\nCookie: a\r\n\tb: c\r\nnonsense\r\nUser-Agent: x\r\n y\r\nAuthorization: z\r\n\r\n");
	first = f;
	start(40000);
	feed_bytes(&f, &http_parser, IND_SRC, first.seen.exhibit[0].bytes, first.seen.exhibit[0].count, 40000, false);
	ck_assert_uint_eq(f.seen.signals, first.seen.signals);
	for (size_t i = 0; i < f.seen.signals; i++)
		ck_assert_str_eq(f.seen.signal[i].value, first.seen.signal[i].value);
	ck_assert_uint_eq(f.seen.malformed, first.seen.malformed);
	ck_assert_mem_eq(f.seen.exhibit[0].bytes, first.seen.exhibit[0].bytes, f.seen.exhibit[0].count);
}
END_TEST

static enum probe probe_of(const char *text) { return http_parser.probe(cursor_of(text, strlen(text))); }

START_TEST(probe)
{
	static const char request[] = "GET /index.html HTTP/1.1\r\n", response[] = "HTTP/1.1 200 OK\r\n";
	for (size_t i = 0; i < sizeof(request); i++)
		ck_assert_int_eq(http_parser.probe(cursor_of(request, i)), i < sizeof(request) - 1 ? PROBE_MORE : PROBE_YES);
	for (size_t i = 0; i < sizeof(response); i++)
		ck_assert_int_eq(http_parser.probe(cursor_of(response, i)), i < 12 ? PROBE_MORE : PROBE_YES);
	ck_assert_int_eq(probe_of("\r\nM-SEARCH * HTTP/1.1\n"), PROBE_YES);
	ck_assert_int_eq(probe_of("get / HTTP/1.0 \r\n"), PROBE_YES);
	ck_assert_int_eq(probe_of("GET /a b c HTTP/1.1\r\n"), PROBE_YES);
	static const char *const others[] = {
		"GET /\r\n", "RTSP/1.0 200 OK\r\n", "OPTIONS rtsp://x RTSP/1.0\r\n", "INVITE sip:a@b SIP/2.0\r\n", "REQMOD icap://x ICAP/1.0\r\n",
		"PRI * HTTP/2.0\r\n", "SSH-2.0-x\r\n", "EHLO HTTP/1.1\r\n", "220 mail ESMTP\r\n", "GET \x01 HTTP/1.1\r\n", "HTTP/2 200\r\n", "\x16\x03\x01",
	};
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		ck_assert_msg(probe_of(others[i]) == PROBE_NO, "%s", others[i]);
}
END_TEST

START_TEST(many_requests_without_responses)
{
	for (int i = 0; i < 100; i++) {
		f.seen.signals = f.seen.exhibits = 0;
		client("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
		ck_assert_uint_eq(feed_count(&f, IND_SIG_HTTP_HOST), 1);
	}
	for (int i = 0; i < 32; i++) {
		f.seen.signals = f.seen.exhibits = 0;
		server("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nServer: a\r\n\r\n");
	}
	ck_assert_int_eq(f.dir[1].outcome, PARSE_MORE);
	ck_assert_uint_eq(f.seen.shared, 0);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("http");
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, request_and_response);
	tcase_add_test(t, pipelined_and_kept_alive);
	tcase_add_test(t, body_to_the_close_ends_a_direction);
	tcase_add_test(t, connect_hands_over);
	tcase_add_test(t, connect_seen_from_one_side);
	tcase_add_test(t, upgrade_hands_over);
	tcase_add_test(t, repeated_folded_and_odd_fields);
	tcase_add_test(t, lengths_that_contradict);
	tcase_add_test(t, fields_count_on_their_side);
	tcase_add_test(t, large_body_is_not_held);
	tcase_add_test(t, cut_head_gives_its_whole_lines);
	tcase_add_test(t, head_larger_than_the_window);
	tcase_add_test(t, exhibits_keep_no_secret);
	tcase_add_test(t, masked_heads_give_the_same_signals);
	tcase_add_test(t, probe);
	tcase_add_test(t, many_requests_without_responses);
	return suite_run("http", t);
}
