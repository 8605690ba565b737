/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/input.h"
#include "cli/cli.h"
#include "cli/tell.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int add_name(struct inputs *in, const char *name)
{
	if (in->count == in->room) {
		size_t room = in->room ? in->room * 2 : 16;
		char **names = realloc(in->names, room * sizeof(*names));
		if (!names)
			return tell_error("out of memory"), CLI_FAILED;
		in->names = names;
		in->room = room;
	}
	in->names[in->count] = strdup(name);
	if (!in->names[in->count])
		return tell_error("out of memory"), CLI_FAILED;
	in->count++;
	return CLI_DONE;
}

static bool is_bundle_name(const char *name)
{
	size_t bytes = strlen(name);
	return name[0] != '.' && bytes > 4 && strcmp(name + bytes - 4, ".ieb") == 0;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static int add_folder(struct inputs *in, const char *path, DIR *folder)
{
	size_t first = in->count;
	int status = CLI_DONE;
	for (struct dirent *entry = readdir(folder); entry && status == CLI_DONE; entry = readdir(folder)) {
		if (!is_bundle_name(entry->d_name))
			continue;
		size_t bytes = strlen(path) + strlen(entry->d_name) + 2;
		char *name = malloc(bytes);
		if (!name)
			return tell_error("out of memory"), CLI_FAILED;
		snprintf(name, bytes, "%s%s%s", path, path[strlen(path) - 1] == '/' ? "" : "/", entry->d_name);
		status = add_name(in, name);
		free(name);
	}
	if (status == CLI_DONE && in->count == first) {
		tell_error("%s: no bundle (*.ieb) is in this folder", path);
		return CLI_MISSING;
	}
	qsort(in->names + first, in->count - first, sizeof(*in->names), by_name);
	return status;
}

/* A pattern that no shell has expanded: of what it finds each is an operand, in name order. */
static int add_pattern(struct inputs *in, const char *pattern)
{
	glob_t found;
	int status = CLI_DONE, result = glob(pattern, GLOB_ERR, NULL, &found);
	if (result == GLOB_NOMATCH)
		return tell_error("%s: nothing has such a name", pattern), CLI_DAMAGED;
	if (result != 0)
		return tell_error("%s: %s", pattern, result == GLOB_NOSPACE ? "out of memory" : strerror(errno)), CLI_FAILED;
	for (size_t i = 0; i < found.gl_pathc && status == CLI_DONE; i++)
		status = inputs_add(in, found.gl_pathv[i]);
	globfree(&found);
	return status;
}

int inputs_add(struct inputs *in, const char *operand)
{
	struct stat info;
	if (strcmp(operand, "-") == 0) {
		if (in->has_stdin)
			return tell_error("standard input can be read only once"), CLI_USAGE;
		in->has_stdin = true;
		return add_name(in, operand);
	}
	if (!*operand)
		return tell_error("an operand is empty; name a bundle, a folder, or '-'"), CLI_USAGE;
	bool is_there = stat(operand, &info) == 0;
	if (!is_there && strpbrk(operand, "*?["))
		return add_pattern(in, operand);
	if (!is_there || !S_ISDIR(info.st_mode))
		return add_name(in, operand);
	DIR *folder = opendir(operand);
	if (!folder)
		return tell_error("%s: %s", operand, strerror(errno)), CLI_DAMAGED;
	int status = add_folder(in, operand, folder);
	closedir(folder);
	return status;
}

void inputs_free(struct inputs *in)
{
	for (size_t i = 0; i < in->count; i++)
		free(in->names[i]);
	free(in->names);
	*in = (struct inputs){ 0 };
}

static enum ind_err input_read_at(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	struct input *in = ctx;
	*got = 0;
	if (offset > INT64_MAX - count)
		return IND_OK;
	while (*got < count) {
		ssize_t done = pread(in->fd, (char *)bytes + *got, count - *got, (off_t)(offset + *got));
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0) {
			in->error = errno;
			return IND_IO;
		}
		if (done == 0)
			break;
		*got += (size_t)done;
	}
	return IND_OK;
}

static bool copy_all(int from, int to)
{
	char bytes[65536];
	for (;;) {
		ssize_t got = read(from, bytes, sizeof(bytes));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0;
		for (ssize_t at = 0; at < got;) {
			ssize_t done = write(to, bytes + at, (size_t)(got - at));
			if (done < 0 && errno != EINTR)
				return false;
			at += done > 0 ? done : 0;
		}
	}
}

int input_temporary(void)
{
	const char *folder = getenv("TMPDIR");
	char path[4096];
	if (snprintf(path, sizeof(path), "%s/indicia.XXXXXX", folder && *folder ? folder : "/tmp") >= (int)sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	int fd = mkstemp(path);
	if (fd < 0)
		return -1;
	unlink(path);
	return fd;
}

/* Readers jump, a pipe cannot. */
static int spool(void)
{
	int fd = input_temporary();
	if (fd < 0 || copy_all(STDIN_FILENO, fd))
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

static int open_stdin(void)
{
	struct stat info;
	if (fstat(STDIN_FILENO, &info) == 0 && S_ISREG(info.st_mode) && lseek(STDIN_FILENO, 0, SEEK_CUR) == 0)
		return dup(STDIN_FILENO);
	return spool();
}

int input_open(struct input *in, const char *name)
{
	struct stat info;
	bool is_stdin = strcmp(name, "-") == 0;
	*in = (struct input){ .name = is_stdin ? "standard input" : name };
	in->fd = is_stdin ? open_stdin() : open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (in->fd < 0 || fstat(in->fd, &info) != 0) {
		tell_error("%s: %s", in->name, strerror(errno));
		input_close(in);
		return CLI_DAMAGED;
	}
	if (!S_ISREG(info.st_mode)) {
		tell_error("%s: is not a file; pipes are read as '-'", in->name);
		input_close(in);
		return CLI_DAMAGED;
	}
	in->bytes = (uint64_t)info.st_size;
	in->source = (struct ind_source){ input_read_at, in };
	return CLI_DONE;
}

void input_close(struct input *in)
{
	if (in->fd >= 0)
		close(in->fd);
	in->fd = -1;
}

void input_tell_damage(const struct input *in, uint64_t offset, enum ind_err err)
{
	if (err == IND_MALFORMED && offset == 0)
		tell_error("%s: does not begin as a bundle does; 'indicia collect -r' reads captures, 'indicia show' proofs", in->name);
	else
		tell_error("%s: byte %llu: %s", in->name, (unsigned long long)offset, err == IND_IO ? strerror(in->error) : ind_strerror(err));
}
