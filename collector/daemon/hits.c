/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/hits.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 1 << 10, HITS_MAX = 1 << 20 };

void hits_clear(struct hits *h)
{
	free(h->slots);
	*h = (struct hits){ 0 };
}

static size_t slot_of(const struct hits *h, const struct hit *hit)
{
	uint64_t words[4] = { hit->value, 0, 0, hit->ip_version };
	memcpy(words + 1, hit->addr, sizeof hit->addr);
	size_t at = hash_words(&h->key, words, 4) & (h->slot_count - 1);
	for (; h->slots[at].ip_version; at = (at + 1) & (h->slot_count - 1)) {
		const struct hit *held = &h->slots[at];
		if (held->value == hit->value && held->ip_version == hit->ip_version && memcmp(held->addr, hit->addr, sizeof hit->addr) == 0)
			break;
	}
	return at;
}

static bool room_make(struct hits *h)
{
	struct hits grown = { .key = h->key, .slot_count = h->slot_count ? h->slot_count * 2 : FIRST_SLOTS, .count = h->count };
	if (h->count * 2 < h->slot_count)
		return true;
	if (h->count >= HITS_MAX || (!h->slot_count && hash_random(&grown.key, sizeof grown.key)))
		return false;
	grown.slots = calloc(grown.slot_count, sizeof *grown.slots);
	if (!grown.slots)
		return false;
	for (size_t i = 0; i < h->slot_count; i++)
		if (h->slots[i].ip_version)
			grown.slots[slot_of(&grown, &h->slots[i])] = h->slots[i];
	free(h->slots);
	*h = grown;
	return true;
}

static struct hit hit_of(unsigned ip_version, const uint8_t *addr)
{
	struct hit hit = { .ip_version = (uint8_t)ip_version };
	memcpy(hit.addr, addr, ip_version == 4 ? 4 : IND_ADDR_BYTES);
	return hit;
}

static bool add(struct hits *h, const struct hit *hit)
{
	if (!room_make(h))
		return true;
	struct hit *slot = &h->slots[slot_of(h, hit)];
	if (slot->ip_version)
		return false;
	*slot = *hit;
	h->count++;
	return true;
}

static uint64_t value_hash(const struct hits *h, const struct ind_signal *signal)
{
	uint64_t words[1 + IND_VALUE_MAX_BYTES / 8] = { (uint64_t)signal->id << 16 | signal->value_bytes };
	size_t bytes = signal->value_bytes < IND_VALUE_MAX_BYTES ? signal->value_bytes : IND_VALUE_MAX_BYTES;
	memcpy(words + 1, signal->value, bytes);
	return hash_words(&h->key, words, 1 + (bytes + 7) / 8) | 1;
}

bool hits_add(struct hits *h, unsigned ip_version, const uint8_t *addr, const struct ind_signal *signal)
{
	struct hit hit = hit_of(ip_version, addr);
	(void)add(h, &hit);
	hit.value = value_hash(h, signal);
	return add(h, &hit);
}

bool hits_any(const struct hits *h, unsigned ip_version, const uint8_t *addr)
{
	struct hit hit = hit_of(ip_version, addr);
	return h->count && h->slots[slot_of(h, &hit)].ip_version;
}
