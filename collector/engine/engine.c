/* SPDX-License-Identifier: Apache-2.0 */
/* The coordinator. A batch of frames is decoded and hashed first, so that the memory it will need is on its way when it is needed. */
#include "engine/inside.h"

#include "signal/clock_skew.h"
#include "signal/icmp_ts.h"
#include "signal/tcp_syn.h"
#include "signal/tool_syn.h"

#include <stdlib.h>

enum { HEAD_BUFFERS = 4096, IDLE_S = 60, TCP_IDLE_S = 300, ACTIVE_S = 1800, LINGER_S = 5, CLOCKS = 8192, CLOCK_AFTER = 64 };

enum ind_err engine_new(const struct engine_options *options, struct engine **engine)
{
	struct engine *e = calloc(1, sizeof *e);
	if (!e)
		return IND_NOMEM;
	e->options = *options;
	for (size_t i = 0; i < IND_SIGNAL_SET_WORDS; i++)
		e->parse |= options->signals[i] != 0;
	e->clocks = engine_wants(e, IND_SIG_TCP_CLOCK_SKEW);
	if (!e->options.skew_min_s)
		e->options.skew_min_s = CLOCK_SKEW_MIN_S;
	struct flow_limits limits = {
		.flows = options->flows, .head_buffers = HEAD_BUFFERS, .idle_s = IDLE_S, .tcp_idle_s = TCP_IDLE_S, .active_s = ACTIVE_S,
		.linger_s = LINGER_S, .clocks = e->clocks ? CLOCKS : 0, .clock_after_s = e->options.skew_min_s / CLOCK_AFTER,
	};
	enum ind_err err = flow_table_init(&e->table, &limits);
	if (!err && e->parse)
		err = aead_new(&e->aead);
	if (!err)
		err = early_init(e);
	if (!err)
		err = fragments_init(&e->fragments);
	e->signals = malloc((STORE_SIGNALS_MAX + ENDING_SIGNALS_MAX) * sizeof *e->signals);
	e->text = malloc(STORE_BYTES_MAX + ENDING_SIGNALS_MAX * IND_VALUE_MAX_BYTES);
	if (!err && (!e->signals || !e->text))
		err = IND_NOMEM;
	if (err) {
		engine_free(e);
		return err;
	}
	e->table.ended = emit_flow;
	e->table.ended_ctx = e;
	emit_init(e);
	*engine = e;
	return IND_OK;
}

void engine_free(struct engine *e)
{
	if (!e)
		return;
	flow_table_release(&e->table);
	pool_release(&e->early);
	aead_free(e->aead);
	fragments_release(&e->fragments);
	free(e->signals);
	free(e->text);
	free(e);
}

static void outcome_count(struct engine_counters *c, enum decode outcome)
{
	c->frames_short += outcome == DECODE_SHORT;
	c->frames_malformed += outcome == DECODE_MALFORMED;
	c->frames_unknown += outcome == DECODE_UNKNOWN;
}

static void frame_count(struct engine_counters *c, const struct frame *frame)
{
	c->frames++;
	c->bytes += frame->captured;
	c->last_ns = frame->time_ns > c->last_ns ? frame->time_ns : c->last_ns;
	c->recent_ns = frame->time_ns;
	c->first_ns = c->first_ns == 0 || frame->time_ns < c->first_ns ? frame->time_ns : c->first_ns;
}

/* Of a frame with layers in layers: what went wrong inside is worse than a layer without IP, and the first thing counts. */
static enum decode worse(enum decode outer, enum decode inner)
{
	return outer == DECODE_OK && (inner == DECODE_SHORT || inner == DECODE_MALFORMED) ? inner : outer;
}

static void arrival_key(const struct engine *e, struct arrival *a)
{
	a->way = flow_key_of(&a->packet, &a->key);
	a->hash = flow_hash(&e->table, &a->key);
}

bool arrival_inner(struct engine *e, struct arrival *outer, struct arrival *inner, enum decode *outcome)
{
	if (!outer->packet.inner)
		return false;
	*outcome = worse(*outcome, packet_decode_inner(&outer->packet, &inner->packet));
	if (!inner->packet.ip || inner->packet.tunnel_count == outer->packet.tunnel_count)
		return false;
	flow_context_set(&e->table, &outer->key, &inner->packet);
	arrival_key(e, inner);
	return true;
}

/* Decodes and hashes one frame; returns how many layers of it have flows. */
static size_t frame_decode(struct engine *e, const struct frame *frame, struct arrival *arrivals)
{
	struct arrival *a = arrivals;
	frame_count(&e->counters, frame);
	enum decode outcome = packet_decode(frame, &a->packet);
	if (!a->packet.ip) {
		outcome_count(&e->counters, outcome);
		return 0;
	}
	if (a->packet.tunnel_count)
		flow_context_set(&e->table, NULL, &a->packet);
	arrival_key(e, a);
	a->inside = false;
	for (; a->packet.inner && arrival_inner(e, a, a + 1, &outcome); a++)
		a[1].inside = true;
	outcome_count(&e->counters, outcome);
	return (size_t)(a - arrivals) + 1;
}

/* The values of SYN and SYN-ACK, read from the header alone. */
static void syn_signal(struct engine *e, struct flow *f, const struct arrival *a)
{
	struct signal_ctx ctx = emit_ctx(e, f, a->way, &a->packet);
	e->current_roles = false;
	tool_syn_see(&ctx, &a->packet);
	tcp_syn_see(&ctx, &a->packet);
}

/* The first and the last segment of a direction. */
static void edge_see(struct engine *e, struct flow *f, const struct arrival *a)
{
	const struct packet *p = &a->packet;
	if (p->tcp_flags & TCP_SYN && p->tcp_options)
		syn_signal(e, f, a);
	if (p->tcp_flags & TCP_FIN)
		early_fin(e, f, a->way, p);
}

static void icmp_signal(struct engine *e, struct flow *f, const struct arrival *a)
{
	struct signal_ctx ctx = emit_ctx(e, f, a->way, &a->packet);
	e->current_roles = true;
	icmp_ts_see(&ctx, &a->packet);
}

/* What the layer says to the parsers, which read no encapsulation. */
static void layer_parse(struct engine *e, struct flow *f, const struct arrival *a)
{
	const struct packet *p = &a->packet;
	if (p->proto == IPPROTO_TCP4 && p->has_ports) {
		flow_tcp_see(&e->table, f, a->way, p);
		if (!e->parse)
			return;
		if (p->tcp_flags & (TCP_SYN | TCP_FIN))
			edge_see(e, f, a);
		if (e->clocks)
			flow_clock_see(&e->table, f, a->way, p);
		stream_see(e, f, a->way, p);
	} else if (p->proto == IPPROTO_UDP4 && p->payload && e->parse && !p->carries) {
		datagram_see(e, f, a->way, p);
	} else if (icmp_ts_is(p) && e->parse) {
		icmp_signal(e, f, a);
	}
}

uint64_t arrival_see(struct engine *e, const struct arrival *a, uint64_t parent)
{
	const struct packet *p = &a->packet;
	bool is_new;
	struct flow *f = flow_of(&e->table, &a->key, a->hash, a->way, p, &is_new);
	if (parent || p->carries || p->around || p->fragments)
		flow_layers_see(&e->table, f, a->way, p, is_new ? parent : 0);
	layer_parse(e, f, a);
	if (early_is_due(f->packets[a->way]))
		early_see(e, f, a->way, p);
	return p->carries ? flow_serial(&e->table, f) : 0;
}

/* Packets with payload or signals of their own touch more of their flow; ends and beginnings are noted in its cold part as well. */
static bool packet_speaks(const struct packet *p) { return p->payload_bytes || p->tcp_flags & TCP_SYN; }
static bool packet_turns(const struct packet *p) { return packet_speaks(p) || p->tcp_flags & (TCP_FIN | TCP_RST); }

static void batch_see(struct engine *e, const struct arrival *arrivals, size_t count)
{
	uint64_t parent = 0;
	for (size_t i = 0; i < count; i++)
		flow_prefetch(&e->table, arrivals[i].hash);
	for (size_t i = 0; i < count; i++)
		flow_prefetch_parts(&e->table, arrivals[i].hash, packet_turns(&arrivals[i].packet));
	for (size_t i = 0; i < count && e->parse; i++)
		flow_prefetch_head(&e->table, arrivals[i].hash, packet_speaks(&arrivals[i].packet));
	for (size_t i = 0; i < count; i++) {
		const struct arrival *a = &arrivals[i];
		parent = a->inside ? parent : 0;
		flow_table_advance(&e->table, a->packet.frame->time_ns);
		if (a->packet.is_fragment)
			fragment_see(e, a, parent);
		else
			parent = arrival_see(e, a, parent);
	}
}

void engine_frames(struct engine *e, const struct frame *frames, size_t count)
{
	struct arrival arrivals[ENGINE_BATCH + IND_TUNNEL_MAX + 1]; /* a frame's first layer, those in it, and room to look for one more */
	size_t n = 0;
	flow_context_round(&e->table);
	for (size_t i = 0; i < count; i++) {
		size_t layers = frame_decode(e, &frames[i], &arrivals[n]);
		for (size_t k = 0; k < layers; k++)
			flow_prefetch_slot(&e->table, arrivals[n + k].hash);
		n += layers;
		if (n < ENGINE_BATCH && i + 1 < count)
			continue;
		batch_see(e, arrivals, n);
		n = 0;
	}
	fragments_pass(e);
}

void engine_tick(struct engine *e, uint64_t now_ns)
{
	flow_table_advance(&e->table, now_ns);
	fragments_pass(e);
}

void engine_flush(struct engine *e)
{
	fragments_flush(e);
	flow_table_flush(&e->table, IND_END_CAPTURE);
}

void engine_counters(const struct engine *e, struct engine_counters *counters)
{
	*counters = e->counters;
	counters->flows = e->table.serial;
	counters->flows_open = e->table.flows.in_use - FLOW_WHEEL_SLOTS;
	counters->evicted = e->table.evicted;
	counters->signals_lost = e->table.signals_lost;
	counters->heads_lost = e->table.heads_lost;
	counters->gaps = e->table.gaps;
}
