/* SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"
#include "cli/args.h"
#include "cli/request.h"
#include "cli/tell.h"
#include "report/report.h"
#include <string.h>

static const struct cli_option options[] = {
	{ OPT_TO, 0, "to", "NAME", NULL, "whom the letter goes to; required" },
	{ OPT_ASKS, 0, "asks", "FILE", NULL, "what is asked, a line each; required; --help shows the lines" },
	{ OPT_TLP, 0, "tlp", "LEVEL", NULL, "marking of the letter; required: " REPORT_TLP_WORDS },
	{ OPT_LANG, 0, "lang", "LL", NULL, "language of the letter: en (default), es; others as far as they go" },
	{ OPT_WRITE, 'w', "write", "FILE", NULL, "write to FILE; FILE.html is a page for print, all else is text" },
	{ OPT_FORCE, 0, "force", NULL, NULL, "let -w replace a file" },
	{ OPT_FROM, 0, "from", "NAME", NULL, "who asks" },
	{ OPT_REFERENCE, 0, "reference", "TEXT", NULL, "your reference; the reply token follows from it" },
	{ OPT_CONTACT, 0, "contact", "TEXT", NULL, "where the answer goes" },
	{ OPT_CONTACT_KEY, 0, "contact-key", "TEXT", NULL, "fingerprint of the key to encrypt the answer to" },
	{ OPT_LEGAL_BASIS, 0, "legal-basis", "TEXT", NULL, "what entitles to ask" },
	{ OPT_REPLY_BY, 0, "reply-by", "DATE", NULL, "when an answer is needed" },
	{ OPT_FILTER, 'f', "filter", "FILTER", NULL, "only flows that this filter selects; indicia-filter(7)" },
	{ OPT_FILTER_FILE, 'F', "filter-file", "FILE", NULL, "the filter stands in FILE" },
	{ OPT_TIME, 't', "time", "FROM/TO", NULL, "only flows that were active then" },
	{ OPT_LIMIT, 'n', "limit", "N", NULL, "list at most N flows (100); the letter says how many more there are" },
	{ OPT_TRUST, 0, "trust", "F|D", NULL, "trust the keys of this file or folder, and no others" },
	OPTION_QUIET,
	OPTION_HELP,
};

static int option(struct requesting *r, int id, const char *value)
{
	struct letter *l = &r->letter;
	int status = CLI_DONE;
	if (selection_option(&r->selection, id, value, &status))
		return status;
	switch (id) {
	case OPT_TO: l->to = value; return CLI_DONE;
	case OPT_ASKS: r->asks_file = value; return CLI_DONE;
	case OPT_TLP:
		l->tlp = report_tlp(value);
		return l->tlp ? CLI_DONE : (tell_error("--tlp %s: one of " REPORT_TLP_WORDS " is wanted", value), CLI_USAGE);
	case OPT_LANG: r->language = value; return CLI_DONE;
	case OPT_WRITE: r->write = value; return CLI_DONE;
	case OPT_FORCE: r->force = true; return CLI_DONE;
	case OPT_FROM: l->from = value; return CLI_DONE;
	case OPT_REFERENCE: l->reference = value; return CLI_DONE;
	case OPT_CONTACT: l->contact = value; return CLI_DONE;
	case OPT_CONTACT_KEY: l->contact_key = value; return CLI_DONE;
	case OPT_LEGAL_BASIS: l->legal_basis = value; return CLI_DONE;
	case OPT_REPLY_BY: l->reply_by = value; return CLI_DONE;
	case OPT_LIMIT:
		return number_read(value, LETTER_FLOWS_MAX, &r->flows_max) ? CLI_DONE : (tell_error("--limit %s: a number up to %d is wanted", value, LETTER_FLOWS_MAX), CLI_USAGE);
	case OPT_TRUST: return trust_give(&r->trust, value);
	case OPT_QUIET: tell_quiet(true); return CLI_DONE;
	default: return inputs_add(&r->inputs, value);
	}
}

/* Words of the sender are held to what the letter is held to. */
static int words_check(const struct letter *l)
{
	const char *const texts[] = { l->to, l->from, l->reference, l->contact, l->contact_key, l->legal_basis, l->reply_by };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *words = texts[i] ? forbidden_words(texts[i], strlen(texts[i])) : NULL;
		if (words)
			return tell_error("request: '%s' has no place in a letter that alleges nothing: %s", words, texts[i]), CLI_USAGE;
	}
	return CLI_DONE;
}

static int check(const struct requesting *r)
{
	const char *lacking = !r->inputs.count ? "name a bundle, a folder of bundles, or '-'" : !r->letter.to || !*r->letter.to ? "--to is required: whom does it go to?" :
		!r->asks_file ? "--asks is required: a file with what is asked, a line each" : !r->letter.tlp ? "--tlp is required: who may read it? One of " REPORT_TLP_WORDS : NULL;
	if (!lacking)
		return words_check(&r->letter);
	tell_error("request: %s; see 'indicia request -h'", lacking);
	return CLI_USAGE;
}

static int run(int argc, char **argv)
{
	static struct requesting requesting;
	struct requesting *r = &requesting;
	struct args args;
	int status = CLI_DONE;
	r->flows_max = LETTER_FLOWS_DEFAULT;
	r->language = "en";
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = option(r, id, args.value);
	if (status == CLI_DONE)
		status = check(r);
	if (status == CLI_DONE)
		status = requesting_run(r);
	requesting_free(r);
	return status;
}

const struct cli_verb cmd_request = {
	"request", "Assess", "BUNDLE...", NULL, "a letter to a CERT or a point of contact: what was observed, what is asked",
	"Writes a letter that asks for help: the flows with the addresses asked about, in UTC with the error of the clock; what is asked; what is not alleged; "
	"how to reply and how to check. It has no field for an accusation, and words that accuse are refused. The same input gives the same bytes.\n"
	"A file of --asks has a line each: 'preserve ADDRESS[:PORT] FROM/TO until DATE', 'netflow ADDRESS[:PORT] FROM/TO', 'lease ADDRESS[:PORT] TIME', "
	"'relay ADDRESS[:PORT] [FROM/TO]', or '> free text', which is quoted. '#' begins a remark. An IPv6 address with a port stands in brackets.\n"
	"The reply token follows from the reference and the digests of the bundles. That a letter was sent is for the custody log: "
	"'indicia custody add --type exported --object LETTER BUNDLE'.",
	"# asks.txt: preserve 203.0.113.7 2026-11-20T09:00/10:00 until 2027-03-01\nindicia request --to 'CERT of the network' --asks asks.txt --tlp amber -w letter.txt case.ieb\n"
	"# in Spanish, for print\nindicia request --to 'Punto de contacto' --asks asks.txt --tlp amber --lang es --reference case-7 -w carta.html case.ieb",
	OPTIONS_OF(options), run,
};
