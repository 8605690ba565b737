/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/notify.h"

#include "daemon/clock.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { TEXT_BYTES = 1024, PROGRESS_EVERY_NS = 2000000000, WAIT_ON_US = 60000000 };

/* A path, or a name in the abstract name space, which begins with '@'. */
static int connect_to(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t bytes = strlen(name);
	if ((name[0] != '/' && name[0] != '@') || bytes < 2 || bytes >= sizeof address.sun_path)
		return -1;
	memcpy(address.sun_path, name, bytes);
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + bytes)) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static uint64_t number_of(const char *name)
{
	const char *text = getenv(name);
	return text && *text && strspn(text, "0123456789") == strlen(text) ? strtoull(text, NULL, 10) : 0;
}

void notify_open(struct notify *n)
{
	const char *name = getenv("NOTIFY_SOCKET");
	uint64_t process = number_of("WATCHDOG_PID"), microseconds = number_of("WATCHDOG_USEC");
	*n = (struct notify){ .fd = name ? connect_to(name) : -1 };
	if (n->fd >= 0 && microseconds < UINT64_MAX / 1000 && (!process || process == (uint64_t)getpid()))
		n->watchdog_ns = microseconds * 1000;
}

void notify_close(struct notify *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
}

void notify_send(const struct notify *n, const char *format, ...)
{
	char text[TEXT_BYTES];
	va_list args;
	if (n->fd < 0)
		return;
	va_start(args, format);
	int bytes = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	struct iovec part = { text, bytes < 0 ? 0 : bytes < (int)sizeof text ? (size_t)bytes : sizeof text - 1 };
	const struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	(void)sendmsg(n->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Before READY=1 there is no watchdog yet: a sign of life would begin it. */
void notify_progress(struct notify *n)
{
	if (n->fd < 0)
		return;
	uint64_t now_ns = clock_boottime_ns(), every_ns = PROGRESS_EVERY_NS;
	if (n->watchdog_ns && n->watchdog_ns / 4 < every_ns)
		every_ns = n->watchdog_ns / 4;
	if (n->progress_ns && now_ns - n->progress_ns < every_ns)
		return;
	n->progress_ns = now_ns;
	if (n->phase != NOTIFY_RUNNING)
		notify_send(n, "EXTEND_TIMEOUT_USEC=%d", WAIT_ON_US);
	if (n->phase != NOTIFY_STARTING && n->watchdog_ns)
		notify_send(n, "WATCHDOG=1");
}
