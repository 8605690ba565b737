/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_CLOCK_H
#define DAEMON_CLOCK_H

#include "indicia/record.h"

/* The sensor's clock and what the kernel says of its quality (adjtimex(2)). `last` is the CLOCK before, or NULL. */
void clock_read(const struct ind_clock *last, struct ind_clock *clock);

uint64_t clock_realtime_ns(void);
uint64_t clock_boottime_ns(void);

#endif
