/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/say.h"

#include "daemon/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { COLUMNS = 80, BAR_COLUMNS = 30, PROGRESS_EVERY_NS = 200000000, LINE_BYTES = 16384 };

/* How long who reads is waited for; and how much fits for sure where there is room for something. */
enum { GRACE_MS = 100, LAST_MS = 1000, PIECE_BYTES = PIPE_BUF, TERMINAL_PIECE_BYTES = 128 };

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

/* A terminal or a pipe, opened once more: whether a write waits is said of what was opened, and the one that was given may be of others, too. 0: it is neither, or
 * may not be opened. */
static int own_open(void)
{
	struct stat info;
	if (fstat(STDERR_FILENO, &info) != 0 || !(S_ISFIFO(info.st_mode) || (S_ISCHR(info.st_mode) && isatty(STDERR_FILENO) == 1)))
		return 0;
	int fd = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd > 0 ? fd : 0;
}

void say_init(struct say *say, bool quiet, bool verbose)
{
	*say = (struct say){ .quiet = quiet, .verbose = verbose, .terminal = isatty(STDERR_FILENO) == 1, .holding = true,
		.patience_ms = GRACE_MS, .started_ns = now_ns() };
	say->told_ns = say->started_ns;
	say->fd = own_open();
	say->journal = !say->terminal && getenv("JOURNAL_STREAM");
	say->columns = say->terminal ? columns_of_terminal() : COLUMNS;
}

static int fd_of(const struct say *say) { return say->fd > 0 && !say->patient ? say->fd : STDERR_FILENO; }

/* Recording never waits for a terminal that was halted, or a pipe that nobody empties: who has let it wait once is not waited for again before it reads. A file
 * always takes. */
static bool takes(struct say *say)
{
	struct pollfd out = { .fd = fd_of(say), .events = POLLOUT };
	int ready;
	do
		ready = poll(&out, 1, say->patient ? -1 : say->patience_ms);
	while (ready < 0 && errno == EINTR);
	say->patience_ms = ready > 0 ? GRACE_MS : 0;
	return ready > 0;
}

/* False if not all of it was taken. */
static bool text_write(struct say *say, const char *text, size_t bytes)
{
	size_t most = say->terminal ? TERMINAL_PIECE_BYTES : PIECE_BYTES, done = 0;
	while (done < bytes && takes(say)) {
		ssize_t n = write(fd_of(say), text + done, bytes - done < most ? bytes - done : most);
		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	if (done)
		say->torn = done < bytes;
	return done == bytes;
}

/* What a line begins with, whatever stands before it. */
static const char *beginning(const struct say *say) { return say->torn ? "\n" : say->line_open ? "\r\033[K" : ""; }

static const char *level(const struct say *say, bool error)
{
	if (!say->journal)
		return "";
	return error ? "<3>" : "<6>";
}

static void __attribute__((format(printf, 3, 0))) line_write(struct say *say, bool error, const char *format, va_list args)
{
	char line[LINE_BYTES];
	size_t room = sizeof line - 1; /* the line feed's */
	size_t bytes = (size_t)snprintf(line, room, "%s%sindicia: ", beginning(say), level(say, error));
	int body = vsnprintf(line + bytes, room - bytes, format, args);
	if (body > 0)
		bytes = (size_t)body < room - bytes ? bytes + (size_t)body : room - 1;
	line[bytes++] = '\n';
	if (text_write(say, line, bytes))
		say->line_open = false;
	else
		say->left_out++;
}

static void __attribute__((format(printf, 3, 4))) line_write_of(struct say *say, bool error, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	line_write(say, error, format, args);
	va_end(args);
}

void say_end(struct say *say)
{
	unsigned left_out = say->left_out;
	if (!left_out)
		return;
	say->left_out = 0;
	line_write_of(say, true, "%u messages were left out: there were too many of them, or nobody read them", left_out);
	if (say->left_out)
		say->left_out = left_out;
}

/* Whether there is room for one more line in these seconds. */
static bool may_say(struct say *say)
{
	uint64_t second = now_ns() / (SAY_SECONDS * UINT64_C(1000000000));
	if (say->terminal || say->holding || second != say->second) {
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
	if (may_say(say))
		line_write(say, error, format, args);
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
	for (size_t at = 0; at < say->held_bytes;) {
		const char *end = memchr(say->held + at, '\n', say->held_bytes - at);
		size_t bytes = (size_t)(end + 1 - (say->held + at));
		say->left_out += !text_write(say, say->held + at, bytes);
		at += bytes;
	}
}

/* It is written over soon: one that nobody takes is not missed. */
static void line_over(struct say *say, const char *text)
{
	if (text_write(say, text, strlen(text)))
		say->line_open = true;
}

static void bar_put(struct say *say, const struct message_status *s, double seconds)
{
	char text[512];
	struct lines out = { .text = text, .size = sizeof text };
	double part = (double)s->progress_done / (double)s->progress_total;
	int full = (int)(part * BAR_COLUMNS);
	lines_add(&out, "\r\033[K[");
	for (int i = 0; i < BAR_COLUMNS; i++)
		lines_add(&out, i < full ? "█" : "·");
	lines_add(&out, "] %3.0f %%  %" PRIu64 " packets  %" PRIu64 " flows", part * 100, s->counters.frames, s->counters.flows);
	if (part > 0.02 && seconds > 1)
		lines_add(&out, "  %.0f s left", seconds / part - seconds);
	line_over(say, text);
}

void say_progress(struct say *say, const struct message_status *s)
{
	uint64_t now = now_ns();
	if (say->quiet || !say->terminal || !s->progress_total || now - say->told_ns < PROGRESS_EVERY_NS)
		return;
	bar_put(say, s, (double)(now - say->started_ns) / 1e9);
	say->told_ns = now;
}

bool say_has_line(const struct say *say) { return say->terminal && !say->quiet && !say->holding; }
size_t say_columns(const struct say *say) { return say->columns - 1; }

void say_line(struct say *say, const char *text)
{
	char line[LINE_BYTES];
	snprintf(line, sizeof line, "\r\033[K%s", text);
	line_over(say, line);
}

void say_text(struct say *say, const char *text)
{
	const char *before = beginning(say);
	if (text_write(say, before, strlen(before)) && text_write(say, text, strlen(text)))
		say->line_open = false;
	else
		say->left_out++;
}

void say_last(struct say *say) { say->patience_ms = LAST_MS; }
