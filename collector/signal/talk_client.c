/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/talk.h"

/* A client's commands: RFC 5321 section 4.1, RFC 3030, RFC 3207; RFC 959 section 4.1, RFC 4217; RFC 1939, RFC 2595. */

/* begins: a conversation is known by it, as the first thing that is said. whole: nothing else stands in the line. */
struct command {
	const char *word;
	uint8_t shows;
	bool begins, whole, is_hello;
	uint8_t phase;
};

static const struct command commands[] = {
	{ "EHLO ", TALK_SHOWN_MAIL, true, false, true, TALK_COMMANDS },
	{ "HELO ", TALK_SHOWN_MAIL, true, false, true, TALK_COMMANDS },
	{ "LHLO ", TALK_SHOWN_MAIL, true, false, true, TALK_COMMANDS },
	{ "MAIL FROM:", TALK_SHOWN_MAIL, true, false, false, TALK_COMMANDS },
	{ "RCPT TO:", TALK_SHOWN_MAIL, true, false, false, TALK_COMMANDS },
	{ "DATA", TALK_SHOWN_MAIL, true, true, false, TALK_MAIL_HEADER },
	{ "BDAT ", TALK_SHOWN_MAIL, true, false, false, TALK_MAIL_CHUNK },
	{ "STARTTLS", TALK_SHOWN_MAIL, true, true, false, TALK_COMMANDS },
	{ "AUTH TLS", TALK_SHOWN_FILES, true, true, false, TALK_COMMANDS },
	{ "AUTH SSL", TALK_SHOWN_FILES, true, true, false, TALK_COMMANDS },
	{ "USER ", TALK_SHOWN_FILES, true, false, false, TALK_COMMANDS },
	{ "PASS ", TALK_SHOWN_FILES, false, false, false, TALK_COMMANDS },
	{ "FEAT", TALK_SHOWN_FILES, true, true, false, TALK_COMMANDS },
	{ "SYST", TALK_SHOWN_FILES, true, true, false, TALK_COMMANDS },
	{ "CAPA", TALK_SHOWN_NOTHING, true, true, false, TALK_COMMANDS },
	{ "STLS", TALK_SHOWN_NOTHING, true, true, false, TALK_COMMANDS },
	{ "APOP ", TALK_SHOWN_NOTHING, true, false, false, TALK_COMMANDS },
	{ "RSET", TALK_SHOWN_NOTHING, false, true, false, TALK_COMMANDS },
	{ "QUIT", TALK_SHOWN_NOTHING, false, true, false, TALK_COMMANDS },
};

enum { COMMANDS = sizeof(commands) / sizeof(*commands) };

/* With `whole` the line must end behind the word. */
static enum probe command_match(const struct command *command, struct cursor bytes)
{
	enum probe probe = line_begins(bytes, command->word);
	if (probe != PROBE_YES || !command->whole)
		return probe;
	cursor_skip(&bytes, strlen(command->word));
	if (cursor_left(&bytes) == 0)
		return PROBE_MORE;
	return *bytes.p == '\r' || *bytes.p == '\n' ? PROBE_YES : PROBE_NO;
}

static const struct command *command_find(struct cursor bytes)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (command_match(&commands[i], bytes) == PROBE_YES)
			return &commands[i];
	return NULL;
}

enum probe talk_command_probe(struct cursor bytes)
{
	enum probe best = PROBE_NO;
	for (size_t i = 0; i < COMMANDS; i++) {
		enum probe probe = commands[i].begins ? command_match(&commands[i], bytes) : PROBE_NO;
		if (probe == PROBE_YES)
			return probe;
		if (probe == PROBE_MORE)
			best = probe;
	}
	return best;
}

/* The next line of commands. False to stop there. */
static bool command_see(struct signal_ctx *ctx, struct cursor *bytes, enum parse *verdict)
{
	struct cursor behind = *bytes, line;
	if (talk_is_foreign(*bytes->p)) {
		*verdict = PARSE_NEXT;
		return false;
	}
	if (!line_next(&behind, &line)) {
		*verdict = talk_wait(ctx, bytes);
		if (ctx->at_end)
			*bytes = cursor_of(bytes->end, 0);
		return false;
	}
	const struct command *command = command_find(*bytes);
	if (command && command->shows)
		*ctx->shared = command->shows;
	if (command && command->phase != TALK_COMMANDS) {
		ctx->state[0] = command->phase | (ctx->state[0] & TALK_CHUNKED);
		ctx->state[1] = 0;
		return true;
	}
	if (command && command->is_hello)
		smtp_hello_see(ctx, line, (size_t)(behind.p - bytes->p));
	ctx->state[1] += (uint64_t)(behind.p - bytes->p);
	*bytes = behind;
	if (*ctx->shared != TALK_SHOWN_MAIL && ctx->state[1] > TALK_READ_MAX_BYTES)
		*verdict = PARSE_DONE;
	return *verdict == PARSE_MORE;
}

/* After DATA was refused, a command stands where a message would. */
static bool is_refused(struct cursor bytes)
{
	struct cursor line;
	return line_next(&bytes, &line) && cursor_left(&bytes) && command_find(bytes);
}

static bool header_see(struct signal_ctx *ctx, struct cursor *bytes, enum parse *verdict)
{
	struct cursor line;
	if (is_refused(*bytes)) {
		line_next(bytes, &line);
		ctx->state[0] = TALK_COMMANDS;
		ctx->state[1] = 0;
		return true;
	}
	*verdict = smtp_header_see(ctx, bytes);
	if (*verdict == PARSE_DONE)
		*verdict = PARSE_MORE;
	else
		return false;
	return true;
}

static bool chunk_see(struct signal_ctx *ctx, struct cursor *bytes, enum parse *verdict)
{
	*verdict = smtp_chunk_see(ctx, bytes);
	if (*verdict != PARSE_DONE)
		return false;
	*verdict = PARSE_MORE;
	return ctx->skip == 0;
}

static bool body_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	if (!smtp_body_pass(bytes, &ctx->state[1]))
		return false;
	ctx->state[0] = TALK_COMMANDS;
	ctx->state[1] = 0;
	return true;
}

enum parse talk_client_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	enum parse verdict = PARSE_MORE;
	bool go_on = true;
	while (go_on && cursor_left(bytes)) {
		switch (ctx->state[0] & TALK_PHASE_MASK) {
		case TALK_MAIL_HEADER:
			go_on = header_see(ctx, bytes, &verdict);
			break;
		case TALK_MAIL_CHUNK:
			go_on = chunk_see(ctx, bytes, &verdict);
			break;
		case TALK_MAIL_BODY:
			go_on = body_see(ctx, bytes);
			break;
		default:
			go_on = command_see(ctx, bytes, &verdict);
		}
	}
	return verdict;
}
