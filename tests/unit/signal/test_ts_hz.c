/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/ts_hz.h"

#include "seen.h"
#include "support/suite.h"

#define T0 UINT64_C(1700000000000000000)
#define MS UINT64_C(1000000)

static struct seen s;

static const char *told(const struct ts_hz *hz)
{
	const struct signal_sink sink = { .signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &s };
	struct signal_ctx ctx = { .sink = &sink, .from = IND_DST };
	memset(&s, 0, sizeof(s));
	ts_hz_put(&ctx, IND_SERVER, hz);
	ck_assert_uint_le(s.signals, 1);
	return s.signals ? seen_value(&s, IND_SIG_TCP_TS_HZ) : "";
}

/* Two timestamps, `ms` apart by a clock of `hz`, of which the second was under way for longer. */
static const char *two(uint32_t start, uint64_t ms, uint64_t hz, int64_t late_ms)
{
	struct ts_hz sample = { .state = 0 };
	ts_hz_see(&sample, T0, start);
	ts_hz_see(&sample, T0 + (uint64_t)((int64_t)ms + late_ms) * MS, start + (uint32_t)(ms * hz / 1000));
	return told(&sample);
}

START_TEST(usual_rates)
{
	static const struct { unsigned hz; const char *value; } cases[] = {
		{ 100, "100" }, { 250, "250" }, { 1000, "1000" }, { 2, "" }, { 10, "" }, { 256, "" }, { 300, "" }, { 1024, "" }, { 0, "" },
		{ 1000000, "" },
	};
	static const uint64_t spans_ms[] = { 10000, 11000, 60000, 1799000 };
	static const uint32_t starts[] = { 0, 1, 0x7fffff00, 0xffffff00 };
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		for (size_t k = 0; k < sizeof(spans_ms) / sizeof(*spans_ms); k++)
			for (size_t n = 0; n < sizeof(starts) / sizeof(*starts); n++)
				ck_assert_str_eq(two(starts[n], spans_ms[k], cases[i].hz, 0), cases[i].value);
}
END_TEST

START_TEST(too_short_is_silent)
{
	struct ts_hz sample = { .state = 0 };
	ck_assert_str_eq(told(&sample), "");
	ts_hz_see(&sample, T0, 1);
	ck_assert_str_eq(told(&sample), "");
	ck_assert_str_eq(two(1, 9999, 1000, 0), "");
	ck_assert_str_eq(two(1, 0, 1000, 0), "");
	ck_assert_str_eq(two(1, 10000, 1000, -20000), ""); /* time ran backward */
}
END_TEST

START_TEST(delay_may_differ_a_little)
{
	ck_assert_str_eq(two(1, 10000, 1000, 90), "1000");
	ck_assert_str_eq(two(1, 20000, 100, -150), "100");
	ck_assert_str_eq(two(1, 10000, 1000, 200), "");
	ck_assert_str_eq(two(1, 60000, 250, 500), "250");
}
END_TEST

START_TEST(the_longest_span_decides)
{
	struct ts_hz sample = { .state = 0 };
	ts_hz_see(&sample, T0, 500);
	ts_hz_see(&sample, T0 + 10500 * MS, 10500); /* half a second late */
	ck_assert_str_eq(told(&sample), "");
	ts_hz_see(&sample, T0 + 60100 * MS, 60500);
	ck_assert_str_eq(told(&sample), "1000");
	ts_hz_see(&sample, T0 + 90000 * MS, 0xdeadbeef); /* set, or no clock at all */
	ck_assert_str_eq(told(&sample), "");
}
END_TEST

START_TEST(the_time_that_is_kept_wraps)
{
	struct ts_hz sample = { .state = 0 };
	uint64_t before = (T0 / MS | ((1 << 29) - 1)) * MS;
	ts_hz_see(&sample, before, 7);
	ts_hz_see(&sample, before + 12000 * MS, 7 + 3000);
	ck_assert_str_eq(told(&sample), "250");
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("ts_hz");
	tcase_add_test(t, usual_rates);
	tcase_add_test(t, too_short_is_silent);
	tcase_add_test(t, delay_may_differ_a_little);
	tcase_add_test(t, the_longest_span_decides);
	tcase_add_test(t, the_time_that_is_kept_wraps);
	return suite_run("ts_hz", t);
}
