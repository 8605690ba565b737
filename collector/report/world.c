/* SPDX-License-Identifier: Apache-2.0 */
/* Equal Earth. Shapes are made of longitudes that go on over the meridian of 180 degrees, then cut there. */
#include "report/land.h"
#include "report/project.h"

enum { RIM = 720, EDGE_STEP = 25000, SHAPE_MAX = 3 * RIM + 128, GRID = 300000 };

#define PI_30 INT64_C(3373259426)
#define HALF_ROOT_OF_3 INT64_C(929887697)
#define TWO_OVER_ROOT_OF_3 INT64_C(1239850262)
#define A1 INT64_C(1439097512)
#define A2 INT64_C(-87086904)
#define A3 INT64_C(958851)
#define A4 INT64_C(4075924)
#define WIDTH_30 INT64_C(2906221816) /* of half the world, in radii */

static int64_t times(int64_t a, int64_t b) { return a * b / GEO_ONE; }

/* Units of the picture, rounded. */
static int32_t units(int64_t radii_30)
{
	int64_t twice = 2 * WORLD_HALF_WIDTH * radii_30 / WIDTH_30;
	return (int32_t)((twice < 0 ? twice - 1 : twice + 1) / 2);
}

struct spot world_spot(struct sphere_place at)
{
	int64_t sine = times(HALF_ROOT_OF_3, geo_sine(at.latitude_1e4)), cosine = sphere_root((uint64_t)((int64_t)GEO_ONE * GEO_ONE - sine * sine));
	int64_t theta = sphere_angle(sine, cosine) * PI_30 / SPHERE_HALF, t2 = times(theta, theta), t6 = times(times(t2, t2), t2), t8 = times(t6, t2);
	int64_t lambda = at.longitude_1e4 * PI_30 / SPHERE_HALF;
	int64_t under = 9 * times(A4, t8) + 7 * times(A3, t6) + 3 * times(A2, t2) + A1;
	int64_t x = times(times(lambda, cosine), TWO_OVER_ROOT_OF_3) * GEO_ONE / under, y = times(theta, times(A4, t8) + times(A3, t6) + times(A2, t2) + A1);
	return (struct spot){ units(x), units(-y) };
}

static void to(struct pen *pen, int32_t latitude, int32_t longitude) { pen_to(pen, world_spot((struct sphere_place){ latitude, longitude })); }

/* Along a meridian, which is bent. */
static void along(struct pen *pen, int32_t longitude, int32_t from, int32_t until)
{
	int32_t step = from < until ? EDGE_STEP : -EDGE_STEP;
	for (int32_t latitude = from; latitude != until && (latitude < until) == (from < until); latitude += step)
		to(pen, latitude, longitude);
	to(pen, until, longitude);
}

void world_outline(struct pen *pen)
{
	along(pen, SPHERE_HALF, SPHERE_QUARTER, -SPHERE_QUARTER);
	along(pen, -SPHERE_HALF, -SPHERE_QUARTER, SPHERE_QUARTER);
	pen_up(pen, true);
}

void world_grid(struct pen *pen)
{
	for (int32_t longitude = -SPHERE_HALF + GRID; longitude < SPHERE_HALF; longitude += GRID) {
		along(pen, longitude, -SPHERE_QUARTER, SPHERE_QUARTER);
		pen_up(pen, false);
	}
	for (int32_t latitude = -SPHERE_QUARTER + GRID; latitude < SPHERE_QUARTER; latitude += GRID) {
		to(pen, latitude, -SPHERE_HALF);
		to(pen, latitude, SPHERE_HALF);
		pen_up(pen, false);
	}
}

void world_land(struct pen *pen)
{
	for (size_t i = 0; i < land_rings(LAND_WORLD); i++) {
		struct land_ring ring = land_ring(LAND_WORLD, i);
		for (struct sphere_place at; land_next(&ring, &at); )
			pen_to(pen, world_spot(at));
		pen_up(pen, true);
	}
}

/* ---- discs ---- */

struct shape { size_t count; struct sphere_place at[SHAPE_MAX]; };

static void shape_add(struct shape *s, int32_t latitude, int32_t longitude)
{
	if (s->count < SHAPE_MAX)
		s->at[s->count++] = (struct sphere_place){ latitude, longitude };
}

/* A rim that goes through a pole has no longitude there: it is drawn a tenth of a degree wider. */
static struct sphere_cap beside_poles(struct sphere_cap cap)
{
	int32_t north = SPHERE_QUARTER - sphere_place_of(cap.at).latitude_1e4, south = SPHERE_HALF - north;
	for (unsigned i = 0; i < 2; i++) {
		int32_t beside = (i ? south : north) - cap.angle;
		if (beside > -500 && beside < 500 && cap.angle + 1000 < SPHERE_HALF)
			cap.angle += 1000;
	}
	cap.cosine = geo_cosine(cap.angle);
	return cap;
}

/* The rim, clockwise, with longitudes that go on. */
static void rim_of(const struct sphere_cap *cap, struct shape *s)
{
	struct sphere_axes axes = sphere_axes_at(cap->at);
	struct sphere_turn way = sphere_turn_of(cap->angle);
	int32_t turns = 0, before = 0;
	s->count = 0;
	for (int32_t i = 0; i <= RIM; i++) {
		struct sphere_place at = sphere_place_of(sphere_from(&axes, sphere_turn_of(i * (SPHERE_TURN / RIM)), way));
		if (i && at.longitude_1e4 - before > SPHERE_HALF)
			turns -= SPHERE_TURN;
		else if (i && at.longitude_1e4 - before < -SPHERE_HALF)
			turns += SPHERE_TURN;
		before = at.longitude_1e4;
		shape_add(s, at.latitude_1e4, at.longitude_1e4 + turns);
	}
}

/* What is on one side of a meridian (Sutherland and Hodgman 1974). */
static void cut(const struct shape *in, int32_t edge, int sign, struct shape *out)
{
	out->count = 0;
	for (size_t i = 0; i < in->count; i++) {
		struct sphere_place a = in->at[i], b = in->at[(i + 1) % in->count];
		bool has_a = sign * (a.longitude_1e4 - edge) >= 0, has_b = sign * (b.longitude_1e4 - edge) >= 0;
		if (has_a)
			shape_add(out, a.latitude_1e4, a.longitude_1e4);
		if (has_a != has_b)
			shape_add(out, a.latitude_1e4 + (int32_t)((int64_t)(b.latitude_1e4 - a.latitude_1e4) * (edge - a.longitude_1e4) / (b.longitude_1e4 - a.longitude_1e4)), edge);
	}
}

static void draw_cut(struct pen *pen, const struct shape *whole)
{
	struct shape east, both;
	cut(whole, -SPHERE_HALF, 1, &east);
	cut(&east, SPHERE_HALF, -1, &both);
	for (size_t i = 0; i < both.count; i++) {
		struct sphere_place a = both.at[i], b = both.at[(i + 1) % both.count];
		if (a.longitude_1e4 == b.longitude_1e4 && (a.longitude_1e4 == SPHERE_HALF || a.longitude_1e4 == -SPHERE_HALF))
			along(pen, a.longitude_1e4, a.latitude_1e4, b.latitude_1e4);
		else
			to(pen, a.latitude_1e4, a.longitude_1e4);
	}
	pen_up(pen, true);
}

static void shifted(const struct shape *in, int32_t by, struct shape *out)
{
	for (size_t i = 0; i < in->count; i++)
		shape_add(out, in->at[i].latitude_1e4, in->at[i].longitude_1e4 + by);
}

/* Over one pole: three turns of the rim, closed beyond them, so that the cut falls on no seam. */
static void draw_around(struct pen *pen, const struct shape *rim, int32_t pole)
{
	struct shape whole = { 0 };
	int32_t turn = rim->at[rim->count - 1].longitude_1e4 > rim->at[0].longitude_1e4 ? SPHERE_TURN : -SPHERE_TURN;
	shifted(rim, -turn, &whole);
	shifted(rim, 0, &whole);
	shifted(rim, turn, &whole);
	shape_add(&whole, pole, whole.at[whole.count - 1].longitude_1e4);
	shape_add(&whole, pole, whole.at[0].longitude_1e4);
	draw_cut(pen, &whole);
}

void world_disc(struct pen *pen, const struct sphere_cap *cap)
{
	struct sphere_cap drawn = beside_poles(*cap);
	struct shape rim;
	bool north = sphere_in(&drawn, (struct geo_point){ 0, 0, GEO_ONE }), south = sphere_in(&drawn, (struct geo_point){ 0, 0, -GEO_ONE });
	if (drawn.angle == SPHERE_HALF || (north && south))
		world_outline(pen);
	if (drawn.angle == SPHERE_HALF)
		return;
	rim_of(&drawn, &rim);
	if (north != south) {
		draw_around(pen, &rim, north ? SPHERE_QUARTER : -SPHERE_QUARTER);
		return;
	}
	for (int32_t by = -SPHERE_TURN; by <= SPHERE_TURN; by += SPHERE_TURN) {
		struct shape at = { 0 };
		shifted(&rim, by, &at);
		draw_cut(pen, &at);
	}
}

/* Where the line leaves the map it ends at the outline and begins on the other side. */
static void over_edge(struct pen *pen, struct sphere_place a, struct sphere_place b)
{
	int32_t side = a.longitude_1e4 > 0 ? SPHERE_HALF : -SPHERE_HALF, way = b.longitude_1e4 + 2 * side - a.longitude_1e4;
	int32_t at = a.latitude_1e4 + (way ? (int32_t)((int64_t)(b.latitude_1e4 - a.latitude_1e4) * (side - a.longitude_1e4) / way) : 0);
	to(pen, at, side);
	pen_up(pen, false);
	to(pen, at, -side);
}

void world_rim(struct pen *pen, const struct sphere_cap *cap)
{
	struct sphere_cap drawn = beside_poles(*cap);
	struct sphere_axes axes = sphere_axes_at(drawn.at);
	struct sphere_turn way = sphere_turn_of(drawn.angle);
	struct sphere_place before = { 0, 0 };
	for (int32_t i = 0; drawn.angle < SPHERE_HALF && i <= RIM; i++) {
		struct sphere_place at = sphere_place_of(sphere_from(&axes, sphere_turn_of(i * (SPHERE_TURN / RIM)), way));
		int32_t step = at.longitude_1e4 - before.longitude_1e4;
		if (i && (step > SPHERE_HALF || step < -SPHERE_HALF))
			over_edge(pen, before, at);
		to(pen, at.latitude_1e4, at.longitude_1e4);
		before = at;
	}
	pen_up(pen, false);
}
