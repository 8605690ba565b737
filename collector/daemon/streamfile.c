/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/streamfile.h"

#include "base/cursor.h"
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* magic 8, running 1, frontier count 1, zero 6, stream id 16, leaves 8 LE, epoch 8 LE, frontier 64 × 32, SHA-256 of all before */
enum { MAGIC_BYTES = 8, FIXED_BYTES = 48, BODY_BYTES = FIXED_BYTES + IND_FRONTIER_MAX * IND_SHA256_BYTES, FILE_BYTES = BODY_BYTES + IND_SHA256_BYTES };
static const char magic[MAGIC_BYTES + 1] = "IEBSTRM1";

static void le64_put(uint8_t *at, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static bool state_read(const uint8_t *bytes, size_t count, struct ind_stream *stream)
{
	uint8_t digest[IND_SHA256_BYTES];
	struct cursor c = cursor_of(bytes, count);
	if (count != FILE_BYTES || memcmp(bytes, magic, MAGIC_BYTES) != 0)
		return false;
	hash_sha256(bytes, BODY_BYTES, digest);
	if (memcmp(digest, bytes + BODY_BYTES, sizeof digest) != 0)
		return false;
	cursor_skip(&c, MAGIC_BYTES);
	bool running = cursor_u8(&c) != 0;
	stream->frontier_count = cursor_u8(&c);
	cursor_skip(&c, 6);
	memcpy(stream->id, cursor_take(&c, sizeof stream->id), sizeof stream->id);
	stream->leaves = cursor_le64(&c);
	stream->epoch = cursor_le64(&c);
	memcpy(stream->frontier, cursor_take(&c, sizeof stream->frontier), sizeof stream->frontier);
	return !running && stream->frontier_count == (size_t)__builtin_popcountll(stream->leaves);
}

enum ind_err streamfile_open(struct streamfile *s, const char *folder, const char *sensor, struct ind_stream *stream)
{
	uint8_t bytes[FILE_BYTES + 1];
	if (snprintf(s->path, sizeof s->path, "%s/stream.%s", folder, sensor) >= (int)sizeof s->path)
		return IND_LIMIT;
	s->fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->fd < 0)
		return IND_IO;
	if (flock(s->fd, LOCK_EX | LOCK_NB) != 0) {
		streamfile_close(s);
		return errno == EWOULDBLOCK ? IND_EXISTS : IND_IO;
	}
	ssize_t n = pread(s->fd, bytes, sizeof bytes, 0);
	*stream = (struct ind_stream){ 0 };
	if (n < 0 || !state_read(bytes, (size_t)n, stream)) {
		*stream = (struct ind_stream){ 0 };
		enum ind_err err = hash_random(stream->id, sizeof stream->id);
		if (err)
			return err;
	}
	return streamfile_save(s, stream, true);
}

enum ind_err streamfile_save(struct streamfile *s, const struct ind_stream *stream, bool running)
{
	uint8_t bytes[FILE_BYTES] = { 0 };
	memcpy(bytes, magic, MAGIC_BYTES);
	bytes[MAGIC_BYTES] = running;
	bytes[MAGIC_BYTES + 1] = (uint8_t)stream->frontier_count;
	memcpy(bytes + 16, stream->id, sizeof stream->id);
	le64_put(bytes + 32, stream->leaves);
	le64_put(bytes + 40, stream->epoch);
	memcpy(bytes + FIXED_BYTES, stream->frontier, sizeof stream->frontier);
	hash_sha256(bytes, BODY_BYTES, bytes + BODY_BYTES);
	bool good = pwrite(s->fd, bytes, sizeof bytes, 0) == sizeof bytes && fdatasync(s->fd) == 0;
	return good ? IND_OK : IND_IO;
}

void streamfile_close(struct streamfile *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}
