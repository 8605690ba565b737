/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/ts_hz.h"

/* S16. The rate between the first timestamp and the latest one, taken for a usual one that is within a hundredth of it: at SPAN_MIN_MS that
 * is what 0.1 s of difference in delay makes of it. The nearest rates that some systems have besides (256, 300, 1024) are further away. */
enum {
	SPAN_MIN_MS = 10000,
	SPAN_MAX_MS = 7200 * 1000, /* no flow is as long: time ran backward */
	OFF_PER = 100,
	SPAN_MASK = (1 << 29) - 1,
	MS_NS = 1000000,
	NOT_YET = 0,
	FIRST = 1, /* there is a first one, and nothing to say */
	RATES = 2, /* and from here on, a row of `rates` */
};

static const uint32_t rates[] = { 100, 250, 1000 };

/* A difference of one tick is within what is known of the rate. */
static bool ticks_at(int64_t rise, int64_t span_ms, int64_t hz)
{
	int64_t off = rise * 1000 - span_ms * hz;
	return (off < 0 ? -off : off) <= span_ms * hz / OFF_PER;
}

void ts_hz_see(struct ts_hz *s, uint64_t time_ns, uint32_t value)
{
	uint32_t now_ms = (uint32_t)(time_ns / MS_NS) & SPAN_MASK, span_ms = (now_ms - s->at_ms) & SPAN_MASK;
	if (s->state == NOT_YET) {
		*s = (struct ts_hz) { .at_ms = now_ms & SPAN_MASK, .state = FIRST, .value = value };
		return;
	}
	if (span_ms < SPAN_MIN_MS || span_ms > SPAN_MAX_MS)
		return;
	int32_t rise = (int32_t)(value - s->value); /* wraps (RFC 7323 section 5.4) */
	s->state = FIRST;
	for (unsigned i = 0; i < sizeof rates / sizeof *rates; i++)
		if (ticks_at(rise, span_ms, rates[i]))
			s->state = (RATES + i) & 7;
}

void ts_hz_put(struct signal_ctx *ctx, enum ind_side side, const struct ts_hz *s)
{
	if (s->state >= RATES)
		signal_put_number(ctx, IND_SIG_TCP_TS_HZ, side, rates[s->state - RATES]);
}
