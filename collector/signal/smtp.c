/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/talk.h"

/* Mail under way: RFC 5321 sections 4.1.1.1 (EHLO) and 4.1.1.4 (DATA), RFC 3030 (BDAT), RFC 5322 section 2.1 (header, body). */

enum { HELLO_WORD_BYTES = 5, CHUNK_DIGITS_MAX = 15 };

/* Where in a body its bytes stand. */
enum place { IN_LINE, AT_LINE_START, BEHIND_DOT, BEHIND_DOT_CR };

void smtp_hello_see(struct signal_ctx *ctx, struct cursor line, size_t line_bytes)
{
	struct cursor name = line;
	cursor_skip(&name, HELLO_WORD_BYTES);
	while (cursor_left(&name) && *name.p == ' ')
		cursor_skip(&name, 1);
	signal_put_wire(ctx, IND_SIG_SMTP_EHLO, IND_CLIENT, name.p, cursor_left(&name));
	signal_put_exhibit(ctx, IND_EXHIBIT_STREAM, IND_CLIENT, line.p, line_bytes, false);
}

/* The command, and the fields up to the date; other values are nobody's business. */
static void date_keep(struct signal_ctx *ctx, const uint8_t *command, const uint8_t *fields, const uint8_t *end)
{
	static const char *const kept[] = { "DATE" };
	uint8_t copy[IND_EXHIBIT_MAX_BYTES];
	size_t count = (size_t)(end - command), head = (size_t)(fields - command);
	if (!ctx->sink->wants_exhibits || count > sizeof(copy))
		return;
	memcpy(copy, command, count);
	bool masked = fields_mask(copy + head, count - head, kept, 1);
	signal_put_exhibit(ctx, IND_EXHIBIT_STREAM, IND_CLIENT, copy, count, masked);
}

/* RFC 5322 section 3.6.1: one origination date. Fields of messages inside this one are in its body. */
static void date_see(struct signal_ctx *ctx, const uint8_t *command, struct cursor block)
{
	const uint8_t *fields = block.p;
	struct field field;
	while (field_next(&block, &field)) {
		if (!field_is(&field, "DATE"))
			continue;
		field_put(ctx, IND_SIG_MAIL_DATE, IND_CLIENT, &field);
		date_keep(ctx, command, fields, block.p);
		return;
	}
}

enum header { HEADER_OPEN, HEADER_PAST, MESSAGE_PAST };

/* Where a header ends: behind an empty line, or behind the message's last line. *searched: whole lines that are known to be neither. */
static enum header header_end(struct cursor *block, uint64_t *searched)
{
	struct cursor line;
	const uint8_t *start = block->p;
	cursor_skip(block, *searched < cursor_left(block) ? (size_t)*searched : cursor_left(block));
	while (line_next(block, &line)) {
		if (cursor_left(&line) == 0)
			return HEADER_PAST;
		if (cursor_left(&line) == 1 && *line.p == '.')
			return MESSAGE_PAST;
		*searched = (uint64_t)(block->p - start);
	}
	return HEADER_OPEN;
}

enum parse smtp_header_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	struct cursor behind = *bytes, line;
	const uint8_t *command = bytes->p;
	if (!line_next(&behind, &line))
		return talk_wait(ctx, bytes);
	const uint8_t *start = behind.p;
	enum header end = header_end(&behind, &ctx->state[1]);
	if (end == HEADER_OPEN && !ctx->at_end)
		return talk_wait(ctx, bytes);
	date_see(ctx, command, cursor_of(start, (size_t)(behind.p - start)));
	*bytes = behind;
	ctx->state[0] = end == MESSAGE_PAST ? TALK_COMMANDS : TALK_MAIL_BODY;
	ctx->state[1] = end == MESSAGE_PAST ? 0 : AT_LINE_START;
	return PARSE_DONE;
}

/* RFC 3030 section 2: BDAT, the number of octets, perhaps LAST. */
static bool chunk_read(struct cursor line, uint64_t *size, bool *last)
{
	int digits = 0;
	cursor_skip(&line, HELLO_WORD_BYTES);
	*size = 0;
	while (cursor_left(&line) && *line.p == ' ')
		cursor_skip(&line, 1);
	for (; cursor_left(&line) && *line.p >= '0' && *line.p <= '9' && digits < CHUNK_DIGITS_MAX; digits++)
		*size = *size * 10 + (cursor_u8(&line) - '0');
	*last = line_begins(line, " LAST") == PROBE_YES;
	return digits && (*last || cursor_left(&line) == 0 || *line.p == ' ');
}

/* The header is looked for in the first chunk of a message only. */
enum parse smtp_chunk_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	struct cursor behind = *bytes, line;
	const uint8_t *command = bytes->p;
	uint64_t size;
	bool last;
	if (!line_next(&behind, &line))
		return talk_wait(ctx, bytes);
	if (!chunk_read(line, &size, &last)) {
		signal_malformed(ctx);
		*bytes = behind;
		ctx->state[0] = TALK_COMMANDS;
		return PARSE_DONE;
	}
	bool all = cursor_left(&behind) >= size;
	struct cursor chunk = cursor_sub(&behind, all ? (size_t)size : cursor_left(&behind)), block = chunk;
	if (!(ctx->state[0] & TALK_CHUNKED)) {
		if (header_end(&block, &ctx->state[1]) == HEADER_OPEN && !all && !ctx->at_end)
			return talk_wait(ctx, bytes);
		date_see(ctx, command, cursor_of(chunk.p, (size_t)(block.p - chunk.p)));
	}
	*bytes = behind;
	ctx->skip = all ? 0 : size - cursor_left(&chunk);
	ctx->state[0] = TALK_COMMANDS | (last ? 0 : TALK_CHUNKED);
	ctx->state[1] = 0;
	return PARSE_DONE;
}

bool smtp_body_pass(struct cursor *bytes, uint64_t *place)
{
	while (cursor_left(bytes)) {
		if (*place == IN_LINE) {
			const uint8_t *lf = memchr(bytes->p, '\n', cursor_left(bytes));
			cursor_skip(bytes, lf ? (size_t)(lf - bytes->p) + 1 : cursor_left(bytes));
			*place = lf ? AT_LINE_START : IN_LINE;
			continue;
		}
		uint8_t c = cursor_u8(bytes);
		if (c == '\n' && *place != AT_LINE_START)
			return true;
		if (c == '\n')
			*place = AT_LINE_START;
		else if (c == '.' && *place == AT_LINE_START)
			*place = BEHIND_DOT;
		else if (c == '\r' && *place == BEHIND_DOT)
			*place = BEHIND_DOT_CR;
		else
			*place = IN_LINE;
	}
	return false;
}
