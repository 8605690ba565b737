/* SPDX-License-Identifier: Apache-2.0 */
/* Geometry against numbers that were computed in another way (tests/support/sphere_expected.py). */
#include "report/project.h"
#include "support/suite.h"
#include "unit/report/sphere_expected.h"
#include <stdlib.h>

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static int32_t off(int32_t a, int32_t b) { return a > b ? a - b : b - a; }

START_TEST(angles)
{
	static const struct { int64_t y, x; int32_t angle; } known[] = {
		{ 0, 1, 0 }, { 1, 0, 900000 }, { 0, -1, 1800000 }, { -1, 0, -900000 }, { 1, 1, 450000 }, { -1, -1, -1350000 }, { 3, 4, 368699 }, { 1, INT64_C(1) << 61, 0 },
		{ INT64_C(1) << 61, 1, 900000 }, { -5, 12, -226199 },
	};
	for (size_t i = 0; i < COUNT(known); i++)
		ck_assert_msg(off(sphere_angle(known[i].y, known[i].x), known[i].angle) <= 1, "%d instead of %d", sphere_angle(known[i].y, known[i].x), known[i].angle);
	for (int32_t a = -1799000; a < 1800000; a += 12345)
		ck_assert_int_le(off(sphere_angle(geo_sine(a), geo_cosine(a)), a), 1);
}
END_TEST

START_TEST(roots)
{
	ck_assert_uint_eq(sphere_root(0), 0);
	ck_assert_uint_eq(sphere_root(15), 3);
	ck_assert_uint_eq(sphere_root(16), 4);
	ck_assert_uint_eq(sphere_root(UINT64_MAX), UINT32_MAX);
	ck_assert_uint_eq(sphere_root(UINT64_C(1) << 60), 1u << 30);
}
END_TEST

START_TEST(places_and_back)
{
	for (int32_t latitude = -900000; latitude <= 900000; latitude += 77777)
		for (int32_t longitude = -1800000; longitude < 1800000; longitude += 99999) {
			struct sphere_place at = sphere_place_of(geo_point_of(latitude, longitude));
			ck_assert_int_le(off(at.latitude_1e4, latitude), 1);
			if (abs(latitude) < 890000)
				ck_assert_int_le(off(at.longitude_1e4, longitude) % SPHERE_TURN, 2);
		}
}
END_TEST

START_TEST(ways)
{
	for (size_t i = 0; i < COUNT(expected_way); i++) {
		const int32_t *e = expected_way[i];
		struct sphere_axes axes = sphere_axes_at(geo_point_of(e[0], e[1]));
		struct sphere_place got = sphere_place_of(sphere_from(&axes, sphere_turn_of(e[2]), sphere_turn_of(e[3])));
		ck_assert_msg(off(got.latitude_1e4, e[4]) <= 2 && off(got.longitude_1e4, e[5]) <= 2, "%d %d instead of %d %d", got.latitude_1e4, got.longitude_1e4, e[4], e[5]);
	}
}
END_TEST

/* Points of a rim are as far from the middle as the disc is wide. */
START_TEST(rims)
{
	static const uint32_t widths[] = { 30, 1420, 6650, 10007, 10008, 16800, 20000 };
	for (size_t i = 0; i < COUNT(widths); i++)
		for (int32_t azimuth = 0; azimuth < SPHERE_TURN; azimuth += 100001) {
			struct geo_point middle = geo_point_of(640000 - 300000 * (int32_t)i, -1700000 + azimuth / 2);
			struct sphere_axes axes = sphere_axes_at(middle);
			uint32_t km = geo_distance_km(middle, sphere_from(&axes, sphere_turn_of(azimuth), sphere_turn_of(sphere_angle_of_km(widths[i]))));
			ck_assert_msg(km + 1 >= widths[i] && km <= widths[i], "%u km instead of %u", km, widths[i]);
		}
}
END_TEST

START_TEST(poles_have_axes)
{
	struct sphere_axes axes = sphere_axes_at(geo_point_of(900000, 0));
	for (int32_t azimuth = 0; azimuth < SPHERE_TURN; azimuth += 450000) {
		struct sphere_place at = sphere_place_of(sphere_from(&axes, sphere_turn_of(azimuth), sphere_turn_of(100000)));
		ck_assert_int_le(off(at.latitude_1e4, 800000), 1);
	}
}
END_TEST

START_TEST(world)
{
	for (size_t i = 0; i < COUNT(expected_world); i++) {
		const int32_t *e = expected_world[i];
		struct spot got = world_spot((struct sphere_place){ e[0], e[1] });
		ck_assert_msg(off(got.x, e[2]) <= 1 && off(got.y, e[3]) <= 1, "%d %d: %d %d instead of %d %d", e[0], e[1], got.x, got.y, e[2], e[3]);
	}
}
END_TEST

START_TEST(detail)
{
	for (size_t i = 0; i < COUNT(expected_detail); i++) {
		const int32_t *e = expected_detail[i];
		struct detail d = detail_of(geo_point_of(e[0], e[1]), e[2]);
		struct spot got;
		detail_spot(&d, geo_point_of(e[3], e[4]), &got);
		ck_assert_msg(off(got.x, e[5]) <= 2 && off(got.y, e[6]) <= 2, "%d %d: %d %d instead of %d %d", e[3], e[4], got.x, got.y, e[5], e[6]);
	}
}
END_TEST

/* What is beyond the circle is put on it, in the right direction. */
START_TEST(beyond_the_detail)
{
	struct detail d = detail_of(geo_point_of(0, 0), 100000);
	struct spot got;
	ck_assert(detail_spot(&d, geo_point_of(99000, 0), &got));
	ck_assert(!detail_spot(&d, geo_point_of(0, 1700000), &got));
	ck_assert_int_ge(got.x, DETAIL_RADIUS - 2);
	ck_assert_int_eq(got.y, 0);
	ck_assert(!detail_spot(&d, geo_point_of(0, 1800000), &got));
	ck_assert(!detail_spot(&d, geo_point_of(-500000, 0), &got));
	ck_assert_int_ge(got.y, DETAIL_RADIUS - 2);
}
END_TEST

static size_t discs_of(const struct expected_common *e, struct geo_disc discs[4])
{
	size_t count = 0;
	for (; count < 4 && e->discs[count].km; count++)
		discs[count] = (struct geo_disc){ geo_point_of(e->discs[count].latitude_1e4, e->discs[count].longitude_1e4), e->discs[count].km };
	return count;
}

START_TEST(areas)
{
	for (size_t i = 0; i < COUNT(expected_common); i++) {
		struct geo_disc discs[4];
		size_t count = discs_of(&expected_common[i], discs);
		struct sphere_common c = sphere_common_of(discs, count);
		double part = (double)c.km2 / (double)expected_common[i].km2;
		ck_assert(!c.empty && !c.below);
		ck_assert_msg(part > 0.98 && part < 1.02, "%zu: %llu instead of %llu km2", i, (unsigned long long)c.km2, (unsigned long long)expected_common[i].km2);
	}
}
END_TEST

/* What is far away, what only just does not meet, three of which each two meet; and what meets in a point, or is all of the globe. */
START_TEST(nothing_in_common)
{
	struct geo_disc apart[] = { { geo_point_of(501000, 87000), 1000 }, { geo_point_of(-339000, 1512000), 5000 } };
	struct geo_disc three[] = { { geo_point_of(0, 0), 1150 }, { geo_point_of(0, 200000), 1150 }, { geo_point_of(173000, 100000), 1150 } };
	struct geo_disc near[] = { { geo_point_of(0, 0), 1000 }, { geo_point_of(0, 180500), 1000 } };
	struct geo_disc inside[] = { { geo_point_of(100000, 100000), 5000 }, { geo_point_of(120000, 90000), 20 } };
	ck_assert(sphere_common_of(apart, 2).empty);
	ck_assert(!sphere_common_of(three, 2).empty);
	ck_assert(!sphere_common_of(three + 1, 2).empty);
	ck_assert(sphere_common_of(three, 3).empty);
	three[2].km = 1500;
	ck_assert(sphere_common_of(three, 3).empty);
	three[2].km = 1700;
	ck_assert(!sphere_common_of(three, 3).empty);
	ck_assert(!sphere_common_of(near, 2).empty); /* 7 km between them: less than the Earth is not a sphere */
	near[1].km = 960;
	ck_assert(sphere_common_of(near, 2).empty);
	ck_assert(!sphere_common_of(inside, 2).empty);
	apart[0].km = apart[1].km = GEO_HALF_ROUND_KM;
	struct sphere_common all = sphere_common_of(apart, 2);
	ck_assert(!all.empty);
	ck_assert(all.km2 > 509000000 && all.km2 < 511000000);
}
END_TEST

/* What is left of the globe if all but a cap is taken away, twice: no convex shape. */
START_TEST(wide_discs)
{
	struct geo_disc wide[] = { { geo_point_of(0, 0), 19000 }, { geo_point_of(0, 900000), 19000 } };
	struct sphere_common c = sphere_common_of(wide, 2);
	ck_assert(!c.empty);
	ck_assert(c.km2 > 503000000 && c.km2 < 504500000); /* 510.07 less two caps of 1,015 km: 3.23 each */
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("sphere");
	tcase_add_test(c, angles);
	tcase_add_test(c, roots);
	tcase_add_test(c, places_and_back);
	tcase_add_test(c, ways);
	tcase_add_test(c, rims);
	tcase_add_test(c, poles_have_axes);
	tcase_add_test(c, world);
	tcase_add_test(c, detail);
	tcase_add_test(c, beyond_the_detail);
	tcase_add_test(c, areas);
	tcase_add_test(c, nothing_in_common);
	tcase_add_test(c, wide_discs);
	return suite_run("sphere", c);
}
