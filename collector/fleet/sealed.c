/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/sealed.h"
#include "base/hash.h"
#include "bundle/ends.h"
#include "bundle/walk.h"
#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = 64 << 10 };

/* The two ends, each in one read; a HEADER that is longer is for ind_verify. */
static bool ends_read(const struct ind_source *source, uint64_t bytes, struct ends *e)
{
	uint64_t from = bytes > PIECE_BYTES ? (bytes - PIECE_BYTES) / FRAME_ALIGN_BYTES * FRAME_ALIGN_BYTES + bytes % FRAME_ALIGN_BYTES : PREAMBLE_BYTES;
	size_t got, need, tail = bytes > from ? (size_t)(bytes - from) : 0;
	const char *reason;
	uint8_t *piece = malloc(PIECE_BYTES + FRAME_ALIGN_BYTES);
	bool ok = piece && tail && source->read_at(source->ctx, 0, piece, PIECE_BYTES, &got) == IND_OK && ends_head(piece, got, e, &need, &reason) == IND_OK &&
		  source->read_at(source->ctx, from, piece, tail, &got) == IND_OK && got == tail && ends_tail(piece, tail, e) == IND_OK;
	free(piece);
	return ok && e->sealed && e->has_key && ends_signed_by(e, &e->key.key) == IND_OK;
}

/* Whatever changes keys, or says how a run went on, is for ind_verify. */
static bool frame_see(struct walk *w, const struct frame *f, const struct ends *e)
{
	struct seal seal;
	if (f->type == FRAME_HEADER)
		return w->next_seq = e->begins.leaves + 1, f->seq == e->begins.leaves;
	if (f->type == FRAME_SEALINFO)
		return seal_unpack(f->payload, f->bytes, &seal) == IND_OK && (w->seal_is_final = seal.info.final, true);
	return f->type == FRAME_DATA || f->type == FRAME_CLOCK || f->type == FRAME_LOSS || f->type == FRAME_CHECKPOINT;
}

static bool frames_walk(const struct ind_source *source, const struct ends *e)
{
	struct walk w = { 0 };
	struct frame f;
	enum ind_err err = walk_open(&w, source);
	uint64_t last = 0;
	while (err == IND_OK && (err = walk_next(&w, &f)) == IND_OK) {
		if (!frame_see(&w, &f, e))
			err = IND_MALFORMED;
		last = f.seq;
	}
	bool ok = err == IND_END && w.finished && last == e->size;
	walk_close(&w);
	return ok;
}

bool sealed_by_frames(const struct ind_source *source, uint64_t bytes, struct ind_verify_result *r)
{
	struct ends *e = malloc(sizeof(*e));
	bool ok = e && ends_read(source, bytes, e) && frames_walk(source, e);
	*r = (struct ind_verify_result){ .verdict = IND_VERDICT_UNTRUSTED, .reason = "key_unknown" };
	if (ok) {
		memcpy(r->stream_id, e->begins.id, sizeof(r->stream_id));
		memcpy(r->root, e->root.bytes, sizeof(r->root));
		hash_sha256(e->note, e->note_bytes, r->note_sha256);
		r->first_leaf = e->begins.leaves;
		r->tree_size = e->size;
		r->leaves = r->authenticated_leaves = e->size - e->begins.leaves + 1;
		r->authenticated_bytes = bytes;
		r->identity = e->identity;
		r->has_header = true;
	}
	free(e);
	return ok;
}
