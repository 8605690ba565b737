/* SPDX-License-Identifier: Apache-2.0 */
/* Which sensors, discs and claims a map shows. */
#include "report/map.h"
#include <string.h>

enum { REACH_OF_DETAIL_MAX = 600000, REACH_LEAST = 20000 };

static const struct model_trip *trip_of(const struct model_subject *s, const char *sensor)
{
	for (size_t i = 0; i < s->trip_count; i++)
		if (s->trips[i].sensor && strcmp(s->trips[i].sensor, sensor) == 0 && s->trips[i].handshakes >= GEO_TRIPS_LEAST)
			return &s->trips[i];
	return NULL;
}

static bool is_place(int64_t latitude_1e4, int64_t longitude_1e4)
{
	return latitude_1e4 >= -SPHERE_QUARTER && latitude_1e4 <= SPHERE_QUARTER && longitude_1e4 >= -SPHERE_HALF && longitude_1e4 <= SPHERE_HALF;
}

static uint32_t bounded_km(int64_t km) { return km < 0 ? 0 : km > GEO_HALF_ROUND_KM ? GEO_HALF_ROUND_KM : (uint32_t)km; }

static void sight_add(struct map *map, const struct model_position *position)
{
	struct sight *s = &map->sights[map->sight_count++];
	uint32_t error = bounded_km(position->error_km);
	*s = (struct sight){ .sensor = position->sensor, .error_km = error, .trip = trip_of(map->subject, position->sensor),
		.at = geo_point_of((int32_t)position->latitude_1e4, (int32_t)position->longitude_1e4) };
	if (!s->trip)
		return;
	s->vacuum = geo_disc_of(s->at, bounded_km(s->trip->vacuum_km), error);
	s->fibre = geo_disc_of(s->at, bounded_km(s->trip->fibre_km), error);
	map->vacuum[map->disc_count] = s->vacuum;
	map->fibre[map->disc_count++] = s->fibre;
}

/* Rims of the smallest discs only: wider ones say less and hide more. */
static void choose_rims(struct map *map)
{
	while (map->rim_count < MAP_RIMS_MAX) {
		struct sight *least = NULL;
		for (size_t i = 0; i < map->sight_count; i++) {
			struct sight *s = &map->sights[i];
			if (s->trip && !s->rim && (!least || s->vacuum.km < least->vacuum.km))
				least = s;
		}
		if (!least)
			return;
		least->rim = true;
		map->rim_count++;
	}
}

/* Sensors with round trips whose position nobody states. */
static size_t unplaced(const struct map *map)
{
	size_t count = 0;
	for (size_t i = 0; i < map->subject->trip_count; i++) {
		bool has = false;
		for (size_t k = 0; map->subject->trips[i].sensor && k < map->sight_count; k++)
			has |= strcmp(map->subject->trips[i].sensor, map->sights[k].sensor) == 0;
		count += !has;
	}
	return count;
}

static bool is_same_place(const struct claimed *c, const struct model_record *r)
{
	return c->place.latitude_1e4 == r->latitude_1e4 && c->place.longitude_1e4 == r->longitude_1e4 && c->radius_km == r->radius_km;
}

/* Claims of the subject's address; several records of the same data set say the same place once. */
static void claims_find(struct map *map, const struct report_model *m)
{
	for (size_t i = 0; i < m->record_count; i++) {
		const struct model_record *r = &m->records[i];
		bool known = false;
		if (r->kind != MODEL_CLAIM || !r->source || strcmp(r->source, map->subject->text) != 0)
			continue;
		if (!r->has_position || !is_place(r->latitude_1e4, r->longitude_1e4)) {
			map->claims_without_place += r->country != NULL;
			continue;
		}
		for (size_t k = 0; k < map->claim_count; k++) {
			const char *before = m->records[map->claims[k].record].data_set;
			known |= is_same_place(&map->claims[k], r) && before && r->data_set && strcmp(before, r->data_set) == 0;
		}
		if (known)
			continue;
		if (map->claim_count == MAP_CLAIMS_MAX) {
			map->claims_left_out++;
			continue;
		}
		map->claims[map->claim_count++] = (struct claimed){ geo_point_of(r->latitude_1e4, r->longitude_1e4), { r->latitude_1e4, r->longitude_1e4 }, r->radius_km, i };
	}
}

void map_make(struct map *map, const struct report_model *m, size_t subject)
{
	*map = (struct map){ .subject = &m->subjects[subject], .number = subject };
	for (size_t i = 0; i < m->position_count && map->sight_count < MAP_SIGHTS_MAX; i++)
		if (m->positions[i].sensor && is_place(m->positions[i].latitude_1e4, m->positions[i].longitude_1e4))
			sight_add(map, &m->positions[i]);
	claims_find(map, m);
	map->without_position = unplaced(map);
	if (!map->disc_count)
		return;
	choose_rims(map);
	map->common = sphere_common_of(map->vacuum, map->disc_count);
	map->in_fibre = sphere_common_of(map->fibre, map->disc_count);
	int32_t reach = map->common.reach < REACH_LEAST ? REACH_LEAST : map->common.reach;
	map->has_detail = reach <= REACH_OF_DETAIL_MAX;
	map->detail = detail_of(map->common.middle, reach + reach / 3);
}
