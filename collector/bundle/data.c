/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 4. */
#include "bundle/data.h"

#include "bundle/column.h"
#include "bundle/dictionary.h"
#include "bundle/message.h"
#include <string.h>

enum { CODEC_RAW = 0, CODEC_ZLIB = 1 };
enum { RUN_MIN_BYTES = 512, RUN_PREFIX_BYTES = 16, HARDLY_PERCENT = 10, HARDLY_MIN_BYTES = 4096, HARDLY_FRAMES = 7 };

enum ind_err data_encoder_start(struct data_encoder *e)
{
	*e = (struct data_encoder){ .codec = codec_new() };
	return e->codec ? IND_OK : IND_NOMEM;
}

void data_encoder_free(struct data_encoder *e)
{
	codec_free(e->codec);
	buffer_free(&e->raw);
	buffer_free(&e->stored);
}

static bool column_in_us(const struct column_spec *spec, const struct column *c, uint64_t base_ns)
{
	uint64_t before = base_ns;
	for (size_t i = 0; i < c->count; i++) {
		uint64_t value = spec->form == FORM_DELTA ? c->numbers[i] - before : c->numbers[i];
		if ((int64_t)value % TIME_UNIT_US_NS != 0)
			return false;
		before = c->numbers[i];
	}
	return true;
}

/* Most captures count in microseconds: a thousandth of each time is enough then. */
static struct column_time time_of(const struct batch *b)
{
	struct column_time time = { 0, 1 };
	if (b->spec->first_time == UINT8_MAX)
		return time;
	time.base_ns = b->column[b->spec->first_time].numbers[0];
	for (unsigned i = 0; i < b->spec->columns; i++)
		if (b->spec->column[i].is_time && !column_in_us(&b->spec->column[i], &b->column[i], time.base_ns))
			return time;
	time.unit_ns = TIME_UNIT_US_NS;
	return time;
}

/* Is a column one byte over and over behind its prefix? */
static bool is_run(const uint8_t *raw, size_t raw_bytes, unsigned form)
{
	size_t prefix = 2;
	if (form == FORM_BYTES || raw_bytes < RUN_MIN_BYTES)
		return false;
	while (raw[prefix - 1] & 0x80 && prefix < RUN_PREFIX_BYTES)
		prefix++;
	return memcmp(raw + prefix, raw + prefix + 1, raw_bytes - prefix - 1) == 0;
}

/* Of as many bytes the prefix is the same, too. */
static size_t run_deflate(struct data_encoder *e, const uint8_t *raw, size_t raw_bytes, uint8_t *out)
{
	uint8_t value = raw[raw_bytes - 1];
	struct data_run *r = &e->run;
	if (r->raw_bytes == raw_bytes && r->value == value) {
		memcpy(out, r->stored, r->stored_bytes);
		return r->stored_bytes;
	}
	size_t stored = codec_deflate(e->codec, raw, raw_bytes, out);
	if (stored && stored <= sizeof r->stored) {
		*r = (struct data_run){ .raw_bytes = raw_bytes, .value = value, .stored_bytes = (uint8_t)stored };
		memcpy(r->stored, out, stored);
	}
	return stored;
}

/* 0: the column stays as it is. */
static size_t column_deflate(struct data_encoder *e, const struct batch *b, unsigned i, const uint8_t *raw, size_t raw_bytes, uint8_t *out)
{
	uint8_t *raw_frames = &e->raw_frames[b->spec->kind][i];
	if (is_run(raw, raw_bytes, b->spec->column[i].form))
		return run_deflate(e, raw, raw_bytes, out);
	if (*raw_frames) {
		--*raw_frames;
		return 0;
	}
	size_t stored = codec_deflate(e->codec, raw, raw_bytes, out);
	if (raw_bytes >= HARDLY_MIN_BYTES && (stored == 0 || stored * 100 > raw_bytes * (100 - HARDLY_PERCENT)))
		*raw_frames = HARDLY_FRAMES;
	return stored;
}

/* Encodes one column behind the ones before it; *at moves. */
static enum ind_err column_store(struct data_encoder *e, const struct batch *b, unsigned i, struct column_time time, size_t *at)
{
	const uint8_t *raw;
	Indicia__V1__Column *column = &e->column[i];
	if (!buffer_reserve(&e->raw, column_raw_max(&b->spec->column[i], &b->column[i])))
		return IND_NOMEM;
	size_t raw_bytes = column_encode(&b->spec->column[i], &b->column[i], time, e->raw.at, &raw);
	if (!buffer_reserve(&e->stored, *at + raw_bytes))
		return IND_NOMEM;
	size_t stored = column_deflate(e, b, i, raw, raw_bytes, e->stored.at + *at);
	if (stored == 0 && raw_bytes)
		memcpy(e->stored.at + *at, raw, raw_bytes);
	indicia__v1__column__init(column);
	column->id = i + 1;
	column->codec = stored ? CODEC_ZLIB : CODEC_RAW;
	column->raw_len = (uint32_t)raw_bytes;
	column->data.len = stored ? stored : raw_bytes;
	*at += column->data.len;
	e->columns[i] = column;
	return IND_OK;
}

static enum ind_err columns_store(struct data_encoder *e, const struct batch *b, struct column_time time)
{
	size_t at = 0, raw_total = 0;
	for (unsigned i = 0; i < b->spec->columns; i++) {
		enum ind_err err = column_store(e, b, i, time, &at);
		if (err != IND_OK)
			return err;
		raw_total += e->column[i].raw_len;
	}
	at = 0;
	for (unsigned i = 0; i < b->spec->columns; i++) {
		e->column[i].data.data = e->stored.at + at;
		at += e->column[i].data.len;
	}
	return raw_total <= FRAME_MAX_BYTES ? IND_OK : IND_LIMIT;
}

enum ind_err data_pack(struct data_encoder *e, const struct batch *b, size_t before, struct buffer *out, size_t *bytes)
{
	Indicia__V1__Data data = INDICIA__V1__DATA__INIT;
	uint8_t salt_key[SALT_BYTES];
	struct column_time time = time_of(b);
	enum ind_err err = columns_store(e, b, time);
	if (err != IND_OK)
		return err;
	zone_of(b, &e->zone);
	memcpy(salt_key, b->salt_key, sizeof salt_key);
	data.kind = (Indicia__V1__Kind)b->spec->kind;
	data.rows = (uint32_t)b->rows;
	data.base_ns = time.base_ns;
	data.time_unit_ns = (uint32_t)time.unit_ns;
	data.salt_key = (ProtobufCBinaryData){ sizeof salt_key, salt_key };
	data.zone = &e->zone.message;
	data.n_columns = b->spec->columns;
	data.columns = e->columns;
	err = message_pack(&data.base, before, out, bytes);
	return err == IND_OK && *bytes > FRAME_MAX_BYTES ? IND_LIMIT : err;
}

enum ind_err data_decoder_start(struct data_decoder *d)
{
	*d = (struct data_decoder){ .codec = codec_new(), .batch.borrows = true };
	return d->codec ? IND_OK : IND_NOMEM;
}

void data_decoder_free(struct data_decoder *d)
{
	codec_free(d->codec);
	message_free(d->message);
	buffer_free(&d->arena);
	batch_free(&d->batch);
}

static bool columns_form(const struct row_spec *spec, const Indicia__V1__Data *m)
{
	size_t raw_total = 0;
	if (m->n_columns != spec->columns)
		return false;
	for (size_t i = 0; i < m->n_columns; i++) {
		const Indicia__V1__Column *c = m->columns[i];
		if (c->id != i + 1 || c->raw_len > FRAME_MAX_BYTES - raw_total)
			return false;
		raw_total += c->raw_len;
	}
	return true;
}

static bool envelope_form(const struct row_spec *spec, const Indicia__V1__Data *m)
{
	bool timed = spec->first_time != UINT8_MAX;
	return m->rows >= 1 && m->rows <= ROWS_MAX && message_has(&m->salt_key, SALT_BYTES) && m->zone &&
		(m->time_unit_ns == 1 || (timed && m->time_unit_ns == TIME_UNIT_US_NS)) && (timed || m->base_ns == 0) && columns_form(spec, m);
}

static enum ind_err batch_start(struct data_decoder *d)
{
	size_t inflated = 0;
	for (size_t i = 0; i < d->message->n_columns; i++)
		inflated += d->message->columns[i]->codec == CODEC_ZLIB ? d->message->columns[i]->raw_len : 0;
	d->arena_at = 0;
	d->loaded = 0;
	d->resolved = false;
	d->batch.spec = d->spec;
	d->batch.rows = d->message->rows;
	memcpy(d->batch.salt_key, d->message->salt_key.data, SALT_BYTES);
	return buffer_reserve(&d->arena, inflated + 1) ? IND_OK : IND_NOMEM;
}

enum ind_err data_open(struct data_decoder *d, const uint8_t *payload, size_t bytes)
{
	ProtobufCMessage *message;
	message_free(d->message);
	d->message = NULL;
	enum ind_err err = message_unpack(&indicia__v1__data__descriptor, payload, bytes, &message);
	if (err != IND_OK)
		return err;
	d->message = (Indicia__V1__Data *)(void *)message;
	d->spec = d->message->kind >= 0 ? row_spec_of((unsigned)d->message->kind) : NULL;
	return d->spec && envelope_form(d->spec, d->message) ? batch_start(d) : IND_MALFORMED;
}

/* The raw bytes of a column; inflated ones go to the arena. NULL if it is not in form. */
static const uint8_t *column_raw(struct data_decoder *d, const Indicia__V1__Column *c)
{
	static const uint8_t nothing[1];
	if (c->codec == CODEC_RAW)
		return c->data.len != c->raw_len ? NULL : c->raw_len ? c->data.data : nothing;
	if (c->codec != CODEC_ZLIB || c->data.len >= c->raw_len)
		return NULL;
	uint8_t *out = d->arena.at + d->arena_at;
	d->arena_at += c->raw_len;
	return codec_inflate(d->codec, c->data.data, c->data.len, out, c->raw_len) ? out : NULL;
}

static enum ind_err column_load(struct data_decoder *d, unsigned i)
{
	const Indicia__V1__Column *stored = d->message->columns[i];
	const struct column_spec *spec = &d->spec->column[i];
	struct column *c = &d->batch.column[i];
	struct column_time time = { d->message->base_ns, d->message->time_unit_ns };
	size_t count = column_count_expected(&d->batch, i);
	const uint8_t *raw = column_raw(d, stored);
	if (!raw || !column_fits(stored->raw_len, count) || (spec->form != FORM_BYTES && count > FRAME_SIGNALS_MAX))
		return IND_MALFORMED;
	c->count = 0;
	if (spec->form != FORM_BYTES && count > c->capacity && !column_grow(&d->batch, c, count, sizeof *c->numbers))
		return IND_NOMEM;
	return column_decode(spec, raw, stored->raw_len, time, count, c) ? IND_OK : IND_MALFORMED;
}

/* Columns of which column_count_expected reads the values: they stand before it. */
static enum ind_err columns_counted(struct data_decoder *d, const struct column_spec *spec)
{
	switch ((enum column_count)spec->count) {
	case COUNT_ROWS: break;
	case COUNT_SUM:
	case COUNT_CUT: return data_column(d, spec->of);
	case COUNT_ADDRESSES: return data_column(d, d->spec->version_column);
	case COUNT_NEW:
		for (unsigned i = spec->of; i <= spec->last; i++) {
			enum ind_err err = data_column(d, i);
			if (err != IND_OK)
				return err;
		}
		break;
	}
	return IND_OK;
}

enum ind_err data_column(struct data_decoder *d, unsigned i)
{
	if (d->loaded >> i & 1)
		return IND_OK;
	enum ind_err err = columns_counted(d, &d->spec->column[i]);
	if (err == IND_OK)
		err = column_load(d, i);
	if (err == IND_OK)
		d->loaded |= UINT64_C(1) << i;
	return err;
}

/* Resolving changes what the counts of other columns are read from: these come first. */
static enum ind_err values_load(struct data_decoder *d, unsigned lengths)
{
	enum ind_err err = data_column(d, lengths);
	for (unsigned i = lengths + 1; err == IND_OK && i < d->spec->columns; i++)
		if (d->spec->column[i].count == COUNT_SUM && d->spec->column[i].of == lengths)
			err = data_column(d, i);
	return err;
}

enum ind_err data_values(struct data_decoder *d)
{
	for (unsigned i = 0; !d->resolved && i < d->spec->columns; i++) {
		const struct column_spec *spec = &d->spec->column[i];
		if (spec->count != COUNT_NEW)
			continue;
		enum ind_err err = values_load(d, i);
		if (err != IND_OK)
			return err;
		if (!dictionary_resolve(&d->batch, spec->of, spec->last, i))
			return IND_MALFORMED;
	}
	d->resolved = true;
	return IND_OK;
}

enum ind_err data_columns(struct data_decoder *d)
{
	for (unsigned i = 0; i < d->spec->columns; i++) {
		enum ind_err err = data_column(d, i);
		if (err != IND_OK)
			return err;
	}
	return data_values(d);
}
