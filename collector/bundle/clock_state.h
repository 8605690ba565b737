/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_CLOCK_STATE_H
#define BUNDLE_CLOCK_STATE_H

#include "indicia/verify.h"

/* Follows the CLOCK frames of one bundle (docs/custody.md section 6). Starts as zero. */
struct clock_follower {
	struct ind_clock last;
	struct ind_clock_state state;
};

void clock_follow(struct clock_follower *f, const struct ind_clock *clock);

#endif
