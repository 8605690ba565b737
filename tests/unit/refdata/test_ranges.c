/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges against a plain search through all of them. */
#include "refdata/ranges.h"
#include "support/suite.h"
#include <stdlib.h>
#include <string.h>

enum { RANGES = 400, KEYS = 2000 };

struct plain { uint32_t first[4], last[4]; uint32_t value; };

static uint64_t state = 88172645463325252;
static uint32_t chance(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32);
}

static int order(const uint32_t *a, const uint32_t *b, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* A key in a small part of the space, so that ranges meet. */
static void key_make(uint32_t key[4], unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		key[i] = i + 1 == width ? chance() % 5000 : chance() % 2;
}

/* A prefix, so that ranges nest or are apart; the value tells which was added when. */
static void prefix_make(struct plain *p, unsigned width, uint32_t value)
{
	uint32_t below = (UINT32_C(1) << chance() % 10) - 1;
	key_make(p->first, width);
	memcpy(p->last, p->first, sizeof p->last);
	p->first[width - 1] &= ~below;
	p->last[width - 1] |= below;
	p->value = value;
}

static bool holds(const struct plain *p, const uint32_t *key, unsigned width)
{
	return order(p->first, key, width) <= 0 && order(key, p->last, width) <= 0;
}

static bool inside(const struct plain *a, const struct plain *b, unsigned width)
{
	return order(b->first, a->first, width) <= 0 && order(a->last, b->last, width) <= 0;
}

/* Prefixes: the innermost, of equal ones the last. */
static const struct plain *best_of(const struct plain *all, const uint32_t *key, unsigned width)
{
	const struct plain *best = NULL;
	for (unsigned i = 0; i < RANGES; i++)
		if (holds(&all[i], key, width) && (!best || inside(&all[i], best, width)))
			best = &all[i];
	return best;
}

static void compare(unsigned width)
{
	static struct plain all[RANGES];
	struct ranges r;
	ranges_start(&r, width);
	for (uint32_t i = 0; i < RANGES; i++) {
		prefix_make(&all[i], width, i);
		ck_assert_int_eq(ranges_add(&r, all[i].first, all[i].last, i), IND_OK);
	}
	ck_assert_int_eq(ranges_close(&r, NULL), IND_OK);
	for (unsigned i = 0; i < KEYS; i++) {
		uint32_t key[4];
		key_make(key, width);
		const struct plain *best = best_of(all, key, width);
		uint32_t at = ranges_find(&r, key);
		ck_assert_int_eq(at == RANGES_NONE, best == NULL);
		if (best)
			ck_assert_uint_eq(ranges_value(&r, at), best->value);
		for (; at != RANGES_NONE; at = ranges_around(&r, at, key))
			ck_assert(holds(&all[ranges_value(&r, at)], key, width));
	}
	ranges_free(&r);
}

START_TEST(narrow) { for (unsigned i = 0; i < 20; i++) compare(1); }
END_TEST
START_TEST(wide) { for (unsigned i = 0; i < 20; i++) compare(RANGES_KEY_WORDS); }
END_TEST

/* Ranges that overlap without nesting: whatever is found holds the key, and nothing that holds it is missed. */
START_TEST(overlaps)
{
	static struct plain all[RANGES];
	for (unsigned round = 0; round < 20; round++) {
		struct ranges r;
		ranges_start(&r, 1);
		for (uint32_t i = 0; i < RANGES; i++) {
			all[i] = (struct plain){ .first = { chance() % 5000 }, .value = i };
			all[i].last[0] = all[i].first[0] + chance() % 40;
			ck_assert_int_eq(ranges_add(&r, all[i].first, all[i].last, i), IND_OK);
		}
		ck_assert_int_eq(ranges_close(&r, NULL), IND_OK);
		for (uint32_t key = 0; key < 5100; key++) {
			uint32_t at = ranges_find(&r, &key);
			ck_assert_int_eq(at == RANGES_NONE, best_of(all, &key, 1) == NULL);
			ck_assert(at == RANGES_NONE || holds(&all[ranges_value(&r, at)], &key, 1));
		}
		ranges_free(&r);
	}
}
END_TEST

static uint32_t both(uint32_t former, uint32_t latter) { return former << 8 | latter; }

START_TEST(equal_ranges_are_joined)
{
	static const uint32_t ends[][2] = { { 5, 5 }, { 1, 9 }, { 5, 5 }, { 1, 8 }, { 5, 5 }, { 1, 9 } };
	struct ranges r;
	uint32_t key = 5;
	ranges_start(&r, 1);
	for (uint32_t i = 0; i < sizeof ends / sizeof *ends; i++)
		ck_assert_int_eq(ranges_add(&r, &ends[i][0], &ends[i][1], i + 1), IND_OK);
	ranges_value_set(&r, 0, 7);
	ck_assert_int_eq(ranges_close(&r, both), IND_OK);
	ck_assert_uint_eq(r.count, 3);
	uint32_t at = ranges_find(&r, &key);
	ck_assert_uint_eq(ranges_value(&r, at), 0x70305);
	at = ranges_around(&r, at, &key);
	ck_assert_uint_eq(ranges_value(&r, at), 4);
	at = ranges_around(&r, at, &key);
	ck_assert_uint_eq(ranges_value(&r, at), 0x206);
	ck_assert_uint_eq(ranges_around(&r, at, &key), RANGES_NONE);
	ranges_free(&r);
}
END_TEST

START_TEST(ends_of_the_space)
{
	struct ranges r;
	uint32_t low = 0, high = UINT32_MAX, half = UINT32_C(1) << 31, key = 7;
	ranges_start(&r, 1);
	ck_assert_int_eq(ranges_close(&r, NULL), IND_OK);
	ck_assert_int_eq(ranges_add(&r, &low, &high, 1), IND_OK);
	ck_assert_int_eq(ranges_add(&r, &half, &high, 2), IND_OK);
	ck_assert_int_eq(ranges_close(&r, NULL), IND_OK);
	ck_assert_uint_eq(ranges_value(&r, ranges_find(&r, &high)), 2);
	ck_assert_uint_eq(ranges_value(&r, ranges_find(&r, &low)), 1);
	ck_assert_uint_eq(ranges_prefix(&r, ranges_find(&r, &high), &high), 1);
	ck_assert_uint_eq(ranges_prefix(&r, ranges_find(&r, &key), &key), 0);
	ranges_free(&r);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("ranges");
	tcase_add_test(t, narrow);
	tcase_add_test(t, wide);
	tcase_add_test(t, overlaps);
	tcase_add_test(t, equal_ranges_are_joined);
	tcase_add_test(t, ends_of_the_space);
	return suite_run("refdata.ranges", t);
}
