/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/args.h"
#include "cli/collect.h"
#include "cli/tell.h"
#include <string.h>

static const struct cli_option options[] = {
	{ OPT_READ, 'r', "read", "FILE", NULL, "read a savefile: pcap or pcapng, also gzipped" },
	{ OPT_INTERFACE, 'i', "interface", "IFACE", NULL, "capture from an interface" },
	{ OPT_WRITE, 'w', "write", "OUT.ieb|DIR", NULL, "the bundle, or the folder for bundles named SENSOR-START.ieb" },
	{ OPT_FILTER, 'f', "filter", "BPF", NULL, "capture filter, in libpcap's language; hosts by address, names are not looked up" },
	{ OPT_DATA, 'd', "data", "DATADIR", NULL, "folder of reference data" },
	{ OPT_KEY, 0, "key", "FILE", NULL, "signing key, if not that of the state directory" },
	{ OPT_SENSOR, 0, "sensor", "ID", NULL, "name of the sensor; the host's name if not given" },
	{ OPT_POSITION, 0, "position", "LAT,LON,ERR_KM", NULL, "where the sensor is (decimal degrees, WGS 84), and the error in km" },
	{ OPT_AUTHORITY, 0, "authority", "TEXT", NULL, "on whose authority this is recorded" },
	{ OPT_CASE, 0, "case", "ID", NULL, "case that the recording belongs to" },
	{ OPT_CUSTODY, 0, "custody", NULL, NULL, "begin a custody log beside each bundle" },
	{ OPT_EXHIBITS, 0, "exhibits", "SET", "signal none", "keep the bytes that signals are read from (signal), or not (none)" },
	{ OPT_SOURCE_DIGEST, 0, "source-digest", "KIND", "sha256 none", "digest of the savefile: sha256, or none" },
	{ OPT_SIGNALS, 0, "signals", "SET", NULL, "default, all, none, or names: tls.ja3,ssh.banner" },
	{ OPT_PRIVACY, 0, "privacy", "PROFILE", "full reduced", "reduced leaves out user, host and query names" },
	{ OPT_SNAPLEN, 's', "snaplen", "BYTES", NULL, "capture as many bytes of each frame at most" },
	{ OPT_BUFFER, 'B', "buffer", "MIB", NULL, "kernel's buffer of a live capture, in MiB (64)" },
	{ OPT_BALLAST, 0, "ballast", "KIB", NULL, "disk space kept to seal with, in KiB (1024)" },
	{ OPT_SEAL_EVERY, 'G', "seal-every", "SEC", NULL, "new bundle every SEC seconds; -w is a folder" },
	{ OPT_EPOCH, 0, "epoch", "SECONDS", NULL, "how long one key signs a live capture (3600)" },
	{ OPT_COUNT, 'c', "count", "COUNT", NULL, "stop after COUNT frames" },
	{ OPT_AUTOSTOP, 'a', "autostop", "LIMIT", NULL, "stop at duration:SECONDS, flows:COUNT or size:BYTES; may be given again" },
	{ OPT_FLOWS, 0, "flows", "N", NULL, "flows that may be open at once (1048576)" },
	{ OPT_USER, 0, "user", "NAME", NULL, "as root, drop to this user" },
	{ OPT_VERBOSE, 'v', "verbose", NULL, NULL, "say who does what, and what was lost" },
	OPTION_QUIET,
	OPTION_HELP,
};

static int collect_option(struct daemon_options *d, int id, const char *value)
{
	switch (id) {
	case OPT_READ: d->savefile = value; return CLI_DONE;
	case OPT_INTERFACE: d->interface = value; return CLI_DONE;
	case OPT_WRITE: d->output = value; return CLI_DONE;
	case OPT_FILTER: d->filter = value; return CLI_DONE;
	case OPT_DATA: d->data_dir = value; return CLI_DONE;
	case OPT_KEY: d->key_file = value; return CLI_DONE;
	case OPT_SENSOR: return collect_sensor(d, value);
	case OPT_POSITION: return collect_position(d, value);
	case OPT_AUTHORITY: d->authority = value; return CLI_DONE;
	case OPT_CASE: d->case_id = value; return CLI_DONE;
	case OPT_CUSTODY: d->custody = true; return CLI_DONE;
	case OPT_EXHIBITS: d->exhibits = strcmp(value, "signal") == 0; return CLI_DONE;
	case OPT_SOURCE_DIGEST: d->source_digest = strcmp(value, "sha256") == 0; return CLI_DONE;
	case OPT_SIGNALS: return collect_signals(d, value);
	case OPT_PRIVACY: d->privacy = value; return CLI_DONE;
	case OPT_AUTOSTOP: return collect_autostop(d, value);
	case OPT_USER: d->user = value; return CLI_DONE;
	case OPT_VERBOSE: d->verbose = true; return CLI_DONE;
	case OPT_QUIET: d->quiet = true; return CLI_DONE;
	case ARGS_OPERAND:
		tell_error("collect: '%s': savefiles are read with -r, interfaces with -i", value);
		return CLI_USAGE;
	default: return collect_number(d, id, value);
	}
}

static int collect_check(const struct daemon_options *d)
{
	const char *wrong = NULL;
	if (!d->savefile && !d->interface)
		wrong = "say what to read: a savefile (-r) or an interface (-i)";
	else if (d->savefile && d->interface)
		wrong = "a savefile (-r) and an interface (-i) exclude each other";
	else if (!d->output)
		wrong = "say where the bundle goes (-w)";
	else if (d->savefile && strcmp(d->savefile, "-") == 0)
		wrong = "savefiles are read from a file, not from a pipe";
	if (!wrong)
		return CLI_DONE;
	tell_error("collect: %s; see 'indicia collect -h'", wrong);
	return CLI_USAGE;
}

static int run(int argc, char **argv)
{
	struct args args;
	struct daemon_options d;
	int status = CLI_DONE;
	collect_defaults(&d);
	args_start(&args, options, sizeof(options) / sizeof(options[0]), argc, argv);
	for (int id = args_next(&args); id != ARGS_END && status == CLI_DONE; id = args_next(&args))
		status = collect_option(&d, id, args.value);
	if (status == CLI_DONE)
		status = collect_check(&d);
	return status == CLI_DONE ? daemon_collect(&d) : status;
}

const struct cli_verb cmd_collect = {
	"collect", "Collect", NULL, NULL, "record flows and signals into signed bundles",
	"Reads a savefile or an interface and writes evidence bundles: flows, the signals of origin in them, what reference data claim of the addresses, and what "
	"was lost. Nothing is sent to anyone. A bundle is written as OUT.ieb.open and gets its name when it is sealed; an existing file is never replaced. "
	"SIGINT and SIGTERM end a capture, which is then sealed and done (exit status 0). A live capture first recovers the bundle that an interrupted run of the "
	"same sensor left; on a full disk it seals, counts what is lost, and goes on in another bundle when there is space again.",
	"# one bundle from a savefile\nindicia collect -r capture.pcap -w case.ieb\n# live, a bundle every five minutes\n"
	"indicia collect -i eth1 -f 'tcp or udp' -w /var/lib/indicia/bundles -G 300\n# stop after an hour\nindicia collect -i eth1 -a duration:3600 -w hour.ieb",
	OPTIONS_OF(options), run,
};
