/* SPDX-License-Identifier: Apache-2.0 */
/* NO_COLOR: no-color.org. */
#include "base/near.h"
#include "cli/tell.h"
#include "cli/cli.h"
#include "cli/target.h"
#include "cli/zone.h"
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

size_t output_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = { 0 };
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	long width = columns ? strtol(columns, NULL, 10) : 0;
	return width > 0 && width < 10000 ? (size_t)width : 80;
}

bool output_bold(const struct output_options *o, bool terminal)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	if (o->color && strcmp(o->color, "auto") != 0)
		return strcmp(o->color, "always") == 0;
	return terminal && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

int output_no_field(const char *option, const struct query_kind *kind, const char *name, size_t bytes)
{
	char word[64] = "";
	memcpy(word, name, bytes < sizeof(word) ? bytes : sizeof(word) - 1);
	struct near near;
	near_start(&near, word);
	for (size_t i = 0; i < kind->count; i++)
		near_offer(&near, kind->fields[i].key);
	const char *best = near_best(&near);
	tell_error("%s: a %s has no field '%s'%s%s%s; 'indicia fields' lists them", option, kind->name, word, best ? "; did you mean " : "", best ? best : "",
		best ? "?" : "");
	return CLI_USAGE;
}

static int columns_of(const struct query_kind *kind, const char *list, struct writer_options *options)
{
	for (const char *at = list; *at;) {
		size_t bytes = strcspn(at, ",");
		size_t field = query_field_find(kind, at, bytes);
		if (field == kind->count)
			return output_no_field("-o", kind, at, bytes);
		if (options->column_count == QUERY_CELLS_MAX)
			return tell_error("-o: more than %d columns", QUERY_CELLS_MAX), CLI_USAGE;
		options->columns[options->column_count++] = (uint8_t)field;
		at += bytes;
		at += *at == ',';
	}
	return CLI_DONE;
}

int output_writer_options(const struct output_options *o, enum query_kind_id kind, struct writer_options *options)
{
	return output_kind_options(o, &query_kinds[kind], options);
}

int output_kind_options(const struct output_options *o, const struct query_kind *kind, struct writer_options *options)
{
	const char *format = o->format ? o->format : "table";
	size_t bytes = strcspn(format, ":");
	bool terminal = !o->write && isatty(STDOUT_FILENO);
	*options = (struct writer_options){ .format = query_format_of(format, bytes), .csv_raw = o->csv_raw, .on_terminal = terminal };
	if (options->format == QUERY_FORMAT_TABLE) {
		options->bold = output_bold(o, terminal);
		options->width = terminal ? output_width() : 0;
	}
	if (o->zone) {
		int status = zone_use(o->zone);
		if (status != CLI_DONE)
			return status;
		options->local_time = zone_time;
	}
	return format[bytes] == ':' ? columns_of(kind, format + bytes + 1, options) : CLI_DONE;
}
