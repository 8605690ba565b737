/* SPDX-License-Identifier: Apache-2.0 */
/* Session ids, session tickets (RFC 5077) and pre-shared keys (RFC 8446 section 4.2.11) let their holder resume or link sessions: an
 * exhibit does not keep them. Their offsets are in the message; records may cut it anywhere. */
#include "signal/tls_exhibit.h"

#include "signal/tls_flight.h"

/* A message and the headers of its records. More is cut by the receiver. */
enum { COPY_MAX_BYTES = IND_EXHIBIT_MAX_BYTES + 1024 };

/* Overwrites what of the span lies in one record's payload, which starts `offset` bytes into the handshake. */
static void mask_payload(uint8_t *payload, size_t count, size_t offset, struct tls_span span)
{
	size_t from = span.from > offset ? span.from - offset : 0;
	size_t to = span.to > offset ? span.to - offset : 0;
	if (to > count)
		to = count;
	if (from < to)
		memset(payload + from, 'x', to - from);
}

static void mask(uint8_t *copy, size_t count, const struct tls_hello *hello)
{
	struct cursor c = cursor_of(copy, count);
	size_t offset = 0;
	while (cursor_left(&c) > TLS_RECORD_HEADER_BYTES) {
		uint8_t type = cursor_u8(&c);
		cursor_skip(&c, 2);
		size_t length = cursor_be16(&c);
		if (length > cursor_left(&c))
			length = cursor_left(&c);
		if (type == TLS_HANDSHAKE) {
			for (size_t i = 0; i < hello->secrets; i++)
				mask_payload(copy + (c.p - copy), length, offset, hello->secret[i]);
			offset += length;
		}
		cursor_skip(&c, length);
	}
}

void tls_exhibit_put(struct signal_ctx *ctx, enum ind_side side, const uint8_t *start, const uint8_t *end, const struct tls_hello *hello)
{
	size_t count = (size_t)(end - start);
	if (!ctx->sink->wants_exhibits)
		return;
	if (!hello || hello->secrets == 0) {
		signal_put_exhibit(ctx, IND_EXHIBIT_STREAM, side, start, count, false);
		return;
	}
	uint8_t copy[COPY_MAX_BYTES];
	if (count > sizeof copy)
		count = sizeof copy;
	memcpy(copy, start, count);
	mask(copy, count, hello);
	signal_put_exhibit(ctx, IND_EXHIBIT_STREAM, side, copy, count, true);
}
