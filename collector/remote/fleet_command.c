/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/selection.h"
#include "cli/tell.h"
#include "remote/fleet.h"
#include "remote/place.h"
#include <stdlib.h>
#include <string.h>

struct command {
	const char *action;
	struct place place;
	struct selection_options selection;
	struct asking f;
};

static int take(struct command *c, int id, const char *value)
{
	int status = CLI_DONE;
	if (selection_option(&c->selection, id, value, &status))
		return status;
	if (place_option(&c->place, id, value))
		return CLI_DONE;
	switch (id) {
	case OPT_FROM_DIR: c->place.folder = value; return CLI_DONE;
	case OPT_SENSOR: c->f.sensor = value; return CLI_DONE;
	case OPT_WRITE: c->f.folder = value; return CLI_DONE;
	case OPT_TRUST: return trust_give(&c->f.trust, value);
	case OPT_FORMAT: c->f.ndjson = strcmp(value, "table") != 0; return CLI_DONE;
	case OPT_JSON: c->f.ndjson = true; return CLI_DONE;
	case OPT_QUIET: tell_quiet(true); return CLI_DONE;
	default: break;
	}
	if (c->action)
		return tell_error("fleet: '%s' is one word too many", value), CLI_USAGE;
	c->action = value;
	return CLI_DONE;
}

static const struct { const char *name; bool filtered, streams; int (*all)(struct asking *f), (*one)(struct asking *f), (*end)(struct asking *f); } actions[] = {
	{ "list", false, false, fleet_list, NULL, NULL }, { "gaps", false, true, NULL, fleet_gaps, fleet_gaps_end }, { "clock", false, false, NULL, fleet_clock, NULL },
	{ "verify", false, true, NULL, fleet_verify, fleet_verify_end }, { "fetch", true, false, NULL, fleet_fetch, fleet_fetch_end },
};

static int needs(struct command *c, size_t action)
{
	if (c->f.sensor && !name_sensor_ok(c->f.sensor))
		return tell_error("--sensor %s: is no name of a sensor", c->f.sensor), CLI_USAGE;
	if (!actions[action].filtered && (c->selection.filter || c->selection.file || c->selection.family))
		return tell_error("fleet %s: a filter selects flows and goes with fetch; -t goes with gaps, clock and verify, too", actions[action].name), CLI_USAGE;
	if (actions[action].all && c->selection.window)
		return tell_error("fleet list: reads names alone, which do not say when a bundle ends; -t goes with gaps, clock, verify and fetch"), CLI_USAGE;
	if (actions[action].filtered && !c->f.folder)
		return tell_error("fleet %s: name the folder to fetch into with -w", actions[action].name), CLI_USAGE;
	c->f.whole_streams = actions[action].streams;
	c->f.has_window = c->selection.window != NULL;
	int status = c->f.has_window ? selection_window(&c->selection, &c->f.window) : CLI_DONE;
	return status != CLI_DONE ? status : actions[action].filtered ? selection_open(&c->selection, QUERY_KIND_FLOW, &c->f.filter) : CLI_DONE;
}

static int worse(int a, int b) { return a > b ? a : b; }

/* Names are in order, and those of one sensor are together. */
static int ask_each(struct asking *f, size_t action)
{
	const struct holdings all = f->held;
	int status = CLI_DONE;
	for (size_t from = 0, to; from < all.count && status < CLI_MISSING; from = to) {
		for (to = from; to < all.count && strcmp(all.at[to].name.sensor, all.at[from].name.sensor) == 0; to++)
			continue;
		f->held = (struct holdings){ .at = all.at + from, .count = to - from };
		int one = fleet_read_ends(f);
		status = worse(status, one == CLI_DONE ? actions[action].one(f) : one);
		for (size_t i = from; i < to; i++) {
			free(all.at[i].ends);
			all.at[i].ends = NULL;
		}
	}
	f->held = all;
	return actions[action].end && status < CLI_MISSING ? worse(status, actions[action].end(f)) : status;
}

static int ask(struct command *c, size_t action)
{
	int status = place_open_or_tell(&c->place, &c->f.archive);
	if (status != CLI_DONE)
		return status;
	enum ind_err err = holdings_list(c->f.archive, c->f.sensor, &c->f.held);
	/* A name that was mistyped must not pass for a sensor with nothing wrong. */
	if (err == IND_OK && c->f.sensor && !c->f.held.count)
		status = (tell_error("%s: the archive has no bundle of this sensor; 'indicia fleet list' names those that it has", c->f.sensor), CLI_NEGATIVE);
	else
		status = err != IND_OK ? fleet_failed(&c->f, err) : actions[action].all ? actions[action].all(&c->f) : ask_each(&c->f, action);
	holdings_free(&c->f.held);
	archive_close(c->f.archive);
	return status;
}

static int command_run(struct command *c)
{
	for (size_t i = 0; c->action && i < sizeof(actions) / sizeof(actions[0]); i++) {
		if (strcmp(actions[i].name, c->action) != 0)
			continue;
		int status = needs(c, i);
		if (status == CLI_DONE)
			status = place_ready(&c->place, "fleet", "--from-dir");
		if (status == CLI_DONE && actions[i].one == fleet_verify)
			status = trust_load(&c->f.trust);
		return status == CLI_DONE ? ask(c, i) : status;
	}
	tell_error("fleet: say what to ask: list, gaps, clock, verify or fetch");
	return CLI_USAGE;
}

int fleet_command(int argc, char **argv)
{
	static struct command c;
	struct args args;
	int status = CLI_DONE;
	args_start(&args, cmd_fleet.options, cmd_fleet.option_count, argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = take(&c, id, args.value);
	if (status == CLI_DONE)
		status = command_run(&c);
	query_filter_free(c.f.filter);
	place_forget(&c.place);
	return status;
}
