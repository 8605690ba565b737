/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/name.h"
#include "base/hash.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { KEY_ID_DIGITS = 8, YEAR_MAX = 9999 };

const char *const name_rows[NAME_ROWS] = { "flows", "signals", "claims", "origins" };

static const char hex_digits[] = "0123456789abcdef";

bool name_sensor_ok(const char *sensor)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	size_t bytes = strlen(sensor);
	return bytes && bytes <= IND_SENSOR_ID_MAX && strspn(sensor, letters) == bytes && !strchr("._-", sensor[0]);
}

bool name_of(struct name *name, const char *sensor, uint64_t first_ns, const uint8_t sha256[static IND_SHA256_BYTES])
{
	time_t t = (time_t)(first_ns / 1000000000u);
	struct tm tm;
	if (!name_sensor_ok(sensor) || !gmtime_r(&t, &tm) || tm.tm_year + 1900 > YEAR_MAX)
		return false;
	*name = (struct name){ .year = (uint16_t)(tm.tm_year + 1900), .month = (uint8_t)(tm.tm_mon + 1), .day = (uint8_t)tm.tm_mday };
	memcpy(name->sensor, sensor, strlen(sensor));
	memcpy(name->sha256, sha256, sizeof(name->sha256));
	return true;
}

static void put(const struct name *n, const char *first, const char *end, char key[static NAME_MAX_BYTES])
{
	char hex[2 * IND_SHA256_BYTES + 1];
	hash_hex(n->sha256, sizeof(n->sha256), hex);
	snprintf(key, NAME_MAX_BYTES, "%s/%s/%04u/%02u/%02u/%s%s", first, n->sensor, n->year, n->month, n->day, hex, end);
}

void name_bundle(const struct name *name, char key[static NAME_MAX_BYTES]) { put(name, "b", ".ieb", key); }

void name_sidecar(const struct name *name, const char *tail, char key[static NAME_MAX_BYTES])
{
	char end[32];
	snprintf(end, sizeof(end), ".ieb%s", tail);
	put(name, "b", end, key);
}

void name_of_rows(const struct name *name, const char *kind, char key[static NAME_MAX_BYTES])
{
	char first[32];
	snprintf(first, sizeof(first), "r/%s", kind);
	put(name, first, ".pb.gz", key);
}

bool name_tail_ok(const char *tail)
{
	if (strcmp(tail, ".iec") == 0)
		return true;
	return tail[0] == '.' && strspn(tail + 1, hex_digits) == KEY_ID_DIGITS && strcmp(tail + 1 + KEY_ID_DIGITS, ".iec") == 0;
}

/* So many decimal digits, and what must stand behind them. */
static bool number(const char **at, unsigned digits, char behind, unsigned *value)
{
	*value = 0;
	for (unsigned i = 0; i < digits; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		*value = *value * 10 + (unsigned)(**at - '0');
	}
	return *(*at)++ == behind;
}

static bool digest(const char **at, uint8_t sha256[static IND_SHA256_BYTES])
{
	for (size_t i = 0; i < 2 * IND_SHA256_BYTES; i++, (*at)++) {
		const char *digit = **at ? strchr(hex_digits, **at) : NULL;
		if (!digit)
			return false;
		sha256[i / 2] = (uint8_t)(sha256[i / 2] << 4 | (digit - hex_digits));
	}
	return true;
}

bool name_parse(const char *key, struct name *name, const char **tail)
{
	unsigned year, month, day;
	*name = (struct name){ 0 };
	if (strncmp(key, "b/", 2) != 0)
		return false;
	const char *sensor = key + 2, *at = strchr(sensor, '/');
	if (!at || at == sensor || (size_t)(at - sensor) > IND_SENSOR_ID_MAX)
		return false;
	memcpy(name->sensor, sensor, (size_t)(at - sensor));
	at++;
	if (!name_sensor_ok(name->sensor) || !number(&at, 4, '/', &year) || !number(&at, 2, '/', &month) || !number(&at, 2, '/', &day) || !month || month > 12 || !day || day > 31 ||
		!digest(&at, name->sha256) || strncmp(at, ".ieb", 4) != 0)
		return false;
	name->year = (uint16_t)year;
	name->month = (uint8_t)month;
	name->day = (uint8_t)day;
	*tail = at + 4;
	return !**tail || name_tail_ok(*tail);
}

uint32_t name_day(const struct name *n)
{
	/* Days from civil: years begin in March, so that the leap day is the last one. */
	unsigned y = n->month <= 2 ? n->year - 1u : n->year, m = (n->month + 9u) % 12u;
	unsigned since_0 = y * 365 + y / 4 - y / 100 + y / 400 + (m * 306 + 5) / 10 + n->day - 1u;
	return since_0 < 719468 ? 0 : since_0 - 719468;
}
