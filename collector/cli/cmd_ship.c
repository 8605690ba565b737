/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/elsewhere.h"

static const struct cli_option options[] = {
	{ OPT_DIR, 0, "dir", "DIR", NULL, "folder of the sensor's bundles" },
	OPTIONS_STORE,
	{ OPT_TO_DIR, 0, "to-dir", "DIR", NULL, "into a folder instead: a medium to carry" },
	{ OPT_NO_ROWS, 0, "no-rows", NULL, NULL, "no rows for query engines" },
	{ OPT_TRACKABLE, 0, "trackable", "SIGNALS", NULL, "signals that follow a person or name a query, which rows shall hold" },
	{ OPT_VERIFY, 0, "verify", NULL, NULL, "check every record first, as 'indicia verify' does" },
	{ OPT_ONCE, 0, "once", NULL, NULL, "ship what is there and end; else watch" },
	{ OPT_LIMIT, 0, "limit", "BYTES/s", NULL, "send no faster, all uploads together" },
	{ OPT_WORKERS, 0, "workers", "N", NULL, "bundles at once, 1 to 16; 4" },
	{ OPT_TRIES, 0, "tries", "N", NULL, "with --once: how often to try; 5" },
	{ OPT_TIMEOUT, 0, "timeout", "SECONDS", NULL, "how long a transfer may stand still; 60" },
	{ OPT_KEY, 0, "key", "FILE", NULL, "signs receipts; else this user's own" },
	{ OPT_HOLDER, 0, "holder", "KEY", NULL, "who answers for the archive: the key that a release is made out to" },
	{ OPT_ACTOR, 0, "actor", "NAME", NULL, "who ships; else $INDICIA_ACTOR" },
	{ OPT_PLACE, 0, "place", "TEXT", NULL, "where; else $INDICIA_PLACE, or host name" },
	{ OPT_PURPOSE, 0, "purpose", "TEXT", NULL, "why; else 'archive'" },
	OPTION_QUIET,
	OPTION_HELP,
};

static int run(int argc, char **argv) { return elsewhere_run("ship", argc, argv); }

const struct cli_verb cmd_ship = {
	"ship", "Fleet", "", NULL, "sealed bundles of a sensor into an archive",
	"Watches the folder into which a sensor publishes its bundles, and puts each sealed one, with the custody files beside it, into an object store that speaks S3, "
	"or into a folder on a medium that is carried. Of a bundle to be sent each frame's checksum and the signature of the final seal are checked; records are opened by --verify, and by whoever reads. What is there already is not sent again. A bundle counts as shipped when the archive lists it with the size and the "
	"checksum that it must have; then a custody event of type released says so, beside the bundle and in the archive, signed with the shipper's own key. Nothing "
	"is ever deleted here: that is the sensor's retention, which waits for this event.\n"
	"The store's keys stand in a file that nobody else can read, with the lines aws_access_key_id = … and aws_secret_access_key = …; they are never part of a command. "
	"docs/fleet.md says which rights they need.\n"
	"Exit status with --once: 0 all sealed bundles are there; 1 a bundle is not what was sealed; 2 usage; 4 the store refuses, or something needed is missing; 5 "
	"this machine's disk or memory; 75 try again: the store was not reached, has no room, or did not confirm.",
	"indicia ship --dir /var/lib/indicia/bundles/eth1 --endpoint https://s3.example.net --bucket evidence --ca ca.pem --credentials store.keys\n"
	"# onto a medium that is carried to the archive\nindicia ship --dir bundles --to-dir medium --once",
	OPTIONS_OF(options), run,
};
