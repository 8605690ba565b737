/* SPDX-License-Identifier: Apache-2.0 */
#include "query/rows.h"
#include "base/text.h"
#include "indicia/catalogue.h"
#include <string.h>

/* One letter each and a NUL, so that maps can borrow them; threads make rows at the same time. */
static const char *family_key(unsigned family)
{
	static _Thread_local char keys[IND_FAMILY_COUNT][2];
	keys[family][0] = ind_family_letter(family);
	return keys[family];
}

static void family_claims(struct query_row *row, unsigned family, unsigned claims)
{
	static const struct { unsigned bit, family; const char *name; } names[] = {
		{ IND_CLAIM_COUNTRY, IND_FAMILY_T, "claim.country" }, { IND_CLAIM_AS, IND_FAMILY_T, "claim.as" },
		{ IND_CLAIM_PLACE, IND_FAMILY_T, "claim.place" }, { IND_CLAIM_LIST, IND_FAMILY_E, "claim.list" },
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].family == family && (claims & names[i].bit))
			row_item(row, family_key(family), names[i].name);
}

static void family_signals(struct query_row *row, unsigned family, const struct ind_origin *o)
{
	size_t count;
	const struct ind_signal_info *info = ind_signal_list(&count);
	if (family == IND_FAMILY_V && o->validated)
		row_item(row, family_key(family), "flow.validated");
	for (size_t i = 0; i < count; i++)
		if (info[i].family == family && ind_signal_set_has(o->signals, info[i].id))
			row_item(row, family_key(family), info[i].name);
}

static void origin_families(struct query_row *row, const struct ind_origin *o)
{
	size_t from = row->items_used;
	for (unsigned f = 0; f < IND_FAMILY_COUNT; f++) {
		family_claims(row, f, o->claims);
		family_signals(row, f, o);
	}
	row_items(row, QUERY_ORIGIN_families, CELL_MAP_LISTS, from);
	from = row->items_used;
	for (unsigned f = 0; f < IND_FAMILY_COUNT; f++)
		if (o->missing[f] != IND_MISSING_NONE)
			row_item(row, family_key(f), ind_missing_name(o->missing[f]));
	row_items(row, QUERY_ORIGIN_missing, CELL_MAP, from);
	from = row->items_used;
	for (unsigned f = 0; f < IND_FAMILY_COUNT; f++)
		if (o->observations[f])
			row_item_u64(row, family_key(f), o->observations[f]);
	row_items(row, QUERY_ORIGIN_observations, CELL_MAP, from);
}

static void origin_silent(struct query_row *row, const struct ind_origin *o)
{
	static const char *const names[IND_WATCHED_PLACES] = {
#define WATCHED(place, symbol, name) [place] = name,
#include "indicia/watched.def"
#undef WATCHED
	};
	size_t from = row->items_used;
	for (unsigned i = 0; i < IND_WATCHED_PLACES; i++)
		if (o->silent[i] != IND_MISSING_NONE && names[i])
			row_item(row, names[i], ind_missing_name(o->silent[i]));
	row_items(row, QUERY_ORIGIN_missing_signals, CELL_MAP, from);
}

/* docs/signals/access.md. */
static const char *access_of(const struct ind_origin *o)
{
	enum { SAMPLES_MIN = 50, SPAN_MIN_S = 600, GEO_US = 477000, STEADY = 8 };
	if (o->rtt_samples < SAMPLES_MIN || o->rtt_span_s < SPAN_MIN_S)
		return NULL;
	if (o->rtt_min_us < GEO_US)
		return "not_geo";
	return o->rtt_p50_us < o->rtt_min_us || o->rtt_p50_us - o->rtt_min_us <= o->rtt_min_us / STEADY ? "geo_satellite" : NULL;
}

static void origin_path(struct query_row *row, const struct ind_origin *o)
{
	if (o->hops_min != IND_HOPS_ABSENT) {
		row_u64(row, QUERY_ORIGIN_hops_min, o->hops_min);
		row_u64(row, QUERY_ORIGIN_hops_max, o->hops_max);
	}
	if (o->hops_mode != IND_HOPS_ABSENT)
		row_u64(row, QUERY_ORIGIN_hops_mode, o->hops_mode);
	if (!o->rtt_samples)
		return;
	row_u64(row, QUERY_ORIGIN_rtt_samples, o->rtt_samples);
	row_u64(row, QUERY_ORIGIN_rtt_min_us, o->rtt_min_us);
	row_u64(row, QUERY_ORIGIN_rtt_p50_us, o->rtt_p50_us);
	row_u64(row, QUERY_ORIGIN_rtt_span_s, o->rtt_span_s);
	row_text(row, QUERY_ORIGIN_access, access_of(o));
}

static void origin_behaviour(struct query_row *row, const struct ind_origin *o)
{
	size_t from = row->items_used;
	if (o->cotenants)
		row_u64(row, QUERY_ORIGIN_cotenants, o->cotenants);
	row_hours(row, QUERY_ORIGIN_cells, o->cells, o->cell_count);
	if (!o->beacons)
		return;
	char *proto = row_room(row, 8);
	row_u64(row, QUERY_ORIGIN_beacons, o->beacons);
	row_item_u64(row, "port", o->beacon.port);
	if (proto)
		row_item(row, "proto", ind_proto_name(o->beacon.proto, proto));
	row_item_u64(row, "period_ms", o->beacon.period_ms);
	row_item_u64(row, "mad_ms", o->beacon.mad_ms);
	row_item_u64(row, "intervals", o->beacon.intervals);
	row_item_u64(row, "flows", o->beacon.flows);
	row_items(row, QUERY_ORIGIN_beacon, CELL_MAP, from);
}

void row_of_origin(struct query_row *row, const struct ind_record *record, const struct rows_context *context)
{
	const struct ind_origin *o = &record->origin;
	row_start(row, QUERY_KIND_ORIGIN);
	row_record(row, QUERY_ORIGIN_record, &record->id);
	row_addr(row, QUERY_ORIGIN_addr, o->ip_version, o->addr);
	row_u64(row, QUERY_ORIGIN_flows, o->flows);
	row_u64(row, QUERY_ORIGIN_validated, o->validated);
	origin_families(row, o);
	origin_silent(row, o);
	origin_path(row, o);
	origin_behaviour(row, o);
	if (o->flows) {
		row_time(row, QUERY_ORIGIN_first, o->first_ns);
		row_time(row, QUERY_ORIGIN_last, o->last_ns);
	}
	row_text(row, QUERY_ORIGIN_sensor, context->sensor);
}

static void claim_flags(struct query_row *row, unsigned flags)
{
	static const struct { unsigned bit; const char *name; } names[] = {
		{ IND_CLAIM_ANYCAST, "anycast" }, { IND_CLAIM_SATELLITE, "satellite" }, { IND_CLAIM_ANONYMISER, "anonymiser" }, { IND_CLAIM_HOSTING, "hosting" },
		{ IND_CLAIM_AS_SET, "as_set" },
	};
	size_t from = row->items_used;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (flags & names[i].bit)
			row_item(row, NULL, names[i].name);
	row_items(row, QUERY_CLAIM_flags, CELL_LIST, from);
}

static void claim_place(struct query_row *row, const struct ind_claim *c)
{
	row_bytes(row, QUERY_CLAIM_country, c->country, c->country[0] ? 2 : 0);
	row_bytes(row, QUERY_CLAIM_registered_country, c->registered_country, c->registered_country[0] ? 2 : 0);
	row_ind_text(row, QUERY_CLAIM_region, c->region);
	row_ind_text(row, QUERY_CLAIM_city, c->city);
	row_ind_text(row, QUERY_CLAIM_timezone, c->timezone);
	if (c->flags & IND_CLAIM_HAS_POSITION) {
		row_1e4(row, QUERY_CLAIM_latitude, c->latitude_1e4);
		row_1e4(row, QUERY_CLAIM_longitude, c->longitude_1e4);
	}
	if (c->radius_km != IND_ABSENT_U32)
		row_u64(row, QUERY_CLAIM_radius_km, c->radius_km);
}

/* "2026-11-20" of a count of days. */
static void claim_day(struct query_row *row, uint32_t day)
{
	enum { TIME_TEXT_BYTES = 28, DATE_BYTES = 10 };
	const uint64_t day_ns = 86400 * UINT64_C(1000000000);
	char text[TIME_TEXT_BYTES], *date = day && day <= UINT64_MAX / day_ns ? row_room(row, DATE_BYTES) : NULL;
	if (!date)
		return;
	text_time((day - 1) * day_ns, text, sizeof(text));
	memcpy(date, text, DATE_BYTES);
	row_bytes(row, QUERY_CLAIM_date, date, DATE_BYTES);
}

static void claim_origins(struct query_row *row, const struct ind_claim *c)
{
	size_t from = row->items_used;
	if (!c->more_asn_count)
		return;
	row_item_u64(row, NULL, c->asn);
	for (size_t i = 0; i < c->more_asn_count; i++)
		row_item_u64(row, NULL, c->more_asn[i]);
	row_items(row, QUERY_CLAIM_asns, CELL_LIST, from);
}

static void claim_listed(struct query_row *row, const struct ind_claim *c)
{
	const struct ind_signal_info *signal = c->signal ? ind_signal_info(c->signal) : NULL;
	row_text(row, QUERY_CLAIM_kind, ind_claim_kind_name(c->kind));
	claim_origins(row, c);
	row_ind_text(row, QUERY_CLAIM_status, c->status);
	claim_day(row, c->day);
	row_bytes(row, QUERY_CLAIM_grade, c->grade, c->grade[0] ? 2 : 0);
	row_text(row, QUERY_CLAIM_tlp, ind_tlp_name(c->tlp));
	row_ind_text(row, QUERY_CLAIM_source, c->source);
	row_text(row, QUERY_CLAIM_signal, signal ? signal->name : NULL);
	row_ind_text(row, QUERY_CLAIM_indicator, c->indicator);
	row_ind_text(row, QUERY_CLAIM_label, c->label);
}

void row_of_claim(struct query_row *row, const struct ind_record *record, const struct rows_context *context)
{
	const struct ind_claim *c = &record->claim;
	row_start(row, QUERY_KIND_CLAIM);
	row_record(row, QUERY_CLAIM_record, &record->id);
	row_addr(row, QUERY_CLAIM_addr, c->ip_version, c->addr);
	if (c->data_set < context->data_set_count) {
		row_text(row, QUERY_CLAIM_data_set, context->data_sets[c->data_set].name);
		if (context->data_sets[c->data_set].build_epoch_s)
			row_time(row, QUERY_CLAIM_build, context->data_sets[c->data_set].build_epoch_s * 1000000000);
	}
	row_u64(row, QUERY_CLAIM_prefix, c->prefix_bits);
	claim_place(row, c);
	if (c->asn)
		row_u64(row, QUERY_CLAIM_asn, c->asn);
	row_ind_text(row, QUERY_CLAIM_holder, c->holder);
	claim_flags(row, c->flags);
	claim_listed(row, c);
}

void row_of_exhibit(struct query_row *row, const struct ind_record *record)
{
	const struct ind_exhibit *e = &record->exhibit;
	row_start(row, QUERY_KIND_EXHIBIT);
	row_record(row, QUERY_EXHIBIT_record, &record->id);
	row_u64(row, QUERY_EXHIBIT_serial, e->flow_serial);
	row_time(row, QUERY_EXHIBIT_time, e->time_ns);
	row_u64(row, QUERY_EXHIBIT_packet, e->packet);
	row_text(row, QUERY_EXHIBIT_from, e->from == IND_SRC ? "src" : "dst");
	row_text(row, QUERY_EXHIBIT_side, ind_side_name(e->side));
	row_text(row, QUERY_EXHIBIT_kind, ind_exhibit_kind_name(e->kind));
	if (e->masked)
		row_true(row, QUERY_EXHIBIT_masked);
	row_u64(row, QUERY_EXHIBIT_bytes, e->bytes_count);
	row_hex(row, QUERY_EXHIBIT_hex, e->bytes, e->bytes_count);
}
