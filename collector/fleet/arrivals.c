/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "fleet/arrivals.h"
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { NOTICE_BYTES = 65536 };

int arrivals_open(const char *folder)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (fd >= 0 && inotify_add_watch(fd, folder, IN_MOVED_TO | IN_CREATE | IN_CLOSE_WRITE | IN_ONLYDIR) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* A signal between the question and the wait would be slept over: it is let in by the wait alone. */
void arrivals_wait(int fd, uint32_t timeout_ms, const atomic_bool *stop)
{
	char notices[NOTICE_BYTES];
	struct pollfd p = { .fd = fd, .events = POLLIN };
	const struct timespec timeout = { timeout_ms / 1000, (long)(timeout_ms % 1000) * 1000000 };
	sigset_t ends, before;
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &ends, &before);
	int ready = atomic_load(stop) ? 0 : ppoll(&p, fd >= 0 ? 1 : 0, &timeout, &before);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (ready > 0)
		while (read(fd, notices, sizeof(notices)) > 0)
			continue;
}
