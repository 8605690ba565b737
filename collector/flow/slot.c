/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/slot.h"

#include "base/pages.h"
#include "flow/store.h"

#include <stddef.h>
#include <string.h>

enum { INDEX_BITS = 24 };
#define INDEX_MASK ((1u << INDEX_BITS) - 1)

/* IPv4 keys fit two words, so they cost two rounds less. */
uint64_t flow_hash(const struct flow_table *t, const struct flow_key *key)
{
	uint64_t words[sizeof *key / 8];
	if (key->ip_version == 4) {
		uint32_t low, high;
		memcpy(&low, key->addr[0], 4);
		memcpy(&high, key->addr[1], 4);
		words[0] = (uint64_t)high << 32 | low;
		memcpy(&words[1], key->port, 8);
		return hash_words(&t->hash_key, words, 2);
	}
	memcpy(words, key, sizeof words);
	return hash_words(&t->hash_key, words, sizeof words / sizeof *words);
}

/* The tag is the upper 40 bits of the hash, and its low bits are the home of the entry. */
static uint64_t slot_home(const struct flow_table *t, uint64_t entry) { return entry >> INDEX_BITS & t->slot_mask; }

void flow_prefetch(const struct flow_table *t, uint64_t hash)
{
	uint64_t entry = t->slots[slot_home(t, hash)];
	if (entry)
		__builtin_prefetch(pool_at(&t->flows, entry & INDEX_MASK), 1);
}

void flow_prefetch_parts(const struct flow_table *t, uint64_t hash, bool turns)
{
	uint64_t entry = t->slots[slot_home(t, hash)];
	const struct flow *f = pool_at(&t->flows, entry & INDEX_MASK);
	if (!entry)
		return;
	if (f->key.ip_version == 6)
		__builtin_prefetch(pool_at(&t->ip6s, f->key.ip6));
	if (f->key.proto == IPPROTO_TCP4 && f->tcp)
		__builtin_prefetch(pool_at(&t->tcps, f->tcp), 1);
	if (turns)
		__builtin_prefetch(pool_at(&t->colds, entry & INDEX_MASK), 1);
}

void flow_prefetch_first(const struct flow_table *t, uint32_t signals)
{
	const uint8_t *first = pool_at(&t->firsts, signals);
	__builtin_prefetch(first, 1);
	__builtin_prefetch(first + sizeof(struct store_first) / 2, 1);
}

void flow_prefetch_head(const struct flow_table *t, uint64_t hash, bool speaks)
{
	uint64_t entry = t->slots[slot_home(t, hash)];
	const struct flow *f = pool_at(&t->flows, entry & INDEX_MASK);
	if (!entry || f->key.proto != IPPROTO_TCP4 || !f->tcp)
		return;
	const struct flow_tcp *tcp = pool_at(&t->tcps, f->tcp);
	if (tcp->head_done == FLOW_HEAD_DONE)
		return;
	if (tcp->head)
		__builtin_prefetch(pool_at(&t->heads, tcp->head), 1);
	if (speaks && flow_cold(t, f)->signals)
		flow_prefetch_first(t, flow_cold(t, f)->signals);
}

/* What stands behind the addresses of a key. */
enum { KEY_REST_AT = offsetof(struct flow_key, port), KEY_REST_BYTES = sizeof(struct flow_key) - KEY_REST_AT };
_Static_assert(sizeof(struct flow_stored_key) - offsetof(struct flow_stored_key, port) == KEY_REST_BYTES, "the rest is kept as it is");

static bool key_is(const struct flow_table *t, const struct flow_stored_key *stored, const struct flow_key *key, uint64_t hash)
{
	if (memcmp(stored->port, key->port, KEY_REST_BYTES) != 0)
		return false;
	if (key->ip_version == 4)
		return memcmp(stored->ip4[0], key->addr[0], 4) == 0 && memcmp(stored->ip4[1], key->addr[1], 4) == 0;
	return stored->tag == (uint32_t)hash && memcmp(pool_at(&t->ip6s, stored->ip6), key->addr, sizeof key->addr) == 0;
}

void flow_key_store(struct flow_table *t, struct flow_stored_key *stored, const struct flow_key *key, uint64_t hash)
{
	memcpy(stored->port, key->port, KEY_REST_BYTES);
	if (key->ip_version == 4) {
		memcpy(stored->ip4[0], key->addr[0], 4);
		memcpy(stored->ip4[1], key->addr[1], 4);
		return;
	}
	stored->tag = (uint32_t)hash;
	stored->ip6 = pool_take(&t->ip6s); /* as many as flows: never empty */
	memcpy(pool_at(&t->ip6s, stored->ip6), key->addr, sizeof key->addr);
}

void flow_key_get(const struct flow_table *t, const struct flow *f, struct flow_key *key)
{
	*key = (struct flow_key) { .port = { 0 } };
	memcpy(key->port, f->key.port, KEY_REST_BYTES);
	if (f->key.ip_version == 4) {
		memcpy(key->addr[0], f->key.ip4[0], 4);
		memcpy(key->addr[1], f->key.ip4[1], 4);
	} else {
		memcpy(key->addr, pool_at(&t->ip6s, f->key.ip6), sizeof key->addr);
	}
}

uint64_t flow_hash_again(const struct flow_table *t, const struct flow *f)
{
	struct flow_key key;
	flow_key_get(t, f, &key);
	return flow_hash(t, &key);
}

struct flow *slot_find(const struct flow_table *t, const struct flow_key *key, uint64_t hash, uint64_t *slot)
{
	uint64_t tag = hash & ~(uint64_t)INDEX_MASK;
	uint64_t i = slot_home(t, hash);
	for (uint64_t entry; (entry = t->slots[i]) != 0; i = (i + 1) & t->slot_mask) {
		if ((entry & ~(uint64_t)INDEX_MASK) != tag)
			continue;
		struct flow *f = pool_at(&t->flows, entry & INDEX_MASK);
		if (key_is(t, &f->key, key, hash)) {
			*slot = i;
			return f;
		}
	}
	*slot = i;
	return NULL;
}

/* The slot that names a flow. */
static uint64_t slot_of(const struct flow_table *t, uint32_t index, uint64_t hash)
{
	uint64_t entry = (hash & ~(uint64_t)INDEX_MASK) | index, i = slot_home(t, hash);
	while (t->slots[i] != entry)
		i = (i + 1) & t->slot_mask;
	return i;
}

void slot_set(struct flow_table *t, uint64_t slot, uint64_t hash, uint32_t index)
{
	t->slots[slot] = (hash & ~(uint64_t)INDEX_MASK) | index;
}

/* Linear probing without tombstones: later entries of the run move back into the hole. */
void slot_delete(struct flow_table *t, const struct flow *f)
{
	uint64_t hole = slot_of(t, flow_index(t, f), flow_hash_again(t, f));
	for (uint64_t i = (hole + 1) & t->slot_mask, entry; (entry = t->slots[i]) != 0; i = (i + 1) & t->slot_mask) {
		uint64_t distance = (i - slot_home(t, entry)) & t->slot_mask;
		if (distance >= ((i - hole) & t->slot_mask)) {
			t->slots[hole] = entry;
			hole = i;
		}
	}
	t->slots[hole] = 0;
}

/* A slot holds enough of its hash to find its new place without touching the flow. */
void slots_grow(struct flow_table *t)
{
	uint64_t old_slots = t->slot_mask + 1;
	if ((uint64_t)t->flows.in_use * 2 <= old_slots || old_slots * sizeof *t->slots == t->slot_bytes)
		return;
	uint64_t *old = t->slots;
	t->slots = t->slots_spare;
	t->slot_mask = 2 * old_slots - 1;
	for (uint64_t i = 0; i < old_slots; i++) {
		if (!old[i])
			continue;
		uint64_t at = slot_home(t, old[i]);
		while (t->slots[at])
			at = (at + 1) & t->slot_mask;
		t->slots[at] = old[i];
	}
	pages_forget(old, old_slots * sizeof *old);
	t->slots_spare = old;
}
