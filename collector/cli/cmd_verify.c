/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/input.h"
#include "cli/target.h"
#include "cli/tell.h"
#include "cli/trust.h"
#include "cli/verdict.h"
#include <string.h>

static const struct cli_option options[] = {
	{ OPT_TRUST, 0, "trust", "F|D", NULL, "trust the keys of this file or folder, with the statements about keys in it, and no others; may be given again" },
	{ OPT_EXPLAIN, 0, "explain", NULL, NULL, "what was found, and what it means, below each line" },
	{ OPT_FORMAT, 'o', "format", "FORMAT", "table json ndjson csv tsv", "table (one line each), json or ndjson (one object each), csv or tsv" },
	{ OPT_JSON, 0, "json", NULL, NULL, "the same as -o json" },
	{ OPT_WRITE, 'w', "write", "FILE", NULL, "write to FILE instead of standard output" },
	{ OPT_FORCE, 0, "force", NULL, NULL, "let -w replace a file" },
	{ OPT_CSV_RAW, 0, "csv-raw", NULL, NULL, "no quote mark before text that a spreadsheet takes for a formula" },
	OPTION_COLOR,
	OPTION_QUIET,
	OPTION_HELP,
};

struct verify {
	struct trust trust;
	struct inputs inputs;
	struct output_options output;
	struct writer writer;
	struct chain chain;
	bool lines, explain;
};

/* JSON comes one object a line here: the object of one input is the whole answer about it. */
static int writer_prepare(struct verify *v, struct out *out)
{
	struct writer_options options_of;
	int status = output_writer_options(&v->output, QUERY_KIND_VERIFY, &options_of);
	v->lines = options_of.format == QUERY_FORMAT_TABLE && !options_of.column_count;
	if (options_of.format == QUERY_FORMAT_JSON)
		options_of.format = QUERY_FORMAT_NDJSON;
	if (status == CLI_DONE && !v->lines)
		writer_start(&v->writer, out, QUERY_KIND_VERIFY, &options_of);
	return status;
}

static int verify_one(struct verify *v, struct out *out, const char *name)
{
	struct input in;
	struct verdict verdict = { 0 };
	enum ind_err err = IND_IO;
	if (input_open(&in, name) == CLI_DONE) {
		struct ind_verify_options options_of = trust_options(&v->trust);
		err = ind_verify(&in.source, &options_of, &verdict.result);
		if (err != IND_OK)
			tell_error("%s: %s", in.name, err == IND_IO ? strerror(in.error) : ind_strerror(err));
		input_close(&in);
	}
	verdict_of(&verdict, name, err);
	verdict.has_gap = err == IND_OK && chain_follow(&v->chain, &verdict.result, &verdict.gap);
	if (v->lines)
		verdict_line(&verdict, out, v->explain);
	else
		writer_row(&v->writer, verdict_row(&verdict));
	if (err != IND_OK)
		return CLI_DAMAGED;
	return verdict.result.verdict == IND_VERDICT_VALID ? CLI_DONE : CLI_NEGATIVE;
}

static int verify_all(struct verify *v)
{
	struct target target;
	int status = target_open(&target, v->output.write, v->output.force);
	if (status != CLI_DONE)
		return status;
	status = writer_prepare(v, &target.out);
	if (status != CLI_DONE) {
		(void)target_close(&target, false);
		return status;
	}
	for (size_t i = 0; i < v->inputs.count; i++) {
		int one = verify_one(v, &target.out, v->inputs.names[i]);
		status = one > status ? one : status;
	}
	if (!v->lines)
		writer_end(&v->writer, NULL);
	int closed = target_close(&target, true);
	return closed != CLI_DONE ? closed : status;
}

static int verify_option(struct verify *v, int id, const char *value)
{
	int status = CLI_DONE;
	if (output_option(&v->output, id, value, &status))
		return status;
	switch (id) {
	case OPT_TRUST: return trust_give(&v->trust, value);
	case OPT_EXPLAIN: v->explain = true; return CLI_DONE;
	default: return inputs_add(&v->inputs, value);
	}
}

static int run(int argc, char **argv)
{
	static struct verify v;
	struct args args;
	int status = CLI_DONE;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = verify_option(&v, id, args.value);
	if (status == CLI_DONE && !v.inputs.count) {
		tell_error("verify: name a bundle, a folder of bundles, or '-'; see 'indicia verify -h'");
		status = CLI_USAGE;
	}
	if (status == CLI_DONE)
		status = trust_load(&v.trust);
	if (status == CLI_DONE)
		status = verify_all(&v);
	chain_free(&v.chain);
	inputs_free(&v.inputs);
	return status;
}

const struct cli_verb cmd_verify = {
	"verify", "Trust", "BUNDLE...", NULL, "what the seals of bundles say",
	"Checks every byte of each bundle, its hash tree, its signatures, and whether its key is trusted. One line each, the verdict first: VALID every byte is "
	"covered by a trusted seal; INCOMPLETE sealed up to a point, and no final seal; UNSEALED no seal at all; ALTERED these bytes are not the bytes "
	"that were sealed; UNTRUSTED sealed by a key that is not trusted here; ROLLBACK a state that was witnessed is missing; UNSUPPORTED a "
	"version that this program does not know; UNREADABLE the file cannot be read.\n"
	"Trusted are the keys of --trust, else this user's own and those in /etc/indicia/trust.d. Exit status 0 only if all are VALID. "
	"Bundles of one stream follow on each other: of those given, in that order, the leaves between two that were in none are named; each verifies alone, so "
	"this is no verdict.",
	"indicia verify case.ieb\n# with the key that the sensor's owner handed over\nindicia verify --trust fra-01.pub --explain case.ieb\n"
	"# for a script\nindicia verify -o json archive/ | jq -r 'select(.verdict!=\"VALID\")|.file'",
	OPTIONS_OF(options), run,
};
