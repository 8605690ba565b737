/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/collect.h"
#include "cli/collect_keep.h"
#include "cli/tell.h"
#include <stdlib.h>
#include <string.h>

#define TEXT(field) NULL
#define PATH(field) NULL
#define TOGGLE(field) NULL
#define SENSOR(field) NULL
#define POSITION(field) NULL
#define SIGNALS(field) NULL
#define AUTOSTOP(field) NULL
#define NUMBER(field, least, most) NULL
#define SECONDS(field, least, most) NULL
#define AGE(field) NULL
#define UNTIL(field) NULL
#define CHOICE(field, words) words
#define EITHER(field, words) words
#define NONE
#define GIVEN(text) " (" text ")"
#define SCREEN OPT_CONFIG
#define MORE OPT_CONFIG_MORE
#define CONFIG(id, name, letter, argument, choices, when, place, fallback, help) \
	{ (enum cli_option_id)(place + CONFIG_##id), letter, name, argument, choices, help fallback },

static const struct cli_option options[] = {
#include "daemon/config.def"
	{ OPT_CONFIG_FILE, 'C', "config", "FILE", NULL, "options stand in FILE, too; those given here override it" },
	{ OPT_PRINT_CONFIG, 0, "print-config", NULL, NULL, "print what is in force, and where it comes from" },
	OPTION_HELP,
};

struct collecting { struct config config; bool print; };

static int take(struct collecting *c, int id, const char *value)
{
	switch (id) {
	case OPT_CONFIG_FILE: return collect_config(&c->config, value);
	case OPT_PRINT_CONFIG: c->print = true; return CLI_DONE;
	case ARGS_OPERAND:
		tell_error("collect: '%s': savefiles are read with -r, interfaces with -i", value);
		return CLI_USAGE;
	default: return collect_option(&c->config, id, value);
	}
}

static int check(const struct daemon_options *d)
{
	const char *wrong = NULL;
	if (!d->savefile && !d->interface)
		wrong = "say what to read: a savefile (-r) or an interface (-i)";
	else if (d->savefile && d->interface)
		wrong = "a savefile (-r) and an interface (-i) exclude each other";
	else if (!d->output)
		wrong = "say where the bundle goes (-w)";
	else if (d->savefile && d->workers > 1)
		wrong = "--workers share the packets of an interface (-i), not of a savefile";
	else if (d->workers > 1 && d->max_frames)
		wrong = "-c counts the frames of one process, --workers are several";
	else if (d->savefile && strcmp(d->savefile, "-") == 0)
		wrong = "savefiles are read from a file, not from a pipe";
	else
		wrong = collect_keep_wrong(d);
	if (!wrong && collect_retain_passed(d)) {
		tell_error("--retain-until %s: has passed: what is recorded now would have to be deleted at once", config_value(d->config, CONFIG_RETAIN_UNTIL));
		return CLI_USAGE;
	}
	if (!wrong)
		return CLI_DONE;
	tell_error("collect: %s; see 'indicia collect -h'", wrong);
	return CLI_USAGE;
}

static int collect(struct collecting *c)
{
	struct daemon_options d;
	struct ind_key_public *shippers = NULL;
	if (c->print)
		return collect_print(&c->config), CLI_DONE;
	config_options(&c->config, &d);
	d.config = &c->config;
	int status = check(&d);
	if (status == CLI_DONE)
		status = collect_shippers(&d, &shippers);
	if (status == CLI_DONE)
		status = daemon_collect(&d);
	free(shippers);
	return status;
}

static int run(int argc, char **argv)
{
	struct args args;
	struct collecting c = { .print = false };
	int status = CLI_DONE;
	config_start(&c.config);
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = take(&c, id, args.value);
	if (status == CLI_DONE)
		status = collect(&c);
	config_free(&c.config);
	return status;
}

const struct cli_verb cmd_collect = {
	"collect", "Collect", NULL, NULL, "record flows and signals into signed bundles",
	"Reads a savefile or an interface and writes evidence bundles: flows, the signals of origin in them, what reference data claim of the addresses, and what "
	"was lost. Nothing is sent to anyone. A bundle is written as OUT.ieb.open and gets its name when it is sealed; an existing file is never replaced. "
	"SIGINT and SIGTERM end a capture, which is then sealed and done (exit status 0). A live capture first recovers the bundle that an interrupted run of the "
	"same sensor left; on a full disk it seals, counts what is lost, and goes on in another bundle when there is space again.\n"
	"A live capture deletes nothing unless a limit asks for it (-W, --keep-*, --retain-until), then the oldest sealed bundles of its own, never one with a file BUNDLE.hold beside it, "
	"or any while there is a file HOLD. Each deletion is a signed event in custody/deleted.iec of that folder.",
	"# one bundle from a savefile\nindicia collect -r capture.pcap -w case.ieb\n# live, a bundle every five minutes\n"
	"indicia collect -i eth1 -f 'tcp or udp' -w /var/lib/indicia/bundles -G 300\n# stop after an hour\nindicia collect -i eth1 -a duration:3600 -w hour.ieb\n"
	"# an hour each, deleted after 90 days, or sooner when the disk has less than 20 GB left\n"
	"indicia collect -i eth1 -w /var/lib/indicia/bundles -G 3600 --keep-age 90d --keep-free 20G\n# as a service does: options from a file\nindicia collect -C /etc/indicia/fra-01.conf",
	OPTIONS_OF(options), run,
};
