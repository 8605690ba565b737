/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/talk.h"

/* A server's replies: RFC 5321 section 4.2, RFC 959 section 4.2, RFC 1939 section 3, RFC 9051 section 7.1. */

enum { CODE_BYTES = 3, TEXT_AT = 4 };

/* Greetings that name their protocol. What stands behind the word is the banner. */
struct greeting {
	const char *word;
	uint8_t signal;
};
static const struct greeting greetings[] = {
	{ "+OK ", IND_SIG_POP3_BANNER },
	{ "* OK ", IND_SIG_IMAP_BANNER },
	{ "* PREAUTH ", IND_SIG_IMAP_BANNER },
	{ "* BYE ", IND_SIG_IMAP_BANNER },
};
enum { GREETINGS = sizeof(greetings) / sizeof(*greetings) };

static bool is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

enum probe talk_reply_probe(struct cursor bytes)
{
	enum probe best = line_begins(bytes, "220");
	if (best == PROBE_YES && cursor_left(&bytes) > CODE_BYTES)
		return bytes.p[CODE_BYTES] == ' ' || bytes.p[CODE_BYTES] == '-' ? PROBE_YES : PROBE_NO;
	for (size_t i = 0; i < GREETINGS && best == PROBE_NO; i++)
		best = line_begins(bytes, greetings[i].word);
	return best == PROBE_NO || (best == PROBE_YES && *bytes.p != '2') ? best : PROBE_MORE;
}

/* A line's reply code, 0 if it has none. */
static unsigned code_of(struct cursor line)
{
	const uint8_t *p = line.p;
	if (cursor_left(&line) < CODE_BYTES || !is_digit(p[0]) || !is_digit(p[1]) || !is_digit(p[2]))
		return 0;
	return (unsigned)(p[0] - '0') * 100 + (unsigned)(p[1] - '0') * 10 + (unsigned)(p[2] - '0');
}

static bool ends_reply(struct cursor line) { return code_of(line) && (cursor_left(&line) == CODE_BYTES || line.p[CODE_BYTES] == ' '); }

/* Codes that only one of the two protocols answers early with; FTP first needs a log-in, SMTP a hello. */
static enum talk_shown code_shows(unsigned code)
{
	switch (code) {
	case 235:
	case 250:
	case 251:
	case 252:
	case 334:
	case 354:
		return TALK_SHOWN_MAIL;
	case 200:
	case 211:
	case 215:
	case 230:
	case 232:
	case 234:
	case 331:
	case 332:
	case 227:
	case 229:
		return TALK_SHOWN_FILES;
	}
	return TALK_SHOWN_NOTHING;
}

static bool has_word(struct cursor line, const char *word)
{
	for (; cursor_left(&line); cursor_skip(&line, 1))
		if (line_begins(line, word) == PROBE_YES)
			return true;
	return false;
}

/* The last resort where nothing else of the conversation was captured. */
static enum talk_shown text_shows(struct cursor line)
{
	bool mail = has_word(line, "SMTP") || has_word(line, "LMTP"), files = has_word(line, "FTP");
	return mail ? TALK_SHOWN_MAIL : files ? TALK_SHOWN_FILES : TALK_SHOWN_NOTHING;
}

/* Only the first line and the codes of the others are kept: replies repeat what the client said. */
static void banner_keep(struct signal_ctx *ctx, struct cursor lines, size_t first_bytes)
{
	uint8_t copy[IND_EXHIBIT_MAX_BYTES];
	size_t count = cursor_left(&lines);
	bool masked = false;
	if (!ctx->sink->wants_exhibits || count > sizeof(copy))
		return;
	memcpy(copy, lines.p, count);
	struct cursor rest = cursor_of(copy + first_bytes, count - first_bytes), line;
	while (line_next(&rest, &line)) {
		uint8_t *at = copy + (line.p - copy), *end = at + cursor_left(&line);
		for (at += code_of(line) ? (cursor_left(&line) < TEXT_AT ? CODE_BYTES : TEXT_AT) : 0; at < end; at++) {
			*at = 'x';
			masked = true;
		}
	}
	signal_put_exhibit(ctx, IND_EXHIBIT_STREAM, IND_SERVER, copy, count, masked);
}

static void banner_put(struct signal_ctx *ctx, enum ind_signal_id id, struct cursor line, size_t text_at)
{
	cursor_skip(&line, text_at < cursor_left(&line) ? text_at : cursor_left(&line));
	signal_put_wire(ctx, id, IND_SERVER, line.p, cursor_left(&line));
}

/* "220": the greeting stays unread until the next reply is there too. */
static enum parse greeting_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	struct cursor at = *bytes, first = { 0 }, line, next = { 0 };
	const uint8_t *first_end = NULL, *read = bytes->p;
	bool whole = false, answered = false;
	while (!answered && line_next(&at, &line)) {
		if (!first_end) {
			first = line;
			first_end = at.p;
		}
		answered = whole;
		next = line;
		whole |= ends_reply(line);
		read = at.p;
	}
	if (!answered && !ctx->at_end && !(whole && cursor_left(&at) && talk_is_foreign(*at.p)))
		return talk_wait(ctx, bytes);
	enum talk_shown shown = *ctx->shared <= TALK_SHOWN_FILES ? (enum talk_shown) * ctx->shared : TALK_SHOWN_NOTHING;
	if (!shown && answered)
		shown = code_shows(code_of(next));
	if (!shown && first_end)
		shown = text_shows(first);
	if (shown && first_end) {
		banner_put(ctx, shown == TALK_SHOWN_MAIL ? IND_SIG_SMTP_BANNER : IND_SIG_FTP_BANNER, first, TEXT_AT);
		banner_keep(ctx, cursor_of(bytes->p, (size_t)(read - bytes->p)), (size_t)(first_end - bytes->p));
	}
	cursor_skip(bytes, (size_t)(read - bytes->p));
	ctx->state[0] = TALK_REPLIES;
	return PARSE_MORE;
}

/* "+OK" and "* OK" are one protocol's alone. */
static enum parse named_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	struct cursor at = *bytes, line;
	if (!line_next(&at, &line)) {
		if (ctx->at_end)
			*bytes = cursor_of(bytes->end, 0);
		return talk_wait(ctx, bytes);
	}
	for (size_t i = 0; i < GREETINGS; i++) {
		if (line_begins(line, greetings[i].word) != PROBE_YES)
			continue;
		banner_put(ctx, greetings[i].signal, line, strlen(greetings[i].word));
		signal_put_exhibit(ctx, IND_EXHIBIT_STREAM, IND_SERVER, bytes->p, (size_t)(at.p - bytes->p), false);
	}
	*bytes = at;
	ctx->state[0] = TALK_REPLIES;
	return PARSE_MORE;
}

/* Behind the greeting only the start of encryption matters: TLS, or SSH behind another's greeting. */
static enum parse replies_pass(struct signal_ctx *ctx, struct cursor *bytes)
{
	const uint8_t *start = bytes->p;
	while (cursor_left(bytes)) {
		if (ctx->state[0] == TALK_REPLIES && (talk_is_foreign(*bytes->p) || line_begins(*bytes, "SSH-") == PROBE_YES))
			return PARSE_NEXT;
		const uint8_t *lf = memchr(bytes->p, '\n', cursor_left(bytes));
		ctx->state[0] = lf ? TALK_REPLIES : TALK_IN_REPLY;
		cursor_skip(bytes, lf ? (size_t)(lf - bytes->p) + 1 : cursor_left(bytes));
	}
	ctx->state[1] += (uint64_t)(bytes->p - start);
	return ctx->state[1] > TALK_READ_MAX_BYTES ? PARSE_DONE : PARSE_MORE;
}

enum parse talk_server_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	if (ctx->state[0] == TALK_START) {
		enum parse got = *bytes->p == '2' ? greeting_see(ctx, bytes) : named_see(ctx, bytes);
		if (ctx->state[0] == TALK_START)
			return got;
		ctx->need = 0;
	}
	return replies_pass(ctx, bytes);
}
