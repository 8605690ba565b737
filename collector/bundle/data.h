/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_DATA_H
#define BUNDLE_DATA_H

#include "bundle/buffer.h"
#include "bundle/codec.h"
#include "bundle/zone.h"

/* DATA payloads: a batch to bytes and back (docs/bundle-format.md section 4). */

/* What deflating one byte many times gave: most columns of most frames are such runs, and of the same length. */
struct data_run {
	size_t raw_bytes;            /* 0: none yet */
	uint8_t value, stored_bytes;
	uint8_t stored[64];
};

struct data_encoder {
	struct codec *codec;
	struct data_run run;
	uint8_t raw_frames[ROW_KIND_END][BATCH_COLUMNS_MAX]; /* so many more frames keep this column as it is, for it hardly deflates */
	struct buffer raw, stored;   /* one column, all columns */
	Indicia__V1__Column column[BATCH_COLUMNS_MAX];
	Indicia__V1__Column *columns[BATCH_COLUMNS_MAX];
	struct zone zone;
};

enum ind_err data_encoder_start(struct data_encoder *e) IND_MUST_USE;
void data_encoder_free(struct data_encoder *e);

/* The payload goes into `out` behind `before` bytes. IND_LIMIT if it is larger than a frame may be. */
enum ind_err data_pack(struct data_encoder *e, const struct batch *b, size_t before, struct buffer *out, size_t *bytes) IND_MUST_USE;

/* Reading. `message` is the envelope, columns as stored; `batch` the columns that were decoded. Both live until the next data_open. */
struct data_decoder {
	struct codec *codec;
	Indicia__V1__Data *message;
	const struct row_spec *spec;
	struct buffer arena;         /* inflated columns */
	size_t arena_at;
	uint64_t loaded;             /* bit i: column i is in `batch` */
	bool resolved;               /* so are the values, and references are numbers of them */
	struct batch batch;
};

enum ind_err data_decoder_start(struct data_decoder *d) IND_MUST_USE;
void data_decoder_free(struct data_decoder *d);

/* Reads the envelope and checks its form; no column is looked into. `batch` has rows and no columns then. */
enum ind_err data_open(struct data_decoder *d, const uint8_t *payload, size_t bytes) IND_MUST_USE;

/* Inflates and decodes one column into `batch`, and those that say how many values it has. */
enum ind_err data_column(struct data_decoder *d, unsigned column) IND_MUST_USE;

/* Inflates the columns of a dictionary and those that refer to it, and resolves the references. */
enum ind_err data_values(struct data_decoder *d) IND_MUST_USE;

/* Inflates and decodes all columns into `batch`. */
enum ind_err data_columns(struct data_decoder *d) IND_MUST_USE;

#endif
