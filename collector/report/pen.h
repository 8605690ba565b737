/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_PEN_H
#define REPORT_PEN_H

#include "query/out.h"
#include <stdbool.h>
#include <stdint.h>

/* Writes the data of an SVG path: moves and lines, whole numbers, no longer than it has to be. */

enum { PEN_SPOT_MAX = 16000 };   /* of a coordinate, either way: squares of squares are taken */
struct spot { int32_t x, y; };
struct way { int64_t x, y; };

struct pen {
	struct out *out;
	int32_t slack;               /* points are left out that a line passes no farther away than this */
	struct spot last, wanted;    /* where it stands; where the line goes on to, if `waits` */
	struct way left, right;      /* between which the line goes on, if `aims` */
	int64_t reach;               /* square of how far away the farthest point is that it passes */
	bool down, waits, aims;
	char before;                 /* last byte written: what a number has to be parted from */
};

static inline struct pen pen_of(struct out *out, int32_t slack) { return (struct pen){ .out = out, .slack = slack }; }

/* The line goes on to `to`, or begins there. */
void pen_to(struct pen *pen, struct spot to);

/* The line ends where it is; `closed` takes it back to its beginning. The next pen_to begins another one. */
void pen_up(struct pen *pen, bool closed);

#endif
