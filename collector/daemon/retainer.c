/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/inside.h"

#include "daemon/clock.h"
#include "daemon/fdread.h"
#include "daemon/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { PIECE_BYTES = 1 << 18, PIECES = 32, PIECES_WAITING = 256 };

static const uint64_t look_every_ns = UINT64_C(10000000000), tell_every_ns = UINT64_C(600000000000);
/* To look beside a bundle costs little, to read all of it more. */
static const uint64_t look_again_ns = UINT64_C(60000000000), read_again_ns = UINT64_C(3600000000000);

/* Of the machine: by then somebody has set its clock, or nobody will. */
static const uint64_t clock_set_ns = UINT64_C(3600000000000);

static const char *place_of(const struct keep *k) { return k->place->folder[0] ? k->place->folder : "."; }

/* ---- keys ---- */

static bool is_public_file(const char *name)
{
	size_t bytes = strlen(name);
	return name[0] != '.' && bytes > 4 && strcmp(name + bytes - 4, ".pub") == 0;
}

/* Bundles of before a rotation of the key are this sensor's too. */
static void own_keys(struct keep *k)
{
	struct retainer *r = &k->retainer;
	char path[2 * STREAM_PATH_MAX], error[KEYFILE_ERROR_BYTES];
	int fd = open(k->state_folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd >= 0 ? fdread_folder(fd) : NULL;
	const struct dirent *entry;
	ind_key_public(k->identity, &r->keys[r->own_count++]);
	while (folder && r->own_count < RETAINER_KEYS_MAX && (entry = readdir(folder))) {
		size_t count = 0;
		snprintf(path, sizeof path, "%s/%s", k->state_folder, entry->d_name);
		if (is_public_file(entry->d_name) && keyfile_public_load(path, r->keys + r->own_count, RETAINER_KEYS_MAX - r->own_count, &count, error) == IND_OK)
			r->own_count += count;
	}
	if (folder)
		closedir(folder);
	if (fd >= 0)
		close(fd);
}

static void shipper_keys(struct keep *k)
{
	struct retainer *r = &k->retainer;
	r->key_count = r->own_count;
	for (size_t i = 0; i < k->options->shipper_count && r->key_count < RETAINER_KEYS_MAX; i++)
		r->keys[r->key_count++] = k->options->shippers[i];
}

/* ---- beginning and end ---- */

static bool wanted(const struct keep *k)
{
	const struct daemon_options *o = k->options;
	return keep_live(k) && (o->keep.count || o->keep.bytes || o->keep.age_ns || o->keep.free_bytes || o->retain_s || o->retain_until_s);
}

static int open_all(struct keep *k)
{
	struct retainer *r = &k->retainer;
	bool aside = false, more = false;
	enum ind_err err = deletions_open(&r->log, k->place->folder_fd, &r->keys[0], &aside);
	if (err) {
		say_error(k->say, "%s/custody/deleted.iec: %s", place_of(k), err == IND_IO ? strerror(errno) : ind_strerror(err));
		return 5;
	}
	if (aside)
		say_now(k->say, "%s/custody/deleted.iec was torn, damaged or of another key; it was put aside, and another one begins", place_of(k));
	err = shelf_read(&r->shelf, k->place->folder_fd, k->sensor, r->keys, r->own_count, &more);
	if (err) {
		say_error(k->say, "%s: %s", place_of(k), err == IND_IO ? strerror(errno) : ind_strerror(err));
		return 5;
	}
	if (more)
		say_now(k->say, "%s: more than %d bundles; the others are not overseen (larger bundles: -G, --seal-size)", place_of(k), RETAIN_BUNDLES_MAX);
	retain_order(&r->shelf, k->stream.id);
	return 0;
}

int retainer_begin(struct keep *k)
{
	struct retainer *r = &k->retainer;
	if (!wanted(k))
		return 0;
	own_keys(k);
	shipper_keys(k);
	int status = open_all(k);
	r->on = r->due = !status;
	return status;
}

static void job_drop(struct retainer *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

void retainer_end(struct keep *k)
{
	job_drop(&k->retainer);
	deletions_close(&k->retainer.log);
	retain_free(&k->retainer.shelf);
}

void retainer_sealed(struct keep *k)
{
	struct retainer *r = &k->retainer;
	struct retain_bundle b;
	if (!r->on || !shelf_is_own(k->sensor, k->file.name, ".ieb"))
		return;
	if (shelf_bundle(k->place->folder_fd, k->file.name, k->sensor, r->keys, r->own_count, &b) != IND_OK)
		return;
	b.born_ns = UINT64_MAX;
	if (retain_add(&r->shelf, &b) == IND_OK)
		retain_settle(&r->shelf);
	r->due = true;
}

/* ---- one deletion ---- */

static struct retain_bundle *entry_of(struct retainer *r, const char *name)
{
	for (size_t i = 0; i < r->shelf.count; i++)
		if (strcmp(r->shelf.list[i].name, name) == 0)
			return &r->shelf.list[i];
	return NULL;
}

static void entry_forget(struct retainer *r)
{
	struct retain_bundle *b = entry_of(r, r->name);
	if (b)
		retain_remove(&r->shelf, (size_t)(b - r->shelf.list));
}

static bool on_hold(const struct keep *k, const char *name)
{
	char hold[RETAIN_NAME_MAX + 8];
	struct stat info;
	snprintf(hold, sizeof hold, "%s.hold", name);
	return fstatat(k->place->folder_fd, hold, &info, AT_SYMLINK_NOFOLLOW) == 0 || fstatat(k->place->folder_fd, "HOLD", &info, AT_SYMLINK_NOFOLLOW) == 0;
}

struct deletion {
	struct ind_bundle_head head;
	struct keep_event_texts texts;
	char note[IND_CUSTODY_TEXT_MAX + 1];
	struct ind_custody_event event;
};

static enum ind_err event_write(struct keep *k, struct deletion *d, const char *who)
{
	struct retainer *r = &k->retainer;
	keep_event(k, IND_CUSTODY_DESTROYED, &d->head, &d->texts, &d->event);
	snprintf(d->note, sizeof d->note, "%s, %" PRIu64 " bytes, deleted by its sensor: %s; %s%s", r->name, r->bytes, retain_reason_text(r->reason),
		who[0] ? "shipped, says " : "nobody says that it was shipped", who);
	d->event.purpose = (struct ind_text){ "retention", 9 };
	d->event.note = (struct ind_text){ d->note, (uint16_t)strlen(d->note) };
	return deletions_add(&r->log, &d->event, k->identity);
}

static void failure_tell(struct keep *k, const char *what, enum ind_err err)
{
	k->retainer.failures++;
	say_error(k->say, "%s: cannot be deleted (%s): %s", k->retainer.name, what, err == IND_IO ? strerror(errno) : ind_strerror(err));
}

/* The event is durable before the file goes: what is gone was always said to be. */
static void delete(struct keep *k, struct deletion *d, const char *who)
{
	struct retainer *r = &k->retainer;
	char hex[2 * IND_SHA256_BYTES + 1];
	int folder = k->place->folder_fd;
	if (faccessat(folder, ".", W_OK, AT_EACCESS) != 0) {
		failure_tell(k, "the folder", IND_IO);
		return;
	}
	enum ind_err err = event_write(k, d, who);
	if (err) {
		failure_tell(k, "custody/deleted.iec", err);
		return;
	}
	if (unlinkat(folder, r->name, 0) != 0 || fsync(folder) != 0) {
		failure_tell(k, "the file; custody/deleted.iec says that it was, and no more is deleted in this run", IND_IO);
		r->stuck = true;
		return;
	}
	r->deleted++;
	r->deleted_bytes += r->bytes;
	hash_hex(d->head.sha256, sizeof d->head.sha256, hex);
	say_note(k->say, "deleted %s/%s, %.1f KiB: %s; %s%s; sha256 %s", place_of(k), r->name, (double)r->bytes / 1024, retain_reason_text(r->reason),
		who[0] ? "shipped, says " : "not shipped", who, hex);
	entry_forget(r);
	r->due = true;
}

static void refuse(const struct retainer *r, struct retain_bundle *b, uint64_t least_ns)
{
	uint64_t now_ns = clock_boottime_ns();
	retain_refuse(b, r->refused, least_ns, now_ns - r->begun_ns, now_ns);
}

static void job_decide(struct keep *k, struct deletion *d)
{
	struct retainer *r = &k->retainer;
	struct ind_kept_head head;
	char who[SHELF_WHO_BYTES] = "";
	struct retain_bundle *b = entry_of(r, r->name);
	hash_sha256_end(&r->hash, d->head.sha256);
	if (!b || on_hold(k, r->name))
		return;
	if (shelf_head(r->fd, r->bytes, &head) != IND_OK) {
		say_error(k->say, "%s: no seal stands at its end, so it is not deleted; 'indicia verify' says what it is", r->name);
		r->failures++;
		entry_forget(r);
		return;
	}
	memcpy(d->head.stream_id, head.stream_id, sizeof d->head.stream_id);
	memcpy(d->head.root, head.root, sizeof d->head.root);
	d->head.tree_size = head.size;
	bool shipped = b->sides && shelf_shipped(k->place->folder_fd, r->name, d->head.sha256, &(struct shelf_keys){ r->keys, r->key_count }, who);
	if (!shipped && k->options->keep.shipped && r->reason != RETAIN_UNTIL) {
		refuse(r, b, read_again_ns);
		say_error(k->say, "%s: the custody file beside it speaks of another file that was shipped, and not of this one; it stays", r->name);
		return;
	}
	delete(k, d, who);
}

static void job_end(struct keep *k)
{
	struct deletion *d = calloc(1, sizeof *d);
	if (d)
		job_decide(k, d);
	free(d);
	job_drop(&k->retainer);
}

static void job_begin(struct keep *k, struct retain_bundle *b, enum retain_reason reason)
{
	struct retainer *r = &k->retainer;
	struct stat info;
	char who[SHELF_WHO_BYTES];
	r->begun_ns = r->looked_ns;
	if (k->options->keep.shipped && reason != RETAIN_UNTIL && !shelf_shipped(k->place->folder_fd, b->name, NULL, &(struct shelf_keys){ r->keys, r->key_count }, who)) {
		refuse(r, b, look_again_ns);
		r->due = true;
		return;
	}
	memcpy(r->name, b->name, sizeof r->name);
	r->reason = reason;
	r->at = 0;
	r->fd = openat(k->place->folder_fd, r->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (r->fd < 0 || fstat(r->fd, &info) != 0 || !S_ISREG(info.st_mode)) {
		job_drop(r);
		entry_forget(r);
		return;
	}
	r->bytes = (uint64_t)info.st_size;
	hash_sha256_start(&r->hash);
}

static void job_go(struct keep *k)
{
	static uint8_t piece[PIECE_BYTES];
	struct retainer *r = &k->retainer;
	size_t got = 1;
	for (unsigned i = 0; i < (k->waiting ? PIECES_WAITING : PIECES) && r->at < r->bytes; i++) {
		enum ind_err err = fdread_at(&r->fd, r->at, piece, r->bytes - r->at < sizeof piece ? (size_t)(r->bytes - r->at) : sizeof piece, &got);
		if (err || got == 0) {
			failure_tell(k, "it cannot be read", err ? err : IND_SHORT);
			entry_forget(r);
			job_drop(r);
			return;
		}
		hash_sha256_add(&r->hash, piece, got);
		r->at += got;
	}
	if (r->at == r->bytes) {
		(void)posix_fadvise(r->fd, 0, 0, POSIX_FADV_DONTNEED);
		job_end(k);
	}
}

/* ---- looking ---- */

/* Once an interval: a limit that cannot be kept. */
static void blocked_tell(struct keep *k, const struct retain_choice *choice, bool all_held, uint64_t now_ns)
{
	struct retainer *r = &k->retainer;
	bool blocked = choice->held || choice->unshipped || (all_held && choice->reason);
	r->held = all_held ? r->shelf.count : choice->held;
	r->unshipped = choice->unshipped;
	r->refused = choice->refused;
	if (!blocked || (r->told_ns && now_ns - r->told_ns < tell_every_ns))
		return;
	r->told_ns = now_ns;
	if (all_held)
		say_error(k->say, "%s: over a limit, and nothing is deleted: the folder is on hold (HOLD)", place_of(k));
	else
		say_error(k->say, "%s: over a limit, and kept: %zu bundles on hold, %zu not shipped", place_of(k), choice->held, choice->unshipped);
}

static void look(struct keep *k, uint64_t now_ns)
{
	struct retainer *r = &k->retainer;
	struct statvfs fs;
	bool all_held;
	r->due = false;
	r->looked_ns = now_ns;
	if (shelf_look(&r->shelf, k->place->folder_fd, &all_held) != IND_OK)
		return;
	struct retain_now now = { .time_ns = retain_clock_ns(&r->clock, clock_realtime_ns(), now_ns), .boottime_ns = now_ns, .free_bytes = UINT64_MAX };
	int64_t offset_ns;
	now.doubted = now_ns < clock_set_ns && !clock_offset_ns(&offset_ns);
	if (fstatvfs(k->place->folder_fd, &fs) == 0)
		now.free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	struct retain_choice choice = retain_choose(&r->shelf, &k->options->keep, &now);
	blocked_tell(k, &choice, all_held, now_ns);
	if (choice.reason && !all_held)
		job_begin(k, &r->shelf.list[choice.at], choice.reason);
}

void retainer_tick(struct keep *k, uint64_t now_ns)
{
	struct retainer *r = &k->retainer;
	if (!r->on || r->stuck || k->notify.phase == NOTIFY_STOPPING)
		return;
	if (r->fd < 0 && (r->due || now_ns - r->looked_ns >= look_every_ns))
		look(k, now_ns);
	if (r->fd >= 0)
		job_go(k);
}
