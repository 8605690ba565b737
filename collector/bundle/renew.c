/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 2.2: what was not durable is said again in another file. */
#include "bundle/writer.h"

#include "bundle/small.h"
#include <string.h>

enum { TRIES_MAX = 4 };              /* files, between two durable checkpoints */

void writer_watch(struct ind_writer *w, const struct writer_disk *disk) { w->again.disk = *disk; }

uint64_t writer_dropped(const struct ind_writer *w) { return w->again.dropped; }

unsigned writer_renewals(const struct ind_writer *w) { return w->again.renewals; }

void writer_durable(const struct ind_writer *w, struct ind_stream *stream) { *stream = w->again.durable; }

static bool frames_grow(struct again *a)
{
	if (a->count < a->capacity)
		return true;
	size_t capacity = a->capacity ? 2 * a->capacity : 16;
	struct kept *frames = realloc(a->frames, capacity * sizeof *frames);
	if (!frames)
		return false;
	memset(frames + a->capacity, 0, (capacity - a->capacity) * sizeof *frames);
	a->frames = frames;
	a->capacity = capacity;
	return true;
}

/* The buffer changes hands, and the writer gets one that an older frame no longer needs. */
enum ind_err again_keep(struct ind_writer *w, enum frame_type type, size_t bytes, const struct tree_hash *records_root)
{
	struct again *a = &w->again;
	if (!frames_grow(a))
		return IND_NOMEM;
	struct kept *k = &a->frames[a->count++];
	struct buffer spare = k->frame;
	*k = (struct kept){ .frame = w->frame, .bytes = bytes, .type = type, .has_root = records_root != NULL };
	if (records_root)
		k->records_root = *records_root;
	w->frame = spare;
	return IND_OK;
}

void again_durable(struct ind_writer *w)
{
	struct again *a = &w->again;
	a->count = 0;
	a->durable = w->stream;
	a->time_bound_ns = w->time_bound_ns;
	a->totals = w->totals;
	a->said.abandoned_count = 0;
	a->head_signed = false;
	a->tries = 0;
}

void again_free(struct again *a)
{
	for (size_t i = 0; i < a->capacity; i++)
		buffer_free(&a->frames[i].frame);
	free(a->frames);
}

static void head_abandon(struct again *a)
{
	if (a->head_signed && a->said.abandoned_count < IND_ABANDONED_MAX)
		a->said.abandoned[a->said.abandoned_count++] = a->head;
	a->head_signed = false;
}

/* Rows of frames that are durable in the file that was given up stay there. */
static void totals_restart(struct ind_writer *w)
{
	struct ind_writer_totals *t = &w->totals;
	const struct ind_writer_totals *before = &w->again.totals;
	t->flows -= before->flows;
	t->signals -= before->signals;
	t->exhibits -= before->exhibits;
	t->claims -= before->claims;
	t->origins -= before->origins;
	w->again.totals = (struct ind_writer_totals){ 0 };
}

static enum ind_err append(struct ind_writer *w, struct buffer *frame, enum frame_type type, size_t bytes, const struct tree_hash *records_root)
{
	struct tree_hash leaf;
	uint8_t *payload = frame->at + FRAME_HEADER_BYTES;
	memset(payload + bytes, 0, frame_bytes(bytes) - FRAME_HEADER_BYTES - bytes);
	frame_header_put(type, w->stream.leaves, payload, bytes, w->crc_start, frame->at);
	enum ind_err err = w->sink.write(w->sink.ctx, frame->at, frame_bytes(bytes));
	if (err != IND_OK)
		return err;
	tree_frame_leaf(w->preamble, frame->at, payload, bytes, records_root, &leaf);
	tree_push(&w->stream, &leaf);
	w->totals.bytes += frame_bytes(bytes);
	w->totals.frames++;
	return IND_OK;
}

static enum ind_err recovery_append(struct ind_writer *w)
{
	struct again *a = &w->again;
	struct ind_recovery *r = &a->said;
	size_t bytes;
	r->last_sealed_leaf = a->durable.leaves ? a->durable.leaves - 1 : 0;
	r->recovered_to_leaf = w->stream.leaves + a->count;
	hash_sha256("", 0, r->torn_sha256);
	enum ind_err err = recovery_pack(r, NULL, FRAME_HEADER_BYTES, &w->frame, &bytes);
	if (err == IND_OK && !buffer_reserve(&w->frame, frame_bytes(bytes)))
		err = IND_NOMEM;
	return err == IND_OK ? append(w, &w->frame, FRAME_RECOVERY, bytes, NULL) : err;
}

/* What certifies an epoch names its leaf. */
static enum ind_err epoch_append(struct ind_writer *w)
{
	struct epoch_frame f = w->again.epoch;
	size_t bytes;
	f.epoch.leaves = w->stream.leaves;
	enum ind_err err = epoch_sign(&f.epoch, w->again.epoch_by, f.signature);
	if (err == IND_OK)
		err = epoch_pack(&f, FRAME_HEADER_BYTES, &w->frame, &bytes);
	if (err == IND_OK && !buffer_reserve(&w->frame, frame_bytes(bytes)))
		err = IND_NOMEM;
	return err == IND_OK ? append(w, &w->frame, FRAME_EPOCH, bytes, NULL) : err;
}

static enum ind_err frames_append(struct ind_writer *w)
{
	struct again *a = &w->again;
	enum ind_err err = recovery_append(w);
	for (size_t i = 0; err == IND_OK && i < a->count; i++) {
		struct kept *k = &a->frames[i];
		err = k->type == FRAME_EPOCH ? epoch_append(w) : append(w, &k->frame, k->type, k->bytes, k->has_root ? &k->records_root : NULL);
	}
	return err;
}

static bool epoch_kept(const struct again *a)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->frames[i].type == FRAME_EPOCH)
			return true;
	return false;
}

static enum ind_err say_once(struct ind_writer *w, struct ind_header *header)
{
	struct again *a = &w->again;
	struct ind_sink sink;
	const struct ind_stream last = w->stream;
	head_abandon(a);
	enum ind_err err = a->disk.renew(a->disk.ctx, &sink, header);
	if (err != IND_OK)
		return err;
	/* An epoch that is said again began before this file. */
	if (epoch_kept(a))
		header->created_ns = a->time_bound_ns;
	w->sink = sink;
	w->stream = a->durable;
	w->first_leaf = a->durable.leaves;
	w->totals.bytes = w->totals.frames = 0;
	w->time_bound_ns = header->created_ns;
	const struct writer_disk disk = a->disk;
	a->disk = (struct writer_disk){ 0 }; /* the HEADER is not kept: the next file has its own */
	err = writer_header(w, header);
	a->disk = disk;
	if (err == IND_OK)
		err = frames_append(w);
	w->stream.epoch = last.epoch;
	w->stream.key = last.key;
	w->stream.boot_key = last.boot_key;
	return err;
}

enum ind_err again_say(struct ind_writer *w)
{
	struct again *a = &w->again;
	struct ind_header *header = malloc(sizeof *header);
	enum ind_err err = header ? IND_IO : IND_NOMEM;
	totals_restart(w);
	a->renewals++;
	while (header && err == IND_IO && a->tries++ < TRIES_MAX)
		err = say_once(w, header);
	free(header);
	return err == IND_FULL || err == IND_EXISTS ? IND_IO : err;
}
