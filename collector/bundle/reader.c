/* SPDX-License-Identifier: Apache-2.0 */
/* Records in recorded order. Signatures and the tree are verify.c's concern. */
#include "bundle/data.h"
#include "bundle/header.h"
#include "bundle/row_record.h"
#include "bundle/small.h"
#include "bundle/walk.h"

struct ind_reader {
	struct walk walk;
	struct data_decoder decoder;
	struct header_image image;
	uint32_t want;
	enum ind_err err;            /* what ended reading; kept */
	bool by_batch, has_batch;    /* reading stops at frames of flows; stands at one */
	size_t rows_left;            /* of the batch at hand */
	struct row_cursor at;
	uint64_t sealed_leaf;        /* of the last CHECKPOINT; 0: none yet */
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

static enum ind_err rows_begin(struct ind_reader *r)
{
	enum ind_err err = data_columns(&r->decoder);
	r->rows_left = err == IND_OK ? r->decoder.batch.rows : 0;
	r->at = (struct row_cursor){ 0 };
	return err;
}

static enum ind_err data_begin(struct ind_reader *r, const struct frame *f)
{
	enum ind_err err = data_open(&r->decoder, f->payload, f->bytes);
	if (err != IND_OK || !wants(r, record_kind_of_row(r->decoder.spec->kind)))
		return err;
	r->record.kind = record_kind_of_row(r->decoder.spec->kind);
	if (r->by_batch) {
		r->has_batch = r->decoder.spec->kind == ROW_FLOW;
		return IND_OK;
	}
	return rows_begin(r);
}

static enum ind_err recovery_open(struct ind_reader *r, const struct frame *f, bool *have)
{
	enum ind_err err = recovery_unpack(f->payload, f->bytes, &r->record.recovery);
	if (err == IND_OK && !recovery_place_ok(&r->record.recovery, f->seq, r->image.stream.leaves, r->sealed_leaf))
		err = IND_MALFORMED;
	return whole(r, IND_REC_RECOVERY, err, have);
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
		return recovery_open(r, &f, have);
	case FRAME_CHECKPOINT:
		r->sealed_leaf = f.seq;
		break;
	}
	return IND_OK;
}

static enum ind_err row_next(struct ind_reader *r)
{
	r->rows_left--;
	return record_of_row(&r->decoder.batch, &r->at, r->image.header.data_set_count, &r->signals, &r->record);
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

enum ind_err ind_reader_batch(struct ind_reader *r, struct ind_batch *batch)
{
	bool have;
	r->rows_left = 0;
	r->has_batch = false;
	r->by_batch = true;
	while (r->err == IND_OK && !r->has_batch)
		r->err = frame_take(r, &have);
	r->by_batch = false;
	if (r->err != IND_OK)
		return r->err;
	const Indicia__V1__Zone *z = r->decoder.message->zone;
	*batch = (struct ind_batch){
		.leaf = r->record.id.leaf, .rows = r->decoder.batch.rows, .min_start_ns = z->min_time_ns, .max_end_ns = z->max_time_ns,
		.min_src_port = z->min_src_port, .max_src_port = z->max_src_port,
	};
	return IND_OK;
}

/* A map that does not say rules nothing out. */
bool ind_batch_may_hold_address(const struct ind_reader *r, unsigned ip_version, const uint8_t addr[static IND_ADDR_BYTES])
{
	const Indicia__V1__Zone *z = r->decoder.message->zone;
	return z->addresses.len == 0 || zone_may_hold_address(z, ip_version, addr);
}

bool ind_batch_may_hold_dst_port(const struct ind_reader *r, uint16_t port)
{
	const Indicia__V1__Zone *z = r->decoder.message->zone;
	return z->dst_ports.len == 0 || zone_may_hold_dst_port(z, port);
}

static bool bitmap_may_hold(const ProtobufCBinaryData *map, size_t n)
{
	return n / 8 >= map->len || map->data[n / 8] >> n % 8 & 1;
}

bool ind_batch_may_hold_protocol(const struct ind_reader *r, uint8_t protocol) { return bitmap_may_hold(&r->decoder.message->zone->protocols, protocol); }

bool ind_batch_may_hold_signal(const struct ind_reader *r, unsigned id) { return bitmap_may_hold(&r->decoder.message->zone->signals, id); }

/* An error of a column is one of the file; reading does not go on behind it. */
static enum ind_err batch_ready(struct ind_reader *r, enum ind_err err)
{
	if (err == IND_NOMEM || err == IND_MALFORMED)
		r->err = err;
	return err;
}

enum ind_err ind_batch_numbers(struct ind_reader *r, enum ind_flow_column column, const uint64_t **numbers, size_t *count)
{
	unsigned i = (unsigned)column - 1;
	if (!r->has_batch || i >= FLOW_COLUMNS || row_flow_spec.column[i].form == FORM_BYTES || i == VALUE_BYTES || i == SIGNAL_VALUE)
		return IND_USAGE;
	enum ind_err err = batch_ready(r, data_column(&r->decoder, i));
	*numbers = r->decoder.batch.column[i].numbers;
	*count = err == IND_OK ? r->decoder.batch.column[i].count : 0;
	return err;
}

enum ind_err ind_batch_addresses(struct ind_reader *r, enum ind_dir end, const uint8_t **bytes, size_t *count)
{
	unsigned i = FLOW_SRC + (end == IND_DST);
	if (!r->has_batch)
		return IND_USAGE;
	enum ind_err err = batch_ready(r, data_column(&r->decoder, i));
	*bytes = r->decoder.batch.column[i].bytes;
	*count = err == IND_OK ? r->decoder.batch.column[i].count : 0;
	return err;
}

enum ind_err ind_batch_values(struct ind_reader *r, const uint64_t **references, size_t *count, size_t *distinct)
{
	const struct batch *b = &r->decoder.batch;
	if (!r->has_batch)
		return IND_USAGE;
	enum ind_err err = batch_ready(r, data_values(&r->decoder));
	*references = b->column[SIGNAL_VALUE].numbers;
	*count = err == IND_OK ? b->column[SIGNAL_VALUE].count : 0;
	*distinct = err == IND_OK ? b->column[VALUE_BYTES].count : 0;
	return err;
}

struct ind_text ind_batch_value(const struct ind_reader *r, uint64_t reference)
{
	return dictionary_text(&r->decoder.batch, reference, VALUE_BYTES, VALUES);
}

enum ind_err ind_batch_rows(struct ind_reader *r) { return r->has_batch ? batch_ready(r, rows_begin(r)) : IND_USAGE; }
