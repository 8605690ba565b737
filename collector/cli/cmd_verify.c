/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/target.h"
#include "cli/tell.h"
#include "cli/custody_show.h"
#include "cli/input.h"
#include "cli/proof.h"
#include "cli/verdict.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
	{ OPT_TRUST, 0, "trust", "F|D", NULL, "trust the keys of this file or folder, with the statements about keys in it, and no others; may be given again" },
	{ OPT_AT, 0, "at", "TIME", NULL, "judge keys as of this time: statements about them of a later one do not count" },
	{ OPT_CHECKPOINT, 0, "checkpoint", "NOTE", NULL, "a state of the stream that was kept elsewhere must be in it; may be given again" },
	{ OPT_SAVE_CHECKPOINT, 0, "save-checkpoint", "FILE", NULL, "write the last checkpoint of the bundle (one that is VALID), to be kept elsewhere" },
	{ OPT_CA, 0, "ca", "FILE", NULL, "trust these time stamp authorities, and no others; may be given again" },
	{ OPT_CUSTODY, 0, "custody", NULL, NULL, "append what was found to the custody log: an event 'verified'" },
	{ OPT_ACTOR, 0, "actor", "NAME", NULL, "with --custody: who verifies; else $INDICIA_ACTOR" },
	{ OPT_PLACE, 0, "place", "TEXT", NULL, "with --custody: where; else $INDICIA_PLACE" },
	{ OPT_PURPOSE, 0, "purpose", "TEXT", NULL, "with --custody: why ('verification')" },
	{ OPT_KEY, 0, "key", "FILE", NULL, "with --custody: sign with this key" },
	{ OPT_EXPLAIN, 0, "explain", NULL, NULL, "what was found, and what it means, below each line; and what no verdict excludes" },
	{ OPT_FORMAT, 'o', "format", "FORMAT", "table json ndjson csv tsv", "table (one line each), json or ndjson (one object each), csv or tsv" },
	{ OPT_JSON, 0, "json", NULL, NULL, "the same as -o json" },
	{ OPT_WRITE, 'w', "write", "FILE", NULL, "write to FILE instead of standard output" },
	{ OPT_FORCE, 0, "force", NULL, NULL, "let -w and --save-checkpoint replace a file" },
	{ OPT_CSV_RAW, 0, "csv-raw", NULL, NULL, "no quote mark before text that a spreadsheet takes for a formula" },
	OPTION_COLOR,
	OPTION_QUIET,
	OPTION_HELP,
};

struct verify {
	struct custody_trust trust;
	struct custody_add add;
	struct inputs inputs;
	struct ind_kept_head heads[IND_HEADS_MAX];
	const char *head_files[IND_HEADS_MAX];
	size_t head_count;
	const char *save;
	struct verdict *verdicts;    /* one each input */
	struct chain_link *links;
	struct output_options output;
	struct writer writer;
	bool lines, explain, custody;
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

static struct ind_verify_options options_with(const struct verify *v, const struct ind_kept_head *heads, size_t count)
{
	struct ind_verify_options options_of = trust_options(&v->trust.keys);
	options_of.heads = heads;
	options_of.head_count = count;
	options_of.more_follow = v->inputs.count > 1;
	return options_of;
}

/* A bundle, or a proof file by its first bytes. */
static enum ind_err verify_input(const struct verify *v, size_t at, const struct ind_kept_head *heads, size_t head_count, struct verdict *verdict)
{
	struct input in;
	struct ind_verify_options options_of = options_with(v, heads, head_count);
	if (input_open(&in, v->inputs.names[at]) != CLI_DONE)
		return IND_IO;
	enum ind_err err = IND_OK;
	verdict->is_proof = proof_is(&in);
	if (verdict->is_proof) {
		err = ind_disclosure_check(&in.source, &options_of, NULL, NULL, &verdict->proof);
		verdict->result = verdict->proof.verify;
	} else {
		err = ind_verify(&in.source, &options_of, &verdict->result);
	}
	if (err != IND_OK)
		tell_error("%s: %s", in.name, err == IND_IO ? strerror(in.error) : ind_strerror(err));
	input_close(&in);
	return err;
}

static bool holds(void *ctx, size_t at, const struct ind_kept_head *head)
{
	const struct verify *v = ctx;
	struct verdict again = { 0 };
	return verify_input(v, at, head, 1, &again) == IND_OK && again.result.head_differing == IND_ABSENT_U64;
}

static int verdicts_make(struct verify *v)
{
	v->verdicts = calloc(v->inputs.count, sizeof(*v->verdicts));
	v->links = calloc(v->inputs.count, sizeof(*v->links));
	if (!v->verdicts || !v->links)
		return tell_error("out of memory"), CLI_FAILED;
	for (size_t i = 0; i < v->inputs.count; i++) {
		struct verdict *verdict = &v->verdicts[i];
		if (v->inputs.count > 1)
			tell_progress("verify: %zu of %zu, %s", i + 1, v->inputs.count, v->inputs.names[i]);
		verdict_of(verdict, v->inputs.names[i], verify_input(v, i, v->heads, v->head_count, verdict));
		v->links[i].result = &verdict->result;
		verdict->link = &v->links[i];
	}
	tell_progress_end();
	return chain_judge(v->links, v->inputs.count, holds, v) ? CLI_DONE : (tell_error("out of memory"), CLI_FAILED);
}

/* What stands beside the bundle: time stamps, and with --custody one event more. Standard input has nothing beside it. */
static int beside(struct verify *v, const char *name, struct verdict *verdict)
{
	struct input in;
	struct custody c;
	if (strcmp(name, "-") == 0)
		return v->custody ? (tell_error("verify: --custody needs a file, not standard input"), CLI_USAGE) : CLI_DONE;
	int status = input_open(&in, name);
	if (status != CLI_DONE)
		return status;
	status = custody_beside(&c, name, &in.source, &verdict->result, &v->trust, v->custody);
	if (status == CLI_DONE)
		custody_interval(&c, verdict);
	if (status == CLI_DONE && v->custody) {
		v->add.note = ind_verdict_name(verdict->result.verdict);
		status = custody_append(&c, &v->add);
	}
	custody_close(&c);
	input_close(&in);
	/* A log that cannot be read is told of, and changes no verdict. */
	return v->custody ? status : CLI_DONE;
}

static int all_beside(struct verify *v)
{
	int status = CLI_DONE;
	for (size_t i = 0; i < v->inputs.count; i++) {
		int one = v->verdicts[i].unreadable || v->verdicts[i].is_proof ? CLI_DONE : beside(v, v->inputs.names[i], &v->verdicts[i]);
		status = one > status ? one : status;
	}
	return status;
}

static int verdicts_put(struct verify *v, struct out *out)
{
	static struct query_row row;
	int status = CLI_DONE;
	for (size_t i = 0; i < v->inputs.count; i++) {
		struct verdict *verdict = &v->verdicts[i];
		if (verdict->link->conflict != CHAIN_NONE)
			verdict->conflict = v->inputs.names[verdict->link->conflict];
		if (v->lines)
			verdict_line(verdict, out, v->explain);
		else
			writer_row(&v->writer, verdict_row(verdict, &row));
		int one = verdict->unreadable ? CLI_DAMAGED : verdict->result.verdict == IND_VERDICT_VALID ? CLI_DONE : CLI_NEGATIVE;
		status = one > status ? one : status;
	}
	if (v->lines && v->explain)
		threats_put(out);
	if (!v->lines)
		writer_end(&v->writer, NULL);
	return status;
}

/* Whoever gives a checkpoint asks for its stream: an archive that holds nothing of it does not hold that state. */
static int streams_check(const struct verify *v)
{
	int status = CLI_DONE;
	for (size_t h = 0; h < v->head_count; h++) {
		bool here = false;
		for (size_t i = 0; i < v->inputs.count && !here; i++)
			here = memcmp(v->verdicts[i].result.stream_id, v->heads[h].stream_id, IND_STREAM_ID_BYTES) == 0;
		if (here)
			continue;
		tell_error("%s: its stream is in none of what was given: the state that was kept was compared with nothing", v->head_files[h]);
		status = CLI_NEGATIVE;
	}
	return status;
}

static int checkpoint_save(const struct verify *v)
{
	const struct ind_verify_result *r = &v->verdicts[0].result;
	struct target target;
	if (v->verdicts[0].unreadable || r->verdict != IND_VERDICT_VALID)
		return tell_error("%s: no checkpoint is saved: only one of a bundle that is VALID is worth keeping", v->inputs.names[0]), CLI_NEGATIVE;
	int status = target_open(&target, v->save, v->output.force);
	if (status != CLI_DONE)
		return status;
	out_bytes(&target.out, r->checkpoint, r->checkpoint_bytes);
	return target_close(&target, true);
}

static int verify_all(struct verify *v)
{
	struct target target;
	int status = target_open(&target, v->output.write, v->output.force);
	if (status != CLI_DONE)
		return status;
	status = writer_prepare(v, &target.out);
	if (status == CLI_DONE)
		status = verdicts_make(v);
	if (status != CLI_DONE) {
		(void)target_close(&target, false);
		return status;
	}
	int logged = all_beside(v);
	status = verdicts_put(v, &target.out);
	status = logged > status ? logged : status;
	int streams = streams_check(v);
	status = streams > status ? streams : status;
	int closed = target_close(&target, true);
	if (closed != CLI_DONE)
		return closed;
	int saved = v->save ? checkpoint_save(v) : CLI_DONE;
	return saved > status ? saved : status;
}

static int checkpoint_give(struct verify *v, const char *path)
{
	char text[4 * IND_CHECKPOINT_MAX];
	if (v->head_count == IND_HEADS_MAX)
		return tell_error("--checkpoint: more than %d times", IND_HEADS_MAX), CLI_USAGE;
	FILE *file = fopen(path, "re");
	if (!file)
		return tell_error("%s: %s", path, strerror(errno)), CLI_MISSING;
	size_t bytes = fread(text, 1, sizeof(text), file);
	bool ok = !ferror(file) && bytes < sizeof(text);
	fclose(file);
	if (!ok || ind_head_from_note(text, bytes, &v->heads[v->head_count]) != IND_OK)
		return tell_error("%s: is no checkpoint (a signed note whose first line ends in a stream id); verify --save-checkpoint writes one", path), CLI_USAGE;
	v->head_files[v->head_count++] = path;
	return CLI_DONE;
}

static int verify_option(struct verify *v, int id, const char *value)
{
	int status = CLI_DONE;
	if (output_option(&v->output, id, value, &status))
		return status;
	if (custody_add_option(&v->add, id, value, &status))
		return status;
	switch (id) {
	case OPT_CA: return custody_trust_ca(&v->trust, value);
	case OPT_CUSTODY: v->custody = true; return CLI_DONE;
	case OPT_TRUST: return trust_give(&v->trust.keys, value);
	case OPT_AT: return trust_as_of(&v->trust.keys, value);
	case OPT_CHECKPOINT: return checkpoint_give(v, value);
	case OPT_SAVE_CHECKPOINT: v->save = value; return CLI_DONE;
	case OPT_EXPLAIN: v->explain = true; return CLI_DONE;
	default: return inputs_add(&v->inputs, value);
	}
}

static int run(int argc, char **argv)
{
	static struct verify v = { .add = { .type = IND_CUSTODY_VERIFIED, .purpose = "verification" } };
	struct args args;
	int status = CLI_DONE;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = verify_option(&v, id, args.value);
	if (status == CLI_DONE && !v.inputs.count) {
		tell_error("verify: name a bundle, a folder of bundles, or '-'; see 'indicia verify -h'");
		status = CLI_USAGE;
	}
	if (status == CLI_DONE && v.save && v.inputs.count != 1) {
		tell_error("--save-checkpoint: name one bundle");
		status = CLI_USAGE;
	}
	if (status == CLI_DONE && v.custody)
		status = custody_add_check(&v.add);
	if (status == CLI_DONE)
		status = custody_trust_load(&v.trust);
	if (status == CLI_DONE)
		status = verify_all(&v);
	free(v.verdicts);
	free(v.links);
	inputs_free(&v.inputs);
	custody_trust_free(&v.trust);
	return status;
}

const struct cli_verb cmd_verify = {
	"verify", "Trust", "BUNDLE|PROOF...", NULL, "what the seals of bundles and of proofs say",
	"Checks every byte of each bundle, its hash tree, its signatures, and whether its key is trusted. One line each, the verdict first: VALID every byte is "
	"covered by a trusted seal; INCOMPLETE sealed up to a point, and no final seal; UNSEALED no seal at all; ALTERED these bytes are not the bytes "
	"that were sealed; UNTRUSTED sealed by a key that is not trusted here; ROLLBACK a state that was witnessed is missing; UNSUPPORTED a "
	"version that this program does not know; UNREADABLE the file cannot be read.\n"
	"Trusted are the keys of --trust, else this user's own and those in /etc/indicia/trust.d. Exit status 0 only if all are VALID. "
	"Bundles of one stream follow on each other: the leaves between two of those given that are in none are named (each verifies alone, so this is no verdict); "
	"two that hold different states of one stream are both ROLLBACK. That newer bundles were kept back, or a stream was gone back in, shows only against a checkpoint "
	"that somebody else kept: --save-checkpoint writes one, --checkpoint asks for it.\n"
	"Time is an interval: not before and not after are by the sensor's own clock only, unless a time stamp in the custody log beside the bundle is of use (--ca; 'indicia help stamp'). "
	"Nothing is written unless --custody is given.\n"
	"A proof file of 'indicia disclose' is VALID if all that it shows leads to a trusted seal; how many records the bundle holds beside is said with it.",
	"indicia verify case.ieb\n# with the key that the sensor's owner handed over\nindicia verify --trust fra-01.pub --explain case.ieb\n"
	"# what the colleague keeps today must be in the archive tomorrow\nindicia verify --save-checkpoint head.note case.ieb\nindicia verify --checkpoint head.note archive/\n"
	"# for a script\nindicia verify -o json archive/ | jq -r 'select(.verdict!=\"VALID\")|.file'",
	OPTIONS_OF(options), run,
};
