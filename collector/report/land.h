/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_LAND_H
#define REPORT_LAND_H

#include "report/sphere.h"

/* Coastlines, without any border: Natural Earth, public domain (land.def, made by deploy/land/make-land). Land is on the right of a ring, seen from
 * above. Rings of LAND_WORLD are cut at the meridian of 180 degrees; those of LAND_DETAIL are whole and finer. */

#define LAND_SOURCE "Natural Earth"

enum land_table { LAND_WORLD, LAND_DETAIL };

struct land_ring { const int8_t *step; size_t left; int32_t x, y; bool is_lake, begun; };

size_t land_rings(enum land_table table);
struct land_ring land_ring(enum land_table table, size_t at);

/* The next point of the ring; false after the last one. Longitudes of a whole ring may pass 180 degrees. */
bool land_next(struct land_ring *ring, struct sphere_place *place);

#endif
