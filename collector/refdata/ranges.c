/* SPDX-License-Identifier: Apache-2.0 */
#include "refdata/ranges.h"

#include <stdlib.h>
#include <string.h>

/* Prefixes nest at most 129 deep, with RANGES_EQUAL_MAX of each; only ranges that are no prefixes can go deeper. */
enum { DEPTH_MAX = 129 * RANGES_EQUAL_MAX, SAMPLE_EVERY = 64, FIRST_ROOM = 1024, LINK_WORDS = 2 };
static const size_t count_max = UINT32_MAX - 1;

void ranges_start(struct ranges *r, unsigned width) { *r = (struct ranges){ .width = width }; }

void ranges_free(struct ranges *r)
{
	free(r->words);
	free(r->samples);
	*r = (struct ranges){ 0 };
}

static size_t stride(const struct ranges *r) { return 2 * r->width + LINK_WORDS; }
static const uint32_t *first_of(const struct ranges *r, size_t at) { return r->words + at * stride(r); }
static const uint32_t *last_of(const struct ranges *r, size_t at) { return first_of(r, at) + r->width; }
static uint32_t *around_of(const struct ranges *r, size_t at) { return r->words + at * stride(r) + 2 * r->width; }

uint32_t ranges_value(const struct ranges *r, uint32_t at) { return around_of(r, at)[1]; }
void ranges_value_set(struct ranges *r, uint32_t at, uint32_t value) { around_of(r, at)[1] = value; }

static int key_order(const uint32_t *a, const uint32_t *b, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* By first key; of those that start together the widest comes first. */
static int range_order(const uint32_t *a, const uint32_t *b, unsigned width)
{
	int order = key_order(a, b, width);
	if (order == 0)
		order = key_order(b + width, a + width, width);
	return order;
}

static bool room_make(struct ranges *r)
{
	if (r->count < r->room)
		return true;
	size_t room = r->room ? r->room * 2 : FIRST_ROOM;
	uint32_t *words = realloc(r->words, room * stride(r) * sizeof *words);
	if (!words)
		return false;
	r->words = words;
	r->room = room;
	return true;
}

enum ind_err ranges_add(struct ranges *r, const uint32_t *first, const uint32_t *last, uint32_t value)
{
	if (r->count == count_max)
		return IND_LIMIT;
	if (!room_make(r))
		return IND_NOMEM;
	uint32_t *at = r->words + r->count * stride(r);
	memcpy(at, first, r->width * sizeof *at);
	memcpy(at + r->width, last, r->width * sizeof *at);
	at[2 * r->width] = (uint32_t)r->count;
	at[2 * r->width + 1] = value;
	r->unsorted = r->unsorted || (r->count && range_order(at - stride(r), at, r->width) > 0);
	r->count++;
	return IND_OK;
}

/* The word that will hold the range around holds the order of adding until then: equal ranges keep it. */
static int order_narrow(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	int order = range_order(x, y, 1);
	return order ? order : x[2] < y[2] ? -1 : 1;
}

static int order_wide(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	int order = range_order(x, y, RANGES_KEY_WORDS);
	return order ? order : x[2 * RANGES_KEY_WORDS] < y[2 * RANGES_KEY_WORDS] ? -1 : 1;
}

/* Equal ranges become one. */
static void equals_join(struct ranges *r, ranges_join *join)
{
	size_t kept = 0, words = stride(r);
	for (size_t i = 0; i < r->count; i++) {
		if (kept && range_order(first_of(r, kept - 1), first_of(r, i), r->width) == 0) {
			ranges_value_set(r, (uint32_t)kept - 1, join(ranges_value(r, (uint32_t)kept - 1), ranges_value(r, (uint32_t)i)));
			continue;
		}
		memmove(r->words + kept * words, r->words + i * words, words * sizeof *r->words);
		kept++;
	}
	r->count = kept;
}

/* Of equal ranges the last RANGES_EQUAL_MAX with different values stay. */
static void equals_drop(struct ranges *r)
{
	size_t kept = 0, equal = 0, words = stride(r);
	for (size_t i = 0; i < r->count; i++) {
		bool again = kept && range_order(first_of(r, kept - 1), first_of(r, i), r->width) == 0;
		equal = again ? equal : 0;
		if (again && ranges_value(r, (uint32_t)kept - 1) == ranges_value(r, (uint32_t)i))
			continue;
		if (equal == RANGES_EQUAL_MAX) {
			memmove(r->words + (kept - equal) * words, r->words + (kept - equal + 1) * words, (equal - 1) * words * sizeof *r->words);
			kept--;
			equal--;
		}
		memmove(r->words + kept * words, r->words + i * words, words * sizeof *r->words);
		kept++;
		equal++;
	}
	r->count = kept;
}

/* The range around one is the nearest before it that reaches as far: what lies between ends earlier, and is skipped by whoever follows. */
static enum ind_err link_all(struct ranges *r)
{
	uint16_t *depth = malloc(r->count * sizeof *depth);
	bool deep = false;
	if (!depth)
		return IND_NOMEM;
	for (size_t i = 0; i < r->count && !deep; i++) {
		uint32_t before = i ? (uint32_t)i - 1 : RANGES_NONE;
		while (before != RANGES_NONE && key_order(last_of(r, before), last_of(r, i), r->width) < 0)
			before = *around_of(r, before);
		*around_of(r, i) = before;
		depth[i] = before == RANGES_NONE ? 1 : (uint16_t)(depth[before] + 1);
		deep = depth[i] > DEPTH_MAX;
	}
	free(depth);
	return deep ? IND_LIMIT : IND_OK;
}

static enum ind_err samples_take(struct ranges *r)
{
	r->sample_count = (r->count + SAMPLE_EVERY - 1) / SAMPLE_EVERY;
	r->samples = malloc(r->sample_count * r->width * sizeof *r->samples);
	if (!r->samples)
		return IND_NOMEM;
	for (size_t i = 0; i < r->sample_count; i++)
		memcpy(r->samples + i * r->width, first_of(r, i * SAMPLE_EVERY), r->width * sizeof *r->samples);
	return IND_OK;
}

enum ind_err ranges_close(struct ranges *r, ranges_join *join)
{
	if (r->count == 0)
		return IND_OK;
	if (r->unsorted)
		qsort(r->words, r->count, stride(r) * sizeof *r->words, r->width == 1 ? order_narrow : order_wide);
	if (join)
		equals_join(r, join);
	else
		equals_drop(r);
	uint32_t *words = realloc(r->words, r->count * stride(r) * sizeof *words);
	if (words) {
		r->words = words;
		r->room = r->count;
	}
	enum ind_err err = link_all(r);
	return err ? err : samples_take(r);
}

/* How many of the `count` keys, `step` words apart, are not above the key. */
static size_t not_above(const uint32_t *keys, size_t step, size_t count, const uint32_t *key, unsigned width)
{
	size_t low = 0, high = count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (key_order(keys + middle * step, key, width) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint32_t holding(const struct ranges *r, uint32_t at, const uint32_t *key)
{
	while (at != RANGES_NONE && key_order(last_of(r, at), key, r->width) < 0)
		at = *around_of(r, at);
	return at;
}

uint32_t ranges_find(const struct ranges *r, const uint32_t *key)
{
	size_t block = not_above(r->samples, r->width, r->sample_count, key, r->width);
	if (block == 0)
		return RANGES_NONE;
	size_t from = (block - 1) * SAMPLE_EVERY, count = r->count - from < SAMPLE_EVERY ? r->count - from : SAMPLE_EVERY;
	return holding(r, (uint32_t)(from + not_above(first_of(r, from), stride(r), count, key, r->width) - 1), key);
}

uint32_t ranges_around(const struct ranges *r, uint32_t at, const uint32_t *key) { return holding(r, *around_of(r, at), key); }

/* The block of 2^n keys around a key: its first and last. */
static void block_of(const uint32_t *key, unsigned width, unsigned n, uint32_t *first, uint32_t *last)
{
	for (unsigned i = width; i-- > 0;) {
		uint32_t below = n >= 32 ? UINT32_MAX : (UINT32_C(1) << n) - 1;
		first[i] = key[i] & ~below;
		last[i] = key[i] | below;
		n = n >= 32 ? n - 32 : 0;
	}
}

unsigned ranges_prefix(const struct ranges *r, uint32_t at, const uint32_t *key)
{
	uint32_t first[RANGES_KEY_WORDS], last[RANGES_KEY_WORDS];
	unsigned bits = 32 * r->width, n = 0;
	while (n < bits) {
		block_of(key, r->width, n + 1, first, last);
		if (key_order(first, first_of(r, at), r->width) < 0 || key_order(last, last_of(r, at), r->width) > 0)
			break;
		n++;
	}
	return bits - n;
}
