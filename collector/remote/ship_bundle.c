/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "cli/cli.h"
#include "cli/input.h"
#include "cli/tell.h"
#include "fleet/deposit.h"
#include "fleet/facts.h"
#include "fleet/rows.h"
#include "fleet/sealed.h"
#include "remote/ship.h"
#include <fcntl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOTE_BYTES = IND_CUSTODY_TEXT_MAX + 1 };

struct job {
	struct shipping *s;
	struct archive *archive;
	const char *path;
	struct custody custody;
	struct name name;
	struct deposit *deposit;
	char note[NOTE_BYTES];       /* of the receipt */
	bool receipted;              /* before */
	struct ship_result result;
};

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

/* ---- what went wrong ---- */

static enum ship_outcome outcome_of(const struct archive *a, enum ind_err err)
{
	switch (err) {
	case IND_OK: return SHIP_DONE;
	case IND_END: return SHIP_STOPPED;
	case IND_EXISTS: return SHIP_BROKEN;
	case IND_NOMEM: return SHIP_FAILED;
	default: return archive_again(a) ? SHIP_AGAIN : SHIP_REFUSED;
	}
}

static enum ship_outcome tell_archive(const struct job *j, enum ind_err err)
{
	enum ship_outcome outcome = outcome_of(j->archive, err);
	if (outcome != SHIP_DONE && outcome != SHIP_STOPPED)
		tell_error("%s: not shipped: %s", base_of(j->path), archive_why(j->archive));
	return outcome;
}

/* ---- what is shipped ---- */

/* What does not look right by its frames alone is verified whole, so that the verdict says what it is. Trust is the verifier's. */
static int bundle_open(struct job *j, struct custody_trust *trust)
{
	struct input in;
	struct ind_verify_result result;
	if (j->s->verify || access(j->path, F_OK) != 0)
		return custody_open(&j->custody, j->path, trust, NULL, 0);
	if (input_open(&in, j->path) != CLI_DONE)
		return CLI_DAMAGED;
	int status = -1;
	if (sealed_by_frames(&in.source, in.bytes, &result))
		status = custody_beside(&j->custody, j->path, &in.source, &result, trust, true);
	input_close(&in);
	return status >= 0 ? status : custody_open(&j->custody, j->path, trust, NULL, 0);
}

static enum ship_outcome sealed(const struct job *j)
{
	const struct ind_verify_result *r = &j->custody.result;
	if (!j->custody.has_bundle)
		return SHIP_NOT_SEALED;
	if ((r->verdict == IND_VERDICT_VALID || r->verdict == IND_VERDICT_UNTRUSTED) && j->custody.has_head)
		return SHIP_DONE;
	tell_error("%s: is %s (%s): it is not shipped, and stays where it is; 'indicia verify --explain' says more", base_of(j->path), ind_verdict_name(r->verdict), r->reason);
	return SHIP_BROKEN;
}

static enum ship_outcome place(struct job *j)
{
	struct input in;
	struct facts facts;
	if (input_open(&in, j->path) != CLI_DONE)
		return SHIP_FAILED;
	enum ind_err err = facts_read(&in.source, &facts);
	input_close(&in);
	if (err == IND_OK && name_of(&j->name, facts.sensor, facts.first_ns, j->custody.head.sha256))
		return SHIP_DONE;
	tell_error("%s: not shipped: %s", base_of(j->path), err == IND_OK ? "its sensor has no name that an archive could use" : ind_strerror(err));
	return SHIP_BROKEN;
}

static bool file_add(struct job *j, const char *path, const char *tail, const uint8_t *sha256)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct deposit_part *p = fd >= 0 && fstat(fd, &info) == 0 ? deposit_add(j->deposit, fd, (uint64_t)info.st_size, sha256) : NULL;
	if (p) {
		name_sidecar(&j->name, tail, p->key);
		return true;
	}
	tell_error("%s: %s", path, fd < 0 ? strerror(errno) : "cannot be shipped");
	if (fd >= 0)
		close(fd);
	return false;
}

static void files_close(struct job *j)
{
	for (size_t i = 0; i < j->deposit->count; i++)
		close(j->deposit->part[i].body.fd);
	j->deposit->count = 0;
}

static enum ship_outcome deposit(struct job *j)
{
	j->deposit->sent = 0;
	j->deposit->sent_bytes = 0;
	enum ind_err err = deposit_run(j->deposit, j->archive);
	j->result.sent += j->deposit->sent;
	j->result.sent_bytes += j->deposit->sent_bytes;
	files_close(j);
	enum ship_outcome outcome = tell_archive(j, err);
	return outcome == SHIP_AGAIN && j->deposit->unconfirmed ? SHIP_UNCONFIRMED : outcome;
}

/* The bundle and every custody file beside it. */
static enum ship_outcome deposit_files(struct job *j)
{
	size_t base = strlen(j->path);
	bool ok = file_add(j, j->path, "", j->custody.head.sha256);
	for (size_t i = 0; i < j->custody.name_count && ok; i++)
		ok = file_add(j, j->custody.names[i], j->custody.names[i] + base, NULL);
	if (ok)
		return deposit(j);
	files_close(j);
	return SHIP_FAILED;
}

/* ---- rows ---- */

/* An object by itself: its key is the prefix that is listed. */
static enum ship_outcome deposit_rows(struct job *j, const struct rows_files *files)
{
	enum ship_outcome outcome = SHIP_DONE;
	for (size_t i = 0; i < NAME_ROWS && outcome == SHIP_DONE; i++) {
		int fd = dup(files->fd[i]);
		struct deposit_part *p = fd >= 0 ? deposit_add(j->deposit, fd, files->bytes[i], NULL) : NULL;
		if (!p)
			return SHIP_FAILED;
		name_of_rows(&j->name, name_rows[i], p->key);
		outcome = deposit(j);
	}
	return outcome;
}

static enum ship_outcome rows(struct job *j)
{
	struct input in;
	struct rows_files files;
	if (j->s->no_rows || j->receipted)
		return SHIP_DONE;
	if (input_open(&in, j->path) != CLI_DONE)
		return SHIP_FAILED;
	enum ind_err err = rows_make(&in.source, j->s->trackable, &files);
	enum ship_outcome outcome = err == IND_OK ? deposit_rows(j, &files) : SHIP_FAILED;
	if (err != IND_OK)
		tell_error("%s: no rows could be made: %s", base_of(j->path), err == IND_IO ? strerror(errno) : ind_strerror(err));
	rows_free(&files);
	input_close(&in);
	return outcome;
}

/* ---- the receipt ---- */

/* Did this hand say before that exactly this file is in this archive? The sensor's retention asks the same. */
static bool has_receipt(const struct job *j)
{
	const struct ind_custody_entry *e;
	for (size_t i = 0; i < ind_custody_log_count(j->custody.log); i++)
		if (ind_custody_log_event(j->custody.log, i, &e) == IND_OK && e->readable && e->signature_ok && e->event.type == IND_CUSTODY_RELEASED &&
			memcmp(&e->event.actor_key, &j->s->hand, sizeof(j->s->hand)) == 0 && e->event.note.bytes == strlen(j->note) &&
			memcmp(e->event.note.at, j->note, e->event.note.bytes) == 0 && e->event.has_object_sha256 &&
			memcmp(e->event.object_sha256, j->custody.head.sha256, IND_SHA256_BYTES) == 0)
			return true;
	return false;
}

static enum ship_outcome receipt_write(struct job *j)
{
	char object[2 * IND_SHA256_BYTES + 1];
	struct custody_add add = {
		.type = IND_CUSTODY_RELEASED, .actor = j->s->actor, .place = j->s->where, .purpose = j->s->purpose, .note = j->note, .key_file = j->s->key_file,
		.object = object, .has_other_key = true, .other_key = j->s->holder,
	};
	hash_hex(j->custody.head.sha256, IND_SHA256_BYTES, object);
	pthread_mutex_lock(&j->s->lock);
	int status = custody_append(&j->custody, &add);
	pthread_mutex_unlock(&j->s->lock);
	return status == CLI_DONE ? SHIP_DONE : SHIP_FAILED;
}

/* The receipt goes where the bundle is; it is the one file of its hand beside it. */
static enum ship_outcome receipt_deposit(struct job *j)
{
	char path[CUSTODY_PATH_MAX], tail[32], hex[9];
	uint8_t id[4];
	ind_key_id(&j->s->hand, "indicia", id);
	hash_hex(id, sizeof(id), hex);
	if (custody_is_owner(&j->custody, &j->s->hand))
		snprintf(tail, sizeof(tail), ".iec");
	else
		snprintf(tail, sizeof(tail), ".%s.iec", hex);
	if (snprintf(path, sizeof(path), "%s%s", j->path, tail) >= (int)sizeof(path) || !file_add(j, path, tail, NULL))
		return SHIP_FAILED;
	return deposit(j);
}

static enum ship_outcome receipt(struct job *j)
{
	if (j->receipted)
		return SHIP_DONE;
	enum ship_outcome outcome = receipt_write(j);
	j->result.wrote = outcome == SHIP_DONE;
	return outcome == SHIP_DONE ? receipt_deposit(j) : outcome;
}

/* Where it goes, and whether this hand has said so already: then what it said is asked of the archive once more, and nothing is said again. */
static enum ship_outcome receipt_look(struct job *j)
{
	char key[NAME_MAX_BYTES];
	name_bundle(&j->name, key);
	snprintf(j->note, sizeof(j->note), "archive %s; object %s, listed there with its size and checksum", archive_name(j->archive), key);
	j->receipted = has_receipt(j);
	return SHIP_DONE;
}

struct ship_result ship_bundle(struct shipping *s, struct archive *a, struct custody_trust *trust, const char *path)
{
	struct job j = { .s = s, .archive = a, .path = path, .deposit = calloc(1, sizeof(*j.deposit)) };
	static enum ship_outcome (*const steps[])(struct job *) = { place, receipt_look, deposit_files, rows, receipt };
	if (!j.deposit)
		return (struct ship_result){ .outcome = SHIP_FAILED };
	int status = bundle_open(&j, trust);
	j.result.outcome = status == CLI_DONE ? sealed(&j) : status == CLI_FAILED ? SHIP_FAILED : SHIP_BROKEN;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && j.result.outcome == SHIP_DONE; i++)
		j.result.outcome = steps[i](&j);
	custody_close(&j.custody);
	free(j.deposit);
	return j.result;
}
