/* SPDX-License-Identifier: Apache-2.0 */
/* Frames, epochs, seals and checkpoints that are wrong, or unusual and right. */
#include "forge_tools.h"

#include "bundle/small.h"

#include <string.h>

/* Payloads of CLOCK frames. */
#define BYTES(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })
static const struct clock_case {
	struct forgery f;
	const uint8_t *payload;
	size_t bytes;
} clock_cases[] = {
	{ { "clock_good", IND_VERDICT_VALID, "" }, BYTES(0x08, 5, 0x10, 6, 0x1a, 0, 0x30, 2) },
	{ { "clock_unknown_field", IND_VERDICT_ALTERED, "clock_form" }, BYTES(0x08, 5, 0x38, 1) },
	{ { "clock_unknown_deep", IND_VERDICT_ALTERED, "clock_form" }, BYTES(0x08, 5, 0x1a, 2, 0x10, 1) },
	{ { "clock_twice", IND_VERDICT_ALTERED, "clock_form" }, BYTES(0x08, 5, 0x08, 5) },
	{ { "clock_order", IND_VERDICT_ALTERED, "clock_form" }, BYTES(0x10, 5, 0x08, 5) },
	{ { "clock_long_varint", IND_VERDICT_ALTERED, "clock_form" }, BYTES(0x08, 0x85, 0) },
	{ { "clock_long_tag", IND_VERDICT_ALTERED, "clock_form" }, BYTES(0x88, 0, 5) },
	{ { "clock_zero_said", IND_VERDICT_ALTERED, "clock_form" }, BYTES(0x08, 0) },
	{ { "clock_group", IND_VERDICT_ALTERED, "clock_form" }, BYTES(0x0b, 0x0c) },
	{ { "clock_wire_type", IND_VERDICT_ALTERED, "clock_form" }, BYTES(0x0a, 1, 5) },
	{ { "clock_cut", IND_VERDICT_ALTERED, "clock_form" }, BYTES(0x08) },
	{ { "clock_sync_9", IND_VERDICT_ALTERED, "clock_form" }, BYTES(0x30, 9) },
	{ { "clock_sync_wide", IND_VERDICT_ALTERED, "clock_form" }, BYTES(0x30, 0x82, 0x80, 0x80, 0x80, 0x10) },
};

static void note_case(struct forge *f, size_t at, size_t remove, const char *insert)
{
	char text[NOTE_MAX_BYTES * 2];
	sealinfo(f, now_ns, true);
	size_t bytes = note_text(f, text), more = strlen(insert);
	memmove(text + at + more, text + at + remove, bytes - at - remove);
	memcpy(text + at, insert, more);
	frame(f, FRAME_CHECKPOINT, text, bytes - remove + more);
}

static size_t origin_line(const struct forge *f) { return strlen(f->origin) + 1; }

/* ---- whole bundles, each by a function ---- */

static void seal_back_in_time(struct forge *f)
{
	sealinfo(f, now_ns, false);
	checkpoint(f);
	sealinfo(f, now_ns - 1, true);
	checkpoint(f);
}

static void seal_back_with_step(struct forge *f)
{
	sealinfo(f, now_ns, false);
	checkpoint(f);
	clock_frame(f, -5);
	sealinfo(f, now_ns - 5, true);
	checkpoint(f);
}

static void seal_counts(struct forge *f)
{
	data_frame(f, ROW_FLOW, NULL, false);
	f->totals.flows++;
	seal(f, true);
}

static void seal_counts_signals(struct forge *f)
{
	data_frame(f, ROW_FLOW, NULL, false);
	f->totals.signals--;
	seal(f, true);
}

static void other_records_committed(struct forge *f)
{
	data_frame(f, ROW_FLOW, NULL, true);
	seal(f, true);
}

static void frame_type_9(struct forge *f)
{
	frame_as(f, FRAME_CLOCK, "", 0, NULL, 5, 9);
	seal(f, true);
}

static void frame_version_2(struct forge *f)
{
	frame_as(f, FRAME_CLOCK, "", 0, NULL, 4, 2);
	seal(f, true);
}

static void frame_codec_1(struct forge *f)
{
	frame_as(f, FRAME_CLOCK, "", 0, NULL, 6, 1);
	seal(f, true);
}

static void frame_flags_1(struct forge *f)
{
	frame_as(f, FRAME_CLOCK, "", 0, NULL, 7, 1);
	seal(f, true);
}

static void frame_mark(struct forge *f)
{
	frame_as(f, FRAME_CLOCK, "", 0, NULL, 0, 'J');
	seal(f, true);
}

static void frame_lengths(struct forge *f)
{
	frame_as(f, FRAME_CLOCK, "", 0, NULL, 20, 1);
	seal(f, true);
}

static void frame_huge(struct forge *f)
{
	frame_as(f, FRAME_CLOCK, "", 0, NULL, 19, 255);
	seal(f, true);
}

static void sequence_gap(struct forge *f)
{
	frame_as(f, FRAME_CLOCK, "", 0, NULL, 8, 9);
	seal(f, true);
}

static void header_again(struct forge *f)
{
	frame(f, FRAME_HEADER, "", 0);
	seal(f, true);
}

static void checkpoint_alone(struct forge *f) { checkpoint(f); }

static void sealinfo_alone(struct forge *f)
{
	sealinfo(f, now_ns, false);
	clock_frame(f, 0);
	seal(f, true);
}

static void sealed_twice(struct forge *f)
{
	sealinfo(f, now_ns, false);
	sealinfo(f, now_ns, true);
	checkpoint(f);
}

static void after_final(struct forge *f)
{
	seal(f, true);
	clock_frame(f, 0);
	seal(f, true);
}

static void never_final(struct forge *f)
{
	seal(f, false);
	clock_frame(f, 0);
}

/* Of bytes that nobody kept: a digest of the wrong length. */
static void recovery_short(struct forge *f)
{
	uint8_t payload[2 + IND_SHA256_BYTES - 1] = { 0x22, IND_SHA256_BYTES - 1 };
	frame(f, FRAME_RECOVERY, payload, sizeof payload);
	seal(f, true);
}

static void recovery_put(struct forge *f, const struct ind_recovery *recovery, const char *torn)
{
	struct buffer b = { 0 };
	struct ind_recovery r = *recovery;
	size_t bytes;
	hash_sha256(torn, strlen(torn), r.torn_sha256);
	must(recovery_pack(&r, (const uint8_t *)torn, 0, &b, &bytes) == IND_OK);
	frame(f, FRAME_RECOVERY, b.at, bytes);
	buffer_free(&b);
	seal(f, true);
}

static void recovery_good(struct forge *f)
{
	struct ind_recovery r = { .torn_bytes = 4, .abandoned_count = 2, .abandoned = { { 5, { 1 } }, { 9, { 2 } } }, .last_sealed_leaf = 2 };
	seal(f, false);
	r.recovered_to_leaf = f->stream.leaves - 1;
	recovery_put(f, &r, "torn");
}

static void recovery_large(struct forge *f) { recovery_put(f, &(struct ind_recovery){ .torn_bytes = TORN_TAIL_MAX_BYTES + 1 }, ""); }
static void recovery_digest(struct forge *f) { recovery_put(f, &(struct ind_recovery){ .torn_bytes = 3 }, "torn"); }
static void recovery_sealed(struct forge *f)
{
	seal(f, false);
	recovery_put(f, &(struct ind_recovery){ .recovered_to_leaf = f->stream.leaves - 1 }, "");
}

static void recovery_leaf(struct forge *f)
{
	clock_frame(f, 0);
	recovery_put(f, &(struct ind_recovery){ .recovered_to_leaf = 0 }, "");
}

static void recovery_head(struct forge *f) { recovery_put(f, &(struct ind_recovery){ .abandoned_count = 1 }, ""); }
static void recovery_again(struct forge *f) { recovery_put(f, &(struct ind_recovery){ .recovered_to_leaf = 1 }, ""); }
static void recovery_again_torn(struct forge *f) { recovery_put(f, &(struct ind_recovery){ .recovered_to_leaf = 1, .torn_bytes = 4 }, "torn"); }
static void recovery_again_late(struct forge *f)
{
	clock_frame(f, 0);
	recovery_put(f, &(struct ind_recovery){ .recovered_to_leaf = 7 }, "");
}

static void loss_put(struct forge *f, const uint8_t *payload, size_t bytes)
{
	frame(f, FRAME_LOSS, payload, bytes);
	seal(f, true);
}

static void loss_good(struct forge *f) { loss_put(f, BYTES(0x1a, 4, 0x08, 2, 0x10, 1, 0x1a, 4, 0x08, 14, 0x10, 1)); }
static void loss_order(struct forge *f) { loss_put(f, BYTES(0x1a, 4, 0x08, 2, 0x10, 1, 0x1a, 4, 0x08, 2, 0x10, 1)); }
static void loss_cause(struct forge *f) { loss_put(f, BYTES(0x1a, 4, 0x08, 17, 0x10, 1)); }
static void loss_nothing(struct forge *f) { loss_put(f, BYTES(0x1a, 2, 0x08, 1)); }

/* A final SEALINFO of epoch 0 without records, and what follows `origins` in it. */
static void link_types_put(struct forge *f, const uint8_t *types, size_t bytes)
{
	uint8_t payload[256] = { 0x10, 0x80, 0xd0, 0x83, 0xf5, 0xd7, 0xa2, 0xe7, 0xcb, 0x17, 0x18, 1 };
	memcpy(payload + 12, types, bytes);
	frame(f, FRAME_SEALINFO, payload, 12 + bytes);
	checkpoint(f);
}

#define LINK_TYPE(number) 0x72, 5, 0x08, number, 0x12, 1, 'E'
static void link_types_good(struct forge *f) { link_types_put(f, BYTES(LINK_TYPE(1), LINK_TYPE(101))); }
static void seal_other_bundle(struct forge *f) { link_types_put(f, BYTES(0x78, 1)); }
static void link_types_one(struct forge *f) { link_types_put(f, BYTES(LINK_TYPE(1))); }
static void link_types_order(struct forge *f) { link_types_put(f, BYTES(LINK_TYPE(101), LINK_TYPE(1))); }
static void link_types_twice(struct forge *f) { link_types_put(f, BYTES(LINK_TYPE(1), LINK_TYPE(1))); }
static void link_types_nameless(struct forge *f) { link_types_put(f, BYTES(0x72, 2, 0x08, 1, LINK_TYPE(2))); }
static void link_types_newline(struct forge *f) { link_types_put(f, BYTES(0x72, 5, 0x08, 1, 0x12, 1, '\n', LINK_TYPE(2))); }
static void link_types_many(struct forge *f)
{
	uint8_t types[17 * 7];
	for (uint8_t i = 0; i < 17; i++)
		memcpy(types + i * 7, (const uint8_t[]){ LINK_TYPE(i + 1) }, 7);
	link_types_put(f, types, sizeof types);
}

static void note_crlf(struct forge *f) { note_case(f, origin_line(f) - 1, 1, "\r\n"); }
static void note_size_zero(struct forge *f) { note_case(f, origin_line(f), 0, "0"); }
static void note_size_other(struct forge *f) { note_case(f, origin_line(f), 1, "7"); }
static void note_size_sign(struct forge *f) { note_case(f, origin_line(f), 1, "+"); }
static void note_origin(struct forge *f) { note_case(f, 0, 1, "J"); }
static void note_root(struct forge *f) { note_case(f, origin_line(f) + 2, 4, "AAAA"); }
static void note_root_bits(struct forge *f) { note_case(f, origin_line(f) + 2 + 42, 1, "/"); }
static void note_line_more(struct forge *f) { note_case(f, origin_line(f) + 2 + 45, 0, "extension\n"); }
static void note_key_id(struct forge *f) { note_case(f, origin_line(f) + 2 + 45 + 1 + 4 + origin_line(f), 4, "AAAA"); }
static void note_signature(struct forge *f) { note_case(f, origin_line(f) + 2 + 45 + 1 + 4 + origin_line(f) + 12, 4, "AAAA"); }
static void note_signature_pad(struct forge *f) { note_case(f, origin_line(f) + 2 + 45 + 1 + 4 + origin_line(f) + 91, 1, "A"); }
static void note_tail(struct forge *f) { note_case(f, origin_line(f) + 2 + 45 + 1 + 4 + origin_line(f) + 93, 0, "\n"); }
static void note_nul(struct forge *f)
{
	sealinfo(f, now_ns, true);
	frame(f, FRAME_CHECKPOINT, "", 0);
}

static const struct whole_case {
	struct forgery f;
	void (*make)(struct forge *f);
} whole_cases[] = {
	{ { "seal_other_bundle", IND_VERDICT_ALTERED, "seal_bundle" }, seal_other_bundle },
	{ { "seal_back_in_time", IND_VERDICT_ALTERED, "seal_time" }, seal_back_in_time },
	{ { "seal_back_with_step", IND_VERDICT_VALID, "" }, seal_back_with_step },
	{ { "seal_counts", IND_VERDICT_ALTERED, "record_count" }, seal_counts },
	{ { "seal_counts_signals", IND_VERDICT_ALTERED, "record_count" }, seal_counts_signals },
	{ { "other_records_committed", IND_VERDICT_ALTERED, "checkpoint_root" }, other_records_committed },
	{ { "frame_type_9", IND_VERDICT_UNSUPPORTED, "frame_type" }, frame_type_9 },
	{ { "frame_version_2", IND_VERDICT_UNSUPPORTED, "frame_version" }, frame_version_2 },
	{ { "frame_codec_1", IND_VERDICT_UNSUPPORTED, "frame_codec" }, frame_codec_1 },
	{ { "frame_flags_1", IND_VERDICT_ALTERED, "frame_form" }, frame_flags_1 },
	{ { "frame_mark", IND_VERDICT_ALTERED, "frame_form" }, frame_mark },
	{ { "frame_lengths", IND_VERDICT_ALTERED, "frame_form" }, frame_lengths },
	{ { "frame_huge", IND_VERDICT_ALTERED, "frame_form" }, frame_huge },
	{ { "sequence_gap", IND_VERDICT_ALTERED, "sequence" }, sequence_gap },
	{ { "header_again", IND_VERDICT_ALTERED, "header_order" }, header_again },
	{ { "checkpoint_alone", IND_VERDICT_ALTERED, "seal_order" }, checkpoint_alone },
	{ { "sealinfo_alone", IND_VERDICT_ALTERED, "seal_order" }, sealinfo_alone },
	{ { "sealed_twice", IND_VERDICT_ALTERED, "seal_order" }, sealed_twice },
	{ { "after_final", IND_VERDICT_ALTERED, "trailing_bytes" }, after_final },
	{ { "never_final", IND_VERDICT_INCOMPLETE, "no_final_checkpoint" }, never_final },
	{ { "recovery_good", IND_VERDICT_VALID, "" }, recovery_good },
	{ { "recovery_large", IND_VERDICT_VALID, "" }, recovery_large },
	{ { "recovery_again", IND_VERDICT_VALID, "" }, recovery_again },
	{ { "recovery_short", IND_VERDICT_ALTERED, "recovery_form" }, recovery_short },
	{ { "recovery_digest", IND_VERDICT_ALTERED, "recovery_form" }, recovery_digest },
	{ { "recovery_sealed", IND_VERDICT_ALTERED, "recovery_form" }, recovery_sealed },
	{ { "recovery_leaf", IND_VERDICT_ALTERED, "recovery_form" }, recovery_leaf },
	{ { "recovery_head", IND_VERDICT_ALTERED, "recovery_form" }, recovery_head },
	{ { "recovery_again_torn", IND_VERDICT_ALTERED, "recovery_form" }, recovery_again_torn },
	{ { "recovery_again_late", IND_VERDICT_ALTERED, "recovery_form" }, recovery_again_late },
	{ { "loss_good", IND_VERDICT_VALID, "" }, loss_good },
	{ { "loss_order", IND_VERDICT_ALTERED, "loss_form" }, loss_order },
	{ { "loss_cause", IND_VERDICT_ALTERED, "loss_form" }, loss_cause },
	{ { "loss_nothing", IND_VERDICT_ALTERED, "loss_form" }, loss_nothing },
	{ { "link_types_good", IND_VERDICT_VALID, "" }, link_types_good },
	{ { "link_types_one", IND_VERDICT_ALTERED, "seal_form" }, link_types_one },
	{ { "link_types_order", IND_VERDICT_ALTERED, "seal_form" }, link_types_order },
	{ { "link_types_twice", IND_VERDICT_ALTERED, "seal_form" }, link_types_twice },
	{ { "link_types_nameless", IND_VERDICT_ALTERED, "seal_form" }, link_types_nameless },
	{ { "link_types_newline", IND_VERDICT_ALTERED, "seal_form" }, link_types_newline },
	{ { "link_types_many", IND_VERDICT_ALTERED, "seal_form" }, link_types_many },
	{ { "note_crlf", IND_VERDICT_ALTERED, "checkpoint_form" }, note_crlf },
	{ { "note_size_zero", IND_VERDICT_ALTERED, "checkpoint_form" }, note_size_zero },
	{ { "note_size_other", IND_VERDICT_ALTERED, "checkpoint_root" }, note_size_other },
	{ { "note_size_sign", IND_VERDICT_ALTERED, "checkpoint_form" }, note_size_sign },
	{ { "note_origin", IND_VERDICT_ALTERED, "checkpoint_form" }, note_origin },
	{ { "note_root", IND_VERDICT_ALTERED, "checkpoint_root" }, note_root },
	{ { "note_root_bits", IND_VERDICT_ALTERED, "checkpoint_form" }, note_root_bits },
	{ { "note_line_more", IND_VERDICT_ALTERED, "checkpoint_form" }, note_line_more },
	{ { "note_key_id", IND_VERDICT_ALTERED, "checkpoint_key" }, note_key_id },
	{ { "note_signature", IND_VERDICT_ALTERED, "checkpoint_signature" }, note_signature },
	{ { "note_signature_pad", IND_VERDICT_ALTERED, "checkpoint_form" }, note_signature_pad },
	{ { "note_tail", IND_VERDICT_ALTERED, "checkpoint_form" }, note_tail },
	{ { "note_nul", IND_VERDICT_ALTERED, "checkpoint_form" }, note_nul },
};

enum { CLOCK_CASES = sizeof clock_cases / sizeof clock_cases[0] };

size_t frame_case_count(void) { return CLOCK_CASES + sizeof whole_cases / sizeof whole_cases[0]; }

struct forgery frame_case_make(size_t i, struct forge *f)
{
	if (i >= CLOCK_CASES) {
		whole_cases[i - CLOCK_CASES].make(f);
		return whole_cases[i - CLOCK_CASES].f;
	}
	frame(f, FRAME_CLOCK, clock_cases[i].payload, clock_cases[i].bytes);
	seal(f, true);
	return clock_cases[i].f;
}
