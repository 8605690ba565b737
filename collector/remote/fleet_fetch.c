/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "base/hash.h"
#include "cli/cli.h"
#include "cli/input.h"
#include "cli/tell.h"
#include "query/feed.h"
#include "remote/fleet.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, SIDECAR_MAX_BYTES = 64 << 20, SIDECARS_MAX = 256, TAIL_BYTES = 32 };

struct fetching { struct asking *f; const struct held *held; };

static bool path_of(const struct fetching *x, const char *tail, const char *end, char path[static PATH_BYTES])
{
	char hex[2 * IND_SHA256_BYTES + 1];
	hash_hex(x->held->name.sha256, sizeof(x->held->name.sha256), hex);
	return snprintf(path, PATH_BYTES, "%s/%s.ieb%s%s", x->f->folder, hex, tail, end) < PATH_BYTES;
}

/* The bytes are what the name says, or they are of no use. */
static bool digest_ok(int fd, const uint8_t sha256[static IND_SHA256_BYTES])
{
	struct hash_sha256_state s;
	uint8_t bytes[65536], digest[IND_SHA256_BYTES];
	ssize_t got;
	hash_sha256_start(&s);
	for (off_t at = 0; (got = pread(fd, bytes, sizeof(bytes), at)) > 0; at += got)
		hash_sha256_add(&s, bytes, (size_t)got);
	hash_sha256_end(&s, digest);
	return got == 0 && memcmp(digest, sha256, sizeof(digest)) == 0;
}

/* Does it hold a flow that the filter and the window select? One that cannot be read to its end is kept: it is the analyst who judges it. */
static bool selected(struct fetching *x, const char *path)
{
	struct input in;
	struct feed *feed;
	uint64_t count = 0;
	if (!x->f->filter)
		return true;
	if (input_open(&in, path) != CLI_DONE)
		return true;
	enum ind_err err = feed_new(&in.source, &(struct feed_options){ .want = IND_WANT(IND_REC_FLOW), .filter = x->f->filter }, &feed);
	if (err == IND_OK) {
		err = feed_count_rest(feed, &count);
		feed_free(feed);
	}
	input_close(&in);
	return count > 0 || err != IND_END;
}

static int fetch_object(struct fetching *x, const char *tail, uint64_t bytes, const char *part)
{
	char key[NAME_MAX_BYTES];
	name_sidecar(&x->held->name, tail, key);
	unlink(part);
	int fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd < 0)
		return tell_error("%s: %s", part, strerror(errno)), CLI_FAILED;
	enum ind_err err = archive_fetch(x->f->archive, key, fd, bytes);
	bool same = err == IND_OK && (*tail || digest_ok(fd, x->held->name.sha256));
	int status = err != IND_OK ? fleet_failed(x->f, err) : same ? CLI_DONE : CLI_NEGATIVE;
	/* One that is gone since the list was read keeps no other from being fetched. */
	if (err == IND_MISSING)
		status = CLI_NEGATIVE;
	if (err == IND_OK && !same)
		tell_error("%s: what the archive gives is not what the name says: not kept", key);
	if (status == CLI_DONE && fsync(fd) != 0)
		status = (tell_error("%s: %s", part, strerror(errno)), CLI_FAILED);
	close(fd);
	if (status != CLI_DONE)
		unlink(part);
	x->f->tally.bytes += status == CLI_DONE ? bytes : 0;
	return status;
}

/* The list is read to its end before anything else is asked: its text lies where the next answer will. */
struct sidecars { size_t count, passed_over; struct { char tail[TAIL_BYTES]; uint64_t bytes; } at[SIDECARS_MAX]; };

static enum ind_err see_sidecar(void *ctx, const struct archive_entry *entry)
{
	struct sidecars *found = ctx;
	struct name name;
	const char *tail;
	if (!name_parse(entry->key, &name, &tail) || !*tail)
		return IND_OK;
	if (found->count == SIDECARS_MAX || entry->bytes > SIDECAR_MAX_BYTES) {
		found->passed_over++;
		return IND_OK;
	}
	snprintf(found->at[found->count].tail, TAIL_BYTES, "%s", tail);
	found->at[found->count++].bytes = entry->bytes;
	return IND_OK;
}

/* Which of two files is the other one, gone on? Custody files only grow: what is here, by this reader's own hand or from another folder of the archive, is never lost to what does not. */
enum grown { GROWN_NEITHER, GROWN_FIRST, GROWN_SECOND };

static enum grown grown(const char *first, const char *second)
{
	FILE *a = fopen(first, "re"), *b = fopen(second, "re");
	int one = EOF, other = EOF;
	bool same = a && b;
	while (same && (one = getc(a), other = getc(b), one == other) && one != EOF)
		continue;
	same = same && !ferror(a) && !ferror(b);
	if (a)
		fclose(a);
	if (b)
		fclose(b);
	return !same || (one != EOF && other != EOF) ? GROWN_NEITHER : one != EOF ? GROWN_FIRST : GROWN_SECOND;
}

static int sidecar_take(const char *part, const char *path)
{
	struct stat info;
	enum grown which = lstat(path, &info) == 0 ? grown(path, part) : GROWN_SECOND;
	if (which == GROWN_SECOND)
		return rename(part, path) == 0 ? CLI_DONE : (tell_error("%s: %s", path, strerror(errno)), CLI_FAILED);
	unlink(part);
	if (which == GROWN_FIRST)
		return CLI_DONE;
	return tell_error("%s: what the archive has under this name does not go on from what is here, which stays: fetch into another folder to compare them", path), CLI_NEGATIVE;
}

static int sidecar(struct fetching *x, const char *tail, uint64_t bytes)
{
	char path[PATH_BYTES], part[PATH_BYTES];
	struct stat info;
	if (!path_of(x, tail, "", path) || !path_of(x, tail, ".part", part))
		return tell_error("%s: the path is too long", x->f->folder), CLI_USAGE;
	if (stat(path, &info) == 0 && (uint64_t)info.st_size == bytes)
		return CLI_DONE;
	int status = fetch_object(x, tail, bytes, part);
	return status == CLI_DONE ? sidecar_take(part, path) : status;
}

static int sidecars(struct fetching *x)
{
	char key[NAME_MAX_BYTES];
	struct sidecars found = { 0 };
	name_bundle(&x->held->name, key);
	enum ind_err err = archive_list(x->f->archive, key, false, see_sidecar, &found);
	int status = err == IND_OK ? CLI_DONE : fleet_failed(x->f, err);
	for (size_t i = 0; i < found.count && status < CLI_MISSING; i++) {
		int one = sidecar(x, found.at[i].tail, found.at[i].bytes);
		status = one > status ? one : status;
	}
	if (found.passed_over) {
		tell_error("%s: has more than %d custody files, or one of more than %d bytes: %zu were not fetched", key, SIDECARS_MAX, SIDECAR_MAX_BYTES, found.passed_over);
		status = status > CLI_NEGATIVE ? status : CLI_NEGATIVE;
	}
	return status;
}

/* Whoever may write into one folder could else put custody files of his own beside a bundle of another sensor. */
static bool is_elsewhere(const struct held *h) { return !h->ends && h->wrong && strcmp(h->wrong, "another_sensor") == 0; }

/* What is there already is asked like what comes, and stays whatever it is. */
static int held_already(const struct fetching *x, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return tell_error("%s: %s", path, strerror(errno)), CLI_FAILED;
	bool same = digest_ok(fd, x->held->name.sha256);
	close(fd);
	return same ? CLI_DONE : (tell_error("%s: is not what its name says: move it away, and it is fetched again", path), CLI_NEGATIVE);
}

static int fetch_one(struct fetching *x)
{
	char path[PATH_BYTES], part[PATH_BYTES];
	struct stat info;
	if (is_elsewhere(x->held)) {
		name_bundle(&x->held->name, path);
		return tell_error("%s: is a bundle of another sensor than the folder's: not fetched; see 'indicia fleet verify --sensor %s'", path, x->held->name.sensor), CLI_NEGATIVE;
	}
	if (!path_of(x, "", "", path) || !path_of(x, "", ".part", part))
		return tell_error("%s: the path is too long", x->f->folder), CLI_USAGE;
	bool there = stat(path, &info) == 0;
	int status = there ? held_already(x, path) : fetch_object(x, "", x->held->bytes, part);
	if (status != CLI_DONE)
		return status;
	if (!selected(x, there ? path : part))
		return there ? CLI_DONE : (unlink(part), CLI_DONE);
	if (!there && rename(part, path) != 0)
		return tell_error("%s: %s", path, strerror(errno)), CLI_FAILED;
	x->f->tally.fetched++;
	puts(path);
	return sidecars(x);
}

int fleet_fetch(struct asking *f)
{
	struct fetching x = { .f = f };
	int status = CLI_DONE;
	if (mkdir(f->folder, 0750) != 0 && errno != EEXIST)
		return tell_error("%s: %s", f->folder, strerror(errno)), CLI_FAILED;
	for (size_t i = 0; i < f->held.count && status < CLI_MISSING; i++) {
		x.held = &f->held.at[i];
		tell_progress("fleet fetch: %s, bundle %zu of %zu", x.held->name.sensor, i + 1, f->held.count);
		int one = fetch_one(&x);
		status = one > status ? one : status;
		f->tally.bundles++;
	}
	tell_progress_end();
	return status;
}

int fleet_fetch_end(struct asking *f)
{
	tell_note("%zu bundles hold what was asked for, of %zu that may; %llu bytes were fetched", f->tally.fetched, f->tally.bundles, (unsigned long long)f->tally.bytes);
	return CLI_DONE;
}
