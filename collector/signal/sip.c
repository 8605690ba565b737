/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/sip.h"

/* RFC 3261 sections 7 (messages), 7.3.3 (compact forms), 18.3 (framing), 20.35 (Server), 20.41 (User-Agent). */

enum { METHOD_MAX_BYTES = 20, LENGTH_DIGITS_MAX = 9 };

static bool is_token_char(uint8_t c) { return (c >= 'A' && c <= 'Z') || c == '_' || c == '-'; }

/* A status line, or a method and the scheme of what it is about. */
static enum probe sip_probe(struct cursor bytes)
{
	static const char *const schemes[] = { "SIP:", "SIPS:", "TEL:" };
	enum probe best = line_begins(bytes, "SIP/2.0 ");
	size_t method = 0;
	if (best == PROBE_YES)
		return best;
	while (cursor_left(&bytes) && method < METHOD_MAX_BYTES && is_token_char(*bytes.p)) {
		cursor_skip(&bytes, 1);
		method++;
	}
	if (cursor_left(&bytes) == 0)
		return PROBE_MORE;
	if (method < 3 || cursor_u8(&bytes) != ' ')
		return best;
	for (size_t i = 0; i < sizeof(schemes) / sizeof(*schemes); i++) {
		enum probe probe = line_begins(bytes, schemes[i]);
		if (probe == PROBE_YES)
			return probe;
		best = probe == PROBE_MORE ? probe : best;
	}
	return best;
}

/* Behind the empty line; 0 if that is not there. *searched: whole lines that are known not to be it. */
static size_t head_bytes(struct cursor bytes, uint64_t *searched)
{
	const uint8_t *start = bytes.p;
	struct cursor line;
	cursor_skip(&bytes, *searched < cursor_left(&bytes) ? (size_t)*searched : cursor_left(&bytes));
	while (line_next(&bytes, &line)) {
		if (cursor_left(&line) == 0)
			return (size_t)(bytes.p - start);
		*searched = (uint64_t)(bytes.p - start);
	}
	return 0;
}

/* Who is called, with whom, and what proves it (RFC 3261 section 22) are overwritten; the scheme stays, the message is known by it. */
static void head_keep(struct signal_ctx *ctx, struct cursor head, size_t start_bytes, enum ind_side side, enum ind_exhibit_kind kind)
{
	static const char *const kept[] = { "USER-AGENT", "SERVER", "CONTENT-LENGTH", "L" };
	uint8_t copy[IND_EXHIBIT_MAX_BYTES];
	size_t count = cursor_left(&head);
	if (!ctx->sink->wants_exhibits || count > sizeof(copy))
		return;
	memcpy(copy, head.p, count);
	uint8_t *colon = memchr(copy, ':', start_bytes);
	for (uint8_t *p = side == IND_CLIENT && colon ? colon + 1 : copy + start_bytes; p<copy + start_bytes && * p> ' '; p++)
		*p = 'x';
	fields_mask(copy + start_bytes, count - start_bytes, kept, sizeof(kept) / sizeof(*kept));
	signal_put_exhibit(ctx, kind, side, copy, count, true);
}

static uint64_t number_of(const struct field *field)
{
	uint64_t number = 0;
	for (size_t i = 0; i < field->value_bytes && i < LENGTH_DIGITS_MAX && field->value[i] >= '0' && field->value[i] <= '9'; i++)
		number = number * 10 + (field->value[i] - '0');
	return number;
}

/* Returns the length of the body. */
static uint64_t head_see(struct signal_ctx *ctx, struct cursor head, enum ind_exhibit_kind kind)
{
	struct cursor fields = head, line;
	struct field field;
	uint64_t length = 0;
	bool found = false;
	if (!line_next(&fields, &line))
		return 0;
	size_t start_bytes = (size_t)(fields.p - head.p);
	enum ind_side side = line_begins(line, "SIP/") == PROBE_YES ? IND_SERVER : IND_CLIENT;
	while (field_next(&fields, &field)) {
		if (field_is(&field, "USER-AGENT") || field_is(&field, "SERVER")) {
			field_put(ctx, IND_SIG_SIP_USER_AGENT, side, &field);
			found = true;
		} else if (field_is(&field, "CONTENT-LENGTH") || field_is(&field, "L")) {
			length = number_of(&field);
		}
	}
	if (found)
		head_keep(ctx, head, start_bytes, side, kind);
	return length;
}

/* Without an empty line, as far as lines are whole. */
static size_t whole_lines(struct cursor bytes)
{
	size_t count = cursor_left(&bytes);
	while (count && bytes.p[count - 1] != '\n')
		count--;
	return count;
}

static enum parse udp_see(struct signal_ctx *ctx, struct cursor *bytes, const uint16_t port[2])
{
	(void)port;
	uint64_t searched = 0;
	if (sip_probe(*bytes) != PROBE_YES)
		return PARSE_NOT;
	size_t head = head_bytes(*bytes, &searched);
	head_see(ctx, cursor_of(bytes->p, head ? head : whole_lines(*bytes)), IND_EXHIBIT_DATAGRAM);
	return PARSE_DONE;
}

/* RFC 5626 section 3.5.1: empty lines between messages keep a connection open. */
static void pass_line_ends(struct cursor *bytes)
{
	while (cursor_left(bytes) && (*bytes->p == '\r' || *bytes->p == '\n'))
		cursor_skip(bytes, 1);
}

static enum parse stream_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	ctx->need = 0;
	ctx->skip = 0;
	while (cursor_left(bytes)) {
		if (ctx->state[0] == 0)
			pass_line_ends(bytes);
		enum probe probe = sip_probe(*bytes);
		if (probe == PROBE_NO)
			return PARSE_NEXT;
		size_t head = probe == PROBE_YES ? head_bytes(*bytes, &ctx->state[0]) : 0;
		if (head == 0 && ctx->at_end)
			head = whole_lines(*bytes);
		if (head == 0) {
			ctx->need = (uint32_t)cursor_left(bytes) + 1;
			return PARSE_MORE;
		}
		uint64_t body = head_see(ctx, cursor_sub(bytes, head), IND_EXHIBIT_STREAM);
		size_t here = body < cursor_left(bytes) ? (size_t)body : cursor_left(bytes);
		cursor_skip(bytes, here);
		ctx->state[0] = 0;
		ctx->skip = body - here;
	}
	return PARSE_MORE;
}

const struct signal_stream_parser sip_stream_parser = { "sip", sip_probe, -1, stream_see };
const struct signal_datagram_parser sip_parser = { "sip", udp_see };
