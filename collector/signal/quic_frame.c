/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 9000 section 12.4: what may stand in an Initial packet, and section 19 for its form. */
#include "signal/quic.h"

enum { PADDING = 0x00, PING = 0x01, ACK = 0x02, ACK_ECN = 0x03, CRYPTO = 0x06, CONNECTION_CLOSE = 0x1c };

/* Most of a client's first packet is padding. */
static void padding_skip(struct cursor *c)
{
	uint64_t word = 0;
	while (cursor_left(c) >= sizeof word) {
		memcpy(&word, c->p, sizeof word);
		if (word)
			return;
		cursor_skip(c, sizeof word);
	}
}

static void numbers_skip(struct cursor *c, uint64_t count)
{
	while (count-- && cursor_ok(c))
		quic_number_read(c);
}

/* Section 19.3: largest, delay, count of ranges, the first one; then two numbers a range, and three counters with ECN. No packet number is
 * below zero. */
static bool ack_read(struct cursor *c, bool ecn, uint64_t *oldest)
{
	uint64_t number = quic_number_read(c);
	numbers_skip(c, 1);
	uint64_t ranges = quic_number_read(c), down = quic_number_read(c);
	bool good = down <= number;
	for (number -= down; good && ranges && cursor_ok(c); ranges--) {
		down = quic_number_read(c) + 2;
		down += quic_number_read(c);
		good = down <= number;
		number -= down;
	}
	numbers_skip(c, ecn ? 3 : 0);
	*oldest = number;
	return good && cursor_ok(c);
}

/* Section 19.19: error, type of the frame that caused it, a reason. */
static void close_skip(struct cursor *c)
{
	numbers_skip(c, 2);
	uint64_t count = quic_number_read(c);
	cursor_skip(c, count < SIZE_MAX ? (size_t)count : SIZE_MAX);
}

static bool data_read(struct cursor *c, uint64_t *offset, struct cursor *data)
{
	*offset = quic_number_read(c);
	uint64_t count = quic_number_read(c);
	*data = cursor_sub(c, count < SIZE_MAX ? (size_t)count : SIZE_MAX);
	return cursor_ok(c) && cursor_ok(data);
}

enum quic_frame quic_frame_next(struct cursor *c, uint64_t *at, struct cursor *data)
{
	while (cursor_left(c)) {
		uint8_t type = cursor_u8(c);
		switch (type) {
		case PADDING:
			padding_skip(c);
			break;
		case PING:
			break;
		case ACK:
		case ACK_ECN:
			return ack_read(c, type == ACK_ECN, at) ? QUIC_FRAME_ACK : QUIC_FRAME_BAD;
		case CONNECTION_CLOSE:
			close_skip(c);
			break;
		case CRYPTO:
			return data_read(c, at, data) ? QUIC_FRAME_CRYPTO : QUIC_FRAME_BAD;
		default:
			return QUIC_FRAME_BAD;
		}
	}
	return cursor_ok(c) ? QUIC_FRAME_END : QUIC_FRAME_BAD;
}
