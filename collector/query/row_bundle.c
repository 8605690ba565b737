/* SPDX-License-Identifier: Apache-2.0 */
#include "query/rows.h"
#include "indicia/catalogue.h"
#include <string.h>

enum { NS_PER_US = 1000, SECONDS_PER_DAY = 86400 };
static const uint64_t ns_per_s = 1000000000;

static void copy(char *to, size_t size, struct ind_text text)
{
	size_t bytes = text.bytes < size ? text.bytes : size - 1;
	if (bytes)
		memcpy(to, text.at, bytes);
	to[bytes] = '\0';
}

void rows_context_of(struct rows_context *context, const struct ind_header *header)
{
	copy(context->sensor, sizeof(context->sensor), header->sensor);
	context->parent[0] = '\0';
	ind_signal_set(header->signals.at, header->signals.bytes, context->signals);
	context->data_set_count = header->data_set_count < IND_DATA_SETS_MAX ? header->data_set_count : IND_DATA_SETS_MAX;
	for (size_t i = 0; i < context->data_set_count; i++) {
		copy(context->data_sets[i].name, sizeof(context->data_sets[i].name), header->data_sets[i].name);
		context->data_sets[i].build_epoch_s = header->data_sets[i].build_epoch_s;
	}
}

void row_of_clock(struct query_row *row, const struct ind_record *record)
{
	const struct ind_clock *c = &record->clock;
	row_start(row, QUERY_KIND_CLOCK);
	row_record(row, QUERY_CLOCK_record, &record->id);
	row_time(row, QUERY_CLOCK_time, c->realtime_ns);
	row_u64(row, QUERY_CLOCK_boottime_ns, c->boottime_ns);
	if (c->max_error_ns != IND_ABSENT_U64)
		row_u64(row, QUERY_CLOCK_max_error_us, c->max_error_ns / NS_PER_US);
	if (c->est_error_ns != IND_ABSENT_U64)
		row_u64(row, QUERY_CLOCK_est_error_us, c->est_error_ns / NS_PER_US);
	if (c->step_ns)
		row_i64(row, QUERY_CLOCK_step_us, c->step_ns / NS_PER_US);
	row_text(row, QUERY_CLOCK_sync, ind_clock_sync_name(c->sync));
}

void row_of_loss(struct query_row *row, const struct ind_record *record)
{
	const struct ind_loss *l = &record->loss;
	row_start(row, QUERY_KIND_LOSS);
	row_record(row, QUERY_LOSS_record, &record->id);
	row_time(row, QUERY_LOSS_from, l->from_ns);
	row_time(row, QUERY_LOSS_to, l->to_ns);
	size_t from = row->items_used;
	for (unsigned i = 1; i < IND_LOSS_MAX; i++)
		if (l->count[i])
			row_item_u64(row, ind_loss_name(i), l->count[i]);
	row_items(row, QUERY_LOSS_counts, CELL_MAP, from);
}

void row_of_recovery(struct query_row *row, const struct ind_record *record)
{
	const struct ind_recovery *r = &record->recovery;
	row_start(row, QUERY_KIND_RECOVERY);
	row_record(row, QUERY_RECOVERY_record, &record->id);
	row_text(row, QUERY_RECOVERY_form, r->again ? "again" : "cut");
	if (r->last_sealed_leaf)
		row_u64(row, QUERY_RECOVERY_last_sealed_leaf, r->last_sealed_leaf);
	row_u64(row, QUERY_RECOVERY_recovered_to_leaf, r->recovered_to_leaf);
	row_u64(row, QUERY_RECOVERY_torn_bytes, r->torn_bytes);
	row_u64(row, QUERY_RECOVERY_abandoned_heads, r->abandoned_count);
}

void row_of_data_set(struct query_row *row, const struct ind_data_set *set, uint64_t since_s)
{
	row_start(row, QUERY_KIND_DATA);
	row_ind_text(row, QUERY_DATA_name, set->name);
	row_ind_text(row, QUERY_DATA_kind, set->type);
	if (set->build_epoch_s) {
		row_time(row, QUERY_DATA_build, set->build_epoch_s * ns_per_s);
		if (since_s >= set->build_epoch_s)
			row_u64(row, QUERY_DATA_age_days, (since_s - set->build_epoch_s) / SECONDS_PER_DAY);
	}
	row_ind_text(row, QUERY_DATA_licence, set->licence);
	row_hex(row, QUERY_DATA_sha256, set->sha256, sizeof(set->sha256));
	row_ind_text(row, QUERY_DATA_title, set->title);
	row_ind_text(row, QUERY_DATA_source, set->source);
}

static void header_capture(struct query_row *row, const struct ind_header *h)
{
	static const uint8_t zero[IND_SHA256_BYTES];
	row_ind_text(row, QUERY_BUNDLE_interface, h->interface);
	row_ind_text(row, QUERY_BUNDLE_source_file, h->source_file);
	if (memcmp(h->source_sha256, zero, sizeof(zero)) != 0)
		row_hex(row, QUERY_BUNDLE_source_sha256, h->source_sha256, sizeof(h->source_sha256));
	row_ind_text(row, QUERY_BUNDLE_link_type, h->link_type);
	if (h->snaplen)
		row_u64(row, QUERY_BUNDLE_snaplen, h->snaplen);
	if (h->taps)
		row_u64(row, QUERY_BUNDLE_taps, h->taps);
	row_ind_text(row, QUERY_BUNDLE_capture_filter, h->capture_filter);
	row_ind_text(row, QUERY_BUNDLE_clock_source, h->clock_source);
	row_ind_text(row, QUERY_BUNDLE_signal_set, h->signals);
	row_ind_text(row, QUERY_BUNDLE_exhibit_set, h->exhibits);
	row_ind_text(row, QUERY_BUNDLE_privacy, h->privacy);
}

static void header_position(struct query_row *row, const struct ind_header *h)
{
	if (!h->has_position)
		return;
	row_1e4(row, QUERY_BUNDLE_latitude, h->latitude_1e4);
	row_1e4(row, QUERY_BUNDLE_longitude, h->longitude_1e4);
	row_u64(row, QUERY_BUNDLE_position_error_km, h->position_error_km);
}

static void header_data_sets(struct query_row *row, const struct ind_header *h, struct query_row *sets)
{
	size_t count = h->data_set_count < IND_DATA_SETS_MAX ? h->data_set_count : IND_DATA_SETS_MAX;
	for (size_t i = 0; i < count; i++)
		row_of_data_set(&sets[i], &h->data_sets[i], h->created_ns / ns_per_s);
	row_rows(row, QUERY_BUNDLE_data_sets, sets, count);
}

void row_of_header(struct query_row *row, const struct ind_header *h, struct query_row *sets)
{
	row_ind_text(row, QUERY_BUNDLE_sensor, h->sensor);
	row_time(row, QUERY_BUNDLE_created, h->created_ns);
	header_capture(row, h);
	row_ind_text(row, QUERY_BUNDLE_authority, h->authority);
	row_ind_text(row, QUERY_BUNDLE_case, h->case_id);
	header_position(row, h);
	if (h->retain_until_s)
		row_time(row, QUERY_BUNDLE_retain_until, h->retain_until_s * ns_per_s);
	if (h->deterministic)
		row_true(row, QUERY_BUNDLE_deterministic);
	header_data_sets(row, h, sets);
	row_hex(row, QUERY_BUNDLE_stream, h->stream_id, sizeof(h->stream_id));
	row_u64(row, QUERY_BUNDLE_first_leaf, h->first_leaf);
	row_ind_text(row, QUERY_BUNDLE_build_id, h->build_id);
}
