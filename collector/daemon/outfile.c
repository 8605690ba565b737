/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

enum { RESERVE_STEP_BYTES = 8 << 20, READ_BYTES = 1 << 16 };

struct outname { char at[OUTFILE_NAME_MAX + 1 + OUTFILE_SUFFIX_MAX]; };

static struct outname name_with(const struct outfile *f, const char *suffix)
{
	struct outname name;
	snprintf(name.at, sizeof name.at, "%s%s", f->name, suffix);
	return name;
}

static bool no_space(int error) { return error == ENOSPC || error == EDQUOT; }

static enum ind_err failure(const struct outfile *f) { return f->ballast && no_space(errno) ? IND_FULL : IND_IO; }

/* ---- space ---- */

static enum ind_err reserve_to(struct outfile *f, uint64_t end)
{
	if (f->disk->reserve(f->disk->ctx, f->fd, f->reserved, end - f->reserved) == 0) {
		f->reserved = end;
		return IND_OK;
	}
	f->no_reserve = !no_space(errno);
	return f->no_reserve ? IND_OK : IND_FULL;
}

/* In large steps while there is space, then as little as is needed. */
static enum ind_err space_for(struct outfile *f, uint64_t end)
{
	if (!f->ballast || f->no_reserve || end <= f->reserved)
		return IND_OK;
	enum ind_err err = reserve_to(f, end + RESERVE_STEP_BYTES);
	return err == IND_FULL ? reserve_to(f, end) : err;
}

enum ind_err outfile_room(struct outfile *f, enum writer_use use, size_t bytes)
{
	uint64_t spare = f->ballast;
	if (f->closing)
		spare = use == WRITER_ROWS ? OUTFILE_SEAL_BYTES : 0;
	return space_for(f, f->bytes + bytes + spare);
}

/* ---- beginning ---- */

static bool name_taken(const struct outfile *f)
{
	int fd = f->disk->open(f->disk->ctx, f->folder_fd, f->name, O_PATH, 0);
	if (fd >= 0)
		f->disk->close(f->disk->ctx, fd);
	return fd >= 0;
}

static enum ind_err start(struct outfile *f, const struct disk *disk, int folder_fd, const char *name)
{
	*f = (struct outfile){ .disk = disk, .folder_fd = folder_fd, .fd = -1 };
	if (strlen(name) > OUTFILE_NAME_MAX)
		return IND_LIMIT;
	memcpy(f->name, name, strlen(name) + 1);
	hash_sha256_start(&f->hash);
	return IND_OK;
}

enum ind_err outfile_create(struct outfile *f, const struct disk *disk, int folder_fd, const char *name, uint64_t ballast)
{
	enum ind_err err = start(f, disk, folder_fd, name);
	if (err)
		return err;
	f->ballast = ballast;
	if (name_taken(f))
		return IND_EXISTS;
	f->fd = disk->open(disk->ctx, folder_fd, name_with(f, ".open").at, O_RDWR | O_CREAT | O_EXCL, 0640);
	if (f->fd < 0)
		return errno == EEXIST ? IND_EXISTS : failure(f);
	f->unnamed = true;
	if (disk->sync_folder(disk->ctx, folder_fd) != 0)
		err = failure(f);
	else if (ballast)
		err = space_for(f, 2 * ballast);
	if (err)
		outfile_discard(f);
	return err;
}

/* Adds bytes that stand in the file to a digest. */
static enum ind_err hash_read(const struct outfile *f, uint64_t bytes, struct hash_sha256_state *hash)
{
	uint8_t piece[READ_BYTES];
	for (uint64_t at = 0; at < bytes;) {
		size_t want = bytes - at < sizeof piece ? (size_t)(bytes - at) : sizeof piece;
		ssize_t n = f->disk->read(f->disk->ctx, f->fd, piece, want, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return IND_IO;
		hash_sha256_add(hash, piece, (size_t)n);
		at += (uint64_t)n;
	}
	return IND_OK;
}

enum ind_err outfile_reopen(struct outfile *f, const struct disk *disk, int folder_fd, const char *name, uint64_t bytes)
{
	enum ind_err err = start(f, disk, folder_fd, name);
	if (err)
		return err;
	f->fd = disk->open(disk->ctx, folder_fd, name_with(f, ".open").at, O_RDWR, 0);
	if (f->fd < 0)
		return errno == ENOENT ? IND_MISSING : IND_IO;
	err = hash_read(f, bytes, &f->hash);
	if (!err && disk->cut(disk->ctx, f->fd, bytes) != 0)
		err = IND_IO;
	f->bytes = bytes;
	if (err)
		outfile_abandon(f);
	return err;
}

/* ---- bytes ---- */

/* Half a frame is taken back at once; errno stays that of the write. */
static enum ind_err file_write(void *ctx, const void *bytes, size_t count)
{
	struct outfile *f = ctx;
	const uint8_t *at = bytes;
	for (size_t done = 0; done < count;) {
		ssize_t n = f->disk->write(f->disk->ctx, f->fd, at + done, count - done, f->bytes + done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			int error = n < 0 ? errno : EIO;
			(void)f->disk->cut(f->disk->ctx, f->fd, f->bytes);
			f->reserved = f->bytes;
			errno = error;
			return failure(f);
		}
		done += (size_t)n;
	}
	hash_sha256_add(&f->hash, bytes, count);
	f->bytes += count;
	return IND_OK;
}

static enum ind_err file_sync(void *ctx)
{
	struct outfile *f = ctx;
	return f->disk->sync(f->disk->ctx, f->fd) == 0 ? IND_OK : IND_IO;
}

static enum ind_err file_read(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	struct outfile *f = ctx;
	ssize_t n;
	*got = 0;
	while ((n = f->disk->read(f->disk->ctx, f->fd, bytes, count, offset)) < 0 && errno == EINTR)
		;
	if (n < 0)
		return IND_IO;
	*got = (size_t)n;
	return IND_OK;
}

void outfile_sink(struct outfile *f, struct ind_sink *sink) { *sink = (struct ind_sink){ file_write, file_sync, f }; }

void outfile_source(struct outfile *f, struct ind_source *source) { *source = (struct ind_source){ file_read, f }; }

/* ---- the end ---- */

void outfile_abandon(struct outfile *f)
{
	if (f->fd >= 0)
		f->disk->close(f->disk->ctx, f->fd);
	f->fd = -1;
}

/* The folder is made durable too; if it cannot be, the name is what it was before. */
static enum ind_err rename_to(struct outfile *f, const char *name)
{
	struct outname open_as = name_with(f, ".open");
	const struct disk *d = f->disk;
	if (d->rename(d->ctx, f->folder_fd, open_as.at, name) != 0)
		return errno == EEXIST ? IND_EXISTS : IND_IO;
	if (d->sync_folder(d->ctx, f->folder_fd) == 0) {
		f->unnamed = false;
		return IND_OK;
	}
	int error = errno;
	(void)d->rename(d->ctx, f->folder_fd, name, open_as.at);
	errno = error;
	return IND_IO;
}

/* Are the bytes that are read those that were written? */
static enum ind_err read_same(const struct outfile *f, bool *same)
{
	struct hash_sha256_state wrote = f->hash, reads;
	uint8_t written[HASH_SHA256_BYTES], got[HASH_SHA256_BYTES];
	hash_sha256_start(&reads);
	enum ind_err err = hash_read(f, f->bytes, &reads);
	hash_sha256_end(&wrote, written);
	hash_sha256_end(&reads, got);
	*same = memcmp(written, got, sizeof got) == 0;
	return err;
}

/* A verification costs as much as a third of the recording; the digest costs nothing beside it. */
enum ind_err outfile_check(struct outfile *f, const struct ind_key *identity, bool whole, struct ind_verify_result *result)
{
	struct ind_key_public trusted;
	bool same;
	struct ind_verify_options options = { .trusted = &trusted, .trusted_count = 1 };
	struct ind_source source;
	const struct disk *d = f->disk;
	if (f->ballast)
		(void)d->cut(d->ctx, f->fd, f->bytes); /* what was reserved behind the end is given back */
	d->forget(d->ctx, f->fd);
	enum ind_err err = read_same(f, &same);
	if (err || (same && !whole))
		return err;
	ind_key_public(identity, &trusted);
	outfile_source(f, &source);
	err = ind_verify(&source, &options, result);
	if (err || (same && result->verdict == IND_VERDICT_VALID && result->authenticated_bytes == f->bytes))
		return err;
	outfile_abandon(f);
	(void)!rename_to(f, name_with(f, ".bad").at);
	return IND_MALFORMED;
}

enum ind_err outfile_publish(struct outfile *f, uint8_t sha256[static IND_SHA256_BYTES])
{
	hash_sha256_end(&f->hash, sha256);
	bool good = f->disk->close(f->disk->ctx, f->fd) == 0;
	f->fd = -1;
	return good ? rename_to(f, f->name) : IND_IO;
}

void outfile_discard(struct outfile *f)
{
	if (!f->unnamed)
		return;
	int error = errno;
	f->unnamed = false;
	outfile_abandon(f);
	(void)f->disk->unlink(f->disk->ctx, f->folder_fd, name_with(f, ".open").at);
	errno = error;
}

void outfile_set_aside(struct outfile *f)
{
	if (f->fd < 0)
		return;
	outfile_abandon(f);
	(void)!rename_to(f, name_with(f, ".abandoned").at);
}
