/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_SPHERE_H
#define REPORT_SPHERE_H

#include "assess/geo.h"

/* Discs on the sphere: their rims, and what several have in common. Integers as in assess/geo.h, so that a picture has the same bytes on every
 * machine. Angles in 1/10,000 degree. */

enum { SPHERE_QUARTER = 900000, SPHERE_HALF = 1800000, SPHERE_TURN = 3600000 };

struct sphere_place { int32_t latitude_1e4, longitude_1e4; };

/* Of y and x, not both 0: -180 to 180 degrees, within 1 in the last place. Up to 2^62. */
int32_t sphere_angle(int64_t y, int64_t x);

/* Rounded down. */
uint32_t sphere_root(uint64_t square);

struct sphere_place sphere_place_of(struct geo_point at);

/* The angle, seen from the middle of the Earth, of a way along the surface; at most 180 degrees. */
int32_t sphere_angle_of_km(uint32_t km);

/* East and north at a point; at a pole, north is the meridian of 180 or of 0 degrees. */
struct sphere_axes { struct geo_point at, east, north; };
struct sphere_axes sphere_axes_at(struct geo_point at);

int64_t sphere_dot(struct geo_point a, struct geo_point b); /* times 2^30 */

/* An angle's sine and cosine. */
struct sphere_turn { int32_t sine, cosine; };
struct sphere_turn sphere_turn_of(int32_t angle);

/* Where one gets from a point in the direction `azimuth` (from north to east), `way` far. */
struct geo_point sphere_from(const struct sphere_axes *axes, struct sphere_turn azimuth, struct sphere_turn way);

/* A disc, ready to be asked; widened by so much. */
struct sphere_cap { struct geo_point at; int32_t angle, cosine; };
struct sphere_cap sphere_cap_of(const struct geo_disc *disc, uint32_t wider_km);
bool sphere_in(const struct sphere_cap *cap, struct geo_point at);
bool sphere_in_all(const struct sphere_cap *caps, size_t count, struct geo_point at);

/* What 1 to SPHERE_DISCS_MAX discs have in common. `empty` is only said if it holds also when distances are taken shorter by what the Earth is not a sphere. */
enum { SPHERE_DISCS_MAX = 64 };
struct sphere_common {
	bool empty;
	bool below;                  /* the area is smaller than `km2`, too small to be measured */
	uint64_t km2;                /* within 1 in 50 unless `below` */
	struct geo_point middle;     /* of what is common; of the smallest disc if that is empty */
	int32_t reach;               /* angle from the middle to the furthest of what is common */
};
struct sphere_common sphere_common_of(const struct geo_disc *discs, size_t count);

#endif
