/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/assess.h"
#include "cli/target.h"
#include "cli/tell.h"
#include <string.h>
#include <unistd.h>

static const struct cli_option options[] = {
	ASSESSING_OPTIONS,
	{ OPT_FORMAT, 'o', "format", "FORMAT", "table json inputs", "table, json (RFC 8785), or inputs: the text whose SHA-256 is the id" },
	{ OPT_JSON, 0, "json", NULL, NULL, "the same as -o json" },
	{ OPT_WRITE, 'w', "write", "FILE", NULL, "write to FILE instead of standard output" },
	{ OPT_FORCE, 0, "force", NULL, NULL, "let -w replace a file" },
	OPTION_QUIET,
	OPTION_HELP,
};

struct request {
	struct assessing assessing;
	struct inputs inputs;
	const char *format, *write;
	bool force;
};

static int request_option(struct request *r, int id, const char *value)
{
	int status;
	if (assessing_option(&r->assessing, id, value, &status))
		return status;
	switch (id) {
	case OPT_FORMAT: r->format = value; return CLI_DONE;
	case OPT_JSON: r->format = "json"; return CLI_DONE;
	case OPT_WRITE: r->write = value; return CLI_DONE;
	case OPT_FORCE: r->force = true; return CLI_DONE;
	case OPT_QUIET: tell_quiet(true); return CLI_DONE;
	default: return inputs_add(&r->inputs, value);
	}
}

static void put(const struct request *r, struct out *out)
{
	const struct assess *a = r->assessing.assess;
	if (r->format && strcmp(r->format, "json") == 0)
		assess_json(a, out);
	else if (r->format && strcmp(r->format, "inputs") == 0)
		assess_inputs_json(a, out);
	else
		assess_table(a, out, !r->write && isatty(STDOUT_FILENO) ? output_width() : 0);
}

static void tell_choice(const struct assess *a, bool whole)
{
	if (assess_unused_position(a))
		tell_note("--position: no bundle is of sensor %s", assess_unused_position(a));
	for (size_t i = 0; i < assess_subject_count(a); i++)
		if (!assess_subject_flows(a, i))
			tell_note("%s: no flow of it is in these bundles", assess_subject_text(a, i));
	if (assess_links_left_out(a))
		tell_note("links are weighed between %d subjects at most: of %zu none is", ASSESS_LINKED_MAX, assess_subject_count(a));
	if (!assess_subject_count(a) && whole)
		tell_note("no address has a validated flow; name what to assess with --subject");
	else if (assess_candidates(a) > assess_subject_count(a))
		tell_note("%zu of %llu addresses are assessed, those with most records", assess_subject_count(a), (unsigned long long)assess_candidates(a));
}

static int assess_all(struct request *r)
{
	struct target target;
	int status = target_open(&target, r->write, r->force);
	if (status != CLI_DONE)
		return status;
	status = assessing_weigh(&r->assessing, assessing_open(&r->assessing, &r->inputs));
	bool whole = status == CLI_DONE || status == CLI_DAMAGED;
	if (whole) {
		put(r, &target.out);
		tell_choice(r->assessing.assess, status == CLI_DONE);
	}
	int closed = target_close(&target, whole);
	return closed != CLI_DONE ? closed : status;
}

static int run(int argc, char **argv)
{
	struct args args;
	struct request r = { .assessing.assess = assess_new() };
	int status = r.assessing.assess ? CLI_DONE : (tell_error("out of memory"), CLI_FAILED);
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = request_option(&r, id, args.value);
	if (status == CLI_DONE && !r.inputs.count) {
		tell_error("assess: name a bundle, a folder of bundles, or '-'; see 'indicia assess -h'");
		status = CLI_USAGE;
	}
	if (status == CLI_DONE)
		status = assess_all(&r);
	assessing_close(&r.assessing);
	inputs_free(&r.inputs);
	return status;
}

const struct cli_verb cmd_assess = {
	"assess", "Assess", "BUNDLE...", NULL, "what the signals support, what they contradict, and what they cannot say",
	"Weighs the records of bundles against technical hypotheses about a subject: an address, a network, or flows that a filter selects. Territory alone never "
	"exceeds INSUFFICIENT. Levels are INSUFFICIENT, LIMITED, MODERATE, STRONG, and EXCLUDED by a physical limit; none is a probability. A State, a government, an "
	"organisation or a person cannot be a subject: who is responsible (O5) is never assessed.\n"
	"Without --subject: the addresses with a validated flow, those with most records first, 1,000 at most. 'indicia method' prints what is weighed and how.\n"
	"A file of --hypotheses has a line each: 'ORIGIN_NET AS64500', 'ORIGIN_AREA ES', 'OPERATOR_ENV lang:es', 'OPERATOR_ENV utc:+1..+9'. One of --policy: 'disable S10', "
	"'require ACC LIMITED net 80'.",
	"indicia assess -s 203.0.113.7 case.ieb\n# two subjects, and what links them\nindicia assess -s 203.0.113.7 -s 198.51.100.0/24 case.ieb\n"
	"# for programs: levels of one subject\nindicia assess -s 203.0.113.7 -o json case.ieb | jq -c '.subjects[].hypotheses[]|[.type,.about,.level]'\n"
	"# a sensor whose place its bundles do not say\nindicia assess -s 203.0.113.7 --position fra-01=52.52,13.40,5 case.ieb",
	OPTIONS_OF(options), run,
};
