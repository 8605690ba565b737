/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/elsewhere.h"

static const struct cli_option options[] = {
	OPTIONS_STORE,
	{ OPT_FROM_DIR, 0, "from-dir", "DIR", NULL, "a medium that 'ship --to-dir' wrote, in the place of a store" },
	{ OPT_SENSOR, 0, "sensor", "ID", NULL, "only this sensor" },
	OPTIONS_FILTER,
	{ OPT_WRITE, 'w', "write", "DIR", NULL, "fetch: into this folder" },
	{ OPT_TRUST, 0, "trust", "F|D", NULL, "verify: trust these keys, and no others" },
	{ OPT_FORMAT, 'o', "format", "FORMAT", "table ndjson json", "table, ndjson or json" },
	{ OPT_JSON, 0, "json", NULL, NULL, "the same as -o json" },
	OPTION_QUIET,
	OPTION_HELP,
};

static int run(int argc, char **argv) { return elsewhere_run("fleet", argc, argv); }

const struct cli_verb cmd_fleet = {
	"fleet", "Fleet", "list|gaps|clock|verify|fetch", "list gaps clock verify fetch", "what an archive holds of many sensors",
	"Asks the object store that sensors ship into, or a medium that was carried. list: the sensors, their bundles and days, by names alone. gaps: leaves of a stream that are in no sealed bundle here. clock: "
	"how well each sensor's clock was synchronised when it sealed. verify: the seals of all bundles, and whether each continues the one before it, by their first and last "
	"frames alone; that every record is what was sealed is checked by 'indicia verify' on what was fetched. fetch: the bundles that hold flows which a filter and a "
	"window select, with their custody files, into a folder; each must have the digest that its name says.\n"
	"Nothing that the store says is believed but bytes that were signed. Exit status: 0; 1 gaps, wrong seals, wrong or missing bytes, no bundle of the sensor; 2 usage; 4 the store refuses; 5 this machine's "
	"disk or memory; 75 try again: the store was not reached.",
	"indicia fleet list --endpoint https://s3.example.net --bucket evidence --credentials reader.keys\n"
	"# what a case needs, and nothing else\nindicia fleet fetch -t 2026-11-20T09:00/PT2H -f 'host 203.0.113.7' -w case17 --endpoint https://s3.example.net --bucket evidence",
	OPTIONS_OF(options), run,
};
