/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_SIGNALS_H
#define DAEMON_SIGNALS_H

#include <signal.h>
#include <stddef.h>

/* What ends a run or asks something of it waits (SIG_BLOCK) while the processes are made, until each of them knows what to do with it (SIG_UNBLOCK). */
static inline void signals_hold(int how)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1 };
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sigaddset(&set, numbers[i]);
	sigprocmask(how, &set, NULL);
}

#endif
