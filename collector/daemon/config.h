/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include "daemon/daemon.h"
#include "indicia/err.h"
#include <stddef.h>

/* What `indicia collect` can be told: one table (daemon/config.def), read from the command line and from a file of lines "key = value". */

enum config_key {
#define CONFIG(id, name, letter, argument, type, when, place, fallback, help) CONFIG_##id,
#include "daemon/config.def"
#undef CONFIG
	CONFIG_KEYS
};

enum config_type {
	CONFIG_IS_TEXT, CONFIG_IS_PATH, CONFIG_IS_TOGGLE, CONFIG_IS_NUMBER, CONFIG_IS_SECONDS, CONFIG_IS_CHOICE, CONFIG_IS_EITHER, CONFIG_IS_SENSOR,
	CONFIG_IS_POSITION, CONFIG_IS_SIGNALS, CONFIG_IS_AUTOSTOP, CONFIG_IS_AGE, CONFIG_IS_UNTIL,
};

enum config_when {
	CONFIG_ONCE,                 /* on the command line only */
	CONFIG_START,                /* a change waits for the next start */
	CONFIG_RELOAD,               /* a running sensor takes it over on SIGHUP */
};

struct config_row {
	const char *name, *argument, *choices, *fallback, *help; /* all but name and help may be NULL */
	enum config_type type;
	enum config_when when;
	size_t offset, bytes;        /* of the field in struct daemon_options */
	uint64_t least, most;        /* of numbers */
};

/* By enum config_key. */
extern const struct config_row config_rows[CONFIG_KEYS];

enum {
	CONFIG_FILE_BYTES = 1 << 16, /* of a file, at most */
	CONFIG_PATH_MAX = 4096,
	CONFIG_ERROR_BYTES = 8192,   /* one line, without "indicia: " */
	CONFIG_WANTED_BYTES = 512,
};

/* What a file says. Values point into `text`. */
struct config_file {
	char text[CONFIG_FILE_BYTES + 1];
	const char *value[CONFIG_KEYS]; /* NULL: not named */
	unsigned line[CONFIG_KEYS];
};

struct config {
	struct daemon_options once;  /* what stands on the command line only, and what is fixed */
	const char *flag[CONFIG_KEYS]; /* borrowed; NULL: not given */
	struct config_file *file;    /* owned; NULL: none was asked for */
	int folder_fd;               /* of the file's folder, so that the file can be read again; -1 */
	const char *path, *name;     /* of the file; the name is its last part */
};

void config_start(struct config *c);
void config_free(struct config *c);

/* Sets one option to a value. IND_USAGE with what is wanted, in words, if it cannot have it; nothing is set then. The value is borrowed.
 * A toggle takes "yes" and "no". */
enum ind_err config_set(struct daemon_options *options, enum config_key key, const char *value, char wanted[static CONFIG_WANTED_BYTES]) IND_MUST_USE;

/* A word of the command line; `value` NULL for a toggle. IND_USAGE with `error`. */
enum ind_err config_flag(struct config *c, enum config_key key, const char *value, char error[static CONFIG_ERROR_BYTES]) IND_MUST_USE;

/* Reads the file at `path`, which is borrowed; only once. IND_MISSING, IND_USAGE, IND_IO, IND_NOMEM, with `error`. */
enum ind_err config_open(struct config *c, const char *path, char error[static CONFIG_ERROR_BYTES]) IND_MUST_USE;

/* Reads the same file again, through the folder's descriptor. On any error nothing changes; else the caller owns what it said before, which options
 * may still point to. */
enum ind_err config_again(struct config *c, struct config_file **before, char error[static CONFIG_ERROR_BYTES]) IND_MUST_USE;

/* Reads file->text, `bytes` long, NUL behind it. `shown` names it in `error`. Every value is checked. IND_USAGE. */
enum ind_err config_parse(struct config_file *file, size_t bytes, const char *shown, char error[static CONFIG_ERROR_BYTES]) IND_MUST_USE;

/* The value in force: flag, else file, else fallback; NULL if there is none. */
const char *config_value(const struct config *c, enum config_key key);

/* All options in force. Texts are borrowed from the command line and from the file. */
void config_options(const struct config *c, struct daemon_options *options);

#endif
