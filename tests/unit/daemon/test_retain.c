/* SPDX-License-Identifier: Apache-2.0 */
/* Which bundles are to go, and by which time. */
#include "daemon/retain.h"
#include "support/suite.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define S UINT64_C(1000000000)

static const uint64_t day = 86400 * S, year = 365 * 86400 * S;

static struct retain_shelf shelf;
static struct retain_now now;
static const uint8_t current[IND_STREAM_ID_BYTES] = { 9 };

static void put(const char *name, unsigned stream, uint64_t leaf, uint64_t created_s, uint64_t bytes)
{
	struct retain_bundle b = { .first_leaf = leaf, .created_ns = created_s * S, .bytes = bytes, .there = true, .sides = 1 };
	snprintf(b.name, sizeof b.name, "%s", name);
	b.stream_id[0] = (uint8_t)stream;
	ck_assert_int_eq(retain_add(&shelf, &b), IND_OK);
}

/* Three of the stream that goes on, one of a stream before it; the clock went back before the last one. */
static void setup(void)
{
	shelf = (struct retain_shelf){ 0 };
	now = (struct retain_now){ .time_ns = 1000 * S, .boottime_ns = 5000 * S, .free_bytes = UINT64_MAX };
	put("c", 9, 20, 500, 30);
	put("d", 9, 30, 100, 40);
	put("a", 3, 70, 990, 10);
	put("b", 9, 10, 400, 20);
	retain_order(&shelf, current);
}

static void teardown(void) { retain_free(&shelf); }

static const char *chosen(const struct retain_limits *limits, enum retain_reason *reason)
{
	struct retain_choice c = retain_choose(&shelf, limits, &now);
	*reason = c.reason;
	return c.reason == RETAIN_NONE ? "" : shelf.list[c.at].name;
}

static void wants(struct retain_limits limits, const char *name, enum retain_reason reason)
{
	enum retain_reason got;
	const char *which = chosen(&limits, &got);
	ck_assert_msg(strcmp(which, name) == 0 && got == reason, "'%s' for %d instead of '%s' for %d", which, (int)got, name, (int)reason);
}

START_TEST(streams_and_leaves_are_the_order)
{
	char names[8] = "";
	for (size_t i = 0; i < shelf.count; i++)
		strcat(names, shelf.list[i].name);
	ck_assert_str_eq(names, "abcd");
}
END_TEST

START_TEST(nothing_goes_without_a_limit)
{
	wants((struct retain_limits){ 0 }, "", RETAIN_NONE);
	wants((struct retain_limits){ .count = 4, .bytes = 100, .age_ns = 901 * S, .free_bytes = 1 }, "", RETAIN_NONE);
}
END_TEST

START_TEST(the_oldest_goes)
{
	wants((struct retain_limits){ .count = 3 }, "a", RETAIN_COUNT);
	wants((struct retain_limits){ .bytes = 99 }, "a", RETAIN_BYTES);
	now.free_bytes = 9;
	wants((struct retain_limits){ .free_bytes = 10 }, "a", RETAIN_FREE);
	wants((struct retain_limits){ .free_bytes = 9 }, "", RETAIN_NONE);
	wants((struct retain_limits){ .age_ns = 600 * S }, "b", RETAIN_AGE);
	wants((struct retain_limits){ .age_ns = 900 * S }, "d", RETAIN_AGE);
	shelf.list[2].retain_until_s = 1000;
	wants((struct retain_limits){ 0 }, "c", RETAIN_UNTIL);
	now.time_ns--;
	wants((struct retain_limits){ 0 }, "", RETAIN_NONE);
}
END_TEST

/* A disk that is too small for one bundle does not take the one that was just sealed; a date does. */
START_TEST(the_last_one_stays_for_space)
{
	while (shelf.count > 1)
		retain_remove(&shelf, 0);
	now.free_bytes = 0;
	wants((struct retain_limits){ .bytes = 1, .free_bytes = 1000 }, "", RETAIN_NONE);
	wants((struct retain_limits){ .age_ns = S }, "d", RETAIN_AGE);
}
END_TEST

START_TEST(a_hold_is_outside_of_all_limits)
{
	shelf.list[0].held = shelf.list[1].held = true;
	wants((struct retain_limits){ .count = 2 }, "", RETAIN_NONE);
	wants((struct retain_limits){ .bytes = 70 }, "", RETAIN_NONE);
	wants((struct retain_limits){ .count = 1 }, "c", RETAIN_COUNT);
	shelf.list[0].retain_until_s = 1;
	struct retain_choice c = retain_choose(&shelf, &(struct retain_limits){ 0 }, &now);
	ck_assert(c.reason == RETAIN_NONE && c.held == 1);
}
END_TEST

START_TEST(what_was_not_shipped_stays_but_for_its_date)
{
	struct retain_limits limits = { .count = 2, .shipped = true };
	shelf.list[0].sides = 0;
	wants(limits, "b", RETAIN_COUNT);
	shelf.list[1].sides = 0;
	struct retain_choice c = retain_choose(&shelf, &limits, &now);
	ck_assert(c.reason == RETAIN_NONE && c.unshipped == 2);
	shelf.list[1].retain_until_s = 1;
	wants(limits, "b", RETAIN_UNTIL);
	limits.shipped = false;
	wants(limits, "a", RETAIN_COUNT);
}
END_TEST

START_TEST(a_refusal_is_looked_at_again)
{
	struct retain_limits limits = { .count = 3, .shipped = true };
	retain_refuse(&shelf.list[0], 0, 60 * S, S, now.boottime_ns);
	wants(limits, "", RETAIN_NONE);
	now.boottime_ns += 60 * S;
	wants(limits, "a", RETAIN_COUNT);
}
END_TEST

START_TEST(another_custody_file_is_looked_at_at_once)
{
	struct retain_limits limits = { .count = 3, .shipped = true };
	retain_refuse(&shelf.list[0], 0, 60 * S, 0, now.boottime_ns);
	ck_assert_uint_eq(retain_choose(&shelf, &limits, &now).refused, 1);
	wants(limits, "", RETAIN_NONE);
	shelf.list[0].sides++;
	wants(limits, "a", RETAIN_COUNT);
	retain_refuse(&shelf.list[0], 0, 60 * S, 0, now.boottime_ns);
	wants(limits, "", RETAIN_NONE);
}
END_TEST

/* Five looks a second, at one bundle each, as a quiet sensor has them. */
START_TEST(those_that_are_refused_let_the_others_go)
{
	enum { OLD = 1500 };
	struct retain_limits limits = { .count = 1, .shipped = true };
	retain_free(&shelf);
	for (uint64_t i = 0; i < OLD + 2; i++)
		put(i < OLD ? "released by a stranger" : i == OLD ? "shipped" : "newest", 9, i, 100 + i, 1);
	retain_order(&shelf, current);
	struct retain_choice c = { .at = 0 };
	uint64_t begun_ns = now.boottime_ns;
	for (; c.at != OLD && now.boottime_ns < begun_ns + 2 * OLD * S; now.boottime_ns += S / 5) {
		c = retain_choose(&shelf, &limits, &now);
		if (c.reason != RETAIN_NONE && c.at < OLD)
			retain_refuse(&shelf.list[c.at], c.refused, 60 * S, 0, now.boottime_ns);
	}
	ck_assert_uint_eq(c.at, OLD);
}
END_TEST

/* The clock that is stepped ten years ahead while the sensor runs makes nothing old until it has stood so for a day. */
START_TEST(a_clock_that_moves_is_believed_after_a_day)
{
	struct retain_clock clock = { 0 };
	const uint64_t years = 315360000 * S;
	ck_assert_uint_eq(retain_clock_ns(&clock, 1000 * S, 10 * S), 1000 * S);
	ck_assert_uint_eq(retain_clock_ns(&clock, 1011 * S, 20 * S), 1011 * S);
	ck_assert_uint_eq(retain_clock_ns(&clock, years, 30 * S), 1021 * S);
	ck_assert_uint_eq(retain_clock_ns(&clock, years + day - S, 29 * S + day), 1020 * S + day);
	ck_assert_uint_eq(retain_clock_ns(&clock, years + day, 30 * S + day), years + day);
	ck_assert_uint_eq(retain_clock_ns(&clock, years + day + S, 31 * S + day), years + day + S);
}
END_TEST

/* A bundle of five minutes, begun at that boottime; the clock is so far ahead of it at its two ends. */
static void put_timed(const char *name, uint8_t boot, uint64_t leaf, uint64_t begun_boot_ns, uint64_t begun_ahead_ns, uint64_t sealed_ahead_ns)
{
	struct retain_bundle b = { .stream_id = { 9 }, .boot_id = { boot }, .first_leaf = leaf, .created_ns = begun_boot_ns + begun_ahead_ns, .begun_boot_ns = begun_boot_ns,
		.sealed_boot_ns = begun_boot_ns + 300 * S, .sealed_ns = begun_boot_ns + 300 * S + sealed_ahead_ns, .there = true, .sides = 1 };
	snprintf(b.name, sizeof b.name, "%s", name);
	b.retain_until_s = (b.created_ns + 90 * day) / S;
	ck_assert_int_eq(retain_add(&shelf, &b), IND_OK);
}

static void times_are(size_t at, uint64_t step_ns, uint64_t set_ns)
{
	const struct retain_bundle *b = &shelf.list[at];
	ck_assert_msg(b->step_ns == step_ns && b->set_ns == set_ns, "%s: step %" PRIu64 ", set %" PRIu64, b->name, b->step_ns, b->set_ns);
}

START_TEST(a_clock_that_was_set_is_that_of_all_of_its_start)
{
	retain_free(&shelf);
	put_timed("other start", 1, 0, 10 * S, 30 * year, 30 * year);
	put_timed("before", 2, 10, 10 * S, 30 * year, 30 * year);
	put_timed("under it", 2, 20, 310 * S, 30 * year, 56 * year);
	put_timed("after", 2, 30, 610 * S, 56 * year, 56 * year + 10 * S);
	put_timed("later start", 3, 40, 10 * S, 57 * year, 57 * year);
	retain_order(&shelf, current);
	times_are(0, 0, 310 * S + 30 * year);
	times_are(1, 26 * year + 10 * S, 320 * S + 56 * year);
	times_are(2, 26 * year + 10 * S, 620 * S + 56 * year);
	times_are(3, 0, 920 * S + 56 * year);
	times_are(4, 0, 310 * S + 57 * year);
	/* What the clock was ahead for a while counts for the bundle that saw it at its end, and no other. */
	put_timed("ahead", 3, 50, 310 * S, 57 * year, 99 * year);
	retain_settle(&shelf);
	times_are(4, 42 * year, 310 * S + 99 * year);
	put_timed("back", 3, 60, 610 * S, 99 * year, 57 * year);
	retain_settle(&shelf);
	times_are(4, 0, 310 * S + 57 * year);
	times_are(5, 42 * year, 610 * S + 99 * year);
	times_are(6, 0, 910 * S + 57 * year);
}
END_TEST

/* Its seal may be of another start of the machine. */
START_TEST(a_recovery_says_nothing_of_other_bundles)
{
	retain_free(&shelf);
	put_timed("a", 1, 0, 10 * S, 30 * year, 30 * year);
	put_timed("b", 1, 10, 310 * S, 30 * year, 56 * year);
	shelf.list[1].recovered = true;
	retain_order(&shelf, current);
	times_are(0, 0, 310 * S + 30 * year);
	times_are(1, 26 * year, 610 * S + 56 * year);
	now.time_ns = 56 * year + 89 * day;
	wants((struct retain_limits){ 0 }, "a", RETAIN_UNTIL);
	retain_remove(&shelf, 0);
	wants((struct retain_limits){ .age_ns = 90 * day }, "b", RETAIN_UNTIL); /* the machine may have been off: the date is kept to */
	shelf.list[0].retain_until_s = 0;
	wants((struct retain_limits){ .age_ns = 90 * day }, "", RETAIN_NONE);
}
END_TEST

START_TEST(what_an_unset_clock_began_is_not_old)
{
	struct retain_limits limits = { .age_ns = 90 * day, .shipped = true };
	retain_free(&shelf);
	put_timed("a", 1, 0, 10 * S, 30 * year, 56 * year);
	retain_order(&shelf, current);
	now.time_ns = 56 * year + 90 * day + 9 * S;
	wants(limits, "", RETAIN_NONE);
	now.time_ns += S;
	wants(limits, "a", RETAIN_UNTIL);
	shelf.list[0].retain_until_s = 0;
	wants(limits, "a", RETAIN_AGE);
	/* A date that came later than the seal is kept to. */
	shelf.list[0].retain_until_s = (56 * year + 311 * S) / S;
	now.time_ns = 56 * year + 310 * S;
	wants(limits, "", RETAIN_NONE);
	now.time_ns += S;
	wants(limits, "a", RETAIN_UNTIL);
}
END_TEST

START_TEST(nothing_is_old_by_a_clock_that_is_doubted)
{
	shelf.list[0].retain_until_s = 1;
	now.doubted = true;
	wants((struct retain_limits){ .age_ns = S }, "", RETAIN_NONE);
	wants((struct retain_limits){ .age_ns = S, .count = 3 }, "a", RETAIN_COUNT);
	now.doubted = false;
	wants((struct retain_limits){ .age_ns = S }, "a", RETAIN_UNTIL);
}
END_TEST

START_TEST(a_clock_that_comes_back_was_never_away)
{
	struct retain_clock clock = { 0 };
	(void)retain_clock_ns(&clock, 2 * day, 10 * S);
	ck_assert_uint_eq(retain_clock_ns(&clock, day, 20 * S), 2 * day + 10 * S);
	ck_assert_uint_eq(retain_clock_ns(&clock, 2 * day + 20 * S, 30 * S), 2 * day + 20 * S);
	ck_assert_uint_eq(retain_clock_ns(&clock, day, 30 * S + day), 3 * day + 20 * S);
}
END_TEST

static const struct { const char *text; bool good; uint64_t age_s, moment_s; } words[] = {
	{ "90d", true, 7776000, 0 }, { "1s", true, 1, 0 }, { "2w", true, 1209600, 0 }, { "12h", true, 43200, 0 }, { "5m", true, 300, 0 },
	{ "2027-03-01", true, 0, 1803859200 }, { "2027-03-01T12:00:00Z", true, 0, 1803902400 },
	{ "90", false, 0, 0 }, { "d", false, 0, 0 }, { "", false, 0, 0 }, { "0d", false, 0, 0 }, { "-1d", false, 0, 0 }, { "1y", false, 0, 0 },
	{ "1dd", false, 0, 0 }, { " 1d", false, 0, 0 }, { "99999999999w", false, 0, 0 }, { "999999999999999999999d", false, 0, 0 }, { "2027-02-30", false, 0, 0 },
	{ "2027-03-01T12:00:00", false, 0, 0 }, { "2027-03-01T12:00:00ZZ", false, 0, 0 }, { "tomorrow", false, 0, 0 },
};

START_TEST(ages_and_moments)
{
	uint64_t age_s, moment_s;
	bool good = retain_until_read(words[_i].text, &age_s, &moment_s);
	ck_assert_msg(good == words[_i].good, "'%s'", words[_i].text);
	ck_assert(!good || (age_s == words[_i].age_s && moment_s == words[_i].moment_s));
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("all");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, streams_and_leaves_are_the_order);
	tcase_add_test(t, nothing_goes_without_a_limit);
	tcase_add_test(t, the_oldest_goes);
	tcase_add_test(t, the_last_one_stays_for_space);
	tcase_add_test(t, a_hold_is_outside_of_all_limits);
	tcase_add_test(t, what_was_not_shipped_stays_but_for_its_date);
	tcase_add_test(t, a_refusal_is_looked_at_again);
	tcase_add_test(t, another_custody_file_is_looked_at_at_once);
	tcase_add_test(t, those_that_are_refused_let_the_others_go);
	tcase_add_test(t, a_clock_that_moves_is_believed_after_a_day);
	tcase_add_test(t, a_clock_that_comes_back_was_never_away);
	tcase_add_test(t, a_clock_that_was_set_is_that_of_all_of_its_start);
	tcase_add_test(t, a_recovery_says_nothing_of_other_bundles);
	tcase_add_test(t, what_an_unset_clock_began_is_not_old);
	tcase_add_test(t, nothing_is_old_by_a_clock_that_is_doubted);
	tcase_add_loop_test(t, ages_and_moments, 0, sizeof words / sizeof *words);
	return suite_run("daemon retain", t);
}
