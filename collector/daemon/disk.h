/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_DISK_H
#define DAEMON_DISK_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct notify;

/* Everything that keep asks of a disk, so that a test can be one. Each returns what the system call does, and sets errno. */
struct disk {
	int (*open)(void *ctx, int folder, const char *name, int flags, unsigned mode);
	int (*close)(void *ctx, int fd);
	int (*lock)(void *ctx, int fd);  /* alone, without waiting */
	ssize_t (*read)(void *ctx, int fd, void *at, size_t bytes, uint64_t offset);
	ssize_t (*write)(void *ctx, int fd, const void *at, size_t bytes, uint64_t offset);
	int (*sync)(void *ctx, int fd);  /* the bytes, and what is needed to find them */
	int (*cut)(void *ctx, int fd, uint64_t bytes); /* also gives back what was reserved behind */
	int (*reserve)(void *ctx, int fd, uint64_t offset, uint64_t bytes); /* space behind the end; the size stays */
	void (*forget)(void *ctx, int fd); /* the next read comes from the medium, where that can be had */
	int (*rename)(void *ctx, int folder, const char *from, const char *to); /* never replaces */
	int (*sync_folder)(void *ctx, int folder);
	int (*unlink)(void *ctx, int folder, const char *name);
	void *ctx;
};

extern const struct disk disk_real;

/* The real one, each of whose reads that brings something is progress to be told: to read a whole bundle takes long. A disk that blocks tells nothing. */
struct disk disk_telling(struct notify *notify);

#endif
