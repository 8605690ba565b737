/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sphere.h"

enum { TURNS = 30 };
#define HALF_ROUND_M UINT64_C(20015114) /* half a great circle of the mean radius */

/* Arc tangents of 1, 1/2, 1/4, ..., in degrees times 10^4 times 2^20. */
static const int64_t arcs[TURNS] = {
	471859200000, 278554751031, 147180680306, 74711211431, 37500583936, 18768573060, 9386576684, 4693574768, 2346823192, 1173416072, 586708596, 293354368,
	146677193, 73338597, 36669299, 18334649, 9167325, 4583662, 2291831, 1145916, 572958, 286479, 143239, 71620, 35810, 17905, 8952, 4476, 2238, 1119,
};

/* Turns the vector towards the axis by these arcs, one after the other (Volder 1959). */
int32_t sphere_angle(int64_t y, int64_t x)
{
	int64_t angle = 0, up = y < 0 ? -y : y, along = x < 0 ? -x : x;
	while (up < INT64_C(1) << 40 && along < INT64_C(1) << 40) {
		up *= 2;
		along *= 2;
	}
	while (up > INT64_C(1) << 60 || along > INT64_C(1) << 60) {
		up /= 2;
		along /= 2;
	}
	for (unsigned i = 0; i < TURNS; i++) {
		int64_t part = INT64_C(1) << i, over = up / part, beside = along / part;
		bool above = up >= 0;
		angle += above ? arcs[i] : -arcs[i];
		up += above ? -beside : beside;
		along += above ? over : -over;
	}
	int64_t rounded = (angle + (1 << 19)) / (1 << 20);
	rounded = x < 0 ? SPHERE_HALF - rounded : rounded;
	return (int32_t)(y < 0 ? -rounded : rounded);
}

uint32_t sphere_root(uint64_t square)
{
	uint64_t root = 0;
	for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1)
		if ((root + bit) * (root + bit) <= square)
			root += bit;
	return (uint32_t)root;
}

static uint64_t square_of(int32_t a) { return (uint64_t)((int64_t)a * a); }

struct sphere_place sphere_place_of(struct geo_point at)
{
	uint32_t ring = sphere_root(square_of(at.x) + square_of(at.y));
	return (struct sphere_place){ sphere_angle(at.z, ring), ring ? sphere_angle(at.y, at.x) : 0 };
}

int32_t sphere_angle_of_km(uint32_t km)
{
	uint64_t angle = (uint64_t)km * 1000 * SPHERE_HALF / HALF_ROUND_M;
	return angle > SPHERE_HALF ? SPHERE_HALF : (int32_t)angle;
}

struct sphere_axes sphere_axes_at(struct geo_point at)
{
	int64_t ring = sphere_root(square_of(at.x) + square_of(at.y)), east = GEO_ONE, side = 0;
	if (ring) {
		east = (int64_t)at.x * GEO_ONE / ring;
		side = (int64_t)at.y * GEO_ONE / ring;
	}
	return (struct sphere_axes){ at, { (int32_t)-side, (int32_t)east, 0 },
		{ (int32_t)(-at.z * east / GEO_ONE), (int32_t)(-at.z * side / GEO_ONE), (int32_t)ring } };
}

int64_t sphere_dot(struct geo_point a, struct geo_point b)
{
	return ((int64_t)a.x * b.x + (int64_t)a.y * b.y + (int64_t)a.z * b.z) / GEO_ONE;
}

struct sphere_turn sphere_turn_of(int32_t angle) { return (struct sphere_turn){ geo_sine(angle), geo_cosine(angle) }; }

struct geo_point sphere_from(const struct sphere_axes *axes, struct sphere_turn azimuth, struct sphere_turn way)
{
	int64_t north = (int64_t)way.sine * azimuth.cosine / GEO_ONE, east = (int64_t)way.sine * azimuth.sine / GEO_ONE;
	return (struct geo_point){
		(int32_t)(((int64_t)way.cosine * axes->at.x + north * axes->north.x + east * axes->east.x) / GEO_ONE),
		(int32_t)(((int64_t)way.cosine * axes->at.y + north * axes->north.y + east * axes->east.y) / GEO_ONE),
		(int32_t)(((int64_t)way.cosine * axes->at.z + north * axes->north.z + east * axes->east.z) / GEO_ONE),
	};
}

struct sphere_cap sphere_cap_of(const struct geo_disc *disc, uint32_t wider_km)
{
	uint32_t km = disc->km + wider_km;
	int32_t angle = km >= GEO_HALF_ROUND_KM ? SPHERE_HALF : sphere_angle_of_km(km);
	return (struct sphere_cap){ disc->at, angle, geo_cosine(angle) };
}

bool sphere_in(const struct sphere_cap *cap, struct geo_point at) { return cap->angle == SPHERE_HALF || sphere_dot(cap->at, at) >= cap->cosine; }

bool sphere_in_all(const struct sphere_cap *caps, size_t count, struct geo_point at)
{
	for (size_t i = 0; i < count; i++)
		if (!sphere_in(&caps[i], at))
			return false;
	return true;
}
