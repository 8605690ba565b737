/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "base/number.h"
#include "cli/input.h"
#include "cli/selection.h"
#include "cli/target.h"
#include "cli/tell.h"
#include "query/stat.h"
#include <stdio.h>
#include <string.h>

enum { TOP_ROWS = 10, GROUPS_LEAST = 1, GROUPS_MOST = 1 << 28 };

struct asked { const char *text; bool top; };

struct counting {
	struct asked asked[STATS_MAX];
	size_t count;
	const char *bin;
	uint64_t bin_ns, groups;
	struct stat_spec specs[STATS_MAX];
	struct stat_kind kind;       /* of all together */
	struct stats *stats;
	struct query_filter *filter;
	struct output_options output;
	struct writer_options options;
	uint64_t flows;              /* that there were to select from */
	uint64_t shown, groups_of_all, untold;
	struct query_row row;
};

/* ---- what is asked ---- */

static int ask(struct counting *c, const char *text, bool top)
{
	if (c->count == STATS_MAX)
		return tell_error("stats: more than %d of -s and -A", STATS_MAX), CLI_USAGE;
	c->asked[c->count++] = (struct asked){ text, top };
	return CLI_DONE;
}

static void ask_default(struct counting *c)
{
	static const char *const summary[] = { "all", "proto/bytes", "saddr/bytes", "daddr/bytes", "proto,dport/bytes" };
	size_t count = c->bin_ns ? 1 : sizeof(summary) / sizeof(summary[0]);
	for (size_t i = 0; i < count; i++)
		c->asked[c->count++] = (struct asked){ summary[i], !c->bin_ns };
}

static int wrong_spec(const struct asked *asked, const struct filter_error *error)
{
	tell_error("%s: %s", asked->top ? "-s" : "-A", error->text);
	selection_tell_place(asked->text, strlen(asked->text), error->at);
	return CLI_USAGE;
}

static int parse_specs(struct counting *c)
{
	struct filter_error error = { 0 };
	if (c->bin && !stat_bin_parse(c->bin, &c->bin_ns))
		return tell_error("--bin: '%s' is no length of time of at most a year, such as 30s, 5m, 1h30m, 1d", c->bin), CLI_USAGE;
	if (!c->count)
		ask_default(c);
	for (size_t i = 0; i < c->count; i++) {
		if (!stat_spec_parse(c->asked[i].text, c->bin_ns, &c->specs[i], &error))
			return wrong_spec(&c->asked[i], &error);
		/* The top of something is by a measure. */
		c->specs[i].by_key &= !c->asked[i].top;
	}
	if (!stat_kind_of(&c->kind, c->specs, c->count, c->count > 1))
		return tell_error("stats: these statistics have too many keys together"), CLI_USAGE;
	return output_kind_options(&c->output, &c->kind.kind, &c->options);
}

/* ---- counting ---- */

static int status_of(enum ind_err err) { return err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED; }

static int count_open(struct counting *c, const struct input *in)
{
	struct feed_options options = { .want = IND_WANT(IND_REC_FLOW), .filter = c->filter };
	struct feed *feed;
	enum ind_err err = feed_new(&in->source, &options, &feed);
	if (err != IND_OK) {
		input_tell_damage(in, 0, err);
		return status_of(err);
	}
	err = stats_add(c->stats, feed);
	if (err != IND_END)
		input_tell_damage(in, feed_offset(feed), err);
	c->flows += feed_asked(feed);
	feed_free(feed);
	return err == IND_END ? CLI_DONE : status_of(err);
}

static int count_inputs(struct counting *c, const struct inputs *inputs)
{
	int status = CLI_DONE;
	for (size_t i = 0; i < inputs->count; i++) {
		struct input in;
		int one = input_open(&in, inputs->names[i]);
		if (one == CLI_DONE) {
			one = count_open(c, &in);
			input_close(&in);
		}
		status = one > status ? one : status;
	}
	return status;
}

/* ---- what was counted ---- */

/* All that is shown is exact. Is it also what should be shown? Not unless the least of it has more than any group that found no room. */
static int tell_untold(const struct counting *c, size_t n, size_t rows)
{
	struct stat_totals t;
	const char *name = c->specs[n].name;
	stats_totals(c->stats, n, &t);
	if (t.uncombined)
		tell_note("%s: of %llu flows not every combination of values was counted, they have too many", name, (unsigned long long)t.uncombined);
	if (t.without)
		tell_note("%s: %llu flows have none and are in no row", name, (unsigned long long)t.without);
	if (t.distinct_cut)
		tell_error("%s: too many distinct values for the limit (--groups): there are at least as many as is said", name);
	if (!t.untold)
		return t.distinct_cut ? CLI_FAILED : CLI_DONE;
	bool is_top = !c->specs[n].by_key && rows && stats_measured(c->stats, n, rows - 1) > t.untold_measure && !t.distinct_cut;
	if (is_top) {
		tell_note("%s: %llu flows of more groups than the limit (--groups) are in no row; none of these groups can be among those shown", name,
			(unsigned long long)t.untold);
		return CLI_DONE;
	}
	tell_error("%s: there are more than %llu groups, %s: %llu flows are in no row. What is shown is exact, but rows may be missing. Select fewer flows, count by "
		"networks, or raise --groups", name, (unsigned long long)t.groups, t.short_of_memory ? "and no memory for them" : "the limit (--groups)", (unsigned long long)t.untold);
	return CLI_FAILED;
}

static int put_rows(struct counting *c, size_t n, const struct stat_kind *kind, size_t of, struct writer *writer)
{
	struct stat_totals t;
	size_t rows;
	uint64_t most = c->output.has_limit ? c->output.limit : c->asked[n].top ? TOP_ROWS : UINT64_MAX;
	if (stats_sort(c->stats, n, most, &rows) != IND_OK)
		return tell_error("out of memory"), CLI_FAILED;
	for (size_t i = 0; i < rows && writer->out->err == IND_OK; i++) {
		stats_row(c->stats, n, i, kind, of, &c->row);
		writer_row(writer, &c->row);
	}
	stats_totals(c->stats, n, &t);
	if (rows < t.groups)
		tell_note("%s: %llu of %llu rows shown%s", c->specs[n].name, (unsigned long long)rows, (unsigned long long)t.groups, c->output.has_limit ? " (-n)" : "; -n gives more, -A all");
	c->shown += rows;
	c->groups_of_all += t.groups;
	c->untold += t.untold;
	return tell_untold(c, n, rows);
}

/* People get a table for each. */
static int put_tables(struct counting *c, struct out *out)
{
	int status = CLI_DONE;
	for (size_t i = 0; i < c->count; i++) {
		struct stat_kind kind;
		struct writer writer;
		struct writer_options options = c->options;
		if (!options.column_count)
			(void)stat_kind_of(&kind, &c->specs[i], 1, false);
		bool own = !options.column_count;
		if (c->count > 1) {
			out_text(out, i ? "\n" : "");
			out_text(out, c->specs[i].name);
			out_text(out, ":\n");
		}
		writer_start_kind(&writer, out, own ? &kind.kind : &c->kind.kind, &options);
		int one = put_rows(c, i, own ? &kind : &c->kind, own ? 0 : i, &writer);
		writer_end(&writer, NULL);
		status = one > status ? one : status;
	}
	return status;
}

static int put_all(struct counting *c, struct out *out)
{
	struct writer writer;
	int status = CLI_DONE;
	writer_start_kind(&writer, out, &c->kind.kind, &c->options);
	for (size_t i = 0; i < c->count; i++) {
		int one = put_rows(c, i, &c->kind, i, &writer);
		status = one > status ? one : status;
	}
	writer.untold = c->untold;
	writer_end(&writer, &(struct writer_summary){ c->shown < c->groups_of_all || c->untold, c->shown, c->groups_of_all });
	return status;
}

static void tell_totals(const struct counting *c)
{
	struct stat_totals t;
	stats_totals(c->stats, 0, &t);
	tell_note("%llu of %llu flows, %llu packets, %llu bytes", (unsigned long long)t.flows, (unsigned long long)c->flows, (unsigned long long)t.packets,
		(unsigned long long)t.bytes);
	if (c->filter)
		selection_tell_undecided(c->filter, "flows");
}

static int count_all(struct counting *c, const struct inputs *inputs)
{
	struct target target;
	int status = target_open(&target, c->output.write, c->output.force);
	if (status != CLI_DONE)
		return status;
	c->stats = stats_new(c->specs, c->count, (size_t)c->groups);
	if (!c->stats) {
		(void)target_close(&target, false);
		return tell_error("out of memory"), CLI_FAILED;
	}
	status = count_inputs(c, inputs);
	int put = c->options.format == QUERY_FORMAT_TABLE ? put_tables(c, &target.out) : put_all(c, &target.out);
	tell_totals(c);
	stats_free(c->stats);
	int closed = target_close(&target, true);
	status = put > status ? put : status;
	return closed != CLI_DONE ? closed : status;
}

static int groups_option(struct counting *c, const char *value)
{
	if (number_read(value, GROUPS_MOST, &c->groups) && c->groups >= GROUPS_LEAST)
		return CLI_DONE;
	return tell_error("--groups: '%s' is no number from 1 to %d", value, GROUPS_MOST), CLI_USAGE;
}

static int option(struct counting *c, struct selection_options *selection, struct inputs *inputs, int id, const char *value)
{
	int status = CLI_DONE;
	switch (id) {
	case OPT_STAT: return ask(c, value, true);
	case OPT_AGGREGATE: return ask(c, value, false);
	case OPT_GROUPS: return groups_option(c, value);
	case OPT_BIN:
		c->bin = value;
		return CLI_DONE;
	default:
		if (!output_option(&c->output, id, value, &status) && !selection_option(selection, id, value, &status))
			status = inputs_add(inputs, value);
		return status;
	}
}

static const struct cli_option options[] = {
	{ OPT_STAT, 's', "stat", "KEYS/MEASURE", NULL, "the largest: saddr/bytes, saddr/24,dport/flows; again for more of them" },
	{ OPT_AGGREGATE, 'A', "aggregate", "KEYS[/MEASURE]", NULL, "all of them; in order of their keys if no measure is given" },
	{ OPT_BIN, 0, "bin", "SPAN", NULL, "apart for each span of time (30s, 5m, 1d) that flows began in" },
	{ OPT_GROUPS, 0, "groups", "N", NULL, "tell at most N groups apart in memory (default 4 Mi); says so when that was too few" },
	OPTIONS_FILTER, OPTIONS_OUTPUT, OPTION_ZONE, OPTION_QUIET, OPTION_HELP,
};

static int run(int argc, char **argv)
{
	static struct counting c;
	struct args args;
	struct inputs inputs = { 0 };
	struct selection_options selection = { 0 };
	int status = CLI_DONE;
	c = (struct counting){ .groups = STAT_GROUPS };
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = option(&c, &selection, &inputs, id, args.value);
	if (status == CLI_DONE && !inputs.count) {
		tell_error("stats: name a bundle, a folder of bundles, or '-'; see 'indicia stats -h'");
		status = CLI_USAGE;
	}
	if (status == CLI_DONE)
		status = parse_specs(&c);
	if (status == CLI_DONE)
		status = selection_open(&selection, QUERY_KIND_FLOW, &c.filter);
	if (status == CLI_DONE)
		status = count_all(&c, &inputs);
	query_filter_free(c.filter);
	inputs_free(&inputs);
	return status;
}

const struct cli_verb cmd_stats = {
	"stats", "Look", "BUNDLE...", NULL, "flows counted by address, port, signal or time; the largest of each",
	"Counts the flows of all bundles together by keys: addresses (saddr daddr addr) and networks (saddr/24, saddr/24/64 with the prefix of IPv6), "
	"ports (sport dport port), proto, sensor, vlan, tunnel, flags, TTLs and others, the names of signals (signal) and the values of one (tls.ja4). "
	"Several keys stand with commas between them. Measures are flows packets bytes, spkts dpkts sbytes dbytes of one side, signals, and how many distinct "
	"saddrs daddrs sports dports there are. 'indicia fields stats' lists them all.\n"
	"-s gives the ten largest, -A all. A flow is counted whole, in the span of time in which it began; it counts once in a group, but in each of its groups "
	"if it has several values of a key, as addr and signals do. 'share' is the percentage of the measure over all selected flows. What a flow does not say is "
	"no value: it is counted apart, and of signals not at all.",
	"# an overview\nindicia stats case.ieb\n"
	"# who sent most, to which ports\nindicia stats -s saddr/sbytes -s proto,dport/flows -n 20 case.ieb\n"
	"# networks by port, for a spreadsheet\nindicia stats -A saddr/24,dport/bytes -o csv -w networks.csv case.ieb\n"
	"# who asked many hosts for few bytes\nindicia stats -s saddr/daddrs -f 'bytes < 1k' case.ieb\n"
	"# traffic in steps of five minutes\nindicia stats --bin 5m case.ieb\n"
	"# client fingerprints, and who showed them\nindicia stats -s tls.ja4/flows -s tls.ja4,saddr/flows case.ieb",
	OPTIONS_OF(options), run,
};
