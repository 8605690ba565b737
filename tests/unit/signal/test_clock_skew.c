/* SPDX-License-Identifier: Apache-2.0 */
/* The skew of clocks that are known, seen through delays that are not; and of what is no clock. */
#include "signal/clock_skew.h"
#include "support/suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char value[64];
static unsigned emitted;

static void signal_take(void *ctx, const struct ind_signal *s)
{
	(void)ctx;
	ck_assert_uint_eq(s->id, IND_SIG_TCP_CLOCK_SKEW);
	ck_assert_uint_eq(s->side, IND_SERVER);
	ck_assert_uint_lt(s->value_bytes, sizeof value);
	memcpy(value, s->value, s->value_bytes);
	value[s->value_bytes] = '\0';
	emitted++;
}

static const struct signal_sink sink = { .signal = signal_take };

static bool skew_see(const struct clock_sample *s, size_t count)
{
	struct signal_ctx ctx = { .sink = &sink, .from = IND_DST };
	emitted = 0;
	value[0] = '\0';
	clock_skew_put(&ctx, IND_SERVER, s, count, CLOCK_SKEW_MIN_S);
	return emitted == 1;
}

/* Both halves of the value. */
static void value_read(double *skew, double *half)
{
	char *end;
	*skew = strtod(value, &end);
	ck_assert_msg(end != value && memcmp(end, "+-", 2) == 0, "%s", value);
	const char *second = end + 2;
	*half = strtod(second, &end);
	ck_assert_msg(end != second && *end == '\0' && end[-3] == '.', "%s", value);
}

static uint64_t noise;
static double uniform(void)
{
	noise = noise * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return ((double)(noise >> 11) + 0.5) / 9007199254740992.0;
}

struct clock {
	unsigned hz, minutes;
	double jitter_ms, ppm;
	uint32_t start;
};

/* One sample in every even share of the time, delayed exponentially, of a clock that starts at a random phase of its tick. */
static size_t series(const struct clock *c, struct clock_sample *s)
{
	enum { COUNT = 900 };
	double phase = uniform(), pause_us = c->minutes * 60e6 / (COUNT - 2), last_us = -1;
	for (size_t i = 0; i < COUNT; i++) {
		double sent_us = ((double)i + 0.5 * uniform()) * pause_us, seen_us = sent_us - c->jitter_ms * 1000 * log(uniform());
		seen_us = seen_us > last_us + 1 ? seen_us : last_us + 1;
		last_us = seen_us;
		double ticks = sent_us * (1 + c->ppm / 1e6) * c->hz / 1e6 + phase;
		s[i] = (struct clock_sample) { (uint32_t)seen_us, c->start + (uint32_t)floor(ticks) };
	}
	return COUNT;
}

/* Root mean squares of docs/method.md, in ppm, of one sample a second; five times that is never missed. */
START_TEST(known_clocks_are_measured)
{
	static const struct {
		unsigned hz, jitter_ms, minutes;
		double rms;
	} cases[] = {
		{ 1000, 1, 15, 0.10 },
		{ 1000, 1, 30, 0.06 },
		{ 1000, 1, 60, 0.04 },
		{ 1000, 10, 15, 0.31 },
		{ 1000, 10, 30, 0.15 },
		{ 1000, 10, 60, 0.08 },
		{ 250, 10, 15, 0.65 },
		{ 250, 10, 30, 0.30 },
		{ 250, 10, 60, 0.16 },
		{ 250, 1, 15, 0.40 },
		{ 100, 10, 15, 0.94 },
		{ 100, 10, 30, 0.45 },
		{ 100, 10, 60, 0.25 },
		{ 100, 1, 15, 0.80 },
	};
	static const double skews[] = { 0, 400, -400, 50, -13.37, 3.5 };
	for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
		double squares = 0;
		unsigned runs = 0;
		for (unsigned seed = 1; seed <= 60; seed++) {
			struct clock_sample s[CLOCK_SAMPLES];
			struct clock c = { cases[k].hz, cases[k].minutes, cases[k].jitter_ms, skews[seed % 6],
				seed % 2 ? UINT32_MAX - 5000 : seed };
			double skew, half;
			noise = seed;
			ck_assert_msg(
				skew_see(s, series(&c, s)), "hz %u, jitter %u, %u min, seed %u", c.hz, cases[k].jitter_ms, c.minutes, seed);
			value_read(&skew, &half);
			ck_assert_msg(fabs(skew - c.ppm) <= 5 * cases[k].rms, "hz %u, jitter %u, %u min, seed %u: %s for %g", c.hz,
				cases[k].jitter_ms, c.minutes, seed, value, c.ppm);
			squares += (skew - c.ppm) * (skew - c.ppm);
			runs++;
		}
		double rms = sqrt(squares / runs);
		if (getenv("SKEW_TABLE"))
			printf("%u Hz, %u ms, %u min: rms %.3f ppm\n", cases[k].hz, cases[k].jitter_ms, cases[k].minutes, rms);
		ck_assert_double_le(rms, 1.5 * cases[k].rms);
	}
}
END_TEST

START_TEST(values_are_written_with_sign_and_hundredths)
{
	struct clock_sample s[CLOCK_SAMPLES];
	struct clock c = { .hz = 1000, .minutes = 60, .ppm = -0.5 };
	noise = 7;
	ck_assert(skew_see(s, series(&c, s)));
	ck_assert_msg(memcmp(value, "-0.", 3) == 0, "%s", value);
}
END_TEST

START_TEST(too_little_is_silent)
{
	struct clock_sample s[CLOCK_SAMPLES];
	struct clock c = { .hz = 1000, .minutes = 15, .jitter_ms = 1, .ppm = 20 };
	noise = 1;
	size_t count = series(&c, s);
	ck_assert(!skew_see(s, 0));
	ck_assert(!skew_see(s, 1));
	for (size_t n = 2; n < count - 2; n += 13)
		ck_assert(!skew_see(s, n)); /* less than 15 minutes */
	for (size_t i = 0; i < CLOCK_SKEW_MIN_SAMPLES; i++)
		s[i] = s[i * 9 + 8];
	c.minutes = 20;
	count = series(&c, s);
	size_t few = 0;
	for (size_t i = 0; i < count; i += 10)
		s[few++] = s[i];
	ck_assert_uint_lt(few, CLOCK_SKEW_MIN_SAMPLES);
	ck_assert(!skew_see(s, few));
	/* a quarter in which almost nothing was said */
	count = series(&c, s);
	memmove(s + 228, s + 448, (count - 448) * sizeof *s);
	ck_assert(!skew_see(s, count - 220));
}
END_TEST

/* A usual series with something done to it. */
static size_t usual(struct clock_sample *s)
{
	struct clock c = { .hz = 1000, .minutes = 20, .jitter_ms = 1, .ppm = 20, .start = 1 };
	noise = 3;
	return series(&c, s);
}

START_TEST(what_is_no_steady_clock_is_silent)
{
	struct clock_sample s[CLOCK_SAMPLES];
	size_t count = usual(s);
	ck_assert(skew_see(s, count));
	for (size_t i = 0; i < count; i++)
		s[i].value = 4711;
	ck_assert_msg(!skew_see(s, count), "constant: %s", value);
	for (size_t i = 0; i < count; i++)
		s[i].value = (uint32_t)(i * 2654435761u);
	ck_assert_msg(!skew_see(s, count), "random: %s", value);
	for (size_t i = 0; i < count; i++)
		s[i].value = i % 2 ? 0x7fffffff : 0;
	ck_assert_msg(!skew_see(s, count), "to and fro: %s", value);
	for (size_t i = 0; i < count; i++)
		s[i].value = (uint32_t)i * 0x7fffffff;
	ck_assert_msg(!skew_see(s, count), "as fast as can be: %s", value);
	for (size_t i = 0; i < count; i++)
		s[i].value = (uint32_t)i << 31;
	ck_assert_msg(!skew_see(s, count), "as slow as can be: %s", value);
	usual(s);
	for (size_t i = 0; i < count; i++)
		s[i].value = 0u - s[i].value;
	ck_assert_msg(!skew_see(s, count), "backward: %s", value);
	/* all times the range has */
	for (size_t i = 0; i < count; i++)
		s[i] = (struct clock_sample) { (uint32_t)i * (UINT32_MAX / (uint32_t)count), (uint32_t)i * 0x7fffffff };
	ck_assert(!skew_see(s, count));
	for (size_t i = 0; i < count; i++)
		s[i].time_us = 5; /* not rising: nothing to measure, no fault */
	ck_assert(!skew_see(s, count));
}
END_TEST

/* The value is what it would be otherwise, its interval says how wrong it may be, or there is none. */
static void value_holds(int32_t off, size_t at)
{
	double skew, half;
	if (!emitted)
		return;
	value_read(&skew, &half);
	ck_assert_msg(fabs(skew - 20) <= half + 1, "%d at %zu: %s", off, at, value);
}

START_TEST(a_clock_that_is_set_gives_no_false_value)
{
	static const int32_t jumps[] = { 300, -300, 1000, -1000, 5000, -5000, 100000, -100000, INT32_MAX - 5000, INT32_MIN + 5000 };
	struct clock_sample s[CLOCK_SAMPLES];
	size_t silent = 0;
	for (size_t j = 0; j < sizeof jumps / sizeof *jumps; j++) {
		for (size_t at = 60; at < 840; at += 15) {
			size_t count = usual(s);
			for (size_t i = at; i < count; i++)
				s[i].value += (uint32_t)jumps[j];
			silent += !skew_see(s, count);
			value_holds(jumps[j], at);
		}
	}
	ck_assert_uint_gt(silent, 400); /* of 520 */
}
END_TEST

/* One value out of line, ahead of the clock. Behind it, it is a late packet and harms nothing. */
START_TEST(a_single_value_out_of_line_gives_no_false_one)
{
	static const int32_t offs[] = { 500, 2000, 100000, INT32_MAX - 5000, -500, -2000, -100000, INT32_MIN + 5000 };
	struct clock_sample s[CLOCK_SAMPLES];
	for (size_t j = 0; j < sizeof offs / sizeof *offs; j++) {
		for (size_t at = 0; at < 900; at += 25) {
			size_t count = usual(s);
			s[at].value += (uint32_t)offs[j];
			skew_see(s, count);
			value_holds(offs[j], at);
		}
	}
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("clock_skew");
	tcase_add_test(t, known_clocks_are_measured);
	tcase_add_test(t, values_are_written_with_sign_and_hundredths);
	tcase_add_test(t, too_little_is_silent);
	tcase_add_test(t, what_is_no_steady_clock_is_silent);
	tcase_add_test(t, a_clock_that_is_set_gives_no_false_value);
	tcase_add_test(t, a_single_value_out_of_line_gives_no_false_one);
	tcase_set_timeout(t, 60);
	return suite_run("signal.clock_skew", t);
}
