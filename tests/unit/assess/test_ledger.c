/* SPDX-License-Identifier: Apache-2.0 */
/* Properties of the ledger on random ledgers: 2,000 each, or with INDICIA_LONG=1 200,000. That it is the ledger of the method is tested against
 * tests/support/ledger_model.py. */
#include "assess/ledger.h"
#include "support/suite.h"
#include <stdlib.h>
#include <string.h>

enum { ITEMS_MAX = 48, HYPOTHESES = 6 };

static const struct ledger_hypothesis hypotheses[HYPOTHESES] = {
	{ LEDGER_ORIGIN_NET, true }, { LEDGER_ORIGIN_AREA, false }, { LEDGER_OPERATOR_ENV, false }, { LEDGER_RELAY, false }, { LEDGER_STAGED, false },
	{ LEDGER_LINKED, false },
};
enum { CLAIMS = 3 };                 /* the first ones are claims of origin */

static uint64_t state;

static uint32_t rnd(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % below;
}

static size_t rounds(void)
{
	const char *longer = getenv("INDICIA_LONG");
	return longer && strcmp(longer, "1") == 0 ? 200000 : 2000;
}

struct kind { const char *families, *forges; int least, most; size_t hypotheses; };

static const unsigned forges[] = { LEDGER_TRIVIAL, LEDGER_FORGE_MODERATE, LEDGER_HARD, LEDGER_PHYSICAL };

static const uint8_t family_signals[IND_FAMILY_COUNT][7] = {
	[IND_FAMILY_T] = { 2, 3, 4, 5, 6, 2, 3 }, [IND_FAMILY_P] = { 7, 8, 9, 10, 11, 12, 13 }, [IND_FAMILY_H] = { 14, 15, 16, 17, 18, 14, 16 },
	[IND_FAMILY_A] = { 20, 21, 22, 23, 20, 21, 22 }, [IND_FAMILY_L] = { 24, 25, 26, 27, 24, 25, 26 }, [IND_FAMILY_C] = { 28, 29, 30, 28, 29, 30, 28 },
	[IND_FAMILY_I] = { 31, 32, 33, 31, 32, 33, 31 }, [IND_FAMILY_E] = { 34, 35, 34, 35, 34, 35, 34 },
};

static uint64_t derives_of(unsigned signal)
{
	switch (signal) {
	case 5: return 1u << 2 | 1u << 3 | 1u << 4;
	case 9: return 1u << 8;
	case 11: return 1u << 10;
	case 15: return UINT64_C(1) << 14 | UINT64_C(7) << 20;
	default: return 0;
	}
}

static struct ledger_item item_of(unsigned family, const struct kind *k)
{
	unsigned signal = family_signals[family][rnd(7)];
	int rating = 0;
	while (rating == 0)
		rating = k->least + (int)rnd((uint32_t)(k->most - k->least + 1));
	return (struct ledger_item){
		.derives = derives_of(signal), .hypothesis = (uint16_t)rnd((uint32_t)k->hypotheses), .signal = (uint8_t)signal, .family = (uint8_t)family,
		.tier = (uint8_t)(1 + rnd(4)), .quality = (uint8_t)(rnd(2) ? 8 : rnd(9)), .forge = (uint8_t)forges[k->forges[rnd((uint32_t)strlen(k->forges))] - '0'],
		.rating = (int8_t)rating, .bound = rnd(2),
	};
}

static unsigned family_of(char letter)
{
	return (unsigned)(strchr("VTPHALCIE", letter) - "VTPHALCIE");
}

static size_t make(struct ledger_item *items, const struct kind *k)
{
	size_t count = 1 + rnd(ITEMS_MAX - 2);
	for (size_t i = 0; i < count; i++)
		items[i] = item_of(family_of(k->families[rnd((uint32_t)strlen(k->families))]), k);
	return count;
}

/* As generous as a ledger can be. */
static struct ledger ledger_of(const struct ledger_item *items, size_t count)
{
	return (struct ledger){ .hypotheses = hypotheses, .items = items, .hypothesis_count = HYPOTHESES, .item_count = count, .sensors = 9, .windows = 9, .reviewed = true };
}

static void weigh(const struct ledger_item *items, size_t count, struct ledger_result *results)
{
	int32_t weights[ITEMS_MAX];
	struct ledger l = ledger_of(items, count);
	ck_assert(ledger_weigh(&l, results, weights));
}

static void never_above_insufficient(const struct kind *k, bool single)
{
	struct ledger_item items[ITEMS_MAX];
	struct ledger_result results[HYPOTHESES];
	for (size_t n = rounds(); n; n--) {
		char one[2] = { k->families[rnd((uint32_t)strlen(k->families))], '\0' };
		struct kind kind = *k;
		if (single)
			kind.families = one;
		weigh(items, make(items, &kind), results);
		for (size_t h = 0; h < CLAIMS; h++)
			ck_assert_msg(results[h].level <= LEDGER_INSUFFICIENT, "%s reaches %s", ledger_type_name(hypotheses[h].type), ledger_level_name(results[h].level));
	}
}

START_TEST(territory_alone_is_insufficient) { never_above_insufficient(&(struct kind){ "T", "0123", -4, 3, CLAIMS }, false); }
END_TEST

START_TEST(territory_and_distance_are_insufficient) { never_above_insufficient(&(struct kind){ "TP", "0123", 1, 3, CLAIMS }, false); }
END_TEST

START_TEST(what_anybody_can_forge_is_insufficient) { never_above_insufficient(&(struct kind){ "TPHALCIE", "01", 1, 3, CLAIMS }, false); }
END_TEST

START_TEST(one_family_is_insufficient) { never_above_insufficient(&(struct kind){ "TPHALCIE", "0123", 1, 3, CLAIMS }, true); }
END_TEST

static const struct kind any = { "TPHALCIE", "0123", -4, 3, HYPOTHESES };
static const struct kind mostly_for = { "TPHALCIE", "1233", 1, 3, 4 };

static const struct kind *either(void) { return rnd(2) ? &any : &mostly_for; }

START_TEST(a_contradiction_never_raises)
{
	struct ledger_item items[ITEMS_MAX];
	struct ledger_result before[HYPOTHESES], after[HYPOTHESES];
	const struct kind against = { any.families, any.forges, -4, -1, HYPOTHESES };
	for (size_t n = rounds(); n; n--) {
		size_t count = make(items, either());
		weigh(items, count, before);
		items[count] = item_of(family_of("TPHALCIE"[rnd(8)]), &against);
		weigh(items, count + 1, after);
		ck_assert_int_le(after[items[count].hypothesis].level, before[items[count].hypothesis].level);
	}
}
END_TEST

START_TEST(order_never_matters)
{
	struct ledger_item items[ITEMS_MAX];
	struct ledger_result before[HYPOTHESES], after[HYPOTHESES];
	for (size_t n = rounds(); n; n--) {
		size_t count = make(items, either());
		memset(before, 0, sizeof(before));
		memset(after, 0, sizeof(after));
		weigh(items, count, before);
		for (size_t i = count - 1; i > 0; i--) {
			size_t k = rnd((uint32_t)i + 1);
			struct ledger_item swap = items[i];
			items[i] = items[k];
			items[k] = swap;
		}
		weigh(items, count, after);
		for (size_t h = 0; h < HYPOTHESES; h++) {
			ck_assert_int_eq(after[h].level, before[h].level);
			ck_assert_int_eq(after[h].net, before[h].net);
			ck_assert_uint_eq(after[h].hinges, before[h].hinges);
			ck_assert_uint_eq(after[h].hard, before[h].hard);
		}
	}
}
END_TEST

START_TEST(territory_adds_at_most_one_step)
{
	struct ledger_item items[ITEMS_MAX], rest[ITEMS_MAX];
	struct ledger_result with[HYPOTHESES], without[HYPOTHESES];
	size_t raised = 0;
	for (size_t n = rounds(); n; n--) {
		size_t count = make(items, either()), kept = 0;
		for (size_t i = 0; i < count; i++)
			if (items[i].family != IND_FAMILY_T)
				rest[kept++] = items[i];
		weigh(items, count, with);
		weigh(rest, kept, without);
		for (size_t h = 0; h < HYPOTHESES; h++) {
			int floor = without[h].level > LEDGER_INSUFFICIENT ? without[h].level : LEDGER_INSUFFICIENT;
			ck_assert_int_le(with[h].level, floor + 1);
			ck_assert_int_eq(with[h].without_t, without[h].level);
			raised += with[h].level > floor;
		}
	}
	ck_assert_uint_gt(raised, 0);
}
END_TEST

/* The properties above would hold of a ledger that never says anything. */
START_TEST(every_level_is_reached)
{
	struct ledger_item items[ITEMS_MAX];
	struct ledger_result results[HYPOTHESES];
	size_t seen[HYPOTHESES][5] = { { 0 } };
	for (size_t n = 3000; n; n--) {
		weigh(items, make(items, n % 2 ? &any : &mostly_for), results);
		for (size_t h = 0; h < HYPOTHESES; h++)
			seen[h][results[h].level + 1]++;
	}
	for (int level = LEDGER_EXCLUDED; level <= LEDGER_MODERATE; level++)
		ck_assert_uint_gt(seen[1][level + 1], 0);
}
END_TEST

START_TEST(gates_are_only_tightened)
{
	struct ledger_gates gates = ledger_gates_method;
	ck_assert(ledger_gates_tight(&gates));
	gates.at[LEDGER_CLASS_ACC][LEDGER_LIMITED - 1].net_min++;
	gates.at[LEDGER_CLASS_ACC][LEDGER_STRONG - 1].contradiction_below--;
	ck_assert(ledger_gates_tight(&gates));
	gates.at[LEDGER_CLASS_ACC][LEDGER_MODERATE - 1].contradiction_below++;
	ck_assert(!ledger_gates_tight(&gates));
	gates = ledger_gates_method;
	gates.at[LEDGER_CLASS_ACC][LEDGER_STRONG - 1].review = false;
	ck_assert(!ledger_gates_tight(&gates));
	gates = ledger_gates_method;
	gates.at[LEDGER_CLASS_DOUBT][LEDGER_LIMITED - 1].net_min--;
	ck_assert(!ledger_gates_tight(&gates));
}
END_TEST

START_TEST(quality_of_samples)
{
	ck_assert_uint_eq(ledger_quality(0, 1, 1), 0);
	ck_assert_uint_eq(ledger_quality(1, 1, 1), 8);
	ck_assert_uint_eq(ledger_quality(2, 3, 8), 0);
	ck_assert_uint_eq(ledger_quality(3, 3, 8), 3);
	ck_assert_uint_eq(ledger_quality(8, 3, 8), 8);
	ck_assert_uint_eq(ledger_quality(UINT64_MAX, 3, 8), 8);
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("ledger");
	state = 20261123;
	tcase_set_timeout(c, 600);
	tcase_add_test(c, territory_alone_is_insufficient);
	tcase_add_test(c, territory_and_distance_are_insufficient);
	tcase_add_test(c, what_anybody_can_forge_is_insufficient);
	tcase_add_test(c, one_family_is_insufficient);
	tcase_add_test(c, a_contradiction_never_raises);
	tcase_add_test(c, order_never_matters);
	tcase_add_test(c, territory_adds_at_most_one_step);
	tcase_add_test(c, every_level_is_reached);
	tcase_add_test(c, gates_are_only_tightened);
	tcase_add_test(c, quality_of_samples);
	return suite_run("ledger", c);
}
