/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_CONFINE_H
#define DAEMON_CONFINE_H

#include "indicia/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* What a process may still do once it has opened what it needs. None of this can be taken back, and it holds for all that the process becomes. */

/* No debugger of the same user, no core dump; nothing that is executed gains a right; and of all capabilities only those of `keep`, a set of
 * bits by the numbers of capabilities(7). False with errno. */
bool confine_privileges(unsigned long long keep);

enum confine_use {
	CONFINE_READ,
	CONFINE_WRITE,               /* make, change, rename and remove files in it, too */
	CONFINE_WRITE_FOLDERS,       /* and make folders */
};

struct confine_path {
	const char *path;            /* a folder and all below it, or one file; one that is not there, or NULL, is left out */
	enum confine_use use;
};

/* No other file can be opened from now on (Landlock). *abi is the version that the system has, 0 if it has none: then nothing changed. */
enum ind_err confine_files(const struct confine_path *paths, size_t count, int *abi) IND_MUST_USE;

enum confine_role {
	CONFINE_TAP,                 /* reads descriptors that are open; opening a file fails */
	CONFINE_KEEP,                /* writes and publishes files, ends its children */
	CONFINE_KEEP_AND_CONNECT,    /* the same, and makes connections: to a TPM that is no device */
};

/* Any other system call ends the process with SIGSYS (seccomp). The last two roles may signal the `count` processes of
 * `children`. IND_MISSING if the system has no such filters: then nothing changed. */
enum ind_err confine_calls(enum confine_role role, const pid_t *children, size_t count) IND_MUST_USE;

/* False in builds with sanitizers, which ask the system for more than the program itself does: there none of this is applied by the processes. */
bool confine_applies(void);

#endif
