/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_FEED_STREAM_H
#define FUZZ_FEED_STREAM_H

#include "signal/signal.h"
#include <stdlib.h>

/* Feeds fuzz input to a stream parser as an engine does. The first byte decides: bit 7 who sends, bits 0 to 6 how many bytes come at once
 * (0: all). Each look is at a buffer that ends where the bytes end; each value and exhibit is read to its end. */

static unsigned char feed_touched;

static void feed_touch(const void *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		feed_touched ^= ((const unsigned char *)bytes)[i];
}

static void feed_signal(void *ctx, const struct ind_signal *signal)
{
	(void)ctx;
	if (signal->value_bytes == 0 || signal->value_bytes > IND_VALUE_MAX_BYTES || !ind_signal_info(signal->id))
		abort();
	feed_touch(signal->value, signal->value_bytes);
}

static void feed_exhibit(void *ctx, const struct ind_exhibit *exhibit)
{
	(void)ctx;
	if (exhibit->bytes_count > IND_EXHIBIT_MAX_BYTES)
		abort();
	feed_touch(exhibit->bytes, exhibit->bytes_count);
}

static void feed_malformed(void *ctx) { (void)ctx; }

static const struct signal_sink feed_sink = { .signal = feed_signal, .exhibit = feed_exhibit, .malformed = feed_malformed, .ctx = NULL, .wants_exhibits = true };

static inline enum parse feed_look(const struct signal_stream_parser *parser, struct signal_ctx *ctx, const uint8_t *bytes, size_t count,
	size_t *used)
{
	uint8_t *copy = malloc(count ? count : 1);
	if (!copy)
		abort();
	if (count)
		memcpy(copy, bytes, count);
	struct cursor c = cursor_of(copy, count);
	ctx->need = 0;
	ctx->skip = 0;
	enum parse outcome = parser->see(ctx, &c);
	*used = (size_t)(c.p - copy);
	free(copy);
	return outcome;
}

/* One datagram from `port`, at a time when NTP's clients may be believed. */
static inline int feed_datagram(const struct signal_datagram_parser *parser, const uint8_t *data, size_t size, uint16_t port)
{
	const uint16_t ports[2] = { port, 40000 };
	uint64_t state[2] = { 0 }, shared = 0;
	struct signal_ctx ctx = { .sink = &feed_sink, .time_ns = UINT64_C(1790000000000000000), .state = state, .shared = &shared, .at_end = true };
	uint8_t *copy = malloc(size ? size : 1);
	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	struct cursor bytes = cursor_of(copy, size);
	parser->see(&ctx, &bytes, ports);
	free(copy);
	return 0;
}

/* Only what the parser's probe takes for its own, as in an engine. */
static inline int feed_stream(const struct signal_stream_parser *parser, const uint8_t *data, size_t size)
{
	if (size < 2 || parser->probe(cursor_of(data + 1, size - 1)) != PROBE_YES)
		return 0;
	uint64_t state[2] = { 0 }, shared = 0;
	struct signal_ctx ctx = { .sink = &feed_sink, .from = data[0] >> 7, .state = state, .shared = &shared };
	const uint8_t *bytes = data + 1;
	size_t count = size - 1, chunk = data[0] & 0x7f ? data[0] & 0x7f : count, start = 0, there = 0;
	enum parse outcome = PARSE_MORE;
	while (there < count && outcome == PARSE_MORE) {
		there = there + chunk < count ? there + chunk : count;
		ctx.at_end = there == count;
		if (there <= start || (there - start < ctx.need && !ctx.at_end))
			continue;
		size_t used;
		outcome = feed_look(parser, &ctx, bytes + start, there - start, &used);
		start += used;
		start += ctx.skip < count - start ? (size_t)ctx.skip : count - start;
	}
	return 0;
}

#endif
