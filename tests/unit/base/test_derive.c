/* SPDX-License-Identifier: Apache-2.0 */
#include "indicia/derive.h"

#include "support/suite.h"

#include <string.h>

static const uint64_t all[IND_SIGNAL_SET_WORDS] = { UINT64_MAX, UINT64_MAX };
static struct ind_derived derived;

static struct ind_signal syn(unsigned id, enum ind_dir from, const char *value)
{
	return (struct ind_signal) {
		.id = (uint16_t)id, .side = id == IND_SIG_TCP_SYN ? IND_CLIENT : IND_SERVER, .from = (uint8_t)from, .time_ns = 1000 + from, .packet = 7 + from,
		.value = value, .value_bytes = (uint16_t)strlen(value),
	};
}

static bool is(size_t at, unsigned id, enum ind_dir from, const char *value)
{
	const struct ind_signal *s = &derived.signal[at];
	return at < derived.count && s->id == id && s->from == from && s->value_bytes == strlen(value) && memcmp(s->value, value, s->value_bytes) == 0;
}

START_TEST(hops_from_the_nearest_start)
{
	static const struct { uint8_t ttl; uint32_t hops; } want[] = {
		{ 255, 0 }, { 254, 1 }, { 129, 126 }, { 128, 0 }, { 115, 13 }, { 65, 63 }, { 64, 0 }, { 49, 15 }, { 33, 31 }, { 32, 0 }, { 1, 31 }, { 0, 32 },
	};
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		const struct ind_flow flow = { .packets = { 2, 1 }, .ttl_min = { 0, 3 }, .ttl_max = { want[i].ttl, 64 } };
		ck_assert_uint_eq(ind_flow_hops(&flow, IND_SRC), want[i].hops);
	}
}
END_TEST

START_TEST(each_end_its_own)
{
	const struct ind_signal recorded[] = {
		syn(IND_SIG_TCP_SYN, IND_SRC, "v4:t64:w64240:m1460:s7:o2-4-8-1-3:qdi"), syn(IND_SIG_TCP_SYNACK, IND_DST, "v4:t57:w1:m1380:s-:o2:q-"),
	};
	const struct ind_flow flow = { .packets = { 1, 1 }, .ttl_max = { 60, 120 }, .client_rtt_us = 1200, .server_rtt_us = 0, .end_ns = 5 };
	ind_flow_derive(&flow, recorded, 2, all, &derived);
	ck_assert_uint_eq(derived.count, 6);
	ck_assert(is(0, IND_SIG_TCP_MTU_CLASS, IND_SRC, "1500"));
	ck_assert(is(1, IND_SIG_PATH_HOPS, IND_SRC, "4"));
	ck_assert(is(2, IND_SIG_PATH_RTT_MIN, IND_SRC, "1200"));
	ck_assert(is(3, IND_SIG_TCP_MTU_CLASS, IND_DST, "1420"));
	ck_assert(is(4, IND_SIG_PATH_HOPS, IND_DST, "8"));
	ck_assert(is(5, IND_SIG_PATH_RTT_MIN, IND_DST, "0"));
	ck_assert_uint_eq(derived.signal[0].packet, 7);
	ck_assert_uint_eq(derived.signal[0].time_ns, 1000);
	ck_assert_uint_eq(derived.signal[1].packet, 0);
	ck_assert_uint_eq(derived.signal[1].time_ns, 5);
	ck_assert_uint_eq(derived.signal[3].side, IND_SERVER);
}
END_TEST

START_TEST(absent_is_absent)
{
	const struct ind_signal recorded[] = { syn(IND_SIG_TCP_SYN, IND_DST, "v4:t64:w64240:m-:s-:o-:q-"), syn(IND_SIG_TLS_JA3, IND_DST, "v4:t64:w1:m1:s:") };
	const struct ind_flow flow = { .packets = { 0, 0 }, .ttl_max = { 60, 0 }, .client_rtt_us = IND_ABSENT_U32, .server_rtt_us = IND_ABSENT_U32 };
	ind_flow_derive(&flow, recorded, 2, all, &derived);
	ck_assert_uint_eq(derived.count, 0);
}
END_TEST

START_TEST(only_what_the_set_holds)
{
	const struct ind_flow flow = { .packets = { 1, 1 }, .ttl_max = { 60, 120 }, .client_rtt_us = 1200, .server_rtt_us = 0 };
	const uint64_t set[IND_SIGNAL_SET_WORDS] = { UINT64_C(1) << IND_SIG_PATH_RTT_MIN };
	ind_flow_derive(&flow, NULL, 0, set, &derived);
	ck_assert_uint_eq(derived.count, 2);
	ck_assert(is(0, IND_SIG_PATH_RTT_MIN, IND_SRC, "1200"));
	ck_assert(is(1, IND_SIG_PATH_RTT_MIN, IND_DST, "0"));
}
END_TEST

/* A value comes out of a bundle, and a bundle from anybody. */
START_TEST(values_of_any_form)
{
	static const struct { const char *value; uint32_t mtu; } cases[] = {
		{ "v6:t64:w64240:m1440:s7:o2:q-", 1500 }, { "v4:t64:w64240:m99999:s7", 100039 }, { "v4:t64:w64240:m999999:s7", 100039 }, { "v4:t64:w64240:m0:s7", 0 },
		{ "v4:t64:w64240:m", 0 }, { "v4:t64:w64240:", 0 }, { "v4:t64", 0 }, { "", 0 }, { ":::m536", 576 }, { ":::m-5", 0 }, { ":::x5", 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct ind_mtus mtus = { .count = 0 };
		const struct ind_signal s = syn(IND_SIG_TCP_SYN, IND_SRC, cases[i].value);
		ck_assert_msg(ind_mtus_add(&mtus, &s) == (cases[i].mtu != 0), "%s", cases[i].value);
		ck_assert_uint_eq(mtus.count, cases[i].mtu != 0);
		if (mtus.count)
			ck_assert_uint_eq(mtus.bytes[0], cases[i].mtu);
	}
}
END_TEST

START_TEST(different_ones_up_to_a_limit)
{
	static const char *const values[] = { ":::m1", ":::m2", ":::m1", ":::m3", ":::m4", ":::m5", ":::m5", ":::m6" };
	struct ind_signal recorded[2 * sizeof values / sizeof *values];
	size_t count = 0;
	for (unsigned dir = 0; dir < 2; dir++)
		for (size_t i = 0; i < sizeof values / sizeof *values; i++)
			recorded[count++] = syn(IND_SIG_TCP_SYN, (enum ind_dir)dir, values[i]);
	const struct ind_flow flow = { .packets = { 1, 1 }, .client_rtt_us = 1, .server_rtt_us = 2 };
	ind_flow_derive(&flow, recorded, count, all, &derived);
	ck_assert_uint_eq(derived.count, IND_DERIVED_MAX);
	ck_assert(is(2, IND_SIG_TCP_MTU_CLASS, IND_SRC, "43"));
	ck_assert(is(IND_DERIVED_MAX - 1, IND_SIG_PATH_RTT_MIN, IND_DST, "2"));
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("derive");
	tcase_add_test(t, hops_from_the_nearest_start);
	tcase_add_test(t, each_end_its_own);
	tcase_add_test(t, absent_is_absent);
	tcase_add_test(t, only_what_the_set_holds);
	tcase_add_test(t, values_of_any_form);
	tcase_add_test(t, different_ones_up_to_a_limit);
	return suite_run("derive", t);
}
