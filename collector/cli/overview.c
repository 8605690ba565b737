/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/overview.h"
#include "base/hash.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/input.h"
#include "cli/tell.h"
#include "cli/trust.h"
#include "indicia/catalogue.h"
#include "query/rows.h"
#include "query/value.h"
#include <stdlib.h>
#include <string.h>

enum { NS_PER_US = 1000 };

struct totals { uint64_t flows, outer, packets, bytes, signals, derived, exhibits, claims, origins, first_ns, last_ns, loss[IND_LOSS_MAX]; };

struct overview {
	struct query_row row;
	struct query_row sets[IND_DATA_SETS_MAX];
	struct trust trust;
	struct totals totals;
	uint64_t signal_set[IND_SIGNAL_SET_WORDS];
	struct ind_reader *header;   /* the row borrows from it */
	uint8_t key_id[4], sha256[HASH_SHA256_BYTES];
	struct ind_seal_info seal;   /* the last one */
	struct ind_recovery cut;     /* the last one of this form */
	uint64_t first_leaf, torn_bytes, abandoned_heads, recoveries;
	bool has_row, has_cut;
};

struct overview *overview_new(void)
{
	struct overview *o = calloc(1, sizeof(*o));
	if (o)
		(void)trust_load(&o->trust);
	return o;
}

void overview_free(struct overview *o)
{
	if (o)
		ind_reader_free(o->header);
	free(o);
}

const struct query_row *overview_row(const struct overview *o) { return o->has_row ? &o->row : NULL; }

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

static void count_signals(struct overview *o, const struct ind_record *record)
{
	struct ind_derived derived;
	ind_flow_derive(&record->flow.flow, record->flow.signals, record->flow.signal_count, o->signal_set, &derived);
	o->totals.signals += record->flow.signal_count;
	o->totals.derived += derived.count;
}

static void count_recovery(struct overview *o, const struct ind_recovery *r)
{
	o->recoveries++;
	o->torn_bytes += r->torn_bytes;
	o->abandoned_heads += r->abandoned_count;
	if (r->again)
		return;
	o->cut = *r;
	o->has_cut = true;
}

static void count_record(struct overview *o, const struct ind_record *record)
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

static int count_all(struct overview *o, const struct input *in)
{
	struct ind_reader *reader = NULL;
	const struct ind_record *record;
	enum ind_err err = ind_reader_new(&in->source, IND_WANT_ALL, &reader);
	while (err == IND_OK && (err = ind_reader_next(reader, &record)) == IND_OK)
		count_record(o, record);
	if (err != IND_END)
		input_tell_damage(in, reader ? ind_reader_offset(reader) : 0, err);
	ind_reader_free(reader);
	return err == IND_END ? CLI_DONE : err == IND_NOMEM ? CLI_FAILED : CLI_DAMAGED;
}

/* The header's texts live as long as its reader is not asked for more. */
static int header_read(struct overview *o, const struct input *in)
{
	const struct ind_record *record = NULL;
	ind_reader_free(o->header);
	o->header = NULL;
	enum ind_err err = ind_reader_new(&in->source, IND_WANT(IND_REC_HEADER), &o->header);
	if (err == IND_OK)
		err = ind_reader_next(o->header, &record);
	if (err != IND_OK || record->kind != IND_REC_HEADER) {
		input_tell_damage(in, o->header ? ind_reader_offset(o->header) : 0, err == IND_OK || err == IND_END ? IND_SHORT : err);
		return CLI_DAMAGED;
	}
	row_of_header(&o->row, &record->header, o->sets);
	ind_signal_set(record->header.signals.at, record->header.signals.bytes, o->signal_set);
	ind_key_id(&record->header.identity, "indicia", o->key_id);
	row_hex(&o->row, QUERY_BUNDLE_key, o->key_id, sizeof(o->key_id));
	o->first_leaf = record->header.first_leaf;
	o->has_row = true;
	return CLI_DONE;
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
static void row_recovery(struct overview *o)
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

static void row_totals(struct overview *o)
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

static enum ind_err file_digest(const struct input *in, uint8_t digest[static HASH_SHA256_BYTES])
{
	struct hash_sha256_state state;
	uint8_t bytes[65536];
	size_t got = sizeof(bytes);
	enum ind_err err = IND_OK;
	hash_sha256_start(&state);
	for (uint64_t at = 0; err == IND_OK && got == sizeof(bytes); at += got) {
		err = in->source.read_at(in->source.ctx, at, bytes, sizeof(bytes), &got);
		hash_sha256_add(&state, bytes, got);
	}
	hash_sha256_end(&state, digest);
	return err;
}

static void row_clock(struct query_row *row, const struct ind_verify_result *r)
{
	if (r->not_after_ns)
		row_time(row, QUERY_BUNDLE_sealed, r->not_after_ns);
	if (r->clock_error_ns != IND_ABSENT_U64)
		row_u64(row, QUERY_BUNDLE_clock_error_us, r->clock_error_ns / NS_PER_US);
	if (!r->clock.frames)
		return;
	row_text(row, QUERY_BUNDLE_clock_sync, ind_clock_sync_name(r->clock.worst_sync));
	row_u64(row, QUERY_BUNDLE_clock_steps, r->clock.steps);
	row_u64(row, QUERY_BUNDLE_clock_undeclared, r->clock.undeclared);
}

static void row_file(struct overview *o, const struct input *in, const char *name)
{
	struct ind_verify_options options = trust_options(&o->trust);
	struct ind_verify_result result;
	row_text(&o->row, QUERY_BUNDLE_file, name);
	row_u64(&o->row, QUERY_BUNDLE_bytes, in->bytes);
	if (file_digest(in, o->sha256) == IND_OK)
		row_hex(&o->row, QUERY_BUNDLE_sha256, o->sha256, sizeof(o->sha256));
	if (ind_verify(&in->source, &options, &result) != IND_OK)
		return;
	row_clock(&o->row, &result);
	if (result.clock.undeclared)
		tell_note("%s: the clock of its sensor moved %llu times without a record that says so", name, (unsigned long long)result.clock.undeclared);
	row_text(&o->row, QUERY_BUNDLE_verdict, ind_verdict_name(result.verdict));
	row_text(&o->row, QUERY_BUNDLE_reason, result.reason);
}

static int overview_fill(struct overview *o, const struct input *in, const char *name)
{
	int status = header_read(o, in);
	if (status != CLI_DONE)
		return status;
	status = count_all(o, in);
	row_totals(o);
	row_file(o, in, name);
	return status;
}

int overview_read(struct overview *o, const char *name)
{
	struct input in;
	o->has_row = false;
	o->seal = (struct ind_seal_info){ 0 };
	o->cut = (struct ind_recovery){ 0 };
	o->torn_bytes = o->abandoned_heads = o->recoveries = 0;
	o->has_cut = false;
	o->totals = (struct totals){ 0 };
	row_start(&o->row, QUERY_KIND_BUNDLE);
	int status = input_open(&in, name);
	if (status != CLI_DONE)
		return status;
	status = overview_fill(o, &in, name);
	input_close(&in);
	return status;
}

enum { NAME_COLUMNS = 20, DISPLAY_GROWTH = 11 };

static void block_name(struct out *out, const char *name)
{
	out_text(out, name);
	out_fill(out, ' ', NAME_COLUMNS - strlen(name));
}

static void block_value(struct out *out, const struct query_cell *cell)
{
	struct out plain;
	out_start(&plain, NULL, NULL);
	value_plain(&plain, cell);
	size_t room = plain.used * DISPLAY_GROWTH + 1;
	char *at = out_room(out, room);
	if (at)
		out_used(out, text_to_display(plain.at, plain.used, at, room));
	out_free(&plain);
}

static void block_data_set(struct out *out, const struct query_row *set)
{
	block_name(out, "data_set");
	block_value(out, &set->cell[QUERY_DATA_name]);
	out_text(out, ", ");
	block_value(out, &set->cell[QUERY_DATA_kind]);
	if (set->cell[QUERY_DATA_build].form != CELL_ABSENT) {
		out_text(out, ", built ");
		block_value(out, &set->cell[QUERY_DATA_build]);
	}
	if (set->cell[QUERY_DATA_age_days].form != CELL_ABSENT) {
		out_text(out, ", ");
		block_value(out, &set->cell[QUERY_DATA_age_days]);
		out_text(out, " days old when the bundle was started");
	}
	out_char(out, '\n');
}

static void block_data_sets(struct out *out, const struct query_cell *cell)
{
	if (cell->form == CELL_ABSENT) {
		block_name(out, "data_set");
		out_text(out, "none was in use\n");
		return;
	}
	for (size_t i = 0; i < cell->count; i++)
		block_data_set(out, &cell->rows[i]);
}

/* What a reader of evidence asks for, and must not have to wonder whether it was left out. */
static const char *asked_for(size_t field)
{
	switch (field) {
	case QUERY_BUNDLE_authority: return "authority";
	case QUERY_BUNDLE_case: return "case";
	case QUERY_BUNDLE_latitude: return "position";
	default: return NULL;
	}
}

static void block_field(const struct overview *o, size_t field, struct out *out)
{
	const struct query_cell *cell = &o->row.cell[field];
	const char *asked = asked_for(field);
	if (cell->form != CELL_ABSENT) {
		block_name(out, o->row.kind->fields[field].key);
		block_value(out, cell);
		out_char(out, '\n');
	} else if (asked) {
		block_name(out, asked);
		out_text(out, "not stated\n");
	}
}

void overview_block(const struct overview *o, struct out *out)
{
	for (size_t i = 0; i < o->row.kind->count; i++) {
		if (i == QUERY_BUNDLE_data_sets)
			block_data_sets(out, &o->row.cell[i]);
		else
			block_field(o, i, out);
	}
}
