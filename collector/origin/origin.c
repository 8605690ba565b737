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

static uint32_t *slot_of(const struct origin_set *s, const struct index *x, uint64_t hash, const uint8_t *addr, unsigned ip_version)
{
	uint32_t i = (uint32_t)hash & x->mask;
	while (x->slots[i]) {
		const struct entry *e = entry_at(s, x->slots[i]);
		if (e->ip_version == ip_version && memcmp(e->addr, addr, IND_ADDR_BYTES) == 0)
			break;
		i = (i + 1) & x->mask;
	}
	return &x->slots[i];
}

static bool grow(struct origin_set *s)
{
	struct index larger;
	if (index_new(&larger, s->entry_index.room * 2) != IND_OK)
		return false;
	for (uint32_t i = 1; i <= s->entries.count; i++) {
		const struct entry *e = entry_at(s, i);
		*slot_of(s, &larger, hash_of(s, e->addr, e->ip_version), e->addr, e->ip_version) = i;
	}
	index_free(&s->entry_index);
	s->entry_index = larger;
	return true;
}

static struct entry *entry_of(struct origin_set *s, uint64_t hash, const uint8_t *addr, unsigned ip_version)
{
	uint32_t *slot = slot_of(s, &s->entry_index, hash, addr, ip_version);
	if (*slot)
		return entry_at(s, *slot);
	if (s->entries.count == s->entry_index.room) {
		if (!grow(s))
			return NULL;
		slot = slot_of(s, &s->entry_index, hash, addr, ip_version);
	}
	uint32_t number = shelf_take(&s->entries);
	if (!number)
		return NULL;
	struct entry *e = entry_at(s, number);
	*e = (struct entry) {
		.ip_version = (uint8_t)ip_version, .first_ns = UINT64_MAX, .rtt_us = IND_ABSENT_U32, .hops = IND_HOPS_ABSENT
	};
	memcpy(e->addr, addr, IND_ADDR_BYTES);
	*slot = number;
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

static void observe(const struct origin_set *s, struct entry *e, unsigned id)
{
	unsigned family = s->family_of[id] - (unsigned)FAMILY_FIRST;
	ind_signal_set_add(e->signals, id);
	if (family < FAMILIES_COUNTED)
		e->observations[family] += e->observations[family] < UINT16_MAX;
}

static void signal_count(
	struct origin_set *s, struct entry *e, const struct ind_flow *flow, const struct ind_signal *signal, struct said *said)
{
	observe(s, e, signal->id);
	facts_of_signal(s, e, flow, signal, said);
}

/* derive.h */
static void derived_count(const struct origin_set *s, struct entry *e, const struct ind_flow *flow, unsigned dir, struct said *said)
{
	said->hops = is_enabled(s, IND_SIG_PATH_HOPS) ? ind_flow_hops(flow, dir) : IND_ABSENT_U32;
	said->rtt_us = is_enabled(s, IND_SIG_PATH_RTT_MIN) ? ind_flow_rtt_us(flow, dir) : IND_ABSENT_U32;
	if (said->hops != IND_ABSENT_U32)
		observe(s, e, IND_SIG_PATH_HOPS);
	if (said->rtt_us != IND_ABSENT_U32)
		observe(s, e, IND_SIG_PATH_RTT_MIN);
	for (unsigned i = 0; i < said->mtus.count && is_enabled(s, IND_SIG_TCP_MTU_CLASS); i++)
		observe(s, e, IND_SIG_TCP_MTU_CLASS);
}

/* A flow between one address and itself counts for both of its ends. */
static void end_count(struct origin_set *s, struct entry *e, const struct ind_flow *flow, unsigned dir, struct said *said)
{
	facts_of_flow(e, flow, dir);
	derived_count(s, e, flow, dir, said);
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

/* Nearly always the first slot looked at is the right one, and where there is none the next free entry will be taken. */
struct origin_ends origin_set_find(const struct origin_set *s, const struct ind_flow *flow)
{
	struct origin_ends ends;
	uint32_t number[2];
	for (unsigned dir = 0; dir < 2; dir++) {
		ends.hash[dir] = hash_of(s, flow->addr[dir], flow->ip_version);
		number[dir] = s->entry_index.slots[ends.hash[dir] & s->entry_index.mask];
	}
	for (unsigned dir = 0; dir < 2; dir++)
		entry_prefetch(s, number[dir] ? number[dir] : s->entries.count + 1);
	return ends;
}

static void late_count(struct origin_set *s)
{
	struct late *l = &s->late;
	if (!l->waits)
		return;
	l->waits = false;
	for (unsigned dir = 0; dir < 2; dir++)
		if (l->end[dir])
			end_count(s, l->end[dir], &l->flow, dir, &l->said[dir]);
	series_note(s, l->end[IND_SRC], l->end[IND_DST], &l->flow);
}

static void late_prefetch(const struct origin_set *s)
{
	const struct late *l = &s->late;
	for (unsigned dir = 0; dir < 2; dir++) {
		const struct more *m = l->end[dir] && l->end[dir]->more ? more_at(s, l->end[dir]->more) : NULL;
		if (m) {
			__builtin_prefetch(m, 1);
			__builtin_prefetch((const uint8_t *)(m + 1) - 1, 1);
		}
	}
	series_prefetch(s, l->end[IND_SRC], l->end[IND_DST], &l->flow);
}

void origin_set_flow(
	struct origin_set *s, const struct origin_ends *ends, const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	struct late *l = &s->late;
	late_count(s);
	l->flow = *flow;
	l->waits = true;
	for (unsigned dir = 0; dir < 2; dir++) {
		l->end[dir] = end_of(s, ends->hash[dir], flow, dir);
		l->said[dir] = (struct said) { .stack = 0 };
	}
	for (size_t i = 0; i < count; i++) {
		unsigned from = signals[i].from == IND_SRC ? IND_SRC : IND_DST;
		if (l->end[from] && signals[i].id < IND_SIGNAL_ID_END)
			signal_count(s, l->end[from], flow, &signals[i], &l->said[from]);
	}
	late_prefetch(s);
}

uint64_t origin_set_overflow(const struct origin_set *s) { return s->overflow; }

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

enum { PLACES_AHEAD = 12, SERIES_AHEAD = 6 };

static int place_order(const void *a, const void *b, void *set)
{
	const struct place *x = a, *y = b;
	const struct origin_set *s = set;
	if (x->ip_version != y->ip_version)
		return x->ip_version - y->ip_version;
	if (x->front != y->front)
		return x->front < y->front ? -1 : 1;
	return memcmp(entry_at(s, x->number)->addr, entry_at(s, y->number)->addr, IND_ADDR_BYTES);
}

static struct place *places_of(struct origin_set *s)
{
	struct place *places = malloc(((size_t)s->entries.count + 1) * sizeof *places);
	if (!places)
		return NULL;
	for (uint32_t i = 0; i < s->entries.count; i++) {
		const struct entry *e = entry_at(s, i + 1);
		uint64_t front;
		memcpy(&front, e->addr, sizeof front);
		places[i] = (struct place){ htobe64(front), i + 1, e->ip_version };
	}
	qsort_r(places, s->entries.count, sizeof *places, place_order, s);
	return places;
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
	late_count(s);
	struct place *places = places_of(s);
	enum ind_err err = places ? IND_OK : IND_NOMEM;
	for (uint32_t i = 0; i < s->entries.count && !err; i++) {
		const struct entry *e = entry_at(s, places[i].number);
		struct ind_origin origin;
		places_prefetch(s, places, i);
		record_of(s, e, claims(ctx, e->ip_version, e->addr), &origin);
		err = visit(ctx, &origin);
	}
	free(places);
	return err;
}
