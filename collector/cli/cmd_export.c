/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/export.h"
#include "cli/tell.h"
#include "indicia/catalogue.h"
#include <string.h>
#include <strings.h>

#define FORMAT(symbol, name, flags, help) " " name
static const struct cli_option options[] = {
	{ OPT_TO, 0, "to", "FORMAT", EXPORT_NAMES, "what to write:"
#include "export/formats.def"
	},
	{ OPT_FILTER, 'f', "filter", "FILTER", NULL, "only flows that this selects, and what belongs to them; indicia-filter(7)" },
	{ OPT_FILTER_FILE, 'F', "filter-file", "FILE", NULL, "the filter stands in FILE" },
	{ OPT_TIME, 't', "time", "FROM/TO", NULL, "only flows that were active from FROM until before TO" },
	{ OPT_WRITE, 'w', "write", "FILE|DIR", NULL, "write there instead of to standard output" },
	{ OPT_FORCE, 0, "force", NULL, NULL, "let -w and --loss replace files" },
	{ OPT_LOSS, 0, "loss", "FILE", NULL, "write to FILE what the format has no place for (NDJSON)" },
	{ OPT_STRICT, 0, "strict", NULL, NULL, "exit status 1 if anything was lost" },
	{ OPT_TLP, 0, "tlp", "LEVEL", NULL, "marking of the export: clear, green, amber, amber+strict or red" },
	{ OPT_TRACKABLE, 0, "trackable", "SIGNALS", NULL, "signals that follow a person or name a query, which a marked export shall hold" },
	{ OPT_CSV_RAW, 0, "csv-raw", NULL, NULL, "no quote mark before text that a spreadsheet takes for a formula" },
	OPTION_QUIET,
	OPTION_HELP,
};
#undef FORMAT

static int tlp_of(const char *value, unsigned *tlp)
{
	for (unsigned i = 1; i < IND_TLP_COUNT; i++)
		if (strcasecmp(value, ind_tlp_name(i)) == 0)
			return *tlp = i, CLI_DONE;
	tell_error("--tlp %s: is none of clear, green, amber, amber+strict, red", value);
	return CLI_USAGE;
}

struct command { struct exporting x; struct inputs inputs; struct selection_options selection; };

static int take(struct command *c, int id, const char *value)
{
	int status = CLI_DONE;
	if (selection_option(&c->selection, id, value, &status))
		return status;
	switch (id) {
	case OPT_TO: c->x.info = export_find(value); return CLI_DONE;
	case OPT_WRITE: c->x.write = value; return CLI_DONE;
	case OPT_FORCE: c->x.force = true; return CLI_DONE;
	case OPT_LOSS: c->x.loss = value; return CLI_DONE;
	case OPT_STRICT: c->x.strict = true; return CLI_DONE;
	case OPT_TLP: return tlp_of(value, &c->x.options.tlp);
	case OPT_TRACKABLE: return selection_signals("--trackable", value, c->x.options.trackable);
	case OPT_CSV_RAW: c->x.options.csv_raw = true; return CLI_DONE;
	case OPT_QUIET: tell_quiet(true); return CLI_DONE;
	default: return inputs_add(&c->inputs, value);
	}
}

static int needs(const struct exporting *x, const struct inputs *inputs)
{
	if (!x->info) {
		tell_error("export: say to what with --to: %s", EXPORT_NAMES);
		return CLI_USAGE;
	}
	if (!inputs->count) {
		tell_error("export: name a bundle, a folder of bundles, or '-'; see 'indicia export -h'");
		return CLI_USAGE;
	}
	if (x->info->flags & EXPORT_MARKED && !x->options.tlp) {
		tell_error("export: %s is for exchange and needs a marking: --tlp clear, green, amber, amber+strict or red", x->info->name);
		return CLI_USAGE;
	}
	if (x->info->flags & EXPORT_DATABASE && (!x->write || strcmp(x->write, "-") == 0)) {
		tell_error("export: %s is a file that is written to and fro; name it with -w", x->info->name);
		return CLI_USAGE;
	}
	return CLI_DONE;
}

static int run(int argc, char **argv)
{
	static struct command c;
	struct args args;
	int status = CLI_DONE;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = take(&c, id, args.value);
	if (status == CLI_DONE)
		status = needs(&c.x, &c.inputs);
	if (status == CLI_DONE)
		status = selection_open(&c.selection, QUERY_KIND_FLOW, &c.x.filter);
	if (status == CLI_DONE)
		status = export_run(&c.x, &c.inputs);
	query_filter_free(c.x.filter);
	inputs_free(&c.inputs);
	return status;
}

#define FORMAT(symbol, name, flags, help) "\n" name ": " help "."
const struct cli_verb cmd_export = {
	"export", "Share", "BUNDLE...", NULL, "records in the formats of other programs",
	"Writes what bundles hold for another program. What the format has no place for is said at the end in one line, in full with --loss. With a filter, exhibits, "
	"claims and origins are those that belong to the selected flows. A country is what a named, dated data set says of an address, in every format. Of formats with "
	"several files -w names the folder, or the first file if the name ends as that does; without -w the first goes to standard output. docs/export.md says what each "
	"format carries, and how to read it."
#include "export/formats.def"
	,
	"# Zeek's five logs, in a folder\nindicia export --to zeek -w logs case.ieb\n# events for jq\nindicia export --to eve case.ieb | jq -c 'select(.event_type==\"tls\")|.tls'\n"
	"# what Wireshark opens\nindicia export --to pcapng -w case.pcapng case.ieb\n# for a collector of flows\nindicia export --to ipfix -w case.ipfix case.ieb\n"
	"# one address, for a partner; what could not be said stands in lost.ndjson\nindicia export --to stix --tlp amber -f 'host 203.0.113.7' --loss lost.ndjson -w case.json case.ieb\n"
	"# a picture\nindicia export --to dot case.ieb | dot -Tsvg > case.svg",
	OPTIONS_OF(options), run,
};
#undef FORMAT
