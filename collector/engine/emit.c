/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/inside.h"

#include "flow/clock.h"
#include "signal/clock_skew.h"

/* A signal of the flow that ends: it goes out at once, behind the stored ones. */
static void ending_take(struct engine *e, const struct ind_signal *s)
{
	struct ind_signal *out = &e->signals[e->signal_count++];
	*out = *s;
	memcpy(e->text_free, s->value, s->value_bytes);
	out->value = e->text_free;
	e->text_free += s->value_bytes;
}

static void signal_take(void *ctx, const struct ind_signal *s)
{
	struct engine *e = ctx;
	if (!engine_wants(e, s->id))
		return;
	if (e->text_free) {
		ending_take(e, s);
		return;
	}
	unsigned way = e->current_way;
	if (e->current_roles)
		flow_role_seen(e->current, s->side == IND_CLIENT ? way : !way);
	e->current_new |= store_add(&e->table, e->current, s, way) == STORE_ADDED;
}

static void exhibit_take(void *ctx, const struct ind_exhibit *x)
{
	struct engine *e = ctx;
	if (!e->current_new || (x->kind != IND_EXHIBIT_PACKET && !e->options.payload_exhibits))
		return;
	e->current_new = false;
	struct ind_exhibit out = *x;
	out.flow_serial = flow_serial(&e->table, e->current);
	out.from = (uint8_t)flow_dir(e->current, e->current_way);
	e->options.output.exhibit(e->options.output.ctx, &out);
}

static void malformed_take(void *ctx)
{
	struct engine *e = ctx;
	e->counters.malformed++;
}

static void exhibit_cut_take(void *ctx)
{
	struct engine *e = ctx;
	e->counters.exhibits_cut += e->current_new;
}

static void exhibit_part_take(void *ctx)
{
	struct engine *e = ctx;
	e->current_new = true;
}

void emit_init(struct engine *e)
{
	e->sink = (struct signal_sink){
		.signal = signal_take, .exhibit = exhibit_take, .malformed = malformed_take, .exhibit_cut = exhibit_cut_take, .exhibit_part = exhibit_part_take,
		.ctx = e, .wants_exhibits = e->options.exhibits, .tls_memo = &e->tls_memo, .x509_memo = &e->x509_memo, .wanted = e->options.signals,
	};
}

struct signal_ctx emit_ctx(struct engine *e, struct flow *f, unsigned way, const struct packet *p)
{
	e->current = f;
	e->current_way = way;
	e->current_new = false;
	return (struct signal_ctx){ .sink = &e->sink, .time_ns = p->frame->time_ns, .packet = p->frame->number, .from = (uint8_t)flow_dir(f, way) };
}

/* What a flow as a whole says of the path of each of its ends. */
static void path_signals(struct engine *e, const struct flow *f, const struct ind_flow *record)
{
	const struct flow_clock *clock = flow_clock(&e->table, f);
	struct signal_end end = { .flow = record, .signals = e->signals, .count = e->signal_count };
	e->text_free = e->text + STORE_BYTES_MAX;
	for (unsigned dir = 0; dir < 2; dir++) {
		struct signal_ctx ctx = { .sink = &e->sink, .time_ns = record->end_ns, .packet = e->counters.frames, .from = (uint8_t)dir };
		unsigned way = dir ^ flow_src_way(f);
		end.side = dir == IND_SRC ? IND_CLIENT : IND_SERVER;
		for (signal_end_reader *const *reader = signal_end_readers; *reader; reader++)
			(*reader)(&ctx, &end);
		early_end(e, f, way, &ctx, end.side);
		if (clock)
			clock_skew_put(&ctx, end.side, clock->samples[way], clock->way[way].count, e->options.skew_min_s);
	}
	e->text_free = NULL;
}

void emit_flow(void *engine, struct flow *f, enum ind_flow_end reason)
{
	struct engine *e = engine;
	struct ind_flow record;
	e->signal_count = 0;
	if (e->parse)
		stream_end(e, f);
	flow_record(&e->table, f, reason, &record);
	e->signal_count = store_read(&e->table, f, e->signals, e->text);
	if (e->parse)
		path_signals(e, f, &record);
	e->options.output.flow(e->options.output.ctx, &record, e->signals, e->signal_count);
}
