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

int32_t geo_sine(int32_t degrees_1e4) { return (int32_t)sine_of(degrees_1e4 * PI_30 / HALF_1E4); }

static int32_t sine_any(int32_t degrees_1e4)
{
	int32_t part = degrees_1e4 < 0 ? -degrees_1e4 : degrees_1e4;
	int32_t sine = geo_sine(part > QUARTER_1E4 ? HALF_1E4 - part : part);
	return degrees_1e4 < 0 ? -sine : sine;
}

static int32_t cosine_any(int32_t degrees_1e4)
{
	int32_t part = degrees_1e4 < 0 ? -degrees_1e4 : degrees_1e4;
	return part > QUARTER_1E4 ? -geo_sine(part - QUARTER_1E4) : geo_sine(QUARTER_1E4 - part);
}

struct geo_point geo_point_of(int32_t latitude_1e4, int32_t longitude_1e4)
{
	int64_t ring = cosine_any(latitude_1e4);
	return (struct geo_point){ (int32_t)(ring * cosine_any(longitude_1e4) / GEO_ONE), (int32_t)(ring * sine_any(longitude_1e4) / GEO_ONE), sine_any(latitude_1e4) };
}

/* The square of the straight line to a place `km` along the surface. */
static int64_t chord_square(uint32_t km)
{
	int64_t half = sine_of((int64_t)km * GEO_ONE * 10000 / TWO_RADII_1E4);
	return 4 * half * half;
}

uint32_t geo_distance_km(struct geo_point a, struct geo_point b)
{
	int64_t x = (int64_t)a.x - b.x, y = (int64_t)a.y - b.y, z = (int64_t)a.z - b.z, square = x * x + y * y + z * z;
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

/* The Earth is an ellipsoid: a way on it differs from that on the sphere by less than 1 in 150. */
bool geo_reaches_circle(const struct geo_disc *disc, struct geo_point at, uint32_t radius_km)
{
	uint32_t km = geo_distance_km(disc->at, at);
	return km - (km + MARGIN_OF_FORM - 1) / MARGIN_OF_FORM <= disc->km + radius_km;
}
