/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_AXIS_H
#define REPORT_AXIS_H

#include "report/draw.h"

/* Time along a picture, UTC, from left to right in every language. */

struct axis { uint64_t from_ns, to_ns; int32_t left, width; };

/* A span is never empty: `to_ns` is at least a millisecond after `from_ns`; `margin` is the part of it that is added on each side, in hundredths. */
struct axis axis_of(uint64_t from_ns, uint64_t to_ns, unsigned margin, int32_t left, int32_t width);

/* Where a time stands; what is outside stands at the border. */
int32_t axis_x(const struct axis *a, uint64_t ns);

/* Lines from `top` to `bottom` at round times, and the times above or below, with the day at the first one and where another one begins. Takes
 * AXIS_ROOM on that side. */
enum { AXIS_ROOM = 380 };
void axis_draw(struct page *p, const struct axis *a, int32_t top, int32_t bottom, bool above);

#endif
