/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "fleet/credentials.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 16384 };

struct line { const char *name, *value; size_t name_bytes, value_bytes; };

static const char *skip(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

static const char *trim(const char *from, const char *end)
{
	while (end > from && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	return end;
}

/* False for a line that says nothing. */
static bool split(const char *at, const char *end, struct line *line)
{
	at = skip(at, end);
	const char *equals = memchr(at, '=', (size_t)(end - at));
	if (at == end || *at == '#' || *at == '[' || !equals)
		return false;
	line->name = at;
	line->name_bytes = (size_t)(trim(at, equals) - at);
	line->value = skip(equals + 1, end);
	line->value_bytes = (size_t)(trim(line->value, end) - line->value);
	return true;
}

/* Goes into headers: printable ASCII without spaces. */
static bool take(const struct line *line, char *to, size_t size)
{
	if (!line->value_bytes || line->value_bytes >= size)
		return false;
	for (size_t i = 0; i < line->value_bytes; i++)
		if (line->value[i] <= ' ' || line->value[i] > '~')
			return false;
	memcpy(to, line->value, line->value_bytes);
	to[line->value_bytes] = '\0';
	return true;
}

static bool line_take(const struct line *line, struct sign_keys *keys)
{
	const struct { const char *name; char *to; size_t size; } names[] = {
		{ "aws_access_key_id", keys->access, sizeof(keys->access) },
		{ "aws_secret_access_key", keys->secret, sizeof(keys->secret) },
		{ "aws_session_token", keys->token, sizeof(keys->token) },
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (line->name_bytes == strlen(names[i].name) && memcmp(line->name, names[i].name, line->name_bytes) == 0)
			return !*names[i].to && take(line, names[i].to, names[i].size);
	return true;
}

enum ind_err credentials_parse(const char *text, size_t bytes, struct sign_keys *keys, const char **why)
{
	struct line line;
	*keys = (struct sign_keys){ 0 };
	for (const char *at = text, *end = text + bytes, *next; at < end; at = next) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		next = newline ? newline + 1 : end;
		if (split(at, newline ? newline : end, &line) && !line_take(&line, keys))
			return *why = "a value is empty, too long, there twice, or no plain text", IND_MALFORMED;
	}
	if (*keys->access && *keys->secret)
		return IND_OK;
	*why = "it needs the lines 'aws_access_key_id = …' and 'aws_secret_access_key = …'";
	return IND_MALFORMED;
}

/* One file without a surprise: of this user or root, and for nobody else. What systemd hands over is for this user by an access list, whose mask stands where
 * the group's bits are. */
static enum ind_err check(const char *path, int fd, bool by_systemd, char error[static CREDENTIALS_ERROR_BYTES])
{
	struct stat info;
	mode_t others = by_systemd ? S_IWGRP | S_IRWXO : S_IRWXG | S_IRWXO;
	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
		snprintf(error, CREDENTIALS_ERROR_BYTES, "%s: is not a file", path);
		return IND_KEY;
	}
	if ((info.st_uid != geteuid() && info.st_uid != 0) || info.st_mode & others) {
		snprintf(error, CREDENTIALS_ERROR_BYTES, "%s: holds secrets that others can read or change; make it yours alone (chmod 600)", path);
		return IND_KEY;
	}
	return IND_OK;
}

static enum ind_err read_file(const char *path, int fd, struct sign_keys *keys, char error[static CREDENTIALS_ERROR_BYTES])
{
	char text[FILE_MAX_BYTES];
	const char *why = "it is too large";
	ssize_t bytes = read(fd, text, sizeof(text));
	if (bytes < 0) {
		snprintf(error, CREDENTIALS_ERROR_BYTES, "%s: %s", path, strerror(errno));
		return IND_IO;
	}
	enum ind_err err = bytes < (ssize_t)sizeof(text) ? credentials_parse(text, (size_t)bytes, keys, &why) : IND_KEY;
	explicit_bzero(text, sizeof(text));
	if (err != IND_OK)
		snprintf(error, CREDENTIALS_ERROR_BYTES, "%s: holds no credentials of a store: %s", path, why);
	return err == IND_OK ? IND_OK : IND_KEY;
}

enum ind_err credentials_load(const char *path, struct sign_keys *keys, char error[static CREDENTIALS_ERROR_BYTES])
{
	char place[4096];
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	if (!path && !folder) {
		snprintf(error, CREDENTIALS_ERROR_BYTES, "no credentials: name a file with --credentials, or let systemd hand over indicia-store (LoadCredential=)");
		return IND_MISSING;
	}
	if (!path) {
		snprintf(place, sizeof(place), "%s/indicia-store", folder);
		path = place;
	}
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* nothing waits for a pipe: it is no file */
	if (fd < 0) {
		snprintf(error, CREDENTIALS_ERROR_BYTES, "%s: %s", path, strerror(errno));
		return IND_MISSING;
	}
	enum ind_err err = check(path, fd, path == place, error);
	if (err == IND_OK)
		err = read_file(path, fd, keys, error);
	close(fd);
	return err;
}
