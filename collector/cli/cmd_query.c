/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/query_run.h"
#include "cli/query_shell.h"
#include "cli/selection.h"
#include "cli/tell.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXTS_MAX = 32 };

static const struct cli_option options[] = {
	{ OPT_COMMAND, 'c', "command", "SQL", NULL, "run these statements; may be given several times" },
	{ OPT_INPUT, 'i', "input", "FILE", NULL, "run the statements of FILE" },
	{ OPT_SCHEMA, 0, "schema", NULL, NULL, "print tables and columns, and what they mean; needs no bundle" },
	{ OPT_HISTORY, 0, "history", NULL, NULL, "in a shell: keep the lines in the state directory" },
	OPTIONS_OUTPUT,
	OPTION_QUIET,
	OPTION_HELP,
};

struct text { const char *text, *file; };

struct request {
	struct query_run run;
	struct text texts[TEXTS_MAX];
	size_t text_count;
	bool schema, history;
};

static int add_text(struct request *r, const char *text, const char *file)
{
	if (r->text_count == TEXTS_MAX)
		return tell_error("query: more than %d of -c and -i", TEXTS_MAX), CLI_USAGE;
	r->texts[r->text_count++] = (struct text){ text, file };
	return CLI_DONE;
}

static int take_option(struct request *r, int id, const char *value)
{
	int status = CLI_DONE;
	if (output_option(&r->run.output, id, value, &status))
		return status;
	switch (id) {
	case OPT_COMMAND: return add_text(r, value, NULL);
	case OPT_INPUT: return add_text(r, NULL, value);
	case OPT_SCHEMA: r->schema = true; return CLI_DONE;
	case OPT_HISTORY: r->history = true; return CLI_DONE;
	default: return inputs_add(&r->run.inputs, value);
	}
}

static int run_file(struct query_run *q, const char *file, struct out *out)
{
	size_t bytes = 0;
	bool is_stdin = strcmp(file, "-") == 0;
	const char *name = is_stdin ? "standard input" : file;
	char *text = is_stdin ? selection_read_all(STDIN_FILENO, 2 * SQL_TEXT_MAX, &bytes) : selection_read_file(file, 2 * SQL_TEXT_MAX, &bytes);
	if (!text)
		return tell_error("%s: %s", name, strerror(errno)), CLI_USAGE;
	int status = query_run_text(q, text, bytes, name, out);
	free(text);
	return status;
}

static int run_texts(struct request *r, struct target *target)
{
	struct query_run *q = &r->run;
	int status = CLI_DONE;
	for (size_t i = 0; i < r->text_count && status == CLI_DONE; i++) {
		const struct text *t = &r->texts[i];
		if (i && q->options.format == QUERY_FORMAT_TABLE)
			out_char(&target->out, '\n');
		status = t->file ? run_file(q, t->file, &target->out) : query_run_text(q, t->text, strlen(t->text), NULL, &target->out);
	}
	return status;
}

/* Both cannot be read from one pipe. */
static int check_stdin(const struct request *r)
{
	bool reads = !r->text_count && !isatty(STDIN_FILENO);
	for (size_t i = 0; i < r->text_count; i++)
		reads |= r->texts[i].file && strcmp(r->texts[i].file, "-") == 0;
	for (size_t i = 0; i < r->run.inputs.count; i++)
		if (strcmp(r->run.inputs.names[i], "-") == 0 && (reads || !r->text_count))
			return tell_error("query: standard input is a bundle; give the SQL with -c or -i"), CLI_USAGE;
	return CLI_DONE;
}

static int run_target(struct request *r)
{
	struct query_run *q = &r->run;
	struct target target;
	int status = target_open(&target, q->output.write, q->output.force);
	if (status != CLI_DONE)
		return status;
	if (!r->text_count && !isatty(STDIN_FILENO))
		status = add_text(r, NULL, "-");
	if (r->text_count)
		status = run_texts(r, &target);
	else
		status = query_shell(q, &target, r->history);
	status = q->status > status ? q->status : status;
	bool keep = status == CLI_DONE || status == CLI_DAMAGED;
	int closed = target_close(&target, keep);
	return keep && closed != CLI_DONE ? closed : status;
}

static int run_query(struct request *r)
{
	struct query_run *q = &r->run;
	const char *format = q->output.format;
	if (format && strchr(format, ':'))
		return tell_error("query: SELECT chooses the columns; -o takes the format alone"), CLI_USAGE;
	if (!q->inputs.count)
		return tell_error("query: name a bundle, a folder of bundles, or '-'; see 'indicia query -h'"), CLI_USAGE;
	int status = check_stdin(r);
	if (status == CLI_DONE)
		status = output_writer_options(&q->output, QUERY_KIND_FLOW, &q->options);
	if (status == CLI_DONE)
		status = query_run_open(q);
	if (status == CLI_DONE)
		status = run_target(r);
	/* Whoever waits for us is to see that we were stopped. */
	if (status == CLI_FAILED && query_run_stopped()) {
		signal(SIGINT, SIG_DFL);
		raise(SIGINT);
	}
	return status;
}

static int print_schema(const struct request *r)
{
	struct target target;
	int status = target_open(&target, r->run.output.write, r->run.output.force);
	if (status == CLI_DONE) {
		(void)query_run_schema(NULL, &target.out);
		status = target_close(&target, true);
	}
	return status;
}

static int run(int argc, char **argv)
{
	struct args args;
	struct request r = { .schema = false };
	int status = CLI_DONE;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = take_option(&r, id, args.value);
	if (status == CLI_DONE)
		status = r.schema ? print_schema(&r) : run_query(&r);
	query_run_close(&r.run);
	return status;
}

const struct cli_verb cmd_query = {
	"query", "Look", "BUNDLE...", NULL, "SQL over bundles, read only",
	"Tables: flows, signals, claims, origins, exhibits, bundles, gaps; their columns are the keys of the NDJSON, and 'bundle', the file. --schema prints them. "
	"What a record does not say is NULL. Nothing can be written, attached or loaded from inside. Conditions on columns are asked of whole "
	"batches before rows are made. Without -c and -i a terminal gets a shell, and what is piped in is run.",
	"# the ten largest senders\nindicia query -c 'SELECT saddr,sum(sbytes) AS bytes FROM flows GROUP BY saddr ORDER BY bytes DESC LIMIT 10' case.ieb\n"
	"# which addresses shared a TLS client\nindicia query -c \"SELECT value,count(DISTINCT addr) AS n,group_concat(DISTINCT addr) FROM signals "
	"WHERE signal='tls.ja4' GROUP BY value HAVING n>1 ORDER BY n DESC\" case.ieb\n"
	"# what is missing\nindicia query -c 'SELECT * FROM gaps' -o csv bundles\n"
	"# a shell\nindicia query case.ieb",
	OPTIONS_OF(options), run,
};
