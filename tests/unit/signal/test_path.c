/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/path.h"

#include "seen.h"
#include "support/suite.h"

static struct seen s;

static void see(enum ind_dir from, const struct ind_flow *flow)
{
	const struct signal_sink sink = { .signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &s, .wants_exhibits = true };
	struct signal_ctx ctx = { .sink = &sink, .from = (uint8_t)from };
	memset(&s, 0, sizeof(s));
	path_end(&ctx, &(struct signal_end) { .flow = flow, .side = from == IND_SRC ? IND_CLIENT : IND_SERVER });
	for (size_t i = 0; i < s.signals; i++) {
		ck_assert_uint_eq(s.signal[i].from, from);
		ck_assert_uint_eq(s.signal[i].side, from == IND_SRC ? IND_CLIENT : IND_SERVER);
	}
}

START_TEST(hops_from_the_nearest_start)
{
	static const struct { uint8_t ttl; const char *hops; } want[] = {
		{ 255, "0" }, { 254, "1" }, { 129, "126" }, { 128, "0" }, { 115, "13" }, { 65, "63" }, { 64, "0" }, { 49, "15" }, { 33, "31" }, { 32, "0" },
		{ 1, "31" }, { 0, "32" },
	};
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		struct ind_flow flow = { .packets = { 2, 1 }, .ttl_min = { 0, 3 }, .ttl_max = { want[i].ttl, 64 } };
		flow.client_rtt_us = flow.server_rtt_us = IND_ABSENT_U32;
		see(IND_SRC, &flow);
		ck_assert_uint_eq(s.signals, 1);
		ck_assert_str_eq(seen_value(&s, IND_SIG_PATH_HOPS), want[i].hops);
	}
}
END_TEST

START_TEST(each_end_its_own)
{
	struct ind_flow flow = { .packets = { 1, 1 }, .ttl_max = { 60, 120 }, .client_rtt_us = 1200, .server_rtt_us = 0 };
	see(IND_SRC, &flow);
	ck_assert_str_eq(seen_value(&s, IND_SIG_PATH_HOPS), "4");
	ck_assert_str_eq(seen_value(&s, IND_SIG_PATH_RTT_MIN), "1200");
	see(IND_DST, &flow);
	ck_assert_str_eq(seen_value(&s, IND_SIG_PATH_HOPS), "8");
	ck_assert_str_eq(seen_value(&s, IND_SIG_PATH_RTT_MIN), "0");
}
END_TEST

START_TEST(absent_is_absent)
{
	struct ind_flow flow = { .packets = { 1, 0 }, .ttl_max = { 60, 0 }, .client_rtt_us = IND_ABSENT_U32, .server_rtt_us = IND_ABSENT_U32 };
	see(IND_DST, &flow);
	ck_assert_uint_eq(s.signals, 0);
}
END_TEST

START_TEST(a_turn_is_told_beside_the_transport)
{
	const struct signal_sink sink = { .signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &s };
	struct signal_ctx ctx = { .sink = &sink };
	memset(&s, 0, sizeof(s));
	path_turn(&ctx, 83000999, 10500);
	path_prehello(&ctx, 1999);
	ck_assert_str_eq(seen_value(&s, IND_SIG_PATH_CROSS_LAYER), "72500");
	ck_assert_str_eq(seen_value(&s, IND_SIG_PATH_PREHELLO), "1");
	memset(&s, 0, sizeof(s));
	path_turn(&ctx, 1000, 2500);
	ck_assert_str_eq(seen_value(&s, IND_SIG_PATH_CROSS_LAYER), "-2499");
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("path");
	tcase_add_test(t, hops_from_the_nearest_start);
	tcase_add_test(t, each_end_its_own);
	tcase_add_test(t, absent_is_absent);
	tcase_add_test(t, a_turn_is_told_beside_the_transport);
	return suite_run("path", t);
}
