/* SPDX-License-Identifier: Apache-2.0 */
#include "base/tally.h"
#include "support/suite.h"

enum { MOST = 1 << 23 };

/* Neighbours, far ones and equal remainders: a weak key of a table that grows. */
static uint64_t key_of(uint64_t i) { return (i + 1) * UINT64_C(0x9E3779B97F4A7C15); }

START_TEST(each_key_is_new_once)
{
	struct tally t = { 0 };
	for (uint64_t i = 0; i < 100000; i++)
		ck_assert_int_eq(tally_add(&t, key_of(i)), 1);
	for (uint64_t i = 0; i < 100000; i++)
		ck_assert_int_eq(tally_add(&t, key_of(i)), 0);
	ck_assert_uint_eq(t.used, 100000);
	tally_free(&t);
}
END_TEST

START_TEST(zero_is_a_key)
{
	struct tally t = { 0 };
	ck_assert_int_eq(tally_add(&t, 0), 1);
	ck_assert_int_eq(tally_add(&t, 0), 0);
	tally_free(&t);
}
END_TEST

START_TEST(at_its_limit_it_knows_what_it_met_and_takes_no_more)
{
	struct tally t = { 0 };
	uint64_t taken = 0;
	while (taken < MOST && tally_add(&t, key_of(taken)) == 1)
		taken++;
	ck_assert_uint_eq(taken, MOST);
	ck_assert_int_eq(tally_add(&t, key_of(MOST)), -1);
	ck_assert_int_eq(tally_add(&t, key_of(0)), 0);
	ck_assert_int_eq(tally_add(&t, key_of(MOST - 1)), 0);
	ck_assert_uint_eq(t.room, 2 * MOST);
	tally_free(&t);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("tally");
	tcase_add_test(t, each_key_is_new_once);
	tcase_add_test(t, zero_is_a_key);
	tcase_add_test(t, at_its_limit_it_knows_what_it_met_and_takes_no_more);
	return suite_run("base.tally", t);
}
