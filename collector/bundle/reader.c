/* SPDX-License-Identifier: Apache-2.0 */
/* Records in recorded order. Signatures and the tree are verify.c's concern. */
#include "bundle/data.h"
#include "bundle/header.h"
#include "bundle/row.h"
#include "bundle/small.h"
#include "bundle/walk.h"

struct ind_reader {
	struct walk walk;
	struct data_decoder decoder;
	struct header_image image;
	uint32_t want;
	enum ind_err err;            /* what ended reading; kept */
	size_t rows_left;            /* of the batch at hand */
	struct row_cursor at;
	struct buffer signals;       /* struct ind_signal each, of one flow */
	struct ind_record record;
};

enum ind_err ind_reader_new(const struct ind_source *source, uint32_t want, struct ind_reader **out)
{
	struct ind_reader *r = calloc(1, sizeof *r);
	if (!r)
		return IND_NOMEM;
	r->want = want;
	enum ind_err err = data_decoder_start(&r->decoder);
	if (err == IND_OK)
		err = walk_open(&r->walk, source);
	if (err == IND_OK)
		*out = r;
	else
		ind_reader_free(r);
	return err;
}

void ind_reader_free(struct ind_reader *r)
{
	if (!r)
		return;
	walk_close(&r->walk);
	data_decoder_free(&r->decoder);
	header_image_free(&r->image);
	buffer_free(&r->signals);
	free(r);
}

uint64_t ind_reader_offset(const struct ind_reader *r) { return r->walk.offset; }

static bool wants(const struct ind_reader *r, enum ind_record_kind kind) { return r->want & IND_WANT(kind); }

/* The record of a frame that is one. */
static enum ind_err whole(struct ind_reader *r, enum ind_record_kind kind, enum ind_err err, bool *have)
{
	r->record.kind = kind;
	r->record.id.row = 0;
	*have = err == IND_OK && wants(r, kind);
	return err;
}

static enum ind_err header_open(struct ind_reader *r, const struct frame *f, bool *have)
{
	const char *reason;
	enum ind_err err = header_unpack(f->payload, f->bytes, r->walk.preamble + 8, &r->image, &reason);
	if (err == IND_OK && f->seq != r->image.stream.leaves)
		err = IND_MALFORMED;
	r->walk.next_seq = r->image.stream.leaves + 1;
	memcpy(r->record.id.stream_id, r->image.stream.id, IND_STREAM_ID_BYTES);
	r->record.header = r->image.header;
	return whole(r, IND_REC_HEADER, err, have);
}

static enum ind_err seal_open(struct ind_reader *r, const struct frame *f, bool *have)
{
	struct seal seal;
	enum ind_err err = seal_unpack(f->payload, f->bytes, &seal);
	if (err != IND_OK)
		return err;
	r->walk.seal_is_final = seal.info.final;
	r->record.seal = seal.info;
	return whole(r, IND_REC_SEAL, err, have);
}

static enum ind_err data_begin(struct ind_reader *r, const struct frame *f)
{
	static const enum ind_record_kind kinds[ROW_KIND_END] = {
		[ROW_FLOW] = IND_REC_FLOW, [ROW_EXHIBIT] = IND_REC_EXHIBIT, [ROW_CLAIM] = IND_REC_CLAIM, [ROW_ORIGIN] = IND_REC_ORIGIN,
	};
	enum ind_err err = data_open(&r->decoder, f->payload, f->bytes);
	if (err != IND_OK || !wants(r, kinds[r->decoder.spec->kind]))
		return err;
	err = data_columns(&r->decoder);
	if (err != IND_OK)
		return err;
	r->rows_left = r->decoder.batch.rows;
	r->at = (struct row_cursor){ 0 };
	r->record.kind = kinds[r->decoder.spec->kind];
	return IND_OK;
}

static enum ind_err epoch_form(const struct frame *f)
{
	struct epoch_frame epoch;
	return epoch_unpack(f->payload, f->bytes, &epoch);
}

/* Takes in the next frame; *have if it is a record itself. */
static enum ind_err frame_take(struct ind_reader *r, bool *have)
{
	struct frame f;
	enum ind_err err = walk_next(&r->walk, &f);
	*have = false;
	if (err != IND_OK)
		return err == IND_END && !r->walk.finished ? IND_SHORT : err;
	r->record.id.leaf = f.seq;
	switch (f.type) {
	case FRAME_HEADER:
		return header_open(r, &f, have);
	case FRAME_DATA:
		return data_begin(r, &f);
	case FRAME_CLOCK:
		return whole(r, IND_REC_CLOCK, clock_unpack(f.payload, f.bytes, &r->record.clock), have);
	case FRAME_LOSS:
		return whole(r, IND_REC_LOSS, loss_unpack(f.payload, f.bytes, &r->record.loss), have);
	case FRAME_EPOCH:
		return epoch_form(&f);
	case FRAME_SEALINFO:
		return seal_open(r, &f, have);
	case FRAME_RECOVERY:
		return recovery_check(f.payload, f.bytes);
	case FRAME_CHECKPOINT:
		break;
	}
	return IND_OK;
}

static enum ind_err flow_next(struct ind_reader *r)
{
	const struct batch *b = &r->decoder.batch;
	size_t count = b->column[FLOW_SIGNALS].numbers[r->at.row];
	if (!buffer_reserve(&r->signals, (count + 1) * sizeof(struct ind_signal)))
		return IND_NOMEM;
	struct ind_signal *signals = (struct ind_signal *)(void *)r->signals.at;
	r->record.flow.signals = signals;
	r->record.flow.signal_count = count;
	return flow_get(b, &r->at, &r->record.flow.flow, signals) ? IND_OK : IND_MALFORMED;
}

static enum ind_err row_next(struct ind_reader *r)
{
	const struct batch *b = &r->decoder.batch;
	bool ok = false;
	r->record.id.row = (uint32_t)r->at.row;
	r->rows_left--;
	switch (b->spec->kind) {
	case ROW_FLOW:
		return flow_next(r);
	case ROW_EXHIBIT:
		ok = exhibit_get(b, &r->at, &r->record.exhibit);
		break;
	case ROW_CLAIM:
		ok = claim_get(b, &r->at, &r->record.claim) && r->record.claim.data_set < r->image.header.data_set_count;
		break;
	case ROW_ORIGIN:
		ok = origin_get(b, &r->at, &r->record.origin);
		break;
	case ROW_KIND_END:
		break;
	}
	return ok ? IND_OK : IND_MALFORMED;
}

enum ind_err ind_reader_next(struct ind_reader *r, const struct ind_record **record)
{
	bool have = false;
	while (r->err == IND_OK && !have && r->rows_left == 0)
		r->err = frame_take(r, &have);
	if (r->err == IND_OK && !have)
		r->err = row_next(r);
	*record = &r->record;
	return r->err;
}
