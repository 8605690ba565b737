/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/chain.h"
#include "support/suite.h"

#include <string.h>

enum { MOST = 200 };
static struct ind_verify_result results[MOST];
static struct chain_link links[MOST];
static size_t count, asked_at, asked;
static struct ind_kept_head asked_head;
static bool held;

static void start(void)
{
	memset(results, 0, sizeof results);
	memset(links, 0, sizeof links);
	count = asked = 0;
	held = false;
}

/* Roots follow from stream, place and branch, as hashes would. */
static void root_make(uint8_t root[static IND_SHA256_BYTES], uint8_t stream, uint64_t leaves, uint8_t branch)
{
	memset(root, 0, IND_SHA256_BYTES);
	root[0] = stream;
	root[1] = branch;
	memcpy(root + 2, &leaves, sizeof leaves);
}

static struct ind_verify_result *add_branch(enum ind_verdict verdict, uint8_t stream, uint64_t first_leaf, uint64_t leaves, uint8_t before, uint8_t branch)
{
	struct ind_verify_result *r = &results[count];
	*r = (struct ind_verify_result){
		.verdict = verdict, .reason = "", .stream_id = { stream }, .first_leaf = first_leaf, .leaves = leaves, .authenticated_leaves = leaves,
		.head_held = IND_ABSENT_U64, .head_differing = IND_ABSENT_U64, .head_beyond = IND_ABSENT_U64,
	};
	root_make(r->previous_root, stream, first_leaf, before);
	root_make(r->root, stream, first_leaf + leaves - 1, branch);
	root_make(r->end_root, stream, first_leaf + leaves, branch);
	links[count++].result = r;
	return r;
}

static struct ind_verify_result *add(enum ind_verdict verdict, uint8_t stream, uint64_t first_leaf, uint64_t leaves)
{
	return add_branch(verdict, stream, first_leaf, leaves, 0, 0);
}

static bool holds(void *ctx, size_t at, const struct ind_kept_head *head)
{
	(void)ctx;
	asked++;
	asked_at = at;
	asked_head = *head;
	return held;
}

static void judge(void) { ck_assert(chain_judge(links, count, holds, NULL)); }

START_TEST(a_gap_between_two_bundles_is_found)
{
	add(IND_VERDICT_VALID, 1, 9, 9);
	add(IND_VERDICT_VALID, 1, 18, 2);
	add(IND_VERDICT_VALID, 1, 25, 5);
	add(IND_VERDICT_VALID, 1, 30, 1);
	judge();
	for (size_t i = 0; i < count; i++) {
		ck_assert_int_eq(links[i].has_gap, i == 2);
		ck_assert_int_eq(results[i].verdict, IND_VERDICT_VALID);
		ck_assert(!links[i].rollback_excluded);
	}
	ck_assert_uint_eq(links[2].gap_from, 20);
	ck_assert_uint_eq(asked, 0);
}
END_TEST

START_TEST(the_order_of_the_inputs_does_not_matter)
{
	add(IND_VERDICT_VALID, 1, 25, 5);
	add(IND_VERDICT_VALID, 1, 0, 20);
	judge();
	ck_assert(links[0].has_gap && !links[1].has_gap);
	ck_assert_uint_eq(links[0].gap_from, 20);
}
END_TEST

START_TEST(streams_are_apart)
{
	for (unsigned i = 0; i < 99; i++)
		add(IND_VERDICT_VALID, (uint8_t)i, i, 5);
	for (unsigned i = 0; i < 99; i++)
		add(IND_VERDICT_VALID, (uint8_t)i, i + 5, 5);
	add(IND_VERDICT_VALID, 50, 61, 1);
	judge();
	for (size_t i = 0; i < count; i++)
		ck_assert_int_eq(links[i].has_gap, i + 1 == count);
	ck_assert_uint_eq(links[count - 1].gap_from, 60);
}
END_TEST

/* What no trusted seal covers is not there; what is given twice is no gap and no fork. */
START_TEST(only_what_is_sealed_counts)
{
	add(IND_VERDICT_INCOMPLETE, 1, 0, 7);
	add(IND_VERDICT_UNTRUSTED, 1, 7, 3);
	add(IND_VERDICT_ALTERED, 1, 100, 3);
	add(IND_VERDICT_VALID, 1, 10, 3);
	add(IND_VERDICT_VALID, 1, 10, 3);
	judge();
	ck_assert(links[3].has_gap && links[3].gap_from == 7);
	ck_assert(!links[4].has_gap);
	ck_assert_uint_eq(asked, 0);
}
END_TEST

START_TEST(a_bundle_that_follows_on_another_branch_is_a_fork)
{
	add_branch(IND_VERDICT_VALID, 1, 0, 10, 0, 0);
	add_branch(IND_VERDICT_VALID, 1, 10, 5, 9, 9);
	add_branch(IND_VERDICT_VALID, 2, 0, 10, 0, 0);
	judge();
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(results[i].verdict, IND_VERDICT_ROLLBACK);
		ck_assert_str_eq(results[i].reason, "head_differs");
		ck_assert_uint_eq(links[i].conflict, 1 - i);
		ck_assert_uint_eq(results[i].head_differing, 10);
	}
	ck_assert_int_eq(results[2].verdict, IND_VERDICT_VALID);
	ck_assert_uint_eq(links[2].conflict, CHAIN_NONE);
}
END_TEST

/* The longer one of two that overlap is asked for the last checkpoint of the shorter one, in either order. */
START_TEST(bundles_that_overlap_are_compared)
{
	bool longer_first = _i & 1;
	held = _i & 2;
	add_branch(IND_VERDICT_VALID, 1, longer_first ? 0 : 5, 20, 0, 1);
	add_branch(IND_VERDICT_INCOMPLETE, 1, longer_first ? 5 : 0, 10, 0, 2);
	judge();
	ck_assert_uint_eq(asked, 1);
	ck_assert_uint_eq(asked_at, 0);
	ck_assert_uint_eq(asked_head.size, longer_first ? 14 : 9);
	ck_assert_mem_eq(asked_head.root, results[1].root, IND_SHA256_BYTES);
	for (size_t i = 0; i < 2; i++)
		ck_assert_int_eq(results[i].verdict == IND_VERDICT_ROLLBACK, !held);
}
END_TEST

START_TEST(a_head_behind_the_last_bundle_is_a_rollback_of_that_one)
{
	add(IND_VERDICT_VALID, 1, 0, 10)->head_beyond = 40;
	add(IND_VERDICT_VALID, 1, 10, 10)->head_beyond = 40;
	judge();
	ck_assert_int_eq(results[0].verdict, IND_VERDICT_VALID);
	ck_assert_int_eq(results[1].verdict, IND_VERDICT_ROLLBACK);
	ck_assert_str_eq(results[1].reason, "head_beyond");
}
END_TEST

START_TEST(a_head_excludes_rollback_of_all_before_it_up_to_a_gap)
{
	add(IND_VERDICT_VALID, 1, 0, 10);
	add(IND_VERDICT_VALID, 1, 15, 5);
	add(IND_VERDICT_VALID, 1, 20, 10)->head_held = 25;
	judge();
	ck_assert(!links[0].rollback_excluded); /* leaves are missing behind it */
	ck_assert(links[1].rollback_excluded);
	ck_assert(!links[2].rollback_excluded); /* its end may be another one */
	results[2].head_held = 29;              /* its last checkpoint */
	judge();
	ck_assert(links[2].rollback_excluded);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("chain");
	tcase_add_checked_fixture(t, start, NULL);
	tcase_add_test(t, a_gap_between_two_bundles_is_found);
	tcase_add_test(t, the_order_of_the_inputs_does_not_matter);
	tcase_add_test(t, streams_are_apart);
	tcase_add_test(t, only_what_is_sealed_counts);
	tcase_add_test(t, a_bundle_that_follows_on_another_branch_is_a_fork);
	tcase_add_loop_test(t, bundles_that_overlap_are_compared, 0, 4);
	tcase_add_test(t, a_head_behind_the_last_bundle_is_a_rollback_of_that_one);
	tcase_add_test(t, a_head_excludes_rollback_of_all_before_it_up_to_a_gap);
	return suite_run("cli.chain", t);
}
