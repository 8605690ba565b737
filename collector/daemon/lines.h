/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_LINES_H
#define DAEMON_LINES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Text of a bounded size, put together in pieces; a piece that does not fit is left out whole, and `full` says so. */
struct lines { char *text; size_t size, used; bool full; };

static inline void __attribute__((format(printf, 2, 3))) lines_add(struct lines *l, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int bytes = vsnprintf(l->text + l->used, l->size - l->used, format, args);
	va_end(args);
	l->full |= bytes < 0 || (size_t)bytes >= l->size - l->used;
	l->used += l->full ? 0 : (size_t)bytes;
	l->text[l->used] = '\0';
}

#endif
