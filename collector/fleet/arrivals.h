/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_ARRIVALS_H
#define FLEET_ARRIVALS_H

#include "indicia/err.h"
#include <stdatomic.h>
#include <stdint.h>

/* A folder into which bundles are published (inotify(7)); what a notice misses is found by looking again. */

/* A descriptor, or -1 with errno: then there is only looking again. */
int arrivals_open(const char *folder);

/* Waits until something was published, or the time is over, or a signal came; not at all if `stop` is set. A handler of SIGINT or SIGTERM that sets it is never slept over. */
void arrivals_wait(int fd, uint32_t timeout_ms, const atomic_bool *stop);

#endif
