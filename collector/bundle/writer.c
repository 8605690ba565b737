/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md: the order of frames (section 2), and durable before signed (section 6). */
#include "bundle/writer.h"

#include "bundle/header.h"
#include "bundle/note.h"
#include "bundle/small.h"
#include <stdio.h>

/* A record that the format cannot hold changes nothing, one that the disk cannot hold is counted; everything else ends the writer. */
static enum ind_err keep(struct ind_writer *w, enum ind_err err)
{
	if (w->err == IND_OK && err != IND_USAGE && err != IND_FULL)
		w->err = err;
	return err;
}

static enum ind_err sink_write(struct ind_writer *w, const void *bytes, size_t count)
{
	enum ind_err err = w->sink.write(w->sink.ctx, bytes, count);
	w->sealed = false;
	if (err == IND_OK)
		w->totals.bytes += count;
	return err;
}

static bool is_seal(enum frame_type type) { return type == FRAME_SEALINFO || type == FRAME_CHECKPOINT; }

/* Header and padding around the payload, and its leaf. */
static void frame_close(struct ind_writer *w, enum frame_type type, size_t bytes, const struct tree_hash *records_root, struct tree_hash *leaf)
{
	uint8_t *payload = w->frame.at + FRAME_HEADER_BYTES;
	memset(payload + bytes, 0, frame_bytes(bytes) - FRAME_HEADER_BYTES - bytes);
	frame_header_put(type, w->stream.leaves, payload, bytes, w->crc_start, w->frame.at);
	tree_frame_leaf(w->preamble, w->frame.at, payload, bytes, records_root, leaf);
}

/* A frame that a watched writer could not write is said again in another file, but for those of a seal: the seal is made anew. */
enum ind_err writer_frame(struct ind_writer *w, enum frame_type type, size_t bytes, const struct tree_hash *records_root)
{
	struct tree_hash leaf;
	size_t whole = frame_bytes(bytes);
	bool watched = w->again.disk.room != NULL;
	if (!buffer_reserve(&w->frame, whole))
		return IND_NOMEM;
	enum ind_err err = IND_OK;
	if (watched && !is_seal(type))
		err = w->again.disk.room(w->again.disk.ctx, type == FRAME_DATA ? WRITER_ROWS : WRITER_NOTE, whole);
	if (err != IND_OK)
		return err;
	frame_close(w, type, bytes, records_root, &leaf);
	err = sink_write(w, w->frame.at, whole);
	if (err == IND_FULL && !is_seal(type))
		return err;
	if (err == IND_OK) {
		tree_push(&w->stream, &leaf);
		w->totals.frames++;
	}
	if (!watched)
		return err;
	enum ind_err kept = is_seal(type) ? IND_OK : again_keep(w, type, bytes, records_root);
	if (kept != IND_OK)
		return kept;
	return err == IND_IO || err == IND_FULL ? again_say(w) : err;
}

static enum ind_err salt_key_make(struct ind_writer *w, enum row_kind kind, uint8_t key[static SALT_BYTES])
{
	static const char domain[] = "IEB1-TEST-SALT"; /* its NUL is hashed too */
	uint8_t leaves[8], digest[HASH_SHA256_BYTES], number = (uint8_t)kind;
	if (!w->has_seed)
		return hash_random(key, SALT_BYTES);
	for (unsigned i = 0; i < sizeof leaves; i++)
		leaves[i] = (uint8_t)(w->stream.leaves >> (56 - 8 * i));
	const struct hash_part parts[] = { { domain, sizeof domain }, { w->seed, sizeof w->seed }, { leaves, sizeof leaves }, { &number, 1 } };
	hash_sha256_parts(parts, 4, digest);
	memcpy(key, digest, SALT_BYTES);
	return IND_OK;
}

static void lane_drop(struct ind_writer *w, const struct lane *l)
{
	struct ind_writer_totals *t = &w->totals;
	uint64_t *const of[ROW_KIND_END] = { [ROW_FLOW] = &t->flows, [ROW_EXHIBIT] = &t->exhibits, [ROW_CLAIM] = &t->claims, [ROW_ORIGIN] = &t->origins };
	*of[l->batch.spec->kind] -= l->batch.rows;
	if (l->batch.spec->kind == ROW_FLOW)
		t->signals -= l->batch.column[SIGNAL_ID].count;
	w->again.dropped += l->batch.rows;
}

static enum ind_err lane_write(struct ind_writer *w, struct lane *l)
{
	size_t bytes;
	struct tree_hash root;
	if (l->batch.rows == 0)
		return IND_OK;
	enum ind_err err = committer_root(&l->committer, &root);
	if (err == IND_OK)
		err = data_pack(&w->encoder, &l->batch, FRAME_HEADER_BYTES, &w->frame, &bytes);
	if (err == IND_OK)
		err = writer_frame(w, FRAME_DATA, bytes, &root);
	if (err == IND_FULL)
		lane_drop(w, l);
	l->batch.rows = 0;
	return err;
}

enum ind_err writer_flush(struct ind_writer *w)
{
	enum ind_err err = w->err;
	for (unsigned kind = LANE_FIRST; err == IND_OK && kind < ROW_KIND_END; kind++) {
		err = lane_write(w, &w->lane[kind]);
		if (err == IND_FULL)
			err = IND_OK;
	}
	return keep(w, err);
}

/* The lane that a record of this kind goes to, with room for it. */
static enum ind_err lane_ready(struct ind_writer *w, enum row_kind kind, struct lane **out)
{
	uint8_t salt_key[SALT_BYTES];
	struct lane *l = *out = &w->lane[kind];
	if (w->err != IND_OK)
		return w->err;
	w->sealed = false;
	if (w->finished)
		return IND_USAGE;
	enum ind_err err = lane_full(l) ? lane_write(w, l) : IND_OK;
	if (err == IND_OK && l->batch.rows == 0) {
		err = salt_key_make(w, kind, salt_key);
		lane_start(l, salt_key);
	}
	return err;
}

/* Full batches go out at once, so that what is kept in memory stays small. */
static enum ind_err lane_added(struct ind_writer *w, struct lane *l, enum ind_err err)
{
	if (err == IND_OK && lane_full(l))
		err = lane_write(w, l);
	return keep(w, err);
}

enum ind_err ind_writer_flow(struct ind_writer *w, const struct ind_flow *flow, const struct ind_signal *signals, size_t signal_count)
{
	struct lane *l;
	enum ind_err err = flow_check(flow, signals, signal_count);
	if (err == IND_OK)
		err = lane_ready(w, ROW_FLOW, &l);
	if (err != IND_OK)
		return keep(w, err);
	w->totals.flows++;
	w->totals.signals += signal_count;
	return lane_added(w, l, lane_flow(l, flow, signals, signal_count));
}

enum ind_err ind_writer_exhibit(struct ind_writer *w, const struct ind_exhibit *exhibit)
{
	struct lane *l;
	enum ind_err err = exhibit_check(exhibit);
	if (err == IND_OK)
		err = lane_ready(w, ROW_EXHIBIT, &l);
	if (err != IND_OK)
		return keep(w, err);
	w->totals.exhibits++;
	return lane_added(w, l, lane_exhibit(l, exhibit));
}

enum ind_err ind_writer_claim(struct ind_writer *w, const struct ind_claim *claim)
{
	struct lane *l;
	enum ind_err err = claim_check(claim, w->data_set_count);
	if (err == IND_OK)
		err = lane_ready(w, ROW_CLAIM, &l);
	if (err != IND_OK)
		return keep(w, err);
	w->totals.claims++;
	return lane_added(w, l, lane_claim(l, claim));
}

enum ind_err ind_writer_origin(struct ind_writer *w, const struct ind_origin *origin)
{
	struct lane *l;
	enum ind_err err = origin_check(origin);
	if (err == IND_OK)
		err = lane_ready(w, ROW_ORIGIN, &l);
	if (err != IND_OK)
		return keep(w, err);
	w->totals.origins++;
	return lane_added(w, l, lane_origin(l, origin));
}

static uint64_t lowered(uint64_t bound_ns, int64_t step_ns)
{
	uint64_t down = step_ns < 0 ? 0 - (uint64_t)step_ns : 0;
	return bound_ns > down ? bound_ns - down : 0;
}

static enum ind_err clock_write(struct ind_writer *w, const struct ind_clock *clock)
{
	size_t bytes;
	enum ind_err err = clock_pack(clock, FRAME_HEADER_BYTES, &w->frame, &bytes);
	if (err == IND_OK)
		err = writer_frame(w, FRAME_CLOCK, bytes, NULL);
	if (err == IND_OK)
		w->time_bound_ns = lowered(w->time_bound_ns, clock->step_ns);
	return err;
}

enum ind_err ind_writer_clock(struct ind_writer *w, const struct ind_clock *clock)
{
	if (w->err != IND_OK)
		return w->err;
	return w->finished ? IND_USAGE : keep(w, clock_write(w, clock));
}

enum ind_err ind_writer_loss(struct ind_writer *w, const struct ind_loss *loss)
{
	size_t bytes;
	if (w->err != IND_OK)
		return w->err;
	enum ind_err err = w->finished ? IND_USAGE : loss_pack(loss, FRAME_HEADER_BYTES, &w->frame, &bytes);
	if (err == IND_OK)
		err = writer_frame(w, FRAME_LOSS, bytes, NULL);
	return keep(w, err);
}

/* A clock that went back since the last seal and was not reported is reported here: a seal never hides it. */
static enum ind_err time_set(struct ind_writer *w, const struct ind_seal_info *info)
{
	if (info->realtime_ns < w->time_bound_ns) {
		uint64_t back = w->time_bound_ns - info->realtime_ns;
		struct ind_clock clock = {
			.boottime_ns = info->boottime_ns,
			.realtime_ns = info->realtime_ns,
			.max_error_ns = IND_ABSENT_U64,
			.est_error_ns = IND_ABSENT_U64,
			.step_ns = back < (uint64_t)INT64_MAX ? -(int64_t)back : INT64_MIN,
		};
		enum ind_err err = clock_write(w, &clock);
		if (err != IND_OK)
			return err;
	}
	w->time_bound_ns = info->realtime_ns;
	return IND_OK;
}

static enum ind_err checkpoint_write(struct ind_writer *w)
{
	struct note note = { .origin = w->origin, .size = w->stream.leaves };
	char text[NOTE_MAX_BYTES];
	size_t bytes;
	tree_root(&w->stream, &note.root);
	enum ind_err err = note_sign(&note, w->epoch_key, text, &bytes);
	if (err != IND_OK)
		return err;
	if (!buffer_reserve(&w->frame, FRAME_HEADER_BYTES + bytes))
		return IND_NOMEM;
	memcpy(w->frame.at + FRAME_HEADER_BYTES, text, bytes);
	w->again.head.size = note.size;
	memcpy(w->again.head.root, note.root.bytes, IND_SHA256_BYTES);
	w->again.head_signed = true;
	return writer_frame(w, FRAME_CHECKPOINT, bytes, NULL);
}

static enum ind_err sealinfo_write(struct ind_writer *w, const struct ind_seal_info *info)
{
	size_t bytes;
	struct seal seal = { .info = *info, .epoch = w->stream.epoch, .first_leaf = w->first_leaf, .totals = w->totals };
	enum ind_err err = seal_pack(&seal, FRAME_HEADER_BYTES, &w->frame, &bytes);
	return err == IND_OK ? writer_frame(w, FRAME_SEALINFO, bytes, NULL) : err;
}

static enum ind_err sync_all(struct ind_writer *w)
{
	enum ind_err err = w->sink.sync(w->sink.ctx);
	return err == IND_IO && w->again.disk.room ? again_say(w) : err;
}

typedef enum ind_err seal_step(struct ind_writer *w, const struct ind_seal_info *info);

static enum ind_err step_lanes(struct ind_writer *w, const struct ind_seal_info *info)
{
	enum ind_err err = IND_OK;
	(void)info;
	for (unsigned kind = LANE_FIRST; err == IND_OK && kind < ROW_KIND_END; kind++)
		err = lane_write(w, &w->lane[kind]);
	return err;
}

static enum ind_err step_sync(struct ind_writer *w, const struct ind_seal_info *info)
{
	(void)info;
	return sync_all(w);
}

static enum ind_err step_checkpoint(struct ind_writer *w, const struct ind_seal_info *info)
{
	(void)info;
	return checkpoint_write(w);
}

/* A seal whose file was given up on the way is begun again in the next one. */
static enum ind_err seal(struct ind_writer *w, const struct ind_seal_info *info)
{
	static seal_step *const steps[] = { step_lanes, time_set, sealinfo_write, step_sync, step_checkpoint, step_sync };
	const struct again *a = &w->again;
	enum ind_err err = a->disk.room ? a->disk.room(a->disk.ctx, WRITER_NOTE, 0) : IND_OK;
	for (size_t i = 0; err == IND_OK && i < sizeof steps / sizeof *steps;) {
		unsigned renewals = a->renewals;
		err = steps[i](w, info);
		i = a->renewals == renewals ? i + 1 : 0;
	}
	if (err == IND_OK)
		again_durable(w);
	w->sealed = err == IND_OK;
	return err;
}

enum ind_err ind_writer_seal(struct ind_writer *w, const struct ind_seal_info *info)
{
	if (w->err != IND_OK)
		return w->err;
	if (w->finished || !w->epoch_key || info->reason > IND_SEAL_RECOVERY)
		return IND_USAGE;
	enum ind_err err = seal(w, info);
	w->finished = info->final && err != IND_FULL;
	return keep(w, err);
}

static bool is_ed25519(const struct ind_key *key)
{
	struct ind_key_public pub;
	ind_key_public(key, &pub);
	return pub.type == IND_KEY_ED25519;
}

static bool key_is(const struct ind_key *key, const struct ind_key_public *expected)
{
	struct ind_key_public pub;
	ind_key_public(key, &pub);
	return memcmp(&pub, expected, sizeof pub) == 0;
}

static enum ind_err epoch_write(struct ind_writer *w, struct epoch_frame *f, const struct ind_key *by)
{
	size_t bytes;
	memcpy(f->epoch.stream_id, w->stream.id, IND_STREAM_ID_BYTES);
	w->again.epoch = *f;
	w->again.epoch_by = by;
	enum ind_err err = epoch_sign(&f->epoch, by, f->signature);
	if (err == IND_OK)
		err = epoch_pack(f, FRAME_HEADER_BYTES, &w->frame, &bytes);
	if (err == IND_OK)
		err = writer_frame(w, FRAME_EPOCH, bytes, NULL);
	return err == IND_OK ? sync_all(w) : err;
}

enum ind_err ind_writer_epoch(struct ind_writer *w, const struct ind_epoch_change *change)
{
	struct epoch_frame f = {
		.restart = change->by_boot != NULL,
		.epoch = {
			.number = w->stream.epoch + 1, .leaves = w->stream.leaves,
			.start_ns = change->realtime_ns > w->time_bound_ns ? change->realtime_ns : w->time_bound_ns,
		},
	};
	if (w->err != IND_OK)
		return w->err;
	if (w->finished || (f.restart ? !key_is(change->by_boot, &w->stream.boot_key) : !w->sealed) || !is_ed25519(change->key) ||
		(change->boot_key && change->boot_key->type != IND_KEY_ED25519))
		return IND_USAGE;
	ind_key_public(change->key, &f.epoch.key);
	if (change->boot_key)
		f.epoch.boot_key = *change->boot_key;
	enum ind_err err = epoch_write(w, &f, f.restart ? change->by_boot : w->epoch_key);
	if (err != IND_OK)
		return keep(w, err);
	w->epoch_key = change->key;
	w->time_bound_ns = f.epoch.start_ns;
	w->stream.epoch = f.epoch.number;
	w->stream.key = f.epoch.key;
	w->stream.boot_key = f.epoch.boot_key;
	return IND_OK;
}

static void origin_make(struct ind_writer *w, struct ind_header *h)
{
	char hex[2 * IND_STREAM_ID_BYTES + 1];
	hash_hex(w->stream.id, IND_STREAM_ID_BYTES, hex);
	int bytes = snprintf(w->origin, sizeof w->origin, "indicia.example/%s", hex);
	h->origin = (struct ind_text){ w->origin, (uint16_t)bytes };
}

enum ind_err writer_header(struct ind_writer *w, struct ind_header *h)
{
	size_t bytes;
	uint8_t certificate[IND_SIGNATURE_BYTES];
	struct epoch epoch = {
		.number = w->stream.epoch, .leaves = w->stream.leaves, .start_ns = h->created_ns, .key = w->stream.key, .boot_key = w->stream.boot_key,
	};
	memcpy(epoch.stream_id, w->stream.id, IND_STREAM_ID_BYTES);
	enum ind_err err = epoch_sign(&epoch, w->identity, certificate);
	h->epoch = w->stream.epoch;
	h->epoch_key = epoch.key;
	h->boot_key = epoch.boot_key;
	h->deterministic = w->has_seed;
	ind_key_public(w->identity, &h->identity);
	origin_make(w, h);
	if (err == IND_OK)
		err = header_pack(h, &w->stream, certificate, FRAME_HEADER_BYTES, &w->frame, &bytes);
	if (err == IND_OK)
		err = sink_write(w, w->preamble, sizeof w->preamble);
	return err == IND_OK ? writer_frame(w, FRAME_HEADER, bytes, NULL) : err;
}

static enum ind_err lanes_new(struct ind_writer *w)
{
	enum ind_err err = data_encoder_start(&w->encoder);
	for (unsigned kind = LANE_FIRST; err == IND_OK && kind < ROW_KIND_END; kind++)
		err = lane_new(&w->lane[kind], (enum row_kind)kind);
	return err;
}

enum ind_err ind_writer_new(const struct ind_sink *sink, const struct ind_stream *stream, const struct ind_header *header,
	const struct ind_key *identity, const struct ind_key *epoch_key, const uint8_t *test_seed, struct ind_writer **out)
{
	bool has_key = epoch_key_is_set(&stream->key);
	if (!tree_shape_ok(stream) || header->data_set_count > IND_DATA_SETS_MAX || (!epoch_key && !has_key) ||
		(epoch_key && (!is_ed25519(epoch_key) || (has_key && !key_is(epoch_key, &stream->key)))))
		return IND_USAGE;
	struct ind_writer *w = calloc(1, sizeof *w);
	struct ind_header *h = malloc(sizeof *h);
	enum ind_err err = w && h ? lanes_new(w) : IND_NOMEM;
	if (err == IND_OK) {
		*h = *header;
		w->sink = *sink;
		w->stream = *stream;
		w->identity = identity;
		w->first_leaf = stream->leaves;
		w->epoch_key = epoch_key;
		if (epoch_key)
			ind_key_public(epoch_key, &w->stream.key);
		w->again.durable = w->stream;
		w->again.time_bound_ns = header->created_ns;
		w->data_set_count = header->data_set_count;
		w->time_bound_ns = header->created_ns;
		w->has_seed = test_seed != NULL;
		if (test_seed)
			memcpy(w->seed, test_seed, sizeof w->seed);
		preamble_put(stream->id, w->preamble);
		w->crc_start = frame_crc_start(w->preamble);
		err = writer_header(w, h);
	}
	free(h);
	if (err == IND_OK)
		*out = w;
	else
		ind_writer_free(w);
	return err;
}

void ind_writer_stream(const struct ind_writer *w, struct ind_stream *stream) { *stream = w->stream; }

void ind_writer_totals(const struct ind_writer *w, struct ind_writer_totals *totals) { *totals = w->totals; }

void ind_writer_free(struct ind_writer *w)
{
	if (!w)
		return;
	data_encoder_free(&w->encoder);
	for (unsigned kind = LANE_FIRST; kind < ROW_KIND_END; kind++)
		lane_free(&w->lane[kind]);
	buffer_free(&w->frame);
	again_free(&w->again);
	free(w);
}
