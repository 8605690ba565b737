/* SPDX-License-Identifier: Apache-2.0 */
/* indicia-fleet: what `indicia ship` and `indicia fleet` become (cli/elsewhere.c). */
#include "cli/cli.h"
#include "cli/tell.h"
#include "remote/fleet.h"
#include "remote/ship.h"
#include <string.h>

int main(int argc, char **argv)
{
	static const struct {
		const struct cli_verb *verb;
		int (*run)(int argc, char **argv);
	} verbs[] = { { &cmd_ship, ship_command }, { &cmd_fleet, fleet_command } };
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].verb->name, argv[1]) == 0)
			return cli_run_verb(verbs[i].verb, verbs[i].run, argc - 2, argv + 2);
	tell_error("this program is started by 'indicia ship' and 'indicia fleet'");
	return CLI_USAGE;
}
