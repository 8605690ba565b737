/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_PROJECT_H
#define REPORT_PROJECT_H

#include "report/pen.h"
#include "report/sphere.h"

/* Two projections that keep areas: Equal Earth (Savric, Patterson, Jenny 2019) for the world, Lambert's azimuthal one around any point for a part of it.
 * Both give units of a picture, y downwards, on the same integers on every machine. */

/* ---- the world; its middle is 0 0 ---- */

enum { WORLD_HALF_WIDTH = 3200, WORLD_HALF_HEIGHT = 1557 };
struct spot world_spot(struct sphere_place at);

/* The outline, clockwise. */
void world_outline(struct pen *pen);
void world_grid(struct pen *pen);
void world_land(struct pen *pen);

/* What a disc covers, closed and cut at the outline, for the rule `nonzero`; and its rim alone, without the cut. */
void world_disc(struct pen *pen, const struct sphere_cap *cap);
void world_rim(struct pen *pen, const struct sphere_cap *cap);

/* ---- a part; its middle is 0 0 ---- */

enum { DETAIL_RADIUS = 2000, DETAIL_REACH_MAX = 900000 };

/* `reach` is what DETAIL_RADIUS stands for, at most DETAIL_REACH_MAX. */
struct detail { struct sphere_axes axes; int32_t reach; int64_t scale; };
struct detail detail_of(struct geo_point middle, int32_t reach);

/* False outside the circle; the spot is then on a circle around it, in the right direction. */
bool detail_spot(const struct detail *d, struct geo_point at, struct spot *spot);

/* These go beyond the circle: the picture clips them. */
void detail_land(struct pen *pen, const struct detail *d);
void detail_grid(struct pen *pen, const struct detail *d);
void detail_disc(struct pen *pen, const struct detail *d, const struct sphere_cap *cap);

#endif
