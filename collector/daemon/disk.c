/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/disk.h"

#include "daemon/notify.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

static int real_open(void *ctx, int folder, const char *name, int flags, unsigned mode)
{
	(void)ctx;
	return openat(folder, name, flags | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
}

static int real_close(void *ctx, int fd)
{
	(void)ctx;
	return close(fd);
}

static int real_lock(void *ctx, int fd)
{
	(void)ctx;
	return flock(fd, LOCK_EX | LOCK_NB);
}

static ssize_t real_read(void *ctx, int fd, void *at, size_t bytes, uint64_t offset)
{
	(void)ctx;
	return pread(fd, at, bytes, (off_t)offset);
}

static ssize_t real_write(void *ctx, int fd, const void *at, size_t bytes, uint64_t offset)
{
	(void)ctx;
	return pwrite(fd, at, bytes, (off_t)offset);
}

static int real_sync(void *ctx, int fd)
{
	(void)ctx;
	return fdatasync(fd);
}

static int real_cut(void *ctx, int fd, uint64_t bytes)
{
	(void)ctx;
	return ftruncate(fd, (off_t)bytes);
}

static int real_reserve(void *ctx, int fd, uint64_t offset, uint64_t bytes)
{
	(void)ctx;
	return fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)bytes);
}

static void real_forget(void *ctx, int fd)
{
	(void)ctx;
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

static int real_rename(void *ctx, int folder, const char *from, const char *to)
{
	(void)ctx;
	return renameat2(folder, from, folder, to, RENAME_NOREPLACE);
}

static int real_sync_folder(void *ctx, int folder)
{
	(void)ctx;
	return fsync(folder);
}

static int real_unlink(void *ctx, int folder, const char *name)
{
	(void)ctx;
	return unlinkat(folder, name, 0);
}

const struct disk disk_real = {
	.open = real_open, .close = real_close, .lock = real_lock, .read = real_read, .write = real_write, .sync = real_sync, .cut = real_cut,
	.reserve = real_reserve, .forget = real_forget, .rename = real_rename, .sync_folder = real_sync_folder, .unlink = real_unlink,
};

static ssize_t telling_read(void *ctx, int fd, void *at, size_t bytes, uint64_t offset)
{
	ssize_t n = real_read(ctx, fd, at, bytes, offset);
	if (n > 0)
		notify_progress(ctx);
	return n;
}

struct disk disk_telling(struct notify *notify)
{
	struct disk d = disk_real;
	d.read = telling_read;
	d.ctx = notify;
	return d;
}
