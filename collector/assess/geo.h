/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSESS_GEO_H
#define ASSESS_GEO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Places and light on a sphere of the Earth's mean radius, in integers: the same everywhere, no mathematical library. Angles are radians and
 * coordinates parts of a unit sphere, both times 2^30. */

enum { GEO_ONE = 1 << 30, GEO_MARGIN_KM = 25, GEO_HALF_ROUND_KM = 20015, GEO_AREA_NONE = UINT16_MAX };

/* With fewer round trips a sensor says nothing of distance (S08). */
enum { GEO_TRIPS_LEAST = 3 };

struct geo_point { int32_t x, y, z; };

/* Of any angle, given in 1/10,000 degree: within 4 parts in 2^30. */
int32_t geo_sine(int32_t degrees_1e4);
int32_t geo_cosine(int32_t degrees_1e4);

/* Latitude within 90, longitude within 180 degrees. */
struct geo_point geo_point_of(int32_t latitude_1e4, int32_t longitude_1e4);

/* Along the surface, rounded down. */
uint32_t geo_distance_km(struct geo_point a, struct geo_point b);

/* How far the other end of a round trip can be at most, rounded up: by light in vacuum, and at two thirds of it, as in fibre. */
uint32_t geo_vacuum_km(uint32_t rtt_us);
uint32_t geo_fibre_km(uint32_t rtt_us);

/* A disc around a sensor, already widened by the error of the position and GEO_MARGIN_KM. */
struct geo_disc { struct geo_point at; uint32_t km; };
struct geo_disc geo_disc_of(struct geo_point at, uint32_t km, uint32_t error_km);

/* Does the disc reach a circle? Distances are taken shorter by what the Earth is not a sphere. */
bool geo_reaches_circle(const struct geo_disc *disc, struct geo_point at, uint32_t radius_km);

/* ---- areas, by ISO 3166-1 code (areas.def) ---- */

/* GEO_AREA_NONE if the table has no such code. */
uint16_t geo_area(const char code[2]);

/* Areas of the table that have a code and a geometry. */
size_t geo_area_count(void);
const char *geo_area_code(uint16_t area);

/* Does the disc reach some of the area itself or what is tested with it? Never false if it does: circles hold all of an area, and distances are
 * taken shorter by what the Earth is not a sphere. */
bool geo_reaches(const struct geo_disc *disc, uint16_t area);

/* The same of the areas that share a land border with it. */
bool geo_reaches_neighbour(const struct geo_disc *disc, uint16_t area);

/* How many areas all of the discs reach, each by itself. */
size_t geo_areas_within(const struct geo_disc *discs, size_t count);

/* Do clocks of the area, or of what is tested with it, show an offset from UTC of `first` to `last` hours? True of an area whose zones are not known (zones.def). */
bool geo_shows_offset(uint16_t area, int first, int last);

/* SHA-256 of the two tables as they are compiled in. */
void geo_areas_digest(uint8_t digest[static 32]);
void geo_zones_digest(uint8_t digest[static 32]);

#endif
