/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a log: their level, and how many of them. */
#include "daemon/say.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char text[1 << 16];

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

int main(void)
{
	TCase *tcase = tcase_create("say");
	tcase_add_test(tcase, levels);
	tcase_add_test(tcase, line_of_state);
	tcase_add_test(tcase, too_many);
	return suite_run("say", tcase);
}
