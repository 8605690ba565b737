/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_INSIDE_H
#define DAEMON_INSIDE_H

#include "daemon/bootkey.h"
#include "daemon/hits.h"
#include "daemon/keep.h"
#include "daemon/message.h"
#include "daemon/outfile.h"
#include "daemon/streamfile.h"
#include "origin/origin.h"
#include "refdata/refdata.h"

/* What the files of keep share. */
struct keep {
	const struct daemon_options *options;
	const struct keep_place *place;
	struct ring *ring;
	struct say *say;
	pid_t tap;

	char sensor[IND_SENSOR_ID_MAX + 1];
	uint8_t seed[IND_KEY_BYTES]; /* of a deterministic run (tests) */
	bool deterministic;
	struct ind_key *identity, *epoch_key;
	struct refdata *refdata;
	struct streamfile streamfile;
	struct ind_stream stream;    /* where the next bundle begins */
	struct bootkey boot;
	struct ind_key *by_boot;     /* continues the stream of the run before; NULL if there is none, or it did */
	uint64_t epoch_begun_ns;     /* boottime */

	struct message_opened opened;
	struct message_status status;
	struct ind_loss told;        /* losses that stand in a LOSS frame already, as running totals */
	uint64_t overflow;           /* addresses without a record, of bundles that are sealed */
	struct ind_clock clock;      /* the last one written */

	/* the bundle that is being written */
	bool writing;
	struct outfile file;
	struct ind_writer *writer;
	struct origin_set *origins;
	struct hits hits;            /* of values that lists name */
	uint64_t begun_ns;           /* boottime */
	uint64_t sealed_ns, sealed_bytes;
};

/* setup.c: everything that can be missing before the first packet. Returns an exit status; says what is wrong. */
int keep_setup(struct keep *k);
void keep_release(struct keep *k);

/* epochs.c: the keys of a live stream. `epochs_begin` finds the key that continues it, or begins a new stream; returns an exit status. The others
 * stand behind the HEADER of a run's first bundle, and behind a seal. */
int epochs_begin(struct keep *k, const char *state_folder);
enum ind_err epochs_restart(struct keep *k);
enum ind_err epochs_if_due(struct keep *k);

/* bundlefile.c: the life of one bundle. All return IND_OK or the first error. */
enum ind_err bundle_begin(struct keep *k);
enum ind_err bundle_seal_if_due(struct keep *k);
enum ind_err bundle_end(struct keep *k, enum ind_seal_reason reason, const struct message_end *end);

/* Claims about the addresses that sent values which a list names. */
enum ind_err bundle_values(struct keep *k, const struct ind_flow *flow, const struct ind_signal *signals, size_t count);

/* Realtime, or a fixed moment in a deterministic run. */
uint64_t keep_realtime_ns(const struct keep *k);

#endif
