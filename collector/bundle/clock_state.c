/* SPDX-License-Identifier: Apache-2.0 */
/* docs/custody.md section 6. */
#include "bundle/clock_state.h"

/* What is below is the kernel's slewing. */
static const uint64_t step_min_ns = 100000000;

static uint64_t distance(uint64_t moved) { return moved >> 63 ? 0 - moved : moved; }

void clock_follow(struct clock_follower *f, const struct ind_clock *c)
{
	struct ind_clock_state *s = &f->state;
	uint64_t moved = (c->realtime_ns - f->last.realtime_ns) - (c->boottime_ns - f->last.boottime_ns);
	uint64_t far = s->frames ? distance(moved) : 0;
	bool boot_back = s->frames && c->boottime_ns < f->last.boottime_ns;
	if (c->step_ns) {
		uint64_t said = distance((uint64_t)c->step_ns);
		s->steps++;
		if (c->step_ns < 0)
			s->back_ns = said > UINT64_MAX - s->back_ns ? UINT64_MAX : s->back_ns + said;
		s->largest_ns = said > s->largest_ns ? said : s->largest_ns;
	} else if (far > step_min_ns || boot_back) {
		s->undeclared++;
		s->largest_ns = far > s->largest_ns ? far : s->largest_ns;
	}
	/* One moment without synchronisation is what a reader must know; of good ones, the last. */
	if (s->frames == 0 || s->worst_sync > IND_SYNC_NONE || c->sync < s->worst_sync)
		s->worst_sync = c->sync;
	s->frames++;
	f->last = *c;
}

uint64_t ind_not_before_ns(const struct ind_verify_result *r)
{
	return r->not_before_ns > r->clock.back_ns ? r->not_before_ns - r->clock.back_ns : 0;
}
