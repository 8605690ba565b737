/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles of a sensor whose clock is moved: they stay VALID, and the result says what the clock did (docs/custody.md section 6). */
#include "sample.h"
#include "support/suite.h"
#include <stdlib.h>

#define SECOND INT64_C(1000000000)
#define DAY (86400 * SECOND)

static struct keys keys;
static struct memory m;

static void setup(void) { keys_make(&keys, 34); }

static void teardown(void)
{
	memory_free(&m);
	keys_free(&keys);
}

/* Three CLOCKs two seconds apart, with the second one and all later ones moved by `moved`, of which the second says `said`; `slept` seconds
 * pass before it. */
static const struct row {
	const char *what;
	int64_t moved, said, slept;
	unsigned sync;
	uint64_t steps, undeclared, largest;
	unsigned worst;
} rows[] = {
	{ "nothing", 0, 0, 0, IND_SYNC_NTP, 0, 0, 0, IND_SYNC_NTP },
	{ "back a day, said", -DAY, -DAY, 0, IND_SYNC_NTP, 1, 0, DAY, IND_SYNC_NTP },
	{ "on ten years, said", 3652 * DAY, 3652 * DAY, 0, IND_SYNC_NTP, 1, 0, 3652 * DAY, IND_SYNC_NTP },
	{ "a leap second, said", -SECOND, -SECOND, 0, IND_SYNC_NTP, 1, 0, SECOND, IND_SYNC_NTP },
	{ "back a day, not said", -DAY, 0, 0, IND_SYNC_NTP, 0, 1, DAY, IND_SYNC_NTP },
	{ "on ten years, not said", 3652 * DAY, 0, 0, IND_SYNC_NTP, 0, 1, 3652 * DAY, IND_SYNC_NTP },
	{ "back a second, not said", -SECOND, 0, 0, IND_SYNC_NTP, 0, 1, SECOND, IND_SYNC_NTP },
	{ "slewed", SECOND / 10, 0, 0, IND_SYNC_NTP, 0, 0, 0, IND_SYNC_NTP },
	{ "suspended for a day", 0, 0, 86400, IND_SYNC_NTP, 0, 0, 0, IND_SYNC_NTP },
	{ "synchronisation lost and found", 0, 0, 0, IND_SYNC_NONE, 0, 0, 0, IND_SYNC_NONE },
	{ "not known for a while", 0, 0, 0, IND_SYNC_UNKNOWN, 0, 0, 0, IND_SYNC_UNKNOWN },
};

static struct ind_writer *writer(void)
{
	struct ind_writer *w;
	struct ind_stream stream;
	struct ind_sink sink = memory_sink(&m);
	struct ind_header *h = malloc(sizeof *h);
	ck_assert_ptr_nonnull(h);
	sample_stream(&stream);
	sample_header(h);
	ck_assert_int_eq(ind_writer_new(&sink, &stream, h, keys.identity, keys.epoch, NULL, &w), IND_OK);
	free(h);
	return w;
}

static struct ind_verify_result seal(struct ind_writer *w, uint64_t realtime_ns, uint64_t boottime_ns)
{
	struct ind_seal_info info = { .realtime_ns = realtime_ns, .boottime_ns = boottime_ns, .final = true };
	ck_assert_int_eq(ind_writer_seal(w, &info), IND_OK);
	ind_writer_free(w);
	return sample_verify(&m, &keys);
}

START_TEST(moved)
{
	const struct row *r = &rows[_i];
	struct ind_writer *w = writer();
	struct ind_clock clock = { .boottime_ns = 1000,
		.realtime_ns = 1700000010000000000,
		.max_error_ns = 500000,
		.est_error_ns = IND_ABSENT_U64,
		.sync = IND_SYNC_NTP };
	for (int i = 0; i < 3; i++) {
		clock.step_ns = i == 1 ? r->said : 0;
		clock.sync = (uint8_t)(i == 1 ? r->sync : IND_SYNC_NTP);
		ck_assert_int_eq(ind_writer_clock(w, &clock), IND_OK);
		int64_t pass = 2 * SECOND + (i == 0 ? r->slept * SECOND : 0);
		clock.boottime_ns += (uint64_t)pass;
		clock.realtime_ns += (uint64_t)(pass + (i == 0 ? r->moved : 0));
	}
	struct ind_verify_result v = seal(w, clock.realtime_ns, clock.boottime_ns);
	ck_assert_msg(v.verdict == IND_VERDICT_VALID, "%s: %s", r->what, v.reason);
	/* The seal of a clock that went back unsaid brings a CLOCK of its writer's own, which says so. */
	bool said_by_seal = r->moved < -SECOND / 10 && !r->said && clock.realtime_ns < 1700000000000000000;
	ck_assert_msg(v.clock.frames == 3u + said_by_seal, "%s: %llu frames", r->what, (unsigned long long)v.clock.frames);
	ck_assert_uint_eq(v.clock.steps, r->steps + said_by_seal);
	ck_assert_msg(v.clock.undeclared == r->undeclared, "%s: %llu", r->what, (unsigned long long)v.clock.undeclared);
	if (!said_by_seal) {
		ck_assert_uint_eq(v.clock.largest_ns, r->largest);
		ck_assert_uint_eq(v.clock.worst_sync, r->worst);
	}
	ck_assert_uint_eq(v.clock_error_ns, 500000);
	/* What is said leaves no interval that ends before it begins. */
	ck_assert(r->undeclared || ind_not_before_ns(&v) <= v.not_after_ns);
	ck_assert_uint_eq(v.not_before_ns - ind_not_before_ns(&v), v.clock.back_ns);
}
END_TEST

START_TEST(boottime_goes_back)
{
	struct ind_writer *w = writer();
	struct ind_clock clock = {
		.boottime_ns = 5000, .realtime_ns = 1700000010000000000, .max_error_ns = IND_ABSENT_U64, .est_error_ns = IND_ABSENT_U64
	};
	ck_assert_int_eq(ind_writer_clock(w, &clock), IND_OK);
	clock.boottime_ns = 4000;
	ck_assert_int_eq(ind_writer_clock(w, &clock), IND_OK);
	struct ind_verify_result v = seal(w, clock.realtime_ns, clock.boottime_ns);
	ck_assert_int_eq(v.verdict, IND_VERDICT_VALID);
	ck_assert_uint_eq(v.clock.undeclared, 1);
	ck_assert_uint_eq(v.clock_error_ns, IND_ABSENT_U64);
}
END_TEST

/* A bundle without CLOCK has nothing to warn of. */
START_TEST(no_clock)
{
	struct ind_verify_result v = seal(writer(), 1700000020000000000, 9);
	ck_assert_int_eq(v.verdict, IND_VERDICT_VALID);
	ck_assert_uint_eq(v.clock.frames, 0);
	ck_assert_uint_eq(v.clock.undeclared, 0);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("clock");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, moved, 0, (int)(sizeof rows / sizeof rows[0]));
	tcase_add_test(t, boottime_goes_back);
	tcase_add_test(t, no_clock);
	return suite_run("clock", t);
}
