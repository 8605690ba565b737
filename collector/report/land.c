/* SPDX-License-Identifier: Apache-2.0 */
#include "report/land.h"

enum { UNIT_1E4 = 200 };

struct ring { int16_t x, y; uint16_t bytes; };

#define WORLD(x, y, ...)
#define DETAIL(x, y, ...) __VA_ARGS__,
static const int8_t detail_steps[] = {
#include "report/land.def"
};
#undef WORLD
#undef DETAIL
#define WORLD(x, y, ...) __VA_ARGS__,
#define DETAIL(x, y, ...)
static const int8_t world_steps[] = {
#include "report/land.def"
};
#undef WORLD
#undef DETAIL
#define WORLD(x, y, ...) { x, y, sizeof((const int8_t[]){ __VA_ARGS__ }) },
#define DETAIL(x, y, ...)
static const struct ring world_rings[] = {
#include "report/land.def"
};
#undef WORLD
#undef DETAIL
#define WORLD(x, y, ...)
#define DETAIL(x, y, ...) { x, y, sizeof((const int8_t[]){ __VA_ARGS__ }) },
static const struct ring detail_rings[] = {
#include "report/land.def"
};
#undef WORLD
#undef DETAIL

size_t land_rings(enum land_table table)
{
	return table == LAND_WORLD ? sizeof(world_rings) / sizeof(world_rings[0]) : sizeof(detail_rings) / sizeof(detail_rings[0]);
}

/* Does the ring go the other way round? One that surrounds a pole does not end in the longitude where it begins, and is no lake. */
static bool is_lake(const struct ring *ring, const int8_t *steps)
{
	int64_t x = 0, y = 0, twice = 0;
	for (size_t i = 0; i < ring->bytes; i += 2) {
		twice += x * steps[i + 1] - y * steps[i];
		x += steps[i];
		y += steps[i + 1];
	}
	return x > -SPHERE_HALF / UNIT_1E4 && x < SPHERE_HALF / UNIT_1E4 && twice > 0;
}

struct land_ring land_ring(enum land_table table, size_t at)
{
	const struct ring *rings = table == LAND_WORLD ? world_rings : detail_rings;
	const int8_t *step = table == LAND_WORLD ? world_steps : detail_steps;
	for (size_t i = 0; i < at; i++)
		step += rings[i].bytes;
	return (struct land_ring){ step, rings[at].bytes / 2, rings[at].x, rings[at].y, is_lake(&rings[at], step), false };
}

bool land_next(struct land_ring *ring, struct sphere_place *place)
{
	if (ring->begun && !ring->left)
		return false;
	if (ring->begun) {
		ring->x += ring->step[0];
		ring->y += ring->step[1];
		ring->step += 2;
		ring->left--;
	}
	ring->begun = true;
	*place = (struct sphere_place){ ring->y * UNIT_1E4, ring->x * UNIT_1E4 };
	return true;
}
