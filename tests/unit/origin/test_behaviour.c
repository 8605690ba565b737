/* SPDX-License-Identifier: Apache-2.0 */
/* What only many flows of an address show. Its record is the first one. */
#include "gather.h"

#include <stdio.h>

static struct gathered seen;
static struct origin_set *set;

static void setup(void) { set = gather_new(); }

static const struct ind_origin *told(void)
{
	gather_all(set, &seen);
	return &seen.origin[0];
}

static void exchange(uint16_t port, double at_s)
{
	struct ind_flow f = gather_exchange(1, 1, port, at_s);
	gather_flow(set, &f, NULL, 0);
}

static void exchange_from_afar(double at_s, unsigned hops, uint32_t rtt_us)
{
	struct ind_flow f = gather_exchange(1, 1, 80, at_s);
	f.ttl_max[IND_SRC] = (uint8_t)(255 - hops);
	f.client_rtt_us = rtt_us;
	gather_flow(set, &f, NULL, 0);
}

/* ---- hops, round trips ---- */

START_TEST(hops_of_an_address)
{
	static const unsigned hops[] = { 12, 12, 11, 13, 12 };
	for (size_t i = 0; i < 5; i++)
		exchange_from_afar((double)i, hops[i], IND_ABSENT_U32);
	const struct ind_origin *o = told();
	ck_assert_uint_eq(o->hops_min, 11);
	ck_assert_uint_eq(o->hops_max, 13);
	ck_assert_uint_eq(o->hops_mode, 12);
	setup();
	exchange_from_afar(0, 7, IND_ABSENT_U32);
	ck_assert_uint_eq(told()->hops_mode, 7);
}
END_TEST

START_TEST(too_many_hops_have_no_mode)
{
	for (unsigned i = 0; i < 9; i++)
		exchange_from_afar(i, 20 + i, IND_ABSENT_U32);
	const struct ind_origin *o = told();
	ck_assert_uint_eq(o->hops_min, 20);
	ck_assert_uint_eq(o->hops_max, 28);
	ck_assert_uint_eq(o->hops_mode, IND_HOPS_ABSENT);
}
END_TEST

START_TEST(median_round_trip_is_within_its_class)
{
	for (unsigned scale = 1; scale < 4000; scale = scale * 3 + 1) {
		for (unsigned count = 1; count <= 41; count += 8) {
			if (scale > 1 || count > 1)
				setup();
			for (unsigned i = 0; i < count; i++)
				exchange_from_afar(i * 30, 0, (1000 + 10 * ((i * 7) % count)) * scale);
			const struct ind_origin *o = told();
			double median = (1000 + 10.0 * (count / 2)) * scale;
			ck_assert_uint_eq(o->rtt_samples, count);
			ck_assert_uint_eq(o->rtt_min_us, 1000 * scale);
			ck_assert_uint_eq(o->rtt_span_s, 30 * (count - 1));
			ck_assert(o->rtt_p50_us > median * 0.93 && o->rtt_p50_us < median * 1.07);
		}
	}
	setup();
	told();
}
END_TEST

/* ---- co-tenancy ---- */

static void syn(double at_s, const char *value)
{
	struct ind_flow f = gather_exchange(1, 1, 80, at_s);
	struct ind_signal s = gather_signal(IND_SIG_TCP_SYN, IND_SRC, value);
	gather_flow(set, &f, &s, 1);
}

START_TEST(ttl_and_window_are_no_other_stack)
{
	syn(0, "v4:t64:w64240:m1460:s7:o2-4-8-1-3:q-");
	syn(1, "v4:t52:w65535:m1460:s7:o2-4-8-1-3:q-");
	ck_assert_uint_eq(told()->cotenants, 1);
	setup();
	syn(0, "v4:t64:w64240:m1460:s7:o2-4-8-1-3:q-");
	syn(1, "v4:t64:w64240:m1400:s7:o2-4-8-1-3:q-");
	syn(2, "v4:t128:w64240:m1460:s8:o2-1-3-1-1-4:qd");
	ck_assert_uint_eq(told()->cotenants, 3);
}
END_TEST

/* A counter that stands at zero, or a number that is drawn as zero, is no other machine; without IPv4's "do not fragment" either. */
START_TEST(an_identification_of_zero_is_no_other_stack)
{
	syn(0, "v4:t64:w64240:m1460:s7:o2-4-8-1-3:qdi");
	syn(1, "v4:t64:w64240:m1460:s7:o2-4-8-1-3:qd");
	ck_assert_uint_eq(told()->cotenants, 1);
	setup();
	syn(0, "v4:t64:w64240:m1460:s7:o2-4-8-1-3:qj");
	syn(1, "v4:t64:w64240:m1460:s7:o2-4-8-1-3:q-");
	ck_assert_uint_eq(told()->cotenants, 1);
	setup();
	syn(0, "v4:t64:w64240:m1460:s7:o2-4-8-1-3:q-");
	syn(1, "v4:t64:w64240:m1460:s7:o2-4-8-1-3:qd");
	syn(2, "v4:t64:w64240:m1460:s7:o2-4-8-1-3:qdc");
	ck_assert_uint_eq(told()->cotenants, 3);
}
END_TEST

START_TEST(stacks_are_counted_by_the_hour)
{
	char text[64];
	for (unsigned i = 0; i < 40; i++) {
		snprintf(text, sizeof text, "v4:t64:w1:m%u:s7:o2:q-", 1000 + i);
		syn(i * 1800, text);
		syn(i * 1800 + 10, text);
	}
	ck_assert_uint_eq(told()->cotenants, 2);
	setup();
	for (unsigned hour = 0; hour < 100; hour++)
		for (unsigned i = 0; i < (hour == 50 ? 5u : 1u); i++) {
			snprintf(text, sizeof text, "v4:t64:w1:m%u:s7:o2:q-", 1000 + i);
			syn(hour * 3600 + i, text);
		}
	ck_assert_uint_eq(told()->cotenants, 5);
}
END_TEST

START_TEST(one_hour_holds_62_stacks_at_most)
{
	char text[64];
	for (unsigned i = 0; i < 200; i++) {
		snprintf(text, sizeof text, "v4:t64:w1:m%u:s7:o2:q-", 1000 + i);
		syn(i, text);
	}
	ck_assert_uint_eq(told()->cotenants, 62);
}
END_TEST

static void browse(double at_s, const char *stack, const char *agent)
{
	struct ind_flow f = gather_exchange(1, 1, 80, at_s);
	struct ind_signal s[2];
	size_t count = 0;
	if (stack)
		s[count++] = gather_signal(IND_SIG_TCP_SYN, IND_SRC, stack);
	if (agent)
		s[count++] = gather_signal(IND_SIG_HTTP_USER_AGENT, IND_SRC, agent);
	gather_flow(set, &f, s, count);
}

START_TEST(systems_tell_equal_stacks_apart)
{
	static const char *const stack = "v4:t64:w64240:m1460:s7:o2-4-8-1-3:q-";
	browse(0, stack, NULL);
	browse(1, stack, "Mozilla/5.0 (Windows NT 10.0; Win64; x64)");
	browse(2, stack, "Mozilla/5.0 (X11; Linux x86_64)");
	browse(3, stack, "curl/7.88.1");
	browse(4, NULL, "Mozilla/5.0 (X11; Linux x86_64)");
	ck_assert_uint_eq(told()->cotenants, 2);
	setup();
	browse(0, stack, NULL);
	browse(1, NULL, "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)");
	ck_assert_uint_eq(told()->cotenants, 1);
	setup();
	browse(0, stack, "Opera (unclosed Android");
	browse(1, "", "(");
	browse(2, "v4:t6", "");
	ck_assert_uint_le(told()->cotenants, 2);
}
END_TEST

START_TEST(hours_of_many_are_not_kept)
{
	char text[64];
	for (unsigned i = 0; i < 8; i++) {
		snprintf(text, sizeof text, "v4:t64:w1:m%u:s7:o2:q-", 1000 + i);
		syn(i, text);
	}
	const struct ind_origin *o = told();
	ck_assert_uint_eq(o->cotenants, 8);
	ck_assert_uint_eq(o->cell_count, 0);
	ck_assert_uint_eq(o->silent[IND_WATCHED_TIME_CELLS], IND_MISSING_COTENANCY);
	ck_assert_uint_eq(o->missing[IND_FAMILY_C], IND_MISSING_COTENANCY);
}
END_TEST

/* ---- periods ---- */

static void starts(unsigned count, double period_s, const double *offsets, size_t offset_count)
{
	for (unsigned i = 0; i < count; i++)
		exchange(8443, i * period_s + offsets[i % offset_count]);
}

START_TEST(even_intervals_are_a_beacon)
{
	static const double none[] = { 0 }, little[] = { 0, 0.2, -0.2, 0.1, -0.1 };
	starts(25, 60, none, 1);
	const struct ind_origin *o = told();
	ck_assert_uint_eq(o->beacons, 1);
	ck_assert_uint_eq(o->beacon.period_ms, 60000);
	ck_assert_uint_eq(o->beacon.mad_ms, 0);
	ck_assert_uint_eq(o->beacon.intervals, 24);
	ck_assert_uint_eq(o->beacon.flows, 25);
	ck_assert_uint_eq(o->beacon.port, 8443);
	ck_assert_uint_eq(o->beacon.proto, 6);
	ck_assert_uint_eq(o->cell_count, 0);
	ck_assert_uint_eq(o->missing[IND_FAMILY_C], IND_MISSING_NONE);
	ck_assert(o->signals[0] >> IND_SIG_TIME_BEACON & 1);
	setup();
	starts(40, 60, little, 5);
	o = told();
	ck_assert_uint_eq(o->beacons, 1);
	ck_assert(o->beacon.period_ms > 59500 && o->beacon.period_ms < 60500);
	ck_assert_uint_gt(o->beacon.mad_ms, 0);
}
END_TEST

START_TEST(few_or_uneven_intervals_are_none)
{
	static const double none[] = { 0 }, wild[] = { 0, 25, -25, 10, -14, 3 };
	starts(24, 60, none, 1);
	const struct ind_origin *o = told();
	ck_assert_uint_eq(o->beacons, 0);
	ck_assert_uint_eq(o->silent[IND_WATCHED_TIME_BEACON], IND_MISSING_BELOW_MIN_SAMPLE);
	ck_assert_uint_eq(o->cell_count, 1);
	setup();
	starts(60, 60, wild, 6);
	o = told();
	ck_assert_uint_eq(o->beacons, 0);
	ck_assert_uint_eq(o->silent[IND_WATCHED_TIME_BEACON], IND_MISSING_NONE);
	ck_assert_uint_eq(o->cell_count, 1);
}
END_TEST

START_TEST(skewed_intervals_are_none)
{
	/* Three quarters 60 s, one quarter 63 s: narrow, but with a tail on one side. */
	double at = 0;
	for (unsigned i = 0; i < 60; i++) {
		exchange(8443, at);
		at += i % 8 < 5 ? 60 : 63;
	}
	ck_assert_uint_eq(told()->beacons, 0);
}
END_TEST

START_TEST(connections_at_once_are_one_start)
{
	static const double none[] = { 0 }, twin[] = { 0.3 };
	starts(30, 60, none, 1);
	starts(30, 60, twin, 1);
	const struct ind_origin *o = told();
	ck_assert_uint_eq(o->beacons, 1);
	ck_assert_uint_eq(o->beacon.period_ms, 60000);
	ck_assert_uint_eq(o->beacon.flows, 60);
}
END_TEST

START_TEST(records_that_go_on_are_no_starts)
{
	for (unsigned i = 0; i < 40; i++) {
		struct ind_flow f = gather_exchange(1, 1, 22, i * 1800);
		f.tcp_flags[IND_SRC] = i ? 0x18 : 0x1a;
		gather_flow(set, &f, NULL, 0);
	}
	const struct ind_origin *o = told();
	ck_assert_uint_eq(o->beacons, 0);
	ck_assert_uint_eq(o->cell_count, 20);
	setup();
	for (unsigned i = 0; i < 40; i++) {
		struct ind_flow f = gather_exchange(1, 1, 51820, i * 1800);
		f.proto = 17;
		f.end_reason = i < 39 ? IND_END_ACTIVE : IND_END_IDLE;
		gather_flow(set, &f, NULL, 0);
	}
	o = told();
	ck_assert_uint_eq(o->beacons, 0);
	ck_assert_uint_eq(o->cell_count, 20);
}
END_TEST

START_TEST(the_greatest_of_several_beacons_is_told)
{
	for (unsigned i = 0; i < 100; i++) {
		exchange(1000, i * 60);
		if (i < 50)
			exchange(2000, i * 90);
		exchange(3000, i * i * 7);
	}
	const struct ind_origin *o = told();
	ck_assert_uint_eq(o->beacons, 2);
	ck_assert_uint_eq(o->beacon.port, 1000);
	ck_assert_uint_eq(o->beacon.flows, 100);
	ck_assert_uint_eq(o->beacon.intervals, 61);
	ck_assert_uint_gt(o->cell_count, 0); /* of the third */
}
END_TEST

/* ---- hours ---- */

START_TEST(hours_are_those_of_exchanges_it_began)
{
	struct ind_flow f = gather_exchange(1, 1, 80, 7200);
	exchange(80, 0);
	exchange(80, 3599.9);
	exchange(81, 4 * 3600);
	f.payload[IND_DST] = 0;
	gather_flow(set, &f, NULL, 0);
	const struct ind_origin *o = told();
	ck_assert_uint_eq(o->cell_count, 2);
	ck_assert_uint_eq(o->cells[0], 498672);
	ck_assert_uint_eq(o->cells[1], 498676);
	ck_assert_uint_eq(o->silent[IND_WATCHED_TIME_CELLS], IND_MISSING_BELOW_MIN_SAMPLE);
	ck_assert_uint_eq(o->missing[IND_FAMILY_C], IND_MISSING_BELOW_MIN_SAMPLE);
	ck_assert_uint_eq(seen.origin[1].cell_count, 0); /* the other end began none */
}
END_TEST

START_TEST(hours_of_long_series_are_all_kept)
{
	for (unsigned hour = 0; hour < 800; hour++)
		exchange(80, hour * 3600.0 + (hour * 2654435761u >> 7) % 3600 * (hour > 0));
	const struct ind_origin *o = told();
	ck_assert_uint_eq(o->cell_count, IND_CELLS_MAX);
	for (unsigned i = 0; i < IND_CELLS_MAX; i++)
		ck_assert_uint_eq(o->cells[i], 498672 + i);
}
END_TEST

START_TEST(enough_hours_speak)
{
	for (unsigned day = 0; day < 14; day++)
		for (unsigned hour = 9; hour < 12; hour++)
			exchange(80, (day * 24 + hour) * 3600.0 + (day * 31 + hour * 17) % 60 * 47);
	const struct ind_origin *o = told();
	ck_assert_uint_eq(o->cell_count, 42);
	ck_assert_uint_eq(o->silent[IND_WATCHED_TIME_CELLS], IND_MISSING_NONE);
	ck_assert_uint_eq(o->missing[IND_FAMILY_C], IND_MISSING_NONE);
	ck_assert_uint_eq(o->observations[IND_FAMILY_C], 42);
	ck_assert(o->signals[0] >> IND_SIG_TIME_CELLS & 1);
}
END_TEST

/* ---- order ---- */

enum { FLOWS = 3000, VALUES = 6 };
static const char *const stacks[VALUES] = { "v4:t1:w1:m1:s1:o2-8:q-", "v4:t1:w1:m2:s1:o2:q-", "v4:t1:w1:m3:s1:o2:q-", "v4:t1:w1:m4:s1:o2:q-", "v4:t1:w1:m5:s1:o2:q-", "v4:t1:w1:m6:s1:o2:q-" };
static const uint32_t rtts_us[VALUES] = { 5, 6, 30000, 7, 480000, 9 };

static void any_flow(unsigned i)
{
	unsigned r = i * 2654435761u;
	double at_s = r % 5 ? r % (6 * 86400) : i * 60 % (6 * 86400);
	struct ind_flow f = gather_exchange(r >> 8 & 3, r >> 10 & 3, (uint16_t)(r % 5 ? r >> 12 & 1 : 7), at_s);
	struct ind_signal s = gather_signal(IND_SIG_TCP_SYN, IND_SRC, stacks[(r >> 13) % VALUES]);
	f.ttl_max[IND_SRC] = (uint8_t)(64 - (r >> 15) % VALUES);
	f.server_rtt_us = rtts_us[(r >> 17) % VALUES];
	/* As many pairs of an hour and a stack as an address can tell apart. */
	gather_flow(set, &f, &s, at_s < 10 * 3600);
}

START_TEST(the_order_of_flows_changes_nothing)
{
	static struct gathered first;
	static unsigned order[FLOWS];
	unsigned random = 1;
	for (unsigned i = 0; i < FLOWS; i++)
		order[i] = i;
	for (unsigned round = 0; round < 6; round++) {
		for (unsigned i = 0; i < FLOWS; i++)
			any_flow(order[i]);
		gather_all(set, &seen);
		if (!round)
			first = seen;
		ck_assert_uint_eq(seen.count, first.count);
		for (size_t i = 0; i < seen.count; i++) {
			seen.origin[i].cells = first.origin[i].cells = NULL;
			ck_assert_mem_eq(&seen.origin[i], &first.origin[i], sizeof seen.origin[i]);
		}
		ck_assert_mem_eq(seen.cells, first.cells, sizeof seen.cells);
		setup();
		for (unsigned i = FLOWS - 1; i; i--) {
			random = random * 1103515245 + 12345;
			unsigned k = (random >> 8) % (i + 1), kept = order[i];
			order[i] = order[k];
			order[k] = kept;
		}
	}
	ck_assert_uint_gt(first.origin[0].cell_count, 100);
	told();
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("behaviour");
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, hops_of_an_address);
	tcase_add_test(t, too_many_hops_have_no_mode);
	tcase_add_test(t, median_round_trip_is_within_its_class);
	tcase_add_test(t, ttl_and_window_are_no_other_stack);
	tcase_add_test(t, an_identification_of_zero_is_no_other_stack);
	tcase_add_test(t, stacks_are_counted_by_the_hour);
	tcase_add_test(t, one_hour_holds_62_stacks_at_most);
	tcase_add_test(t, systems_tell_equal_stacks_apart);
	tcase_add_test(t, hours_of_many_are_not_kept);
	tcase_add_test(t, even_intervals_are_a_beacon);
	tcase_add_test(t, few_or_uneven_intervals_are_none);
	tcase_add_test(t, skewed_intervals_are_none);
	tcase_add_test(t, connections_at_once_are_one_start);
	tcase_add_test(t, records_that_go_on_are_no_starts);
	tcase_add_test(t, the_greatest_of_several_beacons_is_told);
	tcase_add_test(t, hours_are_those_of_exchanges_it_began);
	tcase_add_test(t, hours_of_long_series_are_all_kept);
	tcase_add_test(t, enough_hours_speak);
	tcase_add_test(t, the_order_of_flows_changes_nothing);
	return suite_run("origin.behaviour", t);
}
