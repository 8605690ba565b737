/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/pool.h"
#include "support/suite.h"

#include <string.h>

/* Items that stand across the ends of regions. */
enum { ITEM_BYTES = 192, ITEMS = 50000 };

static struct pool pool;

static void setup(void) { ck_assert_int_eq(pool_init(&pool, ITEM_BYTES, ITEMS), IND_OK); }
static void teardown(void) { pool_release(&pool); }

static void take_all(void)
{
	bool in_order = true;
	for (uint32_t i = 1; i <= ITEMS; i++) {
		in_order &= pool_take(&pool) == i;
		memset(pool_at(&pool, i), (int)(i % 255) + 1, ITEM_BYTES);
	}
	ck_assert(in_order);
	ck_assert_uint_eq(pool_take(&pool), 0);
}

static bool item_is_whole(uint32_t index)
{
	const uint8_t *at = pool_at(&pool, index);
	for (size_t i = 0; i < ITEM_BYTES; i++)
		if (at[i] != index % 255 + 1)
			return false;
	return true;
}

static bool region_is_zero(size_t region)
{
	const uint8_t *at = pool.base + region * POOL_REGION_BYTES;
	for (size_t i = 0; i < POOL_REGION_BYTES; i++)
		if (at[i])
			return false;
	return true;
}

START_TEST(what_is_given_back_is_taken_again)
{
	take_all();
	pool_give(&pool, 7);
	pool_give(&pool, 40000);
	ck_assert_uint_eq(pool_take(&pool), 40000);
	ck_assert_uint_eq(pool_take(&pool), 7);
	ck_assert_uint_eq(pool_take(&pool), 0);
	ck_assert_uint_eq(pool.in_use, ITEMS);
}
END_TEST

/* What it keeps to be taken stands in the first region; a region whose neighbour before it is in use may hold the end of an item. */
START_TEST(a_pool_that_drains_keeps_only_regions_in_use)
{
	uint32_t last_of_first = POOL_REGION_BYTES / ITEM_BYTES, kept = last_of_first * 3 / 2;
	take_all();
	pool_drain_begin(&pool);
	for (uint32_t i = 1; i <= ITEMS; i++)
		if (i != kept && i != last_of_first)
			pool_give(&pool, i);
	ck_assert_uint_eq(pool.in_use, 2);
	ck_assert(item_is_whole(kept));
	ck_assert(item_is_whole(last_of_first)); /* it ends in the second region */
	ck_assert(!region_is_zero(1));
	ck_assert(region_is_zero(3));
	pool_give(&pool, kept);
	ck_assert(item_is_whole(last_of_first));
	ck_assert(region_is_zero(2));
	pool_drain_end(&pool, 1);
	ck_assert_uint_eq(pool.in_use, 1);
	ck_assert_uint_eq(pool_take(&pool), 2);
}
END_TEST

START_TEST(a_pool_that_drains_still_gives)
{
	enum { FREE = 10000, GIVEN = 30000 };
	bool others_stay = true, only_free = true;
	take_all();
	for (uint32_t i = ITEMS; i > ITEMS - FREE; i--)
		pool_give(&pool, i);
	pool_drain_begin(&pool);
	for (uint32_t i = 1; i <= GIVEN; i++) {
		pool_give(&pool, i);
		uint32_t own = pool_take(&pool);
		only_free &= own && (own <= i || own > ITEMS - FREE);
		memset(pool_at(&pool, own), 1, ITEM_BYTES);
		pool_give(&pool, own);
	}
	for (uint32_t i = GIVEN + 1; i <= ITEMS - FREE; i++)
		others_stay &= item_is_whole(i);
	ck_assert(only_free);
	ck_assert(others_stay);
	ck_assert_uint_eq(pool.in_use, ITEMS - FREE - GIVEN);
	ck_assert_uint_eq(pool.spare, POOL_SPARE_MAX);
}
END_TEST

/* Many more than a pool that drains keeps ready: all the same none is given twice. */
START_TEST(what_a_pool_that_drains_gives_is_not_in_use)
{
	static uint8_t given[ITEMS + 1];
	take_all();
	for (uint32_t i = 1; i <= 3 * POOL_SPARE_MAX; i++)
		pool_give(&pool, i);
	pool_drain_begin(&pool);
	uint32_t count = 0;
	bool only_free = true;
	for (uint32_t index; (index = pool_take(&pool)) != 0; count++) {
		only_free &= index <= 3 * POOL_SPARE_MAX && !given[index];
		given[index] = 1;
	}
	ck_assert(only_free);
	ck_assert_uint_eq(count, POOL_SPARE_MAX);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("pool");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_is_given_back_is_taken_again);
	tcase_add_test(t, a_pool_that_drains_keeps_only_regions_in_use);
	tcase_add_test(t, a_pool_that_drains_still_gives);
	tcase_add_test(t, what_a_pool_that_drains_gives_is_not_in_use);
	return suite_run("flow.pool", t);
}
