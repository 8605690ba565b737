/* SPDX-License-Identifier: Apache-2.0 */
/* The stream of a live sensor: it goes on where it was sealed, or recovered, and never forks. */
#define _DEFAULT_SOURCE
#include "daemon/inside.h"

#include "base/hash.h"
#include "daemon/clock.h"
#include "daemon/fdread.h"
#include "daemon/keyfile.h"
#include "daemon/owner.h"
#include "daemon/recover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum ind_err keys_of(void *ctx, const struct ind_stream *at, struct restart *keys, const char **why)
{
	const struct keep *k = ctx;
	return restart_take(&k->boot, at, keys, why);
}

/* The prepared key is found where it is, too. */
static void restarted(void *ctx)
{
	const struct keep *k = ctx;
	(void)!bootkey_commit(&k->boot);
}

/* What a later start may find otherwise: a disk that is full, not readable or failing. A new stream would overwrite the key that could seal the bundle. */
static bool may_pass(enum ind_err err) { return err == IND_IO || err == IND_FULL || err == IND_NOMEM || err == IND_CRYPTO; }

/* The bundle that an interrupted run left, wherever it wrote. */
static enum ind_err left_recover(struct keep *k)
{
	struct stream_state *state = &k->state;
	struct recovery_job job = { .disk = k->disk, .keys_of = keys_of, .restarted = restarted, .ctx = k, .realtime_ns = clock_realtime_ns(), .boottime_ns = clock_boottime_ns() };
	char folder[STREAM_PATH_MAX];
	const char *slash = strrchr(state->open_path, '/');
	if (!slash)
		return IND_OK;  /* between two bundles */
	snprintf(folder, sizeof folder, "%.*s", (int)(slash - state->open_path + (slash == state->open_path)), state->open_path);
	int fd = k->disk->open(k->disk->ctx, AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);
	enum ind_err err = fd >= 0 ? recover_bundle(&job, fd, slash + 1, state) : errno == ENOENT ? IND_MISSING : IND_IO;
	if (fd < 0)
		snprintf(job.text, sizeof job.text, "%s: %s", folder, strerror(errno));
	else
		k->disk->close(k->disk->ctx, fd);
	if (may_pass(err))
		say_error(k->say, "%s; its stream and key are left as they are, for another start", job.text);
	else
		say_now(k->say, "%s", job.text);
	return err;
}

/* Goes on, or begins anew: two branches of one stream must never exist. An exit status. */
static int stream_choose(struct keep *k)
{
	struct stream_state *state = &k->state;
	struct machine now;
	machine_read(&now);
	const char *differs = state->known ? machine_differs(&state->machine, &now) : NULL;
	bool goes_on = state->known && !differs;
	enum ind_err err = goes_on && state->running ? left_recover(k) : IND_OK;
	if (may_pass(err))
		return 5;
	goes_on = goes_on && !err;
	if (state->known && !goes_on)
		say_now(k->say, "%s; this run begins a new stream", differs ? differs : "the stream of the run before cannot be gone on with");
	k->stream_broken = state->known && !goes_on;
	if (!goes_on) {
		state->stream = (struct ind_stream){ 0 };
		if (hash_random(state->stream.id, sizeof state->stream.id) != IND_OK) {
			say_error(k->say, "no random numbers for a stream id");
			return 5;
		}
	}
	state->known = state->running = true;
	state->open_path[0] = '\0';
	state->open_first_leaf = state->stream.leaves;
	state->machine = now;
	return 0;
}

static enum ind_err save(struct keep *k)
{
	k->state.machine.boottime_ns = clock_boottime_ns();
	return streamfile_save(&k->streamfile, &k->state);
}

static bool out_folder_set(struct keep *k)
{
	char *full = realpath(k->place->folder[0] ? k->place->folder : ".", NULL);
	bool fits = full && snprintf(k->out_folder, sizeof k->out_folder, "%s", strcmp(full, "/") ? full : "") < (int)sizeof k->out_folder - OUTFILE_NAME_MAX - 8;
	free(full);
	return fits;
}

static int stream_ready(struct keep *k)
{
	int status = stream_choose(k);
	if (status)
		return status;
	k->stream = k->state.stream;
	status = epochs_begin(k);
	if (status)
		return status;
	k->state.stream = k->stream;
	k->state.open_first_leaf = k->stream.leaves;
	if (save(k) != IND_OK) {
		say_error(k->say, "%s: %s", k->streamfile.path, strerror(errno));
		return 4;
	}
	k->stream_begun = true;
	return 0;
}

int stream_begin(struct keep *k)
{
	char error[KEYFILE_ERROR_BYTES];
	if (keyfile_state_dir(k->state_folder, error) != IND_OK) {
		say_error(k->say, "%s", error);
		return 4;
	}
	if (bootkey_place(&k->boot, k->state_folder, k->sensor) != IND_OK || !out_folder_set(k)) {
		say_error(k->say, "%s: its whole name is too long", k->place->folder);
		return 5;
	}
	enum ind_err err = streamfile_open(&k->streamfile, k->disk, k->state_folder, k->sensor, &k->state);
	if (err == IND_EXISTS)
		say_error(k->say, "sensor %s is capturing already (its stream is locked); another one needs its own --sensor", k->sensor);
	else if (err)
		say_error(k->say, "%s: %s", k->streamfile.path, strerror(errno));
	else if (k->disk->open == disk_real.open)
		owner_give(k->streamfile.fd, k->streamfile.path);
	return err ? 4 : stream_ready(k);
}

void stream_tidy(const struct keep *k)
{
	struct stat info;
	int fd = k->place->folder_fd;
	DIR *folder = fdread_folder(fd);
	const struct dirent *entry;
	if (!folder)
		return;
	while ((entry = readdir(folder)))
		if (shelf_is_own(k->sensor, entry->d_name, ".ieb.open") && fstatat(fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(info.st_mode) &&
			info.st_size == 0 && unlinkat(fd, entry->d_name, 0) == 0)
			say_now(k->say, "%s: empty, of a run that was interrupted before it wrote a byte; removed", entry->d_name);
	closedir(folder);
}

enum ind_err stream_file(struct keep *k, uint64_t first_leaf)
{
	snprintf(k->state.open_path, sizeof k->state.open_path, "%.*s/%.*s.open", (int)sizeof k->state.open_path - OUTFILE_NAME_MAX - 8, k->out_folder,
		OUTFILE_NAME_MAX, k->file.name);
	k->state.open_first_leaf = first_leaf;
	return save(k);
}

/* Once, until it can be written again. */
static void failure_tell(const struct keep *k, bool before)
{
	if (!before)
		say_error(k->say, "%s: %s; recording goes on", k->streamfile.path, strerror(errno));
}

void stream_publish(struct keep *k)
{
	bool before = k->streamfile.failed || k->streamfile.full;
	if (!keep_live(k))
		return;
	writer_durable(k->writer, &k->state.stream);
	if (save(k) != IND_OK)
		failure_tell(k, before);
}

enum ind_err stream_sealed(struct keep *k, bool follows)
{
	k->state.stream = k->stream;
	k->state.running = follows;
	k->state.open_path[0] = '\0';
	k->state.open_first_leaf = k->stream.leaves;
	bool before = k->streamfile.failed || k->streamfile.full;
	enum ind_err err = save(k);
	if (err != IND_FULL)
		return err;
	/* The bundle that the file names still is found by the name that it has now; the next one is noted before it begins. */
	failure_tell(k, before);
	k->failed = true;
	return IND_OK;
}

void stream_spare(struct keep *k)
{
	if (!k->stream_begun || k->bundles || k->state.open_path[0])
		return;
	k->state.running = false;
	if (save(k) != IND_OK)
		say_error(k->say, "%s: %s", k->streamfile.path, strerror(errno));
}
