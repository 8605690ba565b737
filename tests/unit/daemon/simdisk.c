/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "simdisk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FD_FIRST = 1000, FD_FOLDER = 999 };

static const char *last(const char *name)
{
	const char *slash = strrchr(name, '/');
	return slash ? slash + 1 : name;
}

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* Counts the operation; true if it is to fail. */
static bool fails(struct sim *s, enum sim_op op, const char *name)
{
	if (s->before)
		s->before(s->ctx, s, op);
	unsigned number = ++s->count[op];
	if (!s->fail_at || op != s->fail_op || number < s->fail_at || (number > s->fail_at && !s->forever))
		return false;
	if (!s->failed)
		snprintf(s->failed_name, sizeof s->failed_name, "%s", name);
	s->failed = true;
	errno = s->error;
	return true;
}

struct sim_file *sim_find(struct sim *s, const char *name)
{
	for (int i = 0; i < SIM_FILES; i++)
		if (s->file[i].there && strcmp(s->file[i].name, last(name)) == 0)
			return &s->file[i];
	return NULL;
}

static struct sim_file *file_new(struct sim *s, const char *name)
{
	for (int i = 0; i < SIM_FILES; i++) {
		if (s->file[i].there)
			continue;
		s->file[i] = (struct sim_file){ .there = true };
		snprintf(s->file[i].name, SIM_NAME, "%s", last(name));
		return &s->file[i];
	}
	abort();
}

static void grow(struct sim_file *f, size_t bytes)
{
	if (bytes <= f->capacity)
		return;
	f->capacity = 2 * bytes;
	f->at = realloc(f->at, f->capacity);
	must(f->at != NULL);
}

static void durable_set(struct sim_file *f)
{
	free(f->durable);
	f->durable = malloc(f->bytes + 1);
	must(f->durable != NULL);
	if (f->bytes)
		memcpy(f->durable, f->at, f->bytes);
	f->durable_bytes = f->bytes;
}

void sim_put(struct sim *s, const char *name, const void *bytes, size_t count)
{
	struct sim_file *f = file_new(s, name);
	grow(f, count);
	if (count)
		memcpy(f->at, bytes, count);
	f->bytes = count;
	durable_set(f);
}

static struct sim_file *of(struct sim *s, int fd)
{
	must(fd >= FD_FIRST && fd < FD_FIRST + s->fds && s->fd[fd - FD_FIRST].open);
	return &s->file[s->fd[fd - FD_FIRST].file];
}

static int sim_open(void *ctx, int folder, const char *name, int flags, unsigned mode)
{
	struct sim *s = ctx;
	(void)folder, (void)mode;
	if (flags & O_DIRECTORY)
		return FD_FOLDER;
	struct sim_file *f = sim_find(s, name);
	if (!f && !(flags & O_CREAT)) {
		errno = ENOENT;
		return -1;
	}
	if (f && flags & O_EXCL) {
		errno = EEXIST;
		return -1;
	}
	if ((flags & O_CREAT || (s->fail_at && s->fail_op == SIM_OPEN)) && fails(s, SIM_OPEN, last(name)))
		return -1;
	f = f ? f : file_new(s, name);
	must(s->fds < SIM_FDS);
	s->fd[s->fds].open = true;
	s->fd[s->fds].file = (int)(f - s->file);
	return FD_FIRST + s->fds++;
}

static int sim_close(void *ctx, int fd)
{
	struct sim *s = ctx;
	if (fd == FD_FOLDER)
		return 0;
	(void)of(s, fd);
	s->fd[fd - FD_FIRST].open = false;
	return 0;
}

static int sim_lock(void *ctx, int fd)
{
	(void)of(ctx, fd);
	return 0;
}

static ssize_t sim_read(void *ctx, int fd, void *at, size_t bytes, uint64_t offset)
{
	struct sim *s = ctx;
	struct sim_file *f = of(s, fd);
	if (s->fail_op == SIM_READ && fails(s, SIM_READ, f->name))
		return -1;
	size_t n = offset >= f->bytes ? 0 : f->bytes - (size_t)offset;
	n = n < bytes ? n : bytes;
	if (n)
		memcpy(at, f->at + offset, n);
	return (ssize_t)n;
}

uint64_t sim_used(const struct sim *s)
{
	uint64_t sum = 0;
	for (int i = 0; i < SIM_FILES; i++)
		if (s->file[i].there && strncmp(s->file[i].name, "stream.", 7) != 0)
			sum += s->file[i].bytes > s->file[i].reserved ? s->file[i].bytes : s->file[i].reserved;
	return sum;
}

unsigned sim_open_files(const struct sim *s)
{
	unsigned count = 0;
	for (int i = 0; i < s->fds; i++)
		count += s->fd[i].open;
	return count;
}

/* Bytes behind the end of what the file has already that the disk has room for. */
static uint64_t room_of(const struct sim *s)
{
	uint64_t sum = sim_used(s);
	return s->space == 0 ? UINT64_MAX / 2 : sum < s->space ? s->space - sum : 0;
}

static void write_at(struct sim_file *f, const void *at, size_t bytes, uint64_t offset)
{
	size_t end = (size_t)offset + bytes;
	grow(f, end);
	if (offset > f->bytes)
		memset(f->at + f->bytes, 0, (size_t)offset - f->bytes);
	memcpy(f->at + offset, at, bytes);
	f->bytes = end > f->bytes ? end : f->bytes;
}

static ssize_t sim_write(void *ctx, int fd, const void *at, size_t bytes, uint64_t offset)
{
	struct sim *s = ctx;
	struct sim_file *f = of(s, fd);
	if (fails(s, SIM_WRITE, f->name)) {
		size_t part = s->part < bytes ? s->part : bytes;
		if (part)
			write_at(f, at, part, offset);
		return part ? (ssize_t)part : -1;
	}
	if (s->stream_full && strncmp(f->name, "stream.", 7) == 0) {
		errno = ENOSPC;
		return -1;
	}
	uint64_t has = f->bytes > f->reserved ? f->bytes : f->reserved, end = offset + bytes;
	uint64_t room = strncmp(f->name, "stream.", 7) == 0 ? UINT64_MAX / 2 : room_of(s);
	size_t fit = end <= has || end - has <= room ? bytes : has + room > offset ? (size_t)(has + room - offset) : 0;
	if (fit == 0) {
		errno = ENOSPC;
		return -1;
	}
	write_at(f, at, fit, offset);
	if (s->flip_at && s->count[SIM_WRITE] == s->flip_at)
		f->at[offset + fit / 2] ^= 1;
	return (ssize_t)fit;
}

static int sim_sync(void *ctx, int fd)
{
	struct sim *s = ctx;
	struct sim_file *f = of(s, fd);
	bool *bad = &s->fd[fd - FD_FIRST].bad;
	s->sync_again |= *bad;
	if (fails(s, SIM_SYNC, f->name)) {
		*bad = true;
		return -1;
	}
	durable_set(f);
	return 0;
}

static int sim_trim(void *ctx, int fd, uint64_t bytes)
{
	struct sim *s = ctx;
	struct sim_file *f = of(s, fd);
	if (fails(s, SIM_CUT, f->name))
		return -1;
	must(bytes <= f->bytes);
	f->bytes = (size_t)bytes;
	f->reserved = bytes;
	return 0;
}

static int sim_reserve(void *ctx, int fd, uint64_t offset, uint64_t bytes)
{
	struct sim *s = ctx;
	struct sim_file *f = of(s, fd);
	uint64_t has = f->bytes > f->reserved ? f->bytes : f->reserved, end = offset + bytes;
	if (s->no_reserve) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (end > has && end - has > room_of(s)) {
		errno = ENOSPC;
		return -1;
	}
	f->reserved = end > f->reserved ? end : f->reserved;
	return 0;
}

static void sim_forget(void *ctx, int fd) { (void)of(ctx, fd); }

static int sim_rename(void *ctx, int folder, const char *from, const char *to)
{
	struct sim *s = ctx;
	(void)folder;
	if (fails(s, SIM_RENAME, to))
		return -1;
	struct sim_file *f = sim_find(s, from);
	errno = f ? EEXIST : ENOENT;
	if (!f || sim_find(s, to))
		return -1;
	snprintf(f->name, SIM_NAME, "%s", to);
	return 0;
}

static int sim_sync_folder(void *ctx, int folder)
{
	(void)folder;
	return fails(ctx, SIM_SYNC_FOLDER, "") ? -1 : 0;
}

static void file_free(struct sim_file *f)
{
	free(f->at);
	free(f->durable);
	*f = (struct sim_file){ 0 };
}

static int sim_unlink(void *ctx, int folder, const char *name)
{
	struct sim_file *f = sim_find(ctx, name);
	(void)folder;
	errno = ENOENT;
	if (!f)
		return -1;
	file_free(f);
	return 0;
}

void sim_start(struct sim *s)
{
	*s = (struct sim){ 0 };
	s->disk = (struct disk){
		.open = sim_open, .close = sim_close, .lock = sim_lock, .read = sim_read, .write = sim_write, .sync = sim_sync, .cut = sim_trim,
		.reserve = sim_reserve, .forget = sim_forget, .rename = sim_rename, .sync_folder = sim_sync_folder, .unlink = sim_unlink, .ctx = s,
	};
}

void sim_free(struct sim *s)
{
	for (int i = 0; i < SIM_FILES; i++)
		file_free(&s->file[i]);
}

void sim_cut(const struct sim *s, const char *name, const uint8_t *bytes, size_t count, struct sim *after)
{
	sim_start(after);
	for (int i = 0; i < SIM_FILES; i++) {
		const struct sim_file *f = &s->file[i];
		if (f->there && strcmp(f->name, name) == 0)
			sim_put(after, name, bytes, count);
		else if (f->there)
			sim_put(after, f->name, f->durable, f->durable_bytes);
	}
}

static enum ind_err file_read(void *ctx, uint64_t offset, void *at, size_t bytes, size_t *got)
{
	const struct sim_file *f = ctx;
	size_t n = offset >= f->bytes ? 0 : f->bytes - (size_t)offset;
	*got = n < bytes ? n : bytes;
	if (*got)
		memcpy(at, f->at + offset, *got);
	return IND_OK;
}

struct ind_source sim_source(struct sim_file *f) { return (struct ind_source){ file_read, f }; }
