/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/custody_show.h"
#include "cli/target.h"
#include "cli/tell.h"
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
	{ OPT_TYPE, 0, "type", "TYPE", "created sealed released opened verified exported disclosed witnessed key_revoked destroyed reviewed corrected", "add: what was done" },
	{ OPT_ACTOR, 0, "actor", "NAME", NULL, "who does it; else $INDICIA_ACTOR" },
	{ OPT_PLACE, 0, "place", "TEXT", NULL, "where; else $INDICIA_PLACE" },
	{ OPT_PURPOSE, 0, "purpose", "TEXT", NULL, "why" },
	{ OPT_LEGAL_BASIS, 0, "legal-basis", "TEXT", NULL, "legal basis" },
	{ OPT_NOTE, 0, "note", "TEXT", NULL, "what was done, in words" },
	{ OPT_TLP, 0, "tlp", "LEVEL", NULL, "clear, green, amber, amber+strict or red" },
	{ OPT_TO, 0, "to", "KEY", NULL, "released: to whom; key_revoked: which key" },
	{ OPT_OBJECT, 0, "object", "FILE|HEX", NULL, "name this file by its SHA-256, or what has this SHA-256; reviewed: an assessment's id" },
	{ OPT_FROM, 0, "from", "EVENT", NULL, "receive: the release, if several are open" },
	{ OPT_KEY, 0, "key", "FILE", NULL, "sign with this key" },
	{ OPT_AFTER_TORN, 0, "after-torn", "HEX", NULL, "append behind a torn end" },
	{ OPT_COPY, 0, "copy", "FILE", NULL, "log: a counterpart's copy; again for more" },
	{ OPT_TRUST, 0, "trust", "F|D", NULL, "trust these keys, and no others" },
	{ OPT_CA, 0, "ca", "FILE", NULL, "trust these time stamp authorities" },
	OPTIONS_OUTPUT,
	OPTION_QUIET,
	OPTION_HELP,
};

struct command {
	const char *action, *bundle;
	const char *copies[CUSTODY_COPIES_MAX];
	size_t copy_count;
	struct custody_trust trust;
	struct custody_add add;
	struct output_options output;
};

/* ---- log ---- */

static int rows_write(struct custody *c, const struct output_options *output, struct writer *writer, struct custody_row *row)
{
	const struct ind_custody_entry *e;
	uint64_t limit = output->has_limit ? output->limit : UINT64_MAX;
	for (size_t i = 0; i < ind_custody_log_count(c->log) && writer->rows < limit; i++) {
		if (ind_custody_log_event(c->log, i, &e) != IND_OK)
			return tell_error("out of memory"), CLI_FAILED;
		writer_row(writer, custody_row_of(row, e, c->log));
	}
	return CLI_DONE;
}

/* Says so if -n cut the events; NDJSON has the files behind them. */
static void rows_end(struct custody *c, struct writer *writer, struct custody_row *row)
{
	uint64_t shown = writer->rows, all = ind_custody_log_count(c->log);
	for (size_t i = 0; i < ind_custody_log_file_count(c->log) && writer->options.format == QUERY_FORMAT_NDJSON; i++)
		writer_any_row(writer, custody_file_row_of(row, ind_custody_log_file(c->log, i)));
	if (shown < all)
		tell_note("%llu of %llu events shown (-n)", (unsigned long long)shown, (unsigned long long)all);
	writer_end(writer, &(struct writer_summary){ shown < all, shown, all });
}

static int log_write(struct custody *c, const struct output_options *output)
{
	struct writer_options options_of;
	struct writer writer;
	struct target target;
	struct custody_row *row = malloc(sizeof(*row));
	int status = row ? output_writer_options(output, QUERY_KIND_CUSTODY, &options_of) : (tell_error("out of memory"), CLI_FAILED);
	if (status == CLI_DONE)
		status = target_open(&target, output->write, output->force);
	if (status != CLI_DONE) {
		free(row);
		return status;
	}
	writer_start(&writer, &target.out, QUERY_KIND_CUSTODY, &options_of);
	status = rows_write(c, output, &writer, row);
	rows_end(c, &writer, row);
	int closed = target_close(&target, true);
	free(row);
	return closed != CLI_DONE ? closed : status;
}

/* A file that cannot be read to its end may hold anything; a torn end is what an interruption leaves. */
static int log_status(const struct custody *c)
{
	for (size_t i = 0; i < ind_custody_log_file_count(c->log); i++) {
		enum ind_custody_file_state state = ind_custody_log_file(c->log, i)->state;
		if (state != IND_CUSTODY_FILE_OK && state != IND_CUSTODY_FILE_TORN)
			return CLI_DAMAGED;
	}
	return ind_custody_log_sound(c->log) ? CLI_DONE : CLI_NEGATIVE;
}

static int custody_log(struct command *cmd, struct custody *c)
{
	if (!ind_custody_log_file_count(c->log))
		tell_note("%s: has no custody log", c->bundle);
	int status = log_write(c, &cmd->output);
	custody_tell(c);
	return status == CLI_DONE ? log_status(c) : status;
}

static int custody_add(struct command *cmd, struct custody *c)
{
	if (!cmd->add.type)
		return tell_error("custody add: say what was done (--type)"), CLI_USAGE;
	return custody_append(c, &cmd->add);
}

static int custody_receive(struct command *cmd, struct custody *c)
{
	if (cmd->add.type || cmd->add.has_other_key)
		return tell_error("custody receive: the release says to whom; --type and --to go with add"), CLI_USAGE;
	cmd->add.type = IND_CUSTODY_RECEIVED;
	return custody_append(c, &cmd->add);
}

static int copy_add(struct command *cmd, const char *path)
{
	if (cmd->copy_count == CUSTODY_COPIES_MAX)
		return tell_error("--copy: more than %d times", CUSTODY_COPIES_MAX), CLI_USAGE;
	cmd->copies[cmd->copy_count++] = path;
	return CLI_DONE;
}

static int command_option(struct command *cmd, int id, const char *value)
{
	int status = CLI_DONE;
	if (output_option(&cmd->output, id, value, &status) || custody_add_option(&cmd->add, id, value, &status))
		return status;
	switch (id) {
	case OPT_TRUST: return trust_give(&cmd->trust.keys, value);
	case OPT_CA: return custody_trust_ca(&cmd->trust, value);
	case OPT_COPY: return copy_add(cmd, value);
	default: break;
	}
	if (!cmd->action)
		cmd->action = value;
	else if (!cmd->bundle)
		cmd->bundle = value;
	else
		return tell_error("custody: '%s' is one word too many", value), CLI_USAGE;
	return CLI_DONE;
}

static int command_run(struct command *cmd)
{
	static const struct { const char *name; int (*run)(struct command *, struct custody *); } actions[] = {
		{ "log", custody_log }, { "add", custody_add }, { "receive", custody_receive },
	};
	for (size_t i = 0; cmd->action && cmd->bundle && i < sizeof(actions) / sizeof(actions[0]); i++) {
		struct custody c;
		if (strcmp(actions[i].name, cmd->action) != 0)
			continue;
		int status = custody_trust_load(&cmd->trust);
		if (status != CLI_DONE)
			return status;
		status = custody_open(&c, cmd->bundle, &cmd->trust, cmd->copies, cmd->copy_count);
		if (status == CLI_DONE)
			status = actions[i].run(cmd, &c);
		custody_close(&c);
		return status;
	}
	tell_error("custody: say what to do, log, add or receive, and name a bundle");
	return CLI_USAGE;
}

static int run(int argc, char **argv)
{
	static struct command cmd;
	struct args args;
	int status = CLI_DONE;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = command_option(&cmd, id, args.value);
	if (status == CLI_DONE)
		status = command_run(&cmd);
	custody_trust_free(&cmd.trust);
	return status;
}

const struct cli_verb cmd_custody = {
	"custody", "Trust", "log|add|receive BUNDLE", "log add receive", "who held a bundle, when, where and why",
	"The log stands beside the bundle, in append-only files of signed events: BUNDLE.iec of the bundle's owner, BUNDLE.KEYID.iec of each other party. Each event names those that it "
	"follows. log shows all of them and what is wrong; add appends one, signed with the user's own key; receive gives the receipt for a release to that key. A release without a "
	"receipt is open.\n"
	"Nothing is ever rewritten. An end that an interruption tore is named by log; add goes on behind it with the --after-torn that log shows. A holder can cut the end of a file: "
	"a counterpart's copy (--copy), or any later event of another party, shows that events are missing.\n"
	"Exit status of log: 0 all is consistent and every key trusted, 1 something is wrong, 3 a file cannot be read to its end.",
	"indicia custody add --type opened --actor 'A. Analyst' --place 'Lab 2' --purpose 'case 17' case.ieb\n"
	"# hand it on: send case.ieb with all its .iec files\n"
	"indicia custody add --type released --to theirs.pub --actor 'A. Analyst' --place 'Lab 2' --purpose 'request 4' case.ieb\n"
	"# who receives it gives the receipt back: case.ieb.KEYID.iec\nindicia custody receive --actor 'B. Reader' --place CERT --purpose 'request 4' case.ieb\n"
	"indicia custody log --trust theirs.pub --trust ours.pub case.ieb",
	OPTIONS_OF(options), run,
};
