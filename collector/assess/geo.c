/* SPDX-License-Identifier: Apache-2.0 */
#include "assess/geo.h"

enum { QUARTER_1E4 = 900000, HALF_1E4 = 1800000, MARGIN_OF_FORM = 150 };

/* Pi times 2^30; twice the Earth's mean radius (6371.0088 km) in units of 0.1 m. */
#define PI_30 INT64_C(3373259426)
#define TWO_RADII_1E4 INT64_C(127420176)

/* Light in vacuum makes 299792.458 km a second; a round trip half of it, in micrometres a microsecond. */
#define HALF_LIGHT_UM_PER_US UINT64_C(149896229)

/* The series of the sine, 0 to a right angle (times 2^30). The first term left out is 6e-12. */
static int64_t sine_of(int64_t angle)
{
	static const int64_t divisors[] = { 16 * 17, 14 * 15, 12 * 13, 10 * 11, 8 * 9, 6 * 7, 4 * 5, 2 * 3 };
	int64_t square = angle * angle / GEO_ONE, term = GEO_ONE;
	for (size_t i = 0; i < sizeof(divisors) / sizeof(divisors[0]); i++)
		term = GEO_ONE - square * term / GEO_ONE / divisors[i];
	return angle * term / GEO_ONE;
}

int32_t geo_sine(int32_t degrees_1e4)
{
	int32_t part = degrees_1e4 < 0 ? -degrees_1e4 : degrees_1e4;
	part %= 2 * HALF_1E4;
	bool below = (degrees_1e4 < 0) != (part > HALF_1E4);
	part = part > HALF_1E4 ? part - HALF_1E4 : part;
	int64_t sine = sine_of((part > QUARTER_1E4 ? HALF_1E4 - part : part) * PI_30 / HALF_1E4);
	return (int32_t)(below ? -sine : sine);
}

int32_t geo_cosine(int32_t degrees_1e4)
{
	int32_t part = degrees_1e4 < 0 ? -degrees_1e4 : degrees_1e4;
	return geo_sine(QUARTER_1E4 - part % (2 * HALF_1E4));
}

struct geo_point geo_point_of(int32_t latitude_1e4, int32_t longitude_1e4)
{
	int64_t ring = geo_cosine(latitude_1e4);
	return (struct geo_point){ (int32_t)(ring * geo_cosine(longitude_1e4) / GEO_ONE), (int32_t)(ring * geo_sine(longitude_1e4) / GEO_ONE), geo_sine(latitude_1e4) };
}

/* The square of the straight line to a place `km` along the surface. Each is computed once: a test of all areas asks for thousands. */
static int64_t chord_square(uint32_t km)
{
	static int64_t squares[GEO_HALF_ROUND_KM + 1];
	if (!squares[km]) {
		int64_t half = sine_of((int64_t)km * GEO_ONE * 10000 / TWO_RADII_1E4);
		squares[km] = 4 * half * half;
	}
	return squares[km];
}

static int64_t square_between(struct geo_point a, struct geo_point b)
{
	int64_t x = (int64_t)a.x - b.x, y = (int64_t)a.y - b.y, z = (int64_t)a.z - b.z;
	return x * x + y * y + z * z;
}

uint32_t geo_distance_km(struct geo_point a, struct geo_point b)
{
	int64_t square = square_between(a, b);
	uint32_t low = 0, high = GEO_HALF_ROUND_KM;
	while (low < high) {
		uint32_t middle = (low + high + 1) / 2;
		if (chord_square(middle) <= square)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static uint32_t km_up(uint64_t um) { return (uint32_t)((um + UINT64_C(999999999)) / 1000000000); }

uint32_t geo_vacuum_km(uint32_t rtt_us) { return km_up(rtt_us * HALF_LIGHT_UM_PER_US); }
uint32_t geo_fibre_km(uint32_t rtt_us) { return km_up(rtt_us * HALF_LIGHT_UM_PER_US * 2 / 3); }

struct geo_disc geo_disc_of(struct geo_point at, uint32_t km, uint32_t error_km)
{
	uint64_t wide = (uint64_t)km + error_km + GEO_MARGIN_KM;
	return (struct geo_disc){ at, wide > GEO_HALF_ROUND_KM ? GEO_HALF_ROUND_KM : (uint32_t)wide };
}

/* The Earth is an ellipsoid: a way on it differs from that on the sphere by less than 1 in 150. The longest way in whole km that is within the disc and the
 * circle once it is taken shorter by that. */
static uint32_t longest_km(uint32_t within_km)
{
	uint32_t km = within_km + within_km / (MARGIN_OF_FORM - 1) + 2;
	while (km - (km + MARGIN_OF_FORM - 1) / MARGIN_OF_FORM > within_km)
		km--;
	return km;
}

bool geo_reaches_circle(const struct geo_disc *disc, struct geo_point at, uint32_t radius_km)
{
	uint32_t km = longest_km(disc->km + radius_km);
	return km >= GEO_HALF_ROUND_KM || square_between(disc->at, at) < chord_square(km + 1);
}
