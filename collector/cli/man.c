/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/man.h"
#include "daemon/config.h"
#include <string.h>

/* scdoc takes some signs for markup, others only where a line begins. */
static void put_text(FILE *out, const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		bool begins = i == 0 || text[i - 1] == '\n';
		if (strchr("\\*_", text[i]) || (begins && strchr(".#-[]|;`+~", text[i])))
			fputc('\\', out);
		fputc(text[i], out);
	}
}

static void put(FILE *out, const char *text) { put_text(out, text, strlen(text)); }

/* A line feed in a table's text begins a paragraph. */
static void put_paragraphs(FILE *out, const char *text)
{
	while (*text) {
		size_t bytes = strcspn(text, "\n");
		put_text(out, text, bytes);
		fputs("\n\n", out);
		text += bytes;
		text += *text == '\n';
	}
}

static void put_option(FILE *out, const struct cli_option *o)
{
	if (o->short_name)
		fprintf(out, "*-%c*%s", o->short_name, o->name ? ", " : "");
	if (o->name) {
		fputs("*--", out);
		put(out, o->name);
		fputc('*', out);
	}
	if (o->argument) {
		fputs(" _", out);
		put(out, o->argument);
		fputc('_', out);
	}
	fputs("\n\t", out);
	put(out, o->help);
	fputs("\n\n", out);
}

void man_page(FILE *out, const struct cli_verb *verb, const char *more)
{
	fprintf(out, "indicia-%s(1)\n\n# NAME\n\nindicia-%s - ", verb->name, verb->name);
	put(out, verb->summary);
	fprintf(out, "\n\n# SYNOPSIS\n\n*indicia %s*%s", verb->name, verb->option_count ? " [_OPTION_]..." : "");
	if (verb->operands) {
		fputc(' ', out);
		put(out, verb->operands);
	}
	fputs("\n\n", out);
	if (verb->about) {
		fputs("# DESCRIPTION\n\n", out);
		put_paragraphs(out, verb->about);
	}
	fputs("# OPTIONS\n\n", out);
	for (size_t i = 0; i < verb->option_count; i++)
		put_option(out, &verb->options[i]);
	if (more)
		fprintf(out, "%s\n", more);
	fputs("# EXIT STATUS\n\n0 done, 1 a negative finding, 2 usage, 3 damaged input (what could be read was given), 4 something needed is missing, "
	      "5 input/output or memory. *indicia*(1) has more of it, and the forms of output, files and environment.\n\n", out);
	if (verb->examples)
		fprintf(out, "# EXAMPLES\n\n```\n%s\n```\n\n", verb->examples);
	fputs("# SEE ALSO\n\n*indicia*(1), *indicia-filter*(7), *indicia-bundle*(5)\n", out);
}

void man_list(FILE *out)
{
	size_t count;
	const struct cli_verb *const *verbs = cli_verbs(&count);
	for (size_t i = 0; i < count; i++) {
		fprintf(out, "*indicia-%s*(1)\n\t", verbs[i]->name);
		put(out, verbs[i]->summary);
		fputs("\n\n", out);
	}
}

/* What a value may be, in words. */
static void put_type(FILE *out, const struct config_row *row)
{
	switch (row->type) {
	case CONFIG_IS_TOGGLE: fputs("yes or no", out); break;
	case CONFIG_IS_PATH: fputs("a whole path", out); break;
	case CONFIG_IS_CHOICE:
	case CONFIG_IS_EITHER: fprintf(out, "one of: %s", row->choices); break;
	case CONFIG_IS_NUMBER:
	case CONFIG_IS_SECONDS:
		fprintf(out, "%s from %llu to %llu", row->type == CONFIG_IS_SECONDS ? "seconds (or 5m, 1h, 7d)" : "a number", (unsigned long long)row->least,
			(unsigned long long)row->most);
		break;
	default: put(out, row->argument);
	}
}

void man_keys(FILE *out)
{
	for (size_t i = 0; i < CONFIG_KEYS; i++) {
		const struct config_row *row = &config_rows[i];
		if (row->when == CONFIG_ONCE)
			continue;
		fputc('*', out);
		put(out, row->name);
		fputs("*\n\t", out);
		put(out, row->help);
		fputs("++\nValue: ", out);
		put_type(out, row);
		fputs(". Default: ", out);
		put(out, row->fallback ? row->fallback : row->argument ? "not set" : "no");
		fputs(row->when == CONFIG_RELOAD ? ". Taken over on SIGHUP.\n\n" : ". A change waits for the next start.\n\n", out);
	}
}
