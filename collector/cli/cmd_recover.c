/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/tell.h"
#include "daemon/recover.h"

static const struct cli_option options[] = { OPTION_QUIET, OPTION_HELP };

static int run(int argc, char **argv)
{
	struct args args;
	const char *path = NULL;
	bool quiet = false;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END; id = args_next(&args)) {
		if (id == OPT_QUIET) {
			quiet = true;
		} else if (path) {
			tell_error("recover: '%s' is one name too many", args.value);
			return CLI_USAGE;
		} else {
			path = args.value;
		}
	}
	if (!path) {
		tell_error("recover: name a file NAME.ieb.open, or a folder of them; see 'indicia recover -h'");
		return CLI_USAGE;
	}
	return daemon_recover(path, quiet);
}

const struct cli_verb cmd_recover = {
	"recover", "Collect", "FILE|DIR", NULL, "seal what an interrupted live capture left",
	"A run that is cut short leaves its bundle as NAME.ieb.open. All whole frames of it are kept, what is torn behind them is set apart, and both are sealed: the bundle "
	"gets its name, and says which of its records no seal had covered before. The next live capture of the sensor does the same by itself, and its stream goes on behind it.\n"
	"Needs the state directory of the run, with the key of its last epoch. Where that is gone, where the stream was given up, or where a savefile was read (read it again), "
	"the file is left as it is (exit status 4); one that is damaged before its last seal is no torn end (3).",
	"indicia recover /var/lib/indicia/bundles\nindicia recover fra-01-20261128T120000Z.ieb.open",
	OPTIONS_OF(options), run,
};
