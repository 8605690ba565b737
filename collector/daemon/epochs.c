/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a stream in the course of time (docs/bundle-format.md section 6.1). A deterministic run and a savefile have one epoch and no boot
 * key. */
#define _GNU_SOURCE
#include "daemon/inside.h"

#include "base/cursor.h"
#include "base/hash.h"
#include "daemon/clock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Preamble and frame header: the stream id, and the number of the first leaf. */
enum { HEAD_BYTES = 64, STREAM_AT = 8, LEAF_AT = 40 };

static bool has_epochs(const struct keep *k) { return k->options->interface && !k->deterministic; }

static bool begins_behind(int folder_fd, const char *name, const struct ind_stream *stream)
{
	uint8_t head[HEAD_BYTES];
	int fd = openat(folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	ssize_t n = fd >= 0 ? pread(fd, head, sizeof head, 0) : -1;
	if (fd >= 0)
		close(fd);
	if (n != sizeof head || memcmp(head + STREAM_AT, stream->id, IND_STREAM_ID_BYTES) != 0)
		return false;
	struct cursor c = cursor_of(head + LEAF_AT, 8);
	return cursor_le64(&c) >= stream->leaves;
}

static bool is_bundle(const char *name)
{
	size_t bytes = strlen(name);
	return (bytes > 4 && strcmp(name + bytes - 4, ".ieb") == 0) || (bytes > 9 && strcmp(name + bytes - 9, ".ieb.open") == 0);
}

/* Does a bundle lie here that begins where this stream would go on? Then its state was taken back (a snapshot, a backup). */
static bool branch_exists(const struct keep *k)
{
	int fd = openat(k->place->folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	bool found = false;
	if (!folder) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	for (const struct dirent *entry; !found && (entry = readdir(folder));)
		found = is_bundle(entry->d_name) && begins_behind(k->place->folder_fd, entry->d_name, &k->stream);
	closedir(folder);
	return found;
}

static int failure(struct keep *k)
{
	say_error(k->say, "%s: %s", k->boot.path, strerror(errno));
	return 4;
}

/* The first boot key of a stream. */
static enum ind_err boot_key_first(struct keep *k)
{
	struct ind_key *boot;
	enum ind_err err = ind_key_new(&boot);
	if (err)
		return err;
	ind_key_public(boot, &k->stream.boot_key);
	struct ind_stream begun = k->stream;
	ind_key_public(k->epoch_key, &begun.key);
	err = bootkey_prepare(&k->boot, &begun, boot);
	ind_key_free(boot);
	return err ? err : bootkey_commit(&k->boot);
}

/* A stream that nothing came before: its HEADER names the boot key. */
static int stream_anew(struct keep *k)
{
	k->stream = (struct ind_stream){ 0 };
	if (hash_random(k->stream.id, sizeof k->stream.id) != IND_OK) {
		say_error(k->say, "no random numbers for a new stream");
		return 5;
	}
	return !k->deterministic && boot_key_first(k) ? failure(k) : 0;
}

int epochs_begin(struct keep *k)
{
	const char *why = NULL;
	k->epoch_begun_ns = clock_boottime_ns();
	if (k->stream.leaves == 0 || k->deterministic)
		return stream_anew(k);
	enum ind_err err = bootkey_take(&k->boot, &k->stream, &k->by_boot, &why);
	if (!err && branch_exists(k)) {
		ind_key_free(k->by_boot);
		k->by_boot = NULL;
		why = "a bundle is here that begins where it would go on: its state was taken back";
		err = IND_MISSING;
	}
	if (!err)
		return 0;
	if (err != IND_MISSING) {
		/* A new stream would overwrite a key that is good. */
		say_error(k->say, "%s: %s", k->boot.path, why ? why : ind_strerror(err));
		return 5;
	}
	say_now(k->say, "sensor %s begins a new stream: %s", k->sensor, why);
	return stream_anew(k);
}

/* What replaces them has sealed. */
static void spent_erase(struct keep *k)
{
	ind_key_free(k->spent_key);
	ind_key_free(k->spent_boot);
	k->spent_key = k->spent_boot = NULL;
	/* The prepared one is found where it is, too. */
	if (bootkey_commit(&k->boot) != IND_OK)
		say_error(k->say, "%s: %s: the boot key before is still there; it works no more", k->boot.path, strerror(errno));
}

/* `key` is taken over with IND_OK. The keys before are kept until a seal is durable: a disk that fails before that needs them once more. */
static enum ind_err epoch_change(struct keep *k, struct ind_key *key, const struct ind_key_public *boot_key)
{
	struct ind_epoch_change change = { .key = key, .boot_key = boot_key, .by_boot = k->by_boot, .realtime_ns = keep_realtime_ns(k) };
	enum ind_err err = ind_writer_epoch(k->writer, &change);
	if (err)
		return err;
	k->spent_key = k->epoch_key != key ? k->epoch_key : NULL;
	k->spent_boot = k->by_boot;
	k->epoch_key = key;
	k->by_boot = NULL;
	if (bundle_seal(k) == IND_OK)
		spent_erase(k);
	return IND_OK;
}

enum ind_err epochs_restart(struct keep *k)
{
	struct ind_key_public boot_key;
	struct ind_stream at;
	if (!k->by_boot)
		return IND_OK;
	ind_writer_stream(k->writer, &at);
	enum ind_err err = bootkey_next(&k->boot, &at, k->epoch_key, &boot_key);
	if (err)
		say_error(k->say, "%s: %s", k->boot.next, strerror(errno));
	return err ? err : epoch_change(k, k->epoch_key, &boot_key);
}

enum ind_err epochs_if_due(struct keep *k)
{
	struct ind_key *key = NULL;
	struct ind_key_public boot_key;
	struct ind_stream at;
	uint64_t now_ns = clock_boottime_ns();
	if (k->spent_key || k->spent_boot)
		spent_erase(k);
	if (!has_epochs(k) || now_ns - k->epoch_begun_ns < k->options->epoch_s * UINT64_C(1000000000))
		return IND_OK;
	k->epoch_begun_ns = now_ns;
	ind_writer_stream(k->writer, &at);
	enum ind_err err = ind_key_new(&key);
	if (!err)
		err = bootkey_next(&k->boot, &at, key, &boot_key);
	if (err) {
		/* Recording is worth more than a change of keys. */
		say_error(k->say, "%s: %s: the key that signs is not changed", k->boot.next, err == IND_IO ? strerror(errno) : ind_strerror(err));
		ind_key_free(key);
		return IND_OK;
	}
	err = epoch_change(k, key, &boot_key);
	if (err)
		ind_key_free(key);
	return err;
}
