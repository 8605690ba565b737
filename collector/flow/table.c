/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/flow.h"

#include "base/pages.h"
#include "flow/gather.h"
#include "flow/head.h"
#include "flow/slot.h"
#include "flow/store.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 65536, CHUNKS_MIN = 65536 };
#define SECOND_NS UINT64_C(1000000000)

/* ---- the wheel: a flow hangs in the second at which it is looked at next, not necessarily the one at which it ends. The first
 * FLOW_WHEEL_SLOTS items of the pool are the heads of the rings, so that any member can leave without knowing its ring. ---- */

static struct flow *flow_at(const struct flow_table *t, uint32_t index) { return pool_at(&t->flows, index); }
static struct flow_cold *cold_at(const struct flow_table *t, uint32_t index) { return pool_at(&t->colds, index); }

static uint32_t wheel_head(uint64_t second) { return (uint32_t)(second % FLOW_WHEEL_SLOTS) + 1; }

static void wheel_init(struct flow_table *t)
{
	for (uint32_t head = 1; head <= FLOW_WHEEL_SLOTS; head++)
		cold_at(t, head)->wheel_next = cold_at(t, head)->wheel_prev = head;
}

static void wheel_insert(struct flow_table *t, struct flow *f, uint32_t in_s)
{
	uint32_t head = wheel_head(t->second + (in_s < FLOW_WHEEL_SLOTS ? in_s : FLOW_WHEEL_SLOTS - 1));
	struct flow_cold *cold = flow_cold(t, f);
	cold->wheel_next = head;
	cold->wheel_prev = cold_at(t, head)->wheel_prev;
	cold_at(t, cold->wheel_prev)->wheel_next = cold_at(t, head)->wheel_prev = flow_index(t, f);
}

static void wheel_remove(struct flow_table *t, struct flow *f)
{
	const struct flow_cold *cold = flow_cold(t, f);
	cold_at(t, cold->wheel_next)->wheel_prev = cold->wheel_prev;
	cold_at(t, cold->wheel_prev)->wheel_next = cold->wheel_next;
}

static uint64_t idle_limit_ns(const struct flow_table *t, const struct flow *f)
{
	if (f->state & FLOW_CLOSING)
		return t->limits.linger_s * SECOND_NS;
	return (f->key.proto == IPPROTO_TCP4 ? t->limits.tcp_idle_s : t->limits.idle_s) * SECOND_NS;
}

/* Time that runs backward by more than a time-out counts as time passed. */
static uint64_t idle_ns(const struct flow_table *t, const struct flow *f)
{
	return t->now_ns > f->last_ns ? t->now_ns - f->last_ns : f->last_ns - t->now_ns;
}

/* Seconds until the flow is due; 0: now. */
static uint32_t due_in_s(const struct flow_table *t, const struct flow *f)
{
	uint64_t idle = idle_ns(t, f), limit = idle_limit_ns(t, f);
	return idle >= limit ? 0 : (uint32_t)((limit - idle) / SECOND_NS) + 1;
}

/* ---- life of a flow ---- */

uint64_t flow_serial(const struct flow_table *t, const struct flow *f)
{
	uint64_t high = t->serial & ~(uint64_t)UINT32_MAX;
	uint32_t low = flow_cold(t, f)->serial_low;
	if (low > (uint32_t)t->serial)
		high -= (uint64_t)1 << 32;
	return high | low;
}

static void flow_free(struct flow_table *t, struct flow *f)
{
	if (f->key.ip_version != 4)
		pool_give(&t->ip6s, f->key.ip6);
	struct flow_tcp *tcp = flow_tcp(t, f);
	if (tcp) {
		head_free(t, tcp);
		flow_clock_end(t, f);
		pool_give(&t->tcps, f->tcp);
	}
	flow_udp_end(t, f);
	store_free(t, f);
	flow_layers_free(t, f);
	pool_give(&t->flows, flow_index(t, f));
}

static enum ind_flow_end closing_reason(const struct flow *f, enum ind_flow_end reason)
{
	if (!(f->state & FLOW_CLOSING) || reason == IND_END_ACTIVE)
		return reason;
	return f->state & FLOW_RST ? IND_END_RST : IND_END_FIN;
}

/* The flow is out of the wheel already. */
static void flow_finish(struct flow_table *t, struct flow *f, enum ind_flow_end reason)
{
	t->ended(t->ended_ctx, f, closing_reason(f, reason));
	slot_delete(t, f);
	flow_free(t, f);
}

void flow_end(struct flow_table *t, struct flow *f, enum ind_flow_end reason)
{
	wheel_remove(t, f);
	flow_finish(t, f, reason);
}

void flow_linger(struct flow_table *t, struct flow *f)
{
	wheel_remove(t, f);
	wheel_insert(t, f, t->limits.linger_s);
}

/* What ending a flow will touch besides the flow itself. */
static void end_prefetch(const struct flow_table *t, const struct flow *f)
{
	const struct flow_tcp *tcp = flow_tcp(t, f);
	uint32_t signals = flow_cold(t, f)->signals;
	if (tcp)
		__builtin_prefetch(tcp);
	if (signals)
		flow_prefetch_first(t, signals);
}

static void flow_touch(const struct flow_table *t, uint32_t index)
{
	__builtin_prefetch(flow_at(t, index));
	__builtin_prefetch(cold_at(t, index));
}

/* Looks once at every flow of a ring: those that are due end, the others hang themselves up again further on. */
static void ring_visit(struct flow_table *t, uint32_t head)
{
	uint32_t last = cold_at(t, head)->wheel_prev;
	for (uint32_t index = cold_at(t, head)->wheel_next, next; last != head; index = next) {
		struct flow *f = flow_at(t, index);
		next = cold_at(t, index)->wheel_next;
		flow_touch(t, cold_at(t, next)->wheel_next);
		flow_prefetch_slot(t, flow_hash_again(t, flow_at(t, next)));
		end_prefetch(t, flow_at(t, next));
		wheel_remove(t, f);
		uint32_t wait_s = due_in_s(t, f);
		if (wait_s == 0)
			flow_finish(t, f, IND_END_IDLE);
		else
			wheel_insert(t, f, wait_s);
		if (index == last)
			return;
	}
}

void flow_table_advance(struct flow_table *t, uint64_t now_ns)
{
	bool first = t->now_ns == 0;
	t->now_ns = now_ns;
	if (now_ns >= t->second_begins_ns && now_ns - t->second_begins_ns < SECOND_NS)
		return;
	uint64_t before_s = t->second_begins_ns / SECOND_NS, now_s = now_ns / SECOND_NS;
	t->second_begins_ns = now_s * SECOND_NS;
	if (first || now_s <= before_s)
		return;
	uint64_t steps = now_s - before_s < FLOW_WHEEL_SLOTS ? now_s - before_s : FLOW_WHEEL_SLOTS;
	for (uint64_t i = 0; i < steps; i++) {
		t->second++;
		ring_visit(t, wheel_head(t->second));
	}
}

enum { EVICT_TRIES = 64 };

/* The table is full: of the flows that would be looked at next, the one that is due first ends. */
static void evict(struct flow_table *t)
{
	unsigned tries = 0;
	for (uint32_t ahead_s = 1; ahead_s <= FLOW_WHEEL_SLOTS; ahead_s++) {
		uint32_t head = wheel_head(t->second + ahead_s);
		for (uint32_t index; (index = cold_at(t, head)->wheel_next) != head;) {
			struct flow *f = flow_at(t, index);
			uint32_t wait_s = due_in_s(t, f);
			wheel_remove(t, f);
			if (wait_s <= ahead_s || ++tries == EVICT_TRIES) {
				t->evicted++;
				flow_finish(t, f, IND_END_EVICTED);
				return;
			}
			wheel_insert(t, f, wait_s);
		}
	}
}

static uint16_t vlans_of(struct flow_table *t, const struct packet *p)
{
	struct flow_vlans v = { .count = p->vlan_count };
	memcpy(v.tag, p->vlan, sizeof v.tag);
	for (uint32_t i = 1; i <= t->vlan_count; i++)
		if (memcmp(&t->vlans[i], &v, sizeof v) == 0)
			return (uint16_t)i;
	if (t->vlan_count + 1 >= FLOW_VLAN_STACKS)
		return 0;
	t->vlans[++t->vlan_count] = v;
	return (uint16_t)t->vlan_count;
}

/* RFC 6335 section 6: system, user and dynamic ports. */
static unsigned port_class(uint16_t port) { return port < 1024 ? 0 : port < 49152 ? 1 : 2; }

static void orient_first(struct flow *f, unsigned way, const struct packet *p)
{
	if (p->proto == IPPROTO_TCP4 && p->tcp_flags & TCP_SYN && !(p->tcp_flags & TCP_RST)) {
		flow_orient_set(f, p->tcp_flags & TCP_ACK ? !way : way, IND_ORIENT_SYN);
		return;
	}
	bool has_services = p->has_ports && (p->proto == IPPROTO_TCP4 || p->proto == IPPROTO_UDP4);
	unsigned low = port_class(f->key.port[0]), high = port_class(f->key.port[1]);
	if (has_services && low != high)
		flow_orient_set(f, low < high, IND_ORIENT_PORT);
	else
		flow_orient_set(f, way, IND_ORIENT_FIRST);
}

static struct flow *flow_start(struct flow_table *t, const struct flow_key *key, uint64_t hash, unsigned way, const struct packet *p)
{
	uint32_t index = pool_take(&t->flows);
	if (!index) {
		evict(t);
		index = pool_take(&t->flows);
	}
	slots_grow(t);
	uint64_t slot;
	slot_find(t, key, hash, &slot); /* again: ending a flow may have moved the hole */
	slot_set(t, slot, hash, index);
	struct flow *f = pool_at(&t->flows, index);
	*f = (struct flow){ .start_ns = p->frame->time_ns, .last_ns = p->frame->time_ns, .ttl_min = { UINT8_MAX, UINT8_MAX } };
	flow_key_store(t, &f->key, key, hash);
	*cold_at(t, index) = (struct flow_cold){ .serial_low = (uint32_t)++t->serial, .marks = p->has_ports ? FLOW_HAS_PORTS : 0 };
	flow_context_hold(t, key->context);
	if (p->proto == IPPROTO_ICMP4 || p->proto == IPPROTO_ICMP6)
		memcpy(f->icmp, p->port, sizeof f->icmp);
	if (p->vlan_count)
		cold_at(t, index)->vlans = vlans_of(t, p);
	orient_first(f, way, p);
	wheel_insert(t, f, key->proto == IPPROTO_TCP4 ? t->limits.tcp_idle_s : t->limits.idle_s);
	return f;
}

static void count_add(struct flow_count *c, unsigned way, uint32_t bytes)
{
	uint64_t sum = flow_count_get(c, way) + bytes;
	c->low[way] = (uint32_t)sum;
	c->high[way] = (uint16_t)(sum >> 32);
}

/* The counters cannot take this packet as well. */
static bool counts_full(const struct flow *f, unsigned way, const struct packet *p)
{
	return f->packets[way] == UINT32_MAX || flow_count_get(&f->bytes, way) + p->ip_bytes > FLOW_COUNT_MAX;
}

static void packet_count(struct flow_table *t, struct flow *f, unsigned way, const struct packet *p)
{
	uint64_t time_ns = p->frame->time_ns;
	f->last_ns = time_ns > f->last_ns ? time_ns : f->last_ns;
	f->start_ns = time_ns < f->start_ns ? time_ns : f->start_ns;
	f->packets[way]++;
	count_add(&f->bytes, way, p->ip_bytes);
	if (p->payload_bytes)
		count_add(&flow_cold(t, f)->payload, way, p->payload_bytes);
	f->tcp_flags[way] |= p->tcp_flags;
	f->ttl_min[way] = p->ttl < f->ttl_min[way] ? p->ttl : f->ttl_min[way];
	f->ttl_max[way] = p->ttl > f->ttl_max[way] ? p->ttl : f->ttl_max[way];
}

struct flow *flow_of(struct flow_table *t, const struct flow_key *key, uint64_t hash, unsigned way, const struct packet *p, bool *is_new)
{
	uint64_t slot;
	struct flow *f = slot_find(t, key, hash, &slot);
	if (f) {
		uint64_t age_ns = p->frame->time_ns > f->start_ns ? p->frame->time_ns - f->start_ns : 0;
		enum ind_flow_end reason = IND_END_REUSED;
		bool over = key->proto == IPPROTO_TCP4 && flow_tcp_reused(t, f, way, p);
		if (!over && (age_ns > t->limits.active_s * SECOND_NS || counts_full(f, way, p))) {
			over = true;
			reason = IND_END_ACTIVE;
		} else if (!over && idle_ns(t, f) >= idle_limit_ns(t, f)) {
			over = true;
			reason = IND_END_IDLE;
		}
		if (over) {
			flow_end(t, f, reason);
			f = NULL;
		}
	}
	*is_new = !f;
	if (!f)
		f = flow_start(t, key, hash, way, p);
	packet_count(t, f, way, p);
	return f;
}

/* All flows that hang in the wheel, as a bit by index. */
static void live_mark(const struct flow_table *t, uint8_t *live)
{
	for (uint32_t head = 1; head <= FLOW_WHEEL_SLOTS; head++)
		for (uint32_t i = cold_at(t, head)->wheel_next; i != head; i = cold_at(t, i)->wheel_next)
			live[i / 8] |= (uint8_t)(1 << i % 8);
}

static bool is_live(const struct flow_table *t, uint32_t i) { return i <= t->flows.high && t->live[i / 8] & 1 << i % 8; }

/* What stands beside the flows up to this one is not needed any more. */
static void colds_forget(struct flow_table *t, uint32_t last)
{
	enum { COLDS_A_REGION = POOL_REGION_BYTES / sizeof(struct flow_cold) };
	if (last % COLDS_A_REGION == COLDS_A_REGION - 1 && last > COLDS_A_REGION) /* the heads of the wheel stay */
		pages_forget(cold_at(t, last + 1 - COLDS_A_REGION), POOL_REGION_BYTES);
}

/* No flow hangs anywhere any more. */
static void table_empty(struct flow_table *t)
{
	pages_forget(t->slots, (t->slot_mask + 1) * sizeof *t->slots);
	wheel_init(t);
}

/* Memory is given back on the way: who takes the records needs more and more of it. */
void flow_table_flush(struct flow_table *t, enum ind_flow_end reason)
{
	enum { AHEAD = 8 };
	struct pool *const drained[] = { &t->flows, &t->ip6s, &t->tcps, &t->heads, &t->firsts, &t->chunks };
	uint32_t high = t->flows.high;
	live_mark(t, t->live);
	for (size_t i = 0; i < sizeof drained / sizeof *drained; i++)
		pool_drain_begin(drained[i]);
	for (uint32_t i = 1; i <= high; i++) {
		if (is_live(t, i + 2 * AHEAD))
			flow_touch(t, i + 2 * AHEAD);
		if (is_live(t, i + AHEAD))
			end_prefetch(t, flow_at(t, i + AHEAD));
		if (is_live(t, i)) {
			t->live[i / 8] &= (uint8_t) ~(1 << i % 8);
			t->ended(t->ended_ctx, flow_at(t, i), closing_reason(flow_at(t, i), reason));
			flow_free(t, flow_at(t, i));
		}
		colds_forget(t, i);
	}
	table_empty(t);
	for (size_t i = 0; i < sizeof drained / sizeof *drained; i++)
		pool_drain_end(drained[i], drained[i] == &t->flows ? FLOW_WHEEL_SLOTS : 0);
}

enum ind_err flow_table_init(struct flow_table *t, const struct flow_limits *limits)
{
	*t = (struct flow_table) { .limits = *limits };
	if (limits->flows == 0 || limits->flows > FLOW_MAX)
		return IND_USAGE;
	uint64_t slots = FIRST_SLOTS;
	while (slots < (uint64_t)limits->flows * 2)
		slots *= 2;
	t->slot_mask = FIRST_SLOTS - 1;
	t->slot_bytes = slots * sizeof *t->slots;
	t->slots = pages_reserve(t->slot_bytes, PAGES_LARGE);
	t->slots_spare = pages_reserve(t->slot_bytes, PAGES_LARGE);
	t->vlans = calloc(FLOW_VLAN_STACKS, sizeof *t->vlans);
	t->live = calloc((limits->flows + FLOW_WHEEL_SLOTS) / 8 + 2, 1);
	uint32_t chunks = limits->flows < CHUNKS_MIN ? CHUNKS_MIN : limits->flows;
	enum ind_err err = t->slots && t->slots_spare && t->vlans && t->live ? hash_random(&t->hash_key, sizeof t->hash_key) : IND_NOMEM;
	if (!err)
		err = pool_init(&t->flows, sizeof(struct flow), limits->flows + FLOW_WHEEL_SLOTS);
	if (!err)
		err = pool_init(&t->colds, sizeof(struct flow_cold), limits->flows + FLOW_WHEEL_SLOTS);
	if (!err)
		err = pool_init(&t->ip6s, sizeof(struct flow_ip6), limits->flows);
	if (!err)
		err = pool_init(&t->tcps, sizeof(struct flow_tcp), limits->flows);
	if (!err)
		err = pool_init(&t->heads, sizeof(struct flow_head), limits->flows);
	if (!err)
		err = pool_init(&t->buffers, HEAD_BUFFER_BYTES, limits->head_buffers);
	if (!err)
		err = pool_init(&t->small_buffers, HEAD_SMALL_BUFFER_BYTES, limits->head_buffers * HEAD_SMALL_PER_LARGE);
	if (!err)
		err = pool_init(&t->firsts, sizeof(struct store_first), limits->flows);
	if (!err)
		err = flow_udps_init(t);
	if (!err)
		err = pool_init(&t->more, sizeof(struct flow_more), limits->flows + FLOW_WHEEL_SLOTS);
	if (!err)
		err = flow_contexts_init(&t->contexts);
	if (!err)
		err = flow_clocks_init(t);
	if (!err)
		err = pool_init(&t->chunks, sizeof(struct store_chunk), chunks);
	if (err) {
		flow_table_release(t);
		return err;
	}
	while (t->flows.in_use < FLOW_WHEEL_SLOTS)
		pool_take(&t->flows); /* the heads of the rings */
	wheel_init(t);
	return IND_OK;
}

void flow_table_release(struct flow_table *t)
{
	pages_release(t->slots, t->slot_bytes);
	pages_release(t->slots_spare, t->slot_bytes);
	t->slots_spare = NULL;
	t->slots = NULL;
	free(t->vlans);
	free(t->live);
	t->vlans = NULL;
	t->live = NULL;
	pool_release(&t->flows);
	pool_release(&t->colds);
	pool_release(&t->ip6s);
	pool_release(&t->tcps);
	pool_release(&t->heads);
	pool_release(&t->buffers);
	pool_release(&t->small_buffers);
	pool_release(&t->firsts);
	pool_release(&t->chunks);
	pool_release(&t->more);
	flow_udps_release(t);
	flow_contexts_release(&t->contexts);
	flow_clocks_release(t);
}
