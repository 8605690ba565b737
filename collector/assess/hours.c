/* SPDX-License-Identifier: Apache-2.0 */
/* S28: hours of activity (docs/method.md, "Hours"). Integers: sines by assess/geo.h, logarithms as a table. */
#include "assess/geo.h"
#include "assess/subject.h"
#include <string.h>

enum {
	HOURS = 24, DAY_CELLS = 24, CELLS_LEAST = 36, DAYS_LEAST = 10, SPAN_LEAST = 14, PAD = 3, DEGREES_OF_HOUR_1E4 = 150000, OFFSET_FIRST = -12, SUPPORT_LN_1E3 = 2000,
	LN_1000_1E3 = 6908, UNIT = 1 << 15, UNIT_PARTS = GEO_ONE / UNIT,
};

/* A day of work, by local hour: logarithms (1/1000) of 8 at work, 4 at its edges, 2 in the morning and evening, 1 at night. */
static const int32_t template_ln_1e3[HOURS] = {
	0, 0, 0, 0, 0, 0, 0, 693, 1386, 2079, 2079, 2079, 2079, 2079, 2079, 2079, 2079, 2079, 1386, 693, 693, 693, 693, 0,
};

static int64_t wave(unsigned hour, bool cosine)
{
	unsigned at = (hour + (cosine ? HOURS / 4 : 0)) % HOURS;
	int sign = at >= HOURS / 2 ? -1 : 1;
	at %= HOURS / 2;
	at = at > HOURS / 4 ? HOURS / 2 - at : at;
	return sign * geo_sine((int32_t)at * DEGREES_OF_HOUR_1E4);
}

/* Rayleigh's test at one in a thousand, without its correction for small samples, which would pass a few more: z = R^2 / N is ln 1000 at least. */
static bool is_uneven(const uint64_t counts[HOURS], uint64_t cells)
{
	int64_t x = 0, y = 0;
	for (unsigned h = 0; h < HOURS; h++) {
		x += (int64_t)counts[h] * (wave(h, true) / UNIT_PARTS);
		y += (int64_t)counts[h] * (wave(h, false) / UNIT_PARTS);
	}
	uint64_t square = ((uint64_t)(x * x) + (uint64_t)(y * y)) / UNIT; /* times UNIT */
	return square * 1000 >= (uint64_t)LN_1000_1E3 * cells * UNIT;
}

static int64_t fit_of(const uint64_t counts[HOURS], int offset)
{
	int64_t fit = 0;
	for (int h = 0; h < HOURS; h++)
		fit += (int64_t)counts[h] * template_ln_1e3[(h + offset + HOURS) % HOURS];
	return fit;
}

/* The shortest arc of offsets that holds all that fit. */
static void arc_of(const bool fits[HOURS], struct hours_fit *out)
{
	int best_first = 0, best_length = HOURS;
	for (int first = 0; first < HOURS; first++) {
		int last = 0;
		for (int i = 0; i < HOURS; i++)
			last = fits[(first + i) % HOURS] ? i : last;
		if (fits[first] && last < best_length) {
			best_length = last;
			best_first = first;
		}
	}
	out->first = best_first + OFFSET_FIRST - PAD;
	out->last = out->first + best_length + 2 * PAD;
	out->width = (unsigned)(best_length + 2 * PAD);
}

struct hours_fit hours_fit_of(const uint64_t *cells, size_t count)
{
	struct hours_fit out = { .cells = (unsigned)count };
	uint64_t counts[HOURS] = { 0 };
	int64_t fit[HOURS], most = INT64_MIN;
	bool fits[HOURS];
	for (size_t i = 0; i < count; i++) {
		counts[cells[i] % HOURS]++;
		out.days += i == 0 || cells[i] / DAY_CELLS != cells[i - 1] / DAY_CELLS;
	}
	out.span_days = count ? (unsigned)(cells[count - 1] / DAY_CELLS - cells[0] / DAY_CELLS + 1) : 0;
	out.judged = count >= CELLS_LEAST && out.days >= DAYS_LEAST && out.span_days >= SPAN_LEAST;
	out.uneven = out.judged && is_uneven(counts, count);
	if (!out.uneven)
		return out;
	for (int o = 0; o < HOURS; o++) {
		fit[o] = fit_of(counts, o + OFFSET_FIRST);
		most = fit[o] > most ? fit[o] : most;
	}
	for (int o = 0; o < HOURS; o++)
		fits[o] = fit[o] >= most - SUPPORT_LN_1E3;
	arc_of(fits, &out);
	return out;
}
