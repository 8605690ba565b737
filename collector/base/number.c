/* SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"
#include <stddef.h>
#include <string.h>

enum { ERROR_KM_MAX = 20016 };   /* half the way around the earth */

static bool multiply(uint64_t *number, uint64_t by, uint64_t max)
{
	if (*number > max / by)
		return false;
	*number *= by;
	return true;
}

bool number_read(const char *text, uint64_t max, uint64_t *number)
{
	static const char letters[] = "kMGT";
	uint64_t value = 0;
	const char *at = text;
	for (; *at >= '0' && *at <= '9'; at++) {
		if (!multiply(&value, 10, max) || value > max - (uint64_t)(*at - '0'))
			return false;
		value += (uint64_t)(*at - '0');
	}
	if (at == text)
		return false;
	const char *letter = *at ? strchr(letters, *at) : NULL;
	for (ptrdiff_t i = letter ? letter - letters + 1 : 0; i > 0; i--)
		if (!multiply(&value, 1000, max))
			return false;
	*number = value;
	return !*at || (letter && !at[1]);
}

/* Digits and at most four decimals that count, as 1/10,000; the place after them, or NULL. */
static const char *parse_1e4(const char *at, int32_t limit, int32_t *value)
{
	bool minus = *at == '-';
	int64_t number = 0;
	at += minus || *at == '+';
	if (*at < '0' || *at > '9')
		return NULL;
	for (; *at >= '0' && *at <= '9'; at++)
		number = number > limit ? number : number * 10 + (*at - '0');
	number *= 10000;
	if (*at == '.') {
		int64_t unit = 1000;
		for (at++; *at >= '0' && *at <= '9'; at++, unit /= 10)
			number += (*at - '0') * unit;
	}
	if (number > (int64_t)limit * 10000)
		return NULL;
	*value = (int32_t)(minus ? -number : number);
	return at;
}

bool position_read(const char *text, struct position *p)
{
	uint64_t error_km;
	const char *at = parse_1e4(text, 90, &p->latitude_1e4);
	if (!at || *at != ',')
		return false;
	at = parse_1e4(at + 1, 180, &p->longitude_1e4);
	if (!at || *at != ',' || !number_read(at + 1, ERROR_KM_MAX, &error_km))
		return false;
	p->error_km = (uint32_t)error_km;
	return true;
}
