/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing: a slot holds 32 bits of the hash and the number of its group, so that a probe seldom leaves the table of slots. */
#include "query/group.h"
#include "base/hash.h"
#include "base/pages.h"
#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 1 << 12, AHEAD = 16, LINE_BYTES = 64 };

struct groups {
	struct hash_key secret;
	size_t key_words, group_bytes, count, most;
	uint64_t *slots;             /* 0: empty; else the hash's high half, which also chose the slot, and the group's number plus 1 */
	size_t slot_mask;
	uint8_t *store;              /* address space for all, touched as groups come */
	bool short_of_memory;
};

struct groups *groups_new(size_t key_words, size_t most)
{
	struct groups *g = calloc(1, sizeof(*g));
	if (!g)
		return NULL;
	g->key_words = key_words;
	g->group_bytes = sizeof(struct group) + key_words * sizeof(uint64_t);
	g->most = most < UINT32_MAX / 2 ? most : UINT32_MAX / 2;
	g->slots = calloc(FIRST_SLOTS, sizeof(*g->slots));
	g->slot_mask = FIRST_SLOTS - 1;
	g->store = pages_reserve(g->most * g->group_bytes, PAGES_LARGE);
	if (g->slots && g->store && hash_random(&g->secret, sizeof(g->secret)) == IND_OK)
		return g;
	groups_free(g);
	return NULL;
}

void groups_free(struct groups *g)
{
	if (!g)
		return;
	if (g->store)
		pages_release(g->store, g->most * g->group_bytes);
	free(g->slots);
	free(g);
}

struct group *groups_at(const struct groups *g, size_t n) { return (struct group *)(void *)(g->store + n * g->group_bytes); }

size_t groups_number(const struct groups *g, const struct group *group) { return (size_t)((const uint8_t *)group - g->store) / g->group_bytes; }
size_t groups_count(const struct groups *g) { return g->count; }
bool groups_short_of_memory(const struct groups *g) { return g->short_of_memory; }

static void put_slot(uint64_t *slots, size_t mask, uint64_t slot)
{
	size_t at = (slot >> 32) & mask;
	while (slots[at])
		at = (at + 1) & mask;
	slots[at] = slot;
}

static bool grow_slots(struct groups *g)
{
	size_t mask = (g->slot_mask << 1) | 1;
	uint64_t *slots = calloc(mask + 1, sizeof(*slots));
	if (!slots)
		return false;
	for (size_t i = 0; i <= g->slot_mask; i++)
		if (g->slots[i])
			put_slot(slots, mask, g->slots[i]);
	free(g->slots);
	g->slots = slots;
	g->slot_mask = mask;
	return true;
}

static struct group *add(struct groups *g, const uint64_t *key, uint64_t hash)
{
	if (g->count == g->most)
		return NULL;
	if ((g->count + 1) * 2 > g->slot_mask && !grow_slots(g)) {
		g->short_of_memory = true;
		return NULL;
	}
	struct group *group = groups_at(g, g->count++);
	put_slot(g->slots, g->slot_mask, (hash >> 32 << 32) | g->count);
	memcpy(group->key, key, g->key_words * sizeof(*key));
	group->first_ns = UINT64_MAX;
	return group;
}

static bool is_key(const struct groups *g, const struct group *group, const uint64_t *key)
{
	for (size_t i = 0; i < g->key_words; i++)
		if (group->key[i] != key[i])
			return false;
	return true;
}

static struct group *find(struct groups *g, const uint64_t *key, uint64_t hash)
{
	for (size_t at = (hash >> 32) & g->slot_mask; g->slots[at]; at = (at + 1) & g->slot_mask) {
		if (g->slots[at] >> 32 != hash >> 32)
			continue;
		struct group *group = groups_at(g, (size_t)(uint32_t)g->slots[at] - 1);
		if (is_key(g, group, key))
			return group;
	}
	return add(g, key, hash);
}

struct group *groups_find(struct groups *g, const uint64_t *key) { return find(g, key, hash_words(&g->secret, key, g->key_words)); }

/* All hashes first: slots, then groups are on their way while those before are looked at. */
void groups_find_some(struct groups *g, const uint64_t *keys, size_t count, struct group **found)
{
	uint64_t hash[GROUPS_AT_ONCE];
	for (size_t i = 0; i < count; i++) {
		hash[i] = hash_words(&g->secret, keys + i * g->key_words, g->key_words);
		__builtin_prefetch(&g->slots[(hash[i] >> 32) & g->slot_mask]);
	}
	for (size_t i = 0; i < count; i++) {
		if (i + AHEAD < count) {
			uint32_t number = (uint32_t)g->slots[(hash[i + AHEAD] >> 32) & g->slot_mask];
			const uint8_t *group = g->store + (number ? number - 1 : g->count) * g->group_bytes;
			__builtin_prefetch(group, 1);
			__builtin_prefetch(group + LINE_BYTES, 1);
		}
		found[i] = find(g, keys + i * g->key_words, hash[i]);
	}
}

/* ---- texts as numbers ---- */

enum { TEXT_WORDS_MAX = 66, WORDS_CHUNK_BYTES = 1 << 20 };

struct word { const char *at; uint64_t hash; size_t bytes; };

struct words {
	struct hash_key secret;
	struct word *list;
	size_t count, room, used_bytes, most_bytes;
	uint32_t *slots;
	size_t slot_mask;
	char **chunks;
	size_t chunk_count, chunk_used;
};

struct words *words_new(size_t most_bytes)
{
	struct words *w = calloc(1, sizeof(*w));
	if (!w)
		return NULL;
	w->most_bytes = most_bytes;
	w->slots = calloc(FIRST_SLOTS, sizeof(*w->slots));
	w->slot_mask = FIRST_SLOTS - 1;
	if (w->slots && hash_random(&w->secret, sizeof(w->secret)) == IND_OK)
		return w;
	words_free(w);
	return NULL;
}

void words_free(struct words *w)
{
	if (!w)
		return;
	for (size_t i = 0; i < w->chunk_count; i++)
		free(w->chunks[i]);
	free(w->chunks);
	free(w->list);
	free(w->slots);
	free(w);
}

/* Whole words, the length in the last one. Longer texts are hashed as far as they fit; they are compared whole. */
static uint64_t hash_text(const struct words *w, const char *text, size_t bytes)
{
	uint64_t words[TEXT_WORDS_MAX] = { 0 };
	size_t fits = bytes < (TEXT_WORDS_MAX - 1) * sizeof(*words) ? bytes : (TEXT_WORDS_MAX - 1) * sizeof(*words);
	size_t count = (fits + sizeof(*words) - 1) / sizeof(*words);
	memcpy(words, text, fits);
	words[count] = bytes;
	return hash_words(&w->secret, words, count + 1);
}

static bool words_grow(struct words *w)
{
	if (w->count == w->room) {
		size_t room = w->room ? w->room * 2 : 1024;
		struct word *list = realloc(w->list, room * sizeof(*list));
		if (!list)
			return false;
		w->list = list;
		w->room = room;
	}
	if ((w->count + 1) * 2 <= w->slot_mask)
		return true;
	size_t mask = (w->slot_mask << 1) | 1;
	uint32_t *slots = calloc(mask + 1, sizeof(*slots));
	if (!slots)
		return false;
	for (size_t n = 0; n < w->count; n++) {
		size_t at = w->list[n].hash & mask;
		while (slots[at])
			at = (at + 1) & mask;
		slots[at] = (uint32_t)n + 1;
	}
	free(w->slots);
	w->slots = slots;
	w->slot_mask = mask;
	return true;
}

static char *words_room(struct words *w, size_t bytes)
{
	if (w->used_bytes + bytes > w->most_bytes || bytes > WORDS_CHUNK_BYTES || w->count == UINT32_MAX - 1)
		return NULL;
	if (!w->chunk_count || w->chunk_used + bytes > WORDS_CHUNK_BYTES) {
		char **chunks = realloc(w->chunks, (w->chunk_count + 1) * sizeof(*chunks));
		if (!chunks)
			return NULL;
		w->chunks = chunks;
		w->chunks[w->chunk_count] = malloc(WORDS_CHUNK_BYTES);
		if (!w->chunks[w->chunk_count])
			return NULL;
		w->chunk_count++;
		w->chunk_used = 0;
	}
	char *at = w->chunks[w->chunk_count - 1] + w->chunk_used;
	w->chunk_used += bytes;
	w->used_bytes += bytes;
	return at;
}

uint64_t words_number(struct words *w, const char *text, size_t bytes)
{
	uint64_t hash = hash_text(w, text, bytes);
	size_t at = hash & w->slot_mask;
	for (; w->slots[at]; at = (at + 1) & w->slot_mask) {
		const struct word *word = &w->list[w->slots[at] - 1];
		if (word->hash == hash && word->bytes == bytes && memcmp(word->at, text, bytes) == 0)
			return w->slots[at];
	}
	if (!words_grow(w))
		return 0;
	char *copy = words_room(w, bytes);
	if (!copy)
		return 0;
	memcpy(copy, text, bytes);
	w->list[w->count++] = (struct word){ copy, hash, bytes };
	for (at = hash & w->slot_mask; w->slots[at]; at = (at + 1) & w->slot_mask)
		continue;
	w->slots[at] = (uint32_t)w->count;
	return w->count;
}

const char *words_text(const struct words *w, uint64_t number, size_t *bytes)
{
	*bytes = w->list[number - 1].bytes;
	return w->list[number - 1].at;
}
