/* SPDX-License-Identifier: Apache-2.0 */
#include "refdata/pool.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 1 << 8, FIRST_ROOM = 1 << 12, HEAD_WORDS = 2, WORD = 4, HASHED_WORDS = 16, AHEAD = 16 };
static const uint32_t NUMBER_MASK = UINT32_MAX / WORD;

/* The numbers of pieces are their places in words. The first word is never a piece, so that 0 is none. */
enum ind_err pool_start(struct pool *p)
{
	*p = (struct pool){ .bytes = WORD };
	return hash_random(&p->key, sizeof p->key);
}

void pool_free(struct pool *p)
{
	free(p->at);
	free(p->slots);
	*p = (struct pool){ 0 };
}

static uint32_t *head_of(const struct pool *p, uint32_t number) { return (uint32_t *)(void *)(p->at + (size_t)number * WORD); }

const void *pool_get(const struct pool *p, uint32_t number, size_t *bytes)
{
	*bytes = head_of(p, number)[0];
	return head_of(p, number) + HEAD_WORDS;
}

uint32_t pool_mark(const struct pool *p, uint32_t number) { return head_of(p, number)[1]; }
void pool_mark_set(struct pool *p, uint32_t number, uint32_t mark) { head_of(p, number)[1] = mark; }

uint64_t pool_hash(const struct pool *p, const void *piece, size_t bytes)
{
	uint64_t h = bytes, words[1 + HASHED_WORDS];
	for (size_t at = 0, count; at < bytes; at += count) {
		size_t left = bytes - at;
		count = left < HASHED_WORDS * sizeof h ? left : HASHED_WORDS * sizeof h;
		words[0] = h;
		words[(count + sizeof h - 1) / sizeof h] = 0;
		memcpy(words + 1, (const uint8_t *)piece + at, count);
		h = hash_words(&p->key, words, 1 + (count + sizeof h - 1) / sizeof h);
	}
	return h;
}

/* A slot is a number and, in the two bits that no number reaches, two bits of the hash: most pieces that are others need not be looked at. */
static uint32_t slot_mark(uint64_t hash) { return (uint32_t)(hash >> 32) & ~NUMBER_MASK; }
static uint32_t slot_number(uint32_t slot) { return slot & NUMBER_MASK; }

/* Where the piece is, or the free slot where it belongs. */
static size_t slot_of(const struct pool *p, const void *piece, size_t bytes, uint64_t hash)
{
	size_t at = hash & (p->slot_count - 1);
	for (; p->slots[at]; at = (at + 1) & (p->slot_count - 1)) {
		size_t held_bytes;
		if ((p->slots[at] & ~NUMBER_MASK) != slot_mark(hash))
			continue;
		const void *held = pool_get(p, slot_number(p->slots[at]), &held_bytes);
		if (held_bytes == bytes && memcmp(held, piece, bytes) == 0)
			break;
	}
	return at;
}

static size_t whole_bytes(size_t bytes) { return HEAD_WORDS * WORD + (bytes + WORD - 1) / WORD * WORD; }

struct found { uint64_t hash; uint32_t number; };

static void slots_fill(uint32_t *slots, size_t slot_count, const struct found *found, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t slot = found[i].hash & (slot_count - 1);
		while (slots[slot])
			slot = (slot + 1) & (slot_count - 1);
		slots[slot] = found[i].number | slot_mark(found[i].hash);
	}
}

/* Pieces are gone through in the order in which they lie: the old slots would lead all over the pool. No two are equal, so none is compared.
 * Their slots are anywhere: memory is told of some of them before the first is needed. */
static bool slots_make(struct pool *p)
{
	size_t count = p->slot_count ? p->slot_count * 2 : FIRST_SLOTS, bytes;
	if (p->pieces * 2 < p->slot_count)
		return true;
	uint32_t *slots = calloc(count, sizeof *slots);
	if (!slots)
		return false;
	struct found found[AHEAD];
	size_t waiting = 0;
	for (size_t at = WORD; at < p->bytes; at += whole_bytes(bytes)) {
		const void *piece = pool_get(p, (uint32_t)(at / WORD), &bytes);
		found[waiting] = (struct found){ pool_hash(p, piece, bytes), (uint32_t)(at / WORD) };
		__builtin_prefetch(&slots[found[waiting++].hash & (count - 1)], 1);
		if (waiting == AHEAD) {
			slots_fill(slots, count, found, waiting);
			waiting = 0;
		}
	}
	slots_fill(slots, count, found, waiting);
	free(p->slots);
	p->slots = slots;
	p->slot_count = count;
	return true;
}

static bool room_make(struct pool *p, size_t bytes)
{
	if (p->at && p->bytes + bytes <= p->room)
		return true;
	size_t room = p->room ? p->room * 2 : FIRST_ROOM;
	if (room < p->bytes + bytes)
		room = p->bytes + bytes;
	uint8_t *at = realloc(p->at, room);
	if (!at)
		return false;
	p->at = at;
	p->room = room;
	return true;
}

void pool_expect(const struct pool *p, uint64_t hash)
{
	if (p->slot_count)
		__builtin_prefetch(&p->slots[hash & (p->slot_count - 1)], 1);
}

enum ind_err pool_put(struct pool *p, const void *piece, size_t bytes, uint32_t *number)
{
	return pool_put_hashed(p, piece, bytes, pool_hash(p, piece, bytes), number);
}

enum ind_err pool_put_hashed(struct pool *p, const void *piece, size_t bytes, uint64_t hash, uint32_t *number)
{
	size_t all = whole_bytes(bytes);
	if (!slots_make(p))
		return IND_NOMEM;
	size_t slot = slot_of(p, piece, bytes, hash);
	if (p->slots[slot]) {
		*number = slot_number(p->slots[slot]);
		return IND_OK;
	}
	if (bytes > UINT32_MAX || p->bytes + all > UINT32_MAX)
		return IND_LIMIT;
	if (!room_make(p, all))
		return IND_NOMEM;
	*number = (uint32_t)(p->bytes / WORD);
	p->bytes += all;
	memset(p->at + p->bytes - WORD, 0, WORD);
	head_of(p, *number)[0] = (uint32_t)bytes;
	head_of(p, *number)[1] = 0;
	if (bytes)
		memcpy(head_of(p, *number) + HEAD_WORDS, piece, bytes);
	p->slots[slot] = *number | slot_mark(hash);
	p->pieces++;
	return IND_OK;
}

uint32_t pool_find(const struct pool *p, const void *piece, size_t bytes)
{
	return p->slot_count ? slot_number(p->slots[slot_of(p, piece, bytes, pool_hash(p, piece, bytes))]) : 0;
}
