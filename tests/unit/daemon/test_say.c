/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a log: their level, and how many of them. */
#define _GNU_SOURCE
#include "daemon/say.h"
#include "support/suite.h"
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static char text[1 << 17]; /* more than a pipe holds */

/* What `run` says on standard error. */
static void said(void (*run)(struct say *say), bool journal)
{
	struct say say;
	FILE *file = tmpfile();
	int before = dup(STDERR_FILENO);
	ck_assert_ptr_nonnull(file);
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	if (journal)
		setenv("JOURNAL_STREAM", "8:1", 1);
	else
		unsetenv("JOURNAL_STREAM");
	say_init(&say, false, false);
	run(&say);
	fflush(stderr);
	dup2(before, STDERR_FILENO);
	close(before);
	rewind(file);
	size_t bytes = fread(text, 1, sizeof text - 1, file);
	text[bytes] = '\0';
	fclose(file);
}

static void levels_say(struct say *say)
{
	say_note(say, "held");
	say_begin(say);
	say_note(say, "note");
	say_error(say, "error");
}

START_TEST(levels)
{
	said(levels_say, true);
	ck_assert_str_eq(text, "<6>indicia: held\n<6>indicia: note\n<3>indicia: error\n");
	said(levels_say, false);
	ck_assert_str_eq(text, "indicia: held\nindicia: note\nindicia: error\n");
}
END_TEST

/* A live capture whose beginning takes long: no line of state before there is one, and none is left on a line with a note. */
static void line_say(struct say *say)
{
	say->terminal = true;
	say_note(say, "held");
	ck_assert(!say_has_line(say));
	say_begin(say);
	ck_assert(say_has_line(say));
	say_line(say, "state");
	say_note(say, "note");
}

START_TEST(line_of_state)
{
	said(line_say, false);
	ck_assert_str_eq(text, "indicia: held\n\r\033[Kstate\r\033[Kindicia: note\n");
}
END_TEST

static void many_say(struct say *say)
{
	say_begin(say);
	for (unsigned i = 0; i < 4 * SAY_LINES; i++)
		say_error(say, "once more");
	say_end(say);
}

/* The clock may begin another span of seconds meanwhile, once: then twice as many are said. */
START_TEST(too_many)
{
	unsigned lines = 0, left_out = 0;
	said(many_say, false);
	for (const char *at = text; (at = strstr(at, "once more")); at++)
		lines++;
	for (const char *at = text; (at = strstr(at, " messages were left out")); at++) {
		const char *number = at;
		while (number[-1] != ' ')
			number--;
		left_out += (unsigned)strtoul(number, NULL, 10);
	}
	ck_assert(lines >= SAY_LINES && lines <= 2 * SAY_LINES);
	ck_assert_uint_eq(lines + left_out, 4 * SAY_LINES);
}
END_TEST

/* ---- who does not read ---- */

static int stderr_before;

static void stderr_become(int fd)
{
	stderr_before = dup(STDERR_FILENO);
	ck_assert_int_ge(dup2(fd, STDERR_FILENO), 0);
}

static void stderr_return(const struct say *say)
{
	close(say->fd);
	dup2(stderr_before, STDERR_FILENO);
	close(stderr_before);
}

static void blocks(int fd, bool does) { ck_assert_int_eq(fcntl(fd, F_SETFL, does ? 0 : O_NONBLOCK), 0); }

/* What is there to be read, without waiting. */
static void text_read(int fd)
{
	size_t bytes = 0;
	ssize_t got;
	blocks(fd, false);
	while (bytes < sizeof text - 1 && (got = read(fd, text + bytes, sizeof text - 1 - bytes)) > 0)
		bytes += (size_t)got;
	text[bytes] = '\0';
}

/* A pipe that takes nothing more is standard error. */
static void pipe_full(int ends[2], struct say *say)
{
	static const char filling[PIPE_BUF];
	ck_assert_int_eq(pipe(ends), 0);
	blocks(ends[1], false);
	while (write(ends[1], filling, sizeof filling) > 0)
		;
	blocks(ends[1], true);
	stderr_become(ends[1]);
	say_init(say, false, false);
	ck_assert_int_gt(say->fd, 0);
	say_begin(say);
}

static void pipe_close(const int ends[2], const struct say *say)
{
	stderr_return(say);
	close(ends[0]);
	close(ends[1]);
}

START_TEST(a_full_pipe_holds_nothing_up)
{
	int ends[2];
	struct say say;
	pipe_full(ends, &say);
	say_error(&say, "one");
	say_note(&say, "two");
	say_text(&say, "three\n");
	say_last(&say);
	say_end(&say);
	ck_assert_uint_eq(say.left_out, 3);
	text_read(ends[0]);
	say_end(&say);
	say_error(&say, "four");
	text_read(ends[0]);
	ck_assert_str_eq(text, "indicia: 3 messages were left out: there were too many of them, or nobody read them\nindicia: four\n");
	pipe_close(ends, &say);
}
END_TEST

/* A pipe has room for a part of a long text: what comes next stands on a line of its own. */
START_TEST(a_long_text_is_cut)
{
	static char page[PIPE_BUF], longer[2 * PIPE_BUF + 1];
	int ends[2];
	struct say say;
	pipe_full(ends, &say);
	memset(longer, 'x', sizeof longer - 1);
	ck_assert_int_eq(read(ends[0], page, sizeof page), sizeof page);
	say_text(&say, longer);
	ck_assert_uint_eq(say.left_out, 1);
	text_read(ends[0]);
	say_end(&say);
	say_error(&say, "next");
	text_read(ends[0]);
	ck_assert_str_eq(text, "\nindicia: 1 messages were left out: there were too many of them, or nobody read them\nindicia: next\n");
	say_text(&say, "whole\n");
	text_read(ends[0]);
	ck_assert_str_eq(text, "whole\n");
	pipe_close(ends, &say);
}
END_TEST

START_TEST(a_pipe_without_reader_is_no_trouble)
{
	int ends[2];
	struct say say;
	pipe_full(ends, &say);
	close(ends[0]);
	signal(SIGPIPE, SIG_IGN);
	say_error(&say, "one");
	ck_assert_uint_eq(say.left_out, 1);
	stderr_return(&say);
	close(ends[1]);
}
END_TEST

/* -1 where there are no terminals. */
static int terminal_open(int *other)
{
	int ours = posix_openpt(O_RDWR | O_NOCTTY);
	if (ours < 0 || grantpt(ours) != 0 || unlockpt(ours) != 0)
		return -1;
	*other = open(ptsname(ours), O_RDWR | O_NOCTTY);
	return *other < 0 ? -1 : ours;
}

START_TEST(a_halted_terminal_holds_nothing_up)
{
	int theirs, ours = terminal_open(&theirs);
	struct say say;
	if (ours < 0)
		return;
	stderr_become(theirs);
	say_init(&say, false, false);
	ck_assert(say.terminal);
	say_begin(&say);
	ck_assert_int_eq(tcflow(theirs, TCOOFF), 0);
	say_error(&say, "one");
	say_line(&say, "state");
	ck_assert_uint_eq(say.left_out, 1);
	ck_assert_int_eq(tcflow(theirs, TCOON), 0);
	say_error(&say, "two");
	text_read(ours);
	ck_assert_str_eq(text, "indicia: 1 messages were left out: there were too many of them, or nobody read them\r\nindicia: two\r\n");
	stderr_return(&say);
	close(theirs);
	close(ours);
}
END_TEST

/* Lines of every length, until there is no room for one more. */
START_TEST(a_terminal_that_nobody_reads_holds_nothing_up)
{
	static char longest[3000];
	int theirs, ours = terminal_open(&theirs);
	struct say say;
	if (ours < 0)
		return;
	stderr_become(theirs);
	say_init(&say, false, false);
	say_begin(&say);
	memset(longest, 'x', sizeof longest);
	for (unsigned i = 0; i < 100000 && !say.left_out; i++)
		say_error(&say, "%.*s", (int)(i * 2654435761u % sizeof longest), longest);
	ck_assert_uint_eq(say.left_out, 1);
	stderr_return(&say);
	close(theirs);
	close(ours);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("say");
	tcase_add_test(tcase, levels);
	tcase_add_test(tcase, line_of_state);
	tcase_add_test(tcase, too_many);
	tcase_add_test(tcase, a_full_pipe_holds_nothing_up);
	tcase_add_test(tcase, a_long_text_is_cut);
	tcase_add_test(tcase, a_pipe_without_reader_is_no_trouble);
	tcase_add_test(tcase, a_halted_terminal_holds_nothing_up);
	tcase_add_test(tcase, a_terminal_that_nobody_reads_holds_nothing_up);
	return suite_run("say", tcase);
}
