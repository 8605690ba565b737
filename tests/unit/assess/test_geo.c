/* SPDX-License-Identifier: Apache-2.0 */
/* Distances against known ones, light against the constants, areas against places that lie in them or far away, and against what their clocks show. */
#include "assess/geo.h"
#include "support/suite.h"
#include <stdlib.h>

static struct geo_point at(double latitude, double longitude)
{
	return geo_point_of((int32_t)(latitude * 10000), (int32_t)(longitude * 10000));
}

static void apart(double latitude_a, double longitude_a, double latitude_b, double longitude_b, uint32_t km)
{
	uint32_t got = geo_distance_km(at(latitude_a, longitude_a), at(latitude_b, longitude_b));
	ck_assert_msg(got + 1 >= km && got <= km, "%u km instead of %u", got, km);
}

/* Great circles on the sphere of 6371.0088 km: a degree is 111.195 km. */
START_TEST(distances)
{
	apart(0, 0, 0, 0, 0);
	apart(0, 0, 0, 1, 111);
	apart(0, 0, 0, 90, 10007);
	apart(90, 0, -90, 0, 20015);
	apart(0, -180, 0, 180, 0);
	apart(10, 179, 10, -179, 219);
	apart(89, 0, 89, 180, 222);
	apart(-33.8688, 151.2093, 51.5074, -0.1278, 16993);
	apart(0, 0, 0, 180, 20015);
	ck_assert_uint_eq(geo_distance_km(at(12, 34), at(-56, 78)), geo_distance_km(at(-56, 78), at(12, 34)));
}
END_TEST

START_TEST(sines)
{
	ck_assert_int_eq(geo_sine(0), 0);
	ck_assert_int_le(abs(geo_sine(300000) - GEO_ONE / 2), 4);
	ck_assert_int_le(abs(geo_sine(900000) - GEO_ONE), 4);
	for (int32_t d = 0; d < 900000; d += 1000)
		ck_assert_int_lt(geo_sine(d), geo_sine(d + 1000));
	for (int32_t d = -7200000; d <= 7200000; d += 123457) {
		ck_assert_int_le(abs(geo_sine(d) + geo_sine(-d)), 0);
		ck_assert_int_le(abs(geo_sine(d) + geo_sine(d + 1800000)), 8);
		ck_assert_int_le(abs(geo_cosine(d) - geo_sine(d + 900000)), 8);
	}
	ck_assert_int_le(abs(geo_sine(2100000) + GEO_ONE / 2), 4);
	ck_assert_int_le(abs(geo_cosine(-1200000) + GEO_ONE / 2), 4);
}
END_TEST

/* The discs of the method: 5, 12, 20 and 50 ms. */
START_TEST(light)
{
	ck_assert_uint_eq(geo_vacuum_km(5000), 750);
	ck_assert_uint_eq(geo_fibre_km(5000), 500);
	ck_assert_uint_eq(geo_vacuum_km(12000), 1799);
	ck_assert_uint_eq(geo_fibre_km(12000), 1200);
	ck_assert_uint_eq(geo_vacuum_km(20000), 2998);
	ck_assert_uint_eq(geo_vacuum_km(50000), 7495);
	ck_assert_uint_eq(geo_fibre_km(50000), 4997);
	ck_assert_uint_eq(geo_vacuum_km(0), 0);
	ck_assert_uint_eq(geo_vacuum_km(1), 1);
	ck_assert_uint_eq(geo_disc_of(at(0, 0), geo_vacuum_km(UINT32_MAX), 100).km, GEO_HALF_ROUND_KM);
	ck_assert_uint_eq(geo_disc_of(at(0, 0), 100, 7).km, 132);
}
END_TEST

static bool reaches(double latitude, double longitude, uint32_t km, const char *code)
{
	struct geo_disc disc = { at(latitude, longitude), km };
	ck_assert_uint_ne(geo_area(code), GEO_AREA_NONE);
	return geo_reaches(&disc, geo_area(code));
}

START_TEST(places_in_their_areas)
{
	static const struct { double latitude, longitude; const char *code; } places[] = {
		{ 40.4168, -3.7038, "ES" }, { 28.1, -15.4, "ES" }, { 52.52, 13.405, "DE" }, { 35.68, 139.69, "JP" }, { -16.5, 179.9, "FJ" }, { 62.03, 129.73, "RU" },
		{ 66.0, -170.0, "RU" }, { -0.05, 109.3, "ID" }, { -82.0, 0.0, "AQ" }, { -90.0, 0.0, "AQ" }, { 43.74, 7.42, "MC" }, { 4.92, -52.33, "FR" },
		{ 4.92, -52.33, "GF" }, { 39.0, -98.0, "US" }, { 18.2, -66.5, "US" }, { 18.2, -66.5, "PR" }, { -27.1, -109.4, "CL" }, { 1.35, 103.82, "SG" },
	};
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		ck_assert_msg(reaches(places[i].latitude, places[i].longitude, 0, places[i].code), "%s", places[i].code);
	ck_assert(!reaches(52.52, 13.405, 1000, "JP"));
	ck_assert(!reaches(52.52, 13.405, 500, "ES"));
	ck_assert(reaches(52.52, 13.405, 2000, "ES"));
	ck_assert_uint_gt(geo_area_count(), 230);
	ck_assert_uint_eq(geo_area("XX"), GEO_AREA_NONE);
}
END_TEST

/* From Berlin the middle of Chile is further than its neighbours; Portugal is reached through Spain long before itself. */
START_TEST(neighbours)
{
	struct geo_disc disc = { at(52.52, 13.405), 1400 };
	ck_assert(!geo_reaches(&disc, geo_area("PT")));
	ck_assert(geo_reaches_neighbour(&disc, geo_area("PT")));
	ck_assert(!geo_reaches_neighbour(&disc, geo_area("CL")));
	ck_assert(!geo_reaches_neighbour(&disc, geo_area("JP")));
}
END_TEST

/* The boundary of the test: a disc that just does not reach a circle, and one kilometre more. */
START_TEST(boundary)
{
	struct geo_point far = at(0, 90);
	uint32_t km = geo_distance_km(at(0, 0), far), shorter = km - (km + 149) / 150;
	struct geo_disc disc = { at(0, 0), shorter - 101 };
	ck_assert(!geo_reaches_circle(&disc, far, 100));
	disc.km++;
	ck_assert(geo_reaches_circle(&disc, far, 100));
}
END_TEST

START_TEST(intersections)
{
	struct geo_disc discs[2] = { { at(52.52, 13.405), 1500 }, { at(40.4, -3.7), 1000 } };
	size_t one = geo_areas_within(discs, 1), both = geo_areas_within(discs, 2);
	ck_assert_uint_gt(one, 15);
	ck_assert_uint_gt(both, 0);
	ck_assert_uint_lt(both, one);
	discs[0].km = GEO_HALF_ROUND_KM;
	ck_assert_uint_eq(geo_areas_within(discs, 1), geo_area_count());
}
END_TEST

/* Offsets by area: with daylight saving, with what belongs to the area, over the date line; unknown ones may be any. */
static const struct { char code[3]; int first, last; bool shows; } clocks[] = {
	{ "ES", 1, 1, true }, { "ES", 2, 3, true }, { "ES", 3, 9, false }, { "ES", 0, 0, true }, { "IN", 6, 6, true }, { "IN", 5, 5, true }, { "IN", 7, 15, false }, { "JP", -2, 6, false }, { "JP", -15, -13, true },
	{ "JP", 33, 34, true }, { "NZ", -12, -12, true }, { "FR", -4, -3, true }, { "AQ", 5, 5, true },
};

START_TEST(clocks_of_areas)
{
	uint16_t area = geo_area(clocks[_i].code);
	ck_assert_msg(geo_shows_offset(area, clocks[_i].first, clocks[_i].last) == clocks[_i].shows, "%s %d", clocks[_i].code, clocks[_i].first);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("geo");
	tcase_add_test(c, distances);
	tcase_add_test(c, sines);
	tcase_add_test(c, light);
	tcase_add_test(c, places_in_their_areas);
	tcase_add_test(c, neighbours);
	tcase_add_test(c, boundary);
	tcase_add_test(c, intersections);
	tcase_add_loop_test(c, clocks_of_areas, 0, (int)(sizeof(clocks) / sizeof(clocks[0])));
	return suite_run("geo", c);
}
