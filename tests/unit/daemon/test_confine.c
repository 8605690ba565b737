/* SPDX-License-Identifier: Apache-2.0 */
/* What a process can still do once it is confined; each case in a child of its own. A system without Landlock or seccomp skips, aloud. */
#define _GNU_SOURCE
#include "daemon/confine.h"
#include "support/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WENT_WELL = 0, KILLED = 1000, SKIPPED = 77 };
static char folder[] = "/tmp/indicia-test-XXXXXX";
static char out[64], data[64], inside[64], read_only[64];

static void setup(void)
{
	memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(out, sizeof out, "%s/out", folder);
	snprintf(data, sizeof data, "%s/data", folder);
	snprintf(inside, sizeof inside, "%s/out/a", folder);
	snprintf(read_only, sizeof read_only, "%s/data/b", folder);
	ck_assert_int_eq(mkdir(out, 0700), 0);
	ck_assert_int_eq(mkdir(data, 0700), 0);
	close(open(read_only, O_CREAT | O_WRONLY, 0600));
}

static void teardown(void)
{
	char command[128];
	unlink(inside);
	unlink(read_only);
	snprintf(command, sizeof command, "%s/c", out);
	unlink(command);
	rmdir(out);
	rmdir(data);
	rmdir(folder);
}

/* The exit status of a child that does this, or KILLED if it was ended by SIGSYS. */
static int outcome(int (*run)(void))
{
	int status;
	fflush(NULL);
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	/* Sanitizers would look around at an ordinary exit. */
	if (child == 0)
		syscall(SYS_exit_group, run());
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGSYS ? KILLED : 2000 + WTERMSIG(status);
	return WEXITSTATUS(status);
}

static bool opens(const char *path, int flags)
{
	int fd = open(path, flags, 0600);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool is_refused(const char *path, int flags) { return !opens(path, flags) && errno == EACCES; }

/* ---- Landlock ---- */

static int files(void)
{
	char other[80];
	const struct confine_path paths[] = { { out, CONFINE_WRITE }, { data, CONFINE_READ }, { "/etc/hostname", CONFINE_READ }, { "/no/such/thing", CONFINE_READ } };
	int abi;
	snprintf(other, sizeof other, "%s/c", out);
	if (confine_files(paths, sizeof paths / sizeof *paths, &abi) != IND_OK)
		return 1;
	if (abi == 0)
		return SKIPPED;
	if (!is_refused("/etc/passwd", O_RDONLY) || !is_refused(folder, O_RDONLY | O_DIRECTORY))
		return 2;
	if (!opens(read_only, O_RDONLY) || !is_refused(read_only, O_WRONLY) || unlink(read_only) == 0)
		return 3;
	if (!opens(inside, O_CREAT | O_EXCL | O_RDWR) || rename(inside, other) != 0 || !opens(other, O_RDONLY) || truncate(other, 0) != 0)
		return 4;
	if (mkdir(inside, 0700) == 0 || symlink("/etc/passwd", inside) == 0)
		return 5;
	execl("/bin/true", "true", (char *)NULL);
	return errno == EACCES && unlink(other) == 0 ? WENT_WELL : 6;
}

/* Also by a descriptor that was opened before: retention deletes below its folder, and nowhere else. */
static int deletions(void)
{
	const struct confine_path paths[] = { { out, CONFINE_WRITE } };
	int abi, ours = open(out, O_RDONLY | O_DIRECTORY), other = open(data, O_RDONLY | O_DIRECTORY);
	if (!opens(inside, O_CREAT | O_RDWR) || confine_files(paths, 1, &abi) != IND_OK)
		return 1;
	if (abi == 0)
		return SKIPPED;
	if (unlinkat(other, "b", 0) == 0 || errno != EACCES || unlinkat(ours, "../data/b", 0) == 0 || errno != EACCES)
		return 2;
	if (renameat(ours, "a", other, "a") == 0)
		return 3;
	return unlinkat(ours, "a", 0) == 0 ? WENT_WELL : 4;
}

static int nothing(void)
{
	int abi;
	if (confine_files(NULL, 0, &abi) != IND_OK)
		return 1;
	return abi == 0 ? SKIPPED : is_refused("/etc/passwd", O_RDONLY) && is_refused(inside, O_CREAT | O_RDWR) ? WENT_WELL : 2;
}

START_TEST(landlock)
{
	int got = outcome(files), none = outcome(nothing);
	ck_assert_int_eq(outcome(deletions), got);
	if (got == SKIPPED)
		fprintf(stderr, "skipped: this system has no Landlock\n");
	ck_assert_msg(got == WENT_WELL || got == SKIPPED, "files: %d", got);
	ck_assert_int_eq(none, got);
}
END_TEST

/* ---- privileges ---- */

static int privileges(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct have[_LINUX_CAPABILITY_U32S_3];
	if (!confine_privileges(1u << CAP_KILL))
		return 1;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 || prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 2;
	if (syscall(SYS_capget, &header, have) != 0 || (have[0].effective & ~(1u << CAP_KILL)) || have[1].effective || have[1].permitted)
		return 3;
	return prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 1 && geteuid() == 0 ? 4 : WENT_WELL;
}

START_TEST(no_privileges) { ck_assert_int_eq(outcome(privileges), WENT_WELL); }
END_TEST

/* ---- seccomp ---- */

static pid_t bystander;          /* waits to be ended */

static int as_tap(void) { return confine_calls(CONFINE_TAP, NULL, 0) == IND_OK ? WENT_WELL : SKIPPED; }
static int as_keep(void) { return confine_calls(CONFINE_KEEP, &bystander, 1) == IND_OK ? WENT_WELL : SKIPPED; }
static int as_far(void) { return confine_calls(CONFINE_KEEP_AND_CONNECT, &bystander, 1) == IND_OK ? WENT_WELL : SKIPPED; }

static int do_socket(void) { return socket(AF_INET, SOCK_STREAM, 0) < 0; }
static int do_raw(void) { return socket(AF_INET, SOCK_RAW, IPPROTO_RAW) < 0; }
static int do_packet(void) { return socket(AF_PACKET, SOCK_RAW, 0) < 0; }
static int do_exec(void) { return execl("/bin/true", "true", (char *)NULL); }
static int do_fork(void) { return (int)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }
static int do_kill(void) { return kill(getppid(), 0); }
static int do_end(void) { return kill(bystander, SIGKILL); }
static int do_ptrace(void) { return (int)syscall(SYS_ptrace, 16, getppid(), 0, 0); }
static int do_mount(void) { return (int)syscall(SYS_mount, "none", "/mnt", "tmpfs", 0, 0); }
static int do_map_code(void) { return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED; }
static int do_map(void) { return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED; }
static int do_open(void) { return opens("/etc/passwd", O_RDONLY) ? 0 : errno == EACCES ? 3 : 4; }
static int do_write(void) { return write(STDOUT_FILENO, "", 0) != 0; }
static int do_setsockopt(void) { return setsockopt(0, IPPROTO_TCP, 1, NULL, 0); }
static int do_ioctl(void) { return ioctl(0, SIOCSIFFLAGS, NULL); }
static int do_ask_flags(void) { return ioctl(0, SIOCGIFFLAGS, NULL) == 0; }
static int do_ask_name(void) { return getsockname(0, NULL, NULL) == 0; }
static int manager[2];           /* a socket that was connected before */
static int do_notify(void)
{
	struct iovec part = { (char[]){ "READY=1" }, 7 };
	const struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	return sendmsg(manager[0], &message, MSG_NOSIGNAL | MSG_DONTWAIT) != 7;
}
static int do_time(void) { struct timespec now; return clock_gettime(CLOCK_REALTIME, &now); }

static const struct {
	const char *what;
	int (*run)(void);
	int tap, keep, far;
} calls[] = {
	{ "socket", do_socket, KILLED, KILLED, 0 },
	{ "raw socket", do_raw, KILLED, KILLED, KILLED },
	{ "packet socket", do_packet, KILLED, KILLED, KILLED },
	{ "exec", do_exec, KILLED, KILLED, KILLED },
	{ "fork", do_fork, KILLED, KILLED, KILLED },
	{ "kill another", do_kill, KILLED, KILLED, KILLED },
	{ "kill the child", do_end, KILLED, 0, 0 },
	{ "ptrace", do_ptrace, KILLED, KILLED, KILLED },
	{ "mount", do_mount, KILLED, KILLED, KILLED },
	{ "map code", do_map_code, KILLED, KILLED, KILLED },
	{ "map data", do_map, 0, 0, 0 },
	{ "open", do_open, 3, 0, 0 },
	{ "write", do_write, KILLED, 0, 0 },
	{ "socket option of TCP", do_setsockopt, KILLED, KILLED, KILLED },
	{ "another ioctl", do_ioctl, KILLED, KILLED, KILLED },
	{ "flags of an interface", do_ask_flags, 0, KILLED, KILLED },
	{ "name of a socket", do_ask_name, 0, KILLED, KILLED },
	{ "tell the manager", do_notify, KILLED, 0, 0 },
	{ "time", do_time, 0, 0, 0 },
};

static int (*confined_as)(void), (*doing)(void);
static int confined(void)
{
	int status = confined_as();
	return status == WENT_WELL ? doing() : status;
}

START_TEST(system_calls)
{
	int (*const roles[])(void) = { as_tap, as_keep, as_far };
	const int wanted[] = { calls[_i].tap, calls[_i].keep, calls[_i].far };
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, manager), 0);
	for (size_t role = 0; role < 3; role++) {
		bystander = fork();
		if (bystander == 0)
			for (;;)
				pause();
		confined_as = roles[role];
		doing = calls[_i].run;
		int got = outcome(confined);
		kill(bystander, SIGKILL);
		waitpid(bystander, NULL, 0);
		if (got == SKIPPED)
			fprintf(stderr, "skipped: this system has no seccomp\n");
		ck_assert_msg(got == wanted[role] || got == SKIPPED, "%s, role %zu: %d", calls[_i].what, role, got);
	}
	close(manager[0]);
	close(manager[1]);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("all");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, landlock);
	tcase_add_test(t, no_privileges);
	tcase_add_loop_test(t, system_calls, 0, sizeof calls / sizeof *calls);
	return suite_run("daemon confine", t);
}
