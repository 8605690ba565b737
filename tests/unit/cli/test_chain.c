/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/chain.h"
#include "support/suite.h"

static struct chain chain;
static struct chain_gap gap;

static void start(void) { chain = (struct chain){ 0 }; }
static void stop(void) { chain_free(&chain); }

static bool follow(enum ind_verdict verdict, uint8_t stream, uint64_t first_leaf, uint64_t leaves)
{
	struct ind_verify_result r = { .verdict = verdict, .stream_id = { stream }, .first_leaf = first_leaf, .authenticated_leaves = leaves };
	gap = (struct chain_gap){ 0 };
	return chain_follow(&chain, &r, &gap);
}

START_TEST(a_gap_between_two_bundles_is_found)
{
	ck_assert(!follow(IND_VERDICT_VALID, 1, 9, 9));
	ck_assert(!follow(IND_VERDICT_VALID, 1, 18, 2));
	ck_assert(follow(IND_VERDICT_VALID, 1, 25, 5));
	ck_assert(gap.from == 20 && gap.to == 25);
	ck_assert(!follow(IND_VERDICT_VALID, 1, 30, 1));
}
END_TEST

START_TEST(streams_are_apart)
{
	for (unsigned i = 0; i < 100; i++)
		ck_assert(!follow(IND_VERDICT_VALID, (uint8_t)i, i, 5));
	for (unsigned i = 0; i < 100; i++)
		ck_assert(!follow(IND_VERDICT_VALID, (uint8_t)i, i + 5, 5));
	ck_assert(follow(IND_VERDICT_VALID, 50, 61, 1));
	ck_assert(gap.from == 60 && gap.to == 61);
}
END_TEST

/* What no trusted seal covers is not there; what is given again or out of order is no gap. */
START_TEST(only_what_is_sealed_counts)
{
	ck_assert(!follow(IND_VERDICT_INCOMPLETE, 1, 0, 7));
	ck_assert(!follow(IND_VERDICT_UNTRUSTED, 1, 7, 3));
	ck_assert(!follow(IND_VERDICT_ALTERED, 1, 100, 3));
	ck_assert(follow(IND_VERDICT_VALID, 1, 10, 3));
	ck_assert(gap.from == 7 && gap.to == 10);
	ck_assert(!follow(IND_VERDICT_VALID, 1, 0, 10));
	ck_assert(!follow(IND_VERDICT_VALID, 1, 13, 3));
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("chain");
	tcase_add_checked_fixture(t, start, stop);
	tcase_add_test(t, a_gap_between_two_bundles_is_found);
	tcase_add_test(t, streams_are_apart);
	tcase_add_test(t, only_what_is_sealed_counts);
	return suite_run("cli.chain", t);
}
