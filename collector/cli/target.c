/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/target.h"
#include "cli/args.h"
#include "cli/tell.h"
#include "base/number.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum ind_err target_write(void *ctx, const void *bytes, size_t count)
{
	struct target *t = ctx;
	const char *at = bytes;
	while (count) {
		ssize_t done = write(t->fd, at, count);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0) {
			t->error = errno;
			return IND_IO;
		}
		at += done;
		count -= (size_t)done;
	}
	return IND_OK;
}

static int target_exists(const char *path)
{
	tell_error("%s: exists already; choose another name, or let it be replaced with --force", path);
	return CLI_USAGE;
}

int target_open(struct target *t, const char *path, bool force)
{
	*t = (struct target){ .fd = STDOUT_FILENO, .path = path, .force = force };
	out_start(&t->out, target_write, t);
	if (!path || strcmp(path, "-") == 0) {
		t->path = NULL;
		return CLI_DONE;
	}
	struct stat there;
	bool exists = stat(path, &there) == 0;
	if (exists && !S_ISREG(there.st_mode)) {
		tell_error("%s: exists, and is no regular file: nothing is put in its place; without -w standard output is written", path);
		return CLI_USAGE;
	}
	if (!force && exists)
		return target_exists(path);
	size_t bytes = strlen(path) + sizeof(".part");
	t->part = malloc(bytes);
	if (!t->part)
		return tell_error("out of memory"), CLI_FAILED;
	snprintf(t->part, bytes, "%s.part", path);
	t->fd = open(t->part, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (force ? O_TRUNC : O_EXCL), 0666);
	if (t->fd >= 0)
		return CLI_DONE;
	int status = errno == EEXIST ? CLI_USAGE : CLI_FAILED;
	if (errno == EEXIST)
		tell_error("%s: is there already: another run writes it, or one was cut short; remove it, or use --force", t->part);
	else
		tell_error("%s: %s", t->part, strerror(errno));
	free(t->part);
	return status;
}

static void sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[4096] = ".";
	if (slash)
		snprintf(folder, sizeof(folder), "%.*s", slash == path ? 1 : (int)(slash - path), path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

/* link(2) does not replace what has appeared meanwhile; rename(2) would. */
static int target_name(const struct target *t)
{
	if (t->force)
		return rename(t->part, t->path);
	if (link(t->part, t->path) != 0)
		return -1;
	return unlink(t->part);
}

static int file_close(struct target *t, bool keep)
{
	bool ok = keep && fsync(t->fd) == 0;
	int error = errno;
	ok = close(t->fd) == 0 && ok;
	if (ok && target_name(t) == 0) {
		sync_folder(t->path);
		return CLI_DONE;
	}
	if (ok)
		error = errno;
	unlink(t->part);
	if (keep && error == EEXIST)
		return target_exists(t->path);
	if (keep)
		tell_error("%s: %s", t->path, strerror(error));
	return CLI_FAILED;
}

int target_close(struct target *t, bool keep)
{
	int status = CLI_DONE;
	enum ind_err err = out_flush(&t->out);
	if (err != IND_OK) {
		tell_error("%s: %s", t->path ? t->path : "standard output", err == IND_IO ? strerror(t->error) : ind_strerror(err));
		status = CLI_FAILED;
	}
	if (t->out.cut && status == CLI_DONE)
		tell_note("rows are cut to the terminal's %zu columns; -o table:KEY,KEY chooses what stands in them, a pipe (| less -S) has them whole", t->out.cut);
	out_free(&t->out);
	if (t->path) {
		int closed = file_close(t, keep && status == CLI_DONE);
		status = keep && status == CLI_DONE ? closed : status;
	}
	free(t->part);
	return status;
}

bool output_option(struct output_options *o, int id, const char *value, int *status)
{
	switch (id) {
	case OPT_FORMAT: o->format = value; return true;
	case OPT_JSON: o->format = "json"; return true;
	case OPT_WRITE: o->write = value; return true;
	case OPT_FORCE: o->force = true; return true;
	case OPT_CSV_RAW: o->csv_raw = true; return true;
	case OPT_COLOR: o->color = value; return true;
	case OPT_TZ: o->zone = value; return true;
	case OPT_QUIET: tell_quiet(true); return true;
	case OPT_LIMIT:
		o->has_limit = true;
		if (number_read(value, UINT64_MAX, &o->limit))
			return true;
		tell_error("-n %s: not a number of rows", value);
		*status = CLI_USAGE;
		return true;
	default: return false;
	}
}
