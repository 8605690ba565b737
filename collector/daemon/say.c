/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/say.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { COLUMNS = 80, BAR_COLUMNS = 30, PROGRESS_EVERY_NS = 200000000 };

static uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Before the rights are dropped: later a terminal cannot be asked. */
static size_t columns_of_terminal(void)
{
	struct winsize size;
	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : COLUMNS;
}

void say_init(struct say *say, bool quiet, bool verbose)
{
	*say = (struct say){ .quiet = quiet, .verbose = verbose, .terminal = isatty(STDERR_FILENO) == 1, .holding = true,
		.started_ns = now_ns() };
	say->told_ns = say->started_ns;
	say->journal = !say->terminal && getenv("JOURNAL_STREAM");
	say->columns = say->terminal ? columns_of_terminal() : COLUMNS;
}

static void line_clear(struct say *say)
{
	if (say->line_open)
		fputs("\r\033[K", stderr);
	say->line_open = false;
}

static const char *level(const struct say *say, bool error)
{
	if (!say->journal)
		return "";
	return error ? "<3>" : "<6>";
}

void say_end(struct say *say)
{
	if (say->left_out)
		fprintf(stderr, "%sindicia: %u messages were left out, there were too many of them\n", level(say, true), say->left_out);
	say->left_out = 0;
}

/* Whether there is room for one more line in these seconds. */
static bool may_say(struct say *say)
{
	uint64_t second = now_ns() / (SAY_SECONDS * UINT64_C(1000000000));
	if (say->terminal || say->holding)
		return true;
	if (second != say->second) {
		say_end(say);
		say->second = second;
		say->said = 0;
	}
	if (say->said++ < SAY_LINES)
		return true;
	say->left_out++;
	return false;
}

static void __attribute__((format(printf, 3, 0))) line_put(struct say *say, bool error, const char *format, va_list args)
{
	if (!may_say(say))
		return;
	line_clear(say);
	fprintf(stderr, "%sindicia: ", level(say, error));
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

static void __attribute__((format(printf, 2, 0))) note_hold(struct say *say, const char *format, va_list args)
{
	char line[1024];
	int bytes = vsnprintf(line, sizeof line, format, args);
	size_t room = sizeof say->held - say->held_bytes;
	int put = bytes > 0 ? snprintf(say->held + say->held_bytes, room, "%sindicia: %s\n", level(say, false), line) : -1;
	if (put > 0 && (size_t)put < room)
		say->held_bytes += (size_t)put;
}

void say_error(struct say *say, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	line_put(say, true, format, args);
	va_end(args);
}

void say_note(struct say *say, const char *format, ...)
{
	va_list args;
	if (say->quiet)
		return;
	va_start(args, format);
	if (say->holding)
		note_hold(say, format, args);
	else
		line_put(say, false, format, args);
	va_end(args);
}

void say_now(struct say *say, const char *format, ...)
{
	va_list args;
	if (say->quiet)
		return;
	va_start(args, format);
	line_put(say, false, format, args);
	va_end(args);
}

void say_begin(struct say *say)
{
	say->holding = false;
	fwrite(say->held, 1, say->held_bytes, stderr);
}

static void bar_put(const struct message_status *s, double seconds)
{
	double part = (double)s->progress_done / (double)s->progress_total;
	int full = (int)(part * BAR_COLUMNS);
	fputs("\r\033[K[", stderr);
	for (int i = 0; i < BAR_COLUMNS; i++)
		fputs(i < full ? "█" : "·", stderr);
	fprintf(stderr, "] %3.0f %%  %" PRIu64 " packets  %" PRIu64 " flows", part * 100, s->counters.frames, s->counters.flows);
	if (part > 0.02 && seconds > 1)
		fprintf(stderr, "  %.0f s left", seconds / part - seconds);
}

void say_progress(struct say *say, const struct message_status *s)
{
	uint64_t now = now_ns();
	if (say->quiet || !say->terminal || !s->progress_total || now - say->told_ns < PROGRESS_EVERY_NS)
		return;
	bar_put(s, (double)(now - say->started_ns) / 1e9);
	fflush(stderr);
	say->line_open = true;
	say->told_ns = now;
}

bool say_has_line(const struct say *say) { return say->terminal && !say->quiet && !say->holding; }
size_t say_columns(const struct say *say) { return say->columns - 1; }

void say_line(struct say *say, const char *text)
{
	fprintf(stderr, "\r\033[K%s", text);
	fflush(stderr);
	say->line_open = true;
}

void say_text(struct say *say, const char *text)
{
	line_clear(say);
	fputs(text, stderr);
}
