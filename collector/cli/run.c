/* SPDX-License-Identifier: Apache-2.0 */
/* The table of verbs, and what all of them have in common before they run. */
#include "cli/args.h"
#include "cli/help.h"
#include "base/near.h"
#include "cli/tell.h"
#include <stdio.h>
#include <string.h>

static const struct cli_verb *const verbs[] = {
	&cmd_collect, &cmd_status, &cmd_recover, &cmd_show, &cmd_flows, &cmd_signals, &cmd_origins, &cmd_stats, &cmd_query, &cmd_export, &cmd_replay, &cmd_diff,
	&cmd_fields, &cmd_assess, &cmd_method, &cmd_report, &cmd_request, &cmd_verify, &cmd_disclose, &cmd_custody, &cmd_stamp, &cmd_keys, &cmd_data, &cmd_ship,
	&cmd_fleet, &cmd_completion, &cmd_help, &cmd_version,
};

const struct cli_verb *const *cli_verbs(size_t *count)
{
	*count = sizeof(verbs) / sizeof(verbs[0]);
	return verbs;
}

const struct cli_verb *cli_verb_find(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
	return NULL;
}

static int unknown_verb(const char *name)
{
	struct near near;
	near_start(&near, name);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		near_offer(&near, verbs[i]->name);
	const char *best = near_best(&near);
	if (best)
		tell_error("unknown verb '%s'; did you mean '%s'?", name, best);
	else
		tell_error("unknown verb '%s'; 'indicia help' lists the verbs", name);
	return CLI_USAGE;
}

/* Errors and requests for help are the same for every verb. Returns -1 if the verb shall run. */
static int before(const struct cli_verb *verb, int argc, char **argv)
{
	struct args args;
	args_start(&args, verb->options, verb->option_count, argc, argv);
	for (int id = args_next(&args); id != ARGS_END; id = args_next(&args)) {
		if (id == ARGS_ERROR) {
			tell_error("%s: %s; see 'indicia %s -h'", verb->name, args.error, verb->name);
			return CLI_USAGE;
		}
		if (id == OPT_HELP || id == OPT_HELP_SHORT) {
			help_verb(verb, id == OPT_HELP);
			return CLI_DONE;
		}
	}
	return -1;
}

/* What was written shall have arrived. */
static int after(int status)
{
	if (fflush(stdout) == 0 || status != CLI_DONE)
		return status;
	tell_error("standard output: cannot be written");
	return CLI_FAILED;
}

int cli_run_verb(const struct cli_verb *verb, int (*run)(int argc, char **argv), int argc, char **argv)
{
	int status = before(verb, argc, argv);
	return after(status < 0 ? run(argc, argv) : status);
}

static int run_verb(int argc, char **argv)
{
	const struct cli_verb *verb = cli_verb_find(argv[1]);
	return verb ? cli_run_verb(verb, verb->run, argc - 2, argv + 2) : unknown_verb(argv[1]);
}

static int without_verb(const char *word)
{
	if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) {
		help_overview(word[1] == '-');
		return CLI_DONE;
	}
	if (strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0)
		return cmd_version.run(0, NULL);
	tell_error("unknown option %s before a verb; options stand after the verb, 'indicia help' lists the verbs", word);
	return CLI_USAGE;
}

int cli_run(int argc, char **argv)
{
	if (argc < 2) {
		tell_error("what shall be done? 'indicia help' lists the verbs");
		return CLI_USAGE;
	}
	return argv[1][0] == '-' ? after(without_verb(argv[1])) : run_verb(argc, argv);
}
