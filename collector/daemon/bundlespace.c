/* SPDX-License-Identifier: Apache-2.0 */
/* Where a live bundle goes when its disk fails or is full; a savefile can be read again, and its run ends. */
#define _GNU_SOURCE
#include "daemon/inside.h"

#include "daemon/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { NAMES_MAX = 100, LOOK_EVERY_NS = 1000000000 };

bool keep_live(const struct keep *k) { return k->options->interface != NULL; }

/* NAME.ieb, or NAME-2.ieb … where that is taken already: by the bundle before, or by one of the same second. */
static bool name_make(const struct keep *k, unsigned number, char name[static OUTFILE_NAME_MAX + 1])
{
	char stem[OUTFILE_NAME_MAX + 1];
	if (k->place->file) {
		snprintf(stem, sizeof stem, "%s", k->place->file);
	} else {
		time_t seconds = (time_t)(keep_realtime_ns(k) / 1000000000u);
		struct tm utc;
		gmtime_r(&seconds, &utc);
		char stamp[32];
		strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", &utc);
		snprintf(stem, sizeof stem, "%s-%s.ieb", k->sensor, stamp);
	}
	size_t bytes = strlen(stem), suffix = bytes > 4 && strcmp(stem + bytes - 4, ".ieb") == 0 ? 4 : 0;
	int used = number > 1 ? snprintf(name, OUTFILE_NAME_MAX + 1, "%.*s-%u%s", (int)(bytes - suffix), stem, number, stem + bytes - suffix)
	                      : snprintf(name, OUTFILE_NAME_MAX + 1, "%s", stem);
	return used > 0 && used <= OUTFILE_NAME_MAX;
}

/* The custody log of a bundle that is gone stays, and is none of another bundle. */
static bool log_left(const struct keep *k, const char *name)
{
	char log[OUTFILE_NAME_MAX + 8];
	snprintf(log, sizeof log, "%s.iec", name);
	int fd = k->disk->open(k->disk->ctx, k->place->folder_fd, log, O_PATH, 0);
	if (fd >= 0)
		k->disk->close(k->disk->ctx, fd);
	return fd >= 0;
}

/* What was asked for by name is that name, or an error. */
static enum ind_err file_create(struct keep *k)
{
	char name[OUTFILE_NAME_MAX + 1];
	bool once = k->place->file && (!keep_live(k) || k->bundles == 0);
	uint64_t ballast = keep_live(k) ? (uint64_t)k->options->ballast_kib << 10 : 0;
	enum ind_err err = IND_EXISTS;
	for (unsigned number = 1; err == IND_EXISTS && number <= (once ? 1 : NAMES_MAX); number++)
		if (!name_make(k, number, name))
			err = IND_LIMIT;
		else if (once || !log_left(k, name))
			err = outfile_create(&k->file, k->disk, k->place->folder_fd, name, ballast);
	return err;
}

enum ind_err bundle_file(struct keep *k, uint64_t first_leaf)
{
	enum ind_err err = file_create(k);
	if (err || !keep_live(k))
		return err;
	err = stream_file(k, first_leaf);
	if (err)
		outfile_discard(&k->file);
	return err;
}

static enum ind_err room(void *ctx, enum writer_use use, size_t bytes)
{
	struct keep *k = ctx;
	return outfile_room(&k->file, use, bytes);
}

/* The stream file names the new file before the old one loses its name, so that one of them can always be recovered. */
static enum ind_err renew(void *ctx, struct ind_sink *sink, struct ind_header *header)
{
	struct keep *k = ctx;
	struct outfile old = k->file;
	struct ind_stream durable;
	say_error(k->say, "%s: %s; what is not on the disk yet is written to another file", old.name, strerror(errno));
	writer_durable(k->writer, &durable);
	enum ind_err err = bundle_file(k, durable.leaves);
	if (err) {
		k->file = old;
		return err;
	}
	k->file.closing = old.closing;
	outfile_set_aside(&old);
	outfile_sink(&k->file, sink);
	bundle_header(k, header);
	return IND_OK;
}

void bundle_watch(struct keep *k)
{
	const struct writer_disk disk = { room, renew, k };
	if (keep_live(k))
		writer_watch(k->writer, &disk);
}

static void waiting_begin(struct keep *k)
{
	k->waiting = k->failed = true;
	k->waiting_ns = clock_boottime_ns();
	say_error(k->say, "no space is left for %s; nothing is recorded until there is, and what is not recorded is counted", k->place->folder[0] ? k->place->folder : k->file.name);
}

/* The bundle is sealed with what was kept free for that. */
enum ind_err bundle_full(struct keep *k)
{
	enum ind_err err = k->writing ? bundle_end(k, IND_SEAL_ROTATE, NULL) : IND_OK;
	if (!err && !k->waiting)
		waiting_begin(k);
	return err;
}

/* A run's next bundle, or none: where there is no space for what stands in front of the first record, its file is removed, and the stream file names none. */
static enum ind_err begin_next(struct keep *k)
{
	enum ind_err err = bundle_begin(k);
	if (err != IND_FULL)
		return err;
	if (k->writing) {
		outfile_discard(&k->file);
		bundle_let_go(k);
		k->bundles--;
	}
	return k->state.open_path[0] && stream_sealed(k, true) != IND_OK ? IND_IO : IND_FULL;
}

enum ind_err bundle_next(struct keep *k)
{
	enum ind_err err = begin_next(k);
	return err == IND_FULL ? bundle_full(k) : err;
}

/* Looks for space now and then. */
enum ind_err bundle_wait(struct keep *k)
{
	uint64_t now_ns = clock_boottime_ns();
	if (now_ns - k->waiting_ns < LOOK_EVERY_NS)
		return IND_OK;
	k->waiting_ns = now_ns;
	enum ind_err err = begin_next(k);
	if (err)
		return err == IND_FULL ? IND_OK : err;
	k->waiting = false;
	say_now(k->say, "there is space again; %s is being written, %" PRIu64 " records were not recorded", k->file.name, k->disk_lost);
	return IND_OK;
}
