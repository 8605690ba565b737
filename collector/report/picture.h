/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_PICTURE_H
#define REPORT_PICTURE_H

#include "report/model.h"
#include "report/put.h"

/* The pictures of a report, drawn as SVG. Each is one <figure>: the picture with role=img, described by its <figcaption>, and a legend. Bytes depend
 * on the model and the language alone. What a picture leaves out, its caption says. */

/* World and detail: sensors, how far light gets in their round trips to the subject, what these discs have in common, and where data sets with
 * coordinates claim the address to be. Writes a sentence instead if no sensor with a position measured enough round trips. land: as for
 * map_world; links: as for picture_graph_table. */
void picture_map(struct page *p, const struct report_model *m, size_t subject, bool *land, bool links);

/* The table beside the map: of each sensor the round trips, how far at most, and which discs were drawn. */
void picture_map_table(struct page *p, const struct report_model *m, size_t subject);

/* What was recorded when: sensors with their gaps, the time of the subjects' flows, and the records that findings cite, by family. */
void picture_timeline(struct page *p, const struct report_model *m);

/* Which end met which, as far as listed records say so; what only a data set asserts is dashed. The table beside it names the records, with links
 * if these are on the page. */
void picture_graph(struct page *p, const struct report_model *m);
void picture_graph_table(struct page *p, const struct report_model *m, bool links);

#endif
