/* SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"
#include "cli/report.h"
#include "cli/selection.h"
#include "cli/tell.h"
#include "letter/letter.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
	{ OPT_LANG, 0, "lang", "LL", NULL, "language of the page: en, es, ... ($LANGUAGE)" },
	{ OPT_TLP, 0, "tlp", "LEVEL", NULL, "marking of the page; required: " REPORT_TLP_WORDS },
	{ OPT_WRITE, 'w', "write", "FILE", NULL, "the page; FILE.pdf is printed with WeasyPrint" },
	{ OPT_FORCE, 0, "force", NULL, NULL, "let -w and --json replace a file" },
	{ OPT_TITLE, 0, "title", "TEXT", NULL, "title of the page" },
	{ OPT_SECTIONS, 0, "sections", "LIST", NULL, "only these sections, as --help names them" },
	{ OPT_RECORDS, 0, "records", "N", NULL, "at most N records that no finding cites (2000)" },
	{ OPT_ASSESSMENT, 0, "assessment", "FILE", NULL, "this one ('assess -o json') of these bundles" },
	{ OPT_JSON, 0, "json", "FILE", NULL, "write the assessment, too; the page has its SHA-256" },
	{ OPT_CONTEXT, 0, "context", "FILE", NULL, "text of people, which stands apart from evidence" },
	{ OPT_SUPERSEDES, 0, "supersedes", "SHA256", NULL, "a correction: the report that this one replaces" },
	{ OPT_ERRATUM, 0, "erratum", "TEXT", NULL, "what was wrong with it" },
	{ OPT_ACTOR, 0, "actor", "NAME", NULL, "who corrects, for the custody event (default $INDICIA_ACTOR)" },
	{ OPT_PLACE, 0, "place", "TEXT", NULL, "where, for the custody event (default $INDICIA_PLACE)" },
	{ OPT_KEY, 0, "key", "FILE", NULL, "key that signs the custody event" },
	ASSESSING_OPTIONS,
	OPTION_QUIET,
	OPTION_HELP,
};

static int sections(struct reporting *r, const char *list)
{
	const char *wrong;
	size_t bytes;
	if (report_sections(list, &r->options.sections, &wrong, &bytes))
		return CLI_DONE;
	tell_error("--sections: '%.*s' is no section; 'indicia report --help' names them", (int)(bytes < 40 ? bytes : 40), wrong);
	return CLI_USAGE;
}

/* Whoever writes beside the evidence is held to what a letter is held to: a report accuses nobody. */
static int context(struct reporting *r, const char *path)
{
	size_t bytes = 0;
	char *text = selection_read_file(path, REPORT_CONTEXT_MAX, &bytes);
	if (!text)
		return tell_error("%s: %s", path, strerror(errno)), errno == EFBIG ? CLI_USAGE : CLI_MISSING;
	r->context.used = 0;
	out_bytes(&r->context, text, bytes);
	out_char(&r->context, '\0');
	free(text);
	if (r->context.err != IND_OK)
		return tell_error("out of memory"), CLI_FAILED;
	const char *words = forbidden_words(r->context.at, bytes);
	if (words)
		return tell_error("%s: '%s' has no place in a report: it says what was observed, and not who is behind it", path, words), CLI_USAGE;
	if (strlen(r->context.at) != bytes)
		return tell_error("%s: is no text", path), CLI_USAGE;
	r->options.context = r->context.at;
	return CLI_DONE;
}

static int supersedes(struct reporting *r, const char *digest)
{
	if (strspn(digest, "0123456789abcdef") == 2 * IND_SHA256_BYTES && strlen(digest) == 2 * IND_SHA256_BYTES) {
		r->options.supersedes = digest;
		return CLI_DONE;
	}
	tell_error("--supersedes %s: the SHA-256 of a report is wanted, 64 hexadecimal digits in lower case, as sha256sum prints it", digest);
	return CLI_USAGE;
}

static int option(struct reporting *r, int id, const char *value)
{
	int status;
	if (assessing_option(&r->assessing, id, value, &status))
		return status;
	switch (id) {
	case OPT_LANG: r->language = value; return CLI_DONE;
	case OPT_TLP:
		r->options.tlp = report_tlp(value);
		return r->options.tlp ? CLI_DONE : (tell_error("--tlp %s: one of " REPORT_TLP_WORDS " is wanted", value), CLI_USAGE);
	case OPT_WRITE: r->write = value; return CLI_DONE;
	case OPT_FORCE: r->force = true; return CLI_DONE;
	case OPT_TITLE: r->options.title = value; return CLI_DONE;
	case OPT_SECTIONS: return sections(r, value);
	case OPT_RECORDS: return number_read(value, 1000000, &r->records_max) ? CLI_DONE : (tell_error("--records %s: a number up to 1000000 is wanted", value), CLI_USAGE);
	case OPT_ASSESSMENT: r->assessment = value; return CLI_DONE;
	case OPT_JSON: r->write_json = value; return CLI_DONE;
	case OPT_CONTEXT: return context(r, value);
	case OPT_SUPERSEDES: return supersedes(r, value);
	case OPT_ERRATUM: r->options.erratum = value; return CLI_DONE;
	case OPT_ACTOR: r->actor = value; return CLI_DONE;
	case OPT_PLACE: r->place = value; return CLI_DONE;
	case OPT_KEY: r->key_file = value; return CLI_DONE;
	case OPT_QUIET: tell_quiet(true); return CLI_DONE;
	default: return inputs_add(&r->inputs, value);
	}
}

/* What stands on the page as ours is held to what the page is held to. */
static int words_check(const struct reporting *r)
{
	const struct { const char *option, *text; } given[] = { { "--title", r->options.title }, { "--erratum", r->options.erratum } };
	for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		const char *words = given[i].text ? forbidden_words(given[i].text, strlen(given[i].text)) : NULL;
		if (words)
			return tell_error("report: %s: '%s' has no place in a report that alleges nothing", given[i].option, words), CLI_USAGE;
	}
	return CLI_DONE;
}

/* What must be said, and what excludes each other. */
static int check(const struct reporting *r)
{
	const char *wrong = NULL;
	if (!r->inputs.count)
		wrong = "name a bundle, a folder of bundles, or '-'; see 'indicia report -h'";
	else if (!r->options.tlp)
		wrong = "--tlp is required: who may read it? One of " REPORT_TLP_WORDS;
	else if (r->assessment && r->assessing.has_options)
		wrong = "--assessment names one that was made; --subject and other options of assess only count where it is made now";
	else if (!r->options.supersedes != !r->options.erratum)
		wrong = "a correction says both what it replaces (--supersedes) and what was wrong (--erratum)";
	else if (r->options.erratum && strlen(r->options.erratum) > REPORT_ERRATUM_MAX)
		wrong = "--erratum: at most 1024 bytes; the rest belongs on the page";
	if (wrong)
		tell_error("report: %s", wrong);
	return wrong ? CLI_USAGE : words_check(r);
}

/* ---- the command that makes the report again ---- */

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

static const char *option_name(int id)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if ((int)options[i].id == id)
			return options[i].name;
	return "";
}

/* Without what only says where the page goes; files and bundles without their folders. */
static void command_put(struct out *o, struct args *args)
{
	out_text(o, "indicia report");
	for (int id = args_next(args); id != ARGS_END; id = args_next(args)) {
		bool file = id == OPT_ASSESSMENT || id == OPT_CONTEXT || id == OPT_HYPOTHESES || id == OPT_POLICY || id == OPT_REVIEW || id == OPT_DATA;
		if (id == OPT_WRITE || id == OPT_JSON || id == OPT_FORCE || id == OPT_QUIET || id == OPT_LANG || id == OPT_ACTOR || id == OPT_PLACE || id == OPT_KEY || id == ARGS_OPERAND)
			continue;
		out_text(o, " --");
		out_text(o, option_name(id));
		out_char(o, ' ');
		out_shell_word(o, file ? base_name(args->value) : args->value);
	}
}

static int run(int argc, char **argv)
{
	struct args args;
	static struct reporting reporting;
	struct reporting *r = &reporting;
	*r = (struct reporting){ .assessing.assess = assess_new(), .records_max = REPORT_RECORDS_DEFAULT };
	int status = r->assessing.assess ? CLI_DONE : (tell_error("out of memory"), CLI_FAILED);
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = option(r, id, args.value);
	if (status == CLI_DONE)
		status = check(r);
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	command_put(&r->command, &args);
	if (status == CLI_DONE)
		status = reporting_run(r);
	reporting_free(r);
	return status;
}

const struct cli_verb cmd_report = {
	"report", "Assess", "BUNDLE...", NULL, "one page that people can read, check and argue about",
	"Makes one HTML file, which needs nothing else, out of bundles and their assessment: what was observed, what agrees, what contradicts, which explanations remain, what is "
	"missing, and how to check each sentence. It never says that a State did something. The same input gives the same bytes.\n"
	"Sections: identity caution (always there) summary contradictions alternatives matrix levels missing map timeline infrastructure records exhibits custody reproduction people "
	"limits privacy glossary reply. docs/report.md says what each of them is.\n"
	"The assessment is made as 'indicia assess' makes it, by the same options, or read with --assessment. At most 8 subjects are shown.\n"
	"A correction (--supersedes, --erratum) says so on the page and appends an event of type corrected to the custody log of each bundle.",
	"indicia report --tlp green -w report.html case.ieb\n# in Spanish, about two subjects\nindicia report --lang es --tlp amber -s 203.0.113.7 -s 198.51.100.0/24 -w informe.html case.ieb\n"
	"# the page and the assessment that it is of\nindicia report --tlp clear --json assessment.json -w page.html case.ieb",
	OPTIONS_OF(options), run,
};
