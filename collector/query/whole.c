/* SPDX-License-Identifier: Apache-2.0 */
#include "query/whole.h"
#include "base/hash.h"
#include "indicia/catalogue.h"
#include "query/rows.h"
#include <stdlib.h>
#include <string.h>

struct totals { uint64_t flows, outer, packets, bytes, signals, derived, exhibits, claims, origins, first_ns, last_ns, loss[IND_LOSS_MAX]; };

struct whole {
	struct query_row row;
	struct query_row sets[IND_DATA_SETS_MAX];
	struct totals totals;
	uint64_t signal_set[IND_SIGNAL_SET_WORDS];
	struct ind_reader *header_reader; /* the row borrows from it */
	const struct ind_header *header;
	uint8_t key_id[4], sha256[HASH_SHA256_BYTES];
	struct ind_seal_info seal;   /* the last one */
	struct ind_recovery cut;     /* the last one of this form */
	uint64_t first_leaf, torn_bytes, abandoned_heads, recoveries;
	bool has_row, has_cut;
};

struct whole *whole_new(void) { return calloc(1, sizeof(struct whole)); }

void whole_free(struct whole *o)
{
	if (o)
		ind_reader_free(o->header_reader);
	free(o);
}

struct query_row *whole_row(struct whole *o) { return o->has_row ? &o->row : NULL; }
const struct ind_header *whole_header(const struct whole *o) { return o->has_row ? o->header : NULL; }

/* Who counts the flows around others too counts their bytes twice. */
static void count_flow(struct totals *t, const struct ind_flow *flow)
{
	if ((!t->flows && !t->outer) || flow->start_ns < t->first_ns)
		t->first_ns = flow->start_ns;
	if (flow->end_ns > t->last_ns)
		t->last_ns = flow->end_ns;
	if (flow->carries != IND_TUNNEL_NONE) {
		t->outer++;
		return;
	}
	t->flows++;
	t->packets += flow->packets[IND_SRC] + flow->packets[IND_DST];
	t->bytes += flow->bytes[IND_SRC] + flow->bytes[IND_DST];
}

static void count_signals(struct whole *o, const struct ind_record *record)
{
	struct ind_derived derived;
	ind_flow_derive(&record->flow.flow, record->flow.signals, record->flow.signal_count, o->signal_set, &derived);
	o->totals.signals += record->flow.signal_count;
	o->totals.derived += derived.count;
}

static void count_recovery(struct whole *o, const struct ind_recovery *r)
{
	o->recoveries++;
	o->torn_bytes += r->torn_bytes;
	o->abandoned_heads += r->abandoned_count;
	if (r->again)
		return;
	o->cut = *r;
	o->has_cut = true;
}

static void count_record(struct whole *o, const struct ind_record *record)
{
	struct totals *t = &o->totals;
	switch (record->kind) {
	case IND_REC_FLOW:
		count_flow(t, &record->flow.flow);
		count_signals(o, record);
		break;
	case IND_REC_EXHIBIT: t->exhibits++; break;
	case IND_REC_CLAIM: t->claims++; break;
	case IND_REC_ORIGIN: t->origins++; break;
	case IND_REC_LOSS:
		for (unsigned i = 0; i < IND_LOSS_MAX; i++)
			t->loss[i] += record->loss.count[i];
		break;
	case IND_REC_SEAL:
		o->seal = record->seal;
		break;
	case IND_REC_RECOVERY: count_recovery(o, &record->recovery); break;
	default: break;
	}
}

static enum ind_err count_all(struct whole *o, const struct ind_source *source, uint64_t *offset)
{
	struct ind_reader *reader = NULL;
	const struct ind_record *record;
	enum ind_err err = ind_reader_new(source, IND_WANT_ALL, &reader);
	while (err == IND_OK && (err = ind_reader_next(reader, &record)) == IND_OK)
		count_record(o, record);
	*offset = reader ? ind_reader_offset(reader) : 0;
	ind_reader_free(reader);
	return err == IND_END ? IND_OK : err;
}

/* The header's texts live as long as its reader is not asked for more. */
static enum ind_err header_read(struct whole *o, const struct ind_source *source, uint64_t *offset)
{
	const struct ind_record *record = NULL;
	ind_reader_free(o->header_reader);
	o->header_reader = NULL;
	enum ind_err err = ind_reader_new(source, IND_WANT(IND_REC_HEADER), &o->header_reader);
	if (err == IND_OK)
		err = ind_reader_next(o->header_reader, &record);
	if (err != IND_OK || record->kind != IND_REC_HEADER) {
		*offset = o->header_reader ? ind_reader_offset(o->header_reader) : 0;
		return err == IND_OK || err == IND_END ? IND_SHORT : err;
	}
	row_of_header(&o->row, &record->header, o->sets);
	ind_signal_set(record->header.signals.at, record->header.signals.bytes, o->signal_set);
	ind_key_id(&record->header.identity, "indicia", o->key_id);
	row_hex(&o->row, QUERY_BUNDLE_key, o->key_id, sizeof(o->key_id));
	o->first_leaf = record->header.first_leaf;
	o->header = &record->header;
	o->has_row = true;
	return IND_OK;
}

/* What the header could not know yet. */
static void row_seal(struct query_row *row, const struct ind_seal_info *seal)
{
	if (seal->has_source_sha256)
		row_hex(row, QUERY_BUNDLE_source_sha256, seal->source_sha256, sizeof(seal->source_sha256));
	size_t from = row->items_used;
	for (size_t i = 0; i < seal->link_type_count; i++)
		row_item(row, NULL, seal->link_types[i].name);
	row_items(row, QUERY_BUNDLE_link_types, CELL_LIST, from);
}

/* Leaves that recovery found and no seal of the run had covered. */
static void row_recovery(struct whole *o)
{
	struct query_row *row = &o->row;
	uint64_t first = o->cut.last_sealed_leaf ? o->cut.last_sealed_leaf + 1 : o->first_leaf;
	if (!o->recoveries)
		return;
	row_no_items(row, QUERY_BUNDLE_recovered_unsealed);
	size_t from = row->items_used;
	if (o->has_cut && first <= o->cut.recovered_to_leaf) {
		row_item_u64(row, NULL, first);
		row_item_u64(row, NULL, o->cut.recovered_to_leaf + 1);
	}
	row_items(row, QUERY_BUNDLE_recovered_unsealed, CELL_RANGES, from);
	row_u64(row, QUERY_BUNDLE_torn_bytes, o->torn_bytes);
	row_u64(row, QUERY_BUNDLE_abandoned_heads, o->abandoned_heads);
}

static void row_totals(struct whole *o)
{
	const struct totals *t = &o->totals;
	struct query_row *row = &o->row;
	if (t->flows || t->outer) {
		row_time(row, QUERY_BUNDLE_from, t->first_ns);
		row_time(row, QUERY_BUNDLE_to, t->last_ns);
	}
	row_u64(row, QUERY_BUNDLE_flows, t->flows);
	row_u64(row, QUERY_BUNDLE_packets, t->packets);
	row_u64(row, QUERY_BUNDLE_flow_bytes, t->bytes);
	if (t->outer)
		row_u64(row, QUERY_BUNDLE_outer_flows, t->outer);
	row_u64(row, QUERY_BUNDLE_signals, t->signals);
	row_u64(row, QUERY_BUNDLE_signals_derived, t->derived);
	row_u64(row, QUERY_BUNDLE_exhibits, t->exhibits);
	row_u64(row, QUERY_BUNDLE_claims, t->claims);
	row_u64(row, QUERY_BUNDLE_origins, t->origins);
	row_u64(row, QUERY_BUNDLE_dropped, t->loss[IND_LOSS_KERNEL_DROP] + t->loss[IND_LOSS_INTERFACE_DROP]);
	size_t from = row->items_used;
	for (unsigned i = 1; i < IND_LOSS_MAX; i++)
		if (t->loss[i])
			row_item_u64(row, ind_loss_name(i), t->loss[i]);
	row_items(row, QUERY_BUNDLE_losses, CELL_MAP, from);
	row_recovery(o);
	row_seal(row, &o->seal);
}

static void row_file(struct whole *o, const struct ind_source *source, const char *name)
{
	struct hash_sha256_state state;
	uint8_t bytes[65536];
	size_t got = sizeof(bytes);
	uint64_t at = 0;
	enum ind_err err = IND_OK;
	row_text(&o->row, QUERY_BUNDLE_file, name);
	hash_sha256_start(&state);
	for (; err == IND_OK && got == sizeof(bytes); at += got) {
		err = source->read_at(source->ctx, at, bytes, sizeof(bytes), &got);
		hash_sha256_add(&state, bytes, got);
	}
	hash_sha256_end(&state, o->sha256);
	if (err != IND_OK)
		return;
	row_u64(&o->row, QUERY_BUNDLE_bytes, at);
	row_hex(&o->row, QUERY_BUNDLE_sha256, o->sha256, sizeof(o->sha256));
}

enum ind_err whole_read(struct whole *o, const struct ind_source *source, const char *name, uint64_t *offset)
{
	o->has_row = false;
	o->seal = (struct ind_seal_info){ 0 };
	o->cut = (struct ind_recovery){ 0 };
	o->torn_bytes = o->abandoned_heads = o->recoveries = 0;
	o->has_cut = false;
	o->totals = (struct totals){ 0 };
	row_start(&o->row, QUERY_KIND_BUNDLE);
	enum ind_err err = header_read(o, source, offset);
	if (err != IND_OK)
		return err;
	err = count_all(o, source, offset);
	row_totals(o);
	if (name)
		row_file(o, source, name);
	return err;
}

void whole_forget(struct whole *o) { o->has_row = false; }
