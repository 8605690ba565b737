/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 3339 section 5.6, ISO 8601 durations. */
#include "query/when.h"
#include <string.h>

enum { YEAR_FIRST = 1970, YEAR_LAST = 2553, SPAN_MAX_S = 10 * 366 * 86400 };
static const uint64_t ns_per_s = 1000000000;

struct at { const char *p, *end; };

static bool digits(struct at *a, unsigned count, unsigned least, unsigned most, unsigned *value)
{
	unsigned v = 0;
	if ((size_t)(a->end - a->p) < count)
		return false;
	for (unsigned i = 0; i < count; i++, a->p++) {
		if (*a->p < '0' || *a->p > '9')
			return false;
		v = v * 10 + (unsigned)(*a->p - '0');
	}
	*value = v;
	return v >= least && v <= most;
}

static bool take(struct at *a, const char *any)
{
	if (a->p == a->end || !*a->p || !strchr(any, *a->p))
		return false;
	a->p++;
	return true;
}

/* Days from 1970-01-01 to a day of the Gregorian calendar. */
static uint64_t day_number(unsigned year, unsigned month, unsigned day)
{
	static const uint16_t before[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	unsigned y = year - 1;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	uint64_t to_year = (uint64_t)y * 365 + y / 4 - y / 100 + y / 400, to_1970 = (uint64_t)1969 * 365 + 1969 / 4 - 1969 / 100 + 1969 / 400;
	return to_year - to_1970 + before[month - 1] + (leap && month > 2) + day - 1;
}

static bool month_has(unsigned year, unsigned month, unsigned day)
{
	static const uint8_t lengths[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return day <= lengths[month - 1] + (unsigned)(leap && month == 2);
}

/* Digits behind a point, at most nine count; *unit_ns becomes that of the last one. */
static bool fraction(struct at *a, uint64_t *ns, uint64_t *unit_ns)
{
	const char *from = a->p;
	uint64_t unit = ns_per_s;
	while (a->p < a->end && *a->p >= '0' && *a->p <= '9') {
		unit /= 10;
		*ns += unit * (uint64_t)(*a->p++ - '0');
	}
	*unit_ns = unit ? unit : 1;
	return a->p > from;
}

/* hh[:mm[:ss[.fraction]]] behind the beginning of a day. */
static bool clock_of(struct at *a, uint64_t day_ns, struct when *when)
{
	unsigned hour, minute = 0, second = 0;
	uint64_t unit_ns = 3600 * ns_per_s, part_ns = 0;
	if (!digits(a, 2, 0, 23, &hour))
		return false;
	if (take(a, ":")) {
		unit_ns = 60 * ns_per_s;
		if (!digits(a, 2, 0, 59, &minute))
			return false;
		if (take(a, ":")) {
			unit_ns = ns_per_s;
			if (!digits(a, 2, 0, 59, &second) || (take(a, ".") && !fraction(a, &part_ns, &unit_ns)))
				return false;
		}
	}
	when->first_ns = day_ns + (hour * UINT64_C(3600) + minute * 60u + second) * ns_per_s + part_ns;
	when->last_ns = when->first_ns + unit_ns - 1;
	return true;
}

static bool offset_of(struct at *a, struct when *when)
{
	unsigned hours, minutes;
	bool east = a->p < a->end && *a->p == '+';
	if (a->p == a->end || take(a, "Zz"))
		return true;
	if (!take(a, "+-") || !digits(a, 2, 0, 23, &hours) || !take(a, ":") || !digits(a, 2, 0, 59, &minutes))
		return false;
	uint64_t ns = (hours * 60u + minutes) * UINT64_C(60) * ns_per_s;
	if (east && when->first_ns < ns)
		return false;
	when->first_ns += east ? 0 - ns : ns;
	when->last_ns += east ? 0 - ns : ns;
	return true;
}

static bool epoch_of(struct at *a, struct when *when)
{
	uint64_t seconds = 0, part_ns = 0, unit_ns = ns_per_s;
	const char *from = a->p;
	for (; a->p < a->end && *a->p >= '0' && *a->p <= '9'; a->p++) {
		seconds = seconds * 10 + (uint64_t)(*a->p - '0');
		if (seconds >= UINT64_MAX / ns_per_s)
			return false;
	}
	if (a->p == from || (take(a, ".") && !fraction(a, &part_ns, &unit_ns)))
		return false;
	when->first_ns = seconds * ns_per_s + part_ns;
	when->last_ns = when->first_ns + unit_ns - 1;
	return a->p == a->end;
}

bool when_parse(const char *text, size_t bytes, struct when *when)
{
	struct at a = { text, text + bytes };
	unsigned year, month, day;
	if (take(&a, "@"))
		return epoch_of(&a, when);
	if (!digits(&a, 4, YEAR_FIRST, YEAR_LAST, &year))
		return false;
	bool slashes = a.p < a.end && *a.p == '/';
	const char *between = slashes ? "/" : "-";
	if (!take(&a, between) || !digits(&a, 2, 1, 12, &month) || !take(&a, between) || !digits(&a, 2, 1, 31, &day) || !month_has(year, month, day))
		return false;
	uint64_t day_ns = day_number(year, month, day) * 86400 * ns_per_s;
	*when = (struct when){ day_ns, day_ns + 86400 * ns_per_s - 1 };
	if (a.p == a.end)
		return true;
	if (!take(&a, slashes ? "." : "Tt_") || !clock_of(&a, day_ns, when))
		return false;
	return offset_of(&a, when) && a.p == a.end;
}

bool when_parse_clock(const char *text, size_t bytes, uint64_t day_ns, struct when *when)
{
	struct at a = { text, text + bytes };
	return clock_of(&a, day_ns - day_ns % (86400 * ns_per_s), when) && offset_of(&a, when) && a.p == a.end;
}

bool when_parse_span(const char *text, size_t bytes, uint64_t *ns)
{
	struct at a = { text, text + bytes };
	uint64_t seconds = 0;
	bool clock = false, any = false;
	if (!take(&a, "P"))
		return false;
	while (a.p < a.end) {
		uint64_t count = 0;
		if (!clock && take(&a, "T")) {
			clock = true;
			continue;
		}
		const char *from = a.p;
		for (; a.p < a.end && *a.p >= '0' && *a.p <= '9' && count < SPAN_MAX_S; a.p++)
			count = count * 10 + (uint64_t)(*a.p - '0');
		uint64_t unit = !clock ? (take(&a, "D") ? 86400 : take(&a, "W") ? 604800 : 0)
			: take(&a, "H") ? 3600 : take(&a, "M") ? 60 : take(&a, "S") ? 1 : 0;
		if (a.p == from || !unit || count > SPAN_MAX_S / unit)
			return false;
		seconds += count * unit;
		any = true;
	}
	*ns = seconds * ns_per_s;
	return any && seconds <= SPAN_MAX_S;
}
