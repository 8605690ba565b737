#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sphere_expected.py > tests/unit/report/sphere_expected.h

Numbers that the maps' geometry is tested against, computed in another way than in collector/report: floating point, the formulas of spherical
trigonometry, areas by integration over latitude."""
import math
import random
import sys

EARTH_KM = 6371.0088
WORLD_HALF_WIDTH, DETAIL_RADIUS = 3200, 2000


def forward(lat, lon, azimuth, angle):
    """The end of a way along a great circle (latitude, longitude in degrees)."""
    f, l, a, d = map(math.radians, (lat, lon, azimuth, angle))
    lat2 = math.asin(math.sin(f) * math.cos(d) + math.cos(f) * math.sin(d) * math.cos(a))
    lon2 = l + math.atan2(math.sin(a) * math.sin(d) * math.cos(f), math.cos(d) - math.sin(f) * math.sin(lat2))
    return math.degrees(lat2), (math.degrees(lon2) + 540) % 360 - 180


def apart(a, b):
    (f1, l1), (f2, l2) = [tuple(map(math.radians, p)) for p in (a, b)]
    h = math.sin((f2 - f1) / 2) ** 2 + math.cos(f1) * math.cos(f2) * math.sin((l2 - l1) / 2) ** 2
    return 2 * math.asin(min(1, math.sqrt(h)))


def equal_earth(lat, lon):
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    t = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    x = 2 * math.sqrt(3) * math.radians(lon) * math.cos(t) / (3 * (9 * a4 * t ** 8 + 7 * a3 * t ** 6 + 3 * a2 * t ** 2 + a1))
    y = a4 * t ** 9 + a3 * t ** 7 + a2 * t ** 3 + a1 * t
    half = 2 * math.sqrt(3) * math.pi / (3 * a1)
    return x * WORLD_HALF_WIDTH / half, -y * WORLD_HALF_WIDTH / half


def lambert(lat0, lon0, reach, lat, lon):
    f0, f, l = math.radians(lat0), math.radians(lat), math.radians(lon - lon0)
    k = math.sqrt(2 / (1 + math.sin(f0) * math.sin(f) + math.cos(f0) * math.cos(f) * math.cos(l)))
    scale = DETAIL_RADIUS / (2 * math.sin(math.radians(reach) / 2))
    return scale * k * math.cos(f) * math.sin(l), -scale * k * (math.cos(f0) * math.sin(f) - math.sin(f0) * math.cos(f) * math.cos(l))


def common_km2(discs, bands=20000):
    """Area of what discs (latitude, longitude, km) have in common: bands of equal area of the smallest one, and in each the part of the longitudes."""
    lat0, _, km0 = min(discs, key=lambda d: d[2])
    low, high = (math.sin(math.radians(max(-90, min(90, lat0 + s * math.degrees(km0 / EARTH_KM))))) for s in (-1, 1))
    total = 0
    for i in range(bands):
        z = low + (high - low) * (2 * i + 1) / (2 * bands)
        spans = []
        for lat, lon, km in discs:
            f, r = math.radians(lat), km / EARTH_KM
            c = (math.cos(r) - z * math.sin(f)) / (math.sqrt(1 - z * z) * math.cos(f))
            spans.append((math.radians(lon), math.acos(max(-1, min(1, c)))))
        edges = sorted((m + s * h) % (2 * math.pi) for m, h in spans for s in (-1, 1))
        for a, b in zip(edges, edges[1:] + [edges[0] + 2 * math.pi]):
            middle = (a + b) / 2
            if all(abs((middle - m + math.pi) % (2 * math.pi) - math.pi) < h for m, h in spans):
                total += b - a
    return total * (high - low) / bands * EARTH_KM ** 2


PLACES = [(0, 0), (0, 180), (0, -180), (90, 0), (-90, 0), (50.1, 8.7), (-33.8688, 151.2093), (64, -170), (-89.9, 12), (1.3, 103.8), (-54.8, -68.3), (71.3, 179.99)]
CENTRES = [(43.5, 3.2, 15), (64, -170, 30), (-20, -140, 80), (88, 10, 20), (0, 179.5, 5)]
WAYS = [(50.1, 8.7, 0, 13), (50.1, 8.7, 123.4, 13), (-12, -77, 300, 151), (64, -170, 90, 22.5), (-40, 175, 200, 60), (0, 0, 45, 90), (89, 0, 10, 5)]
COMMON = [
    [(50.1, 8.7, 1420)], [(50.1, 8.7, 1420), (40.4, -3.7, 1260)], [(50.1, 8.7, 1420), (40.4, -3.7, 1260), (-1.3, 36.8, 6650), (-12, -77, 16800)],
    [(10, 179, 900), (10, -179, 800)], [(88, 0, 700), (85, 170, 900)], [(0, 0, 12000), (0, 180, 12000)], [(0, 0, 15000), (60, 120, 14000), (-60, -120, 13000)],
    [(52, 0, 400), (52, 11.3, 385)],
]


def write(out):
    rng = random.Random(8)
    put = lambda *a: print(*a, file=out)
    put('/* SPDX-License-Identifier: Apache-2.0 */\n/* Made by tests/support/sphere_expected.py; do not edit. */')
    put('#ifndef SPHERE_EXPECTED_H\n#define SPHERE_EXPECTED_H\n\n#include <stdint.h>\n')
    places = PLACES + [(round(math.degrees(math.asin(rng.uniform(-1, 1))), 4), round(rng.uniform(-180, 180), 4)) for _ in range(40)]
    put('/* Latitude and longitude in 1/10,000 degree; x and y. */\nstatic const int32_t expected_world[][4] = {')
    for lat, lon in places:
        put('\t{ %d, %d, %d, %d },' % (round(lat * 1e4), round(lon * 1e4), *map(round, equal_earth(lat, lon))))
    put('};\n\n/* Middle and reach, a place, x and y. */\nstatic const int32_t expected_detail[][7] = {')
    for lat0, lon0, reach in CENTRES:
        for _ in range(6):
            lat, lon = forward(lat0, lon0, rng.uniform(0, 360), rng.uniform(0, reach))
            lat, lon = round(lat, 4), round(lon, 4)
            put('\t{ %d, %d, %d, %d, %d, %d, %d },' % (*(round(v * 1e4) for v in (lat0, lon0, reach, lat, lon)), *map(round, lambert(lat0, lon0, reach, lat, lon))))
    put('};\n\n/* A place, azimuth and way; where one gets. */\nstatic const int32_t expected_way[][6] = {')
    for lat, lon, azimuth, way in WAYS:
        put('\t{ %s },' % ', '.join(str(round(v * 1e4)) for v in (lat, lon, azimuth, way, *forward(lat, lon, azimuth, way))))
    put('};\n\n/* Discs (latitude, longitude, km; km 0: no more) and the area of what they have in common. */')
    put('struct expected_common { struct { int32_t latitude_1e4, longitude_1e4; uint32_t km; } discs[4]; uint64_t km2; };\nstatic const struct expected_common expected_common[] = {')
    for discs in COMMON:
        put('\t{ { %s }, %d },' % (', '.join('{ %d, %d, %d }' % (round(a * 1e4), round(b * 1e4), km) for a, b, km in discs), round(common_km2(discs))))
    put('};\n\n#endif')


if __name__ == '__main__':
    write(sys.stdout)
