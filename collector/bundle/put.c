/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/put.h"

/* Thresholds after which a batch is written: with the largest record on top a frame stays below its limit. */
enum { ITEMS_ENOUGH = 98304, BYTES_ENOUGH = 1 << 20 };

static enum ind_err dictionary_of(struct lane *l, enum row_kind kind)
{
	if (kind == ROW_FLOW)
		return dictionary_start(&l->dictionary, VALUE_BYTES, VALUES);
	return kind == ROW_CLAIM ? dictionary_start(&l->dictionary, TEXT_BYTES, TEXTS) : IND_OK;
}

enum ind_err lane_new(struct lane *l, enum row_kind kind)
{
	*l = (struct lane){ .batch.spec = row_spec_of(kind) };
	enum ind_err err = dictionary_of(l, kind);
	return err == IND_OK ? committer_new(&l->committer) : err;
}

void lane_free(struct lane *l)
{
	batch_free(&l->batch);
	dictionary_free(&l->dictionary);
	committer_free(&l->committer);
}

void lane_start(struct lane *l, const uint8_t salt_key[static SALT_BYTES])
{
	batch_clear(&l->batch);
	dictionary_clear(&l->dictionary);
	memcpy(l->batch.salt_key, salt_key, SALT_BYTES);
	committer_start(&l->committer, salt_key);
}

static size_t loose_bytes(const struct batch *b)
{
	switch (b->spec->kind) {
	case ROW_FLOW:
		return b->column[VALUES].count + b->column[CUT_SHA256].count;
	case ROW_EXHIBIT:
		return b->column[EXHIBIT_BYTES].count;
	case ROW_CLAIM:
		return b->column[TEXTS].count;
	default:
		return 0;
	}
}

static size_t loose_items(const struct batch *b)
{
	return b->spec->kind == ROW_FLOW ? b->column[SIGNAL_ID].count : b->spec->kind == ROW_ORIGIN ? b->column[CELLS].count : 0;
}

bool lane_full(const struct lane *l)
{
	const struct batch *b = &l->batch;
	return b->rows == ROWS_MAX || loose_bytes(b) >= BYTES_ENOUGH || loose_items(b) >= ITEMS_ENOUGH;
}

static enum ind_err outcome(const struct lane *l) { return l->batch.failed || l->committer.failed ? IND_NOMEM : IND_OK; }

enum ind_err lane_flow(struct lane *l, const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	size_t before = l->batch.column[SIGNAL_BITS].count;
	flow_put(&l->batch, &l->dictionary, flow, signals, count);
	if (!l->batch.failed)
		commit_flow(&l->committer, flow, signals, count ? l->batch.column[SIGNAL_BITS].numbers + before : NULL, count);
	return outcome(l);
}

enum ind_err lane_exhibit(struct lane *l, const struct ind_exhibit *exhibit)
{
	exhibit_put(&l->batch, exhibit);
	commit_exhibit(&l->committer, exhibit);
	return outcome(l);
}

enum ind_err lane_claim(struct lane *l, const struct ind_claim *claim)
{
	claim_put(&l->batch, &l->dictionary, claim);
	commit_claim(&l->committer, claim);
	return outcome(l);
}

enum ind_err lane_origin(struct lane *l, const struct ind_origin *origin)
{
	origin_put(&l->batch, origin);
	commit_origin(&l->committer, origin);
	return outcome(l);
}
