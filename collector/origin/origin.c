/* SPDX-License-Identifier: Apache-2.0 */
#include "origin/origin.h"

#include "base/hash.h"
#include "base/pages.h"

#include <stdlib.h>
#include <string.h>

/* Of one address. Counts stop at their limit rather than wrap. */
struct entry {
	uint8_t addr[IND_ADDR_BYTES];
	uint64_t first_ns, last_ns;
	uint64_t signals[IND_SIGNAL_SET_WORDS];
	uint32_t flows, validated;
	uint16_t observations[IND_FAMILY_COUNT];
	uint8_t ip_version;
	uint8_t one_way;             /* a flow was not validated because only one direction was seen */
};

struct origin_set {
	struct entry *entries;       /* reserved for ORIGIN_ADDRESSES_MAX */
	uint32_t *slots;             /* index of an entry plus one; twice as many as there is room for */
	uint32_t count, room;
	uint32_t slot_mask;
	struct hash_key key;
	uint64_t overflow;
	uint64_t enabled[IND_SIGNAL_SET_WORDS];
	uint8_t family_of[IND_SIGNAL_ID_END];
	bool family_limited[IND_FAMILY_COUNT]; /* a signal that is recorded by default was turned off */
};

enum { FIRST_ROOM = 1 << 18 };
#define ENTRIES_BYTES (ORIGIN_ADDRESSES_MAX * sizeof(struct entry))

static size_t slot_bytes(const struct origin_set *s) { return ((size_t)s->slot_mask + 1) * sizeof *s->slots; }

static void families_learn(struct origin_set *s)
{
	size_t count;
	const struct ind_signal_info *list = ind_signal_list(&count);
	for (size_t i = 0; i < count; i++) {
		s->family_of[list[i].id] = list[i].family;
		if (list[i].recorded_by_default && !(s->enabled[list[i].id / 64] >> list[i].id % 64 & 1))
			s->family_limited[list[i].family] = true;
	}
}

enum ind_err origin_set_new(const uint64_t enabled[static IND_SIGNAL_SET_WORDS], struct origin_set **set)
{
	struct origin_set *s = calloc(1, sizeof *s);
	if (!s)
		return IND_NOMEM;
	memcpy(s->enabled, enabled, sizeof s->enabled);
	families_learn(s);
	s->room = FIRST_ROOM;
	s->slot_mask = FIRST_ROOM * 2 - 1;
	s->entries = pages_reserve(ENTRIES_BYTES, PAGES_LARGE);
	s->slots = pages_reserve(slot_bytes(s), PAGES_LARGE);
	enum ind_err err = s->entries && s->slots ? hash_random(&s->key, sizeof s->key) : IND_NOMEM;
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
	pages_release(s->entries, ENTRIES_BYTES);
	pages_release(s->slots, slot_bytes(s));
	free(s);
}

static uint64_t hash_of(const struct origin_set *s, const uint8_t *addr, unsigned ip_version)
{
	uint64_t words[2];
	memcpy(words, addr, sizeof words);
	return hash_words(&s->key, words, ip_version == 4 ? 1 : 2);
}

static uint32_t slot_of(const struct origin_set *s, uint64_t hash, const uint8_t *addr, unsigned ip_version)
{
	uint32_t i = (uint32_t)hash & s->slot_mask;
	while (s->slots[i]) {
		const struct entry *e = &s->entries[s->slots[i] - 1];
		if (e->ip_version == ip_version && memcmp(e->addr, addr, IND_ADDR_BYTES) == 0)
			break;
		i = (i + 1) & s->slot_mask;
	}
	return i;
}

static bool grow(struct origin_set *s)
{
	size_t bytes = slot_bytes(s);
	uint32_t *slots = pages_reserve(2 * bytes, PAGES_LARGE);
	if (!slots)
		return false;
	pages_release(s->slots, bytes);
	s->slots = slots;
	s->room *= 2;
	s->slot_mask = s->room * 2 - 1;
	for (uint32_t i = 0; i < s->count; i++) {
		const struct entry *e = &s->entries[i];
		s->slots[slot_of(s, hash_of(s, e->addr, e->ip_version), e->addr, e->ip_version)] = i + 1;
	}
	return true;
}

static struct entry *entry_of(struct origin_set *s, uint64_t hash, const uint8_t *addr, unsigned ip_version)
{
	uint32_t slot = slot_of(s, hash, addr, ip_version);
	if (s->slots[slot])
		return &s->entries[s->slots[slot] - 1];
	if (s->count == ORIGIN_ADDRESSES_MAX)
		return NULL;
	if (s->count == s->room) {
		if (!grow(s))
			return NULL;
		slot = slot_of(s, hash, addr, ip_version);
	}
	struct entry *e = &s->entries[s->count++];
	*e = (struct entry){ .ip_version = (uint8_t)ip_version, .first_ns = UINT64_MAX };
	memcpy(e->addr, addr, IND_ADDR_BYTES);
	s->slots[slot] = s->count;
	return e;
}

static void observe(struct entry *e, unsigned family) { e->observations[family] += e->observations[family] < UINT16_MAX; }

static struct entry *end_count(struct origin_set *s, uint64_t hash, const struct ind_flow *flow, unsigned dir)
{
	if (!flow->packets[dir])
		return NULL;
	struct entry *e = entry_of(s, hash, flow->addr[dir], flow->ip_version);
	if (!e) {
		s->overflow++;
		return NULL;
	}
	e->flows += e->flows < UINT32_MAX;
	e->first_ns = flow->start_ns < e->first_ns ? flow->start_ns : e->first_ns;
	e->last_ns = flow->end_ns > e->last_ns ? flow->end_ns : e->last_ns;
	/* Validation is about the side that started the flow. */
	if (dir == IND_SRC && (flow->validated == IND_VALID_HANDSHAKE || flow->validated == IND_VALID_QUIC)) {
		e->validated += e->validated < UINT32_MAX;
		observe(e, IND_FAMILY_V);
	} else if (dir == IND_SRC && flow->validated == IND_VALID_ONE_WAY) {
		e->one_way = 1;
	}
	return e;
}

struct origin_ends origin_set_find(const struct origin_set *s, const struct ind_flow *flow)
{
	struct origin_ends ends;
	for (unsigned dir = 0; dir < 2; dir++) {
		ends.hash[dir] = hash_of(s, flow->addr[dir], flow->ip_version);
		__builtin_prefetch(&s->slots[ends.hash[dir] & s->slot_mask]);
	}
	return ends;
}

void origin_set_flow(struct origin_set *s, const struct origin_ends *ends, const struct ind_flow *flow, const struct ind_signal *signals,
	size_t count)
{
	struct entry *src = end_count(s, ends->hash[IND_SRC], flow, IND_SRC);
	struct entry *dst = end_count(s, ends->hash[IND_DST], flow, IND_DST);
	for (size_t i = 0; i < count; i++) {
		struct entry *e = signals[i].from == IND_SRC ? src : dst;
		if (!e || signals[i].id >= IND_SIGNAL_ID_END)
			continue;
		e->signals[signals[i].id / 64] |= UINT64_C(1) << signals[i].id % 64;
		observe(e, s->family_of[signals[i].id]);
	}
}

uint64_t origin_set_overflow(const struct origin_set *s) { return s->overflow; }

static bool has_signal(const struct entry *e, unsigned id) { return e->signals[id / 64] >> id % 64 & 1; }

/* The address spoke a protocol that hides what the families above it would say. */
static bool is_encrypted(const struct entry *e)
{
	return has_signal(e, IND_SIG_TLS_VERSION) || has_signal(e, IND_SIG_SSH_HASSH) || has_signal(e, IND_SIG_SSH_HASSH_SERVER);
}

static enum ind_missing missing_of(const struct origin_set *s, const struct entry *e, unsigned family, unsigned claims)
{
	if (e->observations[family])
		return IND_MISSING_NONE;
	switch (family) {
	case IND_FAMILY_V: return e->one_way ? IND_MISSING_SENSOR_LIMIT : IND_MISSING_NOT_SEEN;
	case IND_FAMILY_T: return claims & ORIGIN_ASKED_TERRITORY ? IND_MISSING_NOT_SEEN : IND_MISSING_REFDATA;
	case IND_FAMILY_E: return claims & ORIGIN_ASKED_LISTS ? IND_MISSING_NOT_SEEN : IND_MISSING_REFDATA;
	}
	if (s->family_limited[family])
		return IND_MISSING_POLICY;
	bool hidden = family == IND_FAMILY_L || family == IND_FAMILY_C || family == IND_FAMILY_I;
	return hidden && is_encrypted(e) ? IND_MISSING_ENCRYPTED : IND_MISSING_NOT_SEEN;
}

static void record_of(const struct origin_set *s, struct entry *e, unsigned claims, struct ind_origin *o)
{
	e->observations[IND_FAMILY_T] = (uint16_t)(!!(claims & IND_CLAIM_COUNTRY) + !!(claims & IND_CLAIM_AS) + !!(claims & IND_CLAIM_PLACE));
	e->observations[IND_FAMILY_E] = !!(claims & IND_CLAIM_LIST);
	*o = (struct ind_origin){
		.ip_version = e->ip_version, .claims = (uint8_t)(claims & ORIGIN_CLAIMS), .first_ns = e->first_ns, .last_ns = e->last_ns, .flows = e->flows,
		.validated = e->validated,
	};
	memcpy(o->addr, e->addr, sizeof o->addr);
	memcpy(o->signals, e->signals, sizeof o->signals);
	for (unsigned f = 0; f < IND_FAMILY_COUNT; f++) {
		o->observations[f] = e->observations[f];
		o->missing[f] = (uint8_t)missing_of(s, e, f, claims);
	}
}

static int entry_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	return x->ip_version != y->ip_version ? x->ip_version - y->ip_version : memcmp(x->addr, y->addr, IND_ADDR_BYTES);
}

enum ind_err origin_set_finish(struct origin_set *s, origin_claims *claims, origin_visit *visit, void *ctx)
{
	qsort(s->entries, s->count, sizeof *s->entries, entry_order);
	for (uint32_t i = 0; i < s->count; i++) {
		struct entry *e = &s->entries[i];
		struct ind_origin origin;
		record_of(s, e, claims(ctx, e->ip_version, e->addr), &origin);
		enum ind_err err = visit(ctx, &origin);
		if (err)
			return err;
	}
	return IND_OK;
}
