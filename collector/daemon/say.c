/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/say.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR_COLUMNS = 30, PROGRESS_EVERY_NS = 200000000 };

static uint64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void say_init(struct say *say, bool quiet, bool verbose)
{
	*say = (struct say){ .quiet = quiet, .verbose = verbose, .terminal = isatty(STDERR_FILENO) == 1, .holding = true,
		.started_ns = now_ns() };
	say->told_ns = say->started_ns;
}

static void line_clear(struct say *say)
{
	if (say->line_open)
		fputs("\r\033[K", stderr);
	say->line_open = false;
}

static void __attribute__((format(printf, 2, 0))) line_put(struct say *say, const char *format, va_list args)
{
	line_clear(say);
	fputs("indicia: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

static void __attribute__((format(printf, 2, 0))) note_hold(struct say *say, const char *format, va_list args)
{
	char line[1024];
	int bytes = vsnprintf(line, sizeof line, format, args);
	size_t room = sizeof say->held - say->held_bytes;
	int put = bytes > 0 ? snprintf(say->held + say->held_bytes, room, "indicia: %s\n", line) : -1;
	if (put > 0 && (size_t)put < room)
		say->held_bytes += (size_t)put;
}

void say_error(struct say *say, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	line_put(say, format, args);
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
		line_put(say, format, args);
	va_end(args);
}

void say_now(struct say *say, const char *format, ...)
{
	va_list args;
	if (say->quiet)
		return;
	va_start(args, format);
	line_put(say, format, args);
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

void say_progress(struct say *say, const struct message_status *s, const struct ind_writer_totals *totals)
{
	uint64_t now = now_ns();
	if (say->quiet || !say->terminal || now - say->told_ns < PROGRESS_EVERY_NS)
		return;
	double since = (double)(now - say->told_ns) / 1e9;
	if (s->progress_total) {
		bar_put(s, (double)(now - say->started_ns) / 1e9);
	} else {
		double rate = (double)(s->counters.frames - say->told_frames) / since;
		uint64_t drops = s->kernel_drops + s->interface_drops;
		fprintf(stderr, "\r\033[K%.1f kpps  dropped %" PRIu64 "  flows %" PRIu64 " open, %" PRIu64 " closed  signals %" PRIu64 "  bundle %.1f MiB",
			rate / 1000, drops, s->counters.flows_open, s->counters.flows - s->counters.flows_open, totals->signals,
			(double)totals->bytes / 1048576);
	}
	fflush(stderr);
	say->line_open = true;
	say->told_ns = now;
	say->told_frames = s->counters.frames;
}
