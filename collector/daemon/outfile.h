/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_OUTFILE_H
#define DAEMON_OUTFILE_H

#include "base/hash.h"
#include "bundle/renew.h"
#include "daemon/disk.h"
#include "indicia/verify.h"

/* A bundle on disk while it is written: NAME.open, then renamed without replacing anything. Only appended to: a write that fails leaves the
 * file as it was before. */

enum {
	OUTFILE_NAME_MAX = 255,
	OUTFILE_SUFFIX_MAX = 12,     /* ".abandoned" */
	OUTFILE_SEAL_BYTES = 16384,  /* LOSS, CLOCK and the frames of the final seal, at their largest */
};

struct outfile {
	const struct disk *disk;
	int folder_fd;
	int fd;                      /* -1: not open */
	bool unnamed;                /* NAME.open is there, and is ours */
	char name[OUTFILE_NAME_MAX + 1]; /* without folder, without ".open" */
	struct hash_sha256_state hash;
	uint64_t bytes;
	uint64_t ballast;            /* space that is kept for the end; 0: none is, as for a savefile that can be read again */
	uint64_t reserved;           /* bytes of space that are this file's already */
	bool no_reserve;             /* the file system cannot reserve */
	bool closing;                /* the end may use the ballast */
};

/* Creates NAME.open below the folder. IND_EXISTS if it or NAME is there; IND_FULL (only with a ballast) if there is no space for it and
 * as much again; IND_IO. */
enum ind_err outfile_create(struct outfile *f, const struct disk *disk, int folder_fd, const char *name, uint64_t ballast) IND_MUST_USE;

/* Opens NAME.open to go on behind its first `bytes` bytes: what stands behind them is cut off. IND_MISSING, IND_IO. */
enum ind_err outfile_reopen(struct outfile *f, const struct disk *disk, int folder_fd, const char *name, uint64_t bytes) IND_MUST_USE;

/* Where the writer's bytes go, and where its file's bytes come from. */
void outfile_sink(struct outfile *f, struct ind_sink *sink);
void outfile_source(struct outfile *f, struct ind_source *source);

/* Room for a frame, as writer_disk asks for it. */
enum ind_err outfile_room(struct outfile *f, enum writer_use use, size_t bytes) IND_MUST_USE;

/* Reads the file again, whose end is durable, compares its digest with that of what was written, and if `whole` verifies it. IND_MALFORMED, and
 * NAME.bad, if it is not what it should be; *result is then what a verifier says of it, with this key trusted. */
enum ind_err outfile_check(struct outfile *f, const struct ind_key *identity, bool whole, struct ind_verify_result *result) IND_MUST_USE;

/* Publishes a file whose end is durable under its name, folder made durable; the digest of the whole file. If that fails it stays NAME.open. */
enum ind_err outfile_publish(struct outfile *f, uint8_t sha256[static IND_SHA256_BYTES]) IND_MUST_USE;

/* Closes and removes what was written. */
void outfile_discard(struct outfile *f);

/* Closes and leaves NAME.open for recovery. */
void outfile_abandon(struct outfile *f);

/* Closes a file that could not be written: it becomes NAME.abandoned if it can, for another one goes on with its stream. */
void outfile_set_aside(struct outfile *f);

#endif
