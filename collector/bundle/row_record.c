/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/row_record.h"

enum ind_record_kind record_kind_of_row(enum row_kind kind)
{
	static const enum ind_record_kind kinds[ROW_KIND_END] = {
		[ROW_FLOW] = IND_REC_FLOW, [ROW_EXHIBIT] = IND_REC_EXHIBIT, [ROW_CLAIM] = IND_REC_CLAIM, [ROW_ORIGIN] = IND_REC_ORIGIN,
	};
	return kinds[kind];
}

static enum ind_err flow_record(const struct batch *b, struct row_cursor *at, struct buffer *signals, struct ind_record *record)
{
	size_t count = b->column[FLOW_SIGNALS].numbers[at->row];
	if (!buffer_reserve(signals, (count + 1) * sizeof(struct ind_signal)))
		return IND_NOMEM;
	struct ind_signal *out = (struct ind_signal *)(void *)signals->at;
	record->flow.signals = out;
	record->flow.signal_count = count;
	return flow_get(b, at, &record->flow.flow, out) ? IND_OK : IND_MALFORMED;
}

enum ind_err record_of_row(const struct batch *b, struct row_cursor *at, size_t data_sets, struct buffer *signals, struct ind_record *record)
{
	bool ok = false;
	record->kind = record_kind_of_row(b->spec->kind);
	record->id.row = (uint32_t)at->row;
	switch (b->spec->kind) {
	case ROW_FLOW:
		return flow_record(b, at, signals, record);
	case ROW_EXHIBIT:
		ok = exhibit_get(b, at, &record->exhibit);
		break;
	case ROW_CLAIM:
		ok = claim_get(b, at, &record->claim) && record->claim.data_set < data_sets;
		break;
	case ROW_ORIGIN:
		ok = origin_get(b, at, &record->origin);
		break;
	case ROW_KIND_END:
		break;
	}
	return ok ? IND_OK : IND_MALFORMED;
}
