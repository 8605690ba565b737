/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_TAP_H
#define DAEMON_TAP_H

#include "capture/capture.h"
#include "daemon/daemon.h"
#include "daemon/ring.h"
#include <sys/types.h>

/* The process that reads packets. It may: read the capture that it opened, and write into the ring. It holds no key, no reference data
 * and no descriptor of the output. Everything hostile happens here. */

/* Who to become before the first packet is read; id 0: stay. */
struct tap_user { uid_t uid; gid_t gid; };

struct tap_start {
	const struct daemon_options *options;
	const struct tap_user *user;
	pid_t keep;                  /* the parent, with which this process ends */
	int fd;                      /* the opened savefile, or -1 */
	struct ring *ring;
	struct capture_gate *gate;   /* NULL: it reads all packets of the interface */
	unsigned index;              /* which one it is, from 0 */
};

/* Runs in the child after fork; never returns. */
_Noreturn void tap_run(const struct tap_start *start);

#endif
