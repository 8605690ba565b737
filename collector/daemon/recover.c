/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "daemon/recover.h"

#include "bundle/recover.h"
#include "daemon/keyfile.h"
#include "daemon/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer than the longest way to say it, and never the reason of a failure itself. */
static enum ind_err __attribute__((format(printf, 3, 4))) because(struct recovery_job *job, enum ind_err err, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(job->text, sizeof job->text, format, args);
	va_end(args);
	return err;
}

struct open_file {
	const struct disk *disk;
	int fd;
	uint64_t bytes;
};

static enum ind_err read_at(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	const struct open_file *f = ctx;
	ssize_t n;
	*got = 0;
	while ((n = f->disk->read(f->disk->ctx, f->fd, bytes, count, offset)) < 0 && errno == EINTR)
		;
	*got = n < 0 ? 0 : (size_t)n;
	return n < 0 ? IND_IO : IND_OK;
}

/* Everything behind the frames that stay: its number, its digest, and itself if it is short. */
static enum ind_err torn_read(struct open_file *f, uint64_t from, struct recover_torn *torn, uint8_t *room)
{
	struct hash_sha256_state hash;
	uint8_t piece[1 << 16];
	size_t got = 1;
	*torn = (struct recover_torn){ .at = room };
	hash_sha256_start(&hash);
	while (got) {
		enum ind_err err = read_at(f, from + torn->bytes, piece, sizeof piece, &got);
		if (err)
			return err;
		if (torn->bytes + got <= RECOVER_TORN_MAX_BYTES)
			memcpy(room + torn->bytes, piece, got);
		hash_sha256_add(&hash, piece, got);
		torn->bytes += got;
	}
	hash_sha256_end(&hash, torn->sha256);
	return IND_OK;
}

/* NAME.torn, whole and durable before anything is cut off. */
static enum ind_err torn_save(struct recovery_job *job, int folder_fd, const char *name, struct open_file *from, uint64_t at, uint64_t bytes)
{
	const struct disk *d = job->disk;
	char torn[OUTFILE_NAME_MAX + OUTFILE_SUFFIX_MAX];
	uint8_t piece[1 << 16];
	size_t got = 0;
	snprintf(torn, sizeof torn, "%s.torn", name);
	int fd = d->open(d->ctx, folder_fd, torn, O_RDWR | O_CREAT | O_TRUNC, 0640);
	bool good = fd >= 0;
	for (uint64_t done = 0; good && done < bytes; done += got)
		good = read_at(from, at + done, piece, sizeof piece, &got) == IND_OK && got && d->write(d->ctx, fd, piece, got, done) == (ssize_t)got;
	good = good && d->sync(d->ctx, fd) == 0 && d->sync_folder(d->ctx, folder_fd) == 0;
	int error = errno;
	if (fd >= 0)
		d->close(d->ctx, fd);
	return good ? IND_OK : because(job, IND_IO, "%s: %s", torn, strerror(error));
}

static enum ind_err seal_and_publish(struct recovery_job *job, struct outfile *f, const struct recover *r, const struct restart *keys,
	const struct recover_torn *torn, struct ind_stream *stream)
{
	const struct ind_epoch_change change = { .key = keys->key, .boot_key = &keys->boot_key, .by_boot = keys->by_boot, .realtime_ns = job->realtime_ns };
	struct ind_seal_info info = { .realtime_ns = job->realtime_ns, .boottime_ns = job->boottime_ns };
	struct ind_verify_options trust = { .trusted = &recover_found(r)->identity, .trusted_count = 1 };
	struct ind_verify_result result;
	struct ind_source source;
	struct ind_sink sink;
	uint8_t sha256[IND_SHA256_BYTES];
	outfile_sink(f, &sink);
	enum ind_err err = recover_seal(r, &sink, &change, torn, &info, stream);
	if (err)
		return err;
	job->restarted(job->ctx);
	outfile_source(f, &source);
	err = ind_verify(&source, &trust, &result);
	if (!err && result.verdict != IND_VERDICT_VALID)
		return IND_MALFORMED;
	return err ? err : outfile_publish(f, sha256);
}

static void done_tell(struct recovery_job *job, const char *name, const struct recover_found *found, const struct recover_torn *torn)
{
	uint64_t first = found->sealed ? found->last_sealed_leaf + 1 : found->first_leaf, end = found->stream.leaves;
	int used = snprintf(job->text, sizeof job->text, "recovered %s: leaves %" PRIu64 " to %" PRIu64, name, found->first_leaf, end - 1);
	size_t at = used > 0 && used < RECOVER_TEXT_BYTES ? (size_t)used : 0;
	if (first < end)
		used = snprintf(job->text + at, sizeof job->text - at, ", of these %" PRIu64 " to %" PRIu64 " had not been sealed", first, end - 1);
	else
		used = snprintf(job->text + at, sizeof job->text - at, ", all of them sealed before");
	at += used > 0 && (size_t)used < sizeof job->text - at ? (size_t)used : 0;
	if (torn->bytes)
		snprintf(job->text + at, sizeof job->text - at, "; %" PRIu64 " torn bytes are set apart", torn->bytes);
}

/* Behind this line the file is changed. */
static enum ind_err bundle_finish(struct recovery_job *job, int folder_fd, const char *name, struct open_file *in, const struct recover *r,
	const struct restart *keys, struct ind_stream *stream)
{
	const struct recover_found *found = recover_found(r);
	struct outfile f = { .fd = -1 };
	struct recover_torn torn;
	uint8_t *room = malloc(RECOVER_TORN_MAX_BYTES);
	enum ind_err err = room ? torn_read(in, found->keep_bytes, &torn, room) : IND_NOMEM;
	if (!err && torn.bytes > RECOVER_TORN_MAX_BYTES)
		err = torn_save(job, folder_fd, name, in, found->keep_bytes, torn.bytes);
	if (!err)
		err = outfile_reopen(&f, job->disk, folder_fd, name, found->keep_bytes);
	if (!err)
		err = seal_and_publish(job, &f, r, keys, &torn, stream);
	if (err && !job->text[0])
		(void)because(job, err, "%s.open: %s", name, err == IND_IO ? strerror(errno) : err == IND_EXISTS ? "its name without .open is taken" : ind_strerror(err));
	if (!err)
		done_tell(job, name, found, &torn);
	outfile_abandon(&f);
	free(room);
	return err;
}

/* A run was cut after its final checkpoint, which may not be durable yet: only the name, or the note of it, is missing. */
static enum ind_err finished_publish(struct recovery_job *job, int folder_fd, const char *name, const struct recover *r)
{
	struct outfile f = { .fd = -1 };
	uint8_t sha256[IND_SHA256_BYTES];
	enum ind_err err = outfile_reopen(&f, job->disk, folder_fd, name, recover_found(r)->keep_bytes);
	if (!err && job->disk->sync(job->disk->ctx, f.fd) != 0)
		err = IND_IO;
	if (!err)
		err = outfile_publish(&f, sha256);
	outfile_abandon(&f);
	if (err)
		return because(job, err, "%s.open: %s", name, err == IND_EXISTS ? "its name without .open is taken" : strerror(errno));
	return because(job, IND_OK, "recovered %s: it was whole, all of it sealed before", name);
}

static enum ind_err scanned_finish(struct recovery_job *job, int folder_fd, const char *name, struct open_file *in, const struct recover *r, bool renamed,
	struct stream_state *state)
{
	const struct recover_found *found = recover_found(r);
	struct ind_stream stream;
	struct restart keys = { 0 };
	const char *why = NULL;
	if (memcmp(found->stream.id, state->stream.id, IND_STREAM_ID_BYTES) != 0 || found->first_leaf != state->open_first_leaf)
		return because(job, IND_LIMIT, "%s.open: is not the bundle that the stream file names", name);
	if (!recover_contains(r, &state->stream))
		return because(job, IND_LIMIT, "%s.open: does not hold the %" PRIu64 " leaves that were published; something took this disk back", name,
			state->stream.leaves);
	enum ind_err err;
	if (found->finished) {
		stream = found->stream;
		err = renamed ? because(job, IND_OK, "%s: was sealed before the run was interrupted", name) : finished_publish(job, folder_fd, name, r);
	} else if (renamed) {
		return because(job, IND_MALFORMED, "%s: bears its name and has no final checkpoint", name);
	} else if (job->disk->sync(job->disk->ctx, in->fd) != 0) { /* which boot key is in force depends on its last EPOCH */
		return because(job, IND_IO, "%s.open: %s", name, strerror(errno));
	} else if ((err = job->keys_of(job->ctx, &found->stream, &keys, &why)) == IND_MISSING) {
		return because(job, err, "%s.open: the key that could seal it is gone (%s); it is left as it is", name, why);
	} else if (err) {
		return because(job, err, "%s.open: no key can be made that seals it: %s", name, why ? why : ind_strerror(err));
	} else {
		err = bundle_finish(job, folder_fd, name, in, r, &keys, &stream);
	}
	restart_free(&keys);
	if (err)
		return err;
	state->stream = stream;
	state->running = false;
	state->open_path[0] = '\0';
	return IND_OK;
}

/* Nothing whole is in it, so nothing of it was ever signed: the stream is where it was. */
static enum ind_err empty_finish(struct recovery_job *job, int folder_fd, const char *open_name, const char *reason, struct stream_state *state)
{
	char aside[OUTFILE_NAME_MAX + OUTFILE_SUFFIX_MAX];
	if (state->stream.leaves != state->open_first_leaf)
		return because(job, IND_LIMIT, "%s: its first frame cannot be read (%s); it is left as it is", open_name, reason);
	snprintf(aside, sizeof aside, "%.*s.bad", (int)(strlen(open_name) - 5), open_name);
	if (job->disk->rename(job->disk->ctx, folder_fd, open_name, aside) != 0)
		return because(job, IND_IO, "%s: %s", open_name, strerror(errno));
	state->running = false;
	state->open_path[0] = '\0';
	return because(job, IND_OK, "%s holds no whole frame; it is %s now", open_name, aside);
}

static bool name_of(const char *open_name, char name[static OUTFILE_NAME_MAX + 1])
{
	size_t bytes = strlen(open_name);
	if (bytes <= 5 || bytes - 5 > OUTFILE_NAME_MAX || strcmp(open_name + bytes - 5, ".open") != 0)
		return false;
	memcpy(name, open_name, bytes - 5);
	name[bytes - 5] = '\0';
	return true;
}

enum ind_err recover_name(struct recovery_job *job, int folder_fd, const char *open_name)
{
	char name[OUTFILE_NAME_MAX + 1];
	struct open_file in = { .disk = job->disk, .fd = job->disk->open(job->disk->ctx, folder_fd, open_name, O_RDONLY, 0) };
	const struct ind_source source = { read_at, &in };
	struct recover *r = NULL;
	const char *reason;
	if (in.fd < 0)
		return because(job, IND_IO, "%s: %s", open_name, strerror(errno));
	enum ind_err err = recover_scan(&source, &r, &reason);
	if (err == IND_OK && !(recover_found(r)->finished && name_of(open_name, name)))
		err = because(job, IND_USAGE, "%s: is not finished", open_name);
	else if (err == IND_OK)
		err = finished_publish(job, folder_fd, name, r);
	recover_free(r);
	job->disk->close(job->disk->ctx, in.fd);
	return err;
}

enum ind_err recover_bundle(struct recovery_job *job, int folder_fd, const char *open_name, struct stream_state *state)
{
	char name[OUTFILE_NAME_MAX + 1];
	struct open_file in = { .disk = job->disk };
	const struct ind_source source = { read_at, &in };
	struct recover *r = NULL;
	const char *reason;
	bool renamed = false;
	if (!name_of(open_name, name))
		return because(job, IND_MISSING, "%s: its name does not end in .open", open_name);
	job->text[0] = '\0';
	in.fd = job->disk->open(job->disk->ctx, folder_fd, open_name, O_RDONLY, 0);
	if (in.fd < 0 && errno == ENOENT) {
		in.fd = job->disk->open(job->disk->ctx, folder_fd, name, O_RDONLY, 0);
		renamed = true;
	}
	if (in.fd < 0)
		return because(job, errno == ENOENT ? IND_MISSING : IND_IO, "%s: %s", open_name, strerror(errno));
	enum ind_err err = recover_scan(&source, &r, &reason);
	if (err == IND_OK)
		err = scanned_finish(job, folder_fd, name, &in, r, renamed, state);
	else if (err == IND_SHORT && !renamed)
		err = empty_finish(job, folder_fd, open_name, reason, state);
	else if (err == IND_IO || err == IND_NOMEM)
		err = because(job, err, "%s: %s", open_name, err == IND_IO ? strerror(errno) : ind_strerror(err));
	else
		err = because(job, err, "%s: not a torn end (%s); it is left as it is", open_name, reason[0] ? reason : ind_strerror(err));
	recover_free(r);
	job->disk->close(job->disk->ctx, in.fd);
	return err;
}
