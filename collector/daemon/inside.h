/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_INSIDE_H
#define DAEMON_INSIDE_H

#include "daemon/bootkey.h"
#include "daemon/hits.h"
#include "daemon/keep.h"
#include "daemon/loader.h"
#include "daemon/message.h"
#include "daemon/notify.h"
#include "daemon/outfile.h"
#include "daemon/retainer.h"
#include "daemon/streamfile.h"
#include "daemon/watch.h"
#include "origin/origin.h"
#include "refdata/refdata.h"

/* One of the processes that read packets. */
struct tap_seat {
	pid_t pid;
	int wait_status;
	bool gone, opened, ended;
	bool dismissed;              /* ended by keep, since another one could not begin */
	uint64_t moved_ns;           /* boottime when it was last heard */
	struct message_status status;
};

/* What the files of keep share. */
struct keep {
	const struct daemon_options *options;
	struct daemon_options own;   /* what `options` names once they were read again */
	struct config_file *first_file; /* owned, once another one was read */
	const struct keep_place *place;
	struct ring *ring;
	struct say *say;
	unsigned tap_count;
	struct tap_seat taps[RING_WRITERS_MAX];

	char sensor[IND_SENSOR_ID_MAX + 1];
	uint8_t seed[IND_KEY_BYTES]; /* of a deterministic run (tests) */
	bool deterministic;
	struct ind_key *identity, *epoch_key;
	uint64_t key_made_s;         /* when the file of the identity key was written; 0: not known */
	bool stream_begun;           /* streamfile says that this run goes on with it */
	bool stream_broken;          /* the stream of the run before could not be gone on with */
	struct watch watch;
	struct refdata *refdata;
	struct loader loader;        /* of a live sensor: reads them again */
	const struct disk *disk;
	struct streamfile streamfile;
	struct stream_state state;   /* of a live sensor: what streamfile says */
	struct ind_stream stream;    /* where the next bundle begins */
	char state_folder[STREAM_PATH_MAX], out_folder[STREAM_PATH_MAX]; /* of a live sensor, whole paths */
	struct bootkey boot;
	struct ind_key *by_boot;     /* continues the stream of the run before; NULL if there is none, or it did */
	struct ind_key *spent_key, *spent_boot; /* of the epoch before, until the one in force has sealed */
	uint64_t epoch_begun_ns;     /* boottime */

	char data_folder[REFDATA_PATH_MAX];
	int landlock_abi;            /* 0: this process could still open what its user may */
	bool calls_filtered;

	struct message_opened opened; /* of the tap that came last; all have opened the same interface */
	struct message_status status; /* of all taps */
	uint64_t seen_ns;            /* time of the latest frame, by the clock as it is now */
	struct ind_loss told;        /* losses that stand in a LOSS frame already, as running totals */
	uint64_t overflow;           /* addresses without a record, of bundles that are sealed */
	struct ind_clock clock;      /* the last one written */

	bool failed;                 /* something of this run was lost, or could not be read again */
	bool waiting;                /* for space on the disk; nothing is recorded meanwhile */
	uint64_t waiting_ns;         /* when it was last looked for */
	uint64_t disk_lost;          /* records that were not recorded for want of it, but for those of the bundle that is being written */

	struct notify notify;
	uint64_t status_told_ns, watchdog_told_ns, ticked_ns;
	struct retainer retainer;

	/* the bundle that is being written */
	bool writing;
	unsigned bundles;            /* that were begun */
	struct outfile file;
	struct ind_writer *writer;
	struct origin_set *origins;
	struct hits hits;            /* of values that lists name */
	uint64_t begun_ns;           /* boottime */
	uint64_t sealed_ns, sealed_bytes;
};

/* setup.c: everything that can be missing before the first packet, and at its end the rights that are not needed any more are given up. Returns an
 * exit status; says what is wrong. */
int keep_setup(struct keep *k);
void keep_release(struct keep *k);

/* streamkeep.c: the stream of a live sensor, from run to run. */
int stream_begin(struct keep *k);

/* Removes what a run left that was interrupted between making a file and noting its name: an empty file of this sensor. The stream's lock is held, so
 * that no other run is making one. */
void stream_tidy(const struct keep *k);

/* Another file begins at that leaf: noted before a byte of it is written. IND_FULL: there is no space for the note. */
enum ind_err stream_file(struct keep *k, uint64_t first_leaf) IND_MUST_USE;

/* A checkpoint is durable, and may be told. A note that cannot be written is said, and no more: the one before stands. */
void stream_publish(struct keep *k);

/* A bundle is sealed and bears its name; another one follows or not. A note that finds no space is said, and the one before stands. */
enum ind_err stream_sealed(struct keep *k, bool follows) IND_MUST_USE;

/* A run that ended before its first bundle leaves nothing to be done: the stream stands where it stood. */
void stream_spare(struct keep *k);

/* bundlespace.c: where a live bundle goes when its disk fails or is full. */
bool keep_live(const struct keep *k);
enum ind_err bundle_file(struct keep *k, uint64_t first_leaf) IND_MUST_USE;
void bundle_watch(struct keep *k);
enum ind_err bundle_full(struct keep *k) IND_MUST_USE;
enum ind_err bundle_wait(struct keep *k) IND_MUST_USE;
enum ind_err bundle_next(struct keep *k) IND_MUST_USE;
void bundle_header(const struct keep *k, struct ind_header *header);
/* epochs.c: the keys of a live stream. `epochs_begin` finds the key that continues k->stream, or begins a new one; returns an exit status. The others
 * stand behind the HEADER of a run's first bundle, and behind a seal. */
int epochs_begin(struct keep *k);
enum ind_err epochs_restart(struct keep *k);
enum ind_err epochs_if_due(struct keep *k);

/* bundlefile.c: the life of one bundle. All return IND_OK or the first error. */
enum ind_err bundle_begin(struct keep *k);
enum ind_err bundle_seal(struct keep *k);
enum ind_err bundle_seal_if_due(struct keep *k);
enum ind_err bundle_end(struct keep *k, enum ind_seal_reason reason, const struct message_end *end);

/* None is being written any more. */
void bundle_let_go(struct keep *k);

/* Claims about the addresses that sent values which a list names. */
enum ind_err bundle_values(struct keep *k, const struct ind_flow *flow, const struct ind_signal *signals, size_t count);

/* Running totals of what was not recorded, by cause. */
void bundle_losses(const struct keep *k, uint64_t count[static IND_LOSS_MAX]);

/* seats.c: the taps. What one says of itself, and all of them together. */
void seats_status(struct keep *k, unsigned tap, const struct message_status *status);

/* Looks whether any is gone. False if one is that has neither ended nor left anything in the ring. */
bool seats_look(struct keep *k);

/* Waits for all of them. False if one died; it is told. */
bool seats_reap(struct keep *k);

/* Asks the others to end, or ends them when they cannot have begun. */
void seats_stop(struct keep *k);
void seats_kill(struct keep *k);
bool seats_gone(const struct keep *k);
bool seats_opened(const struct keep *k);
bool seats_ended(const struct keep *k);

/* boottime when the tap that was silent longest was last heard. */
uint64_t seats_moved_ns(const struct keep *k);

/* service.c: what a service manager is told. */
void service_ready(struct keep *k);
void service_stopping(struct keep *k);
void service_tick(struct keep *k, uint64_t now_ns);

/* custody.c: an event of this sensor about a bundle; what no option says is in `texts`, which lives as long as the event. */
struct keep_event_texts { char actor[OUTFILE_NAME_MAX + 1], purpose[IND_CUSTODY_TEXT_MAX + 1]; };
void keep_event(const struct keep *k, enum ind_custody_type type, const struct ind_bundle_head *head, struct keep_event_texts *texts,
	struct ind_custody_event *event);

/* Reads a published bundle back and begins its custody log: created, sealed. */
enum ind_err keep_custody(const struct keep *k, const uint8_t sha256[static IND_SHA256_BYTES]);

/* Realtime, or a fixed moment in a deterministic run. */
uint64_t keep_realtime_ns(const struct keep *k);

#endif
