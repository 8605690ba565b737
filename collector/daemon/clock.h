/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_CLOCK_H
#define DAEMON_CLOCK_H

#include "indicia/record.h"
#include <stdbool.h>

/* The sensor's clock and what the kernel says of its quality (adjtimex(2)). `last` is the CLOCK before, or NULL. */
void clock_read(const struct ind_clock *last, struct ind_clock *clock);

/* How far realtime moved against boottime from one to the other; 0 if it is no more than the kernel's own slewing. Suspension moves both alike. */
int64_t clock_step_ns(const struct ind_clock *last, const struct ind_clock *now);

/* What the kernel still has to move realtime by, if something keeps it. */
bool clock_offset_ns(int64_t *offset_ns);

/* Fills the synchronisation and its errors from what adjtimex(2) returned and wrote. */
struct timex;
void clock_quality(int state, const struct timex *tx, struct ind_clock *clock);

uint64_t clock_realtime_ns(void);
uint64_t clock_boottime_ns(void);

#endif
