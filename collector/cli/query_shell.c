/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/query_shell.h"
#include "cli/cli.h"
#include "cli/edit.h"
#include "cli/tell.h"
#include "daemon/keyfile.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = KEYFILE_PATH_MAX + 16 };

static const char help_text[] =
	"SELECT ... ;            a statement, on one line or several\n"
	".tables                 what there is to select from\n"
	".schema [TABLE]         its columns, and what they mean\n"
	".mode FORMAT            table, ndjson, json, csv or tsv\n"
	".help                   this\n"
	".quit                   end; so does end of input\n"
	"Ctrl-C stops a statement, or forgets the line.\n";

static const char *const commands[] = { ".help", ".mode", ".quit", ".schema", ".tables" };
static const char *const sql_words[] = {
	"SELECT", "FROM", "WHERE", "GROUP BY", "ORDER BY", "LIMIT", "HAVING", "JOIN", "LEFT JOIN", "USING", "AND", "OR", "NOT", "IS NULL", "IS NOT NULL", "BETWEEN",
	"LIKE", "GLOB", "DISTINCT", "DESC", "WITH", "MATERIALIZED", "count(*)", "sum(", "min(", "max(", "group_concat(", "substr(", "json_each(",
};

struct wanted { const char *word; size_t bytes, left; };

static const char *offer(struct wanted *w, const char *word)
{
	for (size_t i = 0; i < w->bytes; i++) {
		char a = w->word[i], b = word[i];
		if ((a >= 'A' && a <= 'Z' ? a + 32 : a) != (b >= 'A' && b <= 'Z' ? b + 32 : b))
			return NULL;
	}
	return w->left-- == 0 ? word : NULL;
}

/* A column that several tables have is offered once. */
static bool is_first(size_t table, const char *name)
{
	struct sql_column c;
	for (size_t t = 0; t < table; t++)
		for (size_t n = 0; sql_table_column(t, n, &c); n++)
			if (strcmp(c.name, name) == 0)
				return false;
	return true;
}

static const char *words(const char *word, size_t bytes, size_t n)
{
	struct wanted w = { word, bytes, n };
	struct sql_column c;
	const char *found = NULL;
	for (size_t i = 0; !found && i < sizeof(commands) / sizeof(commands[0]); i++)
		found = bytes && word[0] == '.' ? offer(&w, commands[i]) : NULL;
	for (size_t t = 0; !found && sql_table_name(t); t++)
		found = offer(&w, sql_table_name(t));
	for (size_t t = 0; !found && sql_table_name(t); t++)
		for (size_t k = 0; !found && sql_table_column(t, k, &c); k++)
			found = is_first(t, c.name) ? offer(&w, c.name) : NULL;
	for (size_t i = 0; !found && i < sizeof(sql_words) / sizeof(sql_words[0]); i++)
		found = offer(&w, sql_words[i]);
	return found;
}

/* False if the shell ends. */
static bool command(struct query_run *q, struct target *target, const char *line)
{
	char word[16] = "", argument[64] = "";
	(void)sscanf(line, "%15s %63s", word, argument);
	if (strcmp(word, ".quit") == 0 || strcmp(word, ".exit") == 0)
		return false;
	if (strcmp(word, ".tables") == 0) {
		query_run_tables(&target->out);
	} else if (strcmp(word, ".schema") == 0) {
		(void)query_run_schema(*argument ? argument : NULL, &target->out);
	} else if (strcmp(word, ".mode") == 0) {
		enum query_format format = query_format_of(argument, strlen(argument));
		if (format == QUERY_FORMAT_COUNT)
			tell_error("query: .mode takes one of: %s", QUERY_FORMATS);
		else
			q->options.format = format;
	} else if (strcmp(word, ".help") == 0) {
		out_text(&target->out, help_text);
	} else {
		tell_error("query: there is no command %s; .help lists them", word);
	}
	return true;
}

/* Adds a line to the statement; false without memory. */
static bool gather(char **text, const char *line)
{
	size_t before = *text ? strlen(*text) : 0, bytes = strlen(line);
	char *more = realloc(*text, before + bytes + 2);
	if (!more)
		return false;
	memcpy(more + before, line, bytes);
	memcpy(more + before + bytes, "\n", 2);
	*text = more;
	return true;
}

static bool is_blank(const char *text) { return text[strspn(text, " \t\r\n")] == '\0'; }

/* One line; false if the shell ends. */
static bool take_line(struct query_run *q, struct target *target, const char *line, char **text)
{
	if (!*text && line[strspn(line, " \t")] == '.')
		return command(q, target, line);
	if (!*text && is_blank(line))
		return true;
	if (!gather(text, line))
		return tell_error("out of memory"), false;
	if (sql_is_open(*text))
		return true;
	(void)query_run_text(q, *text, strlen(*text), NULL, &target->out);
	free(*text);
	*text = NULL;
	return true;
}

static void history_path(char path[static PATH_BYTES])
{
	char folder[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES];
	path[0] = '\0';
	if (keyfile_state_dir(folder, error) == IND_OK)
		snprintf(path, PATH_BYTES, "%s/query_history", folder);
	else
		tell_error("--history: %s", error);
}

int query_shell(struct query_run *q, struct target *target, bool history)
{
	char path[PATH_BYTES] = "", *text = NULL;
	bool goes_on = true;
	if (history)
		history_path(path);
	tell_note("%zu bundle%s; SQL ends with ';', .help says more, Tab completes", q->inputs.count, q->inputs.count == 1 ? "" : "s");
	edit_start(words, *path ? path : NULL);
	while (goes_on && target->out.err == IND_OK) {
		query_run_forget_stop();
		char *line = edit_line(text ? "    ...> " : "indicia> ");
		if (!line && !query_run_stopped())
			break;
		if (line)
			goes_on = take_line(q, target, line, &text);
		else
			putchar('\n');
		if (!line || query_run_stopped()) {
			free(text);
			text = NULL;
		}
		free(line);
		if (out_flush(&target->out) != IND_OK)
			break;
	}
	if (text && !is_blank(text))
		tell_note("what stands behind the last ';' was not run");
	free(text);
	edit_end();
	return q->status;
}
