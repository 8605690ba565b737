/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/streamfile.h"

#include "base/cursor.h"
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

/* A slot: magic 8, generation 8 LE, running 1, frontier count 1, path length 2 LE, machine known 1, zero 3, stream id 16, leaves 8 LE,
 * epoch 8 LE, first leaf of the open bundle 8 LE, machine 32, boot id 16, boottime 8 LE, frontier 64 × 32, path 4096, SHA-256 of all before. */
enum {
	MAGIC_BYTES = 8, FIXED_BYTES = 120, FRONTIER_BYTES = IND_FRONTIER_MAX * IND_SHA256_BYTES,
	BODY_BYTES = FIXED_BYTES + FRONTIER_BYTES + STREAM_PATH_MAX, SLOT_BYTES = BODY_BYTES + IND_SHA256_BYTES, SLOT_AT = 8192,
};
_Static_assert(SLOT_BYTES <= SLOT_AT, "slots do not overlap");
static const char magic[MAGIC_BYTES + 1] = "IEBSTRM2";

static uint8_t *put_le64(uint8_t *at, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		at[i] = (uint8_t)(value >> 8 * i);
	return at + 8;
}

static uint8_t *put(uint8_t *at, const void *bytes, size_t count)
{
	memcpy(at, bytes, count);
	return at + count;
}

static void slot_put(const struct stream_state *state, uint64_t generation, uint8_t slot[static SLOT_BYTES])
{
	const struct ind_stream *t = &state->stream;
	size_t path_bytes = strlen(state->open_path);
	memset(slot, 0, SLOT_BYTES);
	uint8_t *p = put_le64(put(slot, magic, MAGIC_BYTES), generation);
	p = put(p, (const uint8_t[]){ state->running, (uint8_t)t->frontier_count, (uint8_t)path_bytes, (uint8_t)(path_bytes >> 8),
		state->machine.known, 0, 0, 0 }, 8);
	p = put_le64(put_le64(put(p, t->id, sizeof t->id), t->leaves), t->epoch);
	p = put(put_le64(p, state->open_first_leaf), state->machine.digest, sizeof state->machine.digest);
	p = put_le64(put(p, state->machine.boot_id, sizeof state->machine.boot_id), state->machine.boottime_ns);
	p = put(p, t->frontier, t->frontier_count * IND_SHA256_BYTES);
	put(slot + FIXED_BYTES + FRONTIER_BYTES, state->open_path, path_bytes);
	hash_sha256(slot, BODY_BYTES, slot + BODY_BYTES);
}

/* False if these bytes are no slot, or one that was cut. */
static bool slot_get(const uint8_t slot[static SLOT_BYTES], struct stream_state *state, uint64_t *generation)
{
	uint8_t digest[IND_SHA256_BYTES];
	struct ind_stream *t = &state->stream;
	struct cursor c = cursor_of(slot, SLOT_BYTES);
	hash_sha256(slot, BODY_BYTES, digest);
	if (memcmp(slot, magic, MAGIC_BYTES) != 0 || memcmp(digest, slot + BODY_BYTES, sizeof digest) != 0)
		return false;
	cursor_skip(&c, MAGIC_BYTES);
	*state = (struct stream_state){ .known = true };
	*generation = cursor_le64(&c);
	state->running = cursor_u8(&c) != 0;
	t->frontier_count = cursor_u8(&c);
	size_t path_bytes = cursor_le16(&c);
	state->machine.known = cursor_u8(&c) != 0;
	cursor_skip(&c, 3);
	memcpy(t->id, cursor_take(&c, sizeof t->id), sizeof t->id);
	t->leaves = cursor_le64(&c);
	t->epoch = cursor_le64(&c);
	state->open_first_leaf = cursor_le64(&c);
	memcpy(state->machine.digest, cursor_take(&c, sizeof state->machine.digest), sizeof state->machine.digest);
	memcpy(state->machine.boot_id, cursor_take(&c, sizeof state->machine.boot_id), sizeof state->machine.boot_id);
	state->machine.boottime_ns = cursor_le64(&c);
	if (t->frontier_count != (size_t)__builtin_popcountll(t->leaves) || path_bytes >= STREAM_PATH_MAX)
		return false;
	memcpy(t->frontier, cursor_take(&c, FRONTIER_BYTES), FRONTIER_BYTES);
	memcpy(state->open_path, cursor_take(&c, path_bytes), path_bytes);
	return true;
}

static ssize_t read_full(const struct streamfile *s, uint8_t *at, size_t bytes, uint64_t offset)
{
	size_t done = 0;
	while (done < bytes) {
		ssize_t n = s->disk->read(s->disk->ctx, s->fd, at + done, bytes - done, offset + done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

/* The newer slot of those that are whole. */
static enum ind_err state_read(struct streamfile *s, struct stream_state *state)
{
	uint8_t bytes[SLOT_BYTES];
	struct stream_state found;
	uint64_t generation;
	*state = (struct stream_state){ 0 };
	for (unsigned slot = 0; slot < 2; slot++) {
		ssize_t n = read_full(s, bytes, sizeof bytes, slot * SLOT_AT);
		if (n < 0)
			return IND_IO;
		if (n != SLOT_BYTES || !slot_get(bytes, &found, &generation) || (state->known && generation < s->generation))
			continue;
		*state = found;
		s->generation = generation;
	}
	return IND_OK;
}

static enum ind_err name_sync(const struct streamfile *s, const char *folder)
{
	int fd = s->disk->open(s->disk->ctx, AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);
	if (fd < 0)
		return IND_IO;
	int failed = s->disk->sync_folder(s->disk->ctx, fd);
	s->disk->close(s->disk->ctx, fd);
	return failed ? IND_IO : IND_OK;
}

enum ind_err streamfile_open(struct streamfile *s, const struct disk *disk, const char *folder, const char *sensor, struct stream_state *state)
{
	*s = (struct streamfile){ .disk = disk, .fd = -1 };
	if (snprintf(s->path, sizeof s->path, "%s/stream.%s", folder, sensor) >= (int)sizeof s->path)
		return IND_LIMIT;
	s->fd = disk->open(disk->ctx, AT_FDCWD, s->path, O_RDWR | O_CREAT, 0600);
	if (s->fd < 0)
		return IND_IO;
	enum ind_err err = IND_OK;
	if (disk->lock(disk->ctx, s->fd) != 0)
		err = errno == EWOULDBLOCK ? IND_EXISTS : IND_IO;
	if (!err)
		err = state_read(s, state);
	if (!err && !state->known)
		err = name_sync(s, folder);
	if (err)
		streamfile_close(s);
	return err;
}

enum ind_err streamfile_peek(const struct disk *disk, const char *path, struct stream_state *state)
{
	struct streamfile s = { .disk = disk, .fd = disk->open(disk->ctx, AT_FDCWD, path, O_RDONLY, 0) };
	if (s.fd < 0)
		return IND_IO;
	enum ind_err err = state_read(&s, state);
	streamfile_close(&s);
	return err;
}

static bool write_full(const struct streamfile *s, const uint8_t *at, size_t bytes, uint64_t offset)
{
	for (size_t done = 0; done < bytes;) {
		ssize_t n = s->disk->write(s->disk->ctx, s->fd, at + done, bytes - done, offset + done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = EIO;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

/* Where a file system writes nothing in place, even a slot that is there may find no space: it is written again another time, and the other one stands. */
enum ind_err streamfile_save(struct streamfile *s, const struct stream_state *state)
{
	uint8_t slot[SLOT_BYTES];
	uint64_t generation = s->generation + 1;
	if (s->failed)
		return IND_IO;
	slot_put(state, generation, slot);
	bool written = write_full(s, slot, sizeof slot, generation % 2 * SLOT_AT);
	s->full = !written && (errno == ENOSPC || errno == EDQUOT);
	if (s->full)
		return IND_FULL;
	s->generation = generation;
	s->failed = !written || s->disk->sync(s->disk->ctx, s->fd) != 0;
	return s->failed ? IND_IO : IND_OK;
}

void streamfile_close(struct streamfile *s)
{
	int error = errno;
	if (s->fd >= 0)
		s->disk->close(s->disk->ctx, s->fd);
	s->fd = -1;
	errno = error;
}
