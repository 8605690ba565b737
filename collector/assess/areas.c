/* SPDX-License-Identifier: Apache-2.0 */
/* Areas as circles on the sphere, and which of them are neighbours: areas.def, which deploy/areas/make-areas made from Natural Earth. What their clocks show:
 * zones.def, which deploy/areas/make-zones made from the time zone database. */
#include "assess/geo.h"
#include "base/hash.h"
#include <string.h>

struct circle { int32_t latitude_1e4, longitude_1e4; uint32_t km; };

#define CIRCLES(...) __VA_ARGS__
#define NEIGHBOURS(...) __VA_ARGS__
#define C(latitude, longitude, km) { latitude, longitude, km },
#define N(row)
#define AREA(code, with, circles, neighbours) circles
static const struct circle circles[] = {
#include "assess/areas.def"
};
#undef AREA
#undef C
#undef N
#define C(latitude, longitude, km)
#define N(row) row,
#define AREA(code, with, circles, neighbours) neighbours
static const uint16_t neighbours[] = {
#include "assess/areas.def"
};
#undef AREA
#undef C
#undef N
#define C(latitude, longitude, km) +1
#define N(row) +1
#define AREA(code, with, circles, neighbours) { code, with, 0 circles, 0 neighbours },
static const struct area { char code[3], with[3]; uint16_t circles, neighbours; } areas[] = {
#include "assess/areas.def"
};
#undef AREA
#undef C
#undef N

enum { AREAS = sizeof(areas) / sizeof(areas[0]), OFFSET_FIRST = -12, OFFSET_LAST = 14, DAY_HOURS = 24 };

static const struct zones { char code[3]; uint32_t offsets; } zones[] = {
#define ZONES(code, offsets) { code, offsets },
#include "assess/zones.def"
#undef ZONES
};
enum { ZONE_ROWS = sizeof(zones) / sizeof(zones[0]) };

static size_t circles_before(uint16_t area)
{
	size_t before = 0;
	for (uint16_t i = 0; i < area; i++)
		before += areas[i].circles;
	return before;
}

static size_t neighbours_before(uint16_t area)
{
	size_t before = 0;
	for (uint16_t i = 0; i < area; i++)
		before += areas[i].neighbours;
	return before;
}

uint16_t geo_area(const char code[2])
{
	for (uint16_t i = 0; i < AREAS; i++)
		if (areas[i].code[0] && memcmp(areas[i].code, code, 2) == 0)
			return i;
	return GEO_AREA_NONE;
}

const char *geo_area_code(uint16_t area) { return area < AREAS ? areas[area].code : ""; }

size_t geo_area_count(void)
{
	size_t count = 0;
	for (size_t i = 0; i < AREAS; i++)
		count += areas[i].code[0] && areas[i].circles;
	return count;
}

/* The middles of all circles, computed once. */
static const struct geo_point *middles(void)
{
	static struct geo_point at[sizeof(circles) / sizeof(circles[0])];
	static bool there;
	for (size_t i = 0; !there && i < sizeof(circles) / sizeof(circles[0]); i++)
		at[i] = geo_point_of(circles[i].latitude_1e4, circles[i].longitude_1e4);
	there = true;
	return at;
}

static bool reaches_from(const struct geo_disc *disc, size_t first, size_t count)
{
	const struct geo_point *at = middles();
	for (size_t i = first; i < first + count; i++)
		if (geo_reaches_circle(disc, at[i], circles[i].km))
			return true;
	return false;
}

static bool reaches_one(const struct geo_disc *disc, uint16_t area) { return reaches_from(disc, circles_before(area), areas[area].circles); }

/* An area and its territories are tested together, whichever of them is asked about. */
static const char *group_of(uint16_t area) { return areas[area].with[0] ? areas[area].with : areas[area].code; }

static bool in_group(uint16_t area, const char *group)
{
	return areas[area].code[0] && memcmp(group_of(area), group, 2) == 0;
}

bool geo_reaches(const struct geo_disc *disc, uint16_t area)
{
	const char *group = group_of(area);
	for (uint16_t i = 0; i < AREAS; i++)
		if (in_group(i, group) && reaches_one(disc, i))
			return true;
	return false;
}

bool geo_reaches_neighbour(const struct geo_disc *disc, uint16_t area)
{
	const char *group = group_of(area);
	for (uint16_t i = 0; i < AREAS; i++) {
		size_t first = neighbours_before(i);
		for (size_t n = 0; in_group(i, group) && n < areas[i].neighbours; n++)
			if (reaches_one(disc, neighbours[first + n]))
				return true;
	}
	return false;
}

size_t geo_areas_within(const struct geo_disc *discs, size_t count)
{
	size_t within = 0, first = 0;
	for (uint16_t i = 0; i < AREAS; first += areas[i++].circles) {
		bool all = areas[i].code[0] && areas[i].circles;
		for (size_t d = 0; all && d < count; d++)
			all = reaches_from(&discs[d], first, areas[i].circles);
		within += all;
	}
	return within;
}

/* Offsets that are 24 hours apart are one hour of the day. */
static bool is_of_day(int offset, int first, int last)
{
	for (int turn = -DAY_HOURS; turn <= DAY_HOURS; turn += DAY_HOURS)
		if (offset + turn >= first && offset + turn <= last)
			return true;
	return false;
}

bool geo_shows_offset(uint16_t area, int first, int last)
{
	const char *group = group_of(area);
	bool known = false;
	for (size_t z = 0; z < ZONE_ROWS; z++) {
		uint16_t i = geo_area(zones[z].code);
		if (i == GEO_AREA_NONE || !in_group(i, group))
			continue;
		known = true;
		for (int o = OFFSET_FIRST; o <= OFFSET_LAST; o++)
			if (zones[z].offsets >> (o - OFFSET_FIRST) & 1 && is_of_day(o, first, last))
				return true;
	}
	return !known;
}

/* In big-endian bytes, so that it is the same on every machine. */
static size_t put_be32(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (24 - 8 * i));
	return 4;
}

void geo_areas_digest(uint8_t digest[static 32])
{
	struct hash_sha256_state s;
	uint8_t bytes[16];
	hash_sha256_start(&s);
	for (size_t i = 0; i < AREAS; i++) {
		memcpy(bytes, areas[i].code, 2);
		memcpy(bytes + 2, areas[i].with, 2);
		put_be32(bytes + 4, areas[i].circles);
		put_be32(bytes + 8, areas[i].neighbours);
		hash_sha256_add(&s, bytes, 12);
	}
	for (size_t i = 0; i < sizeof(circles) / sizeof(circles[0]); i++) {
		size_t at = put_be32(bytes, (uint32_t)circles[i].latitude_1e4);
		at += put_be32(bytes + at, (uint32_t)circles[i].longitude_1e4);
		at += put_be32(bytes + at, circles[i].km);
		hash_sha256_add(&s, bytes, at);
	}
	for (size_t i = 0; i < sizeof(neighbours) / sizeof(neighbours[0]); i++)
		hash_sha256_add(&s, bytes, put_be32(bytes, neighbours[i]));
	hash_sha256_end(&s, digest);
}

void geo_zones_digest(uint8_t digest[static 32])
{
	struct hash_sha256_state s;
	uint8_t bytes[8];
	hash_sha256_start(&s);
	for (size_t i = 0; i < ZONE_ROWS; i++) {
		memcpy(bytes, zones[i].code, 2);
		hash_sha256_add(&s, bytes, 2 + put_be32(bytes + 2, zones[i].offsets));
	}
	hash_sha256_end(&s, digest);
}
