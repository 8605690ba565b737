/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/say.h"
#include "base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SAY_BYTES = 4096 };

static bool is_quiet;

void say_quiet(bool quiet) { is_quiet = quiet; }

static void say(const char *format, va_list list)
{
	char text[SAY_BYTES], shown[SAY_BYTES * 2];
	int bytes = vsnprintf(text, sizeof(text), format, list);
	if (bytes < 0)
		return;
	text_to_display(text, strlen(text), shown, sizeof(shown));
	fprintf(stderr, "indicia: %s\n", shown);
}

void say_error(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	say(format, list);
	va_end(list);
}

void say_note(const char *format, ...)
{
	if (is_quiet)
		return;
	va_list list;
	va_start(list, format);
	say(format, list);
	va_end(list);
}
