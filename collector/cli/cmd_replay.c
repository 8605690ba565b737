/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/held.h"
#include "cli/input.h"
#include "cli/rederive.h"
#include "cli/selection.h"
#include "cli/target.h"
#include "cli/tell.h"

static const struct cli_option options[] = {
	{ OPT_REDERIVE, 0, "rederive", NULL, NULL, "compute every signal again from the exhibits, and list what differs" },
	{ OPT_FILTER, 'f', "filter", "FILTER", NULL, "only what this filter selects; the language is in indicia-filter(7)" },
	{ OPT_FILTER_FILE, 'F', "filter-file", "FILE", NULL, "the filter stands in FILE" },
	{ OPT_TIME, 't', "time", "FROM/TO", NULL, "only what was active from FROM until before TO: 2026-11-20T09:10/09:25" },
	OPTIONS_OUTPUT,
	OPTION_QUIET,
	OPTION_HELP,
};

struct replay {
	struct inputs inputs;
	struct output_options output;
	struct selection_options selection;
	bool rederive;
};

static int replay_option(struct replay *r, int id, const char *value)
{
	int status = CLI_DONE;
	if (output_option(&r->output, id, value, &status) || selection_option(&r->selection, id, value, &status))
		return status;
	if (id == OPT_REDERIVE) {
		r->rederive = true;
		return CLI_DONE;
	}
	return inputs_add(&r->inputs, value);
}

static int run(int argc, char **argv)
{
	struct args args;
	struct replay r = { 0 };
	int status = CLI_DONE;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = replay_option(&r, id, args.value);
	if (status == CLI_DONE && !r.inputs.count) {
		tell_error("replay: name a bundle, a folder of bundles, or '-'; see 'indicia replay -h'");
		status = CLI_USAGE;
	}
	if (status == CLI_DONE)
		status = rederive_run(&r.inputs, &r.output, &r.selection, HELD_BYTES_DEFAULT);
	inputs_free(&r.inputs);
	return status;
}

const struct cli_verb cmd_replay = {
	"replay", "Trust", "BUNDLE...", NULL, "records in recorded order; signals derived again from what was kept",
	"With --rederive every signal is computed again from the exhibits, with the code of this version.",
	"indicia replay --rederive case.ieb",
	OPTIONS_OF(options), run,
};
