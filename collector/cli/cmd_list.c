/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/listing.h"

static const struct cli_option options[] = {
	OPTIONS_SELECTION,
	{ OPT_SORT, 's', "sort", "KEY,...", NULL, "in order of these columns; -KEY: largest first" },
	{ OPT_EXPECT, 'e', "expect", NULL, NULL, "exit status 1 if nothing is selected" },
	OPTIONS_OUTPUT, OPTION_ZONE, OPTION_QUIET, OPTION_HELP,
};

static int run_flows(int argc, char **argv) { return listing_run(&cmd_flows, QUERY_KIND_FLOW, argc, argv); }
static int run_signals(int argc, char **argv) { return listing_run(&cmd_signals, QUERY_KIND_SIGNAL, argc, argv); }
static int run_origins(int argc, char **argv) { return listing_run(&cmd_origins, QUERY_KIND_ORIGIN, argc, argv); }

const struct cli_verb cmd_flows = {
	"flows", "Look", "BUNDLE...", NULL, "two-way flows",
	"Lists the flows of bundles: one bundle after the other as they are named, each in recorded order, which is that in which flows ended; -s start merges all "
	"by time, whatever their number, and needs no more memory for it. The side named first (saddr, sport, s...) started the flow, as far as that was seen; 'orient' says how "
	"it was decided. Times are UTC, bytes are IP-layer bytes.",
	"# a table\nindicia flows case.ieb\n"
	"# two sensors together in order of time\nindicia flows -s start fra-01.ieb mad-01.ieb\n"
	"# a network's long transfers to port 443, in a quarter of an hour\n"
	"indicia flows -t 2026-11-20T09:10/09:25 -f 'src net 203.0.113.0/24 and dst port 443 and bytes > 10k' case.ieb\n"
	"# how many have no answer\nindicia flows -f 'tcp and dst packets 0' --count case.ieb\n# the twenty largest\n"
	"indicia flows -s -sbytes -n 20 case.ieb\n"
	"# for a spreadsheet\nindicia flows -o csv:start,saddr,daddr,dport,sbytes -w flows.csv case.ieb\n# from a pipe\nzcat case.ieb.gz | indicia flows -",
	OPTIONS_OF(options), run_flows,
};

const struct cli_verb cmd_signals = {
	"signals", "Look", "BUNDLE...", NULL, "signals of origin that were seen in flows",
	"Lists what was seen in the flows that says something of where they come from: fingerprints, names, banners, times. Each row names its flow, the side "
	"that sent it and the frame in the capture. 'indicia fields catalogue' lists the signals.",
	"indicia signals case.ieb\n# of one address\nindicia signals -f 'addr = 203.0.113.7 and family A,L' case.ieb\n# which names TLS clients asked for\nindicia signals -f 'tls.sni' -o csv:time,addr,value case.ieb",
	OPTIONS_OF(options), run_signals,
};

const struct cli_verb cmd_origins = {
	"origins", "Look", "BUNDLE...", NULL, "which independent families of signals spoke of each address",
	"Lists the remote addresses, the families of signals that spoke of each, and for each silent family why it is silent. Families: V the source address was "
	"validated, T registries and geolocation data, P path, H host, A application, L language, C clocks, I infrastructure, E external lists. What "
	"reference data say of an address is a claim of those data, and alone it supports nothing.",
	"indicia origins case.ieb\n# of which the path and the clock say something\nindicia origins -f 'family P and family C' case.ieb\nindicia origins -o json case.ieb | jq '.records[]|{addr,families}'", OPTIONS_OF(options), run_origins,
};
