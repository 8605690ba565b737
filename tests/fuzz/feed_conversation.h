/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_FEED_CONVERSATION_H
#define FUZZ_FEED_CONVERSATION_H

#include "base/aead.h"
#include "feed_stream.h"
#include "flow/gather.h"

/* Feeds datagrams to the parser of a conversation as an engine does. */
struct feed_conversation {
	struct flow_table table;
	struct flow_udp udp;
	struct gather gather[2];
	struct aead *aead;
	bool began, over;
	uint8_t validated;
	uint64_t now_ns;
};

static inline void feed_part(void *ctx) { (void)ctx; }

/* Made once for all inputs; an input begins with feed_conversation_reset. */
static inline struct feed_conversation *feed_conversation_new(void)
{
	const struct flow_limits limits = {
		.flows = 4, .head_buffers = 2, .idle_s = 60, .tcp_idle_s = 300, .active_s = 1800, .linger_s = 5
	};
	struct feed_conversation *t = calloc(1, sizeof *t);
	if (!t || flow_table_init(&t->table, &limits) || aead_new(&t->aead))
		abort();
	return t;
}

static inline void feed_conversation_reset(struct feed_conversation *t)
{
	t->udp = (struct flow_udp) { .rtt.us = { IND_ABSENT_U32, IND_ABSENT_U32 } };
	t->gather[0] = (struct gather) { &t->table, &t->udp.buffer[0] };
	t->gather[1] = (struct gather) { &t->table, &t->udp.buffer[1] };
	t->began = t->over = false;
	t->validated = 0;
	t->now_ns = 0;
}

static inline void feed_conversation_end(struct feed_conversation *t)
{
	gather_drop(&t->gather[0]);
	gather_drop(&t->gather[1]);
	if (t->table.gathers.in_use)
		abort();
}

static inline void feed_conversation_datagram(
	struct feed_conversation *t, const struct signal_conversation_parser *parser, unsigned way, const uint8_t *bytes, size_t count)
{
	struct signal_sink sink = feed_sink;
	sink.exhibit_part = feed_part;
	uint8_t *copy = malloc(count ? count : 1);
	if (!copy)
		abort();
	if (count)
		memcpy(copy, bytes, count);
	struct cursor c = cursor_of(copy, count);
	struct signal_ctx ctx = {
		.sink = &sink,
		.time_ns = t->now_ns,
		.begun_ns = t->now_ns,
		.from = (uint8_t)way,
		.way = (uint8_t)way,
		.at_end = true,
		.kept = t->udp.kept,
		.rtt_us = t->udp.rtt.us,
		.gather = t->gather,
		.aead = t->aead,
		.validated = t->validated,
	};
	t->now_ns += 1000;
	if (!t->over && (t->began || parser->begins(c))) {
		enum parse outcome = parser->see(&ctx, &c);
		t->over = outcome == PARSE_DONE || (outcome == PARSE_NOT && !t->began);
		t->began = true;
		t->validated = ctx.validated;
	}
	free(copy);
}

#endif
