/* SPDX-License-Identifier: Apache-2.0 */
/* What a service manager is told while work takes long: progress, and nothing without it. */
#define _GNU_SOURCE
#include "daemon/notify.h"

#include "daemon/disk.h"
#include "support/suite.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const uint64_t long_ago_ns = 1;
static struct notify n;
static int manager;

static void setup(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char name[sizeof address.sun_path];
	int bytes = snprintf(name, sizeof name, "@indicia-notify-%ld", (long)getpid());
	memcpy(address.sun_path + 1, name + 1, (size_t)bytes - 1);
	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert(manager >= 0 && bind(manager, (struct sockaddr *)&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)bytes)) == 0);
	ck_assert(setenv("NOTIFY_SOCKET", name, 1) == 0 && setenv("WATCHDOG_USEC", "60000000", 1) == 0 && unsetenv("WATCHDOG_PID") == 0);
	notify_open(&n);
	ck_assert(n.fd >= 0 && n.watchdog_ns == UINT64_C(60000000000) && n.phase == NOTIFY_STARTING);
}

static void teardown(void)
{
	notify_close(&n);
	close(manager);
}

/* What was told since it was last asked, a line each. */
static const char *told(void)
{
	static char text[256];
	size_t used = 0;
	ssize_t got;
	while ((got = recv(manager, text + used, sizeof text - used - 2, MSG_DONTWAIT)) > 0) {
		used += (size_t)got;
		text[used++] = '\n';
	}
	text[used] = '\0';
	return text;
}

START_TEST(progress_is_told_as_the_phase_needs)
{
	notify_progress(&n);
	ck_assert_str_eq(told(), "EXTEND_TIMEOUT_USEC=60000000\n");
	n.phase = NOTIFY_RUNNING;
	n.progress_ns = long_ago_ns;
	notify_progress(&n);
	ck_assert_str_eq(told(), "WATCHDOG=1\n");
	n.phase = NOTIFY_STOPPING;
	n.progress_ns = long_ago_ns;
	notify_progress(&n);
	ck_assert_str_eq(told(), "EXTEND_TIMEOUT_USEC=60000000\nWATCHDOG=1\n");
	n.watchdog_ns = 0;
	n.progress_ns = long_ago_ns;
	notify_progress(&n);
	ck_assert_str_eq(told(), "EXTEND_TIMEOUT_USEC=60000000\n");
}
END_TEST

START_TEST(much_progress_is_told_now_and_then)
{
	notify_progress(&n);
	ck_assert_str_ne(told(), "");
	uint64_t first_ns = n.progress_ns;
	for (int i = 0; i < 1000; i++)
		notify_progress(&n);
	/* A machine may stand still in between. */
	ck_assert(n.progress_ns == first_ns ? told()[0] == '\0' : n.progress_ns - first_ns >= UINT64_C(2000000000));
}
END_TEST

/* Reads alone are progress, and of these the ones that bring something. */
START_TEST(reads_of_a_disk_are_progress)
{
	char folder[] = "/tmp/indicia-test-XXXXXX", bytes[8];
	ck_assert_ptr_nonnull(mkdtemp(folder));
	int at = open(folder, O_RDONLY | O_DIRECTORY);
	const struct disk d = disk_telling(&n);
	int fd = d.open(d.ctx, at, "file", O_RDWR | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(d.write(d.ctx, fd, "bytes", 5, 0), 5);
	ck_assert(d.sync(d.ctx, fd) == 0 && d.sync_folder(d.ctx, at) == 0);
	ck_assert_int_eq(d.read(d.ctx, fd, bytes, sizeof bytes, 5), 0);
	ck_assert_int_eq(d.read(d.ctx, -1, bytes, sizeof bytes, 0), -1);
	ck_assert_str_eq(told(), "");
	ck_assert_int_eq(d.read(d.ctx, fd, bytes, sizeof bytes, 0), 5);
	ck_assert_str_eq(told(), "EXTEND_TIMEOUT_USEC=60000000\n");
	ck_assert_int_eq(d.unlink(d.ctx, at, "file"), 0);
	ck_assert_int_eq(d.close(d.ctx, fd), 0);
	close(at);
	ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

START_TEST(nobody_listens)
{
	notify_close(&n);
	notify_progress(&n);
	ck_assert(n.progress_ns == 0);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("notify");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, progress_is_told_as_the_phase_needs);
	tcase_add_test(t, much_progress_is_told_now_and_then);
	tcase_add_test(t, reads_of_a_disk_are_progress);
	tcase_add_test(t, nobody_listens);
	return suite_run("daemon.notify", t);
}
