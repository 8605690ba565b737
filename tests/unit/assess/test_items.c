/* SPDX-License-Identifier: Apache-2.0 */
/* From what was gathered to items: each rule at its threshold, and one step below. */
#include "assess/inside.h"
#include "indicia/catalogue.h"
#include "support/suite.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND_NS UINT64_C(1000000000)
#define DAY_NS (86400 * SECOND_NS)
#define NOW_S UINT64_C(1790000000)

static struct assess *a;
static struct subject *s;

/* One validated subject, at one sensor with a position. */
static void setup(void)
{
	char error[ASSESS_ERROR_BYTES];
	const struct ind_record_id id = { .leaf = 1 };
	a = assess_new();
	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(assess_subject(a, "192.0.2.1", NULL, error), IND_OK);
	s = &a->subjects[0];
	a->sensor_count = 1;
	a->sensors[0] = (struct assess_sensor){ "near", true, true, 525200, 134050, 5, geo_point_of(525200, 134050) };
	s->sensors = 1;
	s->first_ns = s->last_ns = NOW_S * SECOND_NS;
	s->packets = 100;
	evidence_add(&s->flows, &id);
	evidence_add(&s->validated, &id);
}

static void teardown(void) { assess_free(a); }

static void conclude(void) { ck_assert_int_eq(assess_conclude(a), IND_OK); }

static size_t fired(enum method_rule_id rule)
{
	size_t count = 0;
	for (size_t i = 0; i < a->conclusions[0].item_count; i++)
		count += a->conclusions[0].notes[i].rule == rule;
	return count;
}

static int32_t weight_of(enum method_rule_id rule)
{
	for (size_t i = 0; i < a->conclusions[0].item_count; i++)
		if (a->conclusions[0].notes[i].rule == rule)
			return a->conclusions[0].weights[i];
	return -1;
}

static enum ledger_level level_of(enum ledger_type type)
{
	for (size_t i = 0; i < a->conclusions[0].hypothesis_count; i++)
		if (a->conclusions[0].hypotheses[i].type == type)
			return a->conclusions[0].results[i].level;
	ck_abort_msg("no %s", ledger_type_name(type));
	return LEDGER_INSUFFICIENT;
}

static void cluster_add(uint64_t key, uint64_t n, uint32_t rtt_us, int64_t turn_us, int64_t pause_us)
{
	s->clusters = realloc(s->clusters, (s->cluster_count + 1) * sizeof(*s->clusters));
	ck_assert_ptr_nonnull(s->clusters);
	s->clusters[s->cluster_count++] = (struct cluster){ .key = key, .rtt_us = rtt_us, .turn_us = turn_us, .pause_us = pause_us, .turns.n = n, .pauses.n = pause_us == INT64_MAX ? 0 : n };
}

static void claim_add(struct claim_note note)
{
	s->claims = realloc(s->claims, (s->claim_count + 1) * sizeof(*s->claims));
	ck_assert_ptr_nonnull(s->claims);
	s->claims[s->claim_count++] = note;
	a->data_count = 1;
	snprintf(a->data[0].name, sizeof(a->data[0].name), "data");
}

static const struct { uint64_t n; uint32_t rtt_us; int64_t turn_us; int relay, hint, none; } turns[] = {
	{ 3, 10000, 20000, 1, 0, 0 }, { 3, 10000, 19999, 0, 1, 0 }, { 3, 10000, 10000, 0, 1, 0 }, { 3, 10000, 9999, 0, 0, 0 }, { 2, 10000, 90000, 0, 0, 0 }, { 8, 60000, 29999, 0, 0, 0 },
	{ 8, 60000, 30000, 1, 0, 0 }, { 8, 10000, 6000, 0, 0, 1 }, { 7, 10000, 6000, 0, 0, 0 }, { 8, 10000, 6001, 0, 0, 0 }, { 8, 10000, -2000, 0, 0, 1 },
};

START_TEST(layers)
{
	cluster_add(1, turns[_i].n, turns[_i].rtt_us, turns[_i].turn_us, INT64_MAX);
	conclude();
	ck_assert_int_eq((int)fired(RULE_S10_RELAY), turns[_i].relay);
	ck_assert_int_eq((int)fired(RULE_S10_HINT), turns[_i].hint);
	ck_assert_int_eq((int)fired(RULE_S10_NO_RELAY), turns[_i].none);
}
END_TEST

START_TEST(programs_that_disagree_are_reported)
{
	cluster_add(1, 8, 10000, 70000, 75000);
	cluster_add(2, 80, 10000, 100, 100);
	conclude();
	ck_assert_int_eq(weight_of(RULE_S10_RELAY), 50);
	ck_assert_uint_eq(fired(RULE_S10_NO_RELAY), 0);
	ck_assert(a->conclusions[0].turns_disagree);
	ck_assert_uint_eq(fired(RULE_S11_AGREES), 1);
	ck_assert_int_eq(level_of(LEDGER_RELAY), LEDGER_LIMITED);
}
END_TEST

START_TEST(a_pause_counts_within_15_percent)
{
	cluster_add(1, 8, 10000, 100000, 115001);
	conclude();
	ck_assert_uint_eq(fired(RULE_S11_AGREES), 0);
}
END_TEST

START_TEST(behind_a_satellite_layers_say_nothing)
{
	cluster_add(1, 8, 600000, 500000, INT64_MAX);
	s->rtt_samples = 50;
	s->rtt_span_s = 600;
	s->rtt_min_us = 477000;
	s->rtt_p50_us = 500000;
	conclude();
	ck_assert(a->conclusions[0].geo_satellite);
	ck_assert_uint_eq(fired(RULE_S10_RELAY), 0);
}
END_TEST

START_TEST(loss_halves)
{
	cluster_add(1, 8, 10000, 70000, INT64_MAX);
	a->lost = 2;
	a->frames = 100;
	conclude();
	ck_assert_int_eq(weight_of(RULE_S10_RELAY), 25);
}
END_TEST

START_TEST(one_percent_of_loss_does_not)
{
	cluster_add(1, 8, 10000, 70000, INT64_MAX);
	a->lost = 1;
	a->frames = 99;
	conclude();
	ck_assert_int_eq(weight_of(RULE_S10_RELAY), 50);
}
END_TEST

/* Tor by the day, services by the week; ages are those at the time of capture. */
static const struct { uint8_t kind; bool exit; int days; enum method_rule_id rule; } lists[] = {
	{ IND_CLAIM_TOR, true, 1, RULE_S34_TOR }, { IND_CLAIM_TOR, true, -1, RULE_S34_TOR }, { IND_CLAIM_TOR, true, 2, RULE_S34_SERVICE }, { IND_CLAIM_TOR, false, 0, RULE_S34_SERVICE },
	{ IND_CLAIM_VPN, false, 7, RULE_S34_SERVICE }, { IND_CLAIM_VPN, false, 8, RULE_S34_HOSTING }, { IND_CLAIM_HOSTS, false, 400, RULE_S34_HOSTING },
};

START_TEST(lists_by_their_age)
{
	claim_add((struct claim_note){ .kind = lists[_i].kind, .exit = lists[_i].exit });
	a->data[0].build_s = NOW_S - (uint64_t)((int64_t)lists[_i].days * 86400);
	conclude();
	ck_assert_uint_eq(fired(lists[_i].rule), 1);
	ck_assert_uint_eq(fired(RULE_S34_TOR) + fired(RULE_S34_SERVICE) + fired(RULE_S34_HOSTING), 1);
}
END_TEST

START_TEST(databases_by_radius_and_age)
{
	claim_add((struct claim_note){ .kind = IND_CLAIM_DATABASE, .country = { 'D', 'E' }, .radius_km = 100, .asn = 64500 });
	a->data[0].build_s = NOW_S - 30 * 86400;
	conclude();
	ck_assert_int_eq(weight_of(RULE_S03_NEAR), 35);
	ck_assert_int_eq(weight_of(RULE_S04_DATABASE), 15);
	ck_assert_int_eq(level_of(LEDGER_ORIGIN_AREA), LEDGER_INSUFFICIENT);
}
END_TEST

START_TEST(older_or_wider_counts_less)
{
	claim_add((struct claim_note){ .kind = IND_CLAIM_DATABASE, .country = { 'D', 'E' }, .radius_km = 101 });
	claim_add((struct claim_note){ .kind = IND_CLAIM_RIR, .registered = { 'F', 'R' }, .radius_km = IND_ABSENT_U32 });
	conclude();
	ck_assert_int_eq(weight_of(RULE_S03_DATABASE), 15);
	ck_assert_int_eq(weight_of(RULE_S02_REGISTRY), 15);
	ck_assert(a->conclusions[0].disagrees);
}
END_TEST

START_TEST(an_anycast_mark_takes_the_weight)
{
	claim_add((struct claim_note){ .kind = IND_CLAIM_DATABASE, .country = { 'J', 'P' }, .flags = IND_CLAIM_ANYCAST, .radius_km = IND_ABSENT_U32 });
	s->rtt[0] = (struct round_trips){ .n = 10, .min_us = 20000 };
	conclude();
	ck_assert_int_eq(weight_of(RULE_S03_DATABASE), 0);
	ck_assert_int_eq(weight_of(RULE_S08_OUTSIDE), 0);
	ck_assert_int_eq(level_of(LEDGER_ORIGIN_AREA), LEDGER_INSUFFICIENT);
}
END_TEST

/* 20 ms from Berlin: Japan is out of reach, Chile and its neighbours too, Mongolia's neighbour is not; Germany's surroundings are many areas. */
static const struct { char code[3]; enum method_rule_id rule; } areas[] = { { "JP", RULE_S08_OUTSIDE }, { "CL", RULE_S08_OUTSIDE }, { "MN", RULE_S08_BEYOND } };

START_TEST(distance)
{
	claim_add((struct claim_note){ .kind = IND_CLAIM_RIR, .registered = { areas[_i].code[0], areas[_i].code[1] } });
	s->rtt[0] = (struct round_trips){ .n = 10, .min_us = 20000 };
	conclude();
	ck_assert_uint_eq(fired(areas[_i].rule), 1);
	ck_assert_int_eq(level_of(LEDGER_ORIGIN_AREA), areas[_i].rule == RULE_S08_OUTSIDE ? LEDGER_EXCLUDED : LEDGER_INSUFFICIENT);
}
END_TEST

START_TEST(near_is_for)
{
	claim_add((struct claim_note){ .kind = IND_CLAIM_RIR, .registered = { 'D', 'E' } });
	s->rtt[0] = (struct round_trips){ .n = 10, .min_us = 1500 };
	conclude();
	ck_assert_uint_eq(fired(RULE_S08_FEW) + fired(RULE_S08_SOME), 1);
}
END_TEST

START_TEST(not_validated_nothing_of_place_counts)
{
	claim_add((struct claim_note){ .kind = IND_CLAIM_RIR, .registered = { 'D', 'E' } });
	s->unanswered.n = 3;
	s->validated.n = 0;
	conclude();
	ck_assert_int_eq(weight_of(RULE_S02_REGISTRY), 0);
	ck_assert_int_eq(weight_of(RULE_S01_SILENT), 35);
	ck_assert(a->conclusions[0].unvalidated);
}
END_TEST

/* Hours of work at +2 over so many days. */
static void work(unsigned days)
{
	s->cells = calloc(days * 4, sizeof(*s->cells));
	ck_assert_ptr_nonnull(s->cells);
	for (unsigned d = 0; d < days; d++)
		for (unsigned h = 7; h < 15; h += 2)
			s->cells[s->cell_count++] = d * 24 + h;
	s->celled.n = days;
}

START_TEST(hours_of_42_days)
{
	work(42);
	conclude();
	ck_assert_uint_eq(fired(RULE_S28_NARROW) + fired(RULE_S28_WIDE), 1);
	ck_assert_int_eq(weight_of(fired(RULE_S28_NARROW) ? RULE_S28_NARROW : RULE_S28_WIDE), fired(RULE_S28_NARROW) ? 26 : 11);
	ck_assert_int_eq(level_of(LEDGER_OPERATOR_ENV), LEDGER_INSUFFICIENT);
}
END_TEST

/* Work at +2 fits -1 to +5 at most: clocks of one area show such an offset, those of the other do not. */
static const struct { char code[3]; unsigned days; enum method_rule_id rule; int32_t weight; } keepers[] = {
	{ "DE", 56, RULES, -1 }, { "JP", 56, RULE_S28_ELSEWHERE_LONG, 52 }, { "JP", 42, RULE_S28_ELSEWHERE, 26 }, { "US", 56, RULE_S28_ELSEWHERE_LONG, 52 }, { "FR", 56, RULES, -1 },
};

START_TEST(areas_whose_clocks_show_other_hours)
{
	claim_add((struct claim_note){ .kind = IND_CLAIM_RIR, .registered = { keepers[_i].code[0], keepers[_i].code[1] } });
	work(keepers[_i].days);
	conclude();
	ck_assert_uint_eq(fired(RULE_S28_ELSEWHERE) + fired(RULE_S28_ELSEWHERE_LONG), keepers[_i].rule != RULES);
	if (keepers[_i].rule != RULES)
		ck_assert_int_eq(weight_of(keepers[_i].rule), keepers[_i].weight);
}
END_TEST

START_TEST(a_holder_elsewhere_is_a_disagreement)
{
	claim_add((struct claim_note){ .kind = IND_CLAIM_DATABASE, .country = { 'D', 'E' }, .registered = { 'F', 'R' }, .radius_km = IND_ABSENT_U32 });
	conclude();
	ck_assert(a->conclusions[0].disagrees);
}
END_TEST

START_TEST(an_offset_outside_the_hours_is_staged)
{
	work(56);
	s->offsets[0] = (struct offset){ .minutes = -8 * 60, .dated.n = 10 };
	s->offset_count = 1;
	conclude();
	ck_assert_uint_eq(fired(RULE_S28_NARROW_LONG) + fired(RULE_S28_WIDE_LONG), 1);
	ck_assert_uint_eq(fired(RULE_S27_STAGED), 1);
}
END_TEST

START_TEST(policy_leaves_out)
{
	char error[ASSESS_ERROR_BYTES];
	cluster_add(1, 8, 10000, 70000, INT64_MAX);
	ck_assert_int_eq(assess_policy(a, "disable S10\n", 12, error), IND_OK);
	conclude();
	ck_assert_uint_eq(fired(RULE_S10_RELAY), 0);
	ck_assert_uint_eq(a->conclusions[0].dropped, UINT64_C(1) << 10);
}
END_TEST

/* A claim of an AS with a clock and a key that lasted over two days; a list that names the address as an exit of Tor. */
static void lasting_host(void)
{
	claim_add((struct claim_note){ .kind = IND_CLAIM_PFX2AS, .asn = 64500, .radius_km = IND_ABSENT_U32 });
	a->data[0].build_s = NOW_S;
	for (unsigned i = 0; i < 2; i++)
		s->skews[s->skew_count++] = (struct skew){ .half_e2 = 10, .minutes = 60, .time_ns = (NOW_S + i * 90000) * SECOND_NS, .id = { .leaf = 2 + i } };
	s->marks = calloc(1, sizeof(*s->marks));
	ck_assert_ptr_nonnull(s->marks);
	s->marks[s->mark_count++] = (struct mark){ .digest = 1, .signal = IND_SIG_SSH_HOSTKEY, .first_ns = NOW_S * SECOND_NS, .last_ns = NOW_S * SECOND_NS + 2 * DAY_NS, .seen = { .n = 9 } };
}

/* What a policy leaves out, or asks more of, does not lift a claim: with the doubt it is INSUFFICIENT, and stays so. */
static const struct { bool listed; const char *policy; enum ledger_level level; unsigned rules; } held[] = {
	{ false, NULL, LEDGER_LIMITED, 0 }, { false, "disable S34\n", LEDGER_LIMITED, 0 }, { true, NULL, LEDGER_INSUFFICIENT, LEDGER_R3 }, { true, "disable S34\n", LEDGER_INSUFFICIENT, LEDGER_POLICY },
	{ true, "require DOUBT LIMITED net 999\n", LEDGER_INSUFFICIENT, LEDGER_POLICY }, { false, "require DOUBT LIMITED net 999\n", LEDGER_LIMITED, 0 }, { false, "require ACC LIMITED net 999\n", LEDGER_INSUFFICIENT, 0 },
};

START_TEST(a_policy_lifts_no_claim)
{
	char error[ASSESS_ERROR_BYTES];
	lasting_host();
	if (held[_i].listed)
		claim_add((struct claim_note){ .kind = IND_CLAIM_TOR, .exit = true, .radius_km = IND_ABSENT_U32 });
	if (held[_i].policy)
		ck_assert_int_eq(assess_policy(a, held[_i].policy, strlen(held[_i].policy), error), IND_OK);
	conclude();
	ck_assert_int_eq(level_of(LEDGER_ORIGIN_NET), held[_i].level);
	ck_assert_int_eq(level_of(LEDGER_RELAY), held[_i].listed && !held[_i].policy ? LEDGER_LIMITED : LEDGER_INSUFFICIENT);
	for (size_t i = 0; i < a->conclusions[0].hypothesis_count; i++)
		if (a->conclusions[0].hypotheses[i].type == LEDGER_ORIGIN_NET)
			ck_assert_uint_eq(a->conclusions[0].results[i].rules, held[_i].rules);
}
END_TEST

/* Where rules of this version give support from: areas from territory and path alone, surroundings from language and hours alone, which is fewer families
 * than any claim needs (docs/method.md, "What follows"). */
START_TEST(families_that_support_claims)
{
	unsigned families[LEDGER_TYPES] = { 0 };
	for (size_t i = 0; i < RULES; i++)
		if (method_rules[i].rating > 0)
			families[method_rules[i].type] |= 1u << method_signal(method_rules[i].signal)->family;
	ck_assert_uint_eq(families[LEDGER_ORIGIN_AREA], 1u << IND_FAMILY_T | 1u << IND_FAMILY_P);
	ck_assert_uint_eq(families[LEDGER_OPERATOR_ENV], 1u << IND_FAMILY_L | 1u << IND_FAMILY_C);
	ck_assert_uint_ge(ledger_gates_method.at[LEDGER_CLASS_ACC][LEDGER_LIMITED - 1].families_min, 3);
}
END_TEST

/* A large network is announced by more AS than there is room for: the doubts are there, and what is left out is said. */
START_TEST(more_origins_than_there_is_room_for)
{
	size_t doubts = 0;
	for (uint32_t i = 0; i < 300; i++)
		claim_add((struct claim_note){ .kind = IND_CLAIM_PFX2AS, .asn = 64500 + i, .radius_km = IND_ABSENT_U32 });
	conclude();
	ck_assert(a->conclusions[0].cut);
	ck_assert_uint_eq(a->conclusions[0].hypothesis_count, LEDGER_HYPOTHESES_MAX);
	for (size_t i = 0; i < a->conclusions[0].hypothesis_count; i++)
		doubts += ledger_class_of(a->conclusions[0].hypotheses[i].type) == LEDGER_CLASS_DOUBT;
	ck_assert_uint_eq(doubts, 3);
}
END_TEST

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

/* A gate that is tightened is not passed by the next level's. */
START_TEST(a_tightened_gate_holds_above)
{
	static const char policy[] = "require ACC LIMITED net 150\nrequire ACC LIMITED contradiction_below 40\nrequire DOUBT MODERATE hard 2\n";
	char error[ASSESS_ERROR_BYTES] = "";
	const struct ledger_gates *g = &a->policy.gates;
	ck_assert_int_eq(assess_policy(a, policy, sizeof(policy) - 1, error), IND_OK);
	ck_assert_int_eq(g->at[LEDGER_CLASS_ACC][LEDGER_MODERATE - 1].net_min, 150);
	ck_assert_int_eq(g->at[LEDGER_CLASS_ACC][LEDGER_STRONG - 1].net_min, 200);
	ck_assert_int_eq(g->at[LEDGER_CLASS_ACC][LEDGER_MODERATE - 1].contradiction_below, 40);
	ck_assert_int_eq(g->at[LEDGER_CLASS_ACC][LEDGER_STRONG - 1].contradiction_below, 30);
	ck_assert_uint_eq(g->at[LEDGER_CLASS_DOUBT][LEDGER_STRONG - 1].hard_min, 2);
	ck_assert_uint_eq(g->at[LEDGER_CLASS_DOUBT][LEDGER_LIMITED - 1].hard_min, 0);
	ck_assert(ledger_gates_tight(g));
	ck_assert_int_eq(assess_policy(a, policy, sizeof(policy) - 1, error), IND_USAGE);
	ck_assert_ptr_nonnull(strstr(error, "second"));
}
END_TEST

int main(void)
{
	TCase *c = tcase_create("items");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, layers, 0, COUNT(turns));
	tcase_add_test(c, programs_that_disagree_are_reported);
	tcase_add_test(c, a_pause_counts_within_15_percent);
	tcase_add_test(c, behind_a_satellite_layers_say_nothing);
	tcase_add_test(c, loss_halves);
	tcase_add_test(c, one_percent_of_loss_does_not);
	tcase_add_loop_test(c, lists_by_their_age, 0, COUNT(lists));
	tcase_add_test(c, databases_by_radius_and_age);
	tcase_add_test(c, older_or_wider_counts_less);
	tcase_add_test(c, an_anycast_mark_takes_the_weight);
	tcase_add_loop_test(c, distance, 0, COUNT(areas));
	tcase_add_test(c, near_is_for);
	tcase_add_test(c, not_validated_nothing_of_place_counts);
	tcase_add_test(c, hours_of_42_days);
	tcase_add_loop_test(c, areas_whose_clocks_show_other_hours, 0, COUNT(keepers));
	tcase_add_test(c, a_holder_elsewhere_is_a_disagreement);
	tcase_add_test(c, an_offset_outside_the_hours_is_staged);
	tcase_add_test(c, policy_leaves_out);
	tcase_add_loop_test(c, a_policy_lifts_no_claim, 0, COUNT(held));
	tcase_add_test(c, a_tightened_gate_holds_above);
	tcase_add_test(c, families_that_support_claims);
	tcase_add_test(c, more_origins_than_there_is_room_for);
	return suite_run("items", c);
}
