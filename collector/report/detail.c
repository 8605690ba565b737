/* SPDX-License-Identifier: Apache-2.0 */
/* Lambert's azimuthal equal-area projection of what is around a point. Rings are drawn as far as twice the circle; what is further stands on a circle
 * there, so that a ring keeps its turn around the middle. A ring whose inside holds the point opposite to the middle goes the other way round: all of
 * the picture is inside it but what it surrounds, and a frame says so. Of land that is seen by its turn, as no land holds two opposite points. */
#include "report/land.h"
#include "report/project.h"

enum {
	RIM = 720, FAR = 2 * DETAIL_RADIUS, FRAME = 3 * DETAIL_RADIUS, GRID = 100000, GRID_FINE = 25000, SIGHT_FINE = 150000, SIGHT_WIDE = 400000, GRID_STEP = 40000,
	OUTSIDE = DETAIL_RADIUS + DETAIL_RADIUS / 20, COARSE = 75, /* slack where nothing is seen */ SMALL = 14, /* islands that would be a dot */
};

struct detail detail_of(struct geo_point middle, int32_t reach)
{
	int32_t angle = reach > DETAIL_REACH_MAX ? DETAIL_REACH_MAX : reach;
	/* A way of this angle is twice the sine of its half; the scale makes units of it. */
	return (struct detail){ sphere_axes_at(middle), angle, (int64_t)DETAIL_RADIUS * GEO_ONE / (2 * (int64_t)geo_sine(angle / 2)) };
}

/* In units, however far away; `*beyond` if that is more than FAR, and the spot then FAR away. */
static struct spot spot_of(const struct detail *d, struct geo_point at, bool *beyond)
{
	int64_t east = sphere_dot(d->axes.east, at), north = sphere_dot(d->axes.north, at), on = sphere_dot(d->axes.at, at);
	int64_t away = 2 * (GEO_ONE - on), side = sphere_root((uint64_t)(east * east + north * north));
	int64_t way = sphere_root(away > 0 ? (uint64_t)away << 30 : 0) * d->scale / GEO_ONE;
	*beyond = way > FAR;
	way = *beyond ? FAR : way;
	if (!side)
		return (struct spot){ 0, *beyond ? -FAR : 0 };
	return (struct spot){ (int32_t)(way * east / side), (int32_t)(-way * north / side) };
}

bool detail_spot(const struct detail *d, struct geo_point at, struct spot *spot)
{
	bool beyond;
	*spot = spot_of(d, at, &beyond);
	int64_t square = (int64_t)spot->x * spot->x + (int64_t)spot->y * spot->y;
	if (square <= (int64_t)DETAIL_RADIUS * DETAIL_RADIUS)
		return true;
	int64_t length = sphere_root((uint64_t)square);
	*spot = (struct spot){ (int32_t)(spot->x * DETAIL_RADIUS / length), (int32_t)(spot->y * DETAIL_RADIUS / length) };
	return false;
}

static bool is_outside(struct spot at) { return (int64_t)at.x * at.x + (int64_t)at.y * at.y > (int64_t)OUTSIDE * OUTSIDE; }

/* A ring on its way to the pen, or only measured (`pen` NULL): twice its area, how far it reaches. */
struct walk { struct pen *pen; int32_t slack; struct spot first, last, low, high; bool begun, last_beyond, any_near; int64_t twice; };

static int32_t lower(int32_t a, int32_t b) { return a < b ? a : b; }
static int32_t higher(int32_t a, int32_t b) { return a > b ? a : b; }

static void put(struct walk *w, struct spot to, bool beyond)
{
	if (w->begun)
		w->twice += (int64_t)w->last.x * to.y - (int64_t)to.x * w->last.y;
	else
		w->first = w->low = w->high = to;
	w->begun = true;
	w->low = (struct spot){ lower(w->low.x, to.x), lower(w->low.y, to.y) };
	w->high = (struct spot){ higher(w->high.x, to.x), higher(w->high.y, to.y) };
	w->any_near |= !is_outside(to);
	w->last = to;
	w->last_beyond = beyond;
	if (!w->pen)
		return;
	w->pen->slack = is_outside(to) ? COARSE : w->slack;
	pen_to(w->pen, to);
}

/* Between two points of the far circle the line keeps out of the picture: it goes by the middle of the arc. */
static void by_the_arc(struct walk *w, struct spot to)
{
	int64_t x = w->last.x + to.x, y = w->last.y + to.y, length = sphere_root((uint64_t)(x * x + y * y));
	if (length >= 3 * FAR / 2 || !length)
		return;
	put(w, (struct spot){ (int32_t)(x * FAR / length), (int32_t)(y * FAR / length) }, true);
}

static void walk_to(struct walk *w, const struct detail *d, struct geo_point at)
{
	bool beyond;
	struct spot to = spot_of(d, at, &beyond);
	if (w->begun && w->last_beyond && beyond)
		by_the_arc(w, to);
	put(w, to, beyond);
}

static void walk_end(struct walk *w)
{
	w->twice += (int64_t)w->last.x * w->first.y - (int64_t)w->first.x * w->last.y;
	if (w->pen)
		pen_up(w->pen, true);
}

/* The frame around everything, clockwise or the other way round. */
static void frame(struct pen *pen, bool clockwise)
{
	const struct spot corners[] = { { -FRAME, -FRAME }, { FRAME, -FRAME }, { FRAME, FRAME }, { -FRAME, FRAME } };
	for (size_t i = 0; i < 4; i++)
		pen_to(pen, corners[clockwise ? i : 3 - i]);
	pen_up(pen, true);
}

/* Is anything of a ring to be seen: a line, or that it surrounds the picture? */
static bool is_seen(const struct walk *measured)
{
	int64_t wide = measured->high.x - measured->low.x, high = measured->high.y - measured->low.y;
	return (measured->any_near && (wide > SMALL || high > SMALL)) || measured->twice > DETAIL_RADIUS * DETAIL_RADIUS || measured->twice < -DETAIL_RADIUS * DETAIL_RADIUS;
}

/* Does a frame belong to it? */
static bool is_turned(const struct walk *measured, bool is_hole)
{
	const int64_t least = (int64_t)FAR * FAR;
	return is_hole ? measured->twice > least : measured->twice < -least;
}

static void walk_land(struct walk *w, const struct detail *d, struct land_ring ring)
{
	for (struct sphere_place at; land_next(&ring, &at); )
		walk_to(w, d, geo_point_of(at.latitude_1e4, at.longitude_1e4));
	walk_end(w);
}

void detail_land(struct pen *pen, const struct detail *d)
{
	for (size_t i = 0; i < land_rings(LAND_DETAIL); i++) {
		struct land_ring ring = land_ring(LAND_DETAIL, i);
		struct walk measured = { 0 }, drawn = { .pen = pen, .slack = pen->slack };
		walk_land(&measured, d, ring);
		if (!is_seen(&measured))
			continue;
		walk_land(&drawn, d, ring);
		pen->slack = drawn.slack;
		if (is_turned(&measured, ring.is_lake))
			frame(pen, !ring.is_lake);
	}
}

static void walk_rim(struct walk *w, const struct detail *d, const struct sphere_cap *cap)
{
	struct sphere_axes axes = sphere_axes_at(cap->at);
	struct sphere_turn way = sphere_turn_of(cap->angle);
	for (int32_t i = 0; i < RIM; i++)
		walk_to(w, d, sphere_from(&axes, sphere_turn_of(i * (SPHERE_TURN / RIM)), way));
	walk_end(w);
}

void detail_disc(struct pen *pen, const struct detail *d, const struct sphere_cap *cap)
{
	const struct geo_point opposite = { -d->axes.at.x, -d->axes.at.y, -d->axes.at.z };
	struct walk measured = { 0 }, drawn = { .pen = pen, .slack = pen->slack };
	if (cap->angle < SPHERE_HALF)
		walk_rim(&measured, d, cap);
	if (is_seen(&measured))
		walk_rim(&drawn, d, cap);
	pen->slack = drawn.slack;
	if (sphere_in(cap, opposite))
		frame(pen, true);
}

static void grid_line(struct pen *pen, const struct detail *d, struct sphere_place from, struct sphere_place step, unsigned steps)
{
	for (unsigned i = 0; i <= steps; i++) {
		int32_t latitude = from.latitude_1e4 + (int32_t)i * step.latitude_1e4, longitude = from.longitude_1e4 + (int32_t)i * step.longitude_1e4;
		bool beyond;
		struct spot to = spot_of(d, geo_point_of(latitude, longitude), &beyond);
		if (beyond || is_outside(to))
			pen_up(pen, false);
		else
			pen_to(pen, to);
	}
	pen_up(pen, false);
}

/* Meridians and parallels, 10 degrees apart, in a close view 2.5; with fewer lines in a wide one. */
void detail_grid(struct pen *pen, const struct detail *d)
{
	int32_t part = d->reach < SIGHT_FINE ? GRID_FINE : d->reach < SIGHT_WIDE ? GRID : 3 * GRID;
	for (int32_t longitude = -SPHERE_HALF; longitude < SPHERE_HALF; longitude += part)
		grid_line(pen, d, (struct sphere_place){ -800000, longitude }, (struct sphere_place){ GRID_STEP, 0 }, 1600000 / GRID_STEP);
	for (int32_t latitude = -800000; latitude <= 800000; latitude += part)
		grid_line(pen, d, (struct sphere_place){ latitude, -SPHERE_HALF }, (struct sphere_place){ 0, GRID_STEP }, SPHERE_TURN / GRID_STEP);
}
