/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine keeps of a flow gives the flow's signals again, and nothing else does. */
#include "engine/engine.h"
#include "engine/rederive.h"
#include "indicia/catalogue.h"
#include "support/craft.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>

#define T0 UINT64_C(1700000000000000000)
enum { A = 0x0a000001, B = 0x0a000002, EXHIBITS_MAX = 32, SIGNALS_MAX = 64 };

static struct engine *engine;
static struct rederive *door;
static struct ind_flow flow;
static struct ind_signal signals[SIGNALS_MAX];
static size_t signal_count, exhibit_count;
static char values[SIGNALS_MAX][IND_VALUE_MAX_BYTES];
static struct ind_exhibit exhibits[EXHIBITS_MAX];
static uint8_t bytes[EXHIBITS_MAX][IND_EXHIBIT_MAX_BYTES];
static uint32_t next_seq[2];
static uint64_t frame_number;

static bool taken[SIGNALS_MAX];
static size_t derived, strange;

static void flow_take(void *ctx, const struct ind_flow *f, const struct ind_signal *s, size_t count)
{
	(void)ctx;
	flow = *f;
	ck_assert_uint_le(count, SIGNALS_MAX);
	for (signal_count = 0; signal_count < count; signal_count++) {
		signals[signal_count] = s[signal_count];
		memcpy(values[signal_count], s[signal_count].value, s[signal_count].value_bytes);
		signals[signal_count].value = values[signal_count];
	}
}

static void exhibit_take(void *ctx, const struct ind_exhibit *x)
{
	(void)ctx;
	ck_assert_uint_lt(exhibit_count, EXHIBITS_MAX);
	exhibits[exhibit_count] = *x;
	memcpy(bytes[exhibit_count], x->bytes, x->bytes_count);
	exhibits[exhibit_count].bytes = bytes[exhibit_count];
	exhibit_count++;
}

static void setup(void)
{
	struct engine_options o = {
		.flows = 8, .signals = { UINT64_MAX, UINT64_MAX }, .exhibits = true, .payload_exhibits = true,
		.output = { .flow = flow_take, .exhibit = exhibit_take },
	};
	ck_assert_int_eq(engine_new(&o, &engine), IND_OK);
	ck_assert_int_eq(rederive_new(&door), IND_OK);
	signal_count = exhibit_count = 0;
	frame_number = 0;
	next_seq[0] = next_seq[1] = 1000;
}

static void teardown(void)
{
	engine_free(engine);
	rederive_free(door);
}

static void segment(unsigned from, unsigned port, unsigned flags, const void *payload, size_t count)
{
	struct craft c = { .count = 0 };
	craft_ethernet(&c, 0x0800);
	craft_ip4(&c, from ? B : A, from ? A : B, IPPROTO_TCP4, 64, 20 + (unsigned)count);
	craft_tcp(&c, from ? port : 40000, from ? 40000 : port, next_seq[from], next_seq[!from], flags);
	if (count)
		craft_put(&c, payload, count);
	struct frame frame = craft_frame(&c, T0 + ++frame_number * 1000000);
	frame.number = frame_number;
	engine_frames(engine, &frame, 1);
	next_seq[from] += (uint32_t)count + !!(flags & (TCP_SYN | TCP_FIN));
}

static void connect_to(unsigned port)
{
	segment(0, port, TCP_SYN, NULL, 0);
	segment(1, port, TCP_SYN | TCP_ACK, NULL, 0);
	segment(0, port, TCP_ACK, NULL, 0);
}

static void say(unsigned from, unsigned port, const void *text, size_t count) { segment(from, port, TCP_ACK | TCP_PSH, text, count); }

static void signal_take(void *ctx, const struct ind_signal *s, size_t exhibit)
{
	(void)ctx;
	bool found = false;
	for (size_t i = 0; i < signal_count; i++) {
		const struct ind_signal *r = &signals[i];
		bool is_same = r->id == s->id && r->side == s->side && r->from == s->from && r->value_bytes == s->value_bytes &&
			memcmp(r->value, s->value, s->value_bytes) == 0;
		if (is_same && exhibit != SIZE_MAX && r->packet == s->packet)
			ck_assert_uint_eq(r->time_ns, s->time_ns);
		derived += is_same && !taken[i];
		taken[i] |= is_same;
		found |= is_same;
	}
	strange += !found;
}

static void rederive_now(const uint64_t *wanted)
{
	const struct ind_exhibit *list[EXHIBITS_MAX];
	for (size_t i = 0; i < exhibit_count; i++)
		list[i] = &exhibits[i];
	struct rederive_flow in = {
		.flow = &flow, .signals = signals, .signal_count = signal_count, .exhibits = list, .exhibit_count = exhibit_count, .wanted = wanted,
	};
	memset(taken, 0, sizeof taken);
	derived = strange = 0;
	rederive_flow(door, &in, &(struct rederive_output){ signal_take, NULL });
}

static size_t derivable(void)
{
	size_t count = 0;
	for (size_t i = 0; i < signal_count; i++)
		count += rederive_source_of(signals[i].id) <= REDERIVE_RECORD;
	return count;
}

static void all_again(size_t at_least)
{
	engine_flush(engine);
	ck_assert_uint_ge(derivable(), at_least);
	for (int twice = 0; twice < 2; twice++) {
		rederive_now(NULL);
		ck_assert_uint_eq(derived, derivable());
		ck_assert_uint_eq(strange, 0);
	}
}

START_TEST(masked_heads)
{
	static const char request[] = "GET /a?token=secret HTTP/1.1\r\nHost: one.example\r\nCookie: s=1\r\nUser-Agent: t/1\r\n\r\n";
	static const char again[] = "POST /b HTTP/1.1\r\nHost: two.example\r\nContent-Length: 3\r\nUser-Agent: t/1\r\n\r\nabc";
	static const char answer[] = "HTTP/1.1 200 OK\r\nServer: s/1\r\nContent-Length: 2\r\n\r\nhi";
	connect_to(80);
	say(0, 80, request, sizeof request - 1);
	say(1, 80, answer, sizeof answer - 1);
	say(0, 80, again, sizeof again - 1);
	all_again(8);
}
END_TEST

/* A message that is not taken for DNS where nothing has shown it: 17 additional records are announced. */
static const uint8_t usual[] = "\0\x1d\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03" "one" "\x07" "example" "\0\0\x01\0\x01";
static const uint8_t odd[] = "\0\x1d\x12\x34\x01\0\0\x01\0\0\0\0\0\x11\x03" "two" "\x07" "example" "\0\0\x01\0\x01";

START_TEST(later_messages)
{
	connect_to(5300);
	say(0, 5300, usual, sizeof usual - 1);
	say(0, 5300, odd, sizeof odd - 1);
	all_again(4);
	ck_assert_int_eq(exhibits[3].kind, IND_EXHIBIT_STREAM);
	ck_assert_mem_eq(exhibits[3].bytes, odd, sizeof odd - 1);
}
END_TEST

/* The banner is told at once, its exhibit waits for what never comes. */
START_TEST(exhibit_at_the_end)
{
	static const char banner[] = "SSH-2.0-Example_1.0\r\n";
	connect_to(22);
	say(1, 22, banner, sizeof banner - 1);
	all_again(3);
	ck_assert_uint_eq(exhibit_count, 3);
	ck_assert_uint_eq(exhibits[2].bytes_count, sizeof banner - 1);
}
END_TEST

START_TEST(only_what_was_wanted)
{
	uint64_t wanted[IND_SIGNAL_SET_WORDS] = { 0 };
	connect_to(22);
	say(1, 22, "SSH-2.0-Example_1.0\r\n", 21);
	engine_flush(engine);
	ind_signal_set_add(wanted, IND_SIG_TCP_SYN);
	rederive_now(wanted);
	ck_assert_uint_eq(derived, 1);
	ck_assert_uint_eq(strange, 0);
}
END_TEST

START_TEST(what_the_record_says)
{
	static const uint8_t six_to_four[IND_ADDR_BYTES] = { 0x20, 0x02, 192, 0, 2, 1, [15] = 1 };
	flow = (struct ind_flow){ .serial = 1, .ip_version = 6, .proto = 17, .packets = { 1, 0 } };
	memcpy(flow.addr[0], six_to_four, sizeof six_to_four);
	signals[0] = (struct ind_signal){ .id = IND_SIG_ADDR_6TO4, .value = "192.0.2.1", .value_bytes = 9 };
	signal_count = 1;
	rederive_now(NULL);
	ck_assert_uint_eq(derived, 1);
	ck_assert_uint_eq(strange, 0);
}
END_TEST

/* One byte of what was kept: what is derived is another value, not the recorded one. */
START_TEST(changed_exhibit)
{
	connect_to(22);
	say(1, 22, "SSH-2.0-Example_1.0\r\n", 21);
	engine_flush(engine);
	bytes[2][8] = 'e';
	rederive_now(NULL);
	ck_assert_uint_eq(derived, derivable() - 1);
	ck_assert_uint_eq(strange, 1);
}
END_TEST

START_TEST(odd_exhibits)
{
	flow = (struct ind_flow){ .serial = 1, .ip_version = 4, .proto = 17, .port = { 53, 53 } };
	for (exhibit_count = 0; exhibit_count < EXHIBITS_MAX; exhibit_count++) {
		exhibits[exhibit_count] = (struct ind_exhibit){
			.from = (uint8_t)(exhibit_count % 3), .side = 9, .kind = (uint8_t)(exhibit_count % 5), .bytes = bytes[exhibit_count],
			.bytes_count = (uint16_t)(exhibit_count * 500),
		};
		memset(bytes[exhibit_count], (int)exhibit_count * 8, exhibit_count * 500);
	}
	rederive_now(NULL);
	ck_assert_uint_eq(strange, 0);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("rederive");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, masked_heads);
	tcase_add_test(t, later_messages);
	tcase_add_test(t, exhibit_at_the_end);
	tcase_add_test(t, only_what_was_wanted);
	tcase_add_test(t, what_the_record_says);
	tcase_add_test(t, changed_exhibit);
	tcase_add_test(t, odd_exhibits);
	return suite_run("rederive", t);
}
