/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/shelf.h"

#include "base/hash.h"
#include "bundle/frame.h"
#include "bundle/small.h"
#include "daemon/fdread.h"
#include "indicia/custody.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIDE_BYTES_MAX = 1 << 20, SIDES_MAX = 16, KEY_ID_DIGITS = 8 };

/* ---- names ---- */

bool shelf_is_own(const char *sensor, const char *name, const char *ending)
{
	static const char form[] = "00000000T000000Z";
	size_t stem = strlen(sensor), bytes = strlen(name), end = strlen(ending);
	if (bytes < stem + 1 + sizeof form - 1 + end || strncmp(name, sensor, stem) != 0 || name[stem] != '-')
		return false;
	const char *at = name + stem + 1;
	for (size_t i = 0; i < sizeof form - 1; i++)
		if (form[i] == '0' ? at[i] < '0' || at[i] > '9' : at[i] != form[i])
			return false;
	at += sizeof form - 1;
	return strcmp(name + bytes - end, ending) == 0 && strspn(at, "-0123456789") == (size_t)(name + bytes - end - at);
}

/* BUNDLE.0123abcd.iec of another party, or BUNDLE.iec of the owner: how long BUNDLE is; 0: not of this form. `digits`: those of the party, NULL for the owner. */
static size_t side_of(const char *name, const char **digits)
{
	static const char end[] = ".iec";
	size_t bytes = strlen(name), tail = sizeof end - 1, party = 1 + KEY_ID_DIGITS + tail;
	*digits = NULL;
	if (bytes <= tail || strcmp(name + bytes - tail, end) != 0)
		return 0;
	if (bytes <= party || name[bytes - party] != '.' || strspn(name + bytes - party + 1, "0123456789abcdef") != KEY_ID_DIGITS)
		return bytes - tail;
	*digits = name + bytes - party + 1;
	return bytes - party;
}

/* ---- one bundle ---- */

static bool is_key_of(const struct ind_key_public *key, const struct ind_key_public *keys, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (memcmp(key, &keys[i], sizeof *key) == 0)
			return true;
	return false;
}

static bool header_fits(const struct ind_header *h, const char *sensor, const struct ind_key_public *keys, size_t key_count)
{
	return h->sensor.bytes == strlen(sensor) && memcmp(h->sensor.at, sensor, h->sensor.bytes) == 0 && is_key_of(&h->identity, keys, key_count);
}

/* Of a bundle the first bytes alone: what says when it began stands there. */
enum { BEGIN_BYTES_MAX = 16 << 20 };

static enum ind_err begin_read_at(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	if (offset >= BEGIN_BYTES_MAX)
		return *got = 0, IND_OK;
	return fdread_at(ctx, offset, bytes, count, got);
}

/* The first CLOCK, or a seal if that comes before: boottime when it was begun. */
static bool begun_at(struct ind_reader *reader, uint64_t *boottime_ns)
{
	const struct ind_record *record;
	if (ind_reader_next(reader, &record) != IND_OK)
		return false;
	*boottime_ns = record->kind == IND_REC_CLOCK ? record->clock.boottime_ns : record->seal.boottime_ns;
	return true;
}

static enum ind_err header_take(struct ind_reader *reader, int fd, const char *sensor, const struct ind_key_public *keys, size_t key_count, struct retain_bundle *b)
{
	const struct ind_record *record;
	struct ind_seal_info seal;
	uint64_t begun_ns;
	enum ind_err err = ind_reader_next(reader, &record);
	if (err || record->kind != IND_REC_HEADER || !header_fits(&record->header, sensor, keys, key_count))
		return err == IND_NOMEM ? err : IND_MALFORMED;
	memcpy(b->stream_id, record->header.stream_id, sizeof b->stream_id);
	b->first_leaf = record->header.first_leaf;
	b->created_ns = record->header.created_ns;
	b->retain_until_s = record->header.retain_until_s;
	memcpy(b->boot_id, record->header.boot_id, sizeof b->boot_id);
	if (begun_at(reader, &begun_ns) && shelf_seal(fd, b->bytes, &seal) == IND_OK) {
		b->begun_boot_ns = begun_ns;
		b->sealed_ns = seal.realtime_ns;
		b->sealed_boot_ns = seal.boottime_ns;
		b->recovered = seal.reason == IND_SEAL_RECOVERY;
	}
	return IND_OK;
}

enum ind_err shelf_bundle(int folder_fd, const char *name, const char *sensor, const struct ind_key_public *keys, size_t key_count,
	struct retain_bundle *b)
{
	struct ind_reader *reader = NULL;
	struct stat info;
	*b = (struct retain_bundle){ .there = true };
	if (strlen(name) > RETAIN_NAME_MAX)
		return IND_MALFORMED;
	memcpy(b->name, name, strlen(name) + 1);
	int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
		if (fd >= 0)
			close(fd);
		return IND_MALFORMED;
	}
	b->bytes = (uint64_t)info.st_size;
	struct ind_source source = { begin_read_at, &fd };
	enum ind_err err = ind_reader_new(&source, IND_WANT(IND_REC_HEADER) | IND_WANT(IND_REC_CLOCK) | IND_WANT(IND_REC_SEAL), &reader);
	if (!err)
		err = header_take(reader, fd, sensor, keys, key_count, b);
	else if (err != IND_NOMEM)
		err = IND_MALFORMED;
	ind_reader_free(reader);
	close(fd);
	return err;
}

/* ---- the end of a bundle ---- */

/* SEALINFO and CHECKPOINT are the last frames; their whole size is not known, but how large they can be. */
enum { SEAL_BYTES_MAX = 4096, TAIL_BYTES = 2 * FRAME_HEADER_BYTES + SEAL_BYTES_MAX + IND_CHECKPOINT_MAX + 2 * FRAME_ALIGN_BYTES };

struct tail {
	uint8_t at[TAIL_BYTES];
	size_t bytes;
	uint32_t crc_start;
};

static enum ind_err tail_read(int fd, uint64_t bytes, struct tail *t)
{
	uint8_t preamble[PREAMBLE_BYTES];
	size_t got;
	enum ind_err err = fdread_at(&fd, 0, preamble, sizeof preamble, &got);
	if (err || got != sizeof preamble)
		return err ? err : IND_MALFORMED;
	t->crc_start = frame_crc_start(preamble);
	t->bytes = bytes < sizeof t->at ? (size_t)bytes & ~(size_t)(FRAME_ALIGN_BYTES - 1) : sizeof t->at / FRAME_ALIGN_BYTES * FRAME_ALIGN_BYTES;
	err = fdread_at(&fd, bytes - t->bytes, t->at, t->bytes, &got);
	return err ? err : got == t->bytes ? IND_OK : IND_MALFORMED;
}

/* The frame of that type that ends at `end`; 0: none does. A frame stands behind a preamble, so never at 0 itself. */
static size_t frame_before(const struct tail *t, size_t end, enum frame_type type, struct frame_header *h)
{
	for (size_t at = FRAME_ALIGN_BYTES; at + FRAME_HEADER_BYTES < end; at += FRAME_ALIGN_BYTES)
		if (frame_header_get(t->at + at, t->crc_start, h) && h->magic_ok && h->type == type && frame_bytes(h->stored_bytes) == end - at)
			return at;
	return 0;
}

enum ind_err shelf_head(int fd, uint64_t bytes, struct ind_kept_head *head)
{
	struct tail t;
	struct frame_header h;
	enum ind_err err = tail_read(fd, bytes, &t);
	size_t at = err ? 0 : frame_before(&t, t.bytes, FRAME_CHECKPOINT, &h);
	if (!at)
		return err ? err : IND_MALFORMED;
	return ind_head_from_note((const char *)t.at + at + FRAME_HEADER_BYTES, h.stored_bytes, head);
}

enum ind_err shelf_seal(int fd, uint64_t bytes, struct ind_seal_info *info)
{
	struct tail t;
	struct frame_header h;
	struct seal seal;
	enum ind_err err = tail_read(fd, bytes, &t);
	size_t at = err ? 0 : frame_before(&t, t.bytes, FRAME_CHECKPOINT, &h);
	at = at ? frame_before(&t, at, FRAME_SEALINFO, &h) : 0;
	if (!at)
		return err ? err : IND_MALFORMED;
	err = seal_unpack(t.at + at + FRAME_HEADER_BYTES, h.stored_bytes, &seal);
	*info = seal.info;
	return err;
}

/* ---- the folder ---- */

enum ind_err shelf_read(struct retain_shelf *shelf, int folder_fd, const char *sensor, const struct ind_key_public *keys, size_t key_count, bool *more)
{
	enum ind_err err = IND_OK;
	const struct dirent *entry;
	DIR *folder = fdread_folder(folder_fd);
	*more = false;
	if (!folder)
		return IND_IO;
	while (!err && !*more && (entry = readdir(folder))) {
		struct retain_bundle b;
		if (!shelf_is_own(sensor, entry->d_name, ".ieb"))
			continue;
		err = shelf_bundle(folder_fd, entry->d_name, sensor, keys, key_count, &b);
		if (!err)
			err = retain_add(shelf, &b);
		*more = err == IND_LIMIT;
		if (err == IND_MALFORMED || err == IND_LIMIT)
			err = IND_OK;
	}
	closedir(folder);
	return err;
}

static int by_name(const void *a, const void *b)
{
	const struct retain_bundle *const *x = a, *const *y = b;
	return strcmp((*x)->name, (*y)->name);
}

/* Of the first `bytes` bytes of a name, without a copy of it. */
static struct retain_bundle *find(struct retain_bundle *const *index, size_t count, const char *name, size_t bytes)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strncmp(name, index[middle]->name, bytes);
		order = order ? order : index[middle]->name[bytes] ? -1 : 0;
		if (order == 0)
			return index[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static void entry_take(struct retain_bundle *const *index, size_t count, const char *name)
{
	static const char hold[] = ".hold";
	const char *digits;
	struct retain_bundle *b;
	size_t bytes = strlen(name), side = side_of(name, &digits);
	bool is_hold = bytes > sizeof hold && strcmp(name + bytes - (sizeof hold - 1), hold) == 0;
	if ((b = find(index, count, name, bytes)))
		b->there = true;
	else if (is_hold && (b = find(index, count, name, bytes - (sizeof hold - 1))))
		b->held = true;
	else if (side && (b = find(index, count, name, side)))
		b->sides++;
}

enum ind_err shelf_look(struct retain_shelf *shelf, int folder_fd, bool *all_held)
{
	struct retain_bundle **index = malloc((shelf->count + 1) * sizeof *index);
	const struct dirent *entry;
	DIR *folder = index ? fdread_folder(folder_fd) : NULL;
	*all_held = false;
	if (!folder) {
		enum ind_err err = index ? IND_IO : IND_NOMEM;
		free(index);
		return err;
	}
	for (size_t i = 0; i < shelf->count; i++) {
		index[i] = &shelf->list[i];
		index[i]->there = index[i]->held = false;
		index[i]->sides = 0;
	}
	qsort(index, shelf->count, sizeof *index, by_name);
	while ((entry = readdir(folder))) {
		*all_held |= strcmp(entry->d_name, "HOLD") == 0;
		entry_take(index, shelf->count, entry->d_name);
	}
	closedir(folder);
	free(index);
	retain_drop_gone(shelf);
	return IND_OK;
}

/* ---- custody files of other parties ---- */

/* `sha256` NULL: of whatever bundle the event speaks of. */
static bool is_release_of(const struct ind_custody_entry *e, const uint8_t *sha256)
{
	const uint32_t faults = 1u << IND_CUSTODY_CODE_FORM | 1u << IND_CUSTODY_CODE_SIGNATURE | 1u << IND_CUSTODY_CODE_HAND | 1u << IND_CUSTODY_CODE_REVOKED |
		1u << IND_CUSTODY_CODE_KEY_UNKNOWN;
	const uint8_t *bundle = e->event.bundle.sha256;
	return e->readable && e->signature_ok && e->key_trusted && !(e->codes & faults) && e->event.type == IND_CUSTODY_RELEASED && e->event.has_object_sha256 &&
		memcmp(e->event.object_sha256, bundle, IND_SHA256_BYTES) == 0 && (!sha256 || memcmp(sha256, bundle, IND_SHA256_BYTES) == 0);
}

static bool releases(struct ind_custody_log *log, const uint8_t *sha256, const struct shelf_keys *keys)
{
	const struct ind_custody_known known = { .trusted = keys->list, .trusted_count = keys->count };
	const struct ind_custody_entry *e;
	bool found = false;
	if (ind_custody_log_check(log, &known) != IND_OK)
		return false;
	for (size_t i = 0; i < ind_custody_log_count(log) && !found; i++)
		found = ind_custody_log_event(log, i, &e) == IND_OK && is_release_of(e, sha256);
	return found;
}

/* The digits are those that side_of has seen. */
static void id_parse(const char *digits, uint8_t id[static KEY_ID_DIGITS / 2])
{
	for (size_t i = 0; i < KEY_ID_DIGITS / 2; i++) {
		const char pair[3] = { digits[2 * i], digits[2 * i + 1], '\0' };
		id[i] = (uint8_t)strtoul(pair, NULL, 16);
	}
}

static bool side_releases(int folder_fd, const char *name, const char *digits, const uint8_t *sha256, const struct shelf_keys *keys)
{
	struct ind_custody_log *log = NULL;
	struct stat info;
	uint8_t id[KEY_ID_DIGITS / 2];
	bool found = false;
	int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return false;
	struct ind_source source = { fdread_at, &fd };
	if (digits)
		id_parse(digits, id);
	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= SIDE_BYTES_MAX && ind_custody_log_new(&log) == IND_OK)
		found = ind_custody_log_read(log, name, digits ? IND_CUSTODY_PARTY : IND_CUSTODY_OWNER, digits ? id : NULL, &source) == IND_OK && releases(log, sha256, keys);
	ind_custody_log_free(log);
	close(fd);
	return found;
}

bool shelf_shipped(int folder_fd, const char *name, const uint8_t *sha256, const struct shelf_keys *keys, char who[static SHELF_WHO_BYTES])
{
	const struct dirent *entry;
	DIR *folder = fdread_folder(folder_fd);
	size_t bytes = strlen(name);
	bool found = false;
	for (unsigned looked = 0; folder && !found && looked < SIDES_MAX && (entry = readdir(folder));) {
		const char *digits;
		if (side_of(entry->d_name, &digits) != bytes || memcmp(entry->d_name, name, bytes) != 0)
			continue;
		looked++;
		found = side_releases(folder_fd, entry->d_name, digits, sha256, keys);
		if (found)
			snprintf(who, SHELF_WHO_BYTES, "%.*s", KEY_ID_DIGITS, digits ? digits : "owner");
	}
	if (folder)
		closedir(folder);
	return found;
}
