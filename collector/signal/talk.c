/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/talk.h"

/* Which of the two sides a direction is, and nothing else. */

static enum probe talk_probe(struct cursor bytes)
{
	if (cursor_left(&bytes) == 0)
		return PROBE_MORE;
	uint8_t first = *bytes.p;
	if (first == '2' || first == '+' || first == '*')
		return talk_reply_probe(bytes);
	first |= 0x20;
	return first >= 'a' && first <= 'z' ? talk_command_probe(bytes) : PROBE_NO;
}

bool talk_is_foreign(uint8_t c) { return c >= 0x7f || (c < ' ' && c != '\r' && c != '\n' && c != '\t'); }

enum parse talk_wait(struct signal_ctx *ctx, const struct cursor *bytes)
{
	ctx->need = (uint32_t)cursor_left(bytes) + 1;
	return PARSE_MORE;
}

static enum parse talk_see(struct signal_ctx *ctx, struct cursor *bytes)
{
	ctx->need = 0;
	ctx->skip = 0;
	if (cursor_left(bytes) == 0)
		return PARSE_MORE;
	if (ctx->state[0] >= TALK_REPLIES && ctx->state[0] <= TALK_IN_REPLY)
		return talk_server_see(ctx, bytes);
	bool is_server = *bytes->p == '2' || *bytes->p == '+' || *bytes->p == '*';
	if (ctx->state[0] == TALK_START && is_server)
		return talk_server_see(ctx, bytes);
	return talk_client_see(ctx, bytes);
}

const struct signal_stream_parser talk_parser = { "talk", talk_probe, -1, talk_see };
