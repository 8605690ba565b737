/* SPDX-License-Identifier: Apache-2.0 */
/* Fragments on their way to a datagram, and datagrams on theirs to flows. */
#include "engine/inside.h"

/* A layer and all that is in it. */
static void layers_see(struct engine *e, struct arrival *a, uint64_t parent)
{
	struct arrival inner, *outer = a;
	enum decode outcome = DECODE_OK;
	bool more = arrival_inner(e, outer, &inner, &outcome);
	parent = arrival_see(e, outer, parent);
	while (more) {
		if (inner.packet.is_fragment) {
			fragment_see(e, &inner, parent);
			break;
		}
		struct arrival next;
		more = arrival_inner(e, &inner, &next, &outcome);
		parent = arrival_see(e, &inner, parent);
		if (more)
			inner = next;
	}
	e->counters.frames_short += outcome == DECODE_SHORT;
	e->counters.frames_malformed += outcome == DECODE_MALFORMED;
}

/* The datagram as far as it is there; what is only there in part counts with all its fragments. */
static void datagram_decode(struct engine *e, struct assembly *d, struct packet *p)
{
	assembly_frame(d);
	(void)packet_decode_datagram(&d->frame, &d->like, p);
	if (!p->ip) { /* the fragments cannot stand behind the first one's header */
		*p = d->like;
		p->frame = &d->frame;
	}
	if (p->tunnel_count != d->like.tunnel_count) {
		struct flow_key around = { .context = d->like.context };
		flow_context_set(&e->table, &around, p);
	}
	if (p->is_fragment)
		p->payload_bytes = (uint32_t)d->data_bytes;
	p->ip_bytes = (uint32_t)d->ip_bytes;
	p->fragments = d->fragments < UINT16_MAX ? (uint16_t)d->fragments : UINT16_MAX;
	p->first_fragment_ns = d->first_ns;
}

/* A datagram is one packet of its flow, whole or not. */
static void assembly_see(struct engine *e, struct assembly *d)
{
	struct arrival a = { .inside = false };
	bool within = e->giving_up;
	e->giving_up |= !assembly_is_whole(d);
	e->counters.fragmented += !assembly_is_whole(d) || d->contradicts;
	assembly_take(&e->fragments, d);
	datagram_decode(e, d, &a.packet);
	a.way = flow_key_of(&a.packet, &a.key);
	a.hash = flow_hash(&e->table, &a.key);
	layers_see(e, &a, d->parent);
	flow_context_drop(&e->table, d->like.context);
	flow_context_drop(&e->table, d->like.around);
	assembly_give(&e->fragments, d);
	e->giving_up = within;
}

/* Counts where its flow would be without ports. */
static void fragment_alone(struct engine *e, const struct arrival *a, uint64_t parent)
{
	struct arrival alone = *a;
	alone.packet.fragments = 1;
	alone.packet.first_fragment_ns = a->packet.frame->time_ns;
	e->counters.fragmented++;
	(void)arrival_see(e, &alone, parent);
}

void fragment_see(struct engine *e, const struct arrival *a, uint64_t parent)
{
	bool is_new;
	/* Inside a datagram that was given up nothing is put together: one frame must not give up a second one. */
	if (e->giving_up || !fragment_fits(&a->packet)) {
		fragment_alone(e, a, parent);
		return;
	}
	if (fragments_full(&e->fragments))
		assembly_see(e, fragments_oldest(&e->fragments));
	struct assembly *whole = fragment_add(&e->fragments, &a->packet, parent, &is_new);
	if (is_new) {
		flow_context_hold(&e->table, a->packet.context);
		flow_context_hold(&e->table, a->packet.around);
	}
	if (whole)
		assembly_see(e, whole);
}

void fragments_pass(struct engine *e)
{
	struct assembly *d;
	while ((d = fragments_oldest(&e->fragments)) != NULL && assembly_is_due(d, e->table.now_ns))
		assembly_see(e, d);
}

void fragments_flush(struct engine *e)
{
	struct assembly *d;
	while ((d = fragments_oldest(&e->fragments)) != NULL)
		assembly_see(e, d);
}
