/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine keeps of a flow while packets come is kept here from exhibit to exhibit: some are the next part of what an earlier one began.
 * An exhibit that begins as a protocol does is read as a beginning. No more bytes follow an exhibit. */
#include "engine/rederive.h"

#include "base/aead.h"
#include "flow/gather.h"
#include "packet/packet.h"
#include "signal/icmp_ts.h"
#include "signal/signal.h"
#include "signal/tcp_syn.h"
#include "signal/tool_syn.h"

#include <stdlib.h>

enum { NONE = -1, TURNS_MAX = 64, WAYS = 2 };

/* One direction of a flow over TCP. */
struct direction {
	uint64_t state[2];
	int parser;
};

struct rederive {
	struct aead *aead;
	struct flow_table table;     /* of which only the buffers of conversations are used */
	struct signal_sink sink;
	const struct rederive_flow *in;
	const struct rederive_output *out;
	size_t exhibit;              /* at hand */
	/* Of the flow at hand: */
	struct direction direction[WAYS];
	uint64_t shared;
	int conversation;
	uint64_t kept[SIGNAL_KEPT_BYTES / sizeof(uint64_t)];
	uint32_t buffer[WAYS], rtt_us[WAYS];
	uint8_t validated;
};

enum rederive_source rederive_source_of(unsigned signal)
{
	switch (signal) {
	case IND_SIG_TCP_CLOCK_SKEW:
	case IND_SIG_TCP_TS_HZ:
	case IND_SIG_IP_ID_CLASS:
	case IND_SIG_PATH_CROSS_LAYER:
	case IND_SIG_PATH_PREHELLO:
		return REDERIVE_SERIES;
	case IND_SIG_TLS_PSK:
	case IND_SIG_TLS_SESSION_ID:
	case IND_SIG_TLS_TICKET:
		return REDERIVE_SECRET;
	case IND_SIG_ADDR_EUI64:
	case IND_SIG_ADDR_TEREDO:
	case IND_SIG_ADDR_6TO4:
	case IND_SIG_ADDR_NAT64:
	case IND_SIG_PATH_TTL_STEP:
		return REDERIVE_RECORD;
	default:
		return REDERIVE_EXHIBIT;
	}
}

/* What is read from overwritten bytes is no value, and what is measured needs more than one exhibit. */
static void signal_take(void *ctx, const struct ind_signal *s)
{
	struct rederive *r = ctx;
	enum rederive_source source = rederive_source_of(s->id);
	bool is_wanted = !r->in->wanted || ind_signal_set_has(r->in->wanted, s->id);
	if (is_wanted && source == (r->exhibit == SIZE_MAX ? REDERIVE_RECORD : REDERIVE_EXHIBIT))
		r->out->signal(r->out->ctx, s, r->exhibit);
}

static void exhibit_pass(void *ctx, const struct ind_exhibit *x) { (void)ctx, (void)x; }
static void malformed_pass(void *ctx) { (void)ctx; }

enum ind_err rederive_new(struct rederive **rederive)
{
	struct rederive *r = calloc(1, sizeof *r);
	*rederive = NULL;
	if (!r)
		return IND_NOMEM;
	enum ind_err err = aead_new(&r->aead);
	if (!err)
		err = pool_init(&r->table.gathers, sizeof(struct gather_buffer), WAYS);
	if (err) {
		rederive_free(r);
		return err;
	}
	r->sink = (struct signal_sink) { .signal = signal_take, .exhibit = exhibit_pass, .malformed = malformed_pass, .ctx = r };
	*rederive = r;
	return IND_OK;
}

void rederive_free(struct rederive *r)
{
	if (!r)
		return;
	aead_free(r->aead);
	pool_release(&r->table.gathers);
	free(r);
}

static struct signal_ctx ctx_of(struct rederive *r, const struct ind_exhibit *x)
{
	return (struct signal_ctx) {
		.sink = &r->sink, .time_ns = x->time_ns, .begun_ns = x->time_ns, .packet = x->packet, .from = x->from, .way = x->from, .at_end = true, .shared = &r->shared,
	};
}

static void packet_see(struct rederive *r, const struct ind_exhibit *x)
{
	struct signal_ctx ctx = ctx_of(r, x);
	struct packet p;
	struct frame frame = {
		.bytes = x->bytes, .captured = x->bytes_count, .wire = x->bytes_count, .time_ns = x->time_ns, .number = x->packet, .link = PACKET_LINK_RAW,
	};
	packet_decode(&frame, &p);
	if (!p.ip || p.is_fragment)
		return;
	if (p.proto == IPPROTO_TCP4 && p.has_ports && p.tcp_flags & TCP_SYN && p.tcp_options) {
		tool_syn_see(&ctx, &p);
		tcp_syn_see(&ctx, &p);
	} else if (icmp_ts_is(&p)) {
		icmp_ts_see(&ctx, &p);
	}
}

/* The parser whose protocol begins here: the one at work if it may be, else the first of the list. */
static int stream_begins(const struct direction *d, struct cursor bytes)
{
	if (d->parser != NONE && signal_stream_parsers[d->parser]->probe(bytes) == PROBE_YES)
		return d->parser;
	for (int i = 0; signal_stream_parsers[i]; i++)
		if (signal_stream_parsers[i]->probe(bytes) == PROBE_YES)
			return i;
	return NONE;
}

/* One turn of a parser. True if bytes are left that another one may know. */
static bool stream_turn(struct rederive *r, struct direction *d, const struct ind_exhibit *x, struct cursor *bytes)
{
	int begins = stream_begins(d, *bytes);
	if (begins != NONE)
		*d = (struct direction) { .parser = begins };
	if (d->parser == NONE)
		return false;
	struct signal_ctx ctx = ctx_of(r, x);
	const uint8_t *before = bytes->p;
	ctx.state = d->state;
	if (signal_stream_parsers[d->parser]->see(&ctx, bytes) != PARSE_NEXT)
		return false;
	d->parser = NONE;
	return bytes->p > before && cursor_left(bytes);
}

static void stream_see(struct rederive *r, const struct ind_exhibit *x)
{
	struct cursor bytes = cursor_of(x->bytes, x->bytes_count);
	for (int turns = 0; turns < TURNS_MAX && stream_turn(r, &r->direction[x->from], x, &bytes); turns++)
		;
}

static void conversation_end(struct rederive *r)
{
	struct gather gather[WAYS] = { { &r->table, &r->buffer[0] }, { &r->table, &r->buffer[1] } };
	gather_drop(&gather[0]);
	gather_drop(&gather[1]);
	memset(r->kept, 0, sizeof r->kept);
	r->conversation = NONE;
	r->rtt_us[0] = r->rtt_us[1] = IND_ABSENT_U32;
	r->validated = IND_VALID_UNTESTABLE;
}

static enum parse conversation_see(struct rederive *r, const struct ind_exhibit *x)
{
	struct gather gather[WAYS] = { { &r->table, &r->buffer[0] }, { &r->table, &r->buffer[1] } };
	struct signal_ctx ctx = ctx_of(r, x);
	struct cursor bytes = cursor_of(x->bytes, x->bytes_count);
	ctx.kept = r->kept;
	ctx.gather = gather;
	ctx.aead = r->aead;
	ctx.rtt_us = r->rtt_us;
	ctx.validated = r->validated;
	enum parse outcome = signal_conversation_parsers[r->conversation]->see(&ctx, &bytes);
	r->validated = ctx.validated;
	if (outcome == PARSE_DONE)
		conversation_end(r);
	return outcome;
}

static enum parse conversation_find(struct rederive *r, const struct ind_exhibit *x)
{
	enum parse outcome = PARSE_NOT;
	for (int i = 0; signal_conversation_parsers[i] && outcome == PARSE_NOT; i++) {
		if (!signal_conversation_parsers[i]->begins(cursor_of(x->bytes, x->bytes_count)))
			continue;
		r->conversation = i;
		outcome = conversation_see(r, x);
		if (outcome == PARSE_NOT)
			conversation_end(r);
	}
	return outcome;
}

static void datagram_see(struct rederive *r, const struct ind_exhibit *x)
{
	const uint16_t *of = r->in->flow->port;
	const uint16_t port[WAYS] = { of[x->from], of[!x->from] };
	enum parse outcome = r->conversation != NONE ? conversation_see(r, x) : conversation_find(r, x);
	for (size_t i = 0; outcome == PARSE_NOT && signal_datagram_parsers[i]; i++) {
		struct signal_ctx ctx = ctx_of(r, x);
		struct cursor bytes = cursor_of(x->bytes, x->bytes_count);
		uint64_t state[2] = { 0 }, shared = 0;
		ctx.state = state;
		ctx.shared = &shared;
		outcome = signal_datagram_parsers[i]->see(&ctx, &bytes, port);
	}
}

static void exhibit_see(struct rederive *r, const struct ind_exhibit *x)
{
	if (!x->bytes_count || x->from >= WAYS)
		return;
	switch ((enum ind_exhibit_kind)x->kind) {
	case IND_EXHIBIT_PACKET: packet_see(r, x); break;
	case IND_EXHIBIT_STREAM: stream_see(r, x); break;
	case IND_EXHIBIT_DATAGRAM: datagram_see(r, x); break;
	}
}

/* What the engine says of a flow that has ended. */
static void record_see(struct rederive *r)
{
	const struct rederive_flow *in = r->in;
	struct signal_end end = { .flow = in->flow, .signals = in->signals, .count = in->signal_count };
	r->exhibit = SIZE_MAX;
	for (unsigned dir = 0; dir < WAYS; dir++) {
		struct signal_ctx ctx = { .sink = &r->sink, .time_ns = in->flow->end_ns, .from = (uint8_t)dir };
		end.side = dir == IND_SRC ? IND_CLIENT : IND_SERVER;
		for (signal_end_reader *const *reader = signal_end_readers; *reader; reader++)
			(*reader)(&ctx, &end);
	}
}

void rederive_flow(struct rederive *r, const struct rederive_flow *in, const struct rederive_output *out)
{
	r->in = in;
	r->out = out;
	r->sink.wanted = in->wanted;
	r->shared = 0;
	r->direction[0] = r->direction[1] = (struct direction) { .parser = NONE };
	conversation_end(r);
	for (r->exhibit = 0; r->exhibit < in->exhibit_count; r->exhibit++)
		exhibit_see(r, in->exhibits[r->exhibit]);
	conversation_end(r);
	record_see(r);
}
