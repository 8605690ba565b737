/* SPDX-License-Identifier: Apache-2.0 */
/* A clock that is moved, and what the kernel says of its quality. */
#define _DEFAULT_SOURCE
#include "daemon/clock.h"
#include "support/suite.h"

#include <sys/timex.h>

#define SECOND INT64_C(1000000000)

static const struct ind_clock start = { .boottime_ns = 5000 * UINT64_C(1000000000), .realtime_ns = 1700000000 * UINT64_C(1000000000) };

/* The clock after `on` seconds of boottime, with realtime moved by `by_ns` besides. */
static int64_t step(int64_t on, int64_t by_ns)
{
	struct ind_clock now = start;
	now.boottime_ns += (uint64_t)(on * SECOND);
	now.realtime_ns += (uint64_t)(on * SECOND + by_ns);
	return clock_step_ns(&start, &now);
}

START_TEST(steps)
{
	ck_assert_int_eq(step(2, -86400 * SECOND), -86400 * SECOND);
	ck_assert_int_eq(step(2, INT64_C(3652) * 86400 * SECOND), INT64_C(3652) * 86400 * SECOND);
	/* A leap second that the kernel inserts is realtime that stands still for a second. */
	ck_assert_int_eq(step(2, -SECOND), -SECOND);
	/* Suspended for eight hours: boottime goes on. */
	ck_assert_int_eq(step(8 * 3600, 0), 0);
	ck_assert_int_eq(step(2, 0), 0);
	/* Slewing. */
	ck_assert_int_eq(step(2, SECOND / 1000), 0);
	ck_assert_int_eq(step(2, SECOND / 10), 0);
	ck_assert_int_eq(step(2, SECOND / 10 + 1), SECOND / 10 + 1);
	ck_assert_int_eq(step(2, -SECOND / 10 - 1), -SECOND / 10 - 1);
}
END_TEST

START_TEST(quality)
{
	static const struct {
		int state, status;
		unsigned sync;
		uint64_t max_ns;
	} rows[] = {
		{ TIME_OK, 0, IND_SYNC_NTP, 3000 },
		{ TIME_INS, STA_INS, IND_SYNC_NTP, 3000 },
		{ TIME_DEL, STA_DEL, IND_SYNC_NTP, 3000 },
		{ TIME_OOP, STA_INS, IND_SYNC_NTP, 3000 },
		{ TIME_OK, STA_UNSYNC, IND_SYNC_NONE, IND_ABSENT_U64 },
		{ TIME_ERROR, 0, IND_SYNC_NONE, IND_ABSENT_U64 },
		{ TIME_ERROR, STA_UNSYNC, IND_SYNC_NONE, IND_ABSENT_U64 },
		{ -1, 0, IND_SYNC_UNKNOWN, IND_ABSENT_U64 },
	};
	struct timex tx = { .status = rows[_i].status, .maxerror = 3, .esterror = 2 };
	struct ind_clock clock = { .max_error_ns = IND_ABSENT_U64, .est_error_ns = IND_ABSENT_U64, .sync = IND_SYNC_UNKNOWN };
	clock_quality(rows[_i].state, &tx, &clock);
	ck_assert_uint_eq(clock.sync, rows[_i].sync);
	ck_assert_uint_eq(clock.max_error_ns, rows[_i].max_ns);
	ck_assert_uint_eq(clock.est_error_ns, rows[_i].max_ns == IND_ABSENT_U64 ? IND_ABSENT_U64 : 2000);
}
END_TEST

START_TEST(the_machines_clock)
{
	struct ind_clock first, next;
	clock_read(NULL, &first);
	clock_read(&first, &next);
	ck_assert_int_eq(first.step_ns, 0);
	ck_assert_uint_ge(next.boottime_ns, first.boottime_ns);
	ck_assert_uint_gt(first.realtime_ns, 0);
	ck_assert(first.sync == IND_SYNC_NTP || first.max_error_ns == IND_ABSENT_U64);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("clock");
	tcase_add_test(t, steps);
	tcase_add_loop_test(t, quality, 0, 8);
	tcase_add_test(t, the_machines_clock);
	return suite_run("clock", t);
}
