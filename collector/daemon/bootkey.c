/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/bootkey.h"

#include "base/cursor.h"
#include "base/hash.h"
#include "daemon/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* magic 8, stream id 16, epoch 8 LE, inode 8 LE, epoch key 32, secret 32, SHA-256 of all before. The inode tells a file from its copy. */
enum {
	MAGIC_BYTES = 8, KEY_AT = MAGIC_BYTES + IND_STREAM_ID_BYTES + 16, SECRET_AT = KEY_AT + IND_KEY_BYTES, BODY_BYTES = SECRET_AT + IND_KEY_BYTES,
	FILE_BYTES = BODY_BYTES + IND_SHA256_BYTES,
};
static const char magic[MAGIC_BYTES + 1] = "IEBBOOT1";

enum ind_err bootkey_place(struct bootkey *b, const char *folder, const char *sensor)
{
	bool fits = snprintf(b->path, sizeof b->path, "%s/boot.%s", folder, sensor) < (int)sizeof b->path;
	snprintf(b->next, sizeof b->next, "%s.next", b->path);
	return fits ? IND_OK : IND_LIMIT;
}

static void cleanse(void *bytes, size_t count)
{
	volatile uint8_t *at = bytes;
	while (count--)
		*at++ = 0;
}

static void le64_put(uint8_t *at, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* NULL if this is the key that continues the stream, else why it is not. */
static const char *slot_check(const uint8_t bytes[static FILE_BYTES], const struct stat *st, const struct ind_stream *stream)
{
	uint8_t digest[IND_SHA256_BYTES];
	if (memcmp(bytes, magic, MAGIC_BYTES) != 0)
		return "the boot key cannot be read";
	hash_sha256(bytes, BODY_BYTES, digest);
	if (memcmp(digest, bytes + BODY_BYTES, sizeof digest) != 0)
		return "the boot key cannot be read";
	if (st->st_mode & 077)
		return "the boot key is open to others";
	struct cursor c = cursor_of(bytes + MAGIC_BYTES + IND_STREAM_ID_BYTES, 16);
	uint64_t epoch = cursor_le64(&c), inode = cursor_le64(&c);
	if (memcmp(bytes + MAGIC_BYTES, stream->id, IND_STREAM_ID_BYTES) != 0 || epoch != stream->epoch)
		return "the boot key is of another place in the stream";
	return inode == (uint64_t)st->st_ino ? NULL : "the boot key is a copy";
}

/* IND_MISSING: this file does not hold the key; IND_IO: nobody can say now whether it does. *why says so. */
static enum ind_err slot_read(const char *path, uint8_t bytes[static FILE_BYTES], const struct ind_stream *stream, const char **why)
{
	struct stat st;
	ssize_t n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return *why = "there is no boot key", IND_MISSING;
	bool asked = fd >= 0 && fstat(fd, &st) == 0;
	if (asked && S_ISREG(st.st_mode))
		n = pread(fd, bytes, FILE_BYTES, 0);
	*why = !asked || n < 0 ? strerror(errno) : n != FILE_BYTES || st.st_size != FILE_BYTES ? "the boot key cannot be read" : slot_check(bytes, &st, stream);
	if (fd >= 0)
		close(fd);
	return !asked || n < 0 ? IND_IO : *why ? IND_MISSING : IND_OK;
}

/* A run that was cut between EPOCH and commit: the prepared one is in force, and takes its place before another one is prepared over it. */
static enum ind_err next_read(const struct bootkey *b, uint8_t bytes[static FILE_BYTES], const struct ind_stream *stream, const char **why)
{
	const char *of_next;
	enum ind_err err = slot_read(b->next, bytes, stream, &of_next);
	if (err == IND_MISSING)
		return err;
	if (err == IND_OK)
		err = bootkey_commit(b);
	*why = err ? strerror(errno) : NULL;
	return err;
}

enum ind_err bootkey_take(const struct bootkey *b, struct ind_stream *stream, struct ind_key **key, const char **why)
{
	uint8_t bytes[FILE_BYTES];
	enum ind_err err = slot_read(b->path, bytes, stream, why);
	if (err == IND_MISSING)
		err = next_read(b, bytes, stream, why);
	if (err == IND_OK)
		err = ind_key_from_seed(bytes + SECRET_AT, key);
	if (err == IND_OK) {
		memcpy(stream->key.bytes, bytes + KEY_AT, IND_KEY_BYTES);
		ind_key_public(*key, &stream->boot_key);
	}
	cleanse(bytes, sizeof bytes);
	return err;
}

static bool overwrite(int fd)
{
	static const uint8_t zero[FILE_BYTES];
	return pwrite(fd, zero, sizeof zero, 0) == sizeof zero && fdatasync(fd) == 0;
}

static bool folder_sync(const char *path)
{
	char folder[sizeof ((struct bootkey *)0)->next];
	const char *slash = strrchr(path, '/');
	snprintf(folder, sizeof folder, "%.*s", (int)(slash - path + (slash == path)), path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return good;
}

/* What a path held is gone before another file takes its name. */
static bool erase(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT;
	bool good = overwrite(fd);
	return close(fd) == 0 && good;
}

enum ind_err bootkey_prepare(const struct bootkey *b, const struct ind_stream *stream, const struct ind_key *key)
{
	uint8_t bytes[FILE_BYTES];
	struct stat st;
	if (!erase(b->next) || (unlink(b->next) != 0 && errno != ENOENT))
		return IND_IO;
	int fd = open(b->next, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || fstat(fd, &st) != 0)
		return IND_IO;
	memcpy(bytes, magic, MAGIC_BYTES);
	memcpy(bytes + MAGIC_BYTES, stream->id, IND_STREAM_ID_BYTES);
	le64_put(bytes + MAGIC_BYTES + IND_STREAM_ID_BYTES, stream->epoch);
	le64_put(bytes + MAGIC_BYTES + IND_STREAM_ID_BYTES + 8, (uint64_t)st.st_ino);
	memcpy(bytes + KEY_AT, stream->key.bytes, IND_KEY_BYTES);
	enum ind_err err = ind_key_seed(key, bytes + SECRET_AT);
	hash_sha256(bytes, BODY_BYTES, bytes + BODY_BYTES);
	owner_give(fd, b->next);
	bool good = fchmod(fd, 0600) == 0 && pwrite(fd, bytes, sizeof bytes, 0) == sizeof bytes && fsync(fd) == 0;
	cleanse(bytes, sizeof bytes);
	good = close(fd) == 0 && good;
	if (err != IND_OK)
		return err;
	return good && folder_sync(b->next) ? IND_OK : IND_IO;
}

enum ind_err bootkey_next(const struct bootkey *b, const struct ind_stream *at, const struct ind_key *key, struct ind_key_public *public)
{
	struct ind_key *boot;
	struct ind_stream begun = *at;
	enum ind_err err = ind_key_new(&boot);
	if (err)
		return err;
	begun.epoch++;
	ind_key_public(key, &begun.key);
	ind_key_public(boot, public);
	err = bootkey_prepare(b, &begun, boot);
	ind_key_free(boot);
	return err;
}

enum ind_err bootkey_commit(const struct bootkey *b)
{
	return erase(b->path) && rename(b->next, b->path) == 0 && folder_sync(b->path) ? IND_OK : IND_IO;
}
