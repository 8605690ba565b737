/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_MAP_H
#define REPORT_MAP_H

#include "report/draw.h"
#include "report/model.h"
#include "report/project.h"

/* What is drawn on the maps of one subject. */

enum { MAP_SIGHTS_MAX = SPHERE_DISCS_MAX, MAP_RIMS_MAX = 6, MAP_CLAIMS_MAX = 12 };

/* A sensor that has a position. */
struct sight {
	const char *sensor;
	int64_t error_km;
	struct geo_point at;
	const struct model_trip *trip; /* NULL: too few round trips, or none */
	struct geo_disc vacuum, fibre;
	bool rim;                      /* its discs are drawn: they are among the smallest */
};

/* A place that data sets claim, and the records that say so. */
struct claimed { struct geo_point at; struct sphere_place place; int64_t radius_km; size_t record; };

struct map {
	const struct model_subject *subject;
	size_t number;                 /* of the subject: part of the ids in the page */
	struct sight sights[MAP_SIGHTS_MAX];
	size_t sight_count, disc_count, rim_count, without_position;
	struct geo_disc vacuum[SPHERE_DISCS_MAX], fibre[SPHERE_DISCS_MAX];
	struct sphere_common common, in_fibre;
	struct claimed claims[MAP_CLAIMS_MAX];
	size_t claim_count, claims_left_out, claims_without_place;
	bool has_detail;
	struct detail detail;
};

void map_make(struct map *map, const struct report_model *m, size_t subject);

/* Each one <svg>. *land: an earlier map of the page has drawn the land of the world, which this one
 * refers to; NULL: each picture is to stand by itself. */
void map_world(struct page *p, const struct map *map, bool *land);
void map_detail(struct page *p, const struct map *map);

#endif
