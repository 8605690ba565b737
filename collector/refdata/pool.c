/* SPDX-License-Identifier: Apache-2.0 */
#include "refdata/pool.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 1 << 8, FIRST_ROOM = 1 << 12, HEAD_WORDS = 2, WORD = 4 };

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

static uint64_t hash_of(const struct pool *p, const void *piece, size_t bytes)
{
	uint64_t h = bytes;
	for (size_t at = 0; at < bytes; at += 2 * sizeof h) {
		uint64_t words[3] = { 0, 0, h };
		memcpy(words, (const uint8_t *)piece + at, bytes - at < 2 * sizeof h ? bytes - at : 2 * sizeof h);
		h = hash_words(&p->key, words, 3);
	}
	return h;
}

/* Where the piece is, or the free slot where it belongs. */
static size_t slot_of(const struct pool *p, const void *piece, size_t bytes)
{
	size_t at = hash_of(p, piece, bytes) & (p->slot_count - 1);
	for (; p->slots[at]; at = (at + 1) & (p->slot_count - 1)) {
		size_t held_bytes;
		const void *held = pool_get(p, p->slots[at], &held_bytes);
		if (held_bytes == bytes && memcmp(held, piece, bytes) == 0)
			break;
	}
	return at;
}

static bool slots_make(struct pool *p)
{
	uint32_t *old = p->slots;
	size_t old_count = p->slot_count, count = old_count ? old_count * 2 : FIRST_SLOTS;
	if (p->pieces * 2 < old_count)
		return true;
	uint32_t *slots = calloc(count, sizeof *slots);
	if (!slots)
		return false;
	p->slots = slots;
	p->slot_count = count;
	for (size_t i = 0; i < old_count; i++)
		if (old[i]) {
			size_t bytes;
			const void *piece = pool_get(p, old[i], &bytes);
			p->slots[slot_of(p, piece, bytes)] = old[i];
		}
	free(old);
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

enum ind_err pool_put(struct pool *p, const void *piece, size_t bytes, uint32_t *number)
{
	size_t padded = (bytes + WORD - 1) / WORD * WORD, all = HEAD_WORDS * WORD + padded;
	if (!slots_make(p))
		return IND_NOMEM;
	size_t slot = slot_of(p, piece, bytes);
	if (p->slots[slot]) {
		*number = p->slots[slot];
		return IND_OK;
	}
	if (bytes > UINT32_MAX || p->bytes + all > UINT32_MAX)
		return IND_LIMIT;
	if (!room_make(p, all))
		return IND_NOMEM;
	*number = (uint32_t)(p->bytes / WORD);
	memset(p->at + p->bytes, 0, all);
	head_of(p, *number)[0] = (uint32_t)bytes;
	if (bytes)
		memcpy(head_of(p, *number) + HEAD_WORDS, piece, bytes);
	p->bytes += all;
	p->slots[slot] = *number;
	p->pieces++;
	return IND_OK;
}

uint32_t pool_find(const struct pool *p, const void *piece, size_t bytes) { return p->slot_count ? p->slots[slot_of(p, piece, bytes)] : 0; }
