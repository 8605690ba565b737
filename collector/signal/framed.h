/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_FRAMED_H
#define SIGNAL_FRAMED_H

#include "signal/signal.h"

/* Streams of messages that say how long they are. */

enum { FRAMED_MAX_BYTES = 16384, FRAMED_IDLE_MAX = 64 };

/* True if `count` unread bytes are there, or all that will ever be. */
static inline bool framed_wait(struct signal_ctx *ctx, const struct cursor *bytes, size_t count)
{
	if (cursor_left(bytes) >= count || ctx->at_end)
		return true;
	ctx->need = (uint32_t)count;
	return false;
}

/* Takes the next message, `whole` bytes long, of which `wanted` or all are read: *message is what of it is there, the rest is passed over.
 * False if more of it must come first. */
static inline bool framed_take(struct signal_ctx *ctx, struct cursor *bytes, size_t whole, size_t wanted, struct cursor *message)
{
	if (wanted > FRAMED_MAX_BYTES)
		wanted = FRAMED_MAX_BYTES;
	if (!framed_wait(ctx, bytes, whole < wanted ? whole : wanted))
		return false;
	size_t here = whole < cursor_left(bytes) ? whole : cursor_left(bytes);
	*message = cursor_sub(bytes, here);
	ctx->skip = whole - here;
	return true;
}

/* Logons come early, and now and then again: after so many messages without one, none is waited for. state[0] counts them. */
static inline enum parse framed_idle(struct signal_ctx *ctx, bool found)
{
	ctx->state[0] = found ? 0 : ctx->state[0] + 1;
	return ctx->state[0] > FRAMED_IDLE_MAX ? PARSE_DONE : PARSE_MORE;
}

#endif
