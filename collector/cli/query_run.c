/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/query_run.h"
#include "base/near.h"
#include "cli/cli.h"
#include "cli/selection.h"
#include "cli/tell.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { STATEMENTS_MAX = 64 };

static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

bool query_run_stopped(void) { return stopped != 0; }
void query_run_forget_stop(void) { stopped = 0; }

static bool is_stopped(void *ctx)
{
	(void)ctx;
	return stopped != 0;
}

/* ---- bundles ---- */

static void worsen(struct query_run *q, int status) { q->status = status > q->status ? status : q->status; }

static enum ind_err open_bundle(void *ctx, size_t n, struct ind_source *source, void **handle)
{
	struct query_run *q = ctx;
	bool is_stdin = strcmp(q->inputs.names[n], "-") == 0;
	struct input *in = is_stdin ? &q->standard_input : malloc(sizeof(*in));
	if (!in)
		return IND_NOMEM;
	if (!is_stdin || !q->has_standard_input) {
		int status = q->told[n] ? CLI_DAMAGED : input_open(in, q->inputs.names[n]);
		if (status != CLI_DONE) {
			worsen(q, status);
			q->told[n] = true;
			if (!is_stdin)
				free(in);
			return IND_IO;
		}
		q->has_standard_input |= is_stdin;
	}
	*source = (struct ind_source){ in->source.read_at, in };
	*handle = in;
	return IND_OK;
}

static void close_bundle(void *ctx, void *handle)
{
	struct query_run *q = ctx;
	if (handle == &q->standard_input)
		return;
	input_close(handle);
	free(handle);
}

static void damaged_bundle(void *ctx, size_t n, uint64_t offset, enum ind_err err)
{
	struct query_run *q = ctx;
	struct input in = { .name = strcmp(q->inputs.names[n], "-") == 0 ? "standard input" : q->inputs.names[n], .error = errno };
	if (!q->told[n])
		input_tell_damage(&in, offset, err);
	q->told[n] = true;
	worsen(q, CLI_DAMAGED);
}

int query_run_open(struct query_run *q)
{
	struct sigaction action = { .sa_handler = stop };
	q->told = calloc(q->inputs.count + 1, sizeof(*q->told));
	if (!q->told)
		return tell_error("out of memory"), CLI_FAILED;
	q->bundles = (struct sql_inputs){ q->inputs.count, (const char *const *)q->inputs.names, open_bundle, close_bundle, damaged_bundle, is_stopped, q };
	enum ind_err err = sql_open(&q->bundles, &q->sql);
	if (err == IND_LIMIT)
		return tell_error("query: more than %d bundles; name fewer, or folders of them one after the other", SQL_INPUTS_MAX), CLI_USAGE;
	if (err != IND_OK)
		return tell_error("out of memory"), CLI_FAILED;
	sigaction(SIGINT, &action, NULL);
	return CLI_DONE;
}

void query_run_close(struct query_run *q)
{
	sql_close(q->sql);
	if (q->has_standard_input)
		input_close(&q->standard_input);
	free(q->told);
	inputs_free(&q->inputs);
}

/* ---- statements ---- */

static unsigned line_of(const char *text, size_t at)
{
	unsigned line = 1;
	for (size_t i = 0; i < at; i++)
		line += text[i] == '\n';
	return line;
}

static int tell_wrong(enum sql_outcome outcome, const struct sql_error *error, const char *text, size_t bytes, size_t from, const char *file)
{
	if (outcome == SQL_STOPPED)
		return tell_error("query: stopped"), CLI_FAILED;
	size_t at = from + error->at < bytes ? from + error->at : bytes;
	if (file && error->has_place)
		tell_error("%s: line %u: %s", file, line_of(text, at), error->text);
	else
		tell_error("%s: %s", file ? file : "query", error->text);
	if (error->has_place)
		selection_tell_place(text, bytes, at);
	return outcome == SQL_FAILED ? CLI_FAILED : CLI_USAGE;
}

/* Rows go on to be counted when no more are shown. */
static enum sql_outcome put_rows(struct query_run *q, struct sql_statement *s, struct out *out, struct sql_error *error)
{
	struct writer writer;
	struct writer_summary summary = { 0 };
	uint64_t limit = q->output.has_limit ? q->output.limit : UINT64_MAX;
	enum sql_outcome outcome = sql_step(s, &q->row, error);
	if (outcome != SQL_ROW && outcome != SQL_DONE)
		return outcome;
	writer_start_kind(&writer, out, sql_statement_kind(s), &q->options);
	for (; outcome == SQL_ROW && out->err == IND_OK; outcome = sql_step(s, &q->row, error)) {
		summary.matched++;
		if (summary.shown == limit)
			continue;
		summary.shown++;
		writer_row(&writer, &q->row);
	}
	summary.truncated = summary.shown < summary.matched;
	writer_end(&writer, &summary);
	if (summary.truncated)
		tell_note("%llu of %llu rows shown (-n)", (unsigned long long)summary.shown, (unsigned long long)summary.matched);
	return outcome;
}

struct prepared { struct sql_statement *list[STATEMENTS_MAX]; size_t at[STATEMENTS_MAX], count; };

static int prepare_all(struct query_run *q, const char *text, size_t bytes, const char *file, struct prepared *p)
{
	for (size_t at = 0, used; at < bytes; at += used) {
		struct sql_error error;
		struct sql_statement *s;
		enum sql_outcome outcome = sql_prepare(q->sql, text + at, bytes - at, &used, &s, &error);
		if (outcome != SQL_ROW && outcome != SQL_DONE)
			return tell_wrong(outcome, &error, text, bytes, at, file);
		if (!s && used == 0)
			break;
		if (!s)
			continue;
		if (p->count == STATEMENTS_MAX) {
			sql_statement_free(s);
			return tell_error("query: more than %d statements at once", STATEMENTS_MAX), CLI_USAGE;
		}
		p->at[p->count] = at;
		p->list[p->count++] = s;
	}
	if (p->count > 1 && q->options.format != QUERY_FORMAT_TABLE && q->options.format != QUERY_FORMAT_NDJSON)
		return tell_error("query: %zu statements make no one %s; run them one by one, or with -o ndjson", p->count, q->output.format), CLI_USAGE;
	return CLI_DONE;
}

int query_run_text(struct query_run *q, const char *text, size_t bytes, const char *file, struct out *out)
{
	struct prepared p = { .count = 0 };
	int status = memchr(text, '\0', bytes) ? (tell_error("%s: a NUL byte stands in it", file ? file : "query"), CLI_USAGE) : prepare_all(q, text, bytes, file, &p);
	for (size_t i = 0; i < p.count; i++) {
		struct sql_error error;
		enum sql_outcome outcome = SQL_DONE;
		if (status == CLI_DONE && out->err == IND_OK)
			outcome = put_rows(q, p.list[i], out, &error);
		if (q->options.format == QUERY_FORMAT_TABLE && i + 1 < p.count && status == CLI_DONE)
			out_char(out, '\n');
		if (outcome != SQL_ROW && outcome != SQL_DONE)
			status = tell_wrong(outcome, &error, text, bytes, p.at[i], file);
		sql_statement_free(p.list[i]);
	}
	return status;
}

/* ---- what there is ---- */

enum { NAME_COLUMNS = 22, TYPE_COLUMNS = 9 };

static void pad(struct out *out, const char *text, size_t columns)
{
	size_t bytes = strlen(text);
	out_text(out, text);
	out_fill(out, ' ', bytes < columns ? columns - bytes : 1);
}

void query_run_tables(struct out *out)
{
	for (size_t n = 0; sql_table_name(n); n++) {
		pad(out, sql_table_name(n), NAME_COLUMNS);
		out_text(out, sql_table_about(n));
		out_char(out, '\n');
	}
}

static void put_table(size_t table, struct out *out)
{
	struct sql_column c;
	out_text(out, sql_table_name(table));
	out_text(out, ": ");
	out_text(out, sql_table_about(table));
	out_char(out, '\n');
	for (size_t n = 0; sql_table_column(table, n, &c); n++) {
		out_text(out, "  ");
		pad(out, c.name, NAME_COLUMNS);
		pad(out, c.type, TYPE_COLUMNS);
		out_text(out, c.help);
		if (*c.unit) {
			out_text(out, " [");
			out_text(out, c.unit);
			out_char(out, ']');
		}
		out_text(out, c.hidden ? " (not in SELECT *)\n" : "\n");
	}
}

int query_run_schema(const char *table, struct out *out)
{
	struct near near;
	bool found = false;
	near_start(&near, table ? table : "");
	for (size_t n = 0; sql_table_name(n); n++) {
		near_offer(&near, sql_table_name(n));
		if (table && strcmp(table, sql_table_name(n)) != 0)
			continue;
		if (found)
			out_char(out, '\n');
		put_table(n, out);
		found = true;
	}
	if (found)
		return CLI_DONE;
	const char *best = near_best(&near);
	tell_error("query: there is no table '%s'%s%s%s", table, best ? "; did you mean " : "; .tables lists them", best ? best : "", best ? "?" : "");
	return CLI_USAGE;
}
