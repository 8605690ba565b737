/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/input.h"
#include "cli/listing.h"
#include "cli/overview.h"
#include "cli/proof.h"
#include "cli/target.h"
#include "cli/tell.h"

static const struct cli_option options[] = {
	{ OPT_RECORDS, 0, "records", NULL, NULL, "every record of the bundles in recorded order, as NDJSON" },
	OPTIONS_OUTPUT,
	OPTION_QUIET,
	OPTION_HELP,
};

struct show {
	struct inputs inputs;
	struct output_options output;
	bool records;
};

static int show_each(const struct show *s, struct writer *writer, struct target *target, bool block)
{
	uint64_t limit = s->output.has_limit ? s->output.limit : UINT64_MAX, shown = 0;
	int status = CLI_DONE;
	struct overview *overview = overview_new();
	if (!overview)
		return tell_error("out of memory"), CLI_FAILED;
	for (size_t i = 0; i < s->inputs.count && shown < limit; i++) {
		int one = overview_read(overview, s->inputs.names[i]);
		status = one > status ? one : status;
		if (!overview_row(overview))
			continue;
		shown++;
		if (block)
			overview_block(overview, &target->out);
		else
			writer_row(writer, overview_row(overview));
	}
	overview_free(overview);
	if (shown == limit && limit < s->inputs.count)
		tell_note("%llu of %zu bundles shown (-n)", (unsigned long long)shown, s->inputs.count);
	return status;
}

static int show_bundles(const struct show *s)
{
	struct writer_options options_of;
	struct writer writer;
	struct target target;
	int status = output_writer_options(&s->output, QUERY_KIND_BUNDLE, &options_of);
	if (status == CLI_DONE)
		status = target_open(&target, s->output.write, s->output.force);
	if (status != CLI_DONE)
		return status;
	bool block = options_of.format == QUERY_FORMAT_TABLE && !options_of.column_count && s->inputs.count == 1;
	if (!block)
		writer_start(&writer, &target.out, QUERY_KIND_BUNDLE, &options_of);
	status = show_each(s, &writer, &target, block);
	uint64_t limit = s->output.limit;
	bool cut = s->output.has_limit && limit < s->inputs.count;
	if (!block)
		writer_end(&writer, &(struct writer_summary){ cut, writer.rows, s->inputs.count });
	int closed = target_close(&target, true);
	return closed != CLI_DONE ? closed : status;
}

/* Proofs are shown as proofs, and apart from bundles. */
static int show_any(const struct show *s)
{
	bool all, any;
	proof_among(&s->inputs, &all, &any);
	if (any && (!all || s->records)) {
		tell_error(s->records ? "show: --records is of bundles; a proof shows its records without it" : "show: bundles and proofs are shown apart");
		return CLI_USAGE;
	}
	if (any)
		return proof_show(&s->inputs, &s->output);
	return s->records ? listing_records(&s->inputs, &s->output) : show_bundles(s);
}

static int show_option(struct show *s, int id, const char *value)
{
	int status = CLI_DONE;
	if (output_option(&s->output, id, value, &status))
		return status;
	if (id == OPT_RECORDS) {
		s->records = true;
		return CLI_DONE;
	}
	return inputs_add(&s->inputs, value);
}

static int run(int argc, char **argv)
{
	struct args args;
	struct show s = { 0 };
	int status = CLI_DONE;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = show_option(&s, id, args.value);
	if (status == CLI_DONE && !s.inputs.count) {
		tell_error("show: name a bundle, a folder of bundles, or '-'; see 'indicia show -h'");
		status = CLI_USAGE;
	}
	if (status == CLI_DONE)
		status = show_any(&s);
	inputs_free(&s.inputs);
	return status;
}

const struct cli_verb cmd_show = {
	"show", "Look", "BUNDLE|PROOF...", NULL, "what bundles are: who recorded them, when, how much, what was lost",
	"Of one bundle everything that its header and its records say of the whole; of several one row each. The verdict is that of 'indicia verify'. What was "
	"not stated when the bundle was recorded is 'not stated' here.\n"
	"Of a proof file (table or NDJSON) it shows the records that were opened, and of these the fields that were; what is hidden is absent.",
	"indicia show case.ieb\nindicia show /var/lib/indicia/bundles\n# every record, for other programs\nindicia show --records case.ieb | jq -c 'select(.type==\"claim\")'",
	OPTIONS_OF(options), run,
};
