/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/selection.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/tell.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIST_MAX_BYTES = 64 << 20, AROUND_BYTES = 60 };

static bool once(const char **option, const char *value, const char *name, int *status)
{
	if (*option) {
		tell_error("%s is given twice", name);
		*status = CLI_USAGE;
	}
	*option = value;
	return true;
}

bool selection_option(struct selection_options *o, int id, const char *value, int *status)
{
	switch (id) {
	case OPT_FILTER: return once(&o->filter, value, "--filter", status);
	case OPT_FILTER_FILE: return once(&o->file, value, "--filter-file", status);
	case OPT_FAMILY: return once(&o->family, value, "--family", status);
	case OPT_TIME: return once(&o->window, value, "--time", status);
	default: return false;
	}
}

char *selection_read_all(int fd, size_t max, size_t *bytes)
{
	size_t room = 4096;
	char *text = NULL;
	*bytes = 0;
	for (ssize_t got = 1; got > 0;) {
		char *more = *bytes < max ? realloc(text, room) : NULL;
		if (!more)
			errno = *bytes < max ? ENOMEM : EFBIG;
		got = more ? read(fd, more + *bytes, room - *bytes) : -1;
		text = more ? more : text;
		if (got < 0 && more && errno == EINTR)
			got = 1;
		else if (got > 0)
			*bytes += (size_t)got;
		if (got < 0) {
			free(text);
			return NULL;
		}
		room += *bytes == room ? room : 0;
	}
	return text;
}

char *selection_read_file(const char *path, size_t max, size_t *bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = fd < 0 ? NULL : selection_read_all(fd, max, bytes);
	int error = errno;
	if (fd >= 0)
		close(fd);
	errno = error;
	return text;
}

static enum ind_err read_list(void *ctx, const char *name, char **text, size_t *bytes)
{
	(void)ctx;
	*text = selection_read_file(name, LIST_MAX_BYTES, bytes);
	if (*text)
		return IND_OK;
	tell_error("%s: %s", name, strerror(errno));
	return errno == ENOMEM ? IND_NOMEM : IND_MISSING;
}

static void put_shown(const char *text, size_t bytes, bool blank)
{
	char shown[2 * AROUND_BYTES * 11 + 1];
	size_t length = text_to_display(text, bytes, shown, sizeof(shown));
	if (blank)
		fprintf(stderr, "%*s", (int)text_columns(shown, length), "");
	else
		fprintf(stderr, "%s", shown);
}

void selection_tell_place(const char *text, size_t bytes, size_t at)
{
	size_t from = at, to = at;
	while (from > 0 && text[from - 1] != '\n' && at - from < AROUND_BYTES)
		from--;
	while (to < bytes && text[to] != '\n' && to - at < AROUND_BYTES)
		to++;
	char line[2 * AROUND_BYTES];
	memcpy(line, text + from, to - from);
	for (size_t i = 0; i < to - from; i++)
		line[i] = line[i] == '\t' || line[i] == '\r' ? ' ' : line[i];
	fputs("  ", stderr);
	put_shown(line, to - from, false);
	fputs("\n  ", stderr);
	put_shown(line, at - from, true);
	fputs("^\n", stderr);
}

static unsigned line_of(const char *text, size_t at)
{
	unsigned line = 1;
	for (size_t i = 0; i < at; i++)
		line += text[i] == '\n';
	return line;
}

static int status_of(enum ind_err err) { return err == IND_NOMEM ? CLI_FAILED : err == IND_MISSING ? CLI_MISSING : CLI_USAGE; }

static int compile(const char *text, size_t bytes, const char *file, enum query_kind_id kind, struct query_filter **filter)
{
	query_filter_free(*filter);
	*filter = NULL;
	struct filter_options options = { .kind = kind, .list = read_list };
	struct filter_error error;
	enum ind_err err = query_filter_compile(text, bytes, &options, filter, &error);
	if (err == IND_OK)
		return CLI_DONE;
	if (err == IND_NOMEM)
		return tell_error("out of memory"), CLI_FAILED;
	if (file)
		tell_error("%s: line %u: %s", file, line_of(text, error.at), error.text);
	else
		tell_error("filter: %s", error.text);
	selection_tell_place(text, bytes, error.at < bytes ? error.at : bytes);
	return status_of(err);
}

int selection_window(const struct selection_options *o, struct filter_window *window)
{
	struct filter_error error;
	if (filter_window_parse(o->window, window, &error))
		return CLI_DONE;
	tell_error("--time: %s", error.text);
	selection_tell_place(o->window, strlen(o->window), error.at);
	return CLI_USAGE;
}

int selection_signals(const char *option, const char *names, uint64_t set[static IND_SIGNAL_SET_WORDS])
{
	const char *unknown = ind_signal_set(names, strlen(names), set);
	if (!unknown)
		return CLI_DONE;
	tell_error("%s: no signal is called '%.*s'; 'indicia fields catalogue' lists them", option, (int)strcspn(unknown, ","), unknown);
	return CLI_USAGE;
}

static int add_window(const struct selection_options *o, struct query_filter *filter)
{
	struct filter_window window;
	int status = selection_window(o, &window);
	if (status != CLI_DONE || query_filter_window(filter, window) == IND_OK)
		return status;
	tell_error("--time: the filter has no room for it");
	return CLI_USAGE;
}

/* The filter, and one of the families. By then each of them was compiled by itself. */
static int add_family(const char *text, size_t bytes, const char *family, enum query_kind_id kind, struct query_filter **filter)
{
	size_t room = bytes + strlen(family) + 32;
	char *joined = malloc(room);
	if (!joined)
		return tell_error("out of memory"), CLI_FAILED;
	int used = bytes ? snprintf(joined, room, "(%.*s\n) and (family %s)", (int)bytes, text, family) : snprintf(joined, room, "family %s", family);
	int status = compile(joined, (size_t)used, NULL, kind, filter);
	free(joined);
	return status;
}

static bool is_families(const char *list)
{
	for (const char *at = list; strchr("VTPHALCIE", *at) && *at; at += 2)
		if (at[1] != ',')
			return !at[1];
	return false;
}

/* With --family the text is compiled a second time. */
static int compile_all(const struct selection_options *o, const char *text, size_t bytes, enum query_kind_id kind, struct query_filter **filter)
{
	int status = compile(text, bytes, o->file, kind, filter);
	return status == CLI_DONE && o->family ? add_family(text, bytes, o->family, kind, filter) : status;
}

static int compile_file(const struct selection_options *o, enum query_kind_id kind, struct query_filter **filter)
{
	size_t bytes = 0;
	char *text = selection_read_file(o->file, 2 * FILTER_TEXT_MAX, &bytes);
	if (!text)
		return tell_error("%s: %s", o->file, strerror(errno)), CLI_USAGE;
	int status = compile_all(o, text, bytes, kind, filter);
	free(text);
	return status;
}

int selection_open(const struct selection_options *o, enum query_kind_id kind, struct query_filter **filter)
{
	int status = CLI_DONE;
	*filter = NULL;
	if (o->filter && o->file)
		return tell_error("give a filter by -f or by -F"), CLI_USAGE;
	if (o->family && !is_families(o->family))
		return tell_error("--family: '%s' is no list of families; they are V T P H A L C I E, with commas between", o->family), CLI_USAGE;
	if (o->file)
		status = compile_file(o, kind, filter);
	else if (o->filter || o->window || o->family)
		status = compile_all(o, o->filter ? o->filter : "", o->filter ? strlen(o->filter) : 0, kind, filter);
	if (status == CLI_DONE && o->window)
		status = add_window(o, *filter);
	if (status != CLI_DONE) {
		query_filter_free(*filter);
		*filter = NULL;
	}
	return status;
}

void selection_tell_undecided(const struct query_filter *filter, const char *rows)
{
	enum { WORDS_BYTES = 512 };
	char words[WORDS_BYTES] = "";
	unsigned long long count = query_filter_undecided(filter);
	if (!count)
		return;
	for (size_t n = 0, used = 0; used < sizeof(words); n++) {
		const char *word = query_filter_unsaid(filter, n);
		if (!word)
			break;
		used += (size_t)snprintf(words + used, sizeof(words) - used, "%s%s", used ? ", " : "", word);
	}
	tell_note("%llu %s or more could not be decided, for they do not say: %s", count, rows, words);
}
