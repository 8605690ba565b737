/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_SHIP_H
#define REMOTE_SHIP_H

#include "cli/custody.h"
#include "remote/place.h"
#include <pthread.h>

/* Bundles of a folder into an archive: several at once, each with what stands beside it, and a receipt for what is confirmed. */

enum { SHIP_WORKERS_MAX = 16 };

struct shipping {
	const char *folder;
	struct place place;          /* the archive */
	const char *settled;         /* a file: what an earlier run found there (settled.h); NULL: none, a medium may be another one each time */
	const char *key_file;        /* signs the receipts; NULL: the one in the state directory */
	const char *actor, *where, *purpose;
	bool once, no_rows, verify;
	uint64_t trackable[IND_SIGNAL_SET_WORDS]; /* that rows may hold of the signals which follow a person or name a query */
	unsigned tries, workers;
	struct ind_key_public hand, holder; /* signs the receipts; holds the archive */
	pthread_mutex_t lock;        /* of receipts and messages */
};

enum ship_outcome {
	SHIP_DONE,                   /* all of it is there, and receipted */
	SHIP_NOT_SEALED,             /* not a bundle to be shipped (any more, or yet) */
	SHIP_AGAIN,                  /* may be different soon */
	SHIP_UNCONFIRMED,            /* sent, and the archive lists something else: sent again, more rarely each time */
	SHIP_REFUSED,                /* will not, until somebody does something */
	SHIP_BROKEN,                 /* not what was sealed */
	SHIP_FAILED,                 /* of this machine */
	SHIP_STOPPED,                /* not tried, or not to the end */
};

struct ship_result {
	enum ship_outcome outcome;
	bool wrote;                  /* a receipt, beside the bundle */
	unsigned sent;
	uint64_t sent_bytes;
};

/* One bundle. `trust` is this worker's own. Says what is wrong. */
struct ship_result ship_bundle(struct shipping *s, struct archive *a, struct custody_trust *trust, const char *path);

/* The verb, behind its name; a status of enum cli_exit. */
int ship_command(int argc, char **argv);

/* All of it, until it is done (`once`) or a signal ends it; a status of enum cli_exit. */
int ship_run(struct shipping *s);

#endif
