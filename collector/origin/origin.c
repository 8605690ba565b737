/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* qsort_r */
#include "origin/inside.h"

#include <endian.h>
#include <stdlib.h>

enum { FIRST_ROOM = 1 << 18, MORES_MAX = 1 << 21, BLOCKS_MAX = 1 << 18 };

static void signals_learn(struct origin_set *s)
{
	size_t count;
	const struct ind_signal_info *list = ind_signal_list(&count);
	for (size_t i = 0; i < count; i++) {
		s->family_of[list[i].id] = list[i].family;
		if (list[i].recorded != IND_RECORDED_ON_REQUEST && !is_enabled(s, list[i].id))
			s->family_limited[list[i].family] = true;
	}
	silence_learn(s);
	const struct ind_signal_info *quic = ind_signal_find("quic.version", strlen("quic.version"));
	s->quic_version_id = quic ? quic->id : 0;
}

static enum ind_err memory_take(struct origin_set *s)
{
	enum ind_err err = shelf_new(&s->entries, ORIGIN_ADDRESSES_MAX, sizeof(struct entry));
	if (!err)
		err = shelf_new(&s->mores, MORES_MAX, sizeof(struct more));
	if (!err)
		err = shelf_new(&s->blocks, BLOCKS_MAX, sizeof(union block));
	if (!err)
		err = index_new(&s->entry_index, FIRST_ROOM);
	return err ? err : series_new(s);
}

enum ind_err origin_set_new(const uint64_t enabled[static IND_SIGNAL_SET_WORDS], unsigned answerable, struct origin_set **set)
{
	struct origin_set *s = calloc(1, sizeof *s);
	if (!s)
		return IND_NOMEM;
	memcpy(s->enabled, enabled, sizeof s->enabled);
	s->answerable = answerable;
	signals_learn(s);
	enum ind_err err = memory_take(s);
	if (!err)
		err = hash_random(&s->key, sizeof s->key);
	if (err)
		origin_set_free(s);
	else
		*set = s;
	return err;
}

void origin_set_free(struct origin_set *s)
{
	if (!s)
		return;
	shelf_free(&s->entries);
	shelf_free(&s->mores);
	shelf_free(&s->blocks);
	shelf_free(&s->series);
	index_free(&s->entry_index);
	index_free(&s->series_index);
	free(s);
}

static uint64_t hash_of(const struct origin_set *s, const uint8_t *addr, unsigned ip_version)
{
	uint64_t words[2];
	memcpy(words, addr, sizeof words);
	return hash_words(&s->key, words, ip_version == 4 ? 1 : 2);
}

/* A slot holds the number of an entry and, above it, bits of its hash: other entries are hardly ever looked at. */
enum { NUMBER_BITS = 23 };
#define NUMBER_MASK ((UINT32_C(1) << NUMBER_BITS) - 1)
_Static_assert(ORIGIN_ADDRESSES_MAX <= NUMBER_MASK, "a slot holds the number of any entry");

static uint32_t tag_of(uint64_t hash) { return (uint32_t)(hash >> 32) & ~NUMBER_MASK; }

/* The next slot from this one on that is free or has the tag. */
static uint32_t slot_next(const struct index *x, uint32_t i, uint32_t tag)
{
	while (x->slots[i & x->mask] && (x->slots[i & x->mask] & ~NUMBER_MASK) != tag)
		i++;
	return i & x->mask;
}

static uint32_t *slot_of(const struct origin_set *s, uint64_t hash, const uint8_t *addr, unsigned ip_version)
{
	const struct index *x = &s->entry_index;
	uint32_t i = slot_next(x, (uint32_t)hash, tag_of(hash));
	while (x->slots[i]) {
		const struct entry *e = entry_at(s, x->slots[i] & NUMBER_MASK);
		if (e->ip_version == ip_version && memcmp(e->addr, addr, IND_ADDR_BYTES) == 0)
			break;
		i = slot_next(x, i + 1, tag_of(hash));
	}
	return &x->slots[i];
}

static uint64_t hash_at(const struct origin_set *s, uint32_t number)
{
	const struct entry *e = entry_at(s, number);
	return hash_of(s, e->addr, e->ip_version);
}

static bool grow(struct origin_set *s)
{
	enum { AHEAD = 8 };
	struct index larger;
	if (index_new(&larger, s->entry_index.room * 2) != IND_OK)
		return false;
	for (uint32_t number = 1; number <= s->entries.count; number++) {
		if (number + AHEAD <= s->entries.count)
			__builtin_prefetch(&larger.slots[hash_at(s, number + AHEAD) & larger.mask], 1);
		uint64_t hash = hash_at(s, number);
		uint32_t i = (uint32_t)hash & larger.mask;
		while (larger.slots[i])
			i = (i + 1) & larger.mask;
		larger.slots[i] = tag_of(hash) | number;
	}
	index_free(&s->entry_index);
	s->entry_index = larger;
	return true;
}

static struct entry *entry_of(struct origin_set *s, uint64_t hash, const uint8_t *addr, unsigned ip_version)
{
	uint32_t *slot = slot_of(s, hash, addr, ip_version);
	if (*slot)
		return entry_at(s, *slot & NUMBER_MASK);
	if (s->entries.count == s->entry_index.room) {
		if (!grow(s))
			return NULL;
		slot = slot_of(s, hash, addr, ip_version);
	}
	uint32_t number = shelf_take(&s->entries);
	if (!number)
		return NULL;
	struct entry *e = entry_at(s, number);
	*e = (struct entry) {
		.ip_version = (uint8_t)ip_version, .first_ns = UINT64_MAX, .rtt_us = IND_ABSENT_U32, .hops = IND_HOPS_ABSENT
	};
	memcpy(e->addr, addr, IND_ADDR_BYTES);
	*slot = tag_of(hash) | number;
	return e;
}

static struct entry *end_of(struct origin_set *s, uint64_t hash, const struct ind_flow *flow, unsigned dir)
{
	if (!flow->packets[dir])
		return NULL;
	struct entry *e = entry_of(s, hash, flow->addr[dir], flow->ip_version);
	s->overflow += !e;
	return e;
}

static void observe(const struct origin_set *s, struct said *said, unsigned id)
{
	unsigned family = s->family_of[id] - (unsigned)FAMILY_FIRST;
	ind_signal_set_add(said->signals, id);
	if (family < FAMILIES_COUNTED)
		said->observations[family] += said->observations[family] < UINT16_MAX;
}

/* derive.h */
static void derived_read(const struct origin_set *s, const struct ind_flow *flow, unsigned dir, struct said *said)
{
	said->hops = is_enabled(s, IND_SIG_PATH_HOPS) ? ind_flow_hops(flow, dir) : IND_ABSENT_U32;
	said->rtt_us = is_enabled(s, IND_SIG_PATH_RTT_MIN) ? ind_flow_rtt_us(flow, dir) : IND_ABSENT_U32;
	if (said->hops != IND_ABSENT_U32)
		observe(s, said, IND_SIG_PATH_HOPS);
	if (said->rtt_us != IND_ABSENT_U32)
		observe(s, said, IND_SIG_PATH_RTT_MIN);
	for (unsigned i = 0; i < said->mtus.count && is_enabled(s, IND_SIG_TCP_MTU_CLASS); i++)
		observe(s, said, IND_SIG_TCP_MTU_CLASS);
}

/* What the flow and its signals say of each end. */
static void flow_read(const struct origin_set *s, struct late *l, const struct ind_signal *signals, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct said *said = &l->said[signals[i].from == IND_SRC ? IND_SRC : IND_DST];
		if (signals[i].id >= IND_SIGNAL_ID_END)
			continue;
		observe(s, said, signals[i].id);
		facts_of_signal(s, &l->flow, &signals[i], said);
	}
	for (unsigned dir = 0; dir < 2; dir++)
		derived_read(s, &l->flow, dir, &l->said[dir]);
}

static void said_add(struct entry *e, const struct said *said)
{
	e->facts |= said->facts;
	for (unsigned i = 0; i < IND_SIGNAL_SET_WORDS; i++)
		e->signals[i] |= said->signals[i];
	for (unsigned i = 0; i < FAMILIES_COUNTED; i++) {
		unsigned sum = (unsigned)e->observations[i] + said->observations[i];
		e->observations[i] = sum < UINT16_MAX ? (uint16_t)sum : UINT16_MAX;
	}
}

/* A flow between one address and itself counts for both of its ends. */
static void end_count(struct origin_set *s, struct entry *e, const struct ind_flow *flow, unsigned dir, const struct said *said)
{
	facts_of_flow(e, flow, dir);
	said_add(e, said);
	measure_add(s, e, flow, said);
	e->flows += e->flows < UINT32_MAX;
	e->first_ns = flow->start_ns < e->first_ns ? flow->start_ns : e->first_ns;
	e->last_ns = flow->end_ns > e->last_ns ? flow->end_ns : e->last_ns;
	/* Validation is about the side that started the flow. */
	if (dir == IND_SRC && (flow->validated == IND_VALID_HANDSHAKE || flow->validated == IND_VALID_QUIC))
		e->validated += e->validated < UINT32_MAX;
}

static void entry_prefetch(const struct origin_set *s, uint32_t number)
{
	const struct entry *e = entry_at(s, number);
	__builtin_prefetch(e, 1);
	__builtin_prefetch((const uint8_t *)(e + 1) - 1, 1);
}

/* Where there is none the next free entry will be taken. */
static void entries_fetch(const struct origin_set *s, const struct late *l)
{
	for (unsigned dir = 0; dir < 2; dir++) {
		const struct index *x = &s->entry_index;
		uint32_t number = x->slots[slot_next(x, (uint32_t)l->hash[dir], tag_of(l->hash[dir]))] & NUMBER_MASK;
		entry_prefetch(s, number ? number : s->entries.count + 1);
	}
}

static void entries_find(struct origin_set *s, struct late *l)
{
	for (unsigned dir = 0; dir < 2; dir++) {
		l->end[dir] = end_of(s, l->hash[dir], &l->flow, dir);
		const struct more *m = l->end[dir] && l->end[dir]->more ? more_at(s, l->end[dir]->more) : NULL;
		if (m) {
			__builtin_prefetch(m, 1);
			__builtin_prefetch((const uint8_t *)(m + 1) - 1, 1);
		}
	}
	series_prefetch(s, l->end[IND_SRC], l->end[IND_DST], &l->flow);
}

static void late_count(struct origin_set *s, const struct late *l)
{
	for (unsigned dir = 0; dir < 2; dir++)
		if (l->end[dir])
			end_count(s, l->end[dir], &l->flow, dir, &l->said[dir]);
	series_note(s, l->end[IND_SRC], l->end[IND_DST], &l->flow);
}

static struct late *late_at(struct origin_set *s, uint64_t number) { return &s->late[number % LATE_FLOWS]; }

/* Moves the flows on, in their order; between two steps of one lie `apart` other flows. */
static void late_pass(struct origin_set *s, unsigned apart)
{
	while (s->fetched + apart < s->came)
		entries_fetch(s, late_at(s, s->fetched++));
	while (s->found + 2 * apart < s->came)
		entries_find(s, late_at(s, s->found++));
	while (s->counted + LATE_STEPS * apart < s->came)
		late_count(s, late_at(s, s->counted++));
}

void origin_set_flow(struct origin_set *s, const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	struct late *l = late_at(s, s->came++);
	l->flow = *flow;
	for (unsigned dir = 0; dir < 2; dir++) {
		l->said[dir] = (struct said) { .stack = 0 };
		l->hash[dir] = hash_of(s, flow->addr[dir], flow->ip_version);
		__builtin_prefetch(&s->entry_index.slots[l->hash[dir] & s->entry_index.mask]);
	}
	flow_read(s, l, signals, count);
	late_pass(s, 1);
}

uint64_t origin_set_overflow(struct origin_set *s)
{
	late_pass(s, 0);
	return s->overflow;
}

static void record_of(struct origin_set *s, const struct entry *e, unsigned claims, struct ind_origin *o)
{
	*o = (struct ind_origin) {
		.ip_version = e->ip_version,
		.claims = (uint8_t)claims,
		.first_ns = e->first_ns,
		.last_ns = e->last_ns,
		.flows = e->flows,
		.validated = e->validated,
	};
	memcpy(o->addr, e->addr, sizeof o->addr);
	memcpy(o->signals, e->signals, sizeof o->signals);
	o->observations[IND_FAMILY_V] = e->validated;
	o->observations[IND_FAMILY_T] = !!(claims & IND_CLAIM_COUNTRY) + !!(claims & IND_CLAIM_AS) + !!(claims & IND_CLAIM_PLACE);
	o->observations[IND_FAMILY_E] = !!(claims & IND_CLAIM_LIST);
	for (unsigned i = 0; i < FAMILIES_COUNTED; i++)
		o->observations[FAMILY_FIRST + i] = e->observations[i];
	measure_tell(s, e, o);
	struct chronology c = series_tell(s, e, o);
	silence_tell(s, e, &c, o);
}

/* What the entries are sorted by: the first bytes of an address decide nearly always, and little memory is moved. */
struct place {
	uint64_t front;
	uint32_t number;
	uint8_t ip_version;
};

enum { PLACES_AHEAD = 12, SERIES_AHEAD = 6, DIGITS = 256 };

static int place_order(const void *a, const void *b, void *set)
{
	const struct place *x = a, *y = b;
	const struct origin_set *s = set;
	return memcmp(entry_at(s, x->number)->addr, entry_at(s, y->number)->addr, IND_ADDR_BYTES);
}

/* The n-th byte of what decides, the least significant one first. */
static unsigned digit_of(const struct place *p, unsigned n) { return n < sizeof p->front ? p->front >> 8 * n & 0xff : p->ip_version; }

/* Places in the order of one digit, otherwise as they were; false, and nothing done, if all have the same. */
static bool digit_sort(const struct place *from, struct place *to, uint32_t count, unsigned n)
{
	uint32_t at[DIGITS + 1] = { 0 };
	for (uint32_t i = 0; i < count; i++)
		at[digit_of(&from[i], n) + 1]++;
	if (at[digit_of(&from[0], n) + 1] == count)
		return false;
	for (unsigned d = 0; d < DIGITS; d++)
		at[d + 1] += at[d];
	for (uint32_t i = 0; i < count; i++)
		to[at[digit_of(&from[i], n)]++] = from[i];
	return true;
}

/* Sorted digit by digit; those that none tells apart by the rest of their addresses. Returns which of the two lists holds the outcome. */
static struct place *places_sort(struct origin_set *s, struct place *places, struct place *other)
{
	uint32_t count = s->entries.count;
	for (unsigned n = 0; count && n <= sizeof places->front; n++) {
		if (!digit_sort(places, other, count, n))
			continue;
		struct place *sorted = other;
		other = places;
		places = sorted;
	}
	for (uint32_t from = 0, to; from < count; from = to) {
		for (to = from + 1; to < count && places[to].front == places[from].front && places[to].ip_version == places[from].ip_version;)
			to++;
		if (to > from + 1)
			qsort_r(places + from, to - from, sizeof *places, place_order, s);
	}
	return places;
}

static void places_fill(const struct origin_set *s, struct place *places)
{
	for (uint32_t i = 0; i < s->entries.count; i++) {
		const struct entry *e = entry_at(s, i + 1);
		uint64_t front;
		memcpy(&front, e->addr, sizeof front);
		places[i] = (struct place){ htobe64(front), i + 1, e->ip_version };
	}
}

/* What the places after this one will touch: first the entries, then what they name. */
static void places_prefetch(const struct origin_set *s, const struct place *places, uint32_t at)
{
	if (at + PLACES_AHEAD < s->entries.count)
		entry_prefetch(s, places[at + PLACES_AHEAD].number);
	if (at + SERIES_AHEAD < s->entries.count) {
		const struct entry *e = entry_at(s, places[at + SERIES_AHEAD].number);
		if (e->series)
			__builtin_prefetch(series_at(s, e->series));
		if (e->more)
			__builtin_prefetch(more_at(s, e->more));
	}
}

enum ind_err origin_set_finish(struct origin_set *s, origin_claims *claims, origin_visit *visit, void *ctx)
{
	late_pass(s, 0);
	struct place *room = malloc(((size_t)s->entries.count + 1) * 2 * sizeof *room);
	if (!room)
		return IND_NOMEM;
	places_fill(s, room);
	const struct place *places = places_sort(s, room, room + s->entries.count);
	enum ind_err err = IND_OK;
	for (uint32_t i = 0; i < s->entries.count && !err; i++) {
		const struct entry *e = entry_at(s, places[i].number);
		struct ind_origin origin;
		places_prefetch(s, places, i);
		record_of(s, e, claims(ctx, e->ip_version, e->addr), &origin);
		err = visit(ctx, &origin);
	}
	free(room);
	return err;
}
