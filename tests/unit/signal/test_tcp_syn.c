/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/tcp_syn.h"

#include "seen.h"
#include "support/suite.h"

static struct seen s;
static uint8_t bytes[120];
static struct packet p;

static void setup(void) { memset(&s, 0, sizeof(s)); }

/* A SYN of 60 or fewer header bytes behind an IP header of 20 or 40. */
static void packet(unsigned version, const void *options, size_t count)
{
	size_t ip_bytes = version == 4 ? 20 : 40;
	memset(bytes, 0, sizeof(bytes));
	bytes[0] = (uint8_t)(version << 4);
	uint8_t *tcp = bytes + ip_bytes;
	tcp[12] = (uint8_t)((20 + count) / 4 << 4);
	memcpy(tcp + 20, options, count);
	p = (struct packet){
		.ip = bytes, .ip_captured = (uint32_t)(ip_bytes + 20 + count), .ip_version = (uint8_t)version, .ttl = 64, .window = 64240, .seq = 1,
		.tcp_flags = TCP_SYN, .tcp_options = tcp + 20, .tcp_options_bytes = (uint8_t)count, .dont_fragment = version == 4, .ip_id = 7,
		.has_ports = true, .proto = IPPROTO_TCP4,
	};
	if (version == 6)
		p.ip_id = 0;
}

static void value_is(const char *want)
{
	const struct signal_sink sink = { .signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &s, .wants_exhibits = true };
	struct signal_ctx ctx = { .sink = &sink, .from = IND_SRC };
	s.signals = s.exhibits = 0;
	tcp_syn_see(&ctx, &p);
	ck_assert_str_eq(s.signal[0].value, want);
	ck_assert_uint_eq(s.signals, 1);
}

#define PACKET(version, options) packet(version, options, sizeof(options) - 1)
#define LINUX "\2\4\5\xb4\4\2\x08\x0a\1\2\3\4\0\0\0\0\1\3\3\7"

START_TEST(grammar)
{
	PACKET(4, LINUX);
	value_is("v4:t64:w64240:m1460:s7:o2-4-8-1-3:qdi");
	ck_assert_uint_eq(s.signal[0].id, IND_SIG_TCP_SYN);
	ck_assert_uint_eq(s.signal[0].side, IND_CLIENT);
	ck_assert_uint_eq(s.exhibits, 1);
	ck_assert_uint_eq(s.exhibit[0].count, 60);
	ck_assert_mem_eq(s.exhibit[0].bytes, bytes, 60);
	PACKET(6, "");
	p.window = 0;
	p.ttl = 255;
	value_is("v6:t255:w0:m-:s-:o-:q-");
	ck_assert_uint_eq(s.exhibit[0].count, 60);
}
END_TEST

START_TEST(answer)
{
	PACKET(4, LINUX);
	p.tcp_flags = TCP_SYN | TCP_ACK;
	p.ack = 5;
	p.ip_id = 0;
	value_is("v4:t64:w64240:m1460:s7:o2-4-8-1-3:qd");
	ck_assert_uint_eq(s.signal[0].id, IND_SIG_TCP_SYNACK);
	ck_assert_uint_eq(s.signal[0].side, IND_SERVER);
	p.ack = 0;
	value_is("v4:t64:w64240:m1460:s7:o2-4-8-1-3:qda");
}
END_TEST

START_TEST(options_to_the_end)
{
	PACKET(4, "\2\4\5\xb4\0\0\0\0");
	value_is("v4:t64:w64240:m1460:s-:o2-0-0-0-0:qdi");
	PACKET(4, "\2\4\5\xb4\0\2\4\0");
	value_is("v4:t64:w64240:m1460:s-:o2-0-0-0-0:qdiz");
	PACKET(4, "\1\1\xfd\2");
	value_is("v4:t64:w64240:m-:s-:o1-1-253:qdi");
	static const uint8_t ends[40];
	packet(4, ends, sizeof(ends));
	value_is("v4:t64:w64240:m-:s-:o0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0-0:qdi");
	static uint8_t unknown[40];
	for (size_t i = 0; i < sizeof(unknown); i += 2) {
		unknown[i] = 200;
		unknown[i + 1] = 2;
	}
	packet(4, unknown, sizeof(unknown));
	value_is("v4:t64:w64240:m-:s-:o200-200-200-200-200-200-200-200-200-200-200-200-200-200-200-200-200-200-200-200:qdi");
}
END_TEST

START_TEST(impossible_options)
{
	PACKET(4, "\2\0\0\0");
	value_is("v4:t64:w64240:m-:s-:o2:qdib");
	PACKET(4, "\2\1\0\0");
	value_is("v4:t64:w64240:m-:s-:o2:qdib");
	PACKET(4, "\1\1\1\2");
	value_is("v4:t64:w64240:m-:s-:o1-1-1-2:qdib");
	PACKET(4, "\2\5\5\xb4");
	value_is("v4:t64:w64240:m-:s-:o2:qdib");
	PACKET(4, "\2\3\5\1");
	value_is("v4:t64:w64240:m-:s-:o2-1:qdi");
}
END_TEST

START_TEST(quirks)
{
	PACKET(4, "\1\3\3\x0f\x08\x0a\0\0\0\0\0\0\0\1\1\1");
	p.dont_fragment = false;
	p.ip_id = 0;
	p.ecn = 1;
	p.seq = 0;
	p.ack = 9;
	p.payload_bytes = 3;
	p.tcp_flags = TCP_SYN | TCP_ECE | TCP_PSH;
	bytes[6] = 0x80;
	bytes[32] |= 1;
	bytes[39] = 1;
	value_is("v4:t64:w64240:m-:s15:o1-3-8-1-1:qjhecrupnatywl");
	p.tcp_flags |= TCP_URG;
	value_is("v4:t64:w64240:m-:s15:o1-3-8-1-1:qjhecrgpnatywl");
	PACKET(6, "");
	p.ip6_flow_label = 1;
	value_is("v6:t64:w64240:m-:s-:o-:qf");
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("tcp_syn");
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, grammar);
	tcase_add_test(t, answer);
	tcase_add_test(t, options_to_the_end);
	tcase_add_test(t, impossible_options);
	tcase_add_test(t, quirks);
	return suite_run("tcp_syn", t);
}
