/* SPDX-License-Identifier: Apache-2.0 */
/* What discs have in common: whether it is anything, and how much. Discs wider than a quarter of the globe are not convex, so no polygon of corners
 * would do: points of equal weight are counted instead, ever closer around those that were found. */
#include "report/sphere.h"

enum { RINGS = 96, SPOKES = 192, FEW = RINGS * SPOKES / 8, ROUNDS_MAX = 8, MARGIN_OF_FORM = 150, NEAR_KM = 1 };
#define SQUARE_KM_OF_TWO_PI INT64_C(255032940) /* half the surface of the Earth */

/* The sample: points of a disc, each for the same area. */
struct sample { size_t found; int64_t x, y, z; int32_t reach; };

static struct sphere_turn ring_turn(int64_t depth, unsigned ring)
{
	int64_t cosine = (int64_t)GEO_ONE - depth * (2 * ring + 1) / (2 * RINGS);
	return (struct sphere_turn){ (int32_t)sphere_root((uint64_t)((int64_t)GEO_ONE * GEO_ONE - cosine * cosine)), (int32_t)cosine };
}

/* The middles of RINGS x SPOKES pieces of the disc `angle` around `axes`. */
static struct sample sample_of(const struct sphere_axes *axes, int32_t angle, const struct sphere_cap *caps, size_t count)
{
	struct sample s = { 0 };
	struct sphere_turn turns[2 * SPOKES];
	for (int32_t i = 0; i < 2 * SPOKES; i++)
		turns[i] = sphere_turn_of(i * (SPHERE_HALF / SPOKES));
	for (unsigned ring = 0; ring < RINGS; ring++) {
		struct sphere_turn out = ring_turn((int64_t)GEO_ONE - geo_cosine(angle), ring);
		size_t before = s.found;
		for (unsigned spoke = 0; spoke < SPOKES; spoke++) {
			struct geo_point p = sphere_from(axes, turns[2 * spoke + ring % 2], out);
			if (!sphere_in_all(caps, count, p))
				continue;
			s.found++;
			s.x += p.x;
			s.y += p.y;
			s.z += p.z;
		}
		s.reach = s.found > before ? sphere_angle(out.sine, out.cosine) : s.reach;
	}
	return s;
}

static struct geo_point direction(int64_t x, int64_t y, int64_t z, struct geo_point otherwise)
{
	while (x > GEO_ONE || y > GEO_ONE || z > GEO_ONE || x < -GEO_ONE || y < -GEO_ONE || z < -GEO_ONE) {
		x /= 2;
		y /= 2;
		z /= 2;
	}
	int64_t length = sphere_root((uint64_t)(x * x + y * y + z * z));
	if (!length)
		return otherwise;
	return (struct geo_point){ (int32_t)(x * GEO_ONE / length), (int32_t)(y * GEO_ONE / length), (int32_t)(z * GEO_ONE / length) };
}

static int32_t angle_between(struct geo_point a, struct geo_point b)
{
	int64_t cosine = sphere_dot(a, b);
	cosine = cosine > GEO_ONE ? GEO_ONE : cosine < -GEO_ONE ? -GEO_ONE : cosine;
	return sphere_angle(sphere_root((uint64_t)((int64_t)GEO_ONE * GEO_ONE - cosine * cosine)), cosine);
}

/* Distances are 1 in 150 shorter at most on the true Earth: so much wider is a disc when nothing shall be denied. */
static uint32_t wider(uint32_t km) { return km / MARGIN_OF_FORM + NEAR_KM; }

/* Where the rim of one disc enters another one: the azimuths are `*middle` -+ `*half`. False if the rims do not cross. */
static bool is_crossing(const struct sphere_axes *axes, const struct sphere_cap *cap, const struct sphere_cap *other, int32_t *middle, int32_t *half)
{
	int64_t east = sphere_dot(axes->east, other->at), north = sphere_dot(axes->north, other->at), off = sphere_root((uint64_t)(east * east + north * north));
	int64_t across = geo_sine(cap->angle) * off / GEO_ONE, wants = other->cosine - cap->cosine * sphere_dot(axes->at, other->at) / GEO_ONE;
	if (!across || wants > across || wants < -across)
		return false;
	*middle = sphere_angle(east, north);
	*half = sphere_angle(sphere_root((uint64_t)(across * across - wants * wants)), wants);
	return true;
}

static bool is_common(const struct sphere_cap *caps, size_t count, const struct sphere_axes *axes, int32_t azimuth, int32_t angle)
{
	return sphere_in_all(caps, count, sphere_from(axes, sphere_turn_of(azimuth), sphere_turn_of(angle)));
}

/* Something is common if a corner is, where two rims cross, or the whole of a rim, of which one point is asked, or all. A corner is asked of discs
 * that are wider still, as it lies on their rims. */
static bool is_any_common(const struct geo_disc *discs, size_t count)
{
	struct sphere_cap rims[SPHERE_DISCS_MAX], caps[SPHERE_DISCS_MAX];
	bool all = true;
	for (size_t i = 0; i < count; i++) {
		rims[i] = sphere_cap_of(&discs[i], wider(discs[i].km));
		caps[i] = sphere_cap_of(&discs[i], wider(discs[i].km) + NEAR_KM);
		all &= rims[i].angle == SPHERE_HALF;
	}
	for (size_t i = 0; i < count; i++) {
		struct sphere_axes axes = sphere_axes_at(discs[i].at);
		if (is_common(caps, count, &axes, 0, rims[i].angle))
			return true;
		for (size_t k = 0; k < count; k++) {
			int32_t middle, half;
			if (k != i && is_crossing(&axes, &rims[i], &rims[k], &middle, &half) &&
					(is_common(caps, count, &axes, middle - half, rims[i].angle) || is_common(caps, count, &axes, middle + half, rims[i].angle)))
				return true;
		}
	}
	return all;
}

struct sphere_common sphere_common_of(const struct geo_disc *discs, size_t count)
{
	struct sphere_cap caps[SPHERE_DISCS_MAX];
	size_t least = 0;
	for (size_t i = 0; i < count; i++) {
		caps[i] = sphere_cap_of(&discs[i], 0);
		least = discs[i].km < discs[least].km ? i : least;
	}
	struct sphere_common c = { .empty = !is_any_common(discs, count), .middle = discs[least].at, .reach = caps[least].angle };
	int32_t angle = c.reach;
	for (unsigned round = 0; !c.empty && round < ROUNDS_MAX; round++) {
		struct sphere_axes axes = sphere_axes_at(c.middle);
		struct sample s = sample_of(&axes, angle, caps, count);
		int64_t pieces = s.found ? (int64_t)s.found : 1, depth = (int64_t)GEO_ONE - geo_cosine(angle);
		c.below = !s.found;
		c.km2 = (uint64_t)(SQUARE_KM_OF_TWO_PI * depth / GEO_ONE * pieces / (RINGS * SPOKES));
		if (!s.found)
			break;
		struct geo_point middle = direction(s.x, s.y, s.z, c.middle);
		int32_t moved = angle_between(c.middle, middle), further = moved + s.reach + angle / 16;
		c.reach = s.reach + moved < angle ? s.reach + moved : angle;
		c.middle = middle;
		if (s.found >= FEW || further >= angle)
			break;
		angle = further;
	}
	return c;
}
