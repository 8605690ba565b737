/* SPDX-License-Identifier: Apache-2.0 */
#include "report/axis.h"
#include "base/text.h"
#include <string.h>

enum { TICKS_MAX = 7, DAY_AT = 10, CLOCK_AT = 11, MINUTE_END = 16, SECOND_END = 19, MILLI_END = 23, TIME_BYTES = 28 };
#define MS UINT64_C(1000000)
#define SECOND (1000 * MS)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY_NS (24 * HOUR)

struct axis axis_of(uint64_t from_ns, uint64_t to_ns, unsigned margin, int32_t left, int32_t width)
{
	uint64_t span = to_ns > from_ns + MS ? to_ns - from_ns : MS, more = span / 100 * margin;
	uint64_t from = from_ns > more ? from_ns - more : 0;
	return (struct axis){ from, from_ns + span + more > from ? from_ns + span + more : UINT64_MAX, left, width };
}

int32_t axis_x(const struct axis *a, uint64_t ns)
{
	if (ns <= a->from_ns)
		return a->left;
	if (ns >= a->to_ns)
		return a->left + a->width;
	uint64_t along = ns - a->from_ns, span = a->to_ns - a->from_ns;
	while (span >> 48) {
		span >>= 1;
		along >>= 1;
	}
	return a->left + (int32_t)(along * (uint64_t)a->width / span);
}

/* The shortest round step that leaves room for the times. */
static uint64_t step_of(uint64_t span)
{
	static const uint64_t steps[] = {
		MS, 2 * MS, 5 * MS, 10 * MS, 20 * MS, 50 * MS, 100 * MS, 200 * MS, 500 * MS, SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
		MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY_NS, 2 * DAY_NS, 7 * DAY_NS,
		14 * DAY_NS, 30 * DAY_NS, 90 * DAY_NS, 365 * DAY_NS,
	};
	enum { STEPS = sizeof(steps) / sizeof(steps[0]) };
	for (size_t i = 0; i < STEPS; i++)
		if (span / steps[i] <= TICKS_MAX)
			return steps[i];
	return steps[STEPS - 1] * (span / steps[STEPS - 1] / TICKS_MAX + 1);
}

static void tick_text(struct page *p, int32_t x, int32_t y, const char *text, size_t count)
{
	put_literal(p, "<text class=\"p-faint\" fill=\"#4a5b66\" text-anchor=\"middle\"");
	put_attr_number(p, "x", x);
	put_attr_number(p, "y", y);
	put_literal(p, ">");
	put_plain(p, text, count);
	put_literal(p, "</text>");
}

static void lines(struct page *p, const struct axis *a, uint64_t step, int32_t top, int32_t bottom)
{
	struct pen pen;
	draw_path(p, "class=\"p-grid\" fill=\"none\" stroke=\"#c3ced5\" stroke-width=\"8\"", pen);
	for (uint64_t at = (a->from_ns + step - 1) / step * step; at <= a->to_ns && at >= a->from_ns; at += step) {
		pen_to(&pen, (struct spot){ axis_x(a, at), top });
		pen_to(&pen, (struct spot){ axis_x(a, at), bottom });
		pen_up(&pen, false);
	}
	draw_path_end(p);
}

void axis_draw(struct page *p, const struct axis *a, int32_t top, int32_t bottom, bool above)
{
	uint64_t step = step_of(a->to_ns - a->from_ns);
	size_t end = step >= MINUTE ? MINUTE_END : step >= SECOND ? SECOND_END : MILLI_END;
	int32_t near = above ? top - 60 : bottom + 160, far = above ? top - 230 : bottom + 330;
	char time[TIME_BYTES], day[TIME_BYTES] = "";
	lines(p, a, step, above ? top - 40 : top, above ? bottom : bottom + 40);
	for (uint64_t at = (a->from_ns + step - 1) / step * step; at <= a->to_ns && at >= a->from_ns; at += step) {
		text_time(at, time, sizeof(time));
		if (step < DAY_NS)
			tick_text(p, axis_x(a, at), near, time + CLOCK_AT, end - CLOCK_AT);
		if (memcmp(day, time, DAY_AT) != 0)
			tick_text(p, axis_x(a, at), step < DAY_NS ? far : near, time, DAY_AT);
		memcpy(day, time, sizeof(day));
	}
	put_literal(p, "\n");
}
