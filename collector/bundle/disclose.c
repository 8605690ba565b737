/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 10: a bundle is verified, read for its leaves and the choice, and read once more for the chosen rows. */
#include "bundle/bytes.h"
#include "bundle/commit.h"
#include "bundle/data.h"
#include "bundle/header.h"
#include "bundle/message.h"
#include "bundle/opened.h"
#include "bundle/proof.h"
#include "bundle/row_record.h"
#include "bundle/tree_path.h"
#include "bundle/walk.h"
#include <string.h>

struct chosen { uint64_t leaf; uint32_t row, opened; };

struct chosen_frame {
	uint64_t seq;
	uint8_t header[FRAME_HEADER_BYTES];
	uint8_t digest[HASH_SHA256_BYTES];
	struct tree_hash records_root;
	uint32_t rows;
	uint8_t kind;
};

/* A small frame that goes into the proof whole. */
struct kept_frame { uint64_t seq; uint8_t header[FRAME_HEADER_BYTES]; size_t at, bytes; };

struct discloser {
	const struct ind_disclose_options *options;
	const struct ind_sink *sink;
	struct walk walk;
	struct data_decoder decoder;
	struct committer committer;
	struct commitment kept;
	struct buffer signals;
	struct header_image image;
	struct ind_stream before;    /* the bundle: its stream and what is before it */
	uint64_t size;               /* leaves under the checkpoint */
	struct buffer leaves;        /* struct tree_hash of each frame under it */
	size_t leaf_count;
	struct buffer chosen, frames;
	size_t chosen_count, frame_count;
	struct buffer payloads;      /* of HEADER, EPOCHs, SEALINFO, CHECKPOINT */
	size_t payload_bytes;
	struct kept_frame header, seal, checkpoint;
	struct buffer epochs;        /* struct kept_frame */
	size_t epoch_count;
	struct tree_levels tree, rows;
	struct buffer out;
	struct ind_record record;
	struct ind_disclose_made *made;
};

static void *item_add(struct buffer *b, size_t *count, size_t item_bytes)
{
	if (!buffer_reserve(b, (*count + 1) * item_bytes))
		return NULL;
	return b->at + (*count)++ * item_bytes;
}

static enum ind_err keep_payload(struct discloser *d, const struct frame *f, struct kept_frame *kept)
{
	if (!buffer_reserve(&d->payloads, d->payload_bytes + f->bytes))
		return IND_NOMEM;
	*kept = (struct kept_frame){ .seq = f->seq, .at = d->payload_bytes, .bytes = f->bytes };
	memcpy(kept->header, f->header, FRAME_HEADER_BYTES);
	put_bytes(d->payloads.at + d->payload_bytes, f->payload, f->bytes);
	d->payload_bytes += f->bytes;
	return IND_OK;
}

static enum ind_err header_take(struct discloser *d, const struct frame *f)
{
	const char *reason;
	enum ind_err err = header_unpack(f->payload, f->bytes, d->walk.preamble + 8, &d->image, &reason);
	if (err != IND_OK)
		return err;
	d->before = d->image.stream;
	d->walk.next_seq = d->before.leaves + 1;
	memcpy(d->record.id.stream_id, d->before.id, IND_STREAM_ID_BYTES);
	return keep_payload(d, f, &d->header);
}

static enum ind_err choose(struct discloser *d, uint64_t seq, bool *any)
{
	uint32_t opened = 0;
	d->record.id.leaf = seq;
	if (!d->options->choose(d->options->ctx, &d->record, &opened))
		return IND_OK;
	struct chosen *c = item_add(&d->chosen, &d->chosen_count, sizeof *c);
	if (!c)
		return IND_NOMEM;
	*c = (struct chosen){ seq, d->record.id.row, opened };
	*any = true;
	return IND_OK;
}

static void commit_record(struct discloser *d, size_t signal_at)
{
	struct ind_record *r = &d->record;
	const struct batch *b = &d->decoder.batch;
	switch (r->kind) {
	case IND_REC_FLOW:
		commit_flow(&d->committer, &r->flow.flow, r->flow.signals, r->flow.signal_count ? b->column[SIGNAL_BITS].numbers + signal_at : NULL,
			r->flow.signal_count);
		break;
	case IND_REC_EXHIBIT:
		commit_exhibit(&d->committer, &r->exhibit);
		break;
	case IND_REC_CLAIM:
		commit_claim(&d->committer, &r->claim);
		break;
	case IND_REC_ORIGIN:
		commit_origin(&d->committer, &r->origin);
		break;
	default:
		break;
	}
}

/* The next row of the batch, committed. */
static enum ind_err row_take(struct discloser *d, struct row_cursor *at)
{
	size_t signal_at = at->signal_at;
	enum ind_err err = record_of_row(&d->decoder.batch, at, d->image.header.data_set_count, &d->signals, &d->record);
	if (err == IND_OK)
		commit_record(d, signal_at);
	return err;
}

static enum ind_err batch_open(struct discloser *d, const struct frame *f)
{
	enum ind_err err = data_open(&d->decoder, f->payload, f->bytes);
	if (err == IND_OK)
		err = data_columns(&d->decoder);
	if (err == IND_OK)
		committer_start(&d->committer, d->decoder.batch.salt_key);
	return err;
}

static enum ind_err data_take(struct discloser *d, const struct frame *f, struct tree_hash *records_root)
{
	struct row_cursor at = { 0 };
	bool any = false;
	const struct batch *b = &d->decoder.batch;
	enum ind_err err = batch_open(d, f);
	while (err == IND_OK && at.row < b->rows) {
		err = row_take(d, &at);
		if (err == IND_OK)
			err = choose(d, f->seq, &any);
	}
	if (err == IND_OK)
		err = committer_root(&d->committer, records_root);
	if (err != IND_OK || !any)
		return err;
	struct chosen_frame *c = item_add(&d->frames, &d->frame_count, sizeof *c);
	if (!c)
		return IND_NOMEM;
	*c = (struct chosen_frame){ .seq = f->seq, .records_root = *records_root, .rows = (uint32_t)b->rows, .kind = (uint8_t)b->spec->kind };
	memcpy(c->header, f->header, FRAME_HEADER_BYTES);
	hash_sha256(f->payload, f->bytes, c->digest);
	return d->frame_count <= PROOF_FRAMES_MAX ? IND_OK : IND_LIMIT;
}

static enum ind_err epoch_take(struct discloser *d, const struct frame *f)
{
	struct kept_frame *kept = item_add(&d->epochs, &d->epoch_count, sizeof *kept);
	return kept ? keep_payload(d, f, kept) : IND_NOMEM;
}

static enum ind_err frame_take(struct discloser *d, const struct frame *f)
{
	struct tree_hash records_root;
	enum ind_err err = IND_OK;
	if (f->type == FRAME_HEADER)
		err = header_take(d, f);
	else if (f->type == FRAME_EPOCH)
		err = epoch_take(d, f);
	else if (f->type == FRAME_DATA)
		err = data_take(d, f, &records_root);
	else if (f->type == FRAME_SEALINFO && f->seq + 1 == d->size)
		err = keep_payload(d, f, &d->seal);
	struct tree_hash *leaf = err == IND_OK ? item_add(&d->leaves, &d->leaf_count, sizeof *leaf) : NULL;
	if (!leaf)
		return err == IND_OK ? IND_NOMEM : err;
	tree_frame_leaf(d->walk.preamble, f->header, f->payload, f->bytes, f->type == FRAME_DATA ? &records_root : NULL, leaf);
	return IND_OK;
}

/* Everything under the checkpoint, and the checkpoint. */
static enum ind_err first_reading(struct discloser *d, const struct ind_source *bundle)
{
	struct frame f;
	enum ind_err err = walk_open(&d->walk, bundle);
	while (err == IND_OK) {
		err = walk_next(&d->walk, &f);
		if (err == IND_OK && f.seq == d->size)
			return f.type == FRAME_CHECKPOINT ? keep_payload(d, &f, &d->checkpoint) : IND_MALFORMED;
		if (err == IND_OK)
			err = frame_take(d, &f);
	}
	return err == IND_END ? IND_SHORT : err;
}

static enum ind_err write(struct discloser *d, const void *bytes, size_t count)
{
	d->made->bytes += count;
	return d->sink->write(d->sink->ctx, bytes, count);
}

static enum ind_err field_write(struct discloser *d, enum proof_field field, const void *at, size_t bytes)
{
	uint8_t tag[PROOF_TAG_MAX_BYTES];
	if (bytes > PROOF_FIELD_MAX_BYTES)
		return IND_LIMIT;
	enum ind_err err = write(d, tag, proof_tag_put(field, bytes, tag));
	return err == IND_OK ? write(d, at, bytes) : err;
}

static enum ind_err message_write(struct discloser *d, enum proof_field field, const ProtobufCMessage *message)
{
	size_t bytes;
	enum ind_err err = message_pack(message, 0, &d->out, &bytes);
	return err == IND_OK ? field_write(d, field, d->out.at, bytes) : err;
}

static ProtobufCBinaryData bytes_of(const void *at, size_t bytes) { return (ProtobufCBinaryData){ bytes, (uint8_t *)(uintptr_t)at }; }

static enum ind_err kept_write(struct discloser *d, enum proof_field field, const struct kept_frame *kept)
{
	struct tree_hash path[TREE_PATH_MAX];
	Indicia__V1__SealedFrame m = INDICIA__V1__SEALED_FRAME__INIT;
	m.header = bytes_of(kept->header, FRAME_HEADER_BYTES);
	m.payload = bytes_of(d->payloads.at + kept->at, kept->bytes);
	m.path = bytes_of(path, tree_path_of(&d->tree, kept->seq, path) * sizeof path[0]);
	return message_write(d, field, &m.base);
}

static enum ind_err frame_write(struct discloser *d, const struct chosen_frame *c)
{
	struct tree_hash path[TREE_PATH_MAX];
	Indicia__V1__DisclosedFrame m = INDICIA__V1__DISCLOSED_FRAME__INIT;
	m.header = bytes_of(c->header, FRAME_HEADER_BYTES);
	m.payload_sha256 = bytes_of(c->digest, HASH_SHA256_BYTES);
	m.records_root = bytes_of(c->records_root.bytes, HASH_SHA256_BYTES);
	m.kind = (Indicia__V1__Kind)c->kind;
	m.rows = c->rows;
	m.path = bytes_of(path, tree_path_of(&d->tree, c->seq, path) * sizeof path[0]);
	return message_write(d, PROOF_FRAME, &m.base);
}

static enum ind_err context_write(struct discloser *d)
{
	const struct kept_frame *epochs = (const struct kept_frame *)(const void *)d->epochs.at;
	const struct chosen_frame *frames = (const struct chosen_frame *)(const void *)d->frames.at;
	enum ind_err err = write(d, proof_head, PROOF_HEAD_BYTES);
	if (err == IND_OK)
		err = field_write(d, PROOF_PREAMBLE, d->walk.preamble, PREAMBLE_BYTES);
	if (err == IND_OK)
		err = field_write(d, PROOF_CHECKPOINT, d->payloads.at + d->checkpoint.at, d->checkpoint.bytes);
	if (err == IND_OK)
		err = kept_write(d, PROOF_HEADER, &d->header);
	for (size_t i = 0; err == IND_OK && i < d->epoch_count; i++)
		err = kept_write(d, PROOF_EPOCH, &epochs[i]);
	if (err == IND_OK)
		err = kept_write(d, PROOF_SEAL, &d->seal);
	for (size_t i = 0; err == IND_OK && i < d->frame_count; i++)
		err = frame_write(d, &frames[i]);
	return err;
}

/* What each chosen row of a frame needs from its commitments; paths follow when all rows are known. */
static enum ind_err record_write(struct discloser *d, const struct chosen *c)
{
	const struct commitment *k = &d->kept;
	struct tree_hash path[TREE_PATH_MAX];
	ProtobufCBinaryData parts[GROUPS_MAX];
	uint8_t hidden[GROUPS_MAX * HASH_SHA256_BYTES], salts[GROUPS_MAX * SALT_BYTES], *h = hidden, *s = salts;
	Indicia__V1__DisclosedRecord m = INDICIA__V1__DISCLOSED_RECORD__INIT;
	m.leaf = c->leaf;
	m.row = c->row;
	m.core = bytes_of(k->core, k->core_bytes);
	m.parts = parts;
	for (unsigned g = 0; g < k->groups; g++) {
		if (!(c->opened >> g & 1)) {
			h = put_bytes(h, k->digest[g], HASH_SHA256_BYTES);
			continue;
		}
		m.opened |= 1u << g;
		s = put_bytes(s, k->salt[g], SALT_BYTES);
		parts[m.n_parts++] = bytes_of(k->parts.at + k->part_at[g], k->part_at[g + 1] - k->part_at[g]);
	}
	m.hidden = bytes_of(hidden, (size_t)(h - hidden));
	m.salts = bytes_of(salts, (size_t)(s - salts));
	m.path = bytes_of(path, tree_path_of(&d->rows, c->row, path) * sizeof path[0]);
	return message_write(d, PROOF_RECORD, &m.base);
}

/* The tree over the rows of a frame that was chosen from. */
static enum ind_err rows_tree(struct discloser *d)
{
	static const struct ind_stream nothing;
	struct row_cursor at = { 0 };
	enum ind_err err = IND_OK;
	while (err == IND_OK && at.row < d->decoder.batch.rows)
		err = row_take(d, &at);
	if (err == IND_OK && d->committer.failed)
		err = IND_NOMEM;
	if (err != IND_OK)
		return err;
	return tree_levels_make(&d->rows, &nothing, (const struct tree_hash *)(const void *)d->committer.leaves.at, d->committer.rows);
}

/* The chosen rows of a frame, from number *next on. Rows are taken in order once more, now with what they are committed to. */
static enum ind_err rows_write(struct discloser *d, const struct frame *f, size_t *next)
{
	const struct chosen *chosen = (const struct chosen *)(const void *)d->chosen.at;
	struct row_cursor at = { 0 };
	enum ind_err err = batch_open(d, f);
	if (err == IND_OK)
		err = rows_tree(d);
	committer_start(&d->committer, d->decoder.batch.salt_key);
	d->committer.kept = &d->kept;
	for (; err == IND_OK && *next < d->chosen_count && chosen[*next].leaf == f->seq; ++*next) {
		while (err == IND_OK && at.row <= chosen[*next].row && at.row < d->decoder.batch.rows)
			err = row_take(d, &at);
		if (err == IND_OK)
			err = d->committer.failed ? IND_NOMEM : record_write(d, &chosen[*next]);
	}
	d->committer.kept = NULL;
	return err;
}

static enum ind_err second_reading(struct discloser *d, const struct ind_source *bundle)
{
	const struct chosen *chosen = (const struct chosen *)(const void *)d->chosen.at;
	struct frame f;
	size_t next = 0;
	walk_close(&d->walk);
	enum ind_err err = walk_open(&d->walk, bundle);
	while (err == IND_OK && next < d->chosen_count) {
		err = walk_next(&d->walk, &f);
		if (err == IND_OK && f.type == FRAME_HEADER)
			d->walk.next_seq = f.seq + 1;
		if (err == IND_OK && f.seq == chosen[next].leaf)
			err = rows_write(d, &f, &next);
	}
	return err;
}

/* The bundle may be another one by now. */
static bool still_same(const struct discloser *d, const struct ind_verify_result *verified)
{
	return memcmp(tree_levels_root(&d->tree)->bytes, verified->root, IND_SHA256_BYTES) == 0 && d->seal.bytes;
}

static enum ind_err run(struct discloser *d, const struct ind_source *bundle)
{
	const struct ind_verify_result *verified = &d->made->verified;
	d->size = verified->first_leaf + verified->authenticated_leaves - 1;
	enum ind_err err = first_reading(d, bundle);
	if (err == IND_OK && d->chosen_count == 0)
		return IND_MISSING;
	if (err == IND_OK)
		err = tree_levels_make(&d->tree, &d->before, (const struct tree_hash *)(const void *)d->leaves.at, d->leaf_count);
	if (err == IND_OK && !still_same(d, verified))
		err = IND_MALFORMED;
	if (err == IND_OK)
		err = context_write(d);
	if (err == IND_OK)
		err = second_reading(d, bundle);
	d->made->records = d->chosen_count;
	d->made->frames = d->frame_count;
	return err;
}

static void discloser_free(struct discloser *d)
{
	struct buffer *const buffers[] = { &d->kept.parts, &d->signals, &d->leaves, &d->chosen, &d->frames, &d->payloads, &d->epochs, &d->out };
	for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++)
		buffer_free(buffers[i]);
	tree_levels_free(&d->tree);
	tree_levels_free(&d->rows);
	walk_close(&d->walk);
	data_decoder_free(&d->decoder);
	committer_free(&d->committer);
	header_image_free(&d->image);
	free(d);
}

enum ind_err ind_disclose(const struct ind_source *bundle, const struct ind_disclose_options *options, const struct ind_sink *sink,
	struct ind_disclose_made *made)
{
	struct ind_verify_options trust = { .trusted = options->trusted, .trusted_count = options->trusted_count };
	*made = (struct ind_disclose_made){ 0 };
	enum ind_err err = ind_verify(bundle, &trust, &made->verified);
	if (err != IND_OK)
		return err;
	if ((made->verified.verdict != IND_VERDICT_VALID && made->verified.verdict != IND_VERDICT_INCOMPLETE) || made->verified.authenticated_leaves == 0)
		return IND_KEY;
	struct discloser *d = calloc(1, sizeof *d);
	if (!d)
		return IND_NOMEM;
	d->options = options;
	d->sink = sink;
	d->made = made;
	err = data_decoder_start(&d->decoder);
	if (err == IND_OK)
		err = committer_new(&d->committer);
	if (err == IND_OK)
		err = run(d, bundle);
	discloser_free(d);
	return err;
}
