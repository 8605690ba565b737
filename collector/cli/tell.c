/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tell.h"
#include "base/text.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { TELL_BYTES = 4096, PROGRESS_EVERY_MS = 200, PROGRESS_COLUMNS = 79 };

static bool is_quiet, line_open;

void tell_quiet(bool quiet) { is_quiet = quiet; }

static void __attribute__((format(printf, 1, 0))) tell(const char *format, va_list list)
{
	char text[TELL_BYTES], shown[TELL_BYTES * 2];
	int bytes = vsnprintf(text, sizeof(text), format, list);
	if (bytes < 0)
		return;
	text_to_display(text, strlen(text), shown, sizeof(shown));
	tell_progress_end();
	fprintf(stderr, "indicia: %s\n", shown);
}

void tell_error(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	tell(format, list);
	va_end(list);
}

void tell_note(const char *format, ...)
{
	if (is_quiet)
		return;
	va_list list;
	va_start(list, format);
	tell(format, list);
	va_end(list);
}

void tell_progress(const char *format, ...)
{
	static uint64_t told_ms;
	struct timespec now;
	char text[TELL_BYTES], shown[TELL_BYTES * 2];
	va_list list;
	if (is_quiet || !isatty(STDERR_FILENO))
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	uint64_t now_ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	if (now_ms - told_ms < PROGRESS_EVERY_MS)
		return;
	told_ms = now_ms;
	va_start(list, format);
	int bytes = vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	if (bytes < 0)
		return;
	text_to_display(text, strlen(text), shown, sizeof(shown));
	fprintf(stderr, "\r\033[K%.*s", PROGRESS_COLUMNS, shown);
	fflush(stderr);
	line_open = true;
}

void tell_progress_end(void)
{
	if (!line_open)
		return; /* and nothing is written: threads tell, too */
	fputs("\r\033[K", stderr);
	line_open = false;
}
