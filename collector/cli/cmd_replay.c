/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/held.h"
#include "cli/input.h"
#include "cli/record_rows.h"
#include "cli/rederive.h"
#include "cli/replay.h"
#include "cli/tell.h"
#include <string.h>

static const struct cli_option options[] = {
	{ OPT_TO, 0, "to", "WHERE", NULL, "ndjson (default), eve, pcap, or ipfix:HOST:PORT, a collector that you name" },
	{ OPT_SPEED, 0, "speed", "SPEED", "1 10 max", "as recorded, ten times as fast, or without waiting (default)" },
	{ OPT_STEP, 0, "step", NULL, NULL, "a key for each record; q ends" },
	{ OPT_DATA, 'd', "data", "DIR", NULL, "what these reference data claim of the same addresses, against what was recorded" },
	{ OPT_REDERIVE, 0, "rederive", NULL, NULL, "compute every signal again from the exhibits, and list what differs" },
	{ OPT_FILTER, 'f', "filter", "FILTER", NULL, "only what this filter selects; the language is in indicia-filter(7)" },
	{ OPT_FILTER_FILE, 'F', "filter-file", "FILE", NULL, "the filter stands in FILE" },
	{ OPT_TIME, 't', "time", "FROM/TO", NULL, "only what was active from FROM until before TO: 2026-11-20T09:10/09:25" },
	OPTIONS_OUTPUT,
	OPTION_QUIET,
	OPTION_HELP,
};

struct command { struct inputs inputs; struct replay_options replay; const char *data; bool rederive; };

static unsigned speed_of(const char *value) { return strcmp(value, "max") == 0 ? 0 : value[1] ? 10 : 1; }

static int take(struct command *c, int id, const char *value)
{
	int status = CLI_DONE;
	if (output_option(&c->replay.output, id, value, &status) || selection_option(&c->replay.selection, id, value, &status))
		return status;
	switch (id) {
	case OPT_DATA: c->data = value; return CLI_DONE;
	case OPT_REDERIVE: c->rederive = true; return CLI_DONE;
	case OPT_TO: c->replay.to = value; return CLI_DONE;
	case OPT_SPEED: c->replay.speed = speed_of(value); return CLI_DONE;
	case OPT_STEP: c->replay.step = true; return CLI_DONE;
	default: return inputs_add(&c->inputs, value);
	}
}

/* What other reference data say of the same addresses. */
static int reclaim(struct command *c)
{
	struct record_rows recorded = { .inputs = c->inputs, .only_claims = true }, other = recorded;
	struct query_filter *filter = NULL;
	struct difference_options o = { .output = c->replay.output, .noun = "claims", .left = "the bundles", .right = c->data, .bytes_max = ROWSET_BYTES_DEFAULT };
	o.output.format = o.output.format ? o.output.format : "ndjson";
	int status = record_rows_data(c->data, &other.refdata);
	if (status == CLI_DONE)
		status = selection_open(&c->replay.selection, QUERY_KIND_FLOW, &filter);
	if (status == CLI_DONE)
		status = record_rows_start(&recorded);
	if (status == CLI_DONE) {
		other.standard = recorded.standard;
		recorded.filter = other.filter = filter;
		status = difference_run(&o, (struct difference_side[]){ { record_rows_read, &recorded }, { record_rows_read, &other } });
	}
	record_rows_end(&recorded);
	refdata_close(other.refdata);
	query_filter_free(filter);
	return status;
}

/* -o is of comparisons: records go to where --to says. */
static int replay(struct command *c)
{
	const char *format = c->replay.output.format;
	bool plays = c->replay.to || c->replay.speed || c->replay.step;
	if ((c->rederive || c->data) && (plays || (c->rederive && c->data))) {
		tell_error("replay: %s compares and replays nothing: no --to, --speed, --step%s beside it", c->rederive ? "--rederive" : "-d", c->rederive ? " or -d" : "");
		return CLI_USAGE;
	}
	if (c->data)
		return reclaim(c);
	if (c->rederive)
		return rederive_run(&c->inputs, &c->replay.output, &c->replay.selection, HELD_BYTES_DEFAULT);
	if (format && strcmp(format, "ndjson") != 0) {
		tell_error("replay: records are written as --to says, ndjson, eve, pcap or ipfix:HOST:PORT; -o is of --rederive and -d");
		return CLI_USAGE;
	}
	return replay_run(&c->inputs, &c->replay);
}

static int run(int argc, char **argv)
{
	struct args args;
	struct command c = { 0 };
	int status = CLI_DONE;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = take(&c, id, args.value);
	if (status == CLI_DONE && !c.inputs.count) {
		tell_error("replay: name a bundle, a folder of bundles, or '-'; see 'indicia replay -h'");
		status = CLI_USAGE;
	}
	if (status == CLI_DONE)
		status = replay(&c);
	inputs_free(&c.inputs);
	return status;
}

const struct cli_verb cmd_replay = {
	"replay", "Look", "BUNDLE...", NULL, "records by the recorded clock; signals derived again from what was kept",
	"Writes the records of bundles one after the other by the clock that recorded them, of several bundles together: a flow when its last packet passed, "
	"an exhibit when its packet did. A filter selects flows and what belongs to them. --to pcap writes exhibits as packets, ipfix:HOST:PORT sends flows to the "
	"collector that you name, and nothing else of this program sends anything: never to anyone who was observed.\n"
	"--rederive computes every signal again from the exhibits, with the parsers of this version, and lists what differs; -d lists what other reference data "
	"claim of the same addresses, against the claims recorded. docs/replay.md says what that proves.",
	"indicia replay case.ieb\n# as fast as it was, on a terminal\nindicia replay --speed 1 case.ieb | jq -r 'select(.type==\"signal\")|[.time,.signal,.value]|@tsv'\n"
	"# what was kept, as packets at their times\nindicia replay --to pcap -w case.pcap case.ieb\n# flows to a collector of this machine\nindicia replay --to ipfix:127.0.0.1:4739 case.ieb\n"
	"# does every signal follow from what was kept\nindicia replay --rederive case.ieb\n"
	"# what next month's reference data say\nindicia replay -d data-2026-12 -o table case.ieb",
	OPTIONS_OF(options), run,
};
