/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/recover.h"

#include "bundle/recover.h"
#include "daemon/clock.h"
#include "daemon/keyfile.h"
#include "daemon/say.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_DONE = 0, EXIT_USAGE = 2, EXIT_DAMAGED = 3, EXIT_MISSING = 4, EXIT_IO = 5 };

static enum ind_err keys_of(void *ctx, const struct ind_stream *at, struct restart *keys, const char **why)
{
	return restart_take(ctx, at, keys, why);
}

/* The prepared key is found where it is, too. */
static void restarted(void *ctx) { (void)!bootkey_commit(ctx); }

static int status_of(enum ind_err err)
{
	switch (err) {
	case IND_OK: return EXIT_DONE;
	case IND_EXISTS: return EXIT_USAGE;
	case IND_MALFORMED: case IND_UNKNOWN: case IND_SHORT: return EXIT_DAMAGED;
	case IND_IO: case IND_NOMEM: case IND_CRYPTO: return EXIT_IO;
	default: return EXIT_MISSING;
	}
}

static enum ind_err fd_read(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	ssize_t n = pread(*(const int *)ctx, bytes, count, (off_t)offset);
	*got = n < 0 ? 0 : (size_t)n;
	return n < 0 ? IND_IO : IND_OK;
}

/* Whose bundle it is, as it says itself, and whether only its name is missing. */
static int sensor_of(const char *path, char sensor[static IND_SENSOR_ID_MAX + 1], bool *finished, struct say *say)
{
	struct recover *r = NULL;
	const char *reason = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	const struct ind_source source = { fd_read, &fd };
	if (fd < 0) {
		say_error(say, "%s: %s", path, strerror(errno));
		return EXIT_DAMAGED;
	}
	enum ind_err err = recover_scan(&source, &r, &reason);
	if (err == IND_OK) {
		memcpy(sensor, recover_found(r)->sensor, IND_SENSOR_ID_MAX + 1);
		*finished = recover_found(r)->finished;
	} else {
		say_error(say, "%s: not a torn end (%s); it is left as it is", path, reason[0] ? reason : ind_strerror(err));
	}
	recover_free(r);
	close(fd);
	return status_of(err);
}

/* Locks the stream of that sensor, if it names this file as the one that it goes on behind. */
static enum ind_err with_stream(const char *folder, const char *sensor, const char *path, struct streamfile *s, struct stream_state *state)
{
	char stream[KEYFILE_PATH_MAX + 80], *full = realpath(path, NULL);
	snprintf(stream, sizeof stream, "%s/stream.%s", folder, sensor);
	enum ind_err err = access(stream, F_OK) == 0 ? streamfile_open(s, &disk_real, folder, sensor, state) : IND_MISSING;
	bool named = !err && state->running && full && strcmp(full, state->open_path) == 0;
	free(full);
	if (!err && !named)
		streamfile_close(s);
	return err || named ? err : IND_MISSING;
}

static int told(struct say *say, const struct recovery_job *job, enum ind_err err)
{
	if (err)
		say_error(say, "%s", job->text);
	else
		say_now(say, "%s", job->text);
	return status_of(err);
}

/* Not to be gone on with here. */
static int left_tell(struct say *say, const char *path, const char *sensor, enum ind_err err)
{
	if (err == IND_EXISTS)
		say_error(say, "%s: sensor %s is capturing now (its stream is locked)", path, sensor);
	else if (err == IND_IO)
		say_error(say, "stream.%s: %s", sensor, strerror(errno));
	else
		say_error(say, "%s: no stream here goes on behind it: it was made from a savefile, on another machine, or its stream was given up; "
			"it is left as it is", path);
	return err == IND_IO ? EXIT_IO : EXIT_MISSING;
}

static int file_recover(int folder_fd, const char *path, struct say *say)
{
	char folder[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES], sensor[IND_SENSOR_ID_MAX + 1];
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct bootkey boot;
	struct recovery_job job = { .disk = &disk_real, .keys_of = keys_of, .restarted = restarted, .ctx = &boot, .realtime_ns = clock_realtime_ns(), .boottime_ns = clock_boottime_ns() };
	struct streamfile s;
	struct stream_state state;
	bool finished = false;
	int status = sensor_of(path, sensor, &finished, say);
	if (status)
		return status;
	enum ind_err err = keyfile_state_dir(folder, error);
	if (err == IND_OK)
		err = bootkey_place(&boot, folder, sensor);
	err = err == IND_OK ? with_stream(folder, sensor, path, &s, &state) : IND_MISSING;
	if (err == IND_MISSING && finished)
		return told(say, &job, recover_name(&job, folder_fd, name));
	if (err)
		return left_tell(say, path, sensor, err);
	status = told(say, &job, recover_bundle(&job, folder_fd, name, &state));
	if (!status && streamfile_save(&s, &state) != IND_OK)
		status = left_tell(say, path, sensor, IND_IO);
	streamfile_close(&s);
	return status;
}

static int is_open_bundle(const struct dirent *entry)
{
	size_t bytes = strlen(entry->d_name);
	return entry->d_name[0] != '.' && bytes > 9 && strcmp(entry->d_name + bytes - 9, ".ieb.open") == 0;
}

static int folder_recover(const char *folder, struct say *say)
{
	struct dirent **entries;
	char path[KEYFILE_PATH_MAX + 256];
	int status = EXIT_DONE, count = scandir(folder, &entries, is_open_bundle, alphasort);
	int fd = count >= 0 ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd < 0)
		say_error(say, "%s: %s", folder, strerror(errno));
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
		int one = fd >= 0 ? file_recover(fd, path, say) : EXIT_IO;
		status = one > status ? one : status;
		free(entries[i]);
	}
	if (count == 0)
		say_now(say, "%s: no run was interrupted here", folder);
	if (count >= 0)
		free(entries);
	if (fd >= 0)
		close(fd);
	return fd < 0 ? EXIT_IO : status;
}

int daemon_recover(const char *path, bool quiet)
{
	struct stat st;
	struct say say;
	char folder[KEYFILE_PATH_MAX];
	const char *slash = strrchr(path, '/');
	say_init(&say, quiet, false);
	say.patient = true;
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return folder_recover(path, &say);
	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path + (slash == path)) : 1, slash ? path : ".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		say_error(&say, "%s: %s", folder, strerror(errno));
		return EXIT_DAMAGED;
	}
	int status = file_recover(fd, path, &say);
	close(fd);
	return status;
}
