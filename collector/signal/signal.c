/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/signal.h"
#include "base/hash.h"
#include "base/text.h"

/* From what a parser saw to a record: UTF-8, at most IND_VALUE_MAX_BYTES, the digest of the whole where it had to be cut. */

static void put(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, const char *value, size_t bytes, const uint8_t *sha256)
{
	struct ind_signal signal = {
		.id = (uint16_t)id, .side = (uint8_t)side, .from = ctx->from, .flags = sha256 ? IND_SIGNAL_CUT : 0, .value_bytes = (uint16_t)bytes,
		.time_ns = ctx->time_ns, .packet = ctx->packet, .value = value, .sha256 = sha256,
	};
	if (bytes)
		ctx->sink->signal(ctx->sink->ctx, &signal);
}

void signal_put_wire(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, const void *bytes, size_t count)
{
	char value[IND_VALUE_MAX_BYTES + 1];
	const uint8_t *p = bytes, *end = count ? p + count : p;
	size_t used = text_from_wire_some(&p, end, value, sizeof(value));
	if (p == end) {
		put(ctx, id, side, value, used, NULL);
		return;
	}
	struct hash_sha256_state hash;
	uint8_t sha256[HASH_SHA256_BYTES];
	hash_sha256_start(&hash);
	hash_sha256_add(&hash, value, used);
	while (p < end) {
		char more[IND_VALUE_MAX_BYTES + 1];
		hash_sha256_add(&hash, more, text_from_wire_some(&p, end, more, sizeof(more)));
	}
	hash_sha256_end(&hash, sha256);
	put(ctx, id, side, value, used, sha256);
}

/* How many of more than IND_VALUE_MAX_BYTES bytes of UTF-8 are kept: no character is cut. */
static size_t kept_bytes(const char *text)
{
	size_t kept = IND_VALUE_MAX_BYTES;
	while (kept > IND_VALUE_MAX_BYTES - 3 && ((uint8_t)text[kept] & 0xc0) == 0x80)
		kept--;
	return kept;
}

void signal_put_text(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, const char *text, size_t bytes)
{
	uint8_t sha256[HASH_SHA256_BYTES];
	if (bytes <= IND_VALUE_MAX_BYTES) {
		put(ctx, id, side, text, bytes, NULL);
		return;
	}
	hash_sha256(text, bytes, sha256);
	put(ctx, id, side, text, kept_bytes(text), sha256);
}

void signal_put_number(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, int64_t number)
{
	char value[24];
	put(ctx, id, side, value, text_i64(number, value, sizeof(value)), NULL);
}

void signal_put_hex(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, const uint8_t *bytes, size_t count)
{
	enum { PIECE = IND_VALUE_MAX_BYTES / 2 };
	char value[2 * PIECE + 1], more[2 * PIECE + 1];
	size_t first = count < PIECE ? count : PIECE;
	hash_hex(bytes, first, value);
	if (count == first) {
		put(ctx, id, side, value, 2 * first, NULL);
		return;
	}
	struct hash_sha256_state hash;
	uint8_t sha256[HASH_SHA256_BYTES];
	hash_sha256_start(&hash);
	hash_sha256_add(&hash, value, 2 * first);
	for (size_t at = first; at < count; at += PIECE) {
		size_t piece = count - at < PIECE ? count - at : PIECE;
		hash_hex(bytes + at, piece, more);
		hash_sha256_add(&hash, more, 2 * piece);
	}
	hash_sha256_end(&hash, sha256);
	put(ctx, id, side, value, 2 * first, sha256);
}

void signal_put_exhibit(struct signal_ctx *ctx, enum ind_exhibit_kind kind, enum ind_side side, const void *bytes, size_t count, bool masked)
{
	if (!ctx->sink->wants_exhibits || count == 0)
		return;
	struct ind_exhibit exhibit = {
		.time_ns = ctx->time_ns, .packet = ctx->packet, .from = ctx->from, .side = (uint8_t)side, .kind = (uint8_t)kind, .masked = masked,
		.bytes_count = (uint16_t)(count < IND_EXHIBIT_MAX_BYTES ? count : IND_EXHIBIT_MAX_BYTES), .bytes = bytes,
	};
	if (count > IND_EXHIBIT_MAX_BYTES && ctx->sink->exhibit_cut)
		ctx->sink->exhibit_cut(ctx->sink->ctx);
	ctx->sink->exhibit(ctx->sink->ctx, &exhibit);
}

void signal_put_exhibit_part(struct signal_ctx *ctx, enum ind_exhibit_kind kind, enum ind_side side, const void *bytes, size_t count)
{
	if (ctx->sink->exhibit_part)
		ctx->sink->exhibit_part(ctx->sink->ctx);
	signal_put_exhibit(ctx, kind, side, bytes, count, false);
}

void signal_malformed(struct signal_ctx *ctx)
{
	ctx->sink->malformed(ctx->sink->ctx);
}
