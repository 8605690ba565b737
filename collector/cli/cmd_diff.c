/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/assessment_rows.h"
#include "cli/record_rows.h"
#include "cli/selection.h"
#include "cli/tell.h"

static const struct cli_option options[] = {
	{ OPT_DATA, 'd', "data", "DIR", NULL, "given twice: what two folders of reference data claim of the addresses in BUNDLE" },
	{ OPT_IGNORE, 0, "ignore", "KEYS", NULL, "fields that are not compared, with commas between" },
	{ OPT_FILTER, 'f', "filter", "FILTER", NULL, "only flows that this selects, and what belongs to them; indicia-filter(7)" },
	{ OPT_FILTER_FILE, 'F', "filter-file", "FILE", NULL, "the filter stands in FILE" },
	{ OPT_TIME, 't', "time", "FROM/TO", NULL, "only flows that were active from FROM until before TO" },
	OPTIONS_OUTPUT,
	OPTION_QUIET,
	OPTION_HELP,
};

enum { SIDES = 2 };

struct command {
	struct record_rows side[SIDES];
	struct assessment_rows assessment[SIDES];
	bool of_assessments;
	struct refdata *refdata[SIDES];
	const char *data[SIDES], *operand[SIDES], *ignore;
	size_t data_count, operand_count;
	struct output_options output;
	struct selection_options selection;
};

static int take(struct command *c, int id, const char *value)
{
	int status = CLI_DONE;
	if (output_option(&c->output, id, value, &status) || selection_option(&c->selection, id, value, &status))
		return status;
	if (id == OPT_IGNORE) {
		c->ignore = value;
	} else if (id == OPT_DATA) {
		if (c->data_count < SIDES)
			c->data[c->data_count] = value;
		c->data_count++;
	} else {
		if (c->operand_count < SIDES)
			c->operand[c->operand_count] = value;
		c->operand_count++;
	}
	return CLI_DONE;
}

/* Two assessments, as soon as one of the two is JSON. */
static int assessments_open(struct command *c)
{
	if (c->selection.filter || c->selection.file || c->selection.window) {
		tell_error("diff: -f, -F and -t select flows of bundles; assessments are compared whole");
		return CLI_USAGE;
	}
	int status = c->ignore ? record_rows_ignore(&c->side[0], c->ignore) : CLI_DONE;
	for (size_t i = 0; i < SIDES && status == CLI_DONE; i++) {
		c->assessment[i].ignored = c->side[0].ignored;
		status = assessment_rows_open(&c->assessment[i], c->operand[i]);
	}
	return status;
}

/* Against a file that cannot be opened nothing is held: all of the other side would seem to be gone. */
static int side_there(const struct inputs *inputs)
{
	struct input in;
	if (inputs->count != 1 || inputs->has_stdin)
		return CLI_DONE;
	int status = input_open(&in, inputs->names[0]);
	if (status == CLI_DONE)
		input_close(&in);
	return status;
}

/* Two things to hold against each other: two bundles, two assessments, or two folders of reference data and what they are asked of. */
static int sides_open(struct command *c)
{
	bool by_data = c->data_count > 0;
	if (c->data_count == 1 || c->data_count > SIDES) {
		tell_error("diff: -d is given twice, for the two that are compared; 'indicia replay -d' compares with what was recorded");
		return CLI_USAGE;
	}
	if (c->operand_count != (by_data ? 1 : SIDES)) {
		tell_error(by_data ? "diff: with -d name one bundle or folder of bundles" : "diff: name two bundles, two folders of bundles or two assessments; see 'indicia diff -h'");
		return CLI_USAGE;
	}
	c->of_assessments = !by_data && (assessment_rows_is_json(c->operand[0]) || assessment_rows_is_json(c->operand[1]));
	if (c->of_assessments)
		return assessments_open(c);
	int status = CLI_DONE;
	for (size_t i = 0; i < SIDES && status == CLI_DONE; i++) {
		status = inputs_add(&c->side[i].inputs, c->operand[by_data ? 0 : i]);
		if (status == CLI_DONE)
			status = side_there(&c->side[i].inputs);
		if (status == CLI_DONE && by_data)
			status = record_rows_data(c->data[i], &c->refdata[i]);
		if (status == CLI_DONE && c->ignore)
			status = record_rows_ignore(&c->side[i], c->ignore);
		c->side[i].refdata = c->refdata[i];
	}
	if (status == CLI_DONE && c->side[0].inputs.has_stdin && c->side[1].inputs.has_stdin) {
		tell_error("diff: standard input can be read only once");
		status = CLI_USAGE;
	}
	for (size_t i = 0; i < SIDES && status == CLI_DONE; i++)
		status = record_rows_start(&c->side[i]);
	return status;
}

static int diff(struct command *c)
{
	struct query_filter *filter = NULL;
	int status = sides_open(c);
	if (status == CLI_DONE)
		status = selection_open(&c->selection, QUERY_KIND_FLOW, &filter);
	if (status == CLI_DONE) {
		struct difference_options o = {
			.output = c->output, .noun = c->of_assessments ? "statements" : c->data_count ? "claims" : "records", .left = c->data_count ? c->data[0] : c->operand[0],
			.right = c->data_count ? c->data[1] : c->operand[1], .bytes_max = ROWSET_BYTES_DEFAULT,
		};
		c->side[0].filter = c->side[1].filter = filter;
		struct difference_side sides[SIDES];
		for (size_t i = 0; i < SIDES; i++)
			sides[i] = c->of_assessments ? (struct difference_side){ assessment_rows_read, &c->assessment[i] } : (struct difference_side){ record_rows_read, &c->side[i] };
		status = difference_run(&o, sides);
	}
	query_filter_free(filter);
	return status;
}

static int run(int argc, char **argv)
{
	struct args args;
	struct command c = { 0 };
	int status = CLI_DONE;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = take(&c, id, args.value);
	if (status == CLI_DONE)
		status = diff(&c);
	for (size_t i = 0; i < SIDES; i++) {
		record_rows_end(&c.side[i]);
		assessment_rows_close(&c.assessment[i]);
		inputs_free(&c.side[i].inputs);
		refdata_close(c.refdata[i]);
	}
	return status;
}

const struct cli_verb cmd_diff = {
	"diff", "Look", "A B", NULL, "what two bundles, assessments, or reference data sets say otherwise",
	"Holds the records of A against those of B, by content: flows by their ends and start, signals by their flow, name and value, claims by address and data set, "
	"origins by address, exhibits by packet and SHA-256, headers by sensor and source. What differs between any two files (record ids, stream, time of creation) "
	"is not compared, nor are CLOCK records. A and B may be folders: then of all bundles in them.\n"
	"If A and B are assessments ('indicia assess -o json'): which inputs, levels, items, missing signals and other explanations changed.\n"
	"With -d twice, one bundle: what two folders of reference data claim of the addresses in it. Exit status 1 if anything differs.",
	"indicia diff a.ieb b.ieb\n# the same capture by two sensors\nindicia diff --ignore sensor a.ieb b.ieb\n# what changed in the reference data\n"
	"indicia diff -d data-2026-10 -d data-2026-11 case.ieb\n# what those data make of an assessment\nindicia diff old.json new.json",
	OPTIONS_OF(options), run,
};
