/* SPDX-License-Identifier: Apache-2.0 */
/* The coordinator. A batch of frames is decoded and hashed first, so that the memory it will need is on its way when it is needed. */
#include "engine/inside.h"

#include "signal/icmp_ts.h"
#include "signal/tcp_syn.h"
#include "signal/tool_syn.h"

#include <stdlib.h>

enum { HEAD_BUFFERS = 4096, IDLE_S = 60, TCP_IDLE_S = 300, ACTIVE_S = 1800, LINGER_S = 5 };

/* A decoded frame on its way to its flow. */
struct arrival {
	struct packet packet;
	struct flow_key key;
	uint64_t hash;
	unsigned way;
};

enum ind_err engine_new(const struct engine_options *options, struct engine **engine)
{
	struct engine *e = calloc(1, sizeof *e);
	if (!e)
		return IND_NOMEM;
	e->options = *options;
	for (size_t i = 0; i < IND_SIGNAL_SET_WORDS; i++)
		e->parse |= options->signals[i] != 0;
	struct flow_limits limits = {
		.flows = options->flows, .head_buffers = HEAD_BUFFERS, .idle_s = IDLE_S, .tcp_idle_s = TCP_IDLE_S, .active_s = ACTIVE_S,
		.linger_s = LINGER_S,
	};
	enum ind_err err = flow_table_init(&e->table, &limits);
	e->signals = malloc((STORE_SIGNALS_MAX + PATH_SIGNALS_MAX) * sizeof *e->signals);
	e->text = malloc(STORE_BYTES_MAX + PATH_SIGNALS_MAX * IND_VALUE_MAX_BYTES);
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
	c->first_ns = c->first_ns == 0 || frame->time_ns < c->first_ns ? frame->time_ns : c->first_ns;
}

/* Decodes and hashes; returns how many of the frames have an IP layer. */
static size_t batch_decode(struct engine *e, const struct frame *frames, size_t count, struct arrival *arrivals)
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++) {
		struct arrival *a = &arrivals[n];
		frame_count(&e->counters, &frames[i]);
		outcome_count(&e->counters, packet_decode(&frames[i], e->options.link, &a->packet));
		if (!a->packet.ip)
			continue;
		a->way = flow_key_of(&a->packet, &a->key);
		a->hash = flow_hash(&e->table, &a->key);
		flow_prefetch_slot(&e->table, a->hash);
		n++;
	}
	for (size_t i = 0; i < n; i++)
		flow_prefetch(&e->table, arrivals[i].hash);
	for (size_t i = 0; i < n; i++)
		flow_prefetch_tcp(&e->table, arrivals[i].hash);
	return n;
}

static void syn_signal(struct engine *e, struct flow *f, const struct arrival *a)
{
	struct signal_ctx ctx = emit_ctx(e, f, a->way, &a->packet);
	e->current_roles = false;
	tool_syn_see(&ctx, &a->packet);
	tcp_syn_see(&ctx, &a->packet);
}

static void icmp_signal(struct engine *e, struct flow *f, const struct arrival *a)
{
	struct signal_ctx ctx = emit_ctx(e, f, a->way, &a->packet);
	e->current_roles = true;
	icmp_ts_see(&ctx, &a->packet);
}

static void arrival_see(struct engine *e, const struct arrival *a)
{
	const struct packet *p = &a->packet;
	bool is_new;
	flow_table_advance(&e->table, p->frame->time_ns);
	struct flow *f = flow_of(&e->table, &a->key, a->hash, a->way, p, &is_new);
	if (p->proto == IPPROTO_TCP4 && p->has_ports) {
		flow_tcp_see(&e->table, f, a->way, p);
		if (!e->parse)
			return;
		if (p->tcp_flags & TCP_SYN && p->tcp_options)
			syn_signal(e, f, a);
		stream_see(e, f, a->way, p);
	} else if (p->proto == IPPROTO_UDP4 && p->payload && e->parse) {
		datagram_see(e, f, a->way, p);
	} else if (icmp_ts_is(p) && e->parse) {
		icmp_signal(e, f, a);
	}
}

void engine_frames(struct engine *e, const struct frame *frames, size_t count)
{
	struct arrival arrivals[ENGINE_BATCH];
	size_t n = batch_decode(e, frames, count, arrivals);
	for (size_t i = 0; i < n; i++)
		arrival_see(e, &arrivals[i]);
}

void engine_tick(struct engine *e, uint64_t now_ns) { flow_table_advance(&e->table, now_ns); }

void engine_flush(struct engine *e) { flow_table_flush(&e->table, IND_END_CAPTURE); }

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
