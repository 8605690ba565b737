/* SPDX-License-Identifier: Apache-2.0 */
/* However a connection's bytes are cut, ordered, repeated and overlapped, and whatever a third party injects outside the windows, the
 * signals are those of the same bytes in order. */
#include "engine/engine.h"
#include "indicia/catalogue.h"
#include "support/craft.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define T0 UINT64_C(1700000000000000000)
enum { A = 0x0a000001, B = 0x0a000002, FRAME_MAX = 70000, STREAM_MAX = 60000, SEGMENTS_MAX = 4096, LIMIT = 200 };

static struct engine *engine;
static char seen[1 << 18]; /* "name=value@side\n" of each signal read from a stream, flow by flow */
static struct ind_flow flows[64];
static size_t flow_count;
static uint64_t frame_number;

static void flow_take(void *ctx, const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	(void)ctx;
	flows[flow_count++ % 64] = *flow;
	for (size_t i = 0; i < count; i++) {
		size_t used = strlen(seen);
		const char *name = ind_signal_info(signals[i].id)->name;
		if (strncmp(name, "http.", 5) == 0 || strncmp(name, "ssh.", 4) == 0)
			snprintf(seen + used, sizeof seen - used, "%s=%.*s@%s\n", name, (int)signals[i].value_bytes, signals[i].value,
				ind_side_name(signals[i].side));
	}
}

static void exhibit_take(void *ctx, const struct ind_exhibit *x) { (void)ctx, (void)x; }

static void setup(void)
{
	struct engine_options o = {
		.flows = 64,
		.signals = { UINT64_MAX, UINT64_MAX },
		.exhibits = true,
		.payload_exhibits = true,
		.output = { .flow = flow_take, .exhibit = exhibit_take },
	};
	ck_assert_int_eq(engine_new(&o, &engine), IND_OK);
	seen[0] = '\0';
	flow_count = 0;
	frame_number = 0;
}

static void teardown(void) { engine_free(engine); }

/* ---- a connection: two streams of bytes, and what each end has received ---- */

struct side {
	uint32_t isn;
	uint8_t bytes[STREAM_MAX];
	size_t count;
	size_t received;
	bool here[STREAM_MAX];
};
static struct side side[2]; /* client, server: what it says; `received`: how much of it the other end has in order */

static void feed(bool client, uint32_t seq, uint32_t ack, unsigned flags, const void *payload, size_t bytes)
{
	static uint8_t frame_bytes[FRAME_MAX];
	struct craft c;
	craft_segment(&c, client ? A : B, client ? 40000 : 8080, client ? B : A, client ? 8080 : 40000, seq, ack, flags, NULL, 0);
	c.bytes[16] = (uint8_t)((40 + bytes) >> 8), c.bytes[17] = (uint8_t)(40 + bytes);
	if (40 + bytes > UINT16_MAX)
		c.bytes[16] = c.bytes[17] = 0;
	memcpy(frame_bytes, c.bytes, c.count);
	if (bytes)
		memcpy(frame_bytes + c.count, payload, bytes);
	struct frame f = craft_frame(&c, T0 + ++frame_number * 1000000);
	f.bytes = frame_bytes;
	f.number = frame_number;
	f.captured = f.wire = (uint32_t)(c.count + bytes);
	engine_frames(engine, &f, 1);
}

static void handshake(void)
{
	feed(true, side[0].isn, 0, TCP_SYN, NULL, 0);
	feed(false, side[1].isn, side[0].isn + 1, TCP_SYN | TCP_ACK, NULL, 0);
	feed(true, side[0].isn + 1, side[1].isn + 1, TCP_ACK, NULL, 0);
}

/* What this end acknowledges: all that it has in order. */
static uint32_t ack_of(bool client) { return side[client].isn + 1 + (uint32_t)side[client].received; }

static void say(bool client, size_t from, size_t to)
{
	struct side *s = &side[!client];
	feed(client, s->isn + 1 + (uint32_t)from, ack_of(client), TCP_ACK | TCP_PSH, s->bytes + from, to - from);
	memset(s->here + from, true, to - from);
	while (s->received < s->count && s->here[s->received])
		s->received++;
	feed(!client, side[client].isn + 1 + (uint32_t)side[client].count, ack_of(!client), TCP_ACK, NULL, 0);
}

static void put(struct side *s, const char *text)
{
	size_t bytes = strlen(text);
	ck_assert_uint_le(s->count + bytes, sizeof s->bytes);
	memcpy(s->bytes + s->count, text, bytes);
	s->count += bytes;
}

/* Some requests with names of their own; responses with bodies that are noise. */
static void http_write(void)
{
	char text[512];
	for (int i = 0; i < 6; i++) {
		snprintf(text, sizeof text, "GET /%d HTTP/1.1\r\nHost: h%d-%d.example\r\nUser-Agent: agent/%d\r\n\r\n", i, i, rand() % 1000,
			rand() % 1000);
		put(&side[0], text);
		int body = rand() % 8000;
		snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nServer: s%d\r\nContent-Length: %d\r\n\r\n", rand() % 1000, body);
		put(&side[1], text);
		while (body--)
			side[1].bytes[side[1].count++] = (uint8_t)rand();
	}
}

static void streams_reset(void)
{
	for (int i = 0; i < 2; i++) {
		side[i].isn = (uint32_t)rand() << 8 ^ (uint32_t)rand();
		side[i].count = side[i].received = 0;
		memset(side[i].here, 0, sizeof side[i].here);
	}
}

static void streams_again(void)
{
	for (int i = 0; i < 2; i++) {
		side[i].received = 0;
		memset(side[i].here, 0, sizeof side[i].here);
	}
}

/* In order, one direction after the other, a kibibyte at a time: what the streams hold. */
static void streams_in_order(char *want, size_t bytes)
{
	handshake();
	for (int i = 0; i < 2; i++)
		for (size_t at = 0; at < side[i].count; at += 1024)
			say(i == 0, at, at + 1024 < side[i].count ? at + 1024 : side[i].count);
	engine_flush(engine);
	snprintf(want, bytes, "%s", seen);
	seen[0] = '\0';
	flow_count = 0;
	streams_again();
}

struct piece {
	size_t from, to;
};

/* Cuts [0, count) into overlapping pieces, some twice, in some disorder. */
static size_t cut(struct piece *pieces, size_t count, size_t longest, unsigned disorder)
{
	size_t n = 0;
	for (size_t at = 0; at < count;) {
		size_t to = at + 1 + (size_t)rand() % longest, back = (size_t)rand() % 60;
		to = to < count ? to : count;
		pieces[n++] = (struct piece) { at > back ? at - back : 0, to };
		if (rand() % 4 == 0) {
			pieces[n] = pieces[n - 1];
			n++;
		}
		at = to;
	}
	for (size_t i = 0; disorder && i + 1 < n; i++) {
		size_t j = i + (size_t)rand() % disorder;
		struct piece kept = pieces[i];
		if (j < n)
			pieces[i] = pieces[j], pieces[j] = kept;
	}
	return n;
}

/* A sequence number that is far from everything that this side will send. */
static uint32_t elsewhere(bool client)
{
	return side[!client].isn + 200000 + (uint32_t)(((uint64_t)rand() << 16 ^ (uint64_t)rand()) % (UINT32_MAX - 400000u));
}

static const char forged[] = "GET /forged HTTP/1.1\r\nHost: forged.example\r\nUser-Agent: forged\r\n\r\n";

static void inject(void)
{
	bool client = rand() % 2;
	unsigned kind = (unsigned)rand() % 4;
	if (kind == 0)
		feed(client, elsewhere(client), elsewhere(!client), TCP_RST, NULL, 0);
	else if (kind == 1)
		feed(client, elsewhere(client), elsewhere(!client), TCP_ACK, NULL, 0);
	else
		feed(client, elsewhere(client), kind == 2 ? elsewhere(!client) : ack_of(client), TCP_ACK | TCP_PSH, forged, strlen(forged));
}

static void streams_in_disorder(size_t longest, unsigned disorder, bool injecting)
{
	static struct piece pieces[2][SEGMENTS_MAX];
	size_t n[2], at[2] = { 0, 0 };
	for (int i = 0; i < 2; i++)
		n[i] = cut(pieces[i], side[i].count, longest, disorder);
	handshake();
	while (at[0] < n[0] || at[1] < n[1]) {
		int i = at[0] == n[0] || (at[1] < n[1] && rand() % 2);
		if (injecting && rand() % 3 == 0)
			inject();
		say(i == 0, pieces[i][at[i]].from, pieces[i][at[i]].to);
		at[i]++;
	}
	engine_flush(engine);
}

static int line_order(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The lines in order of their bytes: directions may be read in any order. */
static void lines_sort(char *text)
{
	static char copy[1 << 18];
	char *lines[1024];
	size_t n = 0;
	snprintf(copy, sizeof copy, "%s", text);
	for (char *line = strtok(copy, "\n"); line && n < 1024; line = strtok(NULL, "\n"))
		lines[n++] = line;
	qsort(lines, n, sizeof *lines, line_order);
	*text = '\0';
	for (size_t i = 0; i < n; i++)
		text += sprintf(text, "%s\n", lines[i]);
}

static char want[1 << 18];

static void check_same(size_t longest, unsigned disorder, bool injecting)
{
	streams_reset();
	http_write();
	streams_in_order(want, sizeof want);
	ck_assert(strstr(want, "http.host=h5-") && strstr(want, "http.server=s"));
	streams_in_disorder(longest, disorder, injecting);
	lines_sort(want);
	lines_sort(seen);
	ck_assert_str_eq(seen, want);
	ck_assert_uint_eq(flow_count, 1);
}

START_TEST(any_cut_and_order_gives_the_same)
{
	srand((unsigned)_i + 1);
	check_same(400, (unsigned)_i % 5, false);
}
END_TEST

START_TEST(large_frames_give_the_same)
{
	srand((unsigned)_i + 1000);
	check_same(60000, 0, false); /* what overtakes by more than the buffer holds is lost */
}
END_TEST

START_TEST(what_is_injected_out_of_window_changes_nothing)
{
	srand((unsigned)_i + 2000);
	check_same(_i % 2 ? 400 : 3000, (unsigned)_i % 4, true);
}
END_TEST

/* ---- one by one ---- */

static const char request[] = "GET / HTTP/1.1\r\nHost: true.example\r\nUser-Agent: test/1\r\n\r\n";

static bool has(const char *line) { return strstr(seen, line) != NULL; }

static void fixed_sides(void)
{
	streams_reset();
	side[0].isn = 0x10000000;
	side[1].isn = 0x20000000;
}

START_TEST(a_segment_from_nowhere_does_not_hide_a_head)
{
	fixed_sides();
	put(&side[0], request);
	handshake();
	say(true, 0, 20);
	feed(true, side[0].isn + (_i ? 0x40000000u : 20000u), ack_of(true), TCP_ACK, forged, strlen(forged));
	say(true, 20, side[0].count);
	engine_flush(engine);
	ck_assert(has("http.host=true.example@client\n"));
	ck_assert(!has("forged"));
}
END_TEST

/* Bytes that were lost by the capture: the other end has them. */
START_TEST(acknowledged_loss_of_any_size_is_crossed)
{
	static const uint32_t lost[] = { 100, 16000, 17000, 100000, 0x20000000 };
	fixed_sides();
	uint32_t at = side[0].isn + 1 + lost[_i];
	handshake();
	feed(true, at, side[1].isn + 1, TCP_ACK, request, strlen(request));
	feed(false, side[1].isn + 1, at + (uint32_t)strlen(request), TCP_ACK, NULL, 0);
	engine_flush(engine);
	ck_assert(has("http.host=true.example@client\n"));
	struct engine_counters counters;
	engine_counters(engine, &counters);
	ck_assert_uint_eq(counters.gaps, 1);
}
END_TEST

START_TEST(one_sided_loss_is_crossed_when_the_stream_goes_on)
{
	fixed_sides();
	uint32_t at = side[0].isn + 1 + 50000;
	feed(true, side[0].isn, 0, TCP_SYN, NULL, 0);
	feed(true, side[0].isn + 1, side[1].isn + 1, TCP_ACK, "POST / HTTP/1.1\r\n", 17);
	feed(true, at, side[1].isn + 1, TCP_ACK, request, 30);
	feed(true, at + 30, side[1].isn + 1, TCP_ACK, request + 30, strlen(request) - 30);
	engine_flush(engine);
	ck_assert(has("http.host=true.example@client\n"));
}
END_TEST

START_TEST(without_syn_a_stream_begins_where_it_is_first_seen)
{
	fixed_sides();
	put(&side[0], request);
	say(true, 0, 30);
	say(true, 30, side[0].count);
	engine_flush(engine);
	ck_assert(has("http.host=true.example@client\n"));
}
END_TEST

START_TEST(a_forged_syn_makes_a_flow_but_hides_nothing)
{
	fixed_sides();
	put(&side[0], request);
	handshake();
	feed(true, 0x77777777, 0, TCP_SYN, NULL, 0);
	say(true, 0, side[0].count);
	engine_flush(engine);
	ck_assert(has("http.host=true.example@client\n"));
	ck_assert_uint_eq(flow_count, 2);
}
END_TEST

START_TEST(ports_used_again_are_another_flow)
{
	fixed_sides();
	put(&side[0], request);
	handshake();
	say(true, 0, side[0].count);
	side[0].isn += 0x01234567, side[1].isn += 0x7654321;
	side[0].received = side[1].received = 0;
	handshake();
	side[0].count = 0;
	put(&side[0], forged);
	say(true, 0, side[0].count);
	engine_flush(engine);
	ck_assert_uint_eq(flow_count, 2);
	ck_assert_uint_eq(flows[0].end_reason, IND_END_REUSED);
	ck_assert(has("http.host=true.example@client\n") && has("http.host=forged.example@client\n"));
}
END_TEST

START_TEST(a_reset_ends_a_flow_only_inside_the_window)
{
	static const struct {
		uint32_t off;
		bool ends;
	} cases[] = { { 0, true }, { 1000, true }, { 200000, false }, { 0x80000000, false } };
	fixed_sides();
	handshake();
	feed(true, side[0].isn + 1 + cases[_i].off, side[1].isn + 1, TCP_RST, NULL, 0);
	engine_flush(engine);
	ck_assert_uint_eq(flows[0].end_reason, cases[_i].ends ? IND_END_RST : IND_END_CAPTURE);
}
END_TEST

START_TEST(a_refusal_ends_a_flow)
{
	fixed_sides();
	feed(true, side[0].isn, 0, TCP_SYN, NULL, 0);
	feed(false, 0, side[0].isn + 1 + (_i ? 12345678u : 0u), TCP_RST | TCP_ACK, NULL, 0);
	engine_flush(engine);
	ck_assert_uint_eq(flows[0].end_reason, _i ? IND_END_CAPTURE : IND_END_RST);
}
END_TEST

START_TEST(keep_alives_are_no_retransmissions)
{
	fixed_sides();
	put(&side[0], request);
	handshake();
	say(true, 0, side[0].count);
	for (int i = 0; i < 3; i++)
		feed(true, side[0].isn + (uint32_t)side[0].count, ack_of(true), TCP_ACK, "", (size_t)(i % 2));
	engine_flush(engine);
	ck_assert_uint_eq(flows[0].retransmits[IND_SRC], 0);
	ck_assert(has("http.host=true.example@client\n"));
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("segments");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, any_cut_and_order_gives_the_same, 0, LIMIT);
	tcase_add_loop_test(t, large_frames_give_the_same, 0, LIMIT);
	tcase_add_loop_test(t, what_is_injected_out_of_window_changes_nothing, 0, LIMIT);
	tcase_add_loop_test(t, a_segment_from_nowhere_does_not_hide_a_head, 0, 2);
	tcase_add_loop_test(t, acknowledged_loss_of_any_size_is_crossed, 0, 5);
	tcase_add_test(t, one_sided_loss_is_crossed_when_the_stream_goes_on);
	tcase_add_test(t, without_syn_a_stream_begins_where_it_is_first_seen);
	tcase_add_test(t, a_forged_syn_makes_a_flow_but_hides_nothing);
	tcase_add_test(t, ports_used_again_are_another_flow);
	tcase_add_loop_test(t, a_reset_ends_a_flow_only_inside_the_window, 0, 4);
	tcase_add_loop_test(t, a_refusal_ends_a_flow, 0, 2);
	tcase_add_test(t, keep_alives_are_no_retransmissions);
	return suite_run("engine.segments", t);
}
