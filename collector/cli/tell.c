/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tell.h"
#include "base/text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { TELL_BYTES = 4096 };

static bool is_quiet;

void tell_quiet(bool quiet) { is_quiet = quiet; }

static void __attribute__((format(printf, 1, 0))) tell(const char *format, va_list list)
{
	char text[TELL_BYTES], shown[TELL_BYTES * 2];
	int bytes = vsnprintf(text, sizeof(text), format, list);
	if (bytes < 0)
		return;
	text_to_display(text, strlen(text), shown, sizeof(shown));
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
