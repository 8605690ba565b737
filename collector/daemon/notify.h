/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* What a service manager is told: sd_notify(3), over a socket that is connected before rights are given up. Without a manager nothing happens. */

struct notify {
	int fd;                      /* -1: nobody listens */
	uint64_t watchdog_ns;        /* it wants a sign of life at least so often; 0: it does not */
};

/* $NOTIFY_SOCKET, $WATCHDOG_USEC and $WATCHDOG_PID, as the manager sets them. */
void notify_open(struct notify *n);
void notify_close(struct notify *n);

/* "READY=1", or several assignments, a line each. Never waits; what the manager cannot take is not said. */
void notify_send(const struct notify *n, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
