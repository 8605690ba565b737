/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 7: the checks behind the frame layer, one function per frame type. */
#include "bundle/verify_frame.h"

#include "bundle/note.h"
#include "bundle/row.h"

enum ind_err verifier_start(struct verifier *v, const struct ind_verify_options *options)
{
	*v = (struct verifier){ .clock_error_ns = IND_ABSENT_U64, .row = IND_ABSENT_U64 };
	enum ind_err err = heads_start(&v->heads, options);
	if (err == IND_OK)
		err = data_decoder_start(&v->decoder);
	return err == IND_OK ? committer_new(&v->committer) : err;
}

void verifier_end(struct verifier *v)
{
	walk_close(&v->walk);
	data_decoder_free(&v->decoder);
	committer_free(&v->committer);
	header_image_free(&v->image);
	free(v->zone);
	buffer_free(&v->signals);
}

/* Names the failure; lack of memory stays what it is. */
static enum ind_err because(struct verifier *v, enum ind_err err, const char *reason)
{
	if (err != IND_OK)
		v->reason = reason;
	return err;
}

static enum ind_err wrong(struct verifier *v, const char *reason) { return because(v, IND_MALFORMED, reason); }

/* A signature that is not right is a defect of the bytes. */
static enum ind_err signature(struct verifier *v, enum ind_err err, const char *reason)
{
	return because(v, err == IND_KEY ? IND_MALFORMED : err, reason);
}

static enum ind_err see_header(struct verifier *v, const struct frame *f)
{
	const char *reason;
	enum ind_err err = header_unpack(f->payload, f->bytes, v->walk.preamble + 8, &v->image, &reason);
	if (err != IND_OK)
		return because(v, err, reason);
	const struct ind_header *h = &v->image.header;
	struct epoch epoch = {
		.number = h->epoch, .leaves = h->first_leaf, .start_ns = v->image.epoch_start_ns, .key = h->epoch_key, .boot_key = h->boot_key,
	};
	memcpy(epoch.stream_id, h->stream_id, IND_STREAM_ID_BYTES);
	err = signature(v, epoch_check(&epoch, &h->identity, v->image.certificate), "epoch_certificate");
	if (err != IND_OK)
		return err;
	if (f->seq != h->first_leaf)
		return wrong(v, "sequence");
	v->walk.next_seq = h->first_leaf + 1;
	v->stream = v->image.stream;
	v->time_bound_ns = v->image.epoch_start_ns;
	heads_see(&v->heads, &v->stream);
	return IND_OK;
}

static bool commit_next_flow(struct verifier *v, struct row_cursor *at)
{
	const struct batch *b = &v->decoder.batch;
	struct ind_flow flow;
	size_t count = b->column[FLOW_SIGNALS].numbers[at->row];
	const uint64_t *bits = count ? b->column[SIGNAL_BITS].numbers + at->signal_at : NULL;
	struct ind_signal *signals = (struct ind_signal *)(void *)v->signals.at;
	if (!flow_get(b, at, &flow, signals))
		return false;
	commit_flow(&v->committer, &flow, signals, bits, count);
	v->totals.flows++;
	v->totals.signals += count;
	return true;
}

static bool commit_next_exhibit(struct verifier *v, struct row_cursor *at)
{
	struct ind_exhibit exhibit;
	bool ok = exhibit_get(&v->decoder.batch, at, &exhibit);
	commit_exhibit(&v->committer, &exhibit);
	v->totals.exhibits++;
	return ok;
}

static bool commit_next_claim(struct verifier *v, struct row_cursor *at)
{
	struct ind_claim claim;
	if (!claim_get(&v->decoder.batch, at, &claim) || claim.data_set >= v->image.header.data_set_count)
		return false;
	commit_claim(&v->committer, &claim);
	v->totals.claims++;
	return true;
}

static bool commit_next_origin(struct verifier *v, struct row_cursor *at)
{
	struct ind_origin origin;
	if (!origin_get(&v->decoder.batch, at, &origin))
		return false;
	commit_origin(&v->committer, &origin);
	v->totals.origins++;
	return true;
}

/* Room for the zone map, and for the signals of any flow of the batch. */
static enum ind_err scratch_ready(struct verifier *v, const struct batch *b)
{
	size_t signals = b->spec->kind == ROW_FLOW ? FLOW_SIGNALS_MAX : 0;
	if (signals > b->column[SIGNAL_ID].count)
		signals = b->column[SIGNAL_ID].count;
	if (!v->zone)
		v->zone = malloc(sizeof *v->zone);
	return v->zone && buffer_reserve(&v->signals, (signals + 1) * sizeof(struct ind_signal)) ? IND_OK : IND_NOMEM;
}

static enum ind_err see_data(struct verifier *v, const struct frame *f, struct tree_hash *records_root)
{
	static bool (*const commit_next[ROW_KIND_END])(struct verifier *, struct row_cursor *) = {
		[ROW_FLOW] = commit_next_flow,
		[ROW_EXHIBIT] = commit_next_exhibit,
		[ROW_CLAIM] = commit_next_claim,
		[ROW_ORIGIN] = commit_next_origin,
	};
	const struct batch *b = &v->decoder.batch;
	struct row_cursor at = { 0 };
	enum ind_err err = because(v, data_open(&v->decoder, f->payload, f->bytes), "data_form");
	if (err == IND_OK)
		err = because(v, data_columns(&v->decoder), "column_form");
	if (err == IND_OK)
		err = scratch_ready(v, b);
	if (err != IND_OK)
		return err;
	committer_start(&v->committer, b->salt_key);
	while (at.row < b->rows) {
		uint64_t row = at.row;
		if (commit_next[b->spec->kind](v, &at))
			continue;
		v->row = row;
		return wrong(v, "column_form");
	}
	zone_of(b, v->zone);
	if (!zone_equal(&v->zone->message, v->decoder.message->zone))
		return wrong(v, "zone_map");
	return committer_root(&v->committer, records_root);
}

static enum ind_err see_clock(struct verifier *v, const struct frame *f)
{
	struct ind_clock clock;
	enum ind_err err = because(v, clock_unpack(f->payload, f->bytes, &clock), "clock_form");
	if (err != IND_OK)
		return err;
	clock_follow(&v->clock, &clock);
	uint64_t down = clock.step_ns < 0 ? 0 - (uint64_t)clock.step_ns : 0;
	v->time_bound_ns = v->time_bound_ns > down ? v->time_bound_ns - down : 0;
	if (clock.max_error_ns != IND_ABSENT_U64 && (v->clock_error_ns == IND_ABSENT_U64 || clock.max_error_ns > v->clock_error_ns))
		v->clock_error_ns = clock.max_error_ns;
	return IND_OK;
}

static enum ind_err see_loss(struct verifier *v, const struct frame *f)
{
	struct ind_loss loss;
	return because(v, loss_unpack(f->payload, f->bytes, &loss), "loss_form");
}

static enum ind_err see_epoch(struct verifier *v, const struct frame *f)
{
	struct epoch_frame said;
	enum ind_err err = because(v, epoch_unpack(f->payload, f->bytes, &said), "epoch_form");
	if (err != IND_OK)
		return err;
	struct epoch *e = &said.epoch;
	e->leaves = f->seq;
	memcpy(e->stream_id, v->stream.id, sizeof e->stream_id);
	if (said.restart ? !epoch_key_is_set(&v->stream.boot_key) : v->last != FRAME_CHECKPOINT && !(v->again && f->seq == v->image.header.first_leaf + 2))
		return wrong(v, "epoch_transition");
	if (e->number != v->stream.epoch + 1 || e->start_ns < v->time_bound_ns)
		return wrong(v, "epoch_transition");
	err = signature(v, epoch_check(e, said.restart ? &v->stream.boot_key : &v->stream.key, said.signature), "epoch_transition");
	v->stream.epoch = e->number;
	v->stream.key = e->key;
	v->stream.boot_key = e->boot_key;
	v->time_bound_ns = e->start_ns;
	return err;
}

static enum ind_err see_sealinfo(struct verifier *v, const struct frame *f)
{
	struct seal s;
	enum ind_err err = because(v, seal_unpack(f->payload, f->bytes, &s), "seal_form");
	if (err != IND_OK)
		return err;
	if (s.first_leaf != v->image.header.first_leaf)
		return wrong(v, "seal_bundle");
	if (s.epoch != v->stream.epoch)
		return wrong(v, "seal_epoch");
	if (s.info.realtime_ns < v->time_bound_ns)
		return wrong(v, "seal_time");
	if (s.totals.flows != v->totals.flows || s.totals.signals != v->totals.signals || s.totals.exhibits != v->totals.exhibits ||
		s.totals.claims != v->totals.claims || s.totals.origins != v->totals.origins)
		return wrong(v, "record_count");
	v->time_bound_ns = v->seal_ns = s.info.realtime_ns;
	v->walk.seal_is_final = s.info.final;
	return IND_OK;
}

static enum ind_err see_checkpoint(struct verifier *v, const struct frame *f)
{
	enum ind_err err;
	struct note note = { .origin = v->image.message->origin, .size = f->seq };
	tree_root(&v->stream, &note.root);
	const char *reason = note_check(&note, &v->stream.key, f->payload, f->bytes, &err);
	v->root = note.root;
	v->sealed_leaf = f->seq;
	v->tree_size = note.size;
	hash_sha256(f->payload, f->bytes, v->note_sha256);
	return because(v, err, reason);
}

static enum ind_err see_recovery(struct verifier *v, const struct frame *f)
{
	struct ind_recovery recovery;
	enum ind_err err = because(v, recovery_unpack(f->payload, f->bytes, &recovery), "recovery_form");
	if (err != IND_OK)
		return err;
	for (size_t i = 0; i < recovery.abandoned_count; i++)
		heads_declare(&v->heads, recovery.abandoned[i].size, recovery.abandoned[i].root);
	bool ok = recovery_place_ok(&recovery, f->seq, v->image.header.first_leaf, v->sealed_leaf);
	v->again |= ok && recovery.again;
	return ok ? IND_OK : wrong(v, "recovery_form");
}

static enum ind_err see(struct verifier *v, const struct frame *f, struct tree_hash *records_root)
{
	switch (f->type) {
	case FRAME_HEADER:
		return see_header(v, f);
	case FRAME_DATA:
		return see_data(v, f, records_root);
	case FRAME_CLOCK:
		return see_clock(v, f);
	case FRAME_LOSS:
		return see_loss(v, f);
	case FRAME_EPOCH:
		return see_epoch(v, f);
	case FRAME_SEALINFO:
		return see_sealinfo(v, f);
	case FRAME_CHECKPOINT:
		return see_checkpoint(v, f);
	case FRAME_RECOVERY:
		return see_recovery(v, f);
	}
	return IND_UNKNOWN;
}

enum ind_err verify_frame(struct verifier *v, const struct frame *f)
{
	struct tree_hash records_root, leaf;
	enum ind_err err = see(v, f, &records_root);
	if (err != IND_OK)
		return err;
	tree_frame_leaf(v->walk.preamble, f->header, f->payload, f->bytes, f->type == FRAME_DATA ? &records_root : NULL, &leaf);
	tree_push(&v->stream, &leaf);
	heads_see(&v->heads, &v->stream);
	v->last = f->type;
	return IND_OK;
}
