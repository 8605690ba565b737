/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/clock.h"

#include <sys/timex.h>
#include <time.h>

/* Smaller movements are the kernel's own slewing. */
#define STEP_MIN_NS INT64_C(100000000)

static uint64_t clock_ns(clockid_t id)
{
	struct timespec now;
	clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t clock_realtime_ns(void) { return clock_ns(CLOCK_REALTIME); }
uint64_t clock_boottime_ns(void) { return clock_ns(CLOCK_BOOTTIME); }

int64_t clock_step_ns(const struct ind_clock *last, const struct ind_clock *now)
{
	int64_t moved = (int64_t)((now->realtime_ns - last->realtime_ns) - (now->boottime_ns - last->boottime_ns));
	return moved > STEP_MIN_NS || moved < -STEP_MIN_NS ? moved : 0;
}

/* What adjtimex(2) says: `state` is its result. An error of the clock is admitted only while something keeps it. */
void clock_quality(int state, const struct timex *tx, struct ind_clock *clock)
{
	if (state < 0)
		return;
	bool synchronised = state != TIME_ERROR && !(tx->status & STA_UNSYNC);
	clock->sync = synchronised ? IND_SYNC_NTP : IND_SYNC_NONE;
	if (!synchronised)
		return;
	clock->max_error_ns = (uint64_t)tx->maxerror * 1000;
	clock->est_error_ns = (uint64_t)tx->esterror * 1000;
}

/* At one moment: where this process is halted between the two, a step would be seen that no clock made. */
static void read_both(struct ind_clock *clock)
{
	enum { TRIES = 8, APART_MAX_NS = 10000000 };
	uint64_t before;
	unsigned tries = 0;
	do {
		before = clock_boottime_ns();
		clock->realtime_ns = clock_realtime_ns();
		clock->boottime_ns = clock_boottime_ns();
	} while (clock->boottime_ns - before > APART_MAX_NS && ++tries < TRIES);
}

void clock_read(const struct ind_clock *last, struct ind_clock *clock)
{
	struct timex tx = { 0 };
	int state = adjtimex(&tx);
	*clock = (struct ind_clock){ .max_error_ns = IND_ABSENT_U64, .est_error_ns = IND_ABSENT_U64, .sync = IND_SYNC_UNKNOWN };
	read_both(clock);
	clock_quality(state, &tx, clock);
	if (last)
		clock->step_ns = clock_step_ns(last, clock);
}

bool clock_offset_ns(int64_t *offset_ns)
{
	struct timex tx = { 0 };
	int state = adjtimex(&tx);
	if (state < 0 || state == TIME_ERROR || tx.status & STA_UNSYNC)
		return false;
	*offset_ns = tx.status & STA_NANO ? tx.offset : tx.offset * 1000;
	return true;
}
