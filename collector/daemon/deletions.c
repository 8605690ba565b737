/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/deletions.h"

#include "base/hash.h"
#include "daemon/custodyfile.h"
#include "daemon/fdread.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NUMBER_DIGITS = 6, NUMBER_MAX = 999999, RESERVE_BYTES = 64 << 10 };

static const char folder_name[] = "custody", file_name[] = "deleted.iec", next_name[] = "deleted.next";

/* ---- files put aside ---- */

/* deleted-NNNNNN.iec, or 0. */
static unsigned number_of(const char *name)
{
	static const char begin[] = "deleted-", end[] = ".iec";
	const char *digits = name + sizeof begin - 1;
	if (strncmp(name, begin, sizeof begin - 1) != 0 || strspn(digits, "0123456789") != NUMBER_DIGITS || strcmp(digits + NUMBER_DIGITS, end) != 0)
		return 0;
	return (unsigned)strtoul(digits, NULL, 10);
}

struct numbers { unsigned least, most, count; };

static bool numbers_read(const struct deletions *d, struct numbers *n)
{
	DIR *folder = fdread_folder(d->fd);
	const struct dirent *entry;
	*n = (struct numbers){ .least = NUMBER_MAX };
	while (folder && (entry = readdir(folder))) {
		unsigned number = number_of(entry->d_name);
		if (!number)
			continue;
		n->least = n->least < number ? n->least : number;
		n->most = n->most > number ? n->most : number;
		n->count++;
	}
	if (folder)
		closedir(folder);
	return folder != NULL;
}

struct aside_name { char at[32]; };

static struct aside_name aside(unsigned number)
{
	struct aside_name name;
	snprintf(name.at, sizeof name.at, "deleted-%0*u.iec", NUMBER_DIGITS, number % (NUMBER_MAX + 1));
	return name;
}

/* The oldest ones go beyond files_max. */
static enum ind_err put_aside(const struct deletions *d)
{
	struct numbers n;
	if (!numbers_read(d, &n) || renameat2(d->fd, file_name, d->fd, aside(n.most + 1).at, RENAME_NOREPLACE) != 0)
		return IND_IO;
	for (n.count++; n.count > d->files_max && n.least <= n.most; n.least++) {
		if (unlinkat(d->fd, aside(n.least).at, 0) == 0)
			n.count--;
		else if (errno != ENOENT)
			return IND_IO;
	}
	return fsync(d->fd) == 0 ? IND_OK : IND_IO;
}

/* ---- the file ---- */

/* What is not to be written behind: *fits. */
static enum ind_err chain_read(struct deletions *d, int fd, const struct ind_key_public *hand, bool *fits)
{
	struct ind_source source = { fdread_at, &fd };
	struct ind_custody_log *log;
	enum ind_err err = ind_custody_log_new(&log);
	if (!err)
		err = ind_custody_log_read(log, file_name, IND_CUSTODY_OWNER, NULL, &source);
	*fits = false;
	if (!err) {
		const struct ind_custody_file *f = ind_custody_log_file(log, 0);
		*fits = f->state == IND_CUSTODY_FILE_OK && (f->events == 0 || memcmp(&f->hand, hand, sizeof *hand) == 0);
		d->bytes = f->bytes;
		d->events = f->events;
		if (f->events) {
			d->has_last = true;
			d->last = f->last;
		}
	}
	ind_custody_log_free(log);
	return err == IND_LIMIT ? IND_OK : err;
}

/* A full disk is no reason not to say what is deleted for its sake. */
static void space_keep(const struct deletions *d, const char *name, uint64_t bytes)
{
	int fd = openat(d->fd, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return;
	(void)!fallocate(fd, FALLOC_FL_KEEP_SIZE, (off_t)bytes, RESERVE_BYTES);
	close(fd);
}

static enum ind_err begin_as(const struct deletions *d, const char *name)
{
	enum ind_err err = custodyfile_append(d->fd, name, 0, NULL, 0);
	if (!err)
		space_keep(d, name, IND_CUSTODY_PREAMBLE_BYTES);
	return err;
}

static void begun(struct deletions *d)
{
	d->bytes = IND_CUSTODY_PREAMBLE_BYTES;
	d->events = 0;
}

static enum ind_err file_begin(struct deletions *d)
{
	enum ind_err err = begin_as(d, file_name);
	if (!err)
		begun(d);
	return err;
}

/* The other file is there before the full one is put aside. If it cannot be begun, on a full disk, the full one has space that was kept. */
static enum ind_err file_next(struct deletions *d)
{
	unlinkat(d->fd, next_name, 0);
	if (begin_as(d, next_name) != IND_OK)
		return d->events < IND_CUSTODY_RECORDS_MAX ? IND_OK : IND_IO;
	enum ind_err err = put_aside(d);
	if (!err && (renameat2(d->fd, next_name, d->fd, file_name, RENAME_NOREPLACE) != 0 || fsync(d->fd) != 0))
		err = IND_IO;
	if (!err)
		begun(d);
	return err;
}

static enum ind_err file_open(struct deletions *d, const struct ind_key_public *hand, bool *put)
{
	bool fits;
	int fd = openat(d->fd, file_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return errno == ENOENT ? file_begin(d) : IND_IO;
	enum ind_err err = chain_read(d, fd, hand, &fits);
	close(fd);
	if (err || fits) {
		if (!err)
			space_keep(d, file_name, d->bytes);
		return err;
	}
	*put = true;
	err = put_aside(d);
	return err ? err : file_begin(d);
}

enum ind_err deletions_open(struct deletions *d, int folder_fd, const struct ind_key_public *hand, bool *put)
{
	*d = (struct deletions){ .fd = -1, .events_max = DELETIONS_EVENTS_MAX, .files_max = DELETIONS_FILES_MAX };
	*put = false;
	if (mkdirat(folder_fd, folder_name, 0750) != 0 && errno != EEXIST)
		return IND_IO;
	d->fd = openat(folder_fd, folder_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (d->fd < 0)
		return IND_IO;
	enum ind_err err = file_open(d, hand, put);
	int error = errno;
	if (err)
		deletions_close(d);
	errno = error;
	return err;
}

/* Where the next event goes: behind what is known to stand there. */
static enum ind_err file_ready(struct deletions *d, const struct ind_key *by)
{
	struct ind_key_public hand;
	bool put = false;
	enum ind_err err = IND_OK;
	if (d->unsure) {
		ind_key_public(by, &hand);
		err = file_open(d, &hand, &put);
	}
	return !err && d->events >= d->events_max ? file_next(d) : err;
}

/* The first event of a file names the last one before it as its object, any other one as its parent. */
static enum ind_err event_add(struct deletions *d, struct ind_custody_event *event, const struct ind_key *by)
{
	uint8_t *record;
	size_t bytes;
	event->parent_count = d->events ? 1 : 0;
	event->parents[0] = d->last;
	event->has_object_sha256 = !d->events && d->has_last;
	memcpy(event->object_sha256, d->last.bytes, sizeof event->object_sha256);
	enum ind_err err = ind_custody_pack(event, by, &record, &bytes);
	if (err)
		return err;
	err = custodyfile_append(d->fd, file_name, d->bytes, record, bytes);
	if (!err) {
		hash_sha256(record, bytes, d->last.bytes);
		d->has_last = true;
		d->bytes += bytes;
		d->events++;
		space_keep(d, file_name, d->bytes);
	}
	free(record);
	return err;
}

enum ind_err deletions_add(struct deletions *d, struct ind_custody_event *event, const struct ind_key *by)
{
	enum ind_err err = file_ready(d, by);
	if (!err)
		err = event_add(d, event, by);
	d->unsure = err != IND_OK;
	return err;
}

void deletions_close(struct deletions *d)
{
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}
