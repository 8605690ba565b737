/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 5077 section 3.3: NewSessionTicket comes before the server's ChangeCipherSpec, hence in clear. Nothing is kept of what is before it:
 * messages are passed by their lengths. Records may cut the ticket, and every message before it, anywhere. */
#include "signal/tls_ticket.h"

#include "signal/tls_flight.h"
#include "signal/tls_hello.h"

enum { LIFETIME_BYTES = 4, RECORD_BITS = 16 };

/* What is left of the record and of the message at hand. */
struct walk {
	uint32_t record, message;
};

void tls_ticket_put(struct signal_ctx *ctx, struct cursor message)
{
	cursor_skip(&message, LIFETIME_BYTES);
	struct cursor ticket = cursor_sub16(&message);
	if (!cursor_ok(&message) || cursor_left(&message))
		signal_malformed(ctx);
	else
		tls_secret_put(ctx, IND_SIG_TLS_TICKET, IND_SERVER, ticket);
}

/* Makes the next `want` bytes of the handshake stand at f->at. PARSE_NEXT: they do. */
static enum parse fill(struct signal_ctx *ctx, const struct cursor *bytes, const struct walk *w, struct tls_flight *f, size_t want)
{
	tls_flight_start(f, *bytes, true);
	f->record_left = w->record;
	enum tls_flight_read got = tls_flight_fill(f, want);
	if (got == TLS_FLIGHT_OK)
		return PARSE_NEXT;
	if (got != TLS_FLIGHT_MORE)
		return PARSE_DONE;
	ctx->need = (uint32_t)cursor_left(bytes) + f->missing;
	return PARSE_MORE;
}

static enum parse message_begin(struct signal_ctx *ctx, const struct cursor *bytes, struct walk *w, struct tls_flight *f)
{
	enum parse step = fill(ctx, bytes, w, f, TLS_MESSAGE_HEADER_BYTES);
	if (step != PARSE_NEXT)
		return step;
	struct cursor header = cursor_of(f->at, TLS_MESSAGE_HEADER_BYTES);
	uint8_t type = cursor_u8(&header);
	uint32_t length = cursor_be24(&header), count = TLS_MESSAGE_HEADER_BYTES + length;
	if (type != TLS_NEW_SESSION_TICKET) {
		w->message = count;
		return PARSE_NEXT;
	}
	step = fill(ctx, bytes, w, f, count);
	if (step != PARSE_NEXT)
		return step;
	tls_ticket_put(ctx, cursor_of(f->at + TLS_MESSAGE_HEADER_BYTES, length));
	return PARSE_DONE;
}

/* As much of the message as the record at hand holds. */
static enum parse message_pass(struct signal_ctx *ctx, struct cursor *bytes, struct walk *w, struct tls_flight *f)
{
	enum parse step = fill(ctx, bytes, w, f, 1);
	if (step != PARSE_NEXT)
		return step;
	uint32_t count = w->message < f->have ? w->message : (uint32_t)f->have;
	w->message -= count;
	w->record = (uint32_t)(f->record_left + f->have - count);
	cursor_skip(bytes, (size_t)(tls_flight_end(f, count) - bytes->p));
	return PARSE_NEXT;
}

enum parse tls_ticket_see(struct signal_ctx *ctx, struct cursor *bytes, struct tls_flight *f, uint64_t *walk)
{
	struct walk w = { (uint32_t)*walk & ((1u << RECORD_BITS) - 1), (uint32_t)(*walk >> RECORD_BITS) };
	enum parse step = PARSE_NEXT;
	ctx->need = 0;
	while (step == PARSE_NEXT)
		step = w.message ? message_pass(ctx, bytes, &w, f) : message_begin(ctx, bytes, &w, f);
	*walk = (uint64_t)w.message << RECORD_BITS | w.record;
	return step;
}
