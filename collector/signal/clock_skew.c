/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/clock_skew.h"

#include "base/text.h"

/* S16. A packet can only be late, never early: all points (capture time, TSval) lie on or below the line of the sender's clock. Of all
 * lines above the points the one that is nearest to them on the whole goes through the edge of their upper hull over the mean of the
 * times. Neither hull nor edge depends on what is subtracted from the values, or on the frequency; integers are exact. */

__extension__ typedef __int128 wide;

struct point {
	int64_t us, ticks;
};

enum {
	QUARTERS = 4,
	QUARTER_SAMPLES_MIN = 10,
	SECOND_US = 1000000,
	HUNDREDTH = 100000000, /* of a ppm: the unit of skews here */
	SKEW_MAX = 1000 * 100, /* no clock of a working machine is further off: 100 ppm of quartz, 500 of a daemon that slews */
	QUARTER_SKEW_MAX = HUNDREDTH / 100,
	HZ_OFF = 100,     /* a frequency is taken for the nearest usual one within a hundredth of it */
	BEND_US = 100000, /* quarters that together are further apart than this do not belong to one steady clock */
};

/* Wraps at 32 bits (RFC 7323 section 5.4). */
static void points_of(const struct clock_sample *s, size_t count, struct point *p)
{
	p[0] = (struct point) { s[0].time_us, 0 };
	for (size_t i = 1; i < count; i++)
		p[i] = (struct point) { s[i].time_us, p[i - 1].ticks + (int32_t)(s[i].value - s[i - 1].value) };
}

static unsigned hz_of(const struct point *p, size_t count)
{
	static const unsigned usual[] = { 100, 250, 1000 };
	int64_t rise = p[count - 1].ticks * SECOND_US, run = p[count - 1].us - p[0].us;
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		int64_t due = run * usual[i], off = rise < due ? due - rise : rise - due;
		if (off <= due / HZ_OFF)
			return usual[i];
	}
	return 0;
}

static bool is_below(const struct point *a, const struct point *b, const struct point *c)
{
	return (wide)(c->ticks - a->ticks) * (b->us - a->us) >= (wide)(b->ticks - a->ticks) * (c->us - a->us);
}

/* The upper hull from left to right (monotone chain); returns how many points it has. */
static size_t hull_of(const struct point *p, size_t count, uint16_t *hull)
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		while (n >= 2 && is_below(&p[hull[n - 2]], &p[hull[n - 1]], &p[i]))
			n--;
		hull[n++] = (uint16_t)i;
	}
	return n;
}

static bool skew_of(const struct point *p, size_t count, unsigned hz, int64_t *skew)
{
	uint16_t hull[CLOCK_SAMPLES];
	int64_t sum = 0;
	size_t last = hull_of(p, count, hull) - 1, i = 1;
	for (size_t k = 0; k < count; k++)
		sum += p[k].us;
	while (i < last && p[hull[i]].us * (int64_t)count < sum)
		i++;
	const struct point *a = &p[hull[i - 1]], *b = &p[hull[i]];
	wide run = (wide)(b->us - a->us) * hz, rise = (wide)(b->ticks - a->ticks) * SECOND_US;
	wide value = (rise - run) * HUNDREDTH / run;
	if (value < -QUARTER_SKEW_MAX || value > QUARTER_SKEW_MAX)
		return false;
	*skew = (int64_t)value;
	return true;
}

struct range {
	int64_t min, max;
};

static bool quarters_range(const struct point *p, size_t count, unsigned hz, struct range *r)
{
	int64_t begin_us = p[0].us, span_us = p[count - 1].us - begin_us;
	size_t from = 0;
	for (unsigned q = 1; q <= QUARTERS; q++) {
		size_t to = from;
		int64_t skew;
		while (to < count && (q == QUARTERS || (p[to].us - begin_us) * QUARTERS < span_us * q))
			to++;
		if (to - from < QUARTER_SAMPLES_MIN || !skew_of(p + from, to - from, hz, &skew))
			return false;
		r->min = q == 1 || skew < r->min ? skew : r->min;
		r->max = q == 1 || skew > r->max ? skew : r->max;
		from = to;
	}
	return true;
}

/* A clock that was set, or two behind one address, bend the line: then the quarters disagree, or agree with one another alone. */
static bool is_steady(int64_t skew, const struct range *r, int64_t half, int64_t span_us, unsigned hz)
{
	/* A quarter is known to a tick of the clock. */
	const int64_t slack = half + (int64_t)HUNDREDTH * SECOND_US / hz * QUARTERS / span_us;
	return skew >= -SKEW_MAX && skew <= SKEW_MAX && half * span_us <= (int64_t)BEND_US * HUNDREDTH && skew >= r->min - slack &&
		skew <= r->max + slack;
}

static size_t put_hundredths(int64_t value, char *out, size_t size)
{
	size_t used = 0;
	if (value < 0)
		out[used++] = '-';
	uint64_t amount = (uint64_t)(value < 0 ? -value : value);
	used += text_u64(amount / 100, out + used, size - used);
	out[used++] = '.';
	out[used++] = (char)('0' + amount / 10 % 10);
	out[used++] = (char)('0' + amount % 10);
	return used;
}

void clock_skew_put(struct signal_ctx *ctx, enum ind_side side, const struct clock_sample *samples, size_t count, uint32_t min_s)
{
	struct point points[CLOCK_SAMPLES];
	struct range range;
	int64_t skew;
	char text[64];
	if (count < CLOCK_SKEW_MIN_SAMPLES || count > CLOCK_SAMPLES)
		return;
	int64_t span_us = (int64_t)samples[count - 1].time_us - samples[0].time_us;
	if (span_us < (int64_t)min_s * SECOND_US)
		return;
	points_of(samples, count, points);
	unsigned hz = hz_of(points, count);
	if (!hz || !skew_of(points, count, hz, &skew) || !quarters_range(points, count, hz, &range))
		return;
	int64_t half = (range.max - range.min + 1) / 2;
	if (!is_steady(skew, &range, half, span_us, hz))
		return;
	size_t used = put_hundredths(skew, text, sizeof text);
	text[used++] = '+';
	text[used++] = '-';
	used += put_hundredths(half, text + used, sizeof text - used);
	signal_put_text(ctx, IND_SIG_TCP_CLOCK_SKEW, side, text, used);
}
