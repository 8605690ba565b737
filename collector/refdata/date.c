/* SPDX-License-Identifier: Apache-2.0 */
#include "refdata/date.h"

#include "refdata/network.h"

#include <time.h>

/* Digits of a fixed width, and what must stand behind them ('\0': nothing). Moves *at. */
static bool part(const char **at, const char *end, size_t width, char behind, uint32_t least, uint32_t most, uint32_t *value)
{
	if ((size_t)(end - *at) < width || !network_number(*at, width, most, value) || *value < least)
		return false;
	*at += width;
	if (behind == '\0')
		return true;
	return *at < end && *(*at)++ == behind;
}

/* Days of the proleptic Gregorian calendar since 1970-01-01. */
static uint64_t days_of(uint32_t year, uint32_t month, uint32_t day)
{
	uint64_t y = month > 2 ? year : year - 1, m = month > 2 ? month - 3 : month + 9;
	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

static bool is_day(uint32_t year, uint32_t month, uint32_t day)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return day <= days[month - 1] + (uint32_t)(month == 2 && leap);
}

static bool time_parse(const char *at, const char *end, uint64_t *seconds)
{
	uint32_t hour, minute, second;
	if (*at != 'T' && *at != ' ')
		return false;
	at++;
	if (!part(&at, end, 2, ':', 0, 23, &hour) || !part(&at, end, 2, ':', 0, 59, &minute) || !part(&at, end, 2, '\0', 0, 60, &second))
		return false;
	*seconds += hour * 3600 + minute * 60 + second;
	return at == end || (*at == 'Z' && at + 1 == end);
}

bool date_parse(const char *at, size_t bytes, uint64_t *seconds)
{
	enum { COMPACT_BYTES = 8 };
	const char *end = at + bytes;
	uint32_t year, month, day;
	char between = bytes == COMPACT_BYTES ? '\0' : '-';
	if (!part(&at, end, 4, between, 1970, 9999, &year) || !part(&at, end, 2, between, 1, 12, &month) || !part(&at, end, 2, '\0', 1, 31, &day) ||
		!is_day(year, month, day))
		return false;
	*seconds = days_of(year, month, day) * DATE_DAY_S;
	return at == end || time_parse(at, end, seconds);
}

void date_text(uint64_t seconds, char text[static DATE_TEXT_BYTES])
{
	time_t when = (time_t)seconds;
	struct tm utc = { 0 };
	gmtime_r(&when, &utc);
	text[0] = '\0';
	(void)strftime(text, DATE_TEXT_BYTES, "%Y-%m-%dT%H:%M:%SZ", &utc);
}
