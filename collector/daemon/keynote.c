/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/keynote.h"

#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum ind_err fail(char *error, enum ind_err err, const char *path, const char *what)
{
	snprintf(error, KEYFILE_ERROR_BYTES, "%s: %s", path, what);
	return err;
}

static ssize_t text_read(const char *path, char text[static IND_STATEMENT_MAX_BYTES])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd >= 0 ? read(fd, text, IND_STATEMENT_MAX_BYTES) : -1;
	int reason = errno;
	if (fd >= 0)
		close(fd);
	errno = reason;
	return n;
}

enum ind_err keynote_load(const char *path, struct ind_statement *statement, char error[static KEYFILE_ERROR_BYTES])
{
	char text[IND_STATEMENT_MAX_BYTES];
	ssize_t n = text_read(path, text);
	if (n < 0)
		return fail(error, errno == ENOENT ? IND_MISSING : IND_IO, path, strerror(errno));
	if (ind_statement_read(text, (size_t)n, statement) != IND_OK)
		return fail(error, IND_KEY, path, "is no statement about a key");
	return IND_OK;
}

bool keynote_is(const char *path)
{
	static const char begin[] = "indicia/key-";
	char text[IND_STATEMENT_MAX_BYTES];
	return text_read(path, text) >= (ssize_t)sizeof begin && memcmp(text, begin, sizeof begin - 1) == 0;
}

static void id_text(const struct ind_key_public *key, char text[static 9])
{
	uint8_t id[4];
	ind_key_id(key, "indicia", id);
	hash_hex(id, sizeof id, text);
}

enum ind_err keynote_path(const char *folder, const struct ind_statement *statement, char path[static KEYFILE_PATH_MAX],
	char error[static KEYFILE_ERROR_BYTES])
{
	char id[9], mark[9];
	id_text(&statement->key, id);
	hash_hex(statement->signature, 4, mark);
	const char *what = statement->kind == IND_STATEMENT_SUCCESSOR ? "successor" : "revoked";
	bool fits = snprintf(path, KEYFILE_PATH_MAX, "%s/%s-%s-%s.note", folder, id, what, mark) < KEYFILE_PATH_MAX;
	return fits ? IND_OK : fail(error, IND_IO, folder, "its name is too long");
}

enum ind_err keynote_save(const char *folder, const struct ind_statement *statement, const char *text, char path[static KEYFILE_PATH_MAX],
	char error[static KEYFILE_ERROR_BYTES])
{
	enum ind_err err = keynote_path(folder, statement, path, error);
	return err ? err : keyfile_text_new(path, text, error);
}

/* Names that a change of key works with, all in one folder. */
struct rotation {
	char folder[KEYFILE_PATH_MAX];
	char next[KEYFILE_PATH_MAX], next_pub[KEYFILE_PATH_MAX];
	char pub[KEYFILE_PATH_MAX], old_pub[KEYFILE_PATH_MAX];
};

static enum ind_err names_make(const char *path, const struct ind_key_public *old, struct rotation *r, char *error)
{
	char id[9];
	const char *slash = strrchr(path, '/');
	enum ind_err err = keyfile_public_path(path, r->pub, error);
	if (err)
		return err;
	int base = (int)strlen(r->pub) - 4; /* without .pub */
	id_text(old, id);
	bool fits = snprintf(r->next, KEYFILE_PATH_MAX, "%.*s.next.pem", base, r->pub) < KEYFILE_PATH_MAX &&
		snprintf(r->next_pub, KEYFILE_PATH_MAX, "%.*s.next.pub", base, r->pub) < KEYFILE_PATH_MAX &&
		snprintf(r->old_pub, KEYFILE_PATH_MAX, "%.*s-%s.pub", base, r->pub, id) < KEYFILE_PATH_MAX;
	snprintf(r->folder, KEYFILE_PATH_MAX, "%.*s", slash ? (int)(slash - path + (slash == path)) : 1, slash ? path : ".");
	return fits ? IND_OK : fail(error, IND_IO, path, "its name is too long");
}

/* The new key: one that an interrupted change left, or a new one. */
static enum ind_err next_key(const struct rotation *r, bool in_tpm, struct ind_key **key, char *error)
{
	char used[KEYFILE_PATH_MAX];
	bool made;
	enum ind_err err = keyfile_new(r->next, in_tpm, key, error);
	return err == IND_EXISTS ? keyfile_load(r->next, key, &made, used, error) : err;
}

static enum ind_err old_public_keep(const struct rotation *r, const struct ind_key_public *old, char *error)
{
	char line[IND_KEY_TEXT_MAX + 1];
	ind_key_public_to_text(old, line);
	memcpy(line + strlen(line), "\n", 2);
	enum ind_err err = keyfile_text_new(r->old_pub, line, error);
	return err == IND_EXISTS ? IND_OK : err;
}

static bool zero_all(int fd)
{
	static const char zero[512];
	struct stat st;
	if (fstat(fd, &st) != 0)
		return false;
	for (off_t at = 0; at < st.st_size; at += (off_t)sizeof zero) {
		off_t left = st.st_size - at;
		size_t count = left < (off_t)sizeof zero ? (size_t)left : sizeof zero;
		if (pwrite(fd, zero, count, at) != (ssize_t)count)
			return false;
	}
	return fdatasync(fd) == 0;
}

/* The new key has the name before a byte of the old one is overwritten; meanwhile no public half says that it is the other. */
static enum ind_err replace(const char *path, const struct rotation *r, char *error)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	int folder = open(r->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && folder >= 0 && (unlink(r->pub) == 0 || errno == ENOENT) && rename(r->next, path) == 0 &&
		rename(r->next_pub, r->pub) == 0 && fsync(folder) == 0 && zero_all(fd);
	enum ind_err err = good ? IND_OK : fail(error, IND_IO, path, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (folder >= 0)
		close(folder);
	return err;
}

static enum ind_err rotate(const char *path, bool in_tpm, const struct ind_key *old, struct ind_statement *s, char *text, char *error)
{
	struct rotation r;
	struct ind_key *new = NULL;
	char note[KEYFILE_PATH_MAX];
	ind_key_public(old, &s->key);
	enum ind_err err = names_make(path, &s->key, &r, error);
	if (!err)
		err = next_key(&r, in_tpm || ind_key_in_tpm(old), &new, error);
	if (err)
		return err;
	ind_key_public(new, &s->successor);
	ind_key_free(new);
	err = ind_statement_sign(s, old, text);
	if (err)
		return fail(error, err, path, ind_strerror(err));
	err = old_public_keep(&r, &s->key, error);
	if (!err)
		err = keynote_save(r.folder, s, text, note, error);
	return err ? err : replace(path, &r, error);
}

enum ind_err keynote_rotate(const char *path, bool in_tpm, uint64_t time_s, struct ind_statement *statement, char text[static IND_STATEMENT_MAX_BYTES],
	char error[static KEYFILE_ERROR_BYTES])
{
	struct ind_key *old;
	char used[KEYFILE_PATH_MAX];
	bool made;
	*statement = (struct ind_statement){ .kind = IND_STATEMENT_SUCCESSOR, .time_s = time_s };
	enum ind_err err = keyfile_load(path, &old, &made, used, error);
	if (err)
		return err;
	err = rotate(path, in_tpm, old, statement, text, error);
	ind_key_free(old);
	return err;
}
