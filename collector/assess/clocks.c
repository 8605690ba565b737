/* SPDX-License-Identifier: Apache-2.0 */
/* S29: what clocks of the subject's showed, against the capture's. */
#include "assess/grow.h"
#include "assess/subject.h"
#include "indicia/catalogue.h"
#include "query/when.h"
#include <stdlib.h>
#include <string.h>

enum { MS_NS = 1000000, DAY_MS = 86400000, HOUR_MS = 3600000, STEADY_MS = 2000, HOUR_WITHIN_MS = 60000, HOURS_MAX_AHEAD = 14, YEAR_FIRST = 1970, YEAR_LAST = 2200 };
#define SECOND_NS UINT64_C(1000000000)

static bool digits_of(const char *at, size_t count, unsigned *number)
{
	*number = 0;
	for (size_t i = 0; i < count; i++) {
		if (at[i] < '0' || at[i] > '9')
			return false;
		*number = *number * 10 + (unsigned)(at[i] - '0');
	}
	return true;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7); the two older forms are not read. */
static bool http_date(const struct ind_signal *signal, uint64_t *ns)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	enum { DATE_BYTES = 29 };
	const char *t = signal->value;
	unsigned day, year, hour, minute, second, month = 0;
	struct when when;
	char text[24];
	if (signal->value_bytes != DATE_BYTES || memcmp(t + 25, " GMT", 4) != 0 || !digits_of(t + 5, 2, &day) || !digits_of(t + 12, 4, &year) ||
		!digits_of(t + 17, 2, &hour) || !digits_of(t + 20, 2, &minute) || !digits_of(t + 23, 2, &second))
		return false;
	while (month < 12 && memcmp(months + 3 * (size_t)month, t + 8, 3) != 0)
		month++;
	if (month == 12 || year < YEAR_FIRST || year > YEAR_LAST)
		return false;
	memcpy(text, t + 12, 4);
	text[4] = '-';
	text[5] = (char)('0' + (month + 1) / 10);
	text[6] = (char)('0' + (month + 1) % 10);
	text[7] = '-';
	memcpy(text + 8, t + 5, 2);
	text[10] = 'T';
	memcpy(text + 11, t + 17, 8);
	text[19] = 'Z';
	if (!when_parse(text, 20, &when))
		return false;
	*ns = when.first_ns;
	return true;
}

/* Milliseconds since midnight, of the day that brings it nearest to the capture's time. */
static bool day_time(const struct ind_signal *signal, int64_t *ahead_ms)
{
	unsigned ms;
	enum { DIGITS_MAX = 8 };
	if (!signal->value_bytes || signal->value_bytes > DIGITS_MAX || !digits_of(signal->value, signal->value_bytes, &ms) || ms >= DAY_MS)
		return false;
	int64_t ahead = (int64_t)ms - (int64_t)(signal->time_ns / MS_NS % DAY_MS);
	*ahead_ms = ahead > DAY_MS / 2 ? ahead - DAY_MS : ahead < -DAY_MS / 2 ? ahead + DAY_MS : ahead;
	return true;
}

static bool ahead_of(const struct ind_signal *signal, int64_t *ahead_ms)
{
	uint64_t ns;
	struct when when;
	if (signal->id == IND_SIG_ICMP_TIMESTAMP)
		return day_time(signal, ahead_ms);
	if (signal->id == IND_SIG_HTTP_DATE) {
		if (!http_date(signal, &ns))
			return false;
	} else {
		if (!when_parse(signal->value, signal->value_bytes, &when))
			return false;
		ns = when.first_ns;
	}
	*ahead_ms = (int64_t)(ns / MS_NS) - (int64_t)(signal->time_ns / MS_NS);
	return true;
}

bool clock_note(struct subject *s, const struct ind_record *record, const struct ind_signal *signal)
{
	int64_t ahead_ms;
	if (!ahead_of(signal, &ahead_ms))
		return true;
	if (s->reading_count == READINGS_MAX)
		return s->cut = true;
	struct clock_reading *r = GROW(s->readings, s->reading_count, s->reading_room);
	if (r)
		*r = (struct clock_reading){ ahead_ms, signal->time_ns, signal->id != IND_SIG_HTTP_DATE, record->id };
	return r != NULL;
}

/* Readings travel: the one that is furthest ahead was on the way for the least time. */
static void half_note(const struct clock_reading *r, int64_t *ahead_ms, uint64_t *time_ns)
{
	if (r->ahead_ms > *ahead_ms || (r->ahead_ms == *ahead_ms && r->time_ns < *time_ns)) {
		*ahead_ms = r->ahead_ms;
		*time_ns = r->time_ns;
	}
}

struct clock_state clock_state_of(const struct subject *s, bool fine)
{
	struct clock_state out = { .ahead_ms = INT64_MIN };
	uint64_t first = UINT64_MAX, last = 0, at[2] = { 0, 0 };
	int64_t least = INT64_MAX, half[2] = { INT64_MIN, INT64_MIN };
	for (size_t i = 0; i < s->reading_count; i++) {
		const struct clock_reading *r = &s->readings[i];
		if (fine && !r->fine)
			continue;
		evidence_add(&out.readings, &r->id);
		first = r->time_ns < first ? r->time_ns : first;
		last = r->time_ns > last ? r->time_ns : last;
		out.ahead_ms = r->ahead_ms > out.ahead_ms ? r->ahead_ms : out.ahead_ms;
		least = r->ahead_ms < least ? r->ahead_ms : least;
	}
	for (size_t i = 0; i < s->reading_count; i++) {
		const struct clock_reading *r = &s->readings[i];
		unsigned later = r->time_ns > first + (last - first) / 2;
		if (!fine || r->fine)
			half_note(r, &half[later], &at[later]);
	}
	out.steady = out.readings.n && out.ahead_ms - least <= STEADY_MS;
	if (half[0] != INT64_MIN && half[1] != INT64_MIN && out.steady) {
		out.drifts_ms = half[1] - half[0];
		out.apart_s = (at[1] - at[0]) / SECOND_NS;
	}
	return out;
}

int clock_hours(const struct clock_state *c)
{
	if (!c->steady)
		return 0;
	int64_t hours = (c->ahead_ms + (c->ahead_ms >= 0 ? HOUR_MS / 2 : -HOUR_MS / 2)) / HOUR_MS, off = c->ahead_ms - hours * HOUR_MS;
	bool whole = off >= -HOUR_WITHIN_MS && off <= HOUR_WITHIN_MS;
	return whole && hours >= -HOURS_MAX_AHEAD && hours <= HOURS_MAX_AHEAD ? (int)hours : 0;
}
