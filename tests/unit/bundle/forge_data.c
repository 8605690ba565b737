/* SPDX-License-Identifier: Apache-2.0 */
/* DATA frames whose envelope, columns or zone map are wrong. */
#include "forge_tools.h"

#include <stdlib.h>
#include <string.h>

static void column_set(Indicia__V1__Column *c, const void *bytes, size_t count, uint32_t codec, uint32_t raw_len)
{
	free(c->data.data);
	c->data = (ProtobufCBinaryData){ count, malloc(count ? count : 1) };
	must(c->data.data != NULL);
	memcpy(c->data.data, bytes, count);
	c->codec = codec;
	c->raw_len = raw_len;
}

#define SET(m, id, codec, ...) \
	do { \
		static const uint8_t set_bytes[] = { __VA_ARGS__ }; \
		column_set((m)->columns[(id)-1], set_bytes, sizeof set_bytes, codec, sizeof set_bytes); \
	} while (0)

/* Columns of the three sample flows: 5 ip_version (4, 4, 6), 6 protocol, 33 VLAN counts (0, 1, 2), 42 references (1, 1, 1). */
static void zone_changed(Indicia__V1__Data *m) { m->zone->max_time_ns++; }
static void zone_filter_changed(Indicia__V1__Data *m) { m->zone->addresses.data[0] ^= 1; }
static void zone_absent_signals(Indicia__V1__Data *m) { m->zone->signals.data[1] = 0; }
static void version_5(Indicia__V1__Data *m) { SET(m, 5, 0, 0x0a, 3, 4, 4, 5); }
static void protocol_large(Indicia__V1__Data *m) { SET(m, 6, 0, 0x0a, 4, 0x80, 2, 6, 6); }
static void varint_long(Indicia__V1__Data *m) { SET(m, 6, 0, 0x0a, 4, 0x91, 0, 6, 17); }
static void varint_endless(Indicia__V1__Data *m) { SET(m, 4, 0, 0x0a, 13, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1); }
static void column_short(Indicia__V1__Data *m) { SET(m, 6, 0, 0x0a, 2, 17, 6); }
static void column_long(Indicia__V1__Data *m) { SET(m, 6, 0, 0x0a, 4, 17, 6, 17, 6); }
static void column_tag(Indicia__V1__Data *m) { SET(m, 6, 0, 0x12, 3, 17, 6, 17); }
static void column_empty_field(Indicia__V1__Data *m) { SET(m, 36, 0, 0x0a, 0); }
static void column_tail(Indicia__V1__Data *m) { SET(m, 6, 0, 0x0a, 3, 17, 6, 17, 0); }
static void reference_ahead(Indicia__V1__Data *m) { SET(m, 42, 0, 0x0a, 3, 3, 1, 1); }
static void codec_2(Indicia__V1__Data *m) { SET(m, 6, 2, 0x0a, 3, 17, 6, 17); }
static void zlib_garbage(Indicia__V1__Data *m) { SET(m, 6, 1, 0x78, 1, 9, 9, 9); }

/* Twelve zero bytes of one column as zlib writes them, with a change: bytes behind, a larger raw_len, a preset dictionary. */
static void zlib_zeros(Indicia__V1__Data *m, size_t extra, uint32_t raw_len, uint8_t flags)
{
	uint8_t stored[64] = { 0 }, raw[200] = { 0x0a, 0xc5, 1 };
	struct codec *c = codec_new();
	must(c != NULL);
	size_t bytes = codec_deflate(c, raw, sizeof raw, stored);
	codec_free(c);
	must(bytes > 0 && bytes + extra < sizeof stored);
	stored[1] = flags ? flags : stored[1];
	column_set(m->columns[3], stored, bytes + extra, 1, raw_len);
}

static void zlib_tail(Indicia__V1__Data *m) { zlib_zeros(m, 1, 200, 0); }
static void zlib_other_length(Indicia__V1__Data *m) { zlib_zeros(m, 0, 199, 0); }
static void zlib_preset(Indicia__V1__Data *m) { zlib_zeros(m, 0, 200, 0x20 + 31 - (0x7820 % 31)); }
static void column_swapped(Indicia__V1__Data *m)
{
	m->columns[1]->id = 1;
	m->columns[0]->id = 2;
}
static void column_missing(Indicia__V1__Data *m)
{
	indicia__v1__column__free_unpacked(m->columns[--m->n_columns], NULL);
}
static void raw_len_huge(Indicia__V1__Data *m) { m->columns[5]->raw_len = UINT32_MAX; }
static void rows_many(Indicia__V1__Data *m) { m->rows = 8193; }
static void rows_none(Indicia__V1__Data *m) { m->rows = 0; }
static void rows_more(Indicia__V1__Data *m) { m->rows = 4; }
static void kind_5(Indicia__V1__Data *m) { m->kind = (Indicia__V1__Kind)5; }
static void kind_exhibits(Indicia__V1__Data *m) { m->kind = INDICIA__V1__KIND__KIND_EXHIBITS; }
static void unit_7(Indicia__V1__Data *m) { m->time_unit_ns = 7; }
static void salt_short(Indicia__V1__Data *m) { m->salt_key.len = 15; }
static void salt_other(Indicia__V1__Data *m) { m->salt_key.data[0] ^= 1; }
static void signal_derived(Indicia__V1__Data *m) { SET(m, 38, 0, 0x0a, 3, 1, 1, 3); }
static void claim_data_set(Indicia__V1__Data *m) { SET(m, 4, 0, 0x0a, 3, 0, 1, 2); }
static void claim_prefix(Indicia__V1__Data *m) { SET(m, 3, 0, 0x0a, 3, 24, 33, 24); }
static void claim_place(Indicia__V1__Data *m) { SET(m, 8, 0, 0x0a, 3, 2, 2, 2); }
static void claim_kind(Indicia__V1__Data *m) { SET(m, 12, 0, 0x0a, 3, 0, IND_CLAIM_KIND_COUNT, 0); }
static void claim_asn_none(Indicia__V1__Data *m) { SET(m, 6, 0, 0x0a, 3, 0, 0, 0); }
static void claim_asn_zero(Indicia__V1__Data *m) { SET(m, 14, 0, 0x0a, 3, 1, 0, 1); }
static void claim_signal(Indicia__V1__Data *m) { SET(m, 18, 0, 0x0a, 3, 0, 1, 0); }

static const struct data_case {
	struct forgery f;
	enum row_kind kind;
	change_fn *change;
} data_cases[] = {
	{ { "data_good", IND_VERDICT_VALID, "" }, ROW_FLOW, NULL },
	{ { "data_claims_good", IND_VERDICT_VALID, "" }, ROW_CLAIM, NULL },
	{ { "zone_changed", IND_VERDICT_ALTERED, "zone_map" }, ROW_FLOW, zone_changed },
	{ { "zone_filter", IND_VERDICT_ALTERED, "zone_map" }, ROW_FLOW, zone_filter_changed },
	{ { "zone_signals", IND_VERDICT_ALTERED, "zone_map" }, ROW_FLOW, zone_absent_signals },
	{ { "version_5", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, version_5 },
	{ { "signal_derived", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, signal_derived },
	{ { "protocol_large", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, protocol_large },
	{ { "varint_long", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, varint_long },
	{ { "varint_endless", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, varint_endless },
	{ { "column_short", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, column_short },
	{ { "column_long", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, column_long },
	{ { "column_tag", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, column_tag },
	{ { "column_empty_field", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, column_empty_field },
	{ { "column_tail", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, column_tail },
	{ { "reference_ahead", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, reference_ahead },
	{ { "codec_2", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, codec_2 },
	{ { "zlib_garbage", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, zlib_garbage },
	{ { "zlib_tail", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, zlib_tail },
	{ { "zlib_other_length", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, zlib_other_length },
	{ { "zlib_preset", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, zlib_preset },
	{ { "column_swapped", IND_VERDICT_ALTERED, "data_form" }, ROW_FLOW, column_swapped },
	{ { "column_missing", IND_VERDICT_ALTERED, "data_form" }, ROW_FLOW, column_missing },
	{ { "raw_len_huge", IND_VERDICT_ALTERED, "data_form" }, ROW_FLOW, raw_len_huge },
	{ { "rows_many", IND_VERDICT_ALTERED, "data_form" }, ROW_FLOW, rows_many },
	{ { "rows_none", IND_VERDICT_ALTERED, "data_form" }, ROW_FLOW, rows_none },
	{ { "rows_more", IND_VERDICT_ALTERED, "column_form" }, ROW_FLOW, rows_more },
	{ { "kind_5", IND_VERDICT_ALTERED, "data_form" }, ROW_FLOW, kind_5 },
	{ { "kind_exhibits", IND_VERDICT_ALTERED, "data_form" }, ROW_FLOW, kind_exhibits },
	{ { "unit_7", IND_VERDICT_ALTERED, "data_form" }, ROW_FLOW, unit_7 },
	{ { "salt_short", IND_VERDICT_ALTERED, "data_form" }, ROW_FLOW, salt_short },
	{ { "salt_other", IND_VERDICT_ALTERED, "checkpoint_root" }, ROW_FLOW, salt_other },
	{ { "claim_data_set", IND_VERDICT_ALTERED, "column_form" }, ROW_CLAIM, claim_data_set },
	{ { "claim_prefix", IND_VERDICT_ALTERED, "column_form" }, ROW_CLAIM, claim_prefix },
	{ { "claim_place", IND_VERDICT_ALTERED, "column_form" }, ROW_CLAIM, claim_place },
	{ { "claim_kind", IND_VERDICT_ALTERED, "column_form" }, ROW_CLAIM, claim_kind },
	{ { "claim_asn_none", IND_VERDICT_ALTERED, "column_form" }, ROW_CLAIM, claim_asn_none },
	{ { "claim_asn_zero", IND_VERDICT_ALTERED, "column_form" }, ROW_CLAIM, claim_asn_zero },
	{ { "claim_signal", IND_VERDICT_ALTERED, "column_form" }, ROW_CLAIM, claim_signal },
};

size_t data_case_count(void) { return sizeof data_cases / sizeof data_cases[0]; }

struct forgery data_case_make(size_t i, struct forge *f)
{
	data_frame(f, data_cases[i].kind, data_cases[i].change, false);
	seal(f, true);
	return data_cases[i].f;
}
