/* SPDX-License-Identifier: Apache-2.0 */
/* The command line's values and a file's, and which of them is in force. */
#define _GNU_SOURCE
#include "daemon/config.h"

#include "base/near.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHOWN_BYTES = 1024 };

struct line { const char *shown; unsigned number; char *error; };

static enum ind_err __attribute__((format(printf, 2, 3))) wrong(const struct line *at, const char *format, ...)
{
	va_list args;
	int used = snprintf(at->error, CONFIG_ERROR_BYTES, "%s:%u: ", at->shown, at->number);
	size_t begun = used > 0 && used < CONFIG_ERROR_BYTES ? (size_t)used : 0;
	va_start(args, format);
	vsnprintf(at->error + begun, CONFIG_ERROR_BYTES - begun, format, args);
	va_end(args);
	return IND_USAGE;
}

static enum ind_err key_unknown(const struct line *at, const char *key)
{
	char shown[SHOWN_BYTES];
	struct near near;
	near_start(&near, key);
	for (size_t i = 0; i < CONFIG_KEYS; i++)
		if (config_rows[i].when != CONFIG_ONCE)
			near_offer(&near, config_rows[i].name);
	const char *best = near_best(&near);
	text_to_display(key, strlen(key), shown, sizeof shown);
	return wrong(at, "there is no key '%s'%s%s%s", shown, best ? "; did you mean '" : "; indicia.conf(5) lists the keys", best ? best : "", best ? "'?" : "");
}

static enum ind_err value_take(struct config_file *file, size_t key, const char *value, const struct line *at)
{
	struct daemon_options scratch = { 0 };
	char wanted[CONFIG_WANTED_BYTES], shown[SHOWN_BYTES];
	const struct config_row *row = &config_rows[key];
	if (row->when == CONFIG_ONCE)
		return wrong(at, "'%s' is said on the command line only", row->name);
	if (file->value[key])
		return wrong(at, "'%s' is said a second time; line %u has said it", row->name, file->line[key]);
	if (!*value)
		return wrong(at, "'%s' has no value; without the line %s%s", row->name, row->fallback ? "it is " : "it is not set", row->fallback ? row->fallback : "");
	text_to_display(value, strlen(value), shown, sizeof shown);
	if (row->type == CONFIG_IS_PATH && *value != '/')
		return wrong(at, "%s = %s: a whole path is wanted, one that begins with /", row->name, shown);
	if (config_set(&scratch, (enum config_key)key, value, wanted) != IND_OK)
		return wrong(at, "%s = %s: %s", row->name, shown, wanted);
	file->value[key] = value;
	file->line[key] = at->number;
	return IND_OK;
}

static char *trimmed(char *text)
{
	text += strspn(text, " \t");
	size_t bytes = strlen(text);
	while (bytes && strchr(" \t", text[bytes - 1]))
		bytes--;
	text[bytes] = '\0';
	return text;
}

static enum ind_err line_take(struct config_file *file, char *text, const struct line *at)
{
	text = trimmed(text);
	if (!*text || *text == '#')
		return IND_OK;
	char *equals = strchr(text, '=');
	if (!equals || equals == text)
		return wrong(at, "wanted is: key = value, or a comment that begins with #");
	*equals = '\0';
	const char *key = trimmed(text);
	size_t i = 0;
	while (i < CONFIG_KEYS && strcmp(config_rows[i].name, key) != 0)
		i++;
	return i < CONFIG_KEYS ? value_take(file, i, trimmed(equals + 1), at) : key_unknown(at, key);
}

/* Text in UTF-8, of no other control than the tab; a line may end as Windows ends it. */
static enum ind_err line_check(char *text, size_t bytes, const struct line *at)
{
	const uint8_t *p = (const uint8_t *)text, *end = p + bytes;
	for (size_t one; p < end; p += one) {
		one = text_utf8_char(p, end);
		if (one == 0 || (*p < ' ' && *p != '\t') || *p == 0x7f)
			return wrong(at, "byte %zu of the line is no text in UTF-8", (size_t)(p - (const uint8_t *)text) + 1);
	}
	return IND_OK;
}

enum ind_err config_parse(struct config_file *file, size_t bytes, const char *shown, char error[static CONFIG_ERROR_BYTES])
{
	struct line at = { shown, 0, error };
	enum ind_err err = IND_OK;
	memset(file->value, 0, sizeof file->value);
	for (size_t begin = 0; begin < bytes && !err;) {
		char *text = file->text + begin, *feed = memchr(text, '\n', bytes - begin);
		size_t length = feed ? (size_t)(feed - text) : bytes - begin;
		begin += length + 1;
		at.number++;
		length -= length && text[length - 1] == '\r';
		err = line_check(text, length, &at);
		text[length] = '\0';
		if (!err)
			err = line_take(file, text, &at);
	}
	return err;
}

/* ---- the file ---- */

static enum ind_err __attribute__((format(printf, 3, 4))) failed(enum ind_err err, char *error, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(error, CONFIG_ERROR_BYTES, format, args);
	va_end(args);
	return err;
}

static enum ind_err bytes_read(int fd, struct config_file *file, size_t *bytes)
{
	ssize_t got = 1;
	*bytes = 0;
	while (got > 0 && *bytes < sizeof file->text) {
		got = read(fd, file->text + *bytes, sizeof file->text - *bytes);
		if (got < 0 && errno != EINTR)
			return IND_IO;
		*bytes += got > 0 ? (size_t)got : 0;
		got = got < 0 ? 1 : got;
	}
	return IND_OK;
}

static enum ind_err file_read(const struct config *c, struct config_file *file, char error[static CONFIG_ERROR_BYTES])
{
	struct stat info;
	size_t bytes;
	/* A pipe must not hold up a sensor. */
	int fd = openat(c->folder_fd, c->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return failed(errno == ENOENT ? IND_MISSING : IND_IO, error, "%s: %s", c->path, strerror(errno));
	bool regular = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
	enum ind_err err = regular ? bytes_read(fd, file, &bytes) : IND_USAGE;
	int reason = errno;
	close(fd);
	if (err)
		return failed(err, error, "%s: %s", c->path, regular ? strerror(reason) : "is not a file");
	if (bytes > CONFIG_FILE_BYTES)
		return failed(IND_USAGE, error, "%s: has more than %d bytes, and is no configuration", c->path, CONFIG_FILE_BYTES);
	file->text[bytes] = '\0';
	return config_parse(file, bytes, c->path, error);
}

enum ind_err config_open(struct config *c, const char *path, char error[static CONFIG_ERROR_BYTES])
{
	char folder[CONFIG_PATH_MAX];
	const char *slash = strrchr(path, '/');
	c->path = path;
	c->name = slash ? slash + 1 : path;
	int used = snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	c->folder_fd = used > 0 && used < (int)sizeof folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (c->folder_fd < 0)
		return failed(IND_MISSING, error, "%s: %s", path, strerror(used < (int)sizeof folder ? errno : ENAMETOOLONG));
	c->file = calloc(1, sizeof *c->file);
	return c->file ? file_read(c, c->file, error) : failed(IND_NOMEM, error, "%s: out of memory", path);
}

enum ind_err config_again(struct config *c, struct config_file **before, char error[static CONFIG_ERROR_BYTES])
{
	struct config_file *now = calloc(1, sizeof *now);
	enum ind_err err = now ? file_read(c, now, error) : failed(IND_NOMEM, error, "%s: out of memory", c->path);
	*before = NULL;
	if (err) {
		free(now);
		return err;
	}
	*before = c->file;
	c->file = now;
	return IND_OK;
}

/* ---- what is in force ---- */

void config_start(struct config *c) { *c = (struct config){ .once = { .promiscuous = true }, .folder_fd = -1 }; }

void config_free(struct config *c)
{
	free(c->file);
	if (c->folder_fd >= 0)
		close(c->folder_fd);
	config_start(c);
}

enum ind_err config_flag(struct config *c, enum config_key key, const char *value, char error[static CONFIG_ERROR_BYTES])
{
	struct daemon_options scratch = { 0 };
	char wanted[CONFIG_WANTED_BYTES];
	const struct config_row *row = &config_rows[key];
	value = row->type == CONFIG_IS_TOGGLE ? "yes" : value;
	if (config_set(row->when == CONFIG_ONCE ? &c->once : &scratch, key, value, wanted) != IND_OK)
		return failed(IND_USAGE, error, "--%s %s: %s", row->name, value, wanted);
	c->flag[key] = value;
	return IND_OK;
}

const char *config_value(const struct config *c, enum config_key key)
{
	if (c->flag[key])
		return c->flag[key];
	return c->file && c->file->value[key] ? c->file->value[key] : config_rows[key].fallback;
}

void config_options(const struct config *c, struct daemon_options *options)
{
	char wanted[CONFIG_WANTED_BYTES];
	*options = c->once;
	for (size_t i = 0; i < CONFIG_KEYS; i++) {
		const char *value = config_value(c, (enum config_key)i);
		bool said_once = config_rows[i].when == CONFIG_ONCE && c->flag[i];
		/* Each was checked when it was read. */
		if (value && !said_once)
			(void)!config_set(options, (enum config_key)i, value, wanted);
	}
}
