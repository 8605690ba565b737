/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* What a service manager is told: sd_notify(3), over a socket that is connected before rights are given up. Without a manager nothing happens. */

/* Until it is told READY=1, and from STOPPING=1 on, the manager waits for a limited time. */
enum notify_phase { NOTIFY_STARTING, NOTIFY_RUNNING, NOTIFY_STOPPING };

struct notify {
	int fd;                      /* -1: nobody listens */
	uint64_t watchdog_ns;        /* it wants a sign of life at least so often; 0: it does not */
	enum notify_phase phase;
	uint64_t progress_ns;        /* boottime when progress was last told; 0: never */
};

/* $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID, as the manager sets them. */
void notify_open(struct notify *n);
void notify_close(struct notify *n);

/* "READY=1", or several assignments, a line each. Never waits; what the manager cannot take is not said. */
void notify_send(const struct notify *n, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A step of work was done that may take longer than the manager waits. Told now and then, so that it waits for a minute from then on; what makes no
 * progress does not come here, and is ended. */
void notify_progress(struct notify *n);

#endif
