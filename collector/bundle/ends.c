/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/ends.h"

#include "bundle/codec.h"
#include "bundle/frame.h"
#include "bundle/header.h"
#include "bundle/note.h"
#include <string.h>

struct piece {
	struct frame_header header;
	const uint8_t *at, *payload;
};

/* The frame at this place, if all of it is here and its CRCs are right. */
static bool piece_at(const struct ends *e, const uint8_t *at, const uint8_t *end, struct piece *p)
{
	enum ind_err err;
	if ((size_t)(end - at) < FRAME_HEADER_BYTES || !frame_header_get(at, frame_crc_start(e->preamble), &p->header))
		return false;
	if (frame_header_check(&p->header, &err) || frame_bytes(p->header.stored_bytes) > (size_t)(end - at))
		return false;
	p->at = at;
	p->payload = at + FRAME_HEADER_BYTES;
	return codec_crc32(frame_crc_start(e->preamble), p->payload, p->header.stored_bytes) == p->header.payload_crc;
}

/* ---- the first frame ---- */

static enum ind_err header_take(struct ends *e, const struct header_image *image, const char **reason)
{
	const struct ind_header *h = &image->header;
	struct epoch epoch = { .number = h->epoch, .leaves = h->first_leaf, .start_ns = image->epoch_start_ns, .key = h->epoch_key, .boot_key = h->boot_key };
	memcpy(epoch.stream_id, h->stream_id, IND_STREAM_ID_BYTES);
	if (h->sensor.bytes >= sizeof e->sensor || h->origin.bytes >= sizeof e->origin)
		return *reason = "header_form", IND_MALFORMED;
	memcpy(e->sensor, h->sensor.at, h->sensor.bytes);
	memcpy(e->origin, h->origin.at, h->origin.bytes);
	e->created_ns = h->created_ns;
	e->identity = h->identity;
	e->begins = image->stream;
	if (image->message->previous_root.len == IND_SHA256_BYTES)
		memcpy(e->previous_root, image->message->previous_root.data, IND_SHA256_BYTES);
	*reason = "epoch_certificate";
	return epoch_check(&epoch, &h->identity, image->certificate);
}

enum ind_err ends_head(const uint8_t *bytes, size_t count, struct ends *e, size_t *need, const char **reason)
{
	struct piece p;
	struct header_image image;
	enum ind_err err = IND_MALFORMED;
	*e = (struct ends){ 0 };
	*need = PREAMBLE_BYTES + FRAME_HEADER_BYTES;
	*reason = "short";
	if (count < *need)
		return IND_SHORT;
	memcpy(e->preamble, bytes, PREAMBLE_BYTES);
	*reason = preamble_check(e->preamble, &err);
	if (*reason)
		return err;
	*reason = "frame_header_crc";
	if (!frame_header_get(bytes + PREAMBLE_BYTES, frame_crc_start(e->preamble), &p.header) || p.header.stored_bytes > SMALL_MAX_BYTES)
		return IND_MALFORMED;
	*need = PREAMBLE_BYTES + frame_bytes(p.header.stored_bytes);
	if (count < *need)
		return IND_SHORT;
	*reason = "frame_form";
	if (!piece_at(e, bytes + PREAMBLE_BYTES, bytes + count, &p) || p.header.type != FRAME_HEADER)
		return IND_MALFORMED;
	err = header_unpack(p.payload, p.header.stored_bytes, e->preamble + 8, &image, reason);
	if (err == IND_OK)
		err = p.header.seq == image.header.first_leaf ? header_take(e, &image, reason) : IND_MALFORMED;
	header_image_free(&image);
	return err;
}

/* ---- the last frames ---- */

/* From which multiple of 8 on do whole frames, each numbered one more than the one before, fill the bytes to their end? Counted from the end of the file, whose size is one. */
static bool tail_start(const struct ends *e, const uint8_t *bytes, size_t count, size_t *start)
{
	struct piece p;
	for (*start = count % FRAME_ALIGN_BYTES; *start + FRAME_HEADER_BYTES <= count; *start += FRAME_ALIGN_BYTES) {
		const uint8_t *at = bytes + *start, *end = bytes + count;
		uint64_t seq = 0;
		bool ok = piece_at(e, at, end, &p);
		for (seq = ok ? p.header.seq : 0; ok && at < end; at += frame_bytes(p.header.stored_bytes), seq++)
			ok = piece_at(e, at, end, &p) && p.header.seq == seq;
		if (ok)
			return true;
	}
	return false;
}

static void leaf_add(struct ends *e, const struct piece *p)
{
	if (p->header.type == FRAME_DATA) {
		e->leaf_count = 0;
		return;
	}
	if (e->leaf_count == ENDS_LEAVES_MAX) {
		memmove(e->leaf, e->leaf + 1, sizeof e->leaf - sizeof e->leaf[0]);
		e->leaf_count--;
	}
	tree_frame_leaf(e->preamble, p->at, p->payload, p->header.stored_bytes, NULL, &e->leaf[e->leaf_count++]);
}

/* Counts if it comes next after the keys that are known, signed by the one that may: an EPOCH is else written by anyone. Where another one lies between what was read, the keys at the end
 * stay unknown. */
static void epoch_take(struct ends *e, const struct piece *p)
{
	struct epoch_frame said;
	if (epoch_unpack(p->payload, p->header.stored_bytes, &said) != IND_OK || said.epoch.number != e->key.number + 1)
		return;
	const struct ind_key_public *by = said.restart ? &e->key.boot_key : &e->key.key;
	said.epoch.leaves = p->header.seq;
	memcpy(said.epoch.stream_id, e->begins.id, IND_STREAM_ID_BYTES);
	if (epoch_key_is_set(by) && epoch_check(&said.epoch, by, said.signature) == IND_OK)
		e->key = (struct ind_epoch){ said.epoch.number, said.epoch.key, said.epoch.boot_key };
}

static void piece_take(struct ends *e, const struct piece *p)
{
	struct ind_clock clock;
	leaf_add(e, p);
	if (p->header.type == FRAME_CLOCK && clock_unpack(p->payload, p->header.stored_bytes, &clock) == IND_OK) {
		e->clock = clock;
		e->has_clock = true;
	} else if (p->header.type == FRAME_EPOCH) {
		epoch_take(e, p);
	} else if (p->header.type == FRAME_SEALINFO) {
		e->sealed = seal_unpack(p->payload, p->header.stored_bytes, &e->seal) == IND_OK && e->seal.info.final && e->seal.first_leaf == e->begins.leaves;
	} else if (p->header.type == FRAME_CHECKPOINT) {
		e->sealed = e->sealed && p->header.stored_bytes <= sizeof e->note && note_head(p->payload, p->header.stored_bytes, &e->size, &e->root) && e->size == p->header.seq;
		e->note_bytes = e->sealed ? p->header.stored_bytes : 0;
		memcpy(e->note, p->payload, e->note_bytes);
	} else {
		e->sealed = false;
	}
}

enum ind_err ends_tail(const uint8_t *bytes, size_t count, struct ends *e)
{
	struct piece p = { .at = NULL };
	size_t start;
	e->key = (struct ind_epoch){ e->begins.epoch, e->begins.key, e->begins.boot_key };
	if (!tail_start(e, bytes, count, &start))
		return IND_OK;
	for (const uint8_t *at = bytes + start, *end = bytes + count; at < end && piece_at(e, at, end, &p); at += frame_bytes(p.header.stored_bytes))
		piece_take(e, &p);
	e->sealed = e->sealed && p.at && p.header.type == FRAME_CHECKPOINT;
	e->has_key = e->sealed && e->key.number == e->seal.epoch;
	return IND_OK;
}

enum ind_err ends_signed_by(const struct ends *e, const struct ind_key_public *key)
{
	enum ind_err err = IND_OK;
	const struct note note = { e->origin, e->size, e->root };
	return note_check(&note, key, e->note, e->note_bytes, &err) ? (err == IND_NOMEM ? err : IND_KEY) : IND_OK;
}

/* ---- one after the other ---- */

/* The tree of the second begins with `leaves` of which the last ones are the last frames of the first: without these it must have had the root that the first one's seal names. As many
 * leaves as became one subtree with the CHECKPOINT are needed. */
static bool trees_compare(const struct ends *first, const struct ends *second, bool *same)
{
	struct ind_stream s = second->begins;
	uint64_t merged = 1;
	for (uint64_t size = first->size; size & 1; size >>= 1)
		merged *= 2;
	if (merged > first->leaf_count || !s.frontier_count)
		return false;
	struct tree_hash root;
	s.leaves -= merged;
	s.frontier_count--;
	const struct tree_hash *leaf = first->leaf + (first->leaf_count - merged);
	for (uint64_t i = 0; i + 1 < merged; i++)
		tree_push(&s, &leaf[i]);
	tree_root(&s, &root);
	*same = memcmp(root.bytes, first->root.bytes, sizeof root.bytes) == 0;
	tree_push(&s, &leaf[merged - 1]);
	tree_root(&s, &root);
	*same = *same && memcmp(root.bytes, second->previous_root, sizeof root.bytes) == 0;
	return true;
}

enum ends_link ends_follow(const struct ends *first, const struct ends *second)
{
	const struct ind_epoch begins = { second->begins.epoch, second->begins.key, second->begins.boot_key };
	bool same;
	if (second->begins.leaves != first->size + 1)
		return second->begins.leaves > first->size + 1 ? ENDS_GAP : ENDS_OVERLAP;
	if (first->has_key ? !ind_epoch_continues(&first->key, &begins) : first->seal.epoch != begins.number)
		return ENDS_BROKEN;
	if (!trees_compare(first, second, &same))
		return ENDS_LINKED_BY_KEYS;
	return same ? ENDS_LINKED : ENDS_BROKEN;
}
