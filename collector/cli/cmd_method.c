/* SPDX-License-Identifier: Apache-2.0 */
#include "assess/rules.h"
#include "base/hash.h"
#include "cli/args.h"
#include "cli/target.h"
#include "cli/tell.h"
#include "indicia/catalogue.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct cli_option options[] = {
	{ OPT_FORMAT, 'o', "format", "FORMAT", "table json", "table or json" },
	{ OPT_JSON, 0, "json", NULL, NULL, "the same as -o json" },
	{ OPT_WRITE, 'w', "write", "FILE", NULL, "write to FILE instead of standard output" },
	{ OPT_FORCE, 0, "force", NULL, NULL, "let -w replace a file" },
	OPTION_QUIET,
	OPTION_HELP,
};

static void put(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct out *out, const char *format, ...)
{
	char text[1024];
	va_list arguments;
	va_start(arguments, format);
	int bytes = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (bytes > 0)
		out_bytes(out, text, (size_t)bytes < sizeof(text) ? (size_t)bytes : sizeof(text) - 1);
}

enum { MADE_OF_BYTES = 5 * LEDGER_SIGNALS_END };

/* Signals that speak with this one once. */
static void made_of_text(char text[static MADE_OF_BYTES], uint64_t set)
{
	size_t used = 0;
	text[0] = '\0';
	for (unsigned n = 1; n < LEDGER_SIGNALS_END; n++)
		if (set >> n & 1)
			used += (size_t)snprintf(text + used, MADE_OF_BYTES - used, "%sS%02u", used ? " " : "", n);
}

static void put_rules(struct out *out)
{
	put(out, "%-4s %-3s %-4s %-12s %-5s %6s  %-8s  %-6s  %-15s  %s\n", "S", "fam", "tier", "hypothesis", "class", "rating", "forging", "sample", "made of", "if");
	for (size_t i = 0; i < RULES; i++) {
		const struct method_rule *r = &method_rules[i];
		const struct method_signal *s = method_signal(r->signal);
		char sample[16], made_of[MADE_OF_BYTES];
		made_of_text(made_of, s->derives);
		snprintf(sample, sizeof(sample), "%u-%u", s->least, s->full);
		put(out, "S%02u  %-3c O%-3u %-12s %-5s %+6d  %-8s  %-6s  %-15s  %s\n", r->signal, ind_family_letter(s->family), s->tier, ledger_type_name(r->type),
			ledger_class_name(ledger_class_of(r->type)), r->rating, ledger_forge_name(r->forge), sample, made_of, r->predicate);
	}
}

static void put_unrated(struct out *out)
{
	put(out, "\n%-4s %-15s  %s\n", "S", "never rated", "what, and why");
	for (size_t i = 0; i < method_unrated_count; i++)
		put(out, "S%02u  %-15s  %s: %s\n", method_unrated[i].signal, ind_missing_name(method_unrated[i].code), method_unrated[i].what, method_unrated[i].why);
}

static void put_gates(struct out *out)
{
	put(out, "\n%-6s %-9s %4s %3s %3s %3s %3s %8s %7s  %s\n", "class", "level", "net", "K", "KN", "KH", "TC", "X below", "margin", "sensors, windows, review");
	for (unsigned c = 0; c < LEDGER_CLASS_OPEN; c++)
		for (int level = LEDGER_LIMITED; level <= LEDGER_STRONG; level++) {
			const struct ledger_gate *g = &ledger_gates_method.at[c][level - 1];
			static const char *const breadth[] = { "", "2 sensors or 2 windows", "2 sensors and 2 windows" };
			put(out, "%-6s %-9s %4d %3u %3u %3u %3u %8d %7d  %s%s\n", ledger_class_name((enum ledger_class)c), ledger_level_name((enum ledger_level)level), g->net_min,
				g->families_min, g->other_min, g->hard_min, g->tier_min, g->contradiction_below, g->margin_min, breadth[g->breadth], g->review ? ", a review" : "");
		}
}

static enum ind_err put_table(struct out *out)
{
	uint8_t digest[HASH_SHA256_BYTES];
	char hex[2 * HASH_SHA256_BYTES + 1];
	enum ind_err err = method_digest(digest);
	hash_hex(digest, sizeof(digest), hex);
	put(out, "%s, SHA-256 %s\n\n", METHOD_ID, err == IND_OK ? hex : "-");
	put_rules(out);
	put_unrated(out);
	put_gates(out);
	return err;
}

static int method_write(const char *format, const char *path, bool force)
{
	struct target target;
	int status = target_open(&target, path, force);
	if (status != CLI_DONE)
		return status;
	enum ind_err err = IND_OK;
	if (format && strcmp(format, "json") == 0) {
		method_json(&target.out);
		out_char(&target.out, '\n');
	} else {
		err = put_table(&target.out);
	}
	status = target_close(&target, err == IND_OK);
	return err == IND_OK ? status : (tell_error("%s", ind_strerror(err)), CLI_FAILED);
}

static int run(int argc, char **argv)
{
	struct args args;
	const char *format = NULL, *path = NULL;
	bool force = false;
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END; id = args_next(&args)) {
		switch (id) {
		case OPT_FORMAT: format = args.value; break;
		case OPT_JSON: format = "json"; break;
		case OPT_WRITE: path = args.value; break;
		case OPT_FORCE: force = true; break;
		case OPT_QUIET: tell_quiet(true); break;
		default: return tell_error("method: '%s' is one word too many", args.value), CLI_USAGE;
		}
	}
	return method_write(format, path, force);
}

const struct cli_verb cmd_method = {
	"method", "Assess", "", NULL, "the method: signals, rules, gates, and their digest",
	"Prints the table that 'indicia assess' weighs by: for each signal what is looked at, which hypothesis it speaks for or against and how much, what it would cost "
	"to forge that reading, and how large a sample must be. The SHA-256 is of the JSON without its line feed; assessments name it.",
	"indicia method\n# the same for programs, and its digest\nindicia method -o json | tr -d '\\n' | sha256sum",
	OPTIONS_OF(options), run,
};
