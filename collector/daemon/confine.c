/* SPDX-License-Identifier: Apache-2.0 */
/* landlock(7), seccomp(2), capabilities(7). */
#define _GNU_SOURCE
#include "daemon/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <linux/sockios.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool confine_applies(void)
{
#ifdef INDICIA_INSTRUMENTED
	return false;
#else
	return true;
#endif
}

/* ---- privileges ---- */

bool confine_privileges(unsigned long long keep)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct have[_LINUX_CAPABILITY_U32S_3];
	/* Where the bounding set cannot be made smaller, there is nothing in it that this process could get. */
	for (int cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (!(keep >> cap & 1))
			prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	if (syscall(SYS_capget, &header, have) != 0)
		return false;
	for (unsigned i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		uint32_t wanted = (uint32_t)(keep >> 32 * i);
		have[i] = (struct __user_cap_data_struct){ .effective = have[i].permitted & wanted, .permitted = have[i].permitted & wanted };
	}
	return syscall(SYS_capset, &header, have) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

/* ---- files ---- */

/* Of version 3; Debian 12's headers know 2. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

enum { ABI_REFER = 2, ABI_TRUNCATE = 3 };
#define READS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITES (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG)
#define OF_A_FILE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
/* What version 1 knows: everything up to MAKE_SYM. */
#define FIRST_RIGHTS ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

static uint64_t rights_known(int abi)
{
	uint64_t known = FIRST_RIGHTS;
	if (abi >= ABI_REFER)
		known |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= ABI_TRUNCATE)
		known |= LANDLOCK_ACCESS_FS_TRUNCATE;
	return known;
}

static bool path_allow(int rules, const struct confine_path *p, uint64_t known)
{
	struct landlock_path_beneath_attr beneath = { .parent_fd = open(p->path, O_PATH | O_CLOEXEC) };
	struct stat info;
	if (beneath.parent_fd < 0)
		return errno == ENOENT || errno == EACCES;
	uint64_t rights = p->use ? READS | WRITES | LANDLOCK_ACCESS_FS_TRUNCATE : READS;
	if (p->use == CONFINE_WRITE_FOLDERS)
		rights |= LANDLOCK_ACCESS_FS_MAKE_DIR;
	bool good = fstat(beneath.parent_fd, &info) == 0;
	if (good && !S_ISDIR(info.st_mode))
		rights &= OF_A_FILE;
	beneath.allowed_access = rights & known;
	good = good && syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0;
	int reason = errno;
	close(beneath.parent_fd);
	errno = reason;
	return good;
}

enum ind_err confine_files(const struct confine_path *paths, size_t count, int *abi)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	*abi = version > 0 ? (int)version : 0;
	if (*abi == 0)
		return IND_OK;
	struct landlock_ruleset_attr handled = { .handled_access_fs = rights_known(*abi) };
	int rules = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0);
	bool good = rules >= 0;
	for (size_t i = 0; i < count && good; i++)
		good = !paths[i].path || path_allow(rules, &paths[i], handled.handled_access_fs);
	good = good && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
	int reason = errno;
	if (rules >= 0)
		close(rules);
	errno = reason;
	return good ? IND_OK : IND_IO;
}

/* ---- system calls ---- */

/* Memory, time, locks, what was opened before, and ending. */
static const int both[] = {
	SCMP_SYS(brk), SCMP_SYS(clock_getres), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(close), SCMP_SYS(exit), SCMP_SYS(exit_group),
	SCMP_SYS(fcntl), SCMP_SYS(fstat), SCMP_SYS(futex), SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(getrandom), SCMP_SYS(gettid), SCMP_SYS(geteuid),
	SCMP_SYS(gettimeofday), SCMP_SYS(lseek), SCMP_SYS(madvise), SCMP_SYS(mremap), SCMP_SYS(munmap), SCMP_SYS(nanosleep), SCMP_SYS(newfstatat),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(pread64), SCMP_SYS(read), SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sched_yield), SCMP_SYS(time),
};

/* Files below the folders that Landlock leaves, the clock's state, what a TPM or a status socket is asked over, the end of the child. */
static const int keep_also[] = {
	SCMP_SYS(accept4), SCMP_SYS(access), SCMP_SYS(adjtimex), SCMP_SYS(clock_adjtime), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(fadvise64),
	SCMP_SYS(fallocate), SCMP_SYS(fchmod), SCMP_SYS(fchown), SCMP_SYS(fdatasync), SCMP_SYS(flock), SCMP_SYS(fstatfs), SCMP_SYS(fsync), SCMP_SYS(ftruncate),
	SCMP_SYS(getdents64), SCMP_SYS(link), SCMP_SYS(linkat), SCMP_SYS(mlock), SCMP_SYS(munlock), SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(pwrite64),
	SCMP_SYS(pwritev), SCMP_SYS(pwritev2), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2),
	SCMP_SYS(sendmsg), SCMP_SYS(sendto), SCMP_SYS(stat), SCMP_SYS(statfs), SCMP_SYS(statx), SCMP_SYS(sync_file_range), SCMP_SYS(sysinfo),
	SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(wait4), SCMP_SYS(waitid), SCMP_SYS(write), SCMP_SYS(writev),
};

/* libpcap opens counters of the interface each time it is asked for its own; that fails, and is no reason to die. */
static const int tap_denied[] = { SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(access), SCMP_SYS(stat) };

struct filter { scmp_filter_ctx rules; int err; };

static void allow(struct filter *f, int call)
{
	if (!f->err)
		f->err = seccomp_rule_add(f->rules, SCMP_ACT_ALLOW, call, 0);
}

/* If this argument, or what `mask` leaves of it, is that. */
static void allow_if(struct filter *f, int call, unsigned argument, uint64_t mask, uint64_t is)
{
	const struct scmp_arg_cmp condition = { .arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = mask, .datum_b = is };
	if (!f->err)
		f->err = seccomp_rule_add_array(f->rules, SCMP_ACT_ALLOW, call, 1, &condition);
}

static void allow_all(struct filter *f, const int *calls, size_t count)
{
	for (size_t i = 0; i < count; i++)
		allow(f, calls[i]);
}

static void tap_rules(struct filter *f)
{
	for (size_t i = 0; i < sizeof tap_denied / sizeof *tap_denied && !f->err; i++)
		f->err = seccomp_rule_add(f->rules, SCMP_ACT_ERRNO(EACCES), tap_denied[i], 0);
	allow(f, SCMP_SYS(getsockopt));
	allow_if(f, SCMP_SYS(setsockopt), 1, UINT32_MAX, SOL_SOCKET);
	allow_if(f, SCMP_SYS(setsockopt), 1, UINT32_MAX, SOL_PACKET);
	allow_if(f, SCMP_SYS(ioctl), 1, UINT32_MAX, SIOCGIFINDEX);
	/* What libpcap asks when an interface went down: is it there still, and is it up again? */
	allow(f, SCMP_SYS(getsockname));
	allow_if(f, SCMP_SYS(ioctl), 1, UINT32_MAX, SIOCGIFFLAGS);
}

static void keep_rules(struct filter *f, const pid_t *children, size_t count)
{
	allow_all(f, keep_also, sizeof keep_also / sizeof *keep_also);
	for (size_t i = 0; i < count; i++)
		allow_if(f, SCMP_SYS(kill), 0, UINT32_MAX, (uint32_t)children[i]);
}

/* A stream, and no packet of one's own making. */
static void connect_rules(struct filter *f)
{
	allow_if(f, SCMP_SYS(socket), 1, 0xff, SOCK_STREAM);
	allow(f, SCMP_SYS(connect));
	allow(f, SCMP_SYS(shutdown));
}

enum ind_err confine_calls(enum confine_role role, const pid_t *children, size_t count)
{
	struct filter f = { .rules = seccomp_init(SCMP_ACT_KILL_PROCESS) };
	if (!f.rules)
		return IND_NOMEM;
	allow_all(&f, both, sizeof both / sizeof *both);
	/* No memory becomes a program. */
	allow_if(&f, SCMP_SYS(mmap), 2, PROT_EXEC, 0);
	allow_if(&f, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
	if (role == CONFINE_TAP)
		tap_rules(&f);
	else
		keep_rules(&f, children, count);
	if (role == CONFINE_KEEP_AND_CONNECT)
		connect_rules(&f);
	/* Of all threads of the process. */
	if (!f.err)
		f.err = seccomp_attr_set(f.rules, SCMP_FLTATR_CTL_TSYNC, 1);
	if (!f.err)
		f.err = seccomp_load(f.rules);
	seccomp_release(f.rules);
	if (!f.err)
		return IND_OK;
	return f.err == -EINVAL || f.err == -ENOSYS || f.err == -ECANCELED ? IND_MISSING : IND_IO;
}
