/* SPDX-License-Identifier: Apache-2.0 */
/* The tables for any program that uses SQLite (sqlite.org/loadext.html):
 *   CREATE VIRTUAL TABLE f USING indicia_flows('a.ieb', 'folder')
 * A bundle that is damaged makes the statement fail behind its readable rows; with the argument damaged=skip they are all that it has. */
#define INDICIA_EXTENSION_ENTRY
#include "query/sql_table.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

SQLITE_EXTENSION_INIT1

struct files {
	struct sql_bundles bundles;
	struct sql_inputs inputs;
	char **names;
	size_t count, room;
	bool skip;
};

struct file { int fd; };

static enum ind_err read_at(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	const struct file *f = ctx;
	*got = 0;
	while (*got < count && offset <= INT64_MAX - count) {
		ssize_t done = pread(f->fd, (char *)bytes + *got, count - *got, (off_t)(offset + *got));
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return IND_IO;
		if (done == 0)
			break;
		*got += (size_t)done;
	}
	return IND_OK;
}

static enum ind_err open_file(void *ctx, size_t n, struct ind_source *source, void **handle)
{
	const struct files *files = ctx;
	struct stat info;
	struct file *f = malloc(sizeof(*f));
	if (!f)
		return IND_NOMEM;
	f->fd = open(files->names[n], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (f->fd < 0 || fstat(f->fd, &info) != 0 || !S_ISREG(info.st_mode)) {
		if (f->fd >= 0)
			close(f->fd);
		free(f);
		return IND_IO;
	}
	*source = (struct ind_source){ read_at, f };
	*handle = f;
	return IND_OK;
}

static void close_file(void *ctx, void *handle)
{
	struct file *f = handle;
	(void)ctx;
	close(f->fd);
	free(f);
}

static void skip_damaged(void *ctx, size_t n, uint64_t offset, enum ind_err err) { (void)ctx, (void)n, (void)offset, (void)err; }

static void files_free(struct sql_bundles *bundles)
{
	struct files *f = (struct files *)bundles;
	if (!f)
		return;
	sql_bundles_free(&f->bundles);
	for (size_t i = 0; i < f->count; i++)
		free(f->names[i]);
	free(f->names);
	free(f);
}

static bool add_name(struct files *f, const char *folder, const char *name)
{
	if (f->count == f->room) {
		size_t room = f->room ? 2 * f->room : 8;
		char **names = realloc(f->names, room * sizeof(*names));
		if (!names)
			return false;
		f->names = names;
		f->room = room;
	}
	size_t bytes = strlen(folder) + strlen(name) + 2;
	char *whole = malloc(bytes);
	if (!whole)
		return false;
	snprintf(whole, bytes, "%s%s%s", folder, *folder && folder[strlen(folder) - 1] != '/' ? "/" : "", name);
	f->names[f->count++] = whole;
	return true;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static bool add_folder(struct files *f, const char *path, DIR *folder)
{
	size_t first = f->count;
	bool room = true;
	for (struct dirent *entry = readdir(folder); entry && room; entry = readdir(folder)) {
		size_t bytes = strlen(entry->d_name);
		if (entry->d_name[0] != '.' && bytes > 4 && strcmp(entry->d_name + bytes - 4, ".ieb") == 0)
			room = add_name(f, path, entry->d_name);
	}
	if (f->count > first)
		qsort(f->names + first, f->count - first, sizeof(*f->names), by_name);
	return room;
}

/* An argument as SQLite hands it over: with its quotes. */
static char *unquoted(const char *argument)
{
	size_t bytes = strlen(argument), used = 0;
	char quote = argument[0] == '\'' || argument[0] == '"' ? argument[0] : '\0';
	char *text = malloc(bytes + 1);
	if (!text)
		return NULL;
	if (quote && bytes >= 2 && argument[bytes - 1] == quote)
		argument++, bytes -= 2;
	else
		quote = '\0';
	for (size_t i = 0; i < bytes; i++) {
		text[used++] = argument[i];
		i += quote && argument[i] == quote && i + 1 < bytes && argument[i + 1] == quote;
	}
	text[used] = '\0';
	return text;
}

/* SQLITE_OK, SQLITE_NOMEM, or SQLITE_ERROR with its message. */
static int add_argument(struct files *f, const char *argument, char **error)
{
	if (strcmp(argument, "damaged=skip") == 0) {
		f->skip = true;
		return SQLITE_OK;
	}
	char *path = unquoted(argument);
	DIR *folder = path ? opendir(path) : NULL;
	size_t before = f->count;
	int status = path && (folder ? add_folder(f, path, folder) : add_name(f, "", path)) ? SQLITE_OK : SQLITE_NOMEM;
	if (folder)
		closedir(folder);
	if (status == SQLITE_OK && folder && f->count == before)
		*error = sqlite3_mprintf("%s: no bundle (*.ieb) is in this folder", path);
	else if (status == SQLITE_OK && !folder && access(path, R_OK) != 0)
		*error = sqlite3_mprintf("%s: %s", path, strerror(errno));
	free(path);
	return *error ? SQLITE_ERROR : status;
}

static int files_of(int argc, const char *const *argv, struct sql_bundles **bundles, char **error)
{
	struct files *f = calloc(1, sizeof(*f));
	int status = f ? SQLITE_OK : SQLITE_NOMEM;
	for (int i = 0; i < argc && status == SQLITE_OK; i++)
		status = add_argument(f, argv[i], error);
	if (status == SQLITE_OK && (!f->count || f->count > SQL_INPUTS_MAX)) {
		*error = sqlite3_mprintf(f->count ? "too many bundles" : "name a bundle or a folder of bundles: indicia_flows('case.ieb')");
		status = SQLITE_ERROR;
	}
	if (status != SQLITE_OK) {
		files_free(f ? &f->bundles : NULL);
		return status;
	}
	f->inputs = (struct sql_inputs){ f->count, (const char *const *)f->names, open_file, close_file, f->skip ? skip_damaged : NULL, NULL, f };
	f->bundles.inputs = &f->inputs;
	*bundles = &f->bundles;
	return SQLITE_OK;
}

IND_API int sqlite3_indicia_init(sqlite3 *db, char **error, const sqlite3_api_routines *api);

IND_API int sqlite3_indicia_init(sqlite3 *db, char **error, const sqlite3_api_routines *api)
{
	enum { VERSION_MIN = 3038000 };
	struct sql_source source = { .of = files_of, .free = files_free };
	SQLITE_EXTENSION_INIT2(api);
	if (sqlite3_libversion_number() < VERSION_MIN) {
		*error = sqlite3_mprintf("indicia needs SQLite 3.38 or later, this is %s", sqlite3_libversion());
		return SQLITE_ERROR;
	}
	return sql_module_register(db, &source);
}
