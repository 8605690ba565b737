/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_DRAW_H
#define REPORT_DRAW_H

#include "report/pen.h"
#include "report/put.h"

/* What pictures have in common: labels that never lie over each other, and paths. Colours stand as presentation attributes, which the printer of PDF
 * reads, and as classes, which report.css changes for a dark screen. */

#define DRAW_FONT " font-family=\"Noto Sans, DejaVu Sans, Segoe UI, Helvetica, Arial, sans-serif\" direction=\"ltr\""

/* A text as it is shown, cut to so many columns with an ellipsis. */
enum { LABEL_COLUMNS_MAX = 40, LABEL_BYTES = 400 };
struct label { char text[LABEL_BYTES]; size_t bytes, columns; };
struct label label_of(const char *text, size_t columns_max);

struct box { int32_t x, y, width, height; };

/* How much room a label takes at most, in letters of `size`, bold ones included. */
int32_t label_width(const struct label *label, int32_t size);

/* What is taken in a picture. */
enum { BOXES_MAX = 256 };
struct layout { struct box bounds, taken[BOXES_MAX]; size_t count; };
void layout_take(struct layout *l, struct box box);

/* Finds room near a spot and takes it; false if there is none. `*step` is 0 right beside the spot, more further away. */
bool layout_place(struct layout *l, struct spot around, int32_t gap, int32_t width, int32_t height, struct box *place, unsigned *step);

enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };

/* A label, and under it the same as a broad line in the colour of the ground. */
void draw_label(struct page *p, struct spot at, enum anchor anchor, const struct label *label);

/* One row of a legend: a picture of its own, which is a constant, and what it means. */
void draw_key(struct page *p, const char *picture, const char *words);

/* Opens a path up to its data; draw_path_end closes it. `attributes` is a constant. draw_data: the same for a path whose attributes stand. */
#define draw_path(page, attributes, pen) \
	do { put_literal((page), "<path " attributes); draw_data((page), (pen)); } while (0)
#define draw_data(page, pen) \
	do { put_literal((page), " d=\""); (pen) = pen_of((page)->out, 2); } while (0)
void draw_path_end(struct page *p);

#endif
