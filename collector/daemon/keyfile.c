/* SPDX-License-Identifier: Apache-2.0 */
/* PKCS#8 PEM: RFC 7468, RFC 8410. State directory: XDG Base Directory Specification. */
#include "daemon/keyfile.h"

#include "daemon/owner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PEM_BYTES_MAX = 16384 };

static enum ind_err fail(char *error, enum ind_err err, const char *path, const char *what)
{
	snprintf(error, KEYFILE_ERROR_BYTES, "%s: %s", path, what);
	return err;
}

static bool path_join(char *path, const char *folder, const char *name)
{
	int bytes = snprintf(path, KEYFILE_PATH_MAX, "%s%s%s", folder, folder[strlen(folder) - 1] == '/' ? "" : "/", name);
	return bytes > 0 && bytes < KEYFILE_PATH_MAX;
}

/* The folder and what is missing above it. */
static bool folder_make(const char *path)
{
	char part[KEYFILE_PATH_MAX];
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
		if (mkdir(part, 0700) != 0 && errno != EEXIST)
			return false;
	}
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

enum ind_err keyfile_state_dir(char path[static KEYFILE_PATH_MAX], char error[static KEYFILE_ERROR_BYTES])
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	bool fits;
	/* A relative path there is to be ignored. */
	if (state && state[0] == '/')
		fits = path_join(path, state, "indicia");
	else if (geteuid() == 0)
		fits = path_join(path, "/var/lib", "indicia");
	else if (home && home[0] == '/')
		fits = path_join(path, home, ".local/state/indicia");
	else
		return fail(error, IND_MISSING, "state directory", "neither XDG_STATE_HOME nor HOME says where it is");
	if (!fits)
		return fail(error, IND_MISSING, "state directory", "its name is too long");
	if (!folder_make(path))
		return fail(error, IND_MISSING, path, strerror(errno));
	struct stat info;
	if (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))
		return fail(error, IND_MISSING, path, "is not a folder");
	if (info.st_mode & 022)
		return fail(error, IND_MISSING, path, "others can write into this folder of keys; chmod 700 it");
	return IND_OK;
}

enum ind_err keyfile_public_path(const char *path, char pub[static KEYFILE_PATH_MAX], char error[static KEYFILE_ERROR_BYTES])
{
	size_t bytes = strlen(path);
	if (bytes > 4 && strcmp(path + bytes - 4, ".pem") == 0)
		bytes -= 4;
	int used = snprintf(pub, KEYFILE_PATH_MAX, "%.*s.pub", (int)bytes, path);
	return used > 0 && used < KEYFILE_PATH_MAX ? IND_OK : fail(error, IND_IO, path, "its name is too long");
}

static bool write_all(int fd, const char *text, size_t count)
{
	while (count) {
		ssize_t done = write(fd, text, count);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		text += done;
		count -= (size_t)done;
	}
	return true;
}

struct partname { char at[KEYFILE_PATH_MAX + 8]; };

/* PATH.part, whole and durable. */
static enum ind_err part_write(const char *path, mode_t mode, const char *text, struct partname *part, char *error)
{
	snprintf(part->at, sizeof part->at, "%s.part", path);
	int fd = open(part->at, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return fail(error, errno == ENOENT ? IND_MISSING : IND_IO, path, strerror(errno));
	owner_give(fd, path);
	bool ok = fchmod(fd, mode) == 0 && write_all(fd, text, strlen(text)) && fsync(fd) == 0;
	ok = close(fd) == 0 && ok;
	if (ok)
		return IND_OK;
	(void)fail(error, IND_IO, path, strerror(errno));
	unlink(part->at);
	return IND_IO;
}

static bool folder_sync(const char *path)
{
	char folder[KEYFILE_PATH_MAX];
	const char *slash = strrchr(path, '/');
	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path + (slash == path)) : 1, slash ? path : ".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;
	if (fd >= 0)
		close(fd);
	return ok;
}

/* The file appears whole or not at all, and never replaces another. */
static enum ind_err file_new(const char *path, mode_t mode, const char *text, char *error)
{
	struct partname part;
	enum ind_err err = part_write(path, mode, text, &part, error);
	if (err)
		return err;
	bool ok = link(part.at, path) == 0;
	int reason = errno;
	unlink(part.at);
	if (ok)
		return IND_OK;
	return fail(error, reason == EEXIST ? IND_EXISTS : IND_IO, path, strerror(reason));
}

/* At most PEM_BYTES_MAX bytes of a file; -1 with the line in error. */
static ssize_t file_read(int fd, const char *path, char *bytes, char *error)
{
	size_t used = 0;
	while (used < PEM_BYTES_MAX) {
		ssize_t got = read(fd, bytes + used, PEM_BYTES_MAX - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			(void)fail(error, IND_IO, path, strerror(errno));
			return -1;
		}
		if (got == 0)
			break;
		used += (size_t)got;
	}
	return (ssize_t)used;
}

static void cleanse(void *bytes, size_t count)
{
	volatile unsigned char *at = bytes;
	while (count--)
		*at++ = 0;
}

static const char no_tpm[] = "the secret of this key is in a TPM, and none answers: is tpm2-openssl installed, may this user use /dev/tpmrm0?";

static enum ind_err key_read(int fd, const char *path, struct ind_key **key, char *error)
{
	char pem[PEM_BYTES_MAX];
	struct stat info;
	if (fstat(fd, &info) != 0)
		return fail(error, IND_IO, path, strerror(errno));
	if (!S_ISREG(info.st_mode))
		return fail(error, IND_KEY, path, "is not a file");
	if (info.st_mode & 077)
		return fail(error, IND_KEY, path, "the private key is open to others; chmod 600 it");
	ssize_t bytes = file_read(fd, path, pem, error);
	if (bytes < 0)
		return IND_IO;
	enum ind_err err = ind_key_from_pem(pem, (size_t)bytes, key);
	cleanse(pem, sizeof pem);
	return err == IND_OK ? IND_OK : fail(error, err, path, err == IND_MISSING ? no_tpm : "holds no private key of Ed25519 or P-256 in PEM form");
}

enum ind_err keyfile_new(const char *path, bool in_tpm, struct ind_key **key, char error[static KEYFILE_ERROR_BYTES])
{
	char pub[KEYFILE_PATH_MAX], line[IND_KEY_TEXT_MAX + 1], *pem = NULL;
	struct ind_key_public public;
	enum ind_err err = keyfile_public_path(path, pub, error);
	if (err)
		return err;
	if ((err = in_tpm ? ind_key_new_tpm(key) : ind_key_new(key)) != IND_OK)
		return fail(error, err, path, err == IND_MISSING ? no_tpm : ind_strerror(err));
	ind_key_public(*key, &public);
	ind_key_public_to_text(&public, line);
	memcpy(line + strlen(line), "\n", 2);
	if ((err = ind_key_to_pem(*key, &pem)) == IND_OK) {
		err = file_new(path, 0600, pem, error);
		cleanse(pem, strlen(pem));
		free(pem);
	} else {
		(void)fail(error, err, path, ind_strerror(err));
	}
	/* A public file that is left of another key would name the wrong one. */
	if (err == IND_OK && (unlink(pub) == 0 || errno == ENOENT))
		err = file_new(pub, 0644, line, error);
	if (err) {
		ind_key_free(*key);
		*key = NULL;
	}
	return err;
}

enum ind_err keyfile_replace(const char *path, const struct ind_key *key, char error[static KEYFILE_ERROR_BYTES])
{
	struct partname part;
	char *pem;
	enum ind_err err = ind_key_to_pem(key, &pem);
	if (err)
		return fail(error, err, path, ind_strerror(err));
	err = part_write(path, 0600, pem, &part, error);
	cleanse(pem, strlen(pem));
	free(pem);
	if (!err && (rename(part.at, path) != 0 || !folder_sync(path)))
		err = fail(error, IND_IO, path, strerror(errno));
	return err;
}

static enum ind_err key_open(const char *path, bool may_make, struct ind_key **key, bool *made, char *error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT && !may_make)
		return fail(error, IND_MISSING, path, "no such key; 'indicia keys new --key FILE' makes one");
	if (fd < 0 && errno == ENOENT) {
		enum ind_err err = keyfile_new(path, false, key, error);
		*made = err == IND_OK;
		/* Another run was first. */
		if (err != IND_EXISTS || (fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) < 0)
			return err;
	} else if (fd < 0) {
		return fail(error, IND_IO, path, strerror(errno));
	}
	enum ind_err err = key_read(fd, path, key, error);
	close(fd);
	return err;
}

enum ind_err keyfile_load(const char *path, struct ind_key **key, bool *made, char used_path[static KEYFILE_PATH_MAX],
	char error[static KEYFILE_ERROR_BYTES])
{
	char folder[KEYFILE_PATH_MAX];
	*made = false;
	*key = NULL;
	if (path) {
		if (strlen(path) >= KEYFILE_PATH_MAX)
			return fail(error, IND_IO, "key file", "its name is too long");
		snprintf(used_path, KEYFILE_PATH_MAX, "%s", path);
	} else {
		enum ind_err err = keyfile_state_dir(folder, error);
		if (err)
			return err;
		if (!path_join(used_path, folder, "identity.pem"))
			return fail(error, IND_IO, folder, "its name is too long");
	}
	return key_open(used_path, path == NULL, key, made, error);
}

enum ind_err keyfile_public_load(const char *path, struct ind_key_public *keys, size_t max, size_t *count, char error[static KEYFILE_ERROR_BYTES])
{
	char text[PEM_BYTES_MAX];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return fail(error, errno == ENOENT ? IND_MISSING : IND_IO, path, strerror(errno));
	ssize_t bytes = file_read(fd, path, text, error);
	close(fd);
	if (bytes < 0)
		return IND_IO;
	*count = 0;
	for (const char *at = text, *end = text + bytes; at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		size_t line = (size_t)((stop ? stop : end) - at);
		if (line && at[line - 1] == '\r')
			line--;
		if (line && *at != '#') {
			if (*count == max)
				return fail(error, IND_LIMIT, path, "too many keys");
			if (ind_key_public_from_text(at, line, &keys[*count]) != IND_OK)
				return fail(error, IND_KEY, path, "holds a line that is no public key (indicia+hash+key)");
			++*count;
		}
		at = stop ? stop + 1 : end;
	}
	return *count ? IND_OK : fail(error, IND_KEY, path, "holds no public key");
}

enum ind_err keyfile_text_new(const char *path, const char *text, char error[static KEYFILE_ERROR_BYTES]) { return file_new(path, 0644, text, error); }
