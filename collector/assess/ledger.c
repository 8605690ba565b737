/* SPDX-License-Identifier: Apache-2.0 */
/* Weights, families and sums (docs/method.md, "The ledger"). */
#include "assess/sums.h"
#include <string.h>

enum { RATING_EXCLUDES = -4 };

static const int32_t caps[IND_FAMILY_COUNT] = {
	[IND_FAMILY_T] = 60, [IND_FAMILY_P] = 160, [IND_FAMILY_H] = 80, [IND_FAMILY_A] = 80, [IND_FAMILY_L] = 50, [IND_FAMILY_C] = 60,
	[IND_FAMILY_I] = 120, [IND_FAMILY_E] = 80,
};

int32_t ledger_base(unsigned rating)
{
	static const int32_t base[LEDGER_RATINGS + 1] = { 0, 30, 70, 100, 300 };
	return base[rating];
}

int32_t ledger_family_cap(unsigned family) { return family < IND_FAMILY_COUNT ? caps[family] : 0; }

unsigned ledger_quality(uint64_t n, uint64_t n_min, uint64_t n_full)
{
	if (n < n_min || n == 0)
		return 0;
	return n >= n_full ? LEDGER_QUALITY_MAX : (unsigned)(LEDGER_QUALITY_MAX * n / n_full);
}

bool ledger_is_personal(unsigned family) { return family == IND_FAMILY_H || family == IND_FAMILY_A || family == IND_FAMILY_L || family == IND_FAMILY_C; }

static bool is_origin(enum ledger_type type) { return type == LEDGER_ORIGIN_NET || type == LEDGER_ORIGIN_AREA; }

/* What others behind the address make of a sample (S19). */
static unsigned quality_of(const struct ledger *l, const struct ledger_item *item)
{
	unsigned quality = item->quality;
	if (l->cotenants >= LEDGER_SHARED_FROM && ledger_is_personal(item->family) && !item->bound)
		quality /= 2;
	if (l->cotenants >= LEDGER_CROWD_FROM && is_origin(l->hypotheses[item->hypothesis].type))
		quality /= 2;
	return quality;
}

void sums_weights(const struct ledger *l, int32_t *weights)
{
	for (size_t i = 0; i < l->item_count; i++) {
		const struct ledger_item *item = &l->items[i];
		unsigned rating = (unsigned)(item->rating < 0 ? -item->rating : item->rating);
		weights[i] = ledger_base(rating) * (int32_t)quality_of(l, item) * item->forge / LEDGER_WEIGHT_UNIT;
	}
}

bool sums_takes(const struct sums_of *of, const struct ledger_item *item)
{
	if (item->hypothesis != of->hypothesis || (of->without_t && item->family == IND_FAMILY_T))
		return false;
	return !(item->rating > 0 && item->signal == of->without_signal);
}

/* Of items that are made of one another the one that speaks: by weight, then by what does not depend on their order. */
static bool speaks_before(const struct ledger_item *a, int32_t a_weight, const struct ledger_item *b, int32_t b_weight)
{
	if (a_weight != b_weight)
		return a_weight > b_weight;
	if (a->forge != b->forge)
		return a->forge > b->forge;
	if (a->tier != b->tier)
		return a->tier > b->tier;
	if (a->signal != b->signal)
		return a->signal < b->signal;
	return a->family < b->family;
}

static bool is_made_of(const struct ledger_item *a, const struct ledger_item *b) { return a->derives >> b->signal & 1 || b->derives >> a->signal & 1; }

/* Supporting items in groups that are made of one another; group[i] is the item that speaks for item i. */
struct groups { size_t count; uint16_t item[SUMS_ITEMS_MAX], speaker[SUMS_ITEMS_MAX]; };

static void groups_join(struct groups *g, const struct ledger *l, const int32_t *weights, uint16_t a, uint16_t b)
{
	uint16_t first = g->speaker[a], second = g->speaker[b];
	const struct ledger_item *x = &l->items[g->item[first]], *y = &l->items[g->item[second]];
	uint16_t keep = speaks_before(x, weights[g->item[first]], y, weights[g->item[second]]) ? first : second;
	for (size_t i = 0; i < g->count; i++)
		if (g->speaker[i] == first || g->speaker[i] == second)
			g->speaker[i] = keep;
}

static void groups_find(struct groups *g, const struct ledger *l, const struct sums_of *of, const int32_t *weights)
{
	g->count = 0;
	for (size_t i = of->first; i < of->end && g->count < SUMS_ITEMS_MAX; i++) {
		size_t at = of->order[i];
		if (l->items[at].rating <= 0 || !sums_takes(of, &l->items[at]))
			continue;
		g->item[g->count] = (uint16_t)at;
		g->speaker[g->count] = (uint16_t)g->count;
		g->count++;
	}
	for (size_t i = 0; i < g->count; i++)
		for (size_t k = i + 1; k < g->count; k++)
			if (g->speaker[i] != g->speaker[k] && is_made_of(&l->items[g->item[i]], &l->items[g->item[k]]))
				groups_join(g, l, weights, (uint16_t)i, (uint16_t)k);
}

struct family_sum { int32_t most, all; bool any, excludes; };

static void family_add(struct family_sum *s, int32_t weight)
{
	s->any = true;
	s->all += weight;
	s->most = weight > s->most ? weight : s->most;
}

/* The largest counts, of the rest a quarter. */
static int32_t family_total(const struct family_sum *s, int32_t cap)
{
	int32_t total = s->most + (s->all - s->most) / 4;
	return total < cap ? total : cap;
}

static void support_add(struct sums *s, struct family_sum *families, const struct ledger_item *item, int32_t weight, unsigned tier)
{
	unsigned bit = 1u << item->family;
	family_add(&families[item->family], weight);
	if (weight > 0)
		s->supporting |= UINT64_C(1) << item->signal;
	if (weight < LEDGER_COUNTS_FROM)
		return;
	if (item->forge >= LEDGER_HARD && item->family != IND_FAMILY_T)
		s->hard |= (uint16_t)bit;
	if (item->tier >= tier)
		s->tier |= (uint16_t)bit;
}

static void supports_sum(struct sums *s, const struct ledger *l, const struct sums_of *of, const int32_t *weights)
{
	enum ledger_type type = l->hypotheses[of->hypothesis].type;
	struct family_sum families[IND_FAMILY_COUNT] = { 0 };
	struct groups g;
	groups_find(&g, l, of, weights);
	for (size_t i = 0; i < g.count; i++)
		if (g.speaker[i] == i)
			support_add(s, families, &l->items[g.item[i]], weights[g.item[i]], ledger_tier_of(type));
	for (unsigned f = 0; f < IND_FAMILY_COUNT; f++) {
		bool narrow = f == IND_FAMILY_T && type == LEDGER_ORIGIN_AREA && l->territory_disagrees;
		s->has_support[f] = families[f].any;
		s->support[f] = family_total(&families[f], narrow ? LEDGER_CAP_T_DISAGREES : caps[f]);
		s->for_sum += s->support[f];
		if (s->support[f] >= LEDGER_COUNTS_FROM)
			s->families |= (uint16_t)(1u << f);
	}
	s->hard &= s->families;
	s->tier &= s->families;
}

/* Contradictions are never merged: one more of them can only weigh more. */
static void contradictions_sum(struct sums *s, const struct ledger *l, const struct sums_of *of, const int32_t *weights)
{
	struct family_sum families[IND_FAMILY_COUNT] = { 0 };
	for (size_t i = of->first; i < of->end; i++) {
		const struct ledger_item *item = &l->items[of->order[i]];
		if (item->rating >= 0 || !sums_takes(of, item))
			continue;
		family_add(&families[item->family], weights[of->order[i]]);
		if (item->rating != RATING_EXCLUDES)
			continue;
		families[item->family].excludes = true;
		s->excluded |= item->forge == LEDGER_PHYSICAL && quality_of(l, item) == LEDGER_QUALITY_MAX;
	}
	for (unsigned f = 0; f < IND_FAMILY_COUNT; f++) {
		s->has_contradiction[f] = families[f].any;
		s->contradiction[f] = family_total(&families[f], families[f].excludes ? LEDGER_CAP_EXCLUDED : caps[f]);
		s->against_sum += s->contradiction[f];
	}
}

void sums_make(const struct ledger *l, const struct sums_of *of, const int32_t *weights, struct sums *s)
{
	memset(s, 0, sizeof(*s));
	supports_sum(s, l, of, weights);
	contradictions_sum(s, l, of, weights);
	s->net = s->for_sum - s->against_sum;
}
