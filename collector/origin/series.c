/* SPDX-License-Identifier: Apache-2.0 */
/* Which flows of an address begin by the clock of a program, and in which hours the others begin (docs/signals/time.beacon.md,
 * time.cells.md). A series is the flows of one address to one end and port. It keeps its earliest starts; of later ones only the hour. */
#include "origin/inside.h"

#include <stdlib.h>

enum {
	PROTO_TCP = 6,
	TCP_SYN = 2,
	TICK_MS = 4,
	TICK_NS = TICK_MS * 1000000,
	TICKS_PER_SECOND = 1000 / TICK_MS,
	TICKS_PER_HOUR = 3600 * TICKS_PER_SECOND,
	SERIES_MAX = 1 << 20,
	SERIES_FIRST_ROOM = 1 << 15,
	ADDRESS_BITS = 23,
	PORT_BITS = 16,
	INTERVALS_JUDGED = 24, /* method: over 24 or more intervals */
	INTERVALS_MAX = STARTS_MAX - 1,
};
_Static_assert(ORIGIN_ADDRESSES_MAX <= 1 << ADDRESS_BITS, "the key of a series holds numbers of addresses");

enum ind_err series_new(struct origin_set *s)
{
	enum ind_err err = shelf_new(&s->series, SERIES_MAX, sizeof(struct series));
	return err ? err : index_new(&s->series_index, SERIES_FIRST_ROOM);
}

static uint32_t *slot_of(const struct origin_set *s, const struct index *x, uint64_t key)
{
	uint32_t i = (uint32_t)hash_words(&s->key, &key, 1) & x->mask;
	while (x->slots[i] && series_at(s, x->slots[i])->key != key)
		i = (i + 1) & x->mask;
	return &x->slots[i];
}

static bool grow(struct origin_set *s)
{
	struct index larger;
	if (index_new(&larger, s->series_index.room * 2) != IND_OK)
		return false;
	for (uint32_t i = 1; i <= s->series.count; i++)
		*slot_of(s, &larger, series_at(s, i)->key) = i;
	index_free(&s->series_index);
	s->series_index = larger;
	return true;
}

/* Numbers of entries do not change while flows come in. */
static uint64_t key_of(const struct origin_set *s, const struct entry *src, const struct entry *dst, const struct ind_flow *flow)
{
	const struct entry *first = s->entries.items;
	return (uint64_t)(src - first) << (ADDRESS_BITS + PORT_BITS + 1) | (uint64_t)(dst - first) << (PORT_BITS + 1) |
		(uint64_t)flow->port[IND_DST] << 1 | (flow->proto == PROTO_TCP);
}

static struct series *series_of(struct origin_set *s, struct entry *src, uint64_t key)
{
	uint32_t *slot = slot_of(s, &s->series_index, key);
	if (*slot)
		return series_at(s, *slot);
	if (s->series.count == s->series_index.room) {
		if (s->series.count == SERIES_MAX || !grow(s))
			return NULL;
		slot = slot_of(s, &s->series_index, key);
	}
	uint32_t number = shelf_take(&s->series);
	if (!number)
		return NULL;
	struct series *one = series_at(s, number);
	*slot = number;
	one->key = key;
	one->next = src->series;
	src->series = number;
	return one;
}

static bool is_before(uint32_t a, uint32_t b) { return (int32_t)(a - b) < 0; }

static bool hour_add(struct origin_set *s, struct series *one, uint64_t hour)
{
	if (!one->hours)
		one->hours = shelf_take(&s->blocks);
	if (!one->hours)
		return false;
	hour %= HOURS_BITS;
	block_at(s, one->hours)->hours[hour / 64] |= UINT64_C(1) << hour % 64;
	return true;
}

static void tick_insert(struct start_list *l, uint32_t tick)
{
	uint32_t at = l->used++;
	while (at && is_before(tick, l->tick[at - 1])) {
		l->tick[at] = l->tick[at - 1];
		at--;
	}
	l->tick[at] = tick;
}

/* The latest start leaves a full list. Its hour is kept, unless the one before it shows the same. */
static bool list_add(struct origin_set *s, struct series *one, uint32_t tick, uint64_t time_ns)
{
	struct start_list *l = &block_at(s, one->starts)->starts;
	l->flows += l->flows < UINT32_MAX;
	if (l->used < STARTS_MAX) {
		tick_insert(l, tick);
		return true;
	}
	uint32_t latest = l->tick[STARTS_MAX - 1], out = tick;
	if (is_before(tick, latest)) {
		out = latest;
		l->used--;
		tick_insert(l, tick);
		latest = l->tick[STARTS_MAX - 1];
	}
	uint64_t out_ns = time_ns + (uint64_t)(int64_t)(int32_t)(out - tick) * TICK_NS;
	uint64_t latest_ns = time_ns + (uint64_t)(int64_t)(int32_t)(latest - tick) * TICK_NS;
	return out_ns / HOUR_NS == latest_ns / HOUR_NS || hour_add(s, one, out_ns / HOUR_NS);
}

static bool start_add(struct origin_set *s, struct series *one, uint64_t time_ns)
{
	uint32_t tick = (uint32_t)(time_ns / TICK_NS);
	tick += !tick;
	time_ns -= time_ns % TICK_NS;
	if (!one->first && !one->starts) {
		one->first = tick;
		return true;
	}
	if (!one->starts) {
		one->starts = shelf_take(&s->blocks);
		if (!one->starts)
			return false;
		struct start_list *l = &block_at(s, one->starts)->starts;
		l->flows = 1;
		tick_insert(l, one->first);
		one->first = 0;
	}
	return list_add(s, one, tick, time_ns);
}

/* A record that goes on after the active timeout is activity, but no start. */
static bool is_start(const struct ind_flow *flow)
{
	return flow->proto == PROTO_TCP ? flow->tcp_flags[IND_SRC] & TCP_SYN : flow->end_reason != IND_END_ACTIVE;
}

/* Only what was answered with data is an exchange; hours further from the first one than a record can tell are left out. */
static bool is_exchange(const struct entry *src, const struct entry *dst, const struct ind_flow *flow)
{
	return src && dst && flow->payload[IND_SRC] && flow->payload[IND_DST] && flow->start_ns - src->first_ns < IND_CELLS_MAX * HOUR_NS;
}

void series_prefetch(const struct origin_set *s, const struct entry *src, const struct entry *dst, const struct ind_flow *flow)
{
	if (!src || !dst || !flow->payload[IND_SRC] || !flow->payload[IND_DST])
		return;
	uint64_t key = key_of(s, src, dst, flow);
	__builtin_prefetch(&s->series_index.slots[(uint32_t)hash_words(&s->key, &key, 1) & s->series_index.mask], 1);
	__builtin_prefetch(series_at(s, s->series.count + 1), 1);
}

void series_note(struct origin_set *s, struct entry *src, const struct entry *dst, const struct ind_flow *flow)
{
	if (!is_exchange(src, dst, flow))
		return;
	struct series *one = series_of(s, src, key_of(s, src, dst, flow));
	bool noted = one && (is_start(flow) ? start_add(s, one, flow->start_ns) : hour_add(s, one, flow->start_ns / HOUR_NS));
	if (!noted)
		src->facts |= FACT_LIMIT;
}

/* ---- what the starts say ---- */

static int number_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* Starts within a second of the last one are one act: programs open several connections at once. */
static unsigned intervals_of(const struct start_list *l, uint32_t interval[static INTERVALS_MAX])
{
	unsigned count = 0;
	uint32_t last = l->tick[0];
	for (uint32_t i = 1; i < l->used; i++) {
		if (l->tick[i] - last < TICKS_PER_SECOND)
			continue;
		interval[count++] = l->tick[i] - last;
		last = l->tick[i];
	}
	qsort(interval, count, sizeof *interval, number_order);
	return count;
}

/* Bowley's skewness is within a tenth of zero. Quartiles that lie closer together than a fiftieth of the median have no shape. */
static bool is_even(uint32_t low, uint32_t median, uint32_t high)
{
	uint64_t spread = high - low;
	uint64_t sum = (uint64_t)low + high, twice = 2 * (uint64_t)median;
	uint64_t skew = sum > twice ? sum - twice : twice - sum;
	return spread * 50 <= median || skew * 10 <= spread;
}

/* True if the series is automated by the rule of the method: MAD / median at most 0.10, |skew| at most 0.1, 24 or more intervals. */
static bool is_periodic(const struct start_list *l, struct ind_beacon *beacon, struct chronology *c)
{
	uint32_t interval[INTERVALS_MAX], distance[INTERVALS_MAX];
	unsigned count = intervals_of(l, interval);
	if (count < INTERVALS_JUDGED)
		return false;
	c->judged = true;
	uint32_t median = interval[count / 2];
	for (unsigned i = 0; i < count; i++)
		distance[i] = interval[i] > median ? interval[i] - median : median - interval[i];
	qsort(distance, count, sizeof *distance, number_order);
	uint32_t mad = distance[count / 2];
	*beacon = (struct ind_beacon) {
		.period_ms = median * TICK_MS, .mad_ms = mad * TICK_MS, .flows = l->flows, .intervals = (uint8_t)count
	};
	return (uint64_t)mad * 10 <= median && is_even(interval[count / 4], median, interval[count * 3 / 4]);
}

/* Most flows first; then whatever makes the choice the same for any order of flows. */
static bool is_greater(const struct ind_beacon *a, const struct ind_beacon *b)
{
	if (a->flows != b->flows)
		return a->flows > b->flows;
	if (a->period_ms != b->period_ms)
		return a->period_ms < b->period_ms;
	if (a->mad_ms != b->mad_ms)
		return a->mad_ms < b->mad_ms;
	return a->port != b->port ? a->port < b->port : a->proto < b->proto;
}

/* ---- hours, counted from that of the address's first packet ---- */

enum { HOUR_WORDS = IND_CELLS_MAX / 64 + 1 };
struct hours {
	uint64_t first;
	uint64_t bits[HOUR_WORDS];
};

static void hour_mark(struct hours *h, uint64_t at)
{
	if (at < IND_CELLS_MAX)
		h->bits[at / 64] |= UINT64_C(1) << at % 64;
}

/* All starts lie after the first packet of their address. */
static void tick_mark(struct hours *h, const struct entry *e, uint32_t tick)
{
	uint64_t first_tick = e->first_ns / TICK_NS;
	uint64_t time = first_tick + (uint32_t)(tick - (uint32_t)first_tick);
	hour_mark(h, time / TICKS_PER_HOUR - h->first);
}

static void series_mark(const struct origin_set *s, const struct series *one, const struct entry *e, struct hours *h)
{
	if (one->first)
		tick_mark(h, e, one->first);
	if (one->starts) {
		const struct start_list *l = &block_at(s, one->starts)->starts;
		for (uint32_t i = 0; i < l->used; i++)
			tick_mark(h, e, l->tick[i]);
	}
	for (uint64_t i = 0; one->hours && i < HOURS_BITS; i++)
		if (block_at(s, one->hours)->hours[i / 64] >> i % 64 & 1)
			hour_mark(h, (i - h->first) % HOURS_BITS);
}

static void hours_tell(struct origin_set *s, const struct hours *hours, struct ind_origin *o)
{
	for (unsigned word = 0; word < HOUR_WORDS; word++)
		for (uint64_t left = hours->bits[word]; left; left &= left - 1)
			s->cells[o->cell_count++] = hours->first + word * 64u + (unsigned)__builtin_ctzll(left);
	o->cells = o->cell_count ? s->cells : NULL;
}

struct chronology series_tell(struct origin_set *s, const struct entry *e, struct ind_origin *o)
{
	struct chronology c = { 0 };
	if (!e->series)
		return c;
	struct hours hours = { .first = e->first_ns / HOUR_NS };
	for (uint32_t at = e->series; at; at = series_at(s, at)->next) {
		const struct series *one = series_at(s, at);
		struct ind_beacon beacon;
		c.any_start |= one->first || one->starts;
		if (!one->starts || !is_periodic(&block_at(s, one->starts)->starts, &beacon, &c)) {
			series_mark(s, one, e, &hours);
			continue;
		}
		beacon.port = (uint16_t)(one->key >> 1);
		beacon.proto = one->key & 1 ? 6 : 17;
		if (!o->beacons++ || is_greater(&beacon, &o->beacon))
			o->beacon = beacon;
	}
	hours_tell(s, &hours, o);
	return c;
}
