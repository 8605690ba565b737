/* SPDX-License-Identifier: Apache-2.0 */
/* Gates and the rules R1 to R6 (docs/method.md, "Gates", "Rules"). */
#include "assess/sums.h"
#include "base/i18n.h"
#include <stdlib.h>
#include <string.h>

enum { FAMILY_T_BIT = 1 << IND_FAMILY_T, WORLDS = 2 };

const struct ledger_gates ledger_gates_method = { .at = {
	[LEDGER_CLASS_ACC] = {
		{ .net_min = 60, .families_min = 3, .other_min = 2, .hard_min = 1, .tier_min = 1 },
		{ .net_min = 120, .families_min = 4, .other_min = 3, .hard_min = 2, .tier_min = 2, .contradiction_below = 60, .margin_min = 50, .breadth = 1 },
		{ .net_min = 200, .families_min = 5, .other_min = 4, .hard_min = 3, .tier_min = 2, .contradiction_below = 30, .margin_min = 100, .breadth = 2,
			.review = true },
	},
	[LEDGER_CLASS_DOUBT] = {
		{ .net_min = 40, .other_min = 1 }, { .net_min = 80, .other_min = 2 }, { .net_min = 140, .other_min = 2, .hard_min = 1 },
	},
	[LEDGER_CLASS_LINK] = {
		{ .net_min = 40, .other_min = 1, .hard_min = 1 }, { .net_min = 90, .other_min = 2, .hard_min = 1 }, { .net_min = 150, .other_min = 3, .hard_min = 2 },
	},
} };

enum ledger_class ledger_class_of(enum ledger_type type)
{
	switch (type) {
	case LEDGER_ORIGIN_NET:
	case LEDGER_ORIGIN_AREA:
	case LEDGER_OPERATOR_ENV: return LEDGER_CLASS_ACC;
	case LEDGER_RELAY:
	case LEDGER_SPOOFED:
	case LEDGER_STAGED: return LEDGER_CLASS_DOUBT;
	case LEDGER_LINKED: return LEDGER_CLASS_LINK;
	default: return LEDGER_CLASS_OPEN;
	}
}

unsigned ledger_tier_of(enum ledger_type type)
{
	static const uint8_t tiers[LEDGER_TYPES] = { [LEDGER_ORIGIN_NET] = 3, [LEDGER_ORIGIN_AREA] = 3, [LEDGER_OPERATOR_ENV] = 4, [LEDGER_RELAY] = 2,
		[LEDGER_SPOOFED] = 2, [LEDGER_STAGED] = 4, [LEDGER_LINKED] = 3 };
	return tiers[type];
}

static bool not_below(const struct ledger_gate *a, const struct ledger_gate *b)
{
	bool contradiction = !b->contradiction_below || (a->contradiction_below && a->contradiction_below <= b->contradiction_below);
	return contradiction && a->net_min >= b->net_min && a->margin_min >= b->margin_min && a->families_min >= b->families_min &&
		a->other_min >= b->other_min && a->hard_min >= b->hard_min && a->tier_min >= b->tier_min && a->breadth >= b->breadth && a->review >= b->review;
}

bool ledger_gates_tight(const struct ledger_gates *gates)
{
	for (unsigned c = 0; c < LEDGER_CLASS_OPEN; c++)
		for (unsigned n = 0; n < LEDGER_STRONG; n++)
			if (!not_below(&gates->at[c][n], &ledger_gates_method.at[c][n]))
				return false;
	return true;
}

/* A hypothesis in a world: with family T, or without it. */
struct world { struct sums sums; int32_t margin; enum ledger_level by_gates, level; };

struct weighing {
	const struct ledger *ledger;
	const struct ledger_gates *gates;
	const int32_t *weights;
	struct ledger_result *results;
	uint16_t order[LEDGER_ITEMS_MAX];
	struct sums_of of[LEDGER_HYPOTHESES_MAX];
	struct world world[WORLDS][LEDGER_HYPOTHESES_MAX]; /* 1: without T */
};

static unsigned gate_fails(const struct ledger *l, const struct ledger_gate *g, const struct sums *s, int32_t margin)
{
	unsigned breadth = (l->sensors >= 2) + (l->windows >= 2), fails = 0;
	unsigned other = s->families & ~(unsigned)FAMILY_T_BIT;
	fails |= s->net < g->net_min ? LEDGER_FAILS_NET : 0;
	fails |= __builtin_popcount(s->families) < g->families_min ? LEDGER_FAILS_FAMILIES : 0;
	fails |= __builtin_popcount(other) < g->other_min ? LEDGER_FAILS_OTHER : 0;
	fails |= __builtin_popcount(s->hard) < g->hard_min ? LEDGER_FAILS_HARD : 0;
	fails |= __builtin_popcount(s->tier) < g->tier_min ? LEDGER_FAILS_TIER : 0;
	fails |= g->contradiction_below && s->against_sum >= g->contradiction_below ? LEDGER_FAILS_CONTRADICTION : 0;
	fails |= g->margin_min && margin < g->margin_min ? LEDGER_FAILS_MARGIN : 0;
	fails |= breadth < g->breadth ? LEDGER_FAILS_BREADTH : 0;
	fails |= g->review && !l->reviewed ? LEDGER_FAILS_REVIEW : 0;
	return fails;
}

static enum ledger_level gates_pass(const struct weighing *w, enum ledger_type type, const struct sums *s, int32_t margin)
{
	enum ledger_class class = ledger_class_of(type);
	if (class == LEDGER_CLASS_OPEN)
		return LEDGER_INSUFFICIENT;
	if (s->excluded)
		return LEDGER_EXCLUDED;
	for (int level = LEDGER_STRONG; level > LEDGER_INSUFFICIENT; level--)
		if (!gate_fails(w->ledger, &w->gates->at[class][level - 1], s, margin))
			return (enum ledger_level)level;
	return LEDGER_INSUFFICIENT;
}

static bool is_origin(enum ledger_type type) { return type == LEDGER_ORIGIN_NET || type == LEDGER_ORIGIN_AREA; }

static bool is_rival(enum ledger_type of, enum ledger_type other, bool same)
{
	if (is_origin(of))
		return (other == of && !same) || other == LEDGER_RELAY || other == LEDGER_SPOOFED;
	return of == LEDGER_OPERATOR_ENV && other == of && !same;
}

static int32_t margin_of(const struct weighing *w, unsigned world, size_t at, int32_t net)
{
	const struct ledger_hypothesis *h = w->ledger->hypotheses;
	int32_t margin = LEDGER_NO_RIVAL;
	for (size_t i = 0; i < w->ledger->hypothesis_count; i++) {
		if (!is_rival(h[at].type, h[i].type, i == at))
			continue;
		int32_t apart = net - w->world[world][i].sums.net;
		margin = margin == LEDGER_NO_RIVAL || apart < margin ? apart : margin;
	}
	return margin;
}

static enum ledger_level lower_of(enum ledger_level a, enum ledger_level b) { return a < b ? a : b; }

/* Territory adds at most one step. */
static enum ledger_level under_r2(enum ledger_level level, enum ledger_level without_t)
{
	int ceiling = (without_t > LEDGER_INSUFFICIENT ? without_t : LEDGER_INSUFFICIENT) + 1;
	return (int)level > ceiling ? (enum ledger_level)ceiling : level;
}

static enum ledger_level under_r1(enum ledger_level level, const struct sums *s)
{
	return s->families & ~(unsigned)FAMILY_T_BIT ? level : lower_of(level, LEDGER_INSUFFICIENT);
}

/* Which of R3 to R5 put a ceiling over a hypothesis, given what the doubts of its world have reached. */
static unsigned ceilings_of(const struct weighing *w, unsigned world, size_t at)
{
	const struct ledger_hypothesis *h = w->ledger->hypotheses;
	unsigned rules = w->ledger->unvalidated && is_origin(h[at].type) ? LEDGER_R5 : 0;
	for (size_t i = 0; i < w->ledger->hypothesis_count; i++) {
		if (w->world[world][i].level < LEDGER_LIMITED)
			continue;
		if ((h[i].type == LEDGER_RELAY || h[i].type == LEDGER_SPOOFED) && is_origin(h[at].type) && h[at].own)
			rules |= LEDGER_R3;
		if (h[i].type == LEDGER_STAGED && h[at].type == LEDGER_OPERATOR_ENV)
			rules |= LEDGER_R4;
	}
	return rules;
}

/* Gates, R1 and R2 of every hypothesis, then the ceilings. Doubts have none, so that they may be asked in any order. */
static void world_make(struct weighing *w, unsigned world)
{
	const struct ledger *l = w->ledger;
	for (size_t i = 0; i < l->hypothesis_count; i++) {
		struct sums_of of = w->of[i];
		of.without_t = world == 1;
		sums_make(l, &of, w->weights, &w->world[world][i].sums);
	}
	for (size_t i = 0; i < l->hypothesis_count; i++) {
		struct world *at = &w->world[world][i];
		at->margin = margin_of(w, world, i, at->sums.net);
		at->by_gates = gates_pass(w, l->hypotheses[i].type, &at->sums, at->margin);
		at->level = under_r1(at->by_gates, &at->sums);
		if (world == 0)
			at->level = under_r2(at->level, w->world[1][i].level);
	}
	for (size_t i = 0; i < l->hypothesis_count; i++)
		if (ceilings_of(w, world, i))
			w->world[world][i].level = lower_of(w->world[world][i].level, LEDGER_INSUFFICIENT);
}

/* The level of one hypothesis in a world if a signal did not support it: through R1 to R5. */
static enum ledger_level level_dropping(const struct weighing *w, unsigned world, size_t at, unsigned signal)
{
	struct sums_of of = w->of[at];
	enum ledger_level levels[WORLDS] = { LEDGER_INSUFFICIENT, LEDGER_INSUFFICIENT };
	of.without_signal = (uint8_t)signal;
	for (int i = WORLDS - 1; i >= (int)world; i--) {
		struct sums s;
		of.without_t = i == 1;
		sums_make(w->ledger, &of, w->weights, &s);
		levels[i] = under_r1(gates_pass(w, w->ledger->hypotheses[at].type, &s, margin_of(w, (unsigned)i, at, s.net)), &s);
		if (i == 0)
			levels[i] = under_r2(levels[i], levels[1]);
		if (ceilings_of(w, (unsigned)i, at))
			levels[i] = lower_of(levels[i], LEDGER_INSUFFICIENT);
	}
	return levels[world];
}

static uint64_t hinges_of(const struct weighing *w, unsigned world, size_t at)
{
	const struct world *here = &w->world[world][at];
	uint64_t hinges = 0;
	for (unsigned signal = 1; signal < LEDGER_SIGNALS_END && here->level > LEDGER_INSUFFICIENT; signal++)
		if (here->sums.supporting >> signal & 1 && level_dropping(w, world, at, signal) < here->level)
			hinges |= UINT64_C(1) << signal;
	return hinges;
}

/* R6: what hangs by one signal loses a step, once. */
static enum ledger_level under_r6(enum ledger_level level, uint64_t hinges)
{
	return hinges && level >= LEDGER_MODERATE ? (enum ledger_level)(level - 1) : level;
}

static uint8_t rules_of(const struct weighing *w, size_t at, enum ledger_level final)
{
	const struct world *here = &w->world[0][at];
	unsigned rules = 0;
	enum ledger_level level = under_r1(here->by_gates, &here->sums);
	rules |= level < here->by_gates ? LEDGER_R1 : 0;
	enum ledger_level second = under_r2(level, w->world[1][at].level);
	rules |= second < level ? LEDGER_R2 : 0;
	rules |= second > LEDGER_INSUFFICIENT ? ceilings_of(w, 0, at) : 0;
	rules |= under_r6(here->level, w->results[at].hinges) < here->level ? LEDGER_R6 : 0;
	rules |= final < under_r6(here->level, w->results[at].hinges) ? LEDGER_R2 : 0;
	return (uint8_t)rules;
}

static void result_make(struct weighing *w, size_t at)
{
	const struct world *here = &w->world[0][at];
	struct ledger_result *r = &w->results[at];
	enum ledger_class class = ledger_class_of(w->ledger->hypotheses[at].type);
	memcpy(r->support, here->sums.support, sizeof(r->support));
	memcpy(r->contradiction, here->sums.contradiction, sizeof(r->contradiction));
	memcpy(r->has_support, here->sums.has_support, sizeof(r->has_support));
	memcpy(r->has_contradiction, here->sums.has_contradiction, sizeof(r->has_contradiction));
	r->for_sum = here->sums.for_sum;
	r->against_sum = here->sums.against_sum;
	r->net = here->sums.net;
	r->margin = here->margin;
	r->families = here->sums.families;
	r->hard = here->sums.hard;
	r->tier = here->sums.tier;
	r->supporting = here->sums.supporting;
	r->by_gates = here->by_gates;
	r->before_r6 = here->level;
	r->hinges = hinges_of(w, 0, at);
	r->without_t = under_r6(w->world[1][at].level, hinges_of(w, 1, at));
	r->level = under_r2(under_r6(here->level, r->hinges), r->without_t);
	r->rules = rules_of(w, at, r->level);
	r->fails = 0;
	if (class != LEDGER_CLASS_OPEN && here->by_gates >= LEDGER_INSUFFICIENT && here->by_gates < LEDGER_STRONG)
		r->fails = (uint16_t)gate_fails(w->ledger, &w->gates->at[class][here->by_gates], &here->sums, here->margin);
}

/* Items by hypothesis. */
static void order_make(struct weighing *w)
{
	const struct ledger *l = w->ledger;
	size_t at[LEDGER_HYPOTHESES_MAX + 1] = { 0 };
	for (size_t i = 0; i < l->item_count; i++)
		at[l->items[i].hypothesis + 1]++;
	for (size_t h = 0; h < l->hypothesis_count; h++) {
		at[h + 1] += at[h];
		w->of[h] = (struct sums_of){ .order = w->order, .first = at[h], .end = at[h + 1], .hypothesis = (uint16_t)h };
	}
	for (size_t i = 0; i < l->item_count; i++)
		w->order[at[l->items[i].hypothesis]++] = (uint16_t)i;
}

bool ledger_weigh(const struct ledger *ledger, struct ledger_result *results, int32_t *weights)
{
	struct weighing *w = malloc(sizeof(*w));
	if (!w)
		return false;
	*w = (struct weighing){ .ledger = ledger, .gates = ledger->gates ? ledger->gates : &ledger_gates_method, .weights = weights, .results = results };
	sums_weights(ledger, weights);
	order_make(w);
	world_make(w, 1);
	world_make(w, 0);
	for (size_t i = 0; i < ledger->hypothesis_count; i++)
		result_make(w, i);
	free(w);
	return true;
}

const char *ledger_type_name(enum ledger_type type)
{
	static const char *const names[LEDGER_TYPES] = { "ORIGIN_NET", "ORIGIN_AREA", "OPERATOR_ENV", "RELAY", "SPOOFED", "STAGED", "LINKED", "OPEN" };
	return names[type];
}

const char *ledger_class_name(enum ledger_class class)
{
	static const char *const names[] = { "ACC", "DOUBT", "LINK", "OPEN" };
	return names[class];
}

const char *ledger_level_name(enum ledger_level level)
{
	static const char *const names[] = { "EXCLUDED", "INSUFFICIENT", "LIMITED", "MODERATE", "STRONG" };
	return names[level + 1];
}

const char *ledger_forge_name(enum ledger_forge forge)
{
	switch (forge) {
	case LEDGER_TRIVIAL: return N_("trivial");
	case LEDGER_FORGE_MODERATE: return N_("moderate");
	case LEDGER_HARD: return N_("hard");
	case LEDGER_PHYSICAL: return N_("physical");
	}
	return "?";
}
