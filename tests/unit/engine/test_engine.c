/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/engine.h"
#include "indicia/catalogue.h"
#include "support/craft.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T0 UINT64_C(1700000000000000000)
enum { A = 0x0a000001, B = 0x0a000002, ISN_A = 0xfffffff0, ISN_B = 5000 };

static struct engine *engine;
static char seen[65536];             /* "name=value@side\n" of each signal, flow by flow */
static struct ind_flow last_flow;
static size_t flows, exhibits;
static uint64_t frame_number;

static void flow_take(void *ctx, const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	(void)ctx;
	flows++;
	last_flow = *flow;
	for (size_t i = 0; i < count; i++) {
		size_t used = strlen(seen);
		snprintf(seen + used, sizeof seen - used, "%s=%.*s@%s\n", ind_signal_info(signals[i].id)->name, (int)signals[i].value_bytes,
			signals[i].value, ind_side_name(signals[i].side));
	}
}

static void exhibit_take(void *ctx, const struct ind_exhibit *x)
{
	(void)ctx;
	exhibits += x->bytes_count > 0;
}

static void setup(void)
{
	struct engine_options o = {
		.flows = 64, .signals = { UINT64_MAX, UINT64_MAX }, .exhibits = true, .payload_exhibits = true,
		.output = { .flow = flow_take, .exhibit = exhibit_take },
	};
	ck_assert_int_eq(engine_new(&o, &engine), IND_OK);
	seen[0] = '\0';
	flows = exhibits = 0;
	frame_number = 0;
}

static void teardown(void) { engine_free(engine); }

static void feed(const struct craft *c, uint32_t cut)
{
	struct frame f = craft_frame(c, T0 + ++frame_number * 1000000);
	f.number = frame_number;
	f.captured -= cut;
	engine_frames(engine, &f, 1);
}

static void segment(bool client, uint32_t offset, const char *text, size_t bytes, unsigned flags)
{
	struct craft c;
	if (client)
		craft_segment(&c, A, 40000, B, 8080, ISN_A + offset, ISN_B + 1, flags, text, bytes);
	else
		craft_segment(&c, B, 8080, A, 40000, ISN_B + offset, ISN_A + 1, flags, text, bytes);
	feed(&c, 0);
}

static void handshake(void)
{
	segment(true, 0, NULL, 0, TCP_SYN);
	segment(false, 0, NULL, 0, TCP_SYN | TCP_ACK);
	segment(true, 1, NULL, 0, TCP_ACK);
}

static void say(bool client, uint32_t offset, const char *text) { segment(client, 1 + offset, text, strlen(text), TCP_ACK | TCP_PSH); }

static const char request[] = "GET /a?secret=1 HTTP/1.1\r\nHost: one.example\r\nUser-Agent: test/1\r\nAccept-Language: es-UY\r\n\r\n";

static bool has(const char *line) { return strstr(seen, line) != NULL; }

START_TEST(a_request_in_one_segment)
{
	handshake();
	say(true, 0, request);
	engine_flush(engine);
	ck_assert_uint_eq(flows, 1);
	ck_assert(has("tcp.syn=v4:t57:w64240:"));
	ck_assert(has("tcp.synack=v4:"));
	ck_assert(has("http.host=one.example@client\n"));
	ck_assert(has("http.user_agent=test/1@client\n"));
	ck_assert(has("http.accept_language=es-UY@client\n"));
	ck_assert(has("path.prehello_us="));
	ck_assert_uint_eq(exhibits, 3);
}
END_TEST

START_TEST(byte_by_byte_and_backward_it_is_the_same_request)
{
	size_t length = strlen(request);
	handshake();
	for (size_t i = 0; i < length; i++) {
		size_t at = _i == 0 ? i : length - 1 - i;
		if (_i == 2)
			at = i ^ 1;
		if (at < length)
			segment(true, 1 + (uint32_t)at, request + at, 1, TCP_ACK);
	}
	engine_flush(engine);
	ck_assert(has("http.host=one.example@client\n"));
	ck_assert(has("http.accept_language=es-UY@client\n"));
}
END_TEST

START_TEST(a_protocol_behind_another_greeting_is_found)
{
	handshake();
	say(false, 0, "220 mail.example ready\r\n");
	say(true, 0, "EHLO me\r\nSTARTTLS\r\n");
	say(false, 24, "250 yes\r\nSSH-2.0-OpenSSH_9.2p1\r\n");
	engine_flush(engine);
	ck_assert(has("ssh.banner=SSH-2.0-OpenSSH_9.2p1@server\n"));
}
END_TEST

START_TEST(two_requests_are_two_hosts)
{
	char two[256];
	handshake();
	say(true, 0, request);
	snprintf(two, sizeof two, "GET /b HTTP/1.1\r\nHost: two.example\r\n\r\n");
	say(true, (uint32_t)strlen(request), two);
	engine_flush(engine);
	ck_assert(has("http.host=one.example@client\n"));
	ck_assert(has("http.host=two.example@client\n"));
}
END_TEST

START_TEST(what_stands_behind_a_lost_segment_is_read)
{
	handshake();
	say(true, 5000, request);
	segment(false, 1, NULL, 0, TCP_ACK);
	struct craft c;
	craft_segment(&c, B, 8080, A, 40000, ISN_B + 1, ISN_A + 1 + 5000 + (uint32_t)strlen(request), TCP_ACK, NULL, 0);
	feed(&c, 0);
	engine_flush(engine);
	ck_assert(has("http.host=one.example@client\n"));
	struct engine_counters counters;
	engine_counters(engine, &counters);
	ck_assert_uint_ge(counters.gaps, 1);
}
END_TEST

START_TEST(a_cut_frame_gives_what_is_there)
{
	struct craft c;
	handshake();
	craft_segment(&c, A, 40000, B, 8080, ISN_A + 1, ISN_B + 1, TCP_ACK, request, strlen(request));
	feed(&c, 40);
	engine_flush(engine);
	ck_assert(has("http.host=one.example@client\n"));
	ck_assert_uint_eq(last_flow.payload[IND_SRC], strlen(request));
}
END_TEST

START_TEST(a_role_orients_a_flow_that_nothing_else_does)
{
	struct craft c;
	static const char response[] = "HTTP/1.1 200 OK\r\nServer: s\r\nContent-Length: 0\r\n\r\n";
	craft_segment(&c, B, 8080, A, 9000, 1, 1, TCP_ACK, response, strlen(response));
	feed(&c, 0);
	engine_flush(engine);
	ck_assert_uint_eq(last_flow.orient, IND_ORIENT_ROLE);
	ck_assert_uint_eq(last_flow.port[IND_SRC], 9000);
	ck_assert_uint_eq(last_flow.packets[IND_DST], 1);
	ck_assert(has("http.server=s@server\n"));
}
END_TEST

START_TEST(frames_are_counted_by_what_became_of_them)
{
	struct craft arp = { .count = 0 }, tcp;
	struct engine_counters counters;
	craft_ethernet(&arp, 0x0806);
	craft_segment(&tcp, A, 1, B, 2, 0, 0, TCP_SYN, NULL, 0);
	feed(&arp, 0);
	feed(&tcp, 0);
	feed(&tcp, 30);
	tcp.bytes[14] = 0x41;
	feed(&tcp, 0);
	engine_counters(engine, &counters);
	ck_assert_uint_eq(counters.frames, 4);
	ck_assert_uint_eq(counters.frames_unknown, 1);
	ck_assert_uint_eq(counters.frames_short, 1);
	ck_assert_uint_eq(counters.frames_malformed, 1);
	ck_assert_uint_eq(counters.flows, 1);
	ck_assert_uint_eq(counters.first_ns, T0 + 1000000);
	ck_assert_uint_eq(counters.last_ns, T0 + 4000000);
}
END_TEST

static void datagram(bool client, const void *bytes, size_t count)
{
	struct craft c = { .count = 0 };
	craft_ethernet(&c, 0x0800);
	craft_ip4(&c, client ? A : B, client ? B : A, 17, 57, 8 + (unsigned)count);
	craft_udp(&c, client ? 9000 : 8080, client ? 8080 : 9000, (unsigned)count);
	craft_put(&c, bytes, count);
	feed(&c, 0);
}

/* A DTLS ClientHello of one cipher suite and no extension, whole or its half. */
static void dtls_hello(bool client, unsigned half)
{
	enum { BODY = 2 + 32 + 1 + 1 + 4 + 2, HALF = BODY / 2 };
	struct craft c = { .count = 0 }, body = { .count = 0 };
	unsigned at = half == 2 ? HALF : 0, count = half == 0 ? BODY : HALF;
	craft_be16(&body, 0xfefd);
	for (unsigned i = 0; i < 34; i++)
		craft_u8(&body, i < 32 ? 0xaa : 0);
	craft_be16(&body, 2), craft_be16(&body, 0xc02b), craft_be16(&body, 0x0100);
	craft_u8(&c, 22), craft_be16(&c, 0xfefd), craft_be32(&c, 0), craft_be32(&c, 0), craft_be16(&c, 12 + count);
	craft_u8(&c, 1), craft_u8(&c, 0), craft_be16(&c, BODY), craft_be16(&c, 0), craft_u8(&c, 0), craft_be16(&c, at);
	craft_u8(&c, 0), craft_be16(&c, count);
	craft_put(&c, body.bytes + at, count);
	datagram(client, c.bytes, c.count);
}

START_TEST(a_conversation_in_datagrams_orients_its_flow)
{
	datagram(false, "junk", 4);
	dtls_hello(true, 2);
	dtls_hello(true, 1);
	engine_flush(engine);
	ck_assert(has("tls.version=dtls1.2@client\n"));
	ck_assert_uint_eq(last_flow.orient, IND_ORIENT_ROLE);
	ck_assert_uint_eq(last_flow.port[IND_SRC], 9000);
	ck_assert_uint_eq(last_flow.validated, IND_VALID_UNTESTABLE);
}
END_TEST

START_TEST(half_of_a_conversation_is_a_gap)
{
	struct engine_counters counters;
	dtls_hello(true, 1);
	engine_flush(engine);
	engine_counters(engine, &counters);
	ck_assert_uint_eq(counters.gaps, 1);
	ck_assert(!has("tls."));
}
END_TEST

/* ICE sends its checks before the handshake that they prepare; anything else is looked at a few times only. */
START_TEST(checks_do_not_tire_but_other_datagrams_do)
{
	static const uint8_t stun[20] = { 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42 };
	for (int i = 0; i < 40; i++) {
		if (_i == 0 || i >= 8)
			datagram(i & 1, stun, sizeof stun);
		else
			datagram(i & 1, "something else", 14);
	}
	dtls_hello(true, 0);
	engine_flush(engine);
	ck_assert(has("tls.version=dtls1.2@client\n") == (_i == 0));
	ck_assert_uint_eq(last_flow.packets[0] + last_flow.packets[1], 41);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("engine");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_request_in_one_segment);
	tcase_add_loop_test(t, byte_by_byte_and_backward_it_is_the_same_request, 0, 3);
	tcase_add_test(t, a_protocol_behind_another_greeting_is_found);
	tcase_add_test(t, two_requests_are_two_hosts);
	tcase_add_test(t, what_stands_behind_a_lost_segment_is_read);
	tcase_add_test(t, a_cut_frame_gives_what_is_there);
	tcase_add_test(t, a_role_orients_a_flow_that_nothing_else_does);
	tcase_add_test(t, frames_are_counted_by_what_became_of_them);
	tcase_add_test(t, a_conversation_in_datagrams_orients_its_flow);
	tcase_add_test(t, half_of_a_conversation_is_a_gap);
	tcase_add_loop_test(t, checks_do_not_tire_but_other_datagrams_do, 0, 2);
	return suite_run("engine.engine", t);
}
