/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void open_name(const struct outfile *f, char name[static sizeof f->name + 8])
{
	size_t length = strlen(f->name);
	memcpy(name, f->name, length);
	memcpy(name + length, ".open", sizeof ".open");
}

enum ind_err outfile_create(struct outfile *f, int folder_fd, const char *name)
{
	char open_as[sizeof f->name + 8];
	*f = (struct outfile){ .folder_fd = folder_fd, .fd = -1 };
	if (strlen(name) >= sizeof f->name)
		return IND_LIMIT;
	memcpy(f->name, name, strlen(name) + 1);
	open_name(f, open_as);
	struct stat st;
	if (fstatat(folder_fd, f->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return IND_EXISTS;
	f->fd = openat(folder_fd, open_as, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (f->fd < 0)
		return errno == EEXIST ? IND_EXISTS : IND_IO;
	hash_sha256_start(&f->hash);
	if (fsync(folder_fd) != 0) {
		outfile_discard(f);
		return IND_IO;
	}
	return IND_OK;
}

static enum ind_err file_write(void *ctx, const void *bytes, size_t count)
{
	struct outfile *f = ctx;
	const uint8_t *at = bytes;
	hash_sha256_add(&f->hash, bytes, count);
	while (count) {
		ssize_t n = pwrite(f->fd, at, count, (off_t)f->bytes);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return IND_IO;
		at += n;
		f->bytes += (uint64_t)n;
		count -= (size_t)n;
	}
	return IND_OK;
}

static enum ind_err file_sync(void *ctx)
{
	struct outfile *f = ctx;
	return fdatasync(f->fd) == 0 ? IND_OK : IND_IO;
}

void outfile_sink(struct outfile *f, struct ind_sink *sink) { *sink = (struct ind_sink){ file_write, file_sync, f }; }

enum ind_err outfile_publish(struct outfile *f, uint8_t sha256[static IND_SHA256_BYTES])
{
	char open_as[sizeof f->name + 8];
	open_name(f, open_as);
	hash_sha256_end(&f->hash, sha256);
	bool good = fsync(f->fd) == 0;
	good = close(f->fd) == 0 && good;
	f->fd = -1;
	if (!good)
		return IND_IO;
	if (renameat2(f->folder_fd, open_as, f->folder_fd, f->name, RENAME_NOREPLACE) != 0)
		return errno == EEXIST ? IND_EXISTS : IND_IO;
	return fsync(f->folder_fd) == 0 ? IND_OK : IND_IO;
}

void outfile_abandon(struct outfile *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

void outfile_discard(struct outfile *f)
{
	char open_as[sizeof f->name + 8];
	if (f->fd < 0)
		return;
	outfile_abandon(f);
	open_name(f, open_as);
	unlinkat(f->folder_fd, open_as, 0);
}
