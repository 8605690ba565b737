/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/ip_id.h"

#include "seen.h"
#include "support/suite.h"

static struct seen s;

static const char *class_of(const uint16_t id[static IP_ID_SAMPLES])
{
	const struct signal_sink sink = { .signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &s };
	struct signal_ctx ctx = { .sink = &sink, .from = IND_DST };
	struct ip_id sample = { .last = 7, .same = 9, .near = { 200, 200 } }; /* of another flow */
	memset(&s, 0, sizeof(s));
	for (unsigned i = 0; i < IP_ID_SAMPLES; i++)
		ip_id_see(&sample, i, id[i]);
	ip_id_see(&sample, IP_ID_SAMPLES, 4711); /* one too many changes nothing */
	ip_id_put(&ctx, IND_SERVER, &sample);
	ck_assert_uint_le(s.signals, 1);
	if (!s.signals)
		return "";
	ck_assert_uint_eq(s.signal[0].side, IND_SERVER);
	ck_assert_uint_eq(s.signal[0].from, IND_DST);
	return seen_value(&s, IND_SIG_IP_ID_CLASS);
}

static uint16_t swapped(uint16_t id) { return (uint16_t)(id << 8 | id >> 8); }

/* A counter from `start` on that moves by `step` each time, in steps that vary by as much again. */
static void count(uint16_t id[static IP_ID_SAMPLES], uint16_t start, unsigned step, bool varies)
{
	for (unsigned i = 0; i < IP_ID_SAMPLES; i++) {
		id[i] = start;
		start = (uint16_t)(start + step + (varies ? i * 7 % (step + 1) : 0));
	}
}

static void swap_all(uint16_t id[static IP_ID_SAMPLES])
{
	for (unsigned i = 0; i < IP_ID_SAMPLES; i++)
		id[i] = swapped(id[i]);
}

START_TEST(one_value)
{
	uint16_t id[IP_ID_SAMPLES] = { 0 };
	ck_assert_str_eq(class_of(id), "zero");
	count(id, 54321, 0, false);
	ck_assert_str_eq(class_of(id), "constant");
	id[7] = 0;
	ck_assert_str_eq(class_of(id), "");
	count(id, 0, 0, false);
	id[19] = 1;
	ck_assert_str_eq(class_of(id), "");
}
END_TEST

START_TEST(counters_wherever_they_start)
{
	static const unsigned steps[] = { 1, 2, 3, 45, 127, 255 };
	uint16_t id[IP_ID_SAMPLES];
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		for (unsigned start = 0; start <= UINT16_MAX; start += 77) {
			count(id, (uint16_t)start, steps[i], steps[i] < 128);
			ck_assert_str_eq(class_of(id), "counter");
			swap_all(id);
			ck_assert_str_eq(class_of(id), "counter-swapped");
		}
	}
}
END_TEST

START_TEST(some_packets_come_in_another_order)
{
	uint16_t id[IP_ID_SAMPLES], held;
	count(id, 0xfff8, 1, false);
	held = id[4], id[4] = id[5], id[5] = held; /* one step of three goes back */
	id[12] = id[11];                           /* a copy */
	ck_assert_str_eq(class_of(id), "counter");
	id[17] = 0x4000;
	ck_assert_str_eq(class_of(id), "");
}
END_TEST

START_TEST(a_counter_that_cannot_be_followed_is_not_random)
{
	static const unsigned steps[] = { 256, 300, 1000, 5000 };
	uint16_t id[IP_ID_SAMPLES];
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		for (unsigned start = 0; start <= UINT16_MAX; start += 991) {
			count(id, (uint16_t)start, steps[i], true);
			ck_assert_str_ne(class_of(id), "random");
			swap_all(id);
			ck_assert_str_ne(class_of(id), "random");
		}
	}
}
END_TEST

START_TEST(random_numbers)
{
	enum { RUNS = 20000 };
	uint32_t noise = 1, told = 0;
	for (unsigned run = 0; run < RUNS; run++) {
		uint16_t id[IP_ID_SAMPLES];
		for (unsigned i = 0; i < IP_ID_SAMPLES; i++) {
			noise = noise * 1664525 + 1013904223;
			id[i] = (uint16_t)(noise >> 13);
		}
		const char *class = class_of(id);
		ck_assert_msg(!*class || strcmp(class, "random") == 0, "%s", class);
		told += *class != '\0';
	}
	ck_assert_uint_gt(told, RUNS / 100 * 99);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("ip_id");
	tcase_add_test(t, one_value);
	tcase_add_test(t, counters_wherever_they_start);
	tcase_add_test(t, some_packets_come_in_another_order);
	tcase_add_test(t, a_counter_that_cannot_be_followed_is_not_random);
	tcase_add_test(t, random_numbers);
	return suite_run("ip_id", t);
}
