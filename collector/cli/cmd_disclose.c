/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/choice.h"
#include "cli/input.h"
#include "cli/selection.h"
#include "cli/target.h"
#include "cli/tell.h"
#include "cli/trust.h"
#include "cli/verdict.h"
#include <string.h>

static const struct cli_option options[] = {
	{ OPT_RECORD, 0, "record", "ID,ID", NULL, "these records, by the ids that listings print; the id of a signal means its flow; may be given again" },
	{ OPT_FILTER, 'f', "filter", "FILTER", NULL, "flows that this selects; indicia-filter(7)" },
	{ OPT_FILTER_FILE, 'F', "filter-file", "FILE", NULL, "the same, with the filter in a file" },
	{ OPT_TIME, 't', "time", "FROM/TO", NULL, "flows that were active then" },
	{ OPT_FLOWS, 0, "flows", NULL, NULL, "all flows" },
	{ OPT_EXHIBITS, 0, "exhibits", NULL, NULL, "all exhibits" },
	{ OPT_CLAIMS, 0, "claims", NULL, NULL, "all claims" },
	{ OPT_ORIGINS, 0, "origins", NULL, NULL, "all origin records" },
	{ OPT_SHOW, 0, "show", "GROUPS", NULL, "groups of fields to open, with commas between; without it the core alone" },
	{ OPT_WRITE, 'w', "write", "PROOF", NULL, "the proof file, *.iep by custom" },
	{ OPT_FORCE, 0, "force", NULL, NULL, "let -w replace a file" },
	{ OPT_TRUST, 0, "trust", "F|D", NULL, "trust the keys of this file or folder, and no others; may be given again" },
	OPTION_QUIET,
	OPTION_HELP,
};

struct disclose {
	struct trust trust;
	struct choice choice;
	struct selection_options selection;
	const char *bundle, *write;
	bool force;
};

static int disclose_option(struct disclose *d, int id, const char *value)
{
	int status = CLI_DONE;
	if (selection_option(&d->selection, id, value, &status))
		return status;
	switch (id) {
	case OPT_RECORD: return choice_records(&d->choice, value);
	case OPT_FLOWS: d->choice.kinds |= IND_WANT(IND_REC_FLOW); return CLI_DONE;
	case OPT_EXHIBITS: d->choice.kinds |= IND_WANT(IND_REC_EXHIBIT); return CLI_DONE;
	case OPT_CLAIMS: d->choice.kinds |= IND_WANT(IND_REC_CLAIM); return CLI_DONE;
	case OPT_ORIGINS: d->choice.kinds |= IND_WANT(IND_REC_ORIGIN); return CLI_DONE;
	case OPT_SHOW: return choice_show(&d->choice, value);
	case OPT_WRITE: d->write = value; return CLI_DONE;
	case OPT_FORCE: d->force = true; return CLI_DONE;
	case OPT_TRUST: return trust_give(&d->trust, value);
	case OPT_QUIET: tell_quiet(true); return CLI_DONE;
	default: break;
	}
	if (d->bundle)
		return tell_error("disclose: one bundle at a time; '%s' is the second", value), CLI_USAGE;
	d->bundle = value;
	return CLI_DONE;
}

static int needs(const struct disclose *d)
{
	const char *lacking = !d->bundle ? "name a bundle" : !d->write ? "name the proof file with -w" :
		!d->choice.count && !d->choice.kinds && !d->choice.filter ? "say which records: --record, -f, --flows, --exhibits, --claims or --origins" : NULL;
	if (!lacking)
		return CLI_DONE;
	tell_error("disclose: %s; see 'indicia disclose -h'", lacking);
	return CLI_USAGE;
}

static enum ind_err put(void *ctx, const void *bytes, size_t count)
{
	struct target *target = ctx;
	out_bytes(&target->out, bytes, count);
	return target->out.err;
}

static void tell_made(const struct disclose *d, const struct ind_disclose_made *made)
{
	const struct ind_verify_result *v = &made->verified;
	if (v->verdict == IND_VERDICT_INCOMPLETE)
		tell_note("%s: INCOMPLETE; only what its last seal covers can be proven: %llu of %llu leaves", d->bundle,
			(unsigned long long)v->authenticated_leaves, (unsigned long long)v->leaves);
	tell_note("%s: %llu of %llu records, %llu bytes; " IND_DISCLOSURE_LABEL, d->write, (unsigned long long)made->records,
		(unsigned long long)v->records, (unsigned long long)made->bytes);
}

/* Why there is no proof. */
static int tell_failed(const struct disclose *d, const struct input *in, enum ind_err err, const struct ind_disclose_made *made)
{
	const struct ind_verify_result *v = &made->verified;
	switch (err) {
	case IND_KEY:
		tell_error("%s: %s (%s); only a VALID bundle, and the sealed part of an INCOMPLETE one, can be proven", d->bundle, ind_verdict_name(v->verdict), v->reason);
		return CLI_NEGATIVE;
	case IND_MISSING:
		tell_error("%s: no record of these kinds is in what its last seal covers", d->bundle);
		return CLI_MISSING;
	case IND_IO:
		tell_error("%s: %s", d->bundle, strerror(in->error));
		return CLI_DAMAGED;
	default:
		tell_error("%s: %s", d->bundle, ind_strerror(err));
		return err == IND_NOMEM || err == IND_LIMIT ? CLI_FAILED : CLI_DAMAGED;
	}
}

static int disclose_to(struct disclose *d, const struct input *in, struct target *target)
{
	struct ind_disclose_options options_of = { d->trust.keys, d->trust.count, choice_takes, &d->choice };
	struct ind_sink sink = { .write = put, .ctx = target };
	struct ind_disclose_made made = { 0 };
	enum ind_err err = choice_of_bundle(&d->choice, &in->source);
	if (err == IND_OK)
		err = ind_disclose(&in->source, &options_of, &sink, &made);
	bool unwritten = target->out.err != IND_OK;
	int status = CLI_DONE;
	if (err == IND_OK || err == IND_MISSING)
		status = choice_found_all(&d->choice);
	if (status == CLI_DONE && err != IND_OK && !unwritten)
		status = tell_failed(d, in, err, &made);
	int closed = target_close(target, status == CLI_DONE);
	status = status == CLI_DONE ? closed : status;
	if (status == CLI_DONE)
		tell_made(d, &made);
	return status;
}

static int disclose_run(struct disclose *d)
{
	struct input in;
	struct target target;
	int status = target_open(&target, d->write, d->force);
	if (status != CLI_DONE)
		return status;
	status = input_open(&in, d->bundle);
	if (status != CLI_DONE) {
		(void)target_close(&target, false);
		return status;
	}
	choice_ready(&d->choice);
	status = disclose_to(d, &in, &target);
	input_close(&in);
	return status;
}

static int run(int argc, char **argv)
{
	static struct disclose d;
	struct args args;
	int status = CLI_DONE;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = disclose_option(&d, id, args.value);
	if (status == CLI_DONE)
		status = selection_open(&d.selection, QUERY_KIND_FLOW, &d.choice.filter);
	if (status == CLI_DONE)
		status = needs(&d);
	if (status == CLI_DONE)
		status = trust_load(&d.trust);
	if (status == CLI_DONE)
		status = disclose_run(&d);
	choice_free(&d.choice);
	return status;
}

const struct cli_verb cmd_disclose = {
	"disclose", "Trust", "BUNDLE", NULL, "a proof of chosen records, or of parts of them, without the bundle",
	"Verifies the bundle and writes a proof file: whoever has it and trusts the sensor's key can check with 'indicia verify' that the sensor recorded these "
	"records, and sees of them what was opened. What was not opened is not in the file. A proof says nothing of the records that it does not show.\n"
	"The core of a record (times, counters, protocol, its place in the bundle) and the whole header of the bundle are always shown. Groups for --show: of flows "
	"src-prefix, src-host, dst-prefix, dst-host (with the port), path (TTLs, round trips, VLANs, tunnels and the signals of these) and names (the other signals); of exhibits bytes; of claims "
	"prefix, host, content, label; of origin records prefix, host, summary, behaviour; core; all. A prefix is the network /24 or /48; a host opens its prefix too. Exhibits hold packets and heads of streams as they were: their bytes "
	"show addresses and names.\n"
	"Only what a bundle's last seal covers can be proven. A bundle that is neither VALID nor INCOMPLETE gives no proof and exit status 1; a record that is "
	"asked for by its id and is not there, exit status 4.",
	"# that a flow came from a network, not from which host\nindicia disclose case.ieb --record 3f9a6c01:12:345 --show src-prefix,path -w flow.iep\nindicia verify --trust fra-01.pub flow.iep\n"
	"indicia show flow.iep\n# all that a filter selects, with the networks of both ends\nindicia disclose case.ieb -f 'dst port 443 and bytes > 1M' --show src-prefix,dst-prefix -w flows.iep",
	OPTIONS_OF(options), run,
};
