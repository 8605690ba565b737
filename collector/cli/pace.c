/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/pace.h"
#include "cli/cli.h"
#include "cli/tell.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const uint64_t ns_per_s = 1000000000;
static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

bool pace_interrupted(void) { return interrupted; }

static void signals_take(void)
{
	struct sigaction action = { .sa_handler = interrupt }; /* without SA_RESTART: waiting ends */
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static int terminal_open(struct pace *p)
{
	p->terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (p->terminal < 0 || tcgetattr(p->terminal, &p->before) != 0) {
		tell_error("--step: there is no terminal to press a key on");
		return CLI_MISSING;
	}
	struct termios keys = p->before;
	keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	keys.c_cc[VMIN] = 1;
	keys.c_cc[VTIME] = 0;
	tcsetattr(p->terminal, TCSANOW, &keys);
	tell_note("a key for each record, q ends");
	return CLI_DONE;
}

int pace_start(struct pace *p, unsigned speed, bool step)
{
	*p = (struct pace){ .speed = speed, .step = step, .terminal = -1 };
	signals_take();
	return step ? terminal_open(p) : CLI_DONE;
}

static uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * ns_per_s + (uint64_t)now.tv_nsec;
}

static uint64_t due_ns(const struct pace *p, uint64_t time_ns)
{
	return p->start_ns + (time_ns > p->first_ns ? (time_ns - p->first_ns) / p->speed : 0);
}

bool pace_waits(struct pace *p, bool has_time, uint64_t time_ns)
{
	if (p->step)
		return true;
	if (!p->speed || !has_time || !p->begun)
		return false;
	return due_ns(p, time_ns) > now_ns();
}

static bool key_wait(const struct pace *p)
{
	char key = 0;
	ssize_t got;
	do
		got = read(p->terminal, &key, 1);
	while (got < 0 && errno == EINTR && !interrupted);
	return got == 1 && key != 'q' && !interrupted;
}

bool pace_wait(struct pace *p, bool has_time, uint64_t time_ns)
{
	if (interrupted)
		return false;
	if (p->step)
		return key_wait(p);
	if (!p->speed || !has_time)
		return true;
	if (!p->begun) {
		p->begun = true;
		p->first_ns = time_ns;
		p->start_ns = now_ns();
	}
	uint64_t due = due_ns(p, time_ns);
	struct timespec until = { .tv_sec = (time_t)(due / ns_per_s), .tv_nsec = (long)(due % ns_per_s) };
	while (!interrupted && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
	return !interrupted;
}

void pace_end(struct pace *p)
{
	if (p->terminal < 0)
		return;
	tcsetattr(p->terminal, TCSANOW, &p->before);
	close(p->terminal);
	p->terminal = -1;
}
