/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_CLOCK_SKEW_H
#define SIGNAL_CLOCK_SKEW_H

#include "flow/clock.h"
#include "signal/signal.h"

enum { CLOCK_SKEW_MIN_S = 900, CLOCK_SKEW_MIN_SAMPLES = 100 };

/* Emits tcp.clock_skew_ppm of what one end, ctx->from, said of its clock during one connection, if that lasted for min_s or longer.
 * Value: <skew>+-<half range of the four quarters>, both in ppm with two decimals. */
void clock_skew_put(struct signal_ctx *ctx, enum ind_side side, const struct clock_sample *samples, size_t count, uint32_t min_s);

#endif
