/* SPDX-License-Identifier: Apache-2.0 */
/* Frames of one connection with timestamps, for as long as it takes to tell the skew of its ends' clocks. */
#include "engine/engine.h"
#include "indicia/catalogue.h"
#include "support/craft.h"
#include "support/suite.h"

#include <stdlib.h>
#include <string.h>

#define T0 UINT64_C(1700000000000000000)
#define SECOND_NS UINT64_C(1000000000)
enum { A = 0x0a000001, B = 0x0a000002, ISN_A = 1000, ISN_B = 0xfffffff0, HZ_A = 1000, HZ_B = 250 };

static char skew[2][64]; /* values by direction, "" without */
static unsigned flows, skews;
static uint64_t frame_number;

static void flow_take(void *ctx, const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	(void)ctx, (void)flow;
	flows++;
	for (size_t i = 0; i < count; i++) {
		if (signals[i].id != IND_SIG_TCP_CLOCK_SKEW)
			continue;
		ck_assert_uint_eq(signals[i].side, signals[i].from == IND_SRC ? IND_CLIENT : IND_SERVER);
		ck_assert_uint_lt(signals[i].value_bytes, sizeof skew[0]);
		memcpy(skew[signals[i].from], signals[i].value, signals[i].value_bytes);
		skew[signals[i].from][signals[i].value_bytes] = '\0';
		skews++;
	}
}

static void exhibit_take(void *ctx, const struct ind_exhibit *x) { (void)ctx, (void)x; }

static struct engine *engine_make(uint64_t wanted, uint32_t min_s)
{
	struct engine_options o = {
		.flows = 64,
		.signals = { wanted },
		.skew_min_s = min_s,
		.output = { .flow = flow_take, .exhibit = exhibit_take },
	};
	struct engine *e;
	ck_assert_int_eq(engine_new(&o, &e), IND_OK);
	memset(skew, 0, sizeof skew);
	flows = skews = 0;
	frame_number = 0;
	return e;
}

enum layout { USUAL, OTHERS_FIRST, NONE, CUT };

/* A segment with options (RFC 7323 section 3.2, appendix A). */
static void send(struct engine *e, uint64_t time_ns, bool client, uint32_t seq, unsigned flags, uint32_t tsval, enum layout layout)
{
	static const uint8_t sack[] = { 4, 2, 3, 3, 7, 1 };
	struct craft c, options = { .count = 0 };
	if (layout == OTHERS_FIRST)
		craft_put(&options, sack, sizeof sack);
	else
		craft_be16(&options, 0x0101);
	if (layout != NONE)
		craft_u8(&options, 8), craft_u8(&options, layout == CUT ? 40 : 10), craft_be32(&options, tsval), craft_be32(&options, 0);
	while (options.count % 4)
		craft_u8(&options, 0);
	craft_segment(
		&c, client ? A : B, client ? 40000 : 22, client ? B : A, client ? 22 : 40000, seq, 1, flags, options.bytes, options.count);
	c.bytes[14 + 20 + 12] = (uint8_t)((5 + options.count / 4) << 4);
	struct frame f = craft_frame(&c, time_ns);
	f.number = ++frame_number;
	engine_frames(e, &f, 1);
}

static uint32_t clock_at(uint64_t ns, unsigned hz, int ppm, uint32_t start)
{
	uint64_t own_ns = ns + (uint64_t)((int64_t)(ns / 1000000) * ppm);
	return start + (uint32_t)(own_ns * hz / SECOND_NS);
}

static uint64_t delay_ns(void)
{
	static uint32_t noise = 1;
	noise = noise * 1664525 + 1013904223;
	return (noise >> 8) % 1000000;
}

/* A clock 123 ppm fast asks one 45 ppm slow, whose timestamps wrap, `a_second` times a second for so long. */
static void connection(struct engine *e, unsigned seconds, unsigned a_second, enum layout layout)
{
	send(e, T0, true, ISN_A, TCP_SYN, clock_at(0, HZ_A, 123, 77) + 5000, layout);
	send(e, T0 + 1000, false, ISN_B, TCP_SYN | TCP_ACK, 99999999, layout); /* a SYN cookie's */
	for (uint64_t i = 1; i < (uint64_t)seconds * a_second; i++) {
		uint64_t ns = i * SECOND_NS / a_second;
		send(e, T0 + ns + delay_ns(), true, ISN_A + 1, TCP_ACK, clock_at(ns, HZ_A, 123, 77), layout);
		ns += 3000000;
		send(e, T0 + ns + delay_ns(), false, ISN_B + 1, TCP_ACK, clock_at(ns, HZ_B, -45, UINT32_MAX - 100000), layout);
	}
}

static void value_check(const char *value, double ppm, double off)
{
	char *end;
	double seen = strtod(value, &end), half = end != value && memcmp(end, "+-", 2) == 0 ? strtod(end + 2, NULL) : 1e6;
	ck_assert_msg(seen >= ppm - off && seen <= ppm + off && half < 10, "%s for %g", value, ppm);
}

START_TEST(sixteen_minutes_tell_the_skew_of_both_ends)
{
	static const struct {
		unsigned a_second;
		enum layout layout;
	} cases[] = { { 1, USUAL }, { 2, OTHERS_FIRST }, { 20, USUAL } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct engine *e = engine_make(UINT64_C(1) << IND_SIG_TCP_CLOCK_SKEW, 0);
		connection(e, 16 * 60, cases[i].a_second, cases[i].layout);
		engine_flush(e);
		ck_assert_uint_eq(flows, 1);
		ck_assert_uint_eq(skews, 2);
		value_check(skew[IND_SRC], 123, 0.5);
		value_check(skew[IND_DST], -45, 1.5);
		engine_free(e);
	}
}
END_TEST

/* Flows are cut after half an hour: each part is long enough by itself. */
START_TEST(parts_of_a_long_connection_each_have_a_value)
{
	struct engine *e = engine_make(UINT64_MAX, 0);
	connection(e, 65 * 60, 4, USUAL);
	engine_flush(e);
	ck_assert_uint_eq(flows, 3);
	ck_assert_uint_eq(skews, 4);
	value_check(skew[IND_SRC], 123, 0.5);
	value_check(skew[IND_DST], -45, 1.5);
	engine_free(e);
}
END_TEST

START_TEST(no_value_without_time_samples_or_leave)
{
	static const struct {
		uint64_t wanted;
		unsigned seconds;
		uint32_t min_s;
		enum layout layout;
		unsigned skews;
	} cases[] = {
		{ UINT64_MAX, 14 * 60, 0, USUAL, 0 },
		{ UINT64_MAX, 16 * 60, 0, NONE, 0 },
		{ UINT64_MAX, 16 * 60, 0, CUT, 0 },
		{ ~(UINT64_C(1) << IND_SIG_TCP_CLOCK_SKEW), 16 * 60, 0, USUAL, 0 },
		{ 0, 16 * 60, 0, USUAL, 0 },
		{ UINT64_MAX, 95, 60, USUAL, 0 },
		{ UINT64_MAX, 110, 60, USUAL, 2 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct engine *e = engine_make(cases[i].wanted, cases[i].min_s);
		connection(e, cases[i].seconds, 1, cases[i].layout);
		engine_flush(e);
		ck_assert_uint_eq(flows, 1);
		ck_assert_msg(skews == cases[i].skews, "case %zu: %u", i, skews);
		engine_free(e);
	}
}
END_TEST

/* A stranger does not know where in the connection the two are; a reset says nothing of a clock. */
START_TEST(what_strangers_send_changes_nothing)
{
	struct engine *e = engine_make(UINT64_MAX, 0);
	for (uint64_t s = 0; s < 16 * 60; s++) {
		uint64_t ns = s * SECOND_NS;
		uint32_t guess = ISN_A + 500000000 + (uint32_t)s * 1000000;
		send(e, T0 + ns + delay_ns(), true, ISN_A + 1, TCP_ACK, clock_at(ns, HZ_A, 123, 77), USUAL);
		send(e, T0 + ns + SECOND_NS / 2, true, guess, TCP_ACK, (uint32_t)s * 2654435761u, USUAL);
		send(e, T0 + ns + SECOND_NS / 2 + 1, true, guess + 77, TCP_RST, 0, USUAL);
	}
	engine_flush(e);
	ck_assert_uint_eq(skews, 1);
	value_check(skew[IND_SRC][0] ? skew[IND_SRC] : skew[IND_DST], 123, 0.5);
	engine_free(e);
}
END_TEST

START_TEST(times_and_values_without_sense_are_survived)
{
	struct engine *e = engine_make(UINT64_MAX, 1);
	uint64_t noise = 1;
	for (unsigned i = 0; i < 200000; i++) {
		noise = noise * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		uint64_t time_ns = i % 3 ? T0 + (noise >> 24) : i * UINT64_C(10000000);
		send(e, time_ns, noise >> 33 & 1, ISN_A, i % 1000 ? TCP_ACK : TCP_SYN, (uint32_t)(noise >> 16), USUAL);
	}
	engine_flush(e);
	ck_assert_uint_eq(skews, 0);
	engine_free(e);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("clock");
	tcase_add_test(t, sixteen_minutes_tell_the_skew_of_both_ends);
	tcase_add_test(t, parts_of_a_long_connection_each_have_a_value);
	tcase_add_test(t, no_value_without_time_samples_or_leave);
	tcase_add_test(t, what_strangers_send_changes_nothing);
	tcase_add_test(t, times_and_values_without_sense_are_survived);
	tcase_set_timeout(t, 60);
	return suite_run("engine.clock", t);
}
