/* SPDX-License-Identifier: Apache-2.0 */
/* What is drawn, read back: a point of the globe is inside a path exactly if it is in the disc, or on land. */
#include "report/land.h"
#include "report/project.h"
#include "support/suite.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SPOTS_MAX = 1 << 17, NEAR_KM = 60 };

/* The lines of a path; an end of -1 begins another one. */
struct shape { struct spot at[SPOTS_MAX]; bool begins[SPOTS_MAX]; size_t count; };
static struct shape shape;

static const char *number(const char *at, int32_t *value)
{
	char *end;
	*value = (int32_t)strtol(at, &end, 10);
	if (at == end)
		ck_abort_msg("no number: %.20s", at);
	return end;
}

static void spot_add(int32_t x, int32_t y, bool begins)
{
	if (shape.count == SPOTS_MAX)
		ck_abort_msg("a path of too many points");
	shape.at[shape.count] = (struct spot){ x, y };
	shape.begins[shape.count++] = begins;
}

/* "M1 2l3-4 5 6z": nothing else is written. */
static void read_path(const char *data)
{
	shape.count = 0;
	while (*data) {
		int32_t x, y, dx, dy;
		ck_assert_int_eq(*data, 'M');
		data = number(number(data + 1, &x), &y);
		spot_add(x, y, true);
		ck_assert_int_eq(*data++, 'l');
		while (*data && *data != 'M' && *data != 'z') {
			data = number(number(data, &dx), &dy);
			x += dx;
			y += dy;
			spot_add(x, y, false);
		}
		data += *data == 'z';
	}
}

/* How often the lines go around a spot (the rule "nonzero"); each is closed. */
static int winding(struct spot at)
{
	int turns = 0;
	size_t first = 0;
	for (size_t i = 0; i < shape.count; i++) {
		first = shape.begins[i] ? i : first;
		bool last = i + 1 == shape.count || shape.begins[i + 1];
		struct spot a = shape.at[i], b = last ? shape.at[first] : shape.at[i + 1];
		int64_t side = (int64_t)(b.x - a.x) * (at.y - a.y) - (int64_t)(at.x - a.x) * (b.y - a.y);
		if (a.y <= at.y && b.y > at.y && side > 0)
			turns++;
		else if (a.y > at.y && b.y <= at.y && side < 0)
			turns--;
	}
	return turns;
}

static struct out text;

static struct pen begin(void)
{
	out_start(&text, NULL, NULL);
	return pen_of(&text, 0);
}

static void end(void)
{
	out_char(&text, '\0');
	ck_assert_int_eq(text.err, IND_OK);
	read_path(text.at);
	out_free(&text);
}

static const struct { int32_t latitude, longitude; uint32_t km; } discs[] = {
	{ 50, 9, 1420 }, { 10, 179, 900 }, { -40, 175, 5200 }, { 70, 30, 3000 }, { -80, 100, 2000 }, { 64, -170, 2500 }, { 0, 0, 10007 }, { 0, 90, 10600 }, { -12, -77, 16800 },
	{ 1, 104, 17159 }, { 48, 107, 6000 }, { 90, 0, 4000 }, { -90, 0, 12000 }, { 60, 0, 3336 }, { 30, 30, 20015 }, { 5, 5, 30 }, { 89, 45, 111 }, { 0, -180, 19500 },
};
enum { DISCS = sizeof(discs) / sizeof(discs[0]) };

static struct geo_disc disc_of(size_t i)
{
	return (struct geo_disc){ geo_point_of(discs[i].latitude * 10000, discs[i].longitude * 10000), discs[i].km };
}

/* So near to the rim that rounding decides. */
static bool is_at_rim(const struct geo_disc *disc, struct geo_point at)
{
	uint32_t km = geo_distance_km(disc->at, at);
	return km < disc->km + NEAR_KM && km + NEAR_KM > disc->km;
}

START_TEST(discs_on_the_world)
{
	struct geo_disc disc = disc_of((size_t)_i);
	struct sphere_cap cap = sphere_cap_of(&disc, 0);
	struct pen pen = begin();
	size_t inside = 0, asked = 0;
	world_disc(&pen, &cap);
	end();
	for (int32_t latitude = -875000; latitude <= 875000; latitude += 43000)
		for (int32_t longitude = -1785000; longitude < 1790000; longitude += 71000) {
			struct geo_point at = geo_point_of(latitude, longitude);
			if (is_at_rim(&disc, at))
				continue;
			bool drawn = winding(world_spot((struct sphere_place){ latitude, longitude })) != 0;
			ck_assert_msg(drawn == sphere_in(&cap, at), "disc %d, at %d %d: %s", _i, latitude, longitude, drawn ? "drawn, not in it" : "in it, not drawn");
			inside += drawn;
			asked++;
		}
	ck_assert_uint_gt(asked, 1900);
	ck_assert(inside > 0 || disc.km < 500);
}
END_TEST

START_TEST(discs_in_the_detail)
{
	static const struct { int32_t latitude, longitude, reach; } details[] = {
		{ 435000, 32000, 150000 }, { 640000, -1700000, 300000 }, { 480000, 1070000, 800000 }, { -200000, -1400000, 900000 }, { 890000, 0, 200000 }, { -120000, -770000, 20000 },
	};
	struct geo_disc disc = disc_of((size_t)_i);
	struct sphere_cap cap = sphere_cap_of(&disc, 0);
	for (size_t d = 0; d < sizeof(details) / sizeof(details[0]); d++) {
		struct detail detail = detail_of(geo_point_of(details[d].latitude, details[d].longitude), details[d].reach);
		struct pen pen = begin();
		detail_disc(&pen, &detail, &cap);
		end();
		for (int32_t azimuth = 0; azimuth < SPHERE_TURN; azimuth += 130000)
			for (int32_t part = 1; part < 10; part++) {
				struct geo_point at = sphere_from(&detail.axes, sphere_turn_of(azimuth), sphere_turn_of(details[d].reach / 10 * part));
				struct spot spot;
				ck_assert(detail_spot(&detail, at, &spot));
				if (!is_at_rim(&disc, at))
					ck_assert_msg((winding(spot) != 0) == sphere_in(&cap, at), "disc %d, detail %zu, %d %d", _i, d, azimuth, part);
			}
	}
}
END_TEST

/* Well away from coasts. */
static const struct { int32_t latitude, longitude; bool land; } places[] = {
	{ 400000, -40000, true }, { 250000, 100000, true }, { 620000, 1300000, true }, { -250000, 1340000, true }, { -150000, -550000, true }, { 450000, -1000000, true }, { 720000, -400000, true },
	{ -850000, 0, true }, { -880000, 1790000, true }, { 670000, 1785000, true }, { 680000, -1795000, true }, { 300000, -400000, false }, { 0, -1400000, false }, { -500000, 1000000, false },
	{ 880000, 1000000, false }, { 420000, 510000, false }, { 340000, 180000, false }, { 150000, 900000, false }, { -600000, -1790000, false }, { 100000, 1790000, false }, { 560000, 195000, false },
	{ -480000, -720000, true }, { 500000, 1070000, true }, { -450000, 1700000, true },
};
enum { PLACES = sizeof(places) / sizeof(places[0]) };

START_TEST(land_on_the_world)
{
	struct pen pen = begin();
	world_land(&pen);
	end();
	for (size_t i = 0; i < PLACES; i++)
		ck_assert_msg((winding(world_spot((struct sphere_place){ places[i].latitude, places[i].longitude })) != 0) == places[i].land, "%d %d", places[i].latitude, places[i].longitude);
}
END_TEST

/* Around each of the places, so that each is the middle once, and what is opposite to it land or water. */
START_TEST(land_in_the_detail)
{
	static const int32_t reaches[] = { 900000, 500000, 30000 };
	for (size_t r = 0; r < 3; r++) {
		struct detail d = detail_of(geo_point_of(places[_i].latitude, places[_i].longitude), reaches[r]);
		struct pen pen = begin();
		size_t asked = 0;
		detail_land(&pen, &d);
		end();
		for (size_t i = 0; i < PLACES; i++) {
			struct spot spot;
			if (!detail_spot(&d, geo_point_of(places[i].latitude, places[i].longitude), &spot))
				continue;
			asked++;
			ck_assert_msg((winding(spot) != 0) == places[i].land, "around %d %d, %d: %d %d", places[_i].latitude, places[_i].longitude, reaches[r], places[i].latitude, places[i].longitude);
		}
		ck_assert_uint_gt(asked, 0);
	}
}
END_TEST

/* No line of a rim jumps over the map, and none leaves it. Around a pole it is a parallel, which is one line from edge to edge. */
START_TEST(rims_do_not_jump)
{
	struct geo_disc disc = disc_of((size_t)_i);
	struct sphere_cap cap = sphere_cap_of(&disc, 0);
	struct pen pen = begin();
	world_rim(&pen, &cap);
	end();
	size_t outside = 0, jumps = 0;
	for (size_t i = 0; i < shape.count; i++) {
		outside += abs(shape.at[i].x) > WORLD_HALF_WIDTH + 1 || abs(shape.at[i].y) > WORLD_HALF_HEIGHT + 1;
		jumps += i && abs(discs[_i].latitude) < 90 && !shape.begins[i] && abs(shape.at[i].y) < WORLD_HALF_HEIGHT - 12 && abs(shape.at[i].x - shape.at[i - 1].x) > 700;
	}
	ck_assert_uint_eq(outside, 0);
	ck_assert_uint_eq(jumps, 0);
}
END_TEST

/* The table: rings that are closed, one lake in each part, and as many as there were. */
START_TEST(table_of_land)
{
	for (enum land_table t = LAND_WORLD; t <= LAND_DETAIL; t++) {
		size_t lakes = 0, points = 0, wrong = 0;
		for (size_t i = 0; i < land_rings(t); i++) {
			struct land_ring ring = land_ring(t, i);
			lakes += ring.is_lake;
			for (struct sphere_place at; land_next(&ring, &at); points++)
				wrong += abs(at.latitude_1e4) > SPHERE_QUARTER;
		}
		ck_assert_uint_eq(wrong, 0);
		ck_assert_uint_eq(lakes, 1);
		ck_assert_uint_gt(points, t == LAND_WORLD ? 5000 : 30000);
	}
}
END_TEST

START_TEST(numbers_of_a_pen)
{
	struct pen pen = begin();
	pen.slack = 2;
	pen_to(&pen, (struct spot){ 10, -5 });
	pen_to(&pen, (struct spot){ 11, -5 });
	pen_to(&pen, (struct spot){ 20, 0 });
	pen_to(&pen, (struct spot){ 15, -7 });
	pen_to(&pen, (struct spot){ 15, -7 });
	pen_up(&pen, true);
	pen_to(&pen, (struct spot){ 3, 4 });
	pen_up(&pen, false);
	pen_up(&pen, false);
	out_char(&text, '\0');
	ck_assert_str_eq(text.at, "M10-5l10 5-5-7zM3 4l0 0");
	out_free(&text);
}
END_TEST

/* How far a spot is from the nearest of the lines that were read back. */
static double distance(struct spot at)
{
	double least = INFINITY;
	for (size_t i = 0; i + 1 < shape.count; i++) {
		double x = shape.at[i + 1].x - shape.at[i].x, y = shape.at[i + 1].y - shape.at[i].y, square = x * x + y * y;
		double dx = at.x - shape.at[i].x, dy = at.y - shape.at[i].y, part = square > 0 ? (dx * x + dy * y) / square : 0;
		part = part < 0 ? 0 : part > 1 ? 1 : part;
		least = fmin(least, hypot(dx - part * x, dy - part * y));
	}
	return least;
}

/* Straight on, in a bow, back and forth, on the spot: whatever is left out, a line passes it, and the ends stay. */
START_TEST(points_that_are_left_out)
{
	enum { SPOTS = 400 };
	static const int32_t slacks[] = { 0, 1, 2, 6, 75 };
	struct spot spots[SPOTS];
	size_t drawn = 0;
	srand((unsigned)_i);
	for (size_t s = 0; s < sizeof(slacks) / sizeof(slacks[0]); s++) {
		struct pen pen = begin();
		double x = 0, y = 0, way = 0, turn = 0, step = 5;
		pen.slack = slacks[s];
		for (size_t i = 0; i < SPOTS; i++) {
			if (rand() % 20 == 0) {
				turn = (rand() % 200 - 100) / 1000.0;
				step = rand() % 40;
				way += rand() % 3 == 0 ? rand() % 7 : 0;
			}
			way += turn;
			x += step * cos(way) + rand() % 3 - 1;
			y += step * sin(way) + rand() % 3 - 1;
			spots[i] = (struct spot){ (int32_t)x, (int32_t)y };
			ck_assert(fabs(x) < PEN_SPOT_MAX && fabs(y) < PEN_SPOT_MAX);
			pen_to(&pen, spots[i]);
		}
		pen_up(&pen, false);
		end();
		for (size_t i = 0; i < SPOTS; i++)
			ck_assert_msg(distance(spots[i]) <= slacks[s] + 0.8, "seed %d, slack %d: spot %zu is %f away", _i, slacks[s], i, distance(spots[i]));
		ck_assert_mem_eq(&shape.at[0], &spots[0], sizeof(struct spot));
		ck_assert_mem_eq(&shape.at[shape.count - 1], &spots[SPOTS - 1], sizeof(struct spot));
		ck_assert(s == 0 || shape.count <= drawn);
		drawn = shape.count;
	}
	ck_assert_uint_lt(drawn, SPOTS / 4);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("maps");
	tcase_add_loop_test(c, discs_on_the_world, 0, DISCS);
	tcase_add_loop_test(c, discs_in_the_detail, 0, DISCS);
	tcase_add_loop_test(c, rims_do_not_jump, 0, DISCS);
	tcase_add_test(c, land_on_the_world);
	tcase_add_loop_test(c, land_in_the_detail, 0, PLACES);
	tcase_add_test(c, table_of_land);
	tcase_add_test(c, numbers_of_a_pen);
	tcase_add_loop_test(c, points_that_are_left_out, 0, 60);
	return suite_run("maps", c);
}
