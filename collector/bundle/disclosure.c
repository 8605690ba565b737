/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 10.1: one function per field of a proof, in their order. */
#include "bundle/bytes.h"
#include "bundle/message.h"
#include "bundle/note.h"
#include "bundle/opened.h"
#include "bundle/proof.h"
#include "bundle/tree_path.h"
#include "bundle/verify_frame.h"
#include <string.h>

enum { DOMAIN_LEAF = 0, DOMAIN_PART = 2, DOMAIN_ROOT = 3 };

/* A DATA frame that records are shown of. */
struct shown_frame {
	uint64_t seq;
	struct tree_hash records_root;
	uint16_t rows;
	uint8_t kind;
};

struct checker {
	struct proof_fields fields;
	uint8_t preamble[PREAMBLE_BYTES];
	uint32_t crc_start;
	size_t note_bytes;
	uint8_t note[NOTE_MAX_BYTES];
	uint64_t size;               /* leaves under the checkpoint */
	struct tree_hash root;
	struct header_image image;
	uint64_t seq_before;         /* of the frame of the same kind before */
	uint64_t epoch;
	struct ind_key_public key, boot_key; /* of the epoch in force */
	struct seal seal;
	struct buffer frames;        /* struct shown_frame */
	size_t frame_count, frame_at;
	uint64_t next_row;           /* of the frame at hand: no earlier one may follow; 0: none was shown yet */
	uint64_t shown[ROW_KIND_END];
	struct opened_scratch scratch;
	struct ind_disclosed disclosed;
	ind_disclosure_see *see;
	void *ctx;
	const char *reason;
};

static enum ind_err because(struct checker *c, enum ind_err err, const char *reason)
{
	if (err != IND_OK)
		c->reason = reason;
	return err;
}

static enum ind_err wrong(struct checker *c, const char *reason) { return because(c, IND_MALFORMED, reason); }

static enum ind_err signature(struct checker *c, enum ind_err err, const char *reason)
{
	return because(c, err == IND_KEY ? IND_MALFORMED : err, reason);
}

/* A message of the proof, or NULL with *err. */
static void *unpack(struct checker *c, const ProtobufCMessageDescriptor *type, const uint8_t *at, size_t bytes, enum ind_err *err)
{
	ProtobufCMessage *message = NULL;
	*err = because(c, message_unpack(type, at, bytes, &message), "proof_form");
	return message;
}

static enum ind_err see_preamble(struct checker *c, const uint8_t *at, size_t bytes)
{
	enum ind_err err;
	if (bytes != PREAMBLE_BYTES)
		return wrong(c, "proof_form");
	memcpy(c->preamble, at, PREAMBLE_BYTES);
	c->crc_start = frame_crc_start(c->preamble);
	c->reason = preamble_check(c->preamble, &err);
	return err;
}

/* What the note claims; its signature is looked at once the key is known. */
static enum ind_err see_note(struct checker *c, const uint8_t *at, size_t bytes)
{
	if (!note_head(at, bytes, &c->size, &c->root))
		return wrong(c, "checkpoint_form");
	memcpy(c->note, at, bytes);
	c->note_bytes = bytes;
	return IND_OK;
}

/* The 32 bytes of a frame header, of a frame of this type. */
static enum ind_err frame_get(struct checker *c, const ProtobufCBinaryData *bytes, enum frame_type type, struct frame_header *h)
{
	enum ind_err err;
	if (!message_has(bytes, FRAME_HEADER_BYTES))
		return wrong(c, "proof_form");
	if (!frame_header_get(bytes->data, c->crc_start, h))
		return wrong(c, "frame_header_crc");
	const char *reason = frame_header_check(h, &err);
	if (err != IND_OK)
		return because(c, err, reason);
	return h->type == type ? IND_OK : wrong(c, "frame_type");
}

/* Does the path lead from this leaf to the root of the checkpoint? */
static enum ind_err frame_path(struct checker *c, const struct tree_hash *leaf, uint64_t seq, const ProtobufCBinaryData *path)
{
	struct tree_hash root;
	bool ok = tree_path_root(leaf, seq, c->size, path->data, path->len, &root) && memcmp(root.bytes, c->root.bytes, sizeof root.bytes) == 0;
	return ok ? IND_OK : wrong(c, "frame_path");
}

/* A frame that stands whole in the proof, its sequence number from `first` to `last`: everything but what its payload says. */
static enum ind_err sealed_frame(struct checker *c, const Indicia__V1__SealedFrame *m, enum frame_type type, uint64_t first, uint64_t last, uint64_t *seq)
{
	struct frame_header h;
	struct tree_hash leaf;
	enum ind_err err = frame_get(c, &m->header, type, &h);
	if (err != IND_OK)
		return err;
	if (m->payload.len != h.stored_bytes)
		return wrong(c, "frame_form");
	if (codec_crc32(c->crc_start, m->payload.data, m->payload.len) != h.payload_crc)
		return wrong(c, "payload_crc");
	if (h.seq < first || h.seq > last)
		return wrong(c, "sequence");
	*seq = h.seq;
	tree_frame_leaf(c->preamble, m->header.data, m->payload.data, m->payload.len, NULL, &leaf);
	return frame_path(c, &leaf, h.seq, &m->path);
}

static enum ind_err header_said(struct checker *c, const Indicia__V1__SealedFrame *m, uint64_t seq)
{
	const char *reason;
	enum ind_err err = header_unpack(m->payload.data, m->payload.len, c->preamble + 8, &c->image, &reason);
	if (err != IND_OK)
		return because(c, err, reason);
	const struct ind_header *h = &c->image.header;
	struct epoch epoch = { .number = h->epoch, .leaves = h->first_leaf, .start_ns = c->image.epoch_start_ns, .key = h->epoch_key };
	memcpy(epoch.stream_id, h->stream_id, IND_STREAM_ID_BYTES);
	err = signature(c, epoch_check(&epoch, &h->identity, c->image.certificate), "epoch_certificate");
	if (err != IND_OK)
		return err;
	c->seq_before = seq;
	c->epoch = h->epoch;
	c->key = h->epoch_key;
	c->boot_key = h->boot_key;
	return seq == h->first_leaf ? IND_OK : wrong(c, "sequence");
}

static enum ind_err see_header(struct checker *c, const uint8_t *at, size_t bytes)
{
	uint64_t seq;
	enum ind_err err;
	Indicia__V1__SealedFrame *m = unpack(c, &indicia__v1__sealed_frame__descriptor, at, bytes, &err);
	if (!m)
		return err;
	/* Behind it there is a SEALINFO at least. */
	err = c->size < 2 ? wrong(c, "sequence") : sealed_frame(c, m, FRAME_HEADER, 0, c->size - 2, &seq);
	if (err == IND_OK)
		err = header_said(c, m, seq);
	message_free(m);
	return err;
}

static enum ind_err epoch_said(struct checker *c, const Indicia__V1__SealedFrame *m, uint64_t seq)
{
	struct epoch_frame said;
	enum ind_err err = because(c, epoch_unpack(m->payload.data, m->payload.len, &said), "epoch_form");
	if (err != IND_OK)
		return err;
	struct epoch *e = &said.epoch;
	e->leaves = seq;
	memcpy(e->stream_id, c->image.stream.id, IND_STREAM_ID_BYTES);
	if (e->number != c->epoch + 1 || (said.restart && !epoch_key_is_set(&c->boot_key)))
		return wrong(c, "epoch_transition");
	err = signature(c, epoch_check(e, said.restart ? &c->boot_key : &c->key, said.signature), "epoch_transition");
	c->epoch = e->number;
	c->key = e->key;
	c->boot_key = e->boot_key;
	c->seq_before = seq;
	return err;
}

static enum ind_err see_epoch(struct checker *c, const uint8_t *at, size_t bytes)
{
	uint64_t seq;
	enum ind_err err;
	Indicia__V1__SealedFrame *m = unpack(c, &indicia__v1__sealed_frame__descriptor, at, bytes, &err);
	if (!m)
		return err;
	err = sealed_frame(c, m, FRAME_EPOCH, c->seq_before + 1, c->size - 2, &seq);
	if (err == IND_OK)
		err = epoch_said(c, m, seq);
	message_free(m);
	return err;
}

/* The SEALINFO says which bundle the checkpoint is of, and now its key is known. */
static enum ind_err seal_said(struct checker *c, const Indicia__V1__SealedFrame *m)
{
	enum ind_err err = because(c, seal_unpack(m->payload.data, m->payload.len, &c->seal), "seal_form");
	if (err != IND_OK)
		return err;
	if (c->seal.first_leaf != c->image.header.first_leaf)
		return wrong(c, "seal_bundle");
	if (c->seal.epoch != c->epoch)
		return wrong(c, "seal_epoch");
	struct note note = { .origin = c->image.message->origin, .size = c->size, .root = c->root };
	const char *reason = note_check(&note, &c->key, c->note, c->note_bytes, &err);
	c->seq_before = c->image.header.first_leaf;
	return because(c, err, reason);
}

static enum ind_err see_seal(struct checker *c, const uint8_t *at, size_t bytes)
{
	uint64_t seq;
	enum ind_err err;
	Indicia__V1__SealedFrame *m = unpack(c, &indicia__v1__sealed_frame__descriptor, at, bytes, &err);
	if (!m)
		return err;
	err = sealed_frame(c, m, FRAME_SEALINFO, c->size - 1, c->size - 1, &seq);
	if (err == IND_OK)
		err = seal_said(c, m);
	message_free(m);
	if (err == IND_OK && c->see) {
		c->disclosed.record.kind = IND_REC_HEADER;
		c->disclosed.record.header = c->image.header;
		memcpy(c->disclosed.record.id.stream_id, c->image.stream.id, IND_STREAM_ID_BYTES);
		c->disclosed.record.id.leaf = c->image.header.first_leaf;
		c->see(c->ctx, &c->disclosed);
	}
	return err;
}

static enum ind_err frame_said(struct checker *c, const Indicia__V1__DisclosedFrame *m)
{
	struct frame_header h;
	struct tree_hash leaf;
	struct shown_frame *f = (struct shown_frame *)(void *)c->frames.at + c->frame_count;
	enum ind_err err = frame_get(c, &m->header, FRAME_DATA, &h);
	if (err != IND_OK)
		return err;
	if (h.seq <= c->seq_before || h.seq >= c->size - 1)
		return wrong(c, "sequence");
	if (!message_has(&m->payload_sha256, HASH_SHA256_BYTES) || !message_has(&m->records_root, HASH_SHA256_BYTES))
		return wrong(c, "data_form");
	memcpy(f->records_root.bytes, m->records_root.data, HASH_SHA256_BYTES);
	tree_digest_leaf(c->preamble, m->header.data, m->payload_sha256.data, &f->records_root, &leaf);
	err = frame_path(c, &leaf, h.seq, &m->path);
	if (err != IND_OK)
		return err;
	if (m->kind < (int)ROW_FLOW || m->kind >= (int)ROW_KIND_END || m->rows < 1 || m->rows > ROWS_MAX)
		return wrong(c, "data_form");
	c->seq_before = f->seq = h.seq;
	f->kind = (uint8_t)m->kind;
	f->rows = (uint16_t)m->rows;
	c->frame_count++;
	return IND_OK;
}

static enum ind_err see_frame(struct checker *c, const uint8_t *at, size_t bytes)
{
	enum ind_err err;
	if (c->frame_count == PROOF_FRAMES_MAX)
		return wrong(c, "proof_form");
	if (!buffer_reserve(&c->frames, (c->frame_count + 1) * sizeof(struct shown_frame)))
		return IND_NOMEM;
	Indicia__V1__DisclosedFrame *m = unpack(c, &indicia__v1__disclosed_frame__descriptor, at, bytes, &err);
	if (!m)
		return err;
	err = frame_said(c, m);
	message_free(m);
	return err;
}

static const struct shown_frame *frame_at(const struct checker *c) { return (const struct shown_frame *)(const void *)c->frames.at + c->frame_at; }

/* Takes up the frame of a record: the one at hand, or, if that had one, the next. */
static bool record_follows(struct checker *c, uint64_t leaf, uint32_t row)
{
	if (frame_at(c)->seq != leaf && c->next_row && c->frame_at + 1 < c->frame_count) {
		c->frame_at++;
		c->next_row = 0;
	}
	if (frame_at(c)->seq != leaf || row >= frame_at(c)->rows || row < c->next_row)
		return false;
	c->next_row = (uint64_t)row + 1;
	return true;
}

/* Lengths, and which groups are there. */
static bool record_form(const Indicia__V1__DisclosedRecord *m, unsigned groups, struct opened *o)
{
	size_t opened = (size_t)__builtin_popcount(m->opened), next = 0;
	if (m->opened >> groups || m->n_parts != opened || !message_has(&m->salts, opened * SALT_BYTES) ||
		!message_has(&m->hidden, (groups - opened) * HASH_SHA256_BYTES) || m->core.len > CORE_MAX_BYTES)
		return false;
	*o = (struct opened){ .core = m->core.data, .core_bytes = m->core.len, .groups = m->opened };
	for (unsigned g = 0; g < groups; g++) {
		if (!(m->opened >> g & 1))
			continue;
		o->part[g].at = m->parts[next].data;
		o->part[g].bytes = m->parts[next++].len;
	}
	return true;
}

/* The leaf of a row: commitments of opened parts are computed, those of hidden ones taken. */
static void record_leaf(const Indicia__V1__DisclosedRecord *m, unsigned kind, const struct opened *o, struct tree_hash *leaf)
{
	uint8_t image[6 + CORE_MAX_BYTES + GROUPS_MAX * HASH_SHA256_BYTES];
	uint8_t *p = put_be32(put_u8(put_u8(image, DOMAIN_LEAF), kind), o->core_bytes);
	const uint8_t *salt = m->salts.data, *hidden = m->hidden.data;
	p = put_bytes(p, o->core, o->core_bytes);
	for (unsigned g = 0; g < row_groups((enum row_kind)kind); g++, p += HASH_SHA256_BYTES) {
		if (!(o->groups >> g & 1)) {
			memcpy(p, hidden, HASH_SHA256_BYTES);
			hidden += HASH_SHA256_BYTES;
			continue;
		}
		const uint8_t head[] = { DOMAIN_PART, (uint8_t)g };
		hash_sha256_parts((const struct hash_part[]){ { head, sizeof head }, { salt, SALT_BYTES }, { o->part[g].at, o->part[g].bytes } }, 3, p);
		salt += SALT_BYTES;
	}
	hash_sha256(image, (size_t)(p - image), leaf->bytes);
}

static bool record_path(const struct shown_frame *f, const struct tree_hash *leaf, uint32_t row, const ProtobufCBinaryData *path)
{
	uint8_t image[1 + 4 + HASH_SHA256_BYTES], root[HASH_SHA256_BYTES];
	struct tree_hash tree;
	if (!tree_path_root(leaf, row, f->rows, path->data, path->len, &tree))
		return false;
	put_bytes(put_be32(put_u8(image, DOMAIN_ROOT), f->rows), tree.bytes, sizeof tree.bytes);
	hash_sha256(image, sizeof image, root);
	return memcmp(root, f->records_root.bytes, sizeof root) == 0;
}

static uint64_t counted(const struct ind_writer_totals *t, unsigned kind)
{
	const uint64_t counts[ROW_KIND_END] = { [ROW_FLOW] = t->flows, [ROW_EXHIBIT] = t->exhibits, [ROW_CLAIM] = t->claims, [ROW_ORIGIN] = t->origins };
	return counts[kind];
}

static enum ind_err record_said(struct checker *c, const Indicia__V1__DisclosedRecord *m)
{
	struct opened o;
	struct tree_hash leaf;
	if (!record_follows(c, m->leaf, m->row))
		return wrong(c, "record_order");
	const struct shown_frame *f = frame_at(c);
	if (!record_form(m, row_groups((enum row_kind)f->kind), &o))
		return wrong(c, "record_form");
	record_leaf(m, f->kind, &o, &leaf);
	if (!record_path(f, &leaf, m->row, &m->path))
		return wrong(c, "record_path");
	enum ind_err err = opened_record((enum row_kind)f->kind, &o, c->image.header.data_set_count, &c->scratch, &c->disclosed);
	if (err != IND_OK)
		return because(c, err, "record_form");
	if (++c->shown[f->kind] > counted(&c->seal.totals, f->kind))
		return wrong(c, "record_count");
	c->disclosed.record.id.leaf = m->leaf;
	c->disclosed.record.id.row = m->row;
	if (c->see)
		c->see(c->ctx, &c->disclosed);
	return IND_OK;
}

static enum ind_err see_record(struct checker *c, const uint8_t *at, size_t bytes)
{
	enum ind_err err;
	Indicia__V1__DisclosedRecord *m = unpack(c, &indicia__v1__disclosed_record__descriptor, at, bytes, &err);
	if (!m)
		return err;
	err = record_said(c, m);
	message_free(m);
	return err;
}

/* All fields, to the end of the file. */
static enum ind_err see_all(struct checker *c, const struct ind_source *proof, uint64_t *offset)
{
	static enum ind_err (*const see[PROOF_FIELD_END])(struct checker *, const uint8_t *, size_t) = {
		[PROOF_PREAMBLE] = see_preamble, [PROOF_CHECKPOINT] = see_note, [PROOF_HEADER] = see_header, [PROOF_EPOCH] = see_epoch,
		[PROOF_SEAL] = see_seal, [PROOF_FRAME] = see_frame, [PROOF_RECORD] = see_record,
	};
	enum proof_field field;
	const uint8_t *at;
	size_t bytes;
	*offset = 0;
	enum ind_err err = proof_open(&c->fields, proof, &c->reason);
	while (err == IND_OK) {
		*offset = c->fields.offset;
		err = because(c, proof_next(&c->fields, &field, &at, &bytes), "proof_form");
		if (err == IND_OK)
			err = see[field](c, at, bytes);
	}
	if (err != IND_END)
		return err;
	bool all_shown = c->frame_at + 1 == c->frame_count && c->next_row;
	return all_shown ? IND_OK : wrong(c, "record_order");
}

/* What the proof says of the whole. */
static void account(const struct checker *c, struct ind_disclosure_result *r)
{
	const struct ind_header *h = &c->image.header;
	const struct ind_writer_totals *t = &c->seal.totals;
	struct ind_verify_result *v = &r->verify;
	v->has_header = true;
	v->identity = h->identity;
	v->first_leaf = h->first_leaf;
	v->not_before_ns = h->created_ns;
	v->not_after_ns = c->seal.info.realtime_ns;
	v->leaves = c->frame_count;
	memcpy(v->root, c->root.bytes, IND_SHA256_BYTES);
	for (unsigned kind = ROW_FLOW; kind < ROW_KIND_END; kind++)
		v->records += c->shown[kind];
	for (size_t i = 0; i < c->frame_count; i++)
		r->frame_records += ((const struct shown_frame *)(const void *)c->frames.at)[i].rows;
	r->flows = t->flows;
	r->exhibits = t->exhibits;
	r->claims = t->claims;
	r->origins = t->origins;
	r->bundle_records = t->flows + t->exhibits + t->claims + t->origins;
	r->final = c->seal.info.final;
	r->deterministic = h->deterministic;
}

static enum ind_err decide(struct checker *c, enum ind_err err, const struct ind_verify_options *options, struct ind_disclosure_result *r)
{
	struct ind_verify_result *v = &r->verify;
	if (err != IND_OK && err != IND_MALFORMED && err != IND_UNKNOWN)
		return err;
	memcpy(v->stream_id, c->preamble + 8, IND_STREAM_ID_BYTES);
	v->verdict = err == IND_UNKNOWN ? IND_VERDICT_UNSUPPORTED : IND_VERDICT_ALTERED;
	v->reason = c->reason;
	if (err != IND_OK)
		return IND_OK;
	account(c, r);
	const char *untrusted = verifier_distrust(options, &v->identity, v->not_before_ns);
	v->verdict = untrusted ? IND_VERDICT_UNTRUSTED : IND_VERDICT_VALID;
	v->reason = untrusted ? untrusted : "";
	return IND_OK;
}

enum ind_err ind_disclosure_check(const struct ind_source *proof, const struct ind_verify_options *options, ind_disclosure_see *see, void *ctx,
	struct ind_disclosure_result *result)
{
	struct checker *c = calloc(1, sizeof *c);
	*result = (struct ind_disclosure_result){ .verify = verify_nothing() };
	if (!c)
		return IND_NOMEM;
	c->see = see;
	c->ctx = ctx;
	enum ind_err err = see_all(c, proof, &result->verify.offset);
	err = decide(c, err, options, result);
	proof_close(&c->fields);
	header_image_free(&c->image);
	buffer_free(&c->frames);
	opened_scratch_free(&c->scratch);
	free(c);
	return err;
}
