/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/backoff.h"
#include "support/suite.h"

static void up_to(uint32_t bound)
{
	struct backoff b = { 0 };
	uint32_t whole = BACKOFF_FIRST_MS;
	for (unsigned i = 0; i < 40; i++) {
		struct backoff least = b, most = b;
		ck_assert_uint_eq(backoff_next_ms(&least, bound, 0), whole / 2);
		ck_assert_uint_eq(backoff_next_ms(&most, bound, whole / 2), whole);
		uint32_t any = backoff_next_ms(&b, bound, 0x9e3779b9u * i);
		ck_assert_uint_ge(any, whole / 2);
		ck_assert_uint_le(any, whole);
		whole = whole * 2 < bound ? whole * 2 : bound;
	}
	backoff_reset(&b);
	ck_assert_uint_eq(backoff_next_ms(&b, bound, 0), BACKOFF_FIRST_MS / 2);
}

START_TEST(doubles_up_to_a_bound)
{
	up_to(BACKOFF_MOST_MS);
	up_to(BACKOFF_RARE_MS);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("backoff");
	tcase_add_test(t, doubles_up_to_a_bound);
	return suite_run("backoff", t);
}
