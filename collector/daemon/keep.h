/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_KEEP_H
#define DAEMON_KEEP_H

#include "daemon/daemon.h"
#include "daemon/ring.h"
#include "daemon/say.h"
#include <sys/types.h>

/* The process that keeps: it holds the output directory, the keys and the reference data, and never looks at a byte of a packet. */

struct keep_place {
	int folder_fd;               /* where bundles go */
	const char *folder;          /* for messages; "" if `file` needs none */
	const char *file;            /* name of the one bundle, or NULL: named by sensor and time */
};

/* Takes from the ring until all taps are done, as many as `options` has workers; returns the exit status of daemon.h. */
int keep_run(const struct daemon_options *options, const struct keep_place *place, struct ring *ring, const pid_t *taps, struct say *say);

#endif
