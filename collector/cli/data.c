/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/data.h"
#include "cli/cli.h"
#include "cli/tell.h"
#include "refdata/refdata.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path)
{
	struct stat info;
	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

int data_folder(const char *given, char found[static DATA_PATH_MAX], const char **folder)
{
	*folder = found;
	if (refdata_folder(given, found) == IND_OK)
		return CLI_DONE;
	tell_error("%s: no such folder of reference data", given);
	return CLI_MISSING;
}

static int failed(const char *path)
{
	tell_error("%s: %s", path, strerror(errno));
	return errno == ENOENT ? CLI_MISSING : CLI_FAILED;
}

static int copy_bytes(int from, int to, const char *source, const char *target)
{
	char bytes[65536];
	for (;;) {
		ssize_t got = read(from, bytes, sizeof(bytes));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return failed(source);
		if (got == 0)
			return fsync(to) == 0 ? CLI_DONE : failed(target);
		for (ssize_t at = 0; at < got;) {
			ssize_t done = write(to, bytes + at, (size_t)(got - at));
			if (done < 0 && errno != EINTR)
				return failed(target);
			at += done > 0 ? done : 0;
		}
	}
}

static int copy_file(const char *source, const char *target)
{
	int from = open(source, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return failed(source);
	int to = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	int status = to < 0 ? failed(target) : copy_bytes(from, to, source, target);
	if (to >= 0 && close(to) != 0 && status == CLI_DONE)
		status = failed(target);
	close(from);
	return status;
}

static bool join(char path[static DATA_PATH_MAX], const char *folder, const char *name)
{
	return snprintf(path, DATA_PATH_MAX, "%s/%s", folder, name) < DATA_PATH_MAX;
}

static bool ends_in(const char *name, const char *end)
{
	size_t bytes = strlen(name), end_bytes = strlen(end);
	return bytes >= end_bytes && strcmp(name + bytes - end_bytes, end) == 0;
}

/* The .meta beside a list goes where the list goes. */
static int copy_meta(struct data_copy *c, const char *file)
{
	static const char end[] = ".meta";
	char source[DATA_PATH_MAX];
	size_t room = DATA_PATH_MAX - sizeof(end);
	if (strlen(file) > room || strlen(c->file) > room || strlen(c->target) > room)
		return tell_error("%s: its name is too long", file), CLI_FAILED;
	snprintf(source, sizeof(source), "%.*s%s", (int)room, file, end);
	if (ends_in(file, ".mmdb") || access(source, F_OK) != 0)
		return CLI_DONE;
	snprintf(c->meta, sizeof(c->meta), "%.*s%s", (int)room, c->file, end);
	snprintf(c->meta_target, sizeof(c->meta_target), "%.*s%s", (int)room, c->target, end);
	if (!c->force && access(c->meta_target, F_OK) == 0)
		return tell_error("%s: exists already; --force replaces it", c->meta_target), CLI_USAGE;
	return copy_file(source, c->meta);
}

int data_copy_make(struct data_copy *c, const char *file, const char *folder, bool force)
{
	const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
	*c = (struct data_copy){ .force = force };
	if (ends_in(name, ".meta"))
		return tell_error("%s: name the list, and its .meta comes with it", file), CLI_USAGE;
	if (!is_folder(folder))
		return tell_error("%s: no such folder of reference data; make it first", folder), CLI_MISSING;
	if (!join(c->target, folder, name) || !join(c->folder, folder, ".add.XXXXXX"))
		return tell_error("%s: its name is too long", folder), CLI_FAILED;
	if (!force && access(c->target, F_OK) == 0)
		return tell_error("%s: exists already; --force replaces it", c->target), CLI_USAGE;
	if (!mkdtemp(c->folder))
		return failed(folder);
	if (!join(c->file, c->folder, name)) {
		rmdir(c->folder);
		return tell_error("%s: its name is too long", folder), CLI_FAILED;
	}
	int status = copy_file(file, c->file);
	if (status == CLI_DONE)
		status = copy_meta(c, file);
	return status == CLI_DONE ? CLI_DONE : data_copy_end(c, status);
}

static int put_in_place(const char *from, const char *to, bool force)
{
	return (force ? rename(from, to) : link(from, to)) == 0 ? CLI_DONE : failed(to);
}

int data_copy_end(struct data_copy *c, int status)
{
	if (status == CLI_DONE && c->meta_target[0])
		status = put_in_place(c->meta, c->meta_target, c->force);
	if (status == CLI_DONE)
		status = put_in_place(c->file, c->target, c->force);
	if (status == CLI_DONE)
		tell_note("added %s", c->target);
	unlink(c->file);
	if (c->meta[0])
		unlink(c->meta);
	rmdir(c->folder);
	return status;
}
