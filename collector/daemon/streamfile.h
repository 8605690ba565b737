/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_STREAMFILE_H
#define DAEMON_STREAMFILE_H

#include "daemon/disk.h"
#include "daemon/machine.h"
#include "indicia/bundle.h"
#include <stdbool.h>

/* Where a sensor's stream stands, between runs and while one runs: what it says is durable, and it never goes back. The file is locked
 * while the sensor runs. Its two slots are written in turn, so that a write that is cut leaves the state before. */

enum { STREAM_PATH_MAX = 4096 };

struct stream_state {
	bool known;                  /* there is a stream to go on with */
	bool running;                /* a run began, and did not end by sealing */
	struct ind_stream stream;    /* behind the last durable checkpoint */
	uint64_t open_first_leaf;
	char open_path[STREAM_PATH_MAX]; /* the bundle that is being written, its name with ".open"; "" if there is none */
	struct machine machine;
};

struct streamfile {
	const struct disk *disk;
	int fd;
	uint64_t generation;
	bool failed;                 /* a write did: nothing more is said to this file */
	bool full;                   /* the last write found no space */
	char path[STREAM_PATH_MAX];
};

/* Opens and locks <folder>/stream.<sensor> and reads what it says. IND_EXISTS if another process holds it; IND_LIMIT; IND_IO. */
enum ind_err streamfile_open(struct streamfile *s, const struct disk *disk, const char *folder, const char *sensor, struct stream_state *state) IND_MUST_USE;

/* What the file at `path` says, without locking it and without changing it: a sensor may run meanwhile. IND_OK with state->known false: there is no
 * whole slot. IND_IO with errno. */
enum ind_err streamfile_peek(const struct disk *disk, const char *path, struct stream_state *state) IND_MUST_USE;

/* Writes the state and makes it durable. With an error the state before stands. IND_FULL: there is no space now; after IND_IO this always fails. */
enum ind_err streamfile_save(struct streamfile *s, const struct stream_state *state) IND_MUST_USE;

void streamfile_close(struct streamfile *s);

#endif
