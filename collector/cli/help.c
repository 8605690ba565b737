/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"
#include <stdio.h>
#include <string.h>

enum { HELP_WIDTH = 78, HELP_INDENT = 30 };

/* Words of a text between two margins; a line feed in it begins a new paragraph. The first line starts at column `at`. */
static void wrapped(const char *text, size_t at, size_t indent)
{
	size_t column = at;
	bool first = true;
	while (*text) {
		if (*text == '\n') {
			printf("\n%*s", (int)indent, "");
			column = indent;
			first = true;
			text++;
			continue;
		}
		size_t word = strcspn(text, " \n");
		if (!first && column + 1 + word > HELP_WIDTH) {
			printf("\n%*s", (int)indent, "");
			column = indent;
			first = true;
		}
		printf("%s%.*s", first ? "" : " ", (int)word, text);
		column += word + !first;
		first = false;
		text += word;
		text += *text == ' ';
	}
	putchar('\n');
}

static void option_line(const struct cli_option *o)
{
	char left[64];
	int used = 0;
	if (o->short_name)
		used = snprintf(left, sizeof(left), "  -%c%s", o->short_name, o->name ? ", " : "");
	else
		used = snprintf(left, sizeof(left), "      ");
	if (o->name)
		used += snprintf(left + used, sizeof(left) - (size_t)used, "--%s", o->name);
	if (o->argument)
		used += snprintf(left + used, sizeof(left) - (size_t)used, " %s", o->argument);
	printf("%-*s", HELP_INDENT, left);
	if (used >= HELP_INDENT)
		printf("\n%*s", HELP_INDENT, "");
	wrapped(o->help, HELP_INDENT, HELP_INDENT);
}

static void examples(const char *text)
{
	printf("\nExamples:\n");
	for (const char *line = text; *line;) {
		size_t bytes = strcspn(line, "\n");
		printf("  %.*s\n", (int)bytes, line);
		line += bytes;
		line += *line == '\n';
	}
}

void help_verb(const struct cli_verb *verb, bool all)
{
	printf("indicia %s%s%s%s: %s\n", verb->name, verb->option_count ? " [OPTION]..." : "", verb->operands ? " " : "",
		verb->operands ? verb->operands : "", verb->summary);
	if (all && verb->about) {
		putchar('\n');
		wrapped(verb->about, 0, 0);
	}
	putchar('\n');
	size_t left_out = 0;
	for (size_t i = 0; i < verb->option_count; i++) {
		if (all || verb->options[i].id < OPT_CONFIG_MORE)
			option_line(&verb->options[i]);
		else
			left_out++;
	}
	if (left_out)
		printf("'indicia help %s' has %zu more.\n", verb->name, left_out);
	if (all && verb->examples)
		examples(verb->examples);
	if (all)
		printf("\nExit status: 0 done, 1 a negative finding, 2 usage, 3 damaged input (what could be\n"
		       "read was given), 4 something needed is missing, 5 input/output or memory.\n");
}

static void verbs_of(const char *section)
{
	size_t count;
	const struct cli_verb *const *verbs = cli_verbs(&count);
	printf("\n%s\n", section);
	for (size_t i = 0; i < count; i++)
		if (strcmp(verbs[i]->section, section) == 0)
			printf("  %-12s %s\n", verbs[i]->name, verbs[i]->summary);
}

void help_overview(bool all)
{
	static const char *const sections[] = { "Collect", "Look", "Assess", "Share", "Trust", "Fleet", "Help" };
	printf("indicia VERB [OPTION]... [OPERAND]...: evidence of where network traffic comes from,\n"
	       "what supports it, and what does not suffice\n");
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++)
		verbs_of(sections[i]);
	printf("\n'indicia VERB -h' is one screen of help, 'indicia help VERB' all of it with examples.\n");
	if (all)
		printf("\nBundles are files (.ieb), folders (read in name order), or '-' for standard input.\n"
		       "Options may stand after operands; '--' ends them. Data go to standard output,\n"
		       "messages to standard error; -w writes a file that appears whole or not at all.\n"
		       "\nExit status: 0 done, 1 a negative finding, 2 usage, 3 damaged input (what could be\n"
		       "read was given), 4 something needed is missing, 5 input/output or memory, 70 a process\n"
		       "of the program died.\n");
}
