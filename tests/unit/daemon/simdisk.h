/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_DAEMON_SIMDISK_H
#define TEST_DAEMON_SIMDISK_H

#include "daemon/disk.h"
#include "indicia/bundle.h"
#include <stdbool.h>

/* A disk in memory: what was written and not synced may be lost, in part or whole, and any operation can fail. Names are without folders. */

enum { SIM_FILES = 64, SIM_FDS = 4096, SIM_NAME = 300 };

enum sim_op { SIM_OPEN, SIM_READ, SIM_WRITE, SIM_SYNC, SIM_CUT, SIM_RENAME, SIM_SYNC_FOLDER, SIM_OPS };

struct sim_file {
	bool there;
	char name[SIM_NAME];
	uint8_t *at;                 /* as it is read */
	size_t bytes, capacity;
	uint8_t *durable;            /* as it would be found behind a power cut at the worst */
	size_t durable_bytes;
	uint64_t reserved;
};

struct sim {
	struct disk disk;            /* what the code under test is given */
	struct sim_file file[SIM_FILES];
	struct { bool open, bad; int file; } fd[SIM_FDS]; /* bad: a sync failed */
	int fds;
	unsigned count[SIM_OPS];     /* operations so far; reads, and opens of what is there, only if fail_op is that */
	/* The fail_at-th operation (from 1; 0: none) of that kind fails with this error; a write first takes `part` bytes; from then on all do if `forever`. */
	enum sim_op fail_op;
	unsigned fail_at;
	int error;
	size_t part;
	bool forever;
	bool failed;                 /* it did; on the file */
	char failed_name[SIM_NAME];
	unsigned flip_at;            /* the write that changes a bit of what it is given */
	uint64_t space;              /* of the disk; 0: without end */
	bool no_reserve;
	bool stream_full;            /* nothing is written in place: a stream file finds no space */
	bool sync_again;             /* a sync was tried on a file whose sync had failed */
	void (*before)(void *ctx, struct sim *sim, enum sim_op op); /* NULL, or called before each operation */
	void *ctx;
};

void sim_start(struct sim *s);
void sim_free(struct sim *s);

/* The file with that name, or NULL. */
struct sim_file *sim_find(struct sim *s, const char *name);
void sim_put(struct sim *s, const char *name, const void *bytes, size_t count);

/* The disk as it is found when the power was cut: of `name`, these bytes; of all others what is durable. */
void sim_cut(const struct sim *s, const char *name, const uint8_t *bytes, size_t count, struct sim *after);

/* Bytes that are taken, and descriptors that are open. */
uint64_t sim_used(const struct sim *s);
unsigned sim_open_files(const struct sim *s);

struct ind_source sim_source(struct sim_file *f);

#endif
