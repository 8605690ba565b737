/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/collect.h"
#include "cli/cli.h"
#include "base/text.h"
#include "cli/tell.h"
#include <stdio.h>
#include <string.h>

int collect_option(struct config *c, int id, const char *value)
{
	char error[CONFIG_ERROR_BYTES];
	if (config_flag(c, (enum config_key)(id % OPT_CONFIG), value, error) == IND_OK)
		return CLI_DONE;
	return tell_error("%s", error), CLI_USAGE;
}

int collect_config(struct config *c, const char *path)
{
	char error[CONFIG_ERROR_BYTES];
	if (c->file)
		return tell_error("collect: one configuration is enough (-C)"), CLI_USAGE;
	switch (config_open(c, path, error)) {
	case IND_OK: return CLI_DONE;
	case IND_USAGE: return tell_error("%s", error), CLI_USAGE;
	case IND_MISSING: return tell_error("%s", error), CLI_MISSING;
	default: return tell_error("%s", error), CLI_FAILED;
	}
}

/* Where a value comes from. */
static void origin_of(const struct config *c, size_t key, char *text, size_t size)
{
	if (c->flag[key])
		snprintf(text, size, "from the command line");
	else if (c->file && c->file->value[key])
		snprintf(text, size, "from %s:%u", c->path, c->file->line[key]);
	else
		snprintf(text, size, config_rows[key].fallback ? "by default" : "not set");
}

void collect_print(const struct config *c)
{
	char origin[CONFIG_PATH_MAX + 32], before[CONFIG_PATH_MAX + 32] = "", shown[CONFIG_ERROR_BYTES];
	for (size_t i = 0; i < CONFIG_KEYS; i++) {
		const struct config_row *row = &config_rows[i];
		const char *value = config_value(c, (enum config_key)i);
		if (row->when == CONFIG_ONCE)
			continue;
		origin_of(c, i, origin, sizeof(origin));
		if (strcmp(origin, before) != 0)
			printf("%s# %s\n", before[0] ? "\n" : "", origin);
		memcpy(before, origin, sizeof(before));
		if (value) {
			text_to_display(value, strlen(value), shown, sizeof(shown));
			printf("%s = %s\n", row->name, shown);
		} else {
			printf("#%s =\n", row->name);
		}
	}
}

static void put_comment(FILE *out, const char *text)
{
	enum { WIDTH = 96 };
	size_t column = 0;
	for (const char *at = text; *at;) {
		size_t word = strcspn(at, " ");
		if (column && column + 1 + word > WIDTH) {
			fputc('\n', out);
			column = 0;
		}
		fputs(column ? " " : "# ", out);
		fwrite(at, 1, word, out);
		column += word + 1 + (column == 0);
		at += word;
		at += *at == ' ';
	}
	fputc('\n', out);
}

void collect_sample(FILE *out)
{
	fputs("# A sensor's configuration: indicia collect -C FILE. indicia.conf(5) says what each key means.\n"
	      "# 'indicia collect -C FILE --print-config' prints what is in force, and where each value comes from.\n"
	      "# Keys marked [reload] are taken over on SIGHUP, the others when the sensor is started again.\n", out);
	for (size_t i = 0; i < CONFIG_KEYS; i++) {
		const struct config_row *row = &config_rows[i];
		char text[CONFIG_WANTED_BYTES * 2];
		if (row->when == CONFIG_ONCE)
			continue;
		snprintf(text, sizeof(text), "%s%s", row->help, row->when == CONFIG_RELOAD ? " [reload]" : "");
		fputc('\n', out);
		put_comment(out, text);
		fprintf(out, "#%s = %s\n", row->name, row->fallback ? row->fallback : row->argument ? row->argument : "no");
	}
}
