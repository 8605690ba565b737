/* SPDX-License-Identifier: Apache-2.0 */
/* The layers around a flow: contexts tell encapsulations apart, whose inner addresses may be the same. */
#include "flow/flow.h"

#include "base/pages.h"

#include <string.h>

enum { CONTEXTS = 65534, CONTEXT_REST = 65535, BUCKETS = 65536, TRIES = 64 };

struct context_key {
	uint8_t addr[2][IND_ADDR_BYTES]; /* the ends of the layer around, in order; a tunnel has the same in both directions */
	uint64_t outer;                  /* hash of that layer's own context */
	uint64_t tunnel_id;
	uint8_t tunnel[IND_TUNNEL_MAX];
	uint8_t tunnel_count, ip_version, unused[6];
};

struct context {
	struct context_key key;
	uint64_t hash;
	uint32_t users; /* flows and unfinished datagrams */
	uint32_t round; /* in which it was asked for last */
	uint16_t next;  /* in its bucket */
};

enum ind_err flow_contexts_init(struct flow_contexts *c)
{
	c->buckets = pages_reserve(BUCKETS * sizeof *c->buckets, PAGES_SMALL);
	return c->buckets ? pool_init(&c->items, sizeof(struct context), CONTEXTS) : IND_NOMEM;
}

void flow_contexts_release(struct flow_contexts *c)
{
	pages_release(c->buckets, BUCKETS * sizeof *c->buckets);
	c->buckets = NULL;
	pool_release(&c->items);
}

static struct context *context_at(const struct flow_contexts *c, uint32_t index) { return pool_at(&c->items, index); }

static void context_forget(struct flow_contexts *c, uint16_t index)
{
	struct context *gone = context_at(c, index);
	uint16_t *link = &c->buckets[gone->hash % BUCKETS];
	while (*link != index)
		link = &context_at(c, *link)->next;
	*link = gone->next;
}

/* A place for a new context: a fresh one, or one that nobody uses; 0 if a short search finds none. All places are taken when it is made. */
static uint16_t context_place(struct flow_contexts *c)
{
	uint32_t index = pool_take(&c->items);
	for (unsigned i = 0; !index && i < TRIES; i++) {
		c->hand = c->hand % CONTEXTS + 1;
		const struct context *x = context_at(c, c->hand);
		if (x->users || x->round == c->round)
			continue;
		index = c->hand;
		context_forget(c, (uint16_t)index);
	}
	return (uint16_t)index;
}

static uint16_t context_of(struct flow_table *t, const struct context_key *key)
{
	struct flow_contexts *c = &t->contexts;
	uint64_t words[sizeof *key / 8];
	memcpy(words, key, sizeof words);
	uint64_t hash = hash_words(&t->hash_key, words, sizeof words / sizeof *words);
	uint16_t *bucket = &c->buckets[hash % BUCKETS];
	for (uint16_t i = *bucket; i; i = context_at(c, i)->next) {
		struct context *x = context_at(c, i);
		if (x->hash == hash && memcmp(&x->key, key, sizeof *key) == 0) {
			x->round = c->round;
			return i;
		}
	}
	uint16_t index = context_place(c);
	if (!index)
		return CONTEXT_REST;
	*context_at(c, index) = (struct context){ .key = *key, .hash = hash, .round = c->round, .next = *bucket };
	*bucket = index;
	return index;
}

void flow_context_set(struct flow_table *t, const struct flow_key *outer, struct packet *inner)
{
	struct context_key key = { .tunnel_id = inner->tunnel_id }, plain;
	if (outer) {
		memcpy(key.addr, outer->addr, sizeof key.addr);
		key.ip_version = outer->ip_version;
		if (outer->context && outer->context != CONTEXT_REST)
			key.outer = context_at(&t->contexts, outer->context)->hash;
	}
	plain = key;
	for (unsigned i = 0; i < inner->tunnel_count; i++) {
		key.tunnel[key.tunnel_count++] = inner->tunnel[i];
		if (inner->tunnel[i] != IND_TUNNEL_MPLS)
			plain.tunnel[plain.tunnel_count++] = inner->tunnel[i];
	}
	inner->context = outer || plain.tunnel_count ? context_of(t, &plain) : 0;
	inner->around = plain.tunnel_count < key.tunnel_count ? context_of(t, &key) : 0;
}

void flow_context_hold(struct flow_table *t, uint16_t context)
{
	if (context && context != CONTEXT_REST)
		context_at(&t->contexts, context)->users++;
}

void flow_context_drop(struct flow_table *t, uint16_t context)
{
	if (context && context != CONTEXT_REST)
		context_at(&t->contexts, context)->users--;
}

static struct flow_more *more_at(const struct flow_table *t, const struct flow *f) { return pool_at(&t->more, flow_index(t, f)); }

static struct flow_more *more_of(const struct flow_table *t, struct flow *f)
{
	struct flow_cold *cold = flow_cold(t, f);
	if (!(cold->marks & FLOW_HAS_MORE))
		*more_at(t, f) = (struct flow_more){ 0 };
	cold->marks |= FLOW_HAS_MORE;
	return more_at(t, f);
}

void flow_layers_see(struct flow_table *t, struct flow *f, unsigned way, const struct packet *p, uint64_t parent)
{
	struct flow_cold *cold = flow_cold(t, f);
	if (!cold->carries)
		cold->carries = p->carries;
	if (!parent && !p->around && !p->fragments)
		return;
	struct flow_more *more = more_of(t, f);
	if (!more->parent)
		more->parent = parent;
	if (!more->around && p->around) {
		more->around = p->around;
		flow_context_hold(t, p->around);
	}
	if (p->fragments) {
		uint32_t room = UINT32_MAX - more->fragments[way];
		more->fragments[way] += p->fragments < room ? p->fragments : room;
		f->start_ns = p->first_fragment_ns < f->start_ns ? p->first_fragment_ns : f->start_ns;
	}
}

void flow_layers_free(struct flow_table *t, struct flow *f)
{
	flow_context_drop(t, f->key.context);
	if (flow_cold(t, f)->marks & FLOW_HAS_MORE)
		flow_context_drop(t, (uint16_t)more_at(t, f)->around);
}

/* The kinds of encapsulation, outermost first. */
static void tunnels_record(const struct flow_table *t, uint16_t context, struct ind_flow *r)
{
	if (!context || context == CONTEXT_REST)
		return;
	const struct context_key *around = &context_at(&t->contexts, context)->key;
	r->tunnel_count = around->tunnel_count;
	memcpy(r->tunnel, around->tunnel, sizeof r->tunnel);
}

/* SCTP has ports as well, but nobody reads them. */
static bool may_have_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP4 || proto == IPPROTO_UDP4 || proto == IPPROTO_ICMP4 || proto == IPPROTO_ICMP6 || proto == IPPROTO_SCTP4;
}

void flow_layers_record(const struct flow_table *t, const struct flow *f, unsigned src, struct ind_flow *r)
{
	const struct flow_cold *cold = flow_cold(t, f);
	r->carries = cold->carries;
	r->no_ports = may_have_ports(f->key.proto) && !(cold->marks & FLOW_HAS_PORTS);
	if (cold->vlans) {
		r->vlan_count = t->vlans[cold->vlans].count;
		memcpy(r->vlan, t->vlans[cold->vlans].tag, sizeof r->vlan);
	}
	tunnels_record(t, f->key.context, r);
	if (cold->marks & FLOW_HAS_MORE) {
		const struct flow_more *more = more_at(t, f);
		tunnels_record(t, (uint16_t)more->around, r);
		r->parent = more->parent;
		r->fragments[IND_SRC] = more->fragments[src];
		r->fragments[IND_DST] = more->fragments[!src];
	}
}
