/* SPDX-License-Identifier: Apache-2.0 */
/* Any file, as it is and with all its CRCs put right, so that what stands behind them is reached: reading and verifying end, stay in bounds,
 * and never find valid what nobody sealed. */
#include "fuzz/repair_frames.h"
#include "indicia/verify.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input { const uint8_t *at; size_t bytes; };

static enum ind_err read_at(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	const struct input *in = ctx;
	size_t left = offset < in->bytes ? in->bytes - (size_t)offset : 0;
	*got = count < left ? count : left;
	if (*got)
		memcpy(bytes, in->at + offset, *got);
	return IND_OK;
}

/* Touches what a record points to. */
static size_t weigh(const struct ind_record *r)
{
	size_t sum = 0;
	if (r->kind == IND_REC_FLOW)
		for (size_t i = 0; i < r->flow.signal_count; i++) {
			const struct ind_signal *s = &r->flow.signals[i];
			for (size_t k = 0; k < s->value_bytes; k++)
				sum += (uint8_t)s->value[k];
			sum += s->sha256 ? s->sha256[31] : 0;
		}
	if (r->kind == IND_REC_EXHIBIT)
		for (size_t i = 0; i < r->exhibit.bytes_count; i++)
			sum += r->exhibit.bytes[i];
	if (r->kind == IND_REC_CLAIM)
		for (size_t i = 0; i < r->claim.holder.bytes; i++)
			sum += (uint8_t)r->claim.holder.at[i];
	if (r->kind == IND_REC_HEADER)
		for (size_t i = 0; i < r->header.data_set_count; i++)
			sum += r->header.data_sets[i].name.bytes;
	return sum;
}

/* The same flows by columns, in an order that the first byte of the leaf decides: each number is there, each value in bounds. */
static size_t weigh_batch(struct ind_reader *reader, const struct ind_batch *batch)
{
	const uint64_t *numbers, *counts;
	const uint8_t *addresses;
	size_t count, all, distinct, sum = 0;
	for (unsigned i = 0; i < 50; i++) {
		enum ind_flow_column column = (enum ind_flow_column)((i * 7 + batch->leaf) % 50);
		if (ind_batch_numbers(reader, column, &numbers, &count) == IND_OK && count)
			sum += numbers[0] + numbers[count - 1];
	}
	if (ind_batch_addresses(reader, IND_DST, &addresses, &all) == IND_OK && all)
		sum += addresses[all - 1];
	if (ind_batch_values(reader, &numbers, &count, &distinct) == IND_OK && ind_batch_numbers(reader, IND_COL_SIGNAL_ID, &counts, &all) == IND_OK) {
		if (all != count)
			abort();
		for (size_t i = 0; i < count; i++) {
			struct ind_text text = ind_batch_value(reader, numbers[i]);
			if (numbers[i] > distinct)
				abort();
			for (size_t k = 0; k < text.bytes; k++)
				sum += (uint8_t)text.at[k];
		}
	}
	return sum + ind_batch_may_hold_dst_port(reader, 443) + ind_batch_may_hold_protocol(reader, 6) + ind_batch_may_hold_signal(reader, 12);
}

static size_t look_by_columns(const struct ind_source *source)
{
	struct ind_reader *reader;
	struct ind_batch batch;
	size_t weight = 0;
	if (ind_reader_new(source, IND_WANT(IND_REC_FLOW), &reader) != IND_OK)
		return 0;
	while (ind_reader_batch(reader, &batch) == IND_OK)
		weight += weigh_batch(reader, &batch);
	ind_reader_free(reader);
	return weight;
}

static void look(const uint8_t *at, size_t bytes)
{
	size_t weight = 0;
	static const struct ind_verify_options nobody;
	struct input in = { at, bytes };
	struct ind_source source = { read_at, &in };
	struct ind_reader *reader;
	const struct ind_record *record;
	struct ind_verify_result result;
	if (ind_reader_new(&source, IND_WANT_ALL, &reader) == IND_OK) {
		while (ind_reader_next(reader, &record) == IND_OK)
			weight += weigh(record);
		ind_reader_free(reader);
	}
	weight += look_by_columns(&source);
	if (weight == SIZE_MAX)
		abort();
	if (ind_verify(&source, &nobody, &result) != IND_OK || result.verdict == IND_VERDICT_VALID || result.reason[0] == '\0')
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + 1);
	if (!copy)
		return 0;
	if (size)
		memcpy(copy, data, size);
	look(copy, size);
	repair_frames(copy, size);
	look(copy, size);
	free(copy);
	return 0;
}
