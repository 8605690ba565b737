/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/arrivals.h"
#include "support/suite.h"
#include <signal.h>
#include <stdbool.h>
#include <unistd.h>

enum { LONG_MS = 3600000 };

static atomic_bool stopped;

static void on_signal(int number)
{
	(void)number;
	atomic_store(&stopped, true);
}

static void setup(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	sigemptyset(&action.sa_mask);
	sigaction(SIGTERM, &action, NULL);
	atomic_store(&stopped, false);
}

/* Whoever waits an hour here is ended by the suite. */
START_TEST(is_not_slept_over)
{
	ck_assert_int_eq(raise(SIGTERM), 0);
	arrivals_wait(-1, LONG_MS, &stopped);
}
END_TEST

/* It comes once the wait has begun, or right before: both end it. */
START_TEST(ends_a_wait)
{
	pid_t child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0) {
		kill(getppid(), SIGTERM);
		_exit(0);
	}
	while (!atomic_load(&stopped))
		arrivals_wait(-1, LONG_MS, &stopped);
}
END_TEST

START_TEST(leaves_signals_as_they_were)
{
	sigset_t before, after;
	sigprocmask(SIG_SETMASK, NULL, &before);
	arrivals_wait(-1, 0, &stopped);
	sigprocmask(SIG_SETMASK, NULL, &after);
	ck_assert_int_eq(sigismember(&after, SIGTERM), sigismember(&before, SIGTERM));
	ck_assert_int_eq(sigismember(&after, SIGINT), sigismember(&before, SIGINT));
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("arrivals");
	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, is_not_slept_over);
	tcase_add_test(t, ends_a_wait);
	tcase_add_test(t, leaves_signals_as_they_were);
	return suite_run("arrivals", t);
}
