/* SPDX-License-Identifier: Apache-2.0 */
/* A claimed place outside the disc of light in vacuum is EXCLUDED, one inside never is: whole assessments on both sides of the boundary, at several
 * latitudes, over the date line and at a pole, with the stated error of the sensor's position. Ways on the ellipsoid come from a formula of
 * this file (T. Vincenty, 1975), in floating point. */
#include "assess/inside.h"
#include "support/suite.h"
#include <math.h>
#include <string.h>

#define NOW_NS UINT64_C(1790000000000000000)
#define PI 3.14159265358979323846

struct place { double latitude, longitude; };

/* Km along the ellipsoid WGS 84; of almost opposite places, for which the series does not settle, half of its length. */
static double apart_km(struct place p, struct place q)
{
	const double a = 6378.137, f = 1 / 298.257223563, b = a * (1 - f), rad = PI / 180;
	double u1 = atan((1 - f) * tan(p.latitude * rad)), u2 = atan((1 - f) * tan(q.latitude * rad)), l = (q.longitude - p.longitude) * rad, lambda = l;
	for (int i = 0; i < 200; i++) {
		double sin_s = hypot(cos(u2) * sin(lambda), cos(u1) * sin(u2) - sin(u1) * cos(u2) * cos(lambda)), cos_s = sin(u1) * sin(u2) + cos(u1) * cos(u2) * cos(lambda);
		double s = atan2(sin_s, cos_s), sin_alpha = sin_s > 0 ? cos(u1) * cos(u2) * sin(lambda) / sin_s : 0, cos2_alpha = 1 - sin_alpha * sin_alpha;
		double cos_2m = cos2_alpha > 1e-12 ? cos_s - 2 * sin(u1) * sin(u2) / cos2_alpha : 0, c = f / 16 * cos2_alpha * (4 + f * (4 - 3 * cos2_alpha));
		double before = lambda;
		lambda = l + (1 - c) * f * sin_alpha * (s + c * sin_s * (cos_2m + c * cos_s * (2 * cos_2m * cos_2m - 1)));
		if (fabs(lambda - before) > 1e-12)
			continue;
		double square = cos2_alpha * (a * a - b * b) / (b * b), big_a = 1 + square / 16384 * (4096 + square * (-768 + square * (320 - 175 * square)));
		double big_b = square / 1024 * (256 + square * (-128 + square * (74 - 47 * square)));
		double delta = big_b * sin_s * (cos_2m + big_b / 4 * (cos_s * (2 * cos_2m * cos_2m - 1) - big_b / 6 * cos_2m * (4 * sin_s * sin_s - 3) * (4 * cos_2m * cos_2m - 3)));
		return b * big_a * (s - delta);
	}
	return 20003;
}

/* An assessment of one address that a registry places in an area, seen by one sensor with ten round trips; is the area EXCLUDED? */
static bool is_excluded(struct place sensor, uint32_t error_km, uint32_t rtt_us, const char *area)
{
	char error[ASSESS_ERROR_BYTES];
	const struct ind_claim claim = { .kind = IND_CLAIM_RIR, .ip_version = 4, .registered_country = { area[0], area[1] } };
	struct assess *a = assess_new();
	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(assess_subject(a, "192.0.2.1", NULL, error), IND_OK);
	struct subject *s = &a->subjects[0];
	int32_t latitude = (int32_t)lround(sensor.latitude * 10000), longitude = (int32_t)lround(sensor.longitude * 10000);
	a->sensor_count = a->data_count = s->sensors = 1;
	a->sensors[0] = (struct assess_sensor){ "near", true, true, latitude, longitude, error_km, geo_point_of(latitude, longitude) };
	s->first_ns = s->last_ns = NOW_NS;
	evidence_add(&s->flows, &(struct ind_record_id){ .leaf = 1 });
	evidence_add(&s->validated, &(struct ind_record_id){ .leaf = 1 });
	s->rtt[0] = (struct round_trips){ .n = 10, .min_us = rtt_us };
	ck_assert(subject_claim(s, &claim, 0, NULL));
	ck_assert_int_eq(assess_conclude(a), IND_OK);
	bool excluded = false, inconsistent = a->conclusions[0].findings[0].state == FINDING_INCONSISTENT;
	for (size_t i = 0; i < a->conclusions[0].hypothesis_count; i++)
		excluded |= a->conclusions[0].hypotheses[i].type == LEDGER_ORIGIN_AREA && a->conclusions[0].results[i].level == LEDGER_EXCLUDED;
	ck_assert(excluded == inconsistent);
	assess_free(a);
	return excluded;
}

/* The longest round trip that still excludes, in microseconds; 0 if none does. Found by the distances alone, held by whole assessments. */
static uint32_t longest(struct place sensor, uint32_t error_km, const char *area)
{
	uint32_t low = 0, high = 300000;
	uint16_t number = geo_area(area);
	while (low < high) {
		uint32_t middle = (low + high + 1) / 2;
		struct geo_point at = geo_point_of((int32_t)lround(sensor.latitude * 10000), (int32_t)lround(sensor.longitude * 10000));
		struct geo_disc disc = geo_disc_of(at, geo_vacuum_km(middle), error_km);
		if (!geo_reaches(&disc, number) && !geo_reaches_neighbour(&disc, number))
			low = middle;
		else
			high = middle - 1;
	}
	ck_assert(!low || is_excluded(sensor, error_km, low, area));
	ck_assert(!is_excluded(sensor, error_km, low + 1, area));
	return low;
}

static double reach_km(uint32_t rtt_us) { return rtt_us * 0.149896229; }

/* Where machines can really stand: capitals and far corners, also over the date line and at the poles. */
static const struct { const char *area; struct place at; } machines[] = {
	{ "IS", { 64.15, -21.94 } }, { "NZ", { -41.29, 174.78 } }, { "NZ", { -43.95, -176.56 } }, { "FJ", { -16.80, 179.99 } }, { "FJ", { -16.85, -179.97 } }, { "RU", { 66.0, -170.0 } },
	{ "RU", { 55.75, 37.62 } }, { "AQ", { -90.0, 0.0 } }, { "AQ", { -77.85, 166.67 } }, { "SG", { 1.35, 103.82 } }, { "CL", { -27.11, -109.36 } }, { "NO", { 59.91, 10.75 } },
	{ "US", { 19.43, -155.20 } }, { "GL", { 83.6, -33.0 } }, { "EC", { -0.9, -89.6 } }, { "JP", { 24.45, 122.95 } }, { "ZA", { -46.9, 37.75 } }, { "KI", { 1.87, -157.4 } },
};
static const struct place sensors[] = {
	{ 40.42, -3.70 }, { 0, 0 }, { 89.9, 12 }, { -89.9, -170 }, { 64.1, 179.9 }, { -17.8, -179.9 }, { 35.7, 139.7 }, { -54.8, -68.3 }, { 1.3, 103.8 }, { 71.3, -156.8 },
};
enum { MACHINES = sizeof(machines) / sizeof(machines[0]), SENSORS = sizeof(sensors) / sizeof(sensors[0]) };

/* Light that just gets from the sensor to the machine and back, and 1 us more; and the same if the sensor stands as far off as its error says. */
START_TEST(inside_is_never_excluded)
{
	for (size_t k = 0; k < SENSORS; k++) {
		double km = apart_km(sensors[k], machines[_i].at);
		uint32_t rtt = (uint32_t)ceil(km / 0.149896229);
		ck_assert_msg(!is_excluded(sensors[k], 0, rtt, machines[_i].area), "%s %.0f km from sensor %zu", machines[_i].area, km, k);
		for (uint32_t error = 10; error <= 1000 && km > error; error *= 100) {
			uint32_t less = (uint32_t)ceil((km - error) / 0.149896229);
			ck_assert_msg(!is_excluded(sensors[k], error, less, machines[_i].area), "%s with an error of %u km from sensor %zu", machines[_i].area, error, k);
		}
	}
}
END_TEST

/* Islands and a pole, which have no neighbours by land, and a point of each; how far they reach from it, at most. */
static const struct { const char *area; struct place at; double reach_km; } alone[] = {
	{ "IS", { 64.9, -18.6 }, 330 }, { "MV", { 3.2, 73.2 }, 460 }, { "MT", { 35.9, 14.4 }, 40 }, { "AQ", { -90, 0 }, 3400 }, { "WS", { -13.8, -172.1 }, 100 }, { "TO", { -19.4, -174.5 }, 500 },
	{ "SC", { -7.1, 52.0 }, 800 }, { "MU", { -15.4, 60.5 }, 850 },
};
enum { ALONE = sizeof(alone) / sizeof(alone[0]) };

/* Margins of caution: 25 km in the disc, 25 in the circles and their own coarseness, 1 in 150 of the way and 1 in 100 of the Earth's form here. */
START_TEST(outside_is_excluded)
{
	unsigned judged = 0;
	for (size_t k = 0; k < SENSORS; k++) {
		double nearest = apart_km(sensors[k], alone[_i].at) - alone[_i].reach_km, clear = nearest - 200 - nearest / 60;
		if (clear < 500)
			continue;
		judged++;
		ck_assert_msg(is_excluded(sensors[k], 0, (uint32_t)(clear / 0.149896229), alone[_i].area), "%s from sensor %zu", alone[_i].area, k);
		ck_assert_msg(is_excluded(sensors[k], 300, (uint32_t)((clear - 300) / 0.149896229), alone[_i].area), "%s from sensor %zu, with an error", alone[_i].area, k);
		ck_assert(!is_excluded(sensors[k], GEO_HALF_ROUND_KM, 1, alone[_i].area));
	}
	ck_assert_uint_ge(judged, 7);
}
END_TEST

/* The boundary lies where it is: a microsecond beyond it nothing is excluded, an error of so many kilometres moves it by as many, and what is
 * excluded really is out of reach of each place that is in the area. */
START_TEST(the_error_moves_the_boundary)
{
	for (size_t k = 0; k < SENSORS; k += 3) {
		uint32_t exact = longest(sensors[k], 0, machines[_i].area), wide = longest(sensors[k], 100, machines[_i].area);
		if (exact)
			ck_assert_double_lt(reach_km(exact), apart_km(sensors[k], machines[_i].at));
		if (wide)
			ck_assert_double_le(fabs(reach_km(exact) - reach_km(wide) - 100), 1);
	}
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("light");
	tcase_add_loop_test(c, inside_is_never_excluded, 0, MACHINES);
	tcase_add_loop_test(c, outside_is_excluded, 0, ALONE);
	tcase_add_loop_test(c, the_error_moves_the_boundary, 0, MACHINES);
	return suite_run("light", c);
}
