/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 5077 section 3.3: NewSessionTicket comes before the server's ChangeCipherSpec, hence in clear. Nothing is kept of what is before it:
 * messages are passed by their lengths. One whose header, or a ticket that, stands in two records is given up. */
#include "signal/tls_ticket.h"

#include "signal/tls_flight.h"
#include "signal/tls_hello.h"

enum { NEW_SESSION_TICKET = 4, LIFETIME_BYTES = 4, MAJOR = 3, RECORD_MAX_BYTES = 16384 + 2048, RECORD_BITS = 16 };

/* What is left of the record and of the message at hand. */
struct walk {
	uint32_t record, message;
};

static enum parse more(struct signal_ctx *ctx, size_t need)
{
	ctx->need = (uint32_t)need;
	return PARSE_MORE;
}

/* PARSE_NEXT: there is something in the record. */
static enum parse record_begin(struct signal_ctx *ctx, struct cursor *bytes, struct walk *w)
{
	struct cursor c = *bytes;
	uint8_t type = cursor_u8(&c), major = cursor_u8(&c);
	cursor_skip(&c, 1);
	uint16_t length = cursor_be16(&c);
	if (!cursor_ok(&c))
		return more(ctx, TLS_RECORD_HEADER_BYTES);
	if (type != TLS_HANDSHAKE || major != MAJOR || length == 0 || length > RECORD_MAX_BYTES)
		return PARSE_DONE;
	w->record = length;
	*bytes = c;
	return PARSE_NEXT;
}

static void ticket_put(struct signal_ctx *ctx, struct cursor message)
{
	cursor_skip(&message, LIFETIME_BYTES);
	struct cursor ticket = cursor_sub16(&message);
	if (!cursor_ok(&message) || cursor_left(&message))
		signal_malformed(ctx);
	else
		tls_secret_put(ctx, IND_SIG_TLS_TICKET, IND_SERVER, ticket);
}

static enum parse message_begin(struct signal_ctx *ctx, struct cursor *bytes, struct walk *w)
{
	struct cursor c = *bytes;
	if (w->record < TLS_MESSAGE_HEADER_BYTES)
		return PARSE_DONE;
	uint8_t type = cursor_u8(&c);
	uint32_t length = cursor_be24(&c);
	if (!cursor_ok(&c))
		return more(ctx, TLS_MESSAGE_HEADER_BYTES);
	if (type != NEW_SESSION_TICKET) {
		w->message = TLS_MESSAGE_HEADER_BYTES + length;
		return PARSE_NEXT;
	}
	if (length > w->record - TLS_MESSAGE_HEADER_BYTES)
		return PARSE_DONE;
	struct cursor body = cursor_sub(&c, length);
	if (!cursor_ok(&c))
		return more(ctx, TLS_MESSAGE_HEADER_BYTES + (size_t)length);
	ticket_put(ctx, body);
	return PARSE_DONE;
}

static enum parse message_pass(struct signal_ctx *ctx, struct cursor *bytes, struct walk *w)
{
	size_t left = cursor_left(bytes);
	uint32_t count = w->message < w->record ? w->message : w->record;
	if (!left)
		return more(ctx, 1);
	count = count < left ? count : (uint32_t)left;
	cursor_skip(bytes, count);
	w->message -= count;
	w->record -= count;
	return PARSE_NEXT;
}

enum parse tls_ticket_see(struct signal_ctx *ctx, struct cursor *bytes, uint64_t *walk)
{
	struct walk w = { (uint32_t)*walk & ((1u << RECORD_BITS) - 1), (uint32_t)(*walk >> RECORD_BITS) };
	enum parse step = PARSE_NEXT;
	ctx->need = 0;
	while (step == PARSE_NEXT) {
		if (!w.record)
			step = record_begin(ctx, bytes, &w);
		else if (!w.message)
			step = message_begin(ctx, bytes, &w);
		else
			step = message_pass(ctx, bytes, &w);
	}
	*walk = (uint64_t)w.message << RECORD_BITS | w.record;
	return step;
}
