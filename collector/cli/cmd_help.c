/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/help.h"
#include "base/near.h"
#include "cli/tell.h"

static const struct cli_option options[] = { OPTION_HELP };

static int unknown(const char *name)
{
	struct near near;
	size_t count;
	const struct cli_verb *const *verbs = cli_verbs(&count);
	near_start(&near, name);
	for (size_t i = 0; i < count; i++)
		near_offer(&near, verbs[i]->name);
	const char *best = near_best(&near);
	tell_error("help: there is no verb '%s'%s%s%s", name, best ? "; did you mean '" : "", best ? best : "", best ? "'?" : "");
	return CLI_USAGE;
}

static int run(int argc, char **argv)
{
	struct args args;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	if (args_next(&args) != ARGS_OPERAND) {
		help_overview(true);
		return CLI_DONE;
	}
	const struct cli_verb *verb = cli_verb_find(args.value);
	if (!verb)
		return unknown(args.value);
	help_verb(verb, true);
	return CLI_DONE;
}

const struct cli_verb cmd_help = {
	"help", "Help", "[VERB]", "verbs", "all of the help of a verb, or the list of verbs", NULL, "indicia help flows", OPTIONS_OF(options), run,
};
