/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4120 section 7.2: over UDP a datagram is a message, over TCP a length of four bytes stands before each. */
#include "signal/kerberos.h"
#include "signal/der.h"
#include "signal/framed.h"

enum { LENGTH_BYTES = 4, MESSAGES_MAX = 16, LENGTH_HIGH_MAX = 1 };

static void message_see(struct signal_ctx *ctx, enum ind_exhibit_kind kind, struct cursor all, size_t before, bool cut)
{
	uint8_t kept[IND_EXHIBIT_MAX_BYTES];
	struct cursor message = cursor_of(all.p + before, cursor_left(&all) - before);
	enum ind_side side = kerberos_message_side(*message.p);
	kerberos_message_put(ctx, message, cut);
	if (!ctx->sink->wants_exhibits)
		return;
	size_t bytes = cursor_left(&all) < sizeof(kept) ? cursor_left(&all) : sizeof(kept);
	memcpy(kept, all.p, bytes);
	kerberos_message_hide(kept + before, bytes - before);
	signal_put_exhibit(ctx, kind, side, kept, cursor_left(&all), true);
}

static enum probe tcp_probe(struct cursor bytes)
{
	size_t left = cursor_left(&bytes);
	if (left == 0)
		return PROBE_MORE;
	if (bytes.p[0] != 0 || (left > 1 && bytes.p[1] > LENGTH_HIGH_MAX))
		return PROBE_NO;
	size_t length = cursor_be32(&bytes);
	if (left <= LENGTH_BYTES)
		return PROBE_MORE;
	size_t whole;
	enum probe probe = kerberos_message_probe(bytes, &whole);
	return probe == PROBE_YES && whole != length ? PROBE_NO : probe;
}

static enum parse tcp_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	struct cursor message;
	ctx->need = 0;
	ctx->skip = 0;
	while (cursor_left(bytes) && ctx->skip == 0) {
		struct cursor peek = *bytes;
		size_t whole = LENGTH_BYTES + (size_t)cursor_be32(&peek);
		if (!framed_wait(ctx, bytes, LENGTH_BYTES + 1))
			return PARSE_MORE;
		if (tcp_probe(*bytes) == PROBE_NO)
			return PARSE_NEXT;
		if (cursor_left(bytes) <= LENGTH_BYTES || !framed_take(ctx, bytes, whole, FRAMED_MAX_BYTES, &message))
			return PARSE_MORE;
		message_see(ctx, IND_EXHIBIT_STREAM, message, LENGTH_BYTES, cursor_left(&message) < whole);
		if (++ctx->state[0] == MESSAGES_MAX)
			return PARSE_DONE;
	}
	return PARSE_MORE;
}

/* A datagram has no port to go by: beyond the shape of a message, its version must be there, and no byte behind it. */
static enum parse udp_see(struct signal_ctx *ctx, struct cursor *bytes, const uint16_t port[2])
{
	static const uint8_t version[] = { DER_INTEGER, 1, 5 };
	size_t whole;
	(void)port;
	if (kerberos_message_probe(*bytes, &whole) != PROBE_YES || whole < cursor_left(bytes))
		return PARSE_NOT;
	struct cursor c = *bytes;
	struct der field;
	der_enter(&c, *bytes->p);
	if (!der_enter(&c, DER_SEQUENCE) || !der_next(&c, &field) || (field.tag & ~1) != DER_CONTEXT_0 ||
		cursor_left(&field.body) != sizeof(version) || memcmp(field.body.p, version, sizeof(version)) != 0)
		return PARSE_NOT;
	message_see(ctx, IND_EXHIBIT_DATAGRAM, *bytes, 0, whole > cursor_left(bytes));
	return PARSE_DONE;
}

const struct signal_stream_parser kerberos_tcp_parser = { "kerberos", tcp_probe, -1, tcp_see };
const struct signal_datagram_parser kerberos_udp_parser = { "kerberos", udp_see };
