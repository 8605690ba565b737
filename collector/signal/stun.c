/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/stun.h"

/* RFC 8489 sections 5 (header), 14 (attributes) and 14.14 (SOFTWARE). */

enum { HEADER_BYTES = 20, CLASS_RESPONSE = 0x0100, ATTRIBUTE_SOFTWARE = 0x8022, KEPT_MAX_BYTES = 1500 };

static const uint32_t magic_cookie = 0x2112a442;

/* Names, keys' proofs and addresses are overwritten; what says how long they were stays. */
static void message_keep(struct signal_ctx *ctx, struct cursor message, enum ind_side side)
{
	uint8_t copy[KEPT_MAX_BYTES];
	size_t count = cursor_left(&message);
	if (!ctx->sink->wants_exhibits || count > sizeof(copy))
		return;
	memcpy(copy, message.p, count);
	struct cursor c = cursor_of(copy, count);
	cursor_skip(&c, HEADER_BYTES);
	bool masked = false;
	while (cursor_left(&c) >= 4) {
		unsigned type = cursor_be16(&c);
		size_t length = ((size_t)cursor_be16(&c) + 3) & ~(size_t)3, here = length < cursor_left(&c) ? length : cursor_left(&c);
		if (type != ATTRIBUTE_SOFTWARE) {
			memset(copy + (c.p - copy), 'x', here);
			masked |= here > 0;
		}
		cursor_skip(&c, here);
	}
	signal_put_exhibit(ctx, IND_EXHIBIT_DATAGRAM, side, copy, count, masked);
}

static enum parse udp_see(struct signal_ctx *ctx, struct cursor *bytes, const uint16_t port[2])
{
	(void)port;
	struct cursor message = *bytes;
	unsigned type = cursor_be16(bytes), length = cursor_be16(bytes);
	/* The two first bits are 0, and attributes are padded to words. */
	if (cursor_be32(bytes) != magic_cookie || type & 0xc000 || length & 3)
		return PARSE_NOT;
	cursor_skip(bytes, HEADER_BYTES - 8);
	if (!cursor_ok(bytes))
		return PARSE_NOT;
	enum ind_side side = type & CLASS_RESPONSE ? IND_SERVER : IND_CLIENT;
	struct cursor attributes = cursor_sub(bytes, length < cursor_left(bytes) ? length : cursor_left(bytes));
	while (cursor_left(&attributes) >= 4) {
		unsigned attribute = cursor_be16(&attributes), bytes_count = cursor_be16(&attributes);
		struct cursor value = cursor_sub(&attributes, bytes_count);
		if (!cursor_ok(&value))
			break;
		if (attribute == ATTRIBUTE_SOFTWARE) {
			/* Some end the text with NUL or fill its padding in. */
			while (cursor_left(&value) && value.end[-1] == 0)
				value.end--;
			signal_put_wire(ctx, IND_SIG_STUN_SOFTWARE, side, value.p, cursor_left(&value));
			message_keep(ctx, message, side);
			break;
		}
		cursor_skip(&attributes, -bytes_count & 3u);
	}
	return PARSE_DONE;
}

const struct signal_datagram_parser stun_parser = { "stun", udp_see };
