/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_OUTFILE_H
#define DAEMON_OUTFILE_H

#include "base/hash.h"
#include "indicia/bundle.h"

/* A bundle on disk while it is written: NAME.open, then renamed without replacing anything. */
struct outfile {
	int folder_fd;
	int fd;
	char name[256];              /* without folder, without ".open" */
	struct hash_sha256_state hash;
	uint64_t bytes;
};

enum { OUTFILE_PATH_MAX = 4096 };

/* Creates NAME.open below the folder. IND_EXISTS if it or NAME is there. */
enum ind_err outfile_create(struct outfile *f, int folder_fd, const char *name) IND_MUST_USE;

/* Where the writer's bytes go. */
void outfile_sink(struct outfile *f, struct ind_sink *sink);

/* Publishes the file under its name, folder made durable; the digest of the whole file. */
enum ind_err outfile_publish(struct outfile *f, uint8_t sha256[static IND_SHA256_BYTES]) IND_MUST_USE;

/* Closes and removes what was written. */
void outfile_discard(struct outfile *f);

/* Closes and leaves NAME.open for recovery. */
void outfile_abandon(struct outfile *f);

#endif
