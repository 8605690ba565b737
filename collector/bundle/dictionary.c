/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/dictionary.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 1 << 12, HASHED_MAX_BYTES = 512, REFERENCE_NEW = 1, REFERENCE_FIRST = 2 };
static const uint64_t slot_hash_mask = UINT64_MAX << 32;

enum ind_err dictionary_start(struct dictionary *d, unsigned lengths_column, unsigned bytes_column)
{
	*d = (struct dictionary){ .lengths = (uint8_t)lengths_column, .bytes = (uint8_t)bytes_column };
	return hash_random(&d->key, sizeof d->key);
}

void dictionary_clear(struct dictionary *d)
{
	if (d->entries)
		memset(d->slots, 0, d->slot_count * sizeof *d->slots);
	d->entries = 0;
}

void dictionary_free(struct dictionary *d)
{
	free(d->slots);
	free(d->offsets);
	*d = (struct dictionary){ 0 };
}

static uint64_t value_hash(const struct dictionary *d, const char *value, size_t bytes)
{
	uint64_t words[HASHED_MAX_BYTES / 8 + 2];
	size_t hashed = bytes < HASHED_MAX_BYTES ? bytes : HASHED_MAX_BYTES;
	size_t count = (hashed + 7) / 8;
	words[count] = 0;
	if (count)
		words[count - 1] = 0;
	memcpy(words, value, hashed);
	words[count] = bytes;
	return hash_words(&d->key, words, count + 1);
}

static size_t slot_of(const uint64_t *slots, size_t count, uint64_t hash)
{
	size_t at = hash & (count - 1);
	while (slots[at])
		at = (at + 1) & (count - 1);
	return at;
}

/* At most half full. The home of a slot is not kept, so growing hashes the values again. */
static bool slots_grow(struct dictionary *d, const struct batch *b)
{
	size_t count = d->slot_count ? d->slot_count * 2 : FIRST_SLOTS;
	uint64_t *slots = calloc(count, sizeof *slots);
	if (!slots)
		return false;
	for (size_t e = 0; e < d->entries; e++) {
		const char *value = (const char *)b->column[d->bytes].bytes + d->offsets[e];
		uint64_t hash = value_hash(d, value, b->column[d->lengths].numbers[e]);
		slots[slot_of(slots, count, hash)] = (hash & slot_hash_mask) | (e + 1);
	}
	free(d->slots);
	d->slots = slots;
	d->slot_count = count;
	return true;
}

static bool make_room(struct dictionary *d, struct batch *b)
{
	if (d->entries == d->entry_capacity) {
		size_t capacity = d->entry_capacity ? d->entry_capacity * 2 : FIRST_SLOTS;
		size_t *offsets = realloc(d->offsets, capacity * sizeof *offsets);
		if (!offsets)
			return false;
		d->offsets = offsets;
		d->entry_capacity = capacity;
	}
	return d->entries * 2 < d->slot_count || slots_grow(d, b);
}

static bool entry_is(const struct dictionary *d, const struct batch *b, size_t entry, const char *value, size_t bytes)
{
	return b->column[d->lengths].numbers[entry] == bytes && memcmp(b->column[d->bytes].bytes + d->offsets[entry], value, bytes) == 0;
}

uint64_t dictionary_ref(struct dictionary *d, struct batch *b, const char *value, size_t bytes)
{
	if (bytes == 0 || b->failed)
		return 0;
	if (!make_room(d, b)) {
		b->failed = true;
		return 0;
	}
	uint64_t hash = value_hash(d, value, bytes);
	size_t at = hash & (d->slot_count - 1);
	for (; d->slots[at]; at = (at + 1) & (d->slot_count - 1)) {
		size_t entry = (uint32_t)d->slots[at] - 1;
		if ((d->slots[at] & slot_hash_mask) == (hash & slot_hash_mask) && entry_is(d, b, entry, value, bytes))
			return entry + REFERENCE_FIRST;
	}
	d->offsets[d->entries] = b->column[d->bytes].count;
	d->slots[at] = (hash & slot_hash_mask) | ++d->entries;
	batch_put(b, d->lengths, bytes);
	batch_put_bytes(b, d->bytes, value, bytes);
	return REFERENCE_NEW;
}

bool dictionary_resolve(struct batch *b, unsigned first, unsigned last, unsigned lengths_column)
{
	uint64_t entries = 0, end = 0;
	for (size_t i = 0; i < b->column[first].count; i++)
		for (unsigned k = first; k <= last; k++) {
			uint64_t *reference = &b->column[k].numbers[i];
			if (*reference == REFERENCE_NEW)
				*reference = ++entries;
			else if (*reference && --*reference > entries)
				return false;
		}
	struct column *lengths = &b->column[lengths_column];
	for (size_t i = 0; i < lengths->count; i++)
		end = lengths->numbers[i] += end;
	return true;
}

struct ind_text dictionary_text(const struct batch *b, uint64_t reference, unsigned lengths_column, unsigned bytes_column)
{
	if (reference == 0)
		return (struct ind_text){ NULL, 0 };
	const uint64_t *ends = b->column[lengths_column].numbers;
	uint64_t start = reference > 1 ? ends[reference - 2] : 0;
	return (struct ind_text){ (const char *)b->column[bytes_column].bytes + start, (uint16_t)(ends[reference - 1] - start) };
}
