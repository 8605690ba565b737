/* SPDX-License-Identifier: Apache-2.0 */
/* ISO 8601 intervals, with the parts left out of the second that the first has; nfdump's form. */
#include "query/filter.h"
#include "query/when.h"
#include <stdio.h>
#include <string.h>

static bool fail(struct filter_error *error, size_t at, const char *what)
{
	error->at = at;
	snprintf(error->text, sizeof(error->text), "%s", what);
	return false;
}

/* Between "2026/11/20.09:10:00" and the next: a dash behind the first colon or the day. */
static const char *separator(const char *text)
{
	bool slashes = strlen(text) > 7 && text[4] == '/' && text[7] == '/';
	return strchr(text, slashes ? '-' : '/');
}

static bool is_whole(const char *to)
{
	return strlen(to) >= 10 || *to == '@' || *to == 'P';
}

static bool end_of(const char *text, const char *to, struct filter_window *w, bool has_from, struct filter_error *error)
{
	struct when when;
	uint64_t span;
	size_t bytes = strlen(to), at = (size_t)(to - text);
	if (!bytes)
		return true;
	if (*to == 'P') {
		if (!has_from || !when_parse_span(to, bytes, &span))
			return fail(error, at, "a span stands behind a beginning, as in 2026-11-20T09:00/PT1H30M");
		w->to_ns = w->from_ns + span < w->from_ns ? UINT64_MAX : w->from_ns + span;
		return true;
	}
	bool ok = is_whole(to) ? when_parse(to, bytes, &when) : has_from && when_parse_clock(to, bytes, w->from_ns, &when);
	if (!ok)
		return fail(error, at, "this is no time, such as 2026-11-20T09:25:00Z, 09:25 or @1795165800");
	w->to_ns = when.first_ns;
	return true;
}

bool filter_window_parse(const char *text, struct filter_window *w, struct filter_error *error)
{
	struct when when;
	const char *slash = separator(text);
	size_t from_bytes = slash ? (size_t)(slash - text) : strlen(text);
	*error = (struct filter_error){ 0 };
	*w = (struct filter_window){ 0, UINT64_MAX };
	if (from_bytes || !slash) {
		if (!when_parse(text, from_bytes, &when))
			return fail(error, 0, "this is no time, such as 2026-11-20T09:10:00Z, 2026-11-20 or @1795165800");
		*w = (struct filter_window){ when.first_ns, slash ? UINT64_MAX : when.last_ns + 1 };
	}
	if (slash && !end_of(text, slash + 1, w, from_bytes != 0, error))
		return false;
	return w->from_ns < w->to_ns || fail(error, slash ? (size_t)(slash + 1 - text) : 0, "the window ends before it begins");
}
