/* SPDX-License-Identifier: Apache-2.0 */
/* Which parser reads a datagram. A flow in which a conversation was found belongs to its parser; others are looked at a few times. */
#include "engine/inside.h"

#include "flow/gather.h"

/* What a look in vain costs of the flow's patience. ICE checks (STUN, RFC 8489) come by the dozen before what they prepare. */
enum { PATIENCE = 64, LOOK_COST = 8, LOOK_STUN_COST = 1, STUN_HEADER_BYTES = 20, STUN_TYPE_MAX = 0x3fff };
static const uint32_t stun_cookie = 0x2112a442;

_Static_assert((int)SIGNAL_KEPT_BYTES == (int)FLOW_KEPT_BYTES, "what parsers are promised is what flows keep");

static bool is_stun(struct cursor bytes)
{
	bool fits = cursor_left(&bytes) >= STUN_HEADER_BYTES && cursor_be16(&bytes) <= STUN_TYPE_MAX;
	cursor_skip(&bytes, 2);
	return fits && cursor_be32(&bytes) == stun_cookie;
}

static void looked_in_vain(struct flow *f, struct cursor bytes)
{
	f->looked += is_stun(bytes) ? LOOK_STUN_COST : LOOK_COST;
	if (f->looked >= PATIENCE)
		f->state |= FLOW_QUIET;
}

/* The client is the end whose address is shown to be its own; the record speaks of src. */
static void validated_set(struct flow *f, const struct signal_ctx *ctx)
{
	f->udp_validated = flow_src_way(f) == ctx->client_way ? ctx->validated & 7 : IND_VALID_UNTESTABLE;
}

static enum parse conversation_see(struct engine *e, struct flow *f, struct signal_ctx *ctx, struct cursor bytes)
{
	struct flow_udp *u = flow_udp(&e->table, f);
	struct gather gather[2] = { { &e->table, &u->buffer[0] }, { &e->table, &u->buffer[1] } };
	ctx->kept = u->kept;
	ctx->gather = gather;
	ctx->aead = e->aead;
	ctx->validated = f->udp_validated;
	ctx->rtt_us = u->rtt.us;
	ctx->client_way = (uint8_t)flow_src_way(f);
	enum parse outcome = signal_conversation_parsers[u->parser]->see(ctx, &bytes);
	if (outcome != PARSE_NOT)
		validated_set(f, ctx);
	if (outcome == PARSE_DONE) {
		f->state |= FLOW_QUIET;
		flow_udp_over(&e->table, f);
	}
	return outcome;
}

static enum parse conversation_find(struct engine *e, struct flow *f, struct signal_ctx *ctx, struct cursor bytes)
{
	for (uint32_t i = 0; signal_conversation_parsers[i]; i++) {
		if (!signal_conversation_parsers[i]->begins(bytes))
			continue;
		flow_udp_start(&e->table, f)->parser = i;
		enum parse outcome = conversation_see(e, f, ctx, bytes);
		if (outcome != PARSE_NOT)
			return outcome;
		flow_udp_end(&e->table, f);
	}
	return PARSE_NOT;
}

static enum parse datagram_parse(struct signal_ctx *ctx, struct cursor bytes, const uint16_t port[2])
{
	for (size_t i = 0; signal_datagram_parsers[i]; i++) {
		struct cursor copy = bytes;
		if (signal_datagram_parsers[i]->see(ctx, &copy, port) == PARSE_DONE)
			return PARSE_DONE;
	}
	return PARSE_NOT;
}

void datagram_see(struct engine *e, struct flow *f, unsigned way, const struct packet *p)
{
	if (f->state & FLOW_QUIET || !p->payload_captured)
		return;
	uint64_t state[2] = { 0 }, shared = 0;
	struct signal_ctx ctx = emit_ctx(e, f, way, p);
	struct cursor bytes = cursor_of(p->payload, p->payload_captured);
	ctx.state = state;
	ctx.shared = &shared;
	ctx.way = (uint8_t)way;
	ctx.begun_ns = p->fragments ? p->first_fragment_ns : p->frame->time_ns;
	ctx.at_end = true;
	e->current_roles = true;
	enum parse outcome = f->udp ? conversation_see(e, f, &ctx, bytes) : conversation_find(e, f, &ctx, bytes);
	if (outcome == PARSE_NOT && datagram_parse(&ctx, bytes, p->port) == PARSE_NOT)
		looked_in_vain(f, bytes);
}
