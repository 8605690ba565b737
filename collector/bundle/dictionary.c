/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/dictionary.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 1 << 12, HASHED_MAX_BYTES = 512, REFERENCE_NEW = 1, REFERENCE_FIRST = 2 };

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
	*d = (struct dictionary){ 0 };
}

uint32_t dictionary_hash(const struct dictionary *d, const char *value, size_t bytes)
{
	uint64_t words[HASHED_MAX_BYTES / 8 + 2];
	size_t hashed = bytes < HASHED_MAX_BYTES ? bytes : HASHED_MAX_BYTES;
	size_t count = (hashed + 7) / 8;
	if (hashed == 0)
		return 0;
	words[count - 1] = 0;
	memcpy(words, value, hashed);
	words[count] = bytes;
	uint32_t hash = (uint32_t)hash_words(&d->key, words, count + 1);
	if (d->slot_count)
		__builtin_prefetch(&d->slots[hash & (d->slot_count - 1)]);
	return hash;
}

static struct dictionary_slot *free_slot(struct dictionary_slot *slots, size_t count, uint32_t hash)
{
	size_t at = hash & (count - 1);
	while (slots[at].entry)
		at = (at + 1) & (count - 1);
	return &slots[at];
}

/* At most half full. */
static bool make_room(struct dictionary *d)
{
	size_t count = d->slot_count ? d->slot_count * 2 : FIRST_SLOTS;
	if (d->entries * (size_t)2 < d->slot_count)
		return true;
	struct dictionary_slot *slots = calloc(count, sizeof *slots);
	if (!slots)
		return false;
	for (size_t i = 0; i < d->slot_count; i++)
		if (d->slots[i].entry)
			*free_slot(slots, count, d->slots[i].hash) = d->slots[i];
	free(d->slots);
	d->slots = slots;
	d->slot_count = count;
	return true;
}

uint64_t dictionary_ref(struct dictionary *d, struct batch *b, uint32_t hash, const char *value, size_t bytes)
{
	if (bytes == 0 || b->failed)
		return 0;
	if (!make_room(d)) {
		b->failed = true;
		return 0;
	}
	const uint8_t *texts = b->column[d->bytes].bytes;
	size_t at = hash & (d->slot_count - 1);
	for (const struct dictionary_slot *s; (s = &d->slots[at])->entry; at = (at + 1) & (d->slot_count - 1))
		if (s->hash == hash && s->bytes == bytes && memcmp(texts + s->offset, value, bytes) == 0)
			return s->entry - 1 + REFERENCE_FIRST;
	d->slots[at] = (struct dictionary_slot){ hash, ++d->entries, (uint32_t)b->column[d->bytes].count, (uint32_t)bytes };
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
