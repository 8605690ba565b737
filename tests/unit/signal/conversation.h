/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SIGNAL_CONVERSATION_H
#define UNIT_SIGNAL_CONVERSATION_H

#include "base/aead.h"
#include "feed.h"
#include "flow/gather.h"

/* A conversation in datagrams, handed to its parser as an engine does: what is kept of it, and what was seen. */
struct conversation {
	struct feed seen; /* for feed_value and feed_count */
	struct flow_table table;
	struct aead *aead;
	struct flow_udp udp;
	struct gather gather[2];
	uint8_t validated, client_way;
	enum parse outcome;
	size_t parts; /* exhibits that were announced as parts */
	const uint64_t *wanted; /* NULL: all signals */
	uint64_t now_us, begun_us_ago; /* when the next datagram passes, and how long before it its first fragment */
};

static inline void conversation_part(void *ctx)
{
	struct seen *s = ctx;
	struct conversation *t = (struct conversation *)((char *)s - offsetof(struct conversation, seen.seen));
	t->parts++;
}

/* Forgets the flow and what was seen of it. */
static inline void conversation_reset(struct conversation *t)
{
	memset(&t->seen, 0, sizeof t->seen);
	gather_drop(&t->gather[0]);
	gather_drop(&t->gather[1]);
	t->udp = (struct flow_udp) { .rtt.us = { IND_ABSENT_U32, IND_ABSENT_U32 } };
	t->validated = t->client_way = 0;
	t->outcome = PARSE_MORE;
	t->parts = 0;
	t->now_us = 1000000;
	t->begun_us_ago = 0;
}

static inline void conversation_open(struct conversation *t)
{
	const struct flow_limits limits = {
		.flows = 4, .head_buffers = 2, .idle_s = 60, .tcp_idle_s = 300, .active_s = 1800, .linger_s = 5
	};
	memset(t, 0, sizeof *t);
	ck_assert_int_eq(flow_table_init(&t->table, &limits), IND_OK);
	ck_assert_int_eq(aead_new(&t->aead), IND_OK);
	for (unsigned way = 0; way < 2; way++)
		t->gather[way] = (struct gather) { &t->table, &t->udp.buffer[way] };
	conversation_reset(t);
}

static inline void conversation_close(struct conversation *t)
{
	flow_table_release(&t->table);
	aead_free(t->aead);
}

/* One datagram, in a buffer that ends where it ends. */
static inline void conversation_hear(
	struct conversation *t, const struct signal_conversation_parser *parser, unsigned way, const void *bytes, size_t count)
{
	const struct signal_sink sink = {
		.signal = seen_signal,
		.exhibit = seen_exhibit,
		.malformed = seen_malformed,
		.ctx = &t->seen.seen,
		.wants_exhibits = !t->seen.no_exhibits,
		.exhibit_part = conversation_part,
		.wanted = t->wanted,
	};
	uint8_t *copy = malloc(count ? count : 1);
	ck_assert_ptr_nonnull(copy);
	if (count)
		memcpy(copy, bytes, count);
	struct signal_ctx ctx = {
		.sink = &sink,
		.time_ns = t->now_us * 1000,
		.begun_ns = (t->now_us - t->begun_us_ago) * 1000,
		.packet = 3,
		.from = (uint8_t)way,
		.way = (uint8_t)way,
		.at_end = true,
		.kept = t->udp.kept,
		.rtt_us = t->udp.rtt.us,
		.gather = t->gather,
		.aead = t->aead,
		.validated = t->validated,
		.client_way = t->client_way,
	};
	struct cursor c = cursor_of(copy, count);
	t->outcome = parser->see(&ctx, &c);
	t->validated = ctx.validated;
	t->client_way = ctx.client_way;
	free(copy);
}

#endif
