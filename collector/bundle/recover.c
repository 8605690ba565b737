/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 2.2: which frames of a torn file stay, and what is written behind them. */
#include "bundle/recover.h"

#include "bundle/small.h"
#include "bundle/verify_frame.h"
#include "bundle/writer.h"
#include <string.h>

struct recover {
	struct recover_found found;
	uint8_t preamble[PREAMBLE_BYTES];
	char origin[ORIGIN_TEXT_MAX + 1];
	uint64_t time_bound_ns, frames_seen;
	struct ind_writer_totals totals;
	bool head_written;           /* a SEALINFO stands behind the kept frames: its CHECKPOINT may have been signed */
	struct ind_head head;
	/* every head that a checkpoint of the file covers, to compare with what was told to others */
	struct ind_head *sealed;
	size_t sealed_count;
};

const struct recover_found *recover_found(const struct recover *r) { return &r->found; }

void recover_free(struct recover *r)
{
	if (r)
		free(r->sealed);
	free(r);
}

static void header_take(struct recover *r, const struct verifier *v)
{
	const struct ind_header *h = &v->image.header;
	size_t bytes = h->sensor.bytes < IND_SENSOR_ID_MAX ? h->sensor.bytes : IND_SENSOR_ID_MAX;
	memcpy(r->found.sensor, h->sensor.at, bytes);
	memcpy(r->origin, h->origin.at, h->origin.bytes < ORIGIN_TEXT_MAX ? h->origin.bytes : ORIGIN_TEXT_MAX);
	r->found.identity = h->identity;
	r->found.first_leaf = h->first_leaf;
}

/* The stream as it is told after a checkpoint: with it. */
static enum ind_err sealed_take(struct recover *r, const struct verifier *v)
{
	struct tree_hash root;
	struct ind_head *grown = realloc(r->sealed, (r->sealed_count + 1) * sizeof *grown);
	if (!grown)
		return IND_NOMEM;
	r->sealed = grown;
	tree_root(&v->stream, &root);
	grown[r->sealed_count].size = v->stream.leaves;
	memcpy(grown[r->sealed_count++].root, root.bytes, IND_SHA256_BYTES);
	r->found.sealed = true;
	r->found.last_sealed_leaf = v->sealed_leaf;
	return IND_OK;
}

static enum ind_err frame_take(struct recover *r, const struct verifier *v, const struct frame *f)
{
	struct tree_hash root;
	struct seal seal;
	if (f->type == FRAME_SEALINFO && seal_unpack(f->payload, f->bytes, &seal) == IND_OK)
		r->frames_seen = seal.info.frames_seen;
	r->head_written = f->type == FRAME_SEALINFO;
	if (r->head_written) {
		tree_root(&v->stream, &root);
		r->head.size = v->stream.leaves;
		memcpy(r->head.root, root.bytes, IND_SHA256_BYTES);
		return IND_OK;
	}
	if (f->type == FRAME_HEADER)
		header_take(r, v);
	if (f->type == FRAME_CHECKPOINT) {
		enum ind_err err = sealed_take(r, v);
		if (err != IND_OK)
			return err;
	}
	r->found.keep_bytes = v->walk.end;
	r->found.stream = v->stream;
	r->found.finished = v->walk.finished;
	r->time_bound_ns = v->time_bound_ns;
	r->totals = v->totals;
	return IND_OK;
}

/* Why the walk ended: a torn end, or something else. */
static enum ind_err end_of(struct verifier *v, enum ind_err err, const char **reason)
{
	bool follows = false;
	if (err == IND_END || err == IND_SHORT)
		return IND_OK;
	*reason = v->walk.reason;
	if (err != IND_MALFORMED)
		return err;
	enum ind_err scan = walk_seal_follows(&v->walk, v->walk.resync_from ? v->walk.resync_from : v->walk.offset + 1, &follows);
	if (scan != IND_OK)
		return scan;
	return follows || v->walk.finished ? IND_MALFORMED : IND_OK;
}

static enum ind_err scan(struct recover *r, struct verifier *v, const struct ind_source *source, const char **reason)
{
	struct frame f;
	enum ind_err err = walk_open(&v->walk, source);
	if (err != IND_OK) {
		*reason = v->walk.reason;
		return err == IND_MALFORMED ? IND_SHORT : err;
	}
	memcpy(r->preamble, v->walk.preamble, PREAMBLE_BYTES);
	while ((err = walk_next(&v->walk, &f)) == IND_OK) {
		err = verify_frame(v, &f);
		if (err != IND_OK)
			return *reason = v->reason, err;
		err = frame_take(r, v, &f);
		if (err != IND_OK)
			return err;
	}
	err = end_of(v, err, reason);
	return err == IND_OK && r->found.keep_bytes == 0 ? IND_SHORT : err;
}

enum ind_err recover_scan(const struct ind_source *source, struct recover **out, const char **reason)
{
	static const struct ind_verify_options nobody;
	struct verifier *v = malloc(sizeof *v);
	struct recover *r = calloc(1, sizeof *r);
	enum ind_err err = v && r ? verifier_start(v, &nobody) : IND_NOMEM;
	*reason = "";
	if (err == IND_OK)
		err = scan(r, v, source, reason);
	if (v && r)
		verifier_end(v);
	free(v);
	if (err == IND_OK)
		*out = r;
	else
		recover_free(r);
	return err;
}

bool recover_contains(const struct recover *r, const struct ind_stream *stream)
{
	struct tree_hash root;
	tree_root(stream, &root);
	for (size_t i = 0; i < r->sealed_count; i++)
		if (r->sealed[i].size == stream->leaves)
			return memcmp(r->sealed[i].root, root.bytes, IND_SHA256_BYTES) == 0;
	return stream->leaves == r->found.first_leaf;
}

/* A writer that goes on behind the kept frames. */
static enum ind_err writer_behind(const struct recover *r, const struct ind_sink *sink, struct ind_writer **out)
{
	struct ind_writer *w = calloc(1, sizeof *w);
	if (!w)
		return IND_NOMEM;
	w->sink = *sink;
	w->stream = r->found.stream;
	w->first_leaf = r->found.first_leaf;
	w->totals = r->totals;
	w->time_bound_ns = r->time_bound_ns;
	memcpy(w->preamble, r->preamble, PREAMBLE_BYTES);
	memcpy(w->origin, r->origin, sizeof w->origin);
	w->crc_start = frame_crc_start(w->preamble);
	*out = w;
	return IND_OK;
}

static enum ind_err recovery_append(const struct recover *r, const struct recover_torn *torn, struct ind_writer *w)
{
	struct ind_recovery said = {
		.last_sealed_leaf = r->found.last_sealed_leaf, .recovered_to_leaf = r->found.stream.leaves - 1, .torn_bytes = torn->bytes,
		.abandoned_count = r->head_written,
	};
	size_t bytes;
	memcpy(said.torn_sha256, torn->sha256, sizeof said.torn_sha256);
	said.abandoned[0] = r->head;
	enum ind_err err = recovery_pack(&said, torn->at, FRAME_HEADER_BYTES, &w->frame, &bytes);
	return err == IND_OK ? writer_frame(w, FRAME_RECOVERY, bytes, NULL) : err;
}

enum ind_err recover_seal(const struct recover *r, const struct ind_sink *sink, const struct ind_epoch_change *change, const struct recover_torn *torn,
	const struct ind_seal_info *info, struct ind_stream *stream)
{
	struct ind_key_public public;
	struct ind_writer *w;
	struct ind_seal_info last = *info;
	ind_key_public(change->by_boot, &public);
	if (memcmp(&public, &r->found.stream.boot_key, sizeof public) != 0)
		return IND_KEY;
	enum ind_err err = writer_behind(r, sink, &w);
	if (err != IND_OK)
		return err;
	last.reason = IND_SEAL_RECOVERY;
	last.final = true;
	last.frames_seen = r->frames_seen;
	err = recovery_append(r, torn, w);
	if (err == IND_OK)
		err = ind_writer_epoch(w, change);
	if (err == IND_OK)
		err = ind_writer_seal(w, &last);
	ind_writer_stream(w, stream);
	ind_writer_free(w);
	return err;
}
