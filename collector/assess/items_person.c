/* SPDX-License-Identifier: Apache-2.0 */
/* Surroundings of whoever operates: S24 to S29; and declarations that contradict each other: S20, S22. All but long activity are settings. */
#include "assess/inside.h"
#include <string.h>

enum { LONG_DAYS = 56, NARROW_HOURS = 8, HOUR_MINUTES = 60, DAY_HOURS = 24 };

static struct said of(const struct evidence *e) { return (struct said){ .n = e->n, .records = e, .data_set = NOT_OF_DATA, .sensor = NOT_OF_SENSOR }; }

static bool languages_add(struct builder *b)
{
	const struct subject *s = b->s;
	struct evidence asked = { 0 }, set = { 0 };
	bool fine = true, agree = false;
	for (size_t i = 0; i < s->language_count; i++) {
		const struct language *l = &s->languages[i];
		struct said by_request = of(&l->asked), by_layout = of(&l->layout), by_account = of(&l->account);
		for (size_t h = 0; h < b->c->hypothesis_count; h++) {
			if (strcmp(b->c->hypotheses[h].language, l->tag) != 0 || strcmp(l->tag, "en") == 0)
				continue;
			fine &= item_add(b, RULE_S24_LANGUAGE, h, &by_request) && item_add(b, RULE_S25_LAYOUT, h, &by_layout) && item_add(b, RULE_S26_ACCOUNT, h, &by_account);
		}
		if (strcmp(l->tag, "en") != 0)
			evidence_join(&asked, &l->asked);
		evidence_join(&set, &l->layout);
		evidence_join(&set, &l->account);
		agree |= l->asked.n && (l->layout.n || l->account.n);
	}
	if (asked.n && set.n && !agree) {
		struct said said = of(&asked);
		evidence_join(&asked, &set);
		fine &= item_add_all(b, RULE_S24_STAGED, false, &said);
	}
	return fine;
}

/* Offsets that are 24 hours apart are one hour of the day. */
static bool is_within(int32_t minutes, int first, int last)
{
	for (int turn = -DAY_HOURS; turn <= DAY_HOURS; turn += DAY_HOURS)
		if (minutes >= (first + turn) * HOUR_MINUTES && minutes <= (last + turn) * HOUR_MINUTES)
			return true;
	return false;
}

static bool offsets_add(struct builder *b)
{
	const struct hours_fit *fit = &b->c->hours;
	bool fine = true;
	for (size_t i = 0; i < b->s->offset_count; i++) {
		const struct offset *o = &b->s->offsets[i];
		struct said said = of(&o->dated);
		for (size_t h = 0; h < b->c->hypothesis_count; h++) {
			const struct assess_hypothesis *e = &b->c->hypotheses[h];
			if (e->has_offsets && is_within(o->minutes, e->offset_first, e->offset_last))
				fine &= item_add(b, RULE_S27_OFFSET, h, &said);
		}
		if (fit->uneven && fit->width <= HOURS_TELL && !is_within(o->minutes, fit->first, fit->last))
			fine &= item_add_all(b, RULE_S27_STAGED, false, &said);
	}
	return fine;
}

static bool hours_add(struct builder *b)
{
	const struct hours_fit *fit = &b->c->hours;
	struct said said = of(&b->s->celled);
	bool lasting = fit->span_days >= LONG_DAYS, narrow = fit->width <= NARROW_HOURS, fine = true;
	enum method_rule_id rule = narrow ? (lasting ? RULE_S28_NARROW_LONG : RULE_S28_NARROW) : lasting ? RULE_S28_WIDE_LONG : RULE_S28_WIDE;
	said.n = fit->span_days;
	if (!fit->uneven || fit->width > HOURS_TELL)
		return true;
	for (size_t h = 0; h < b->c->hypothesis_count; h++) {
		const struct assess_hypothesis *e = &b->c->hypotheses[h];
		uint16_t area = e->type == LEDGER_ORIGIN_AREA ? geo_area(e->area) : GEO_AREA_NONE;
		if (e->has_offsets && is_within(fit->first * HOUR_MINUTES, e->offset_first, e->offset_last) && is_within(fit->last * HOUR_MINUTES, e->offset_first, e->offset_last))
			fine &= item_add(b, rule, h, &said);
		if (area != GEO_AREA_NONE && !geo_shows_offset(area, fit->first, fit->last))
			fine &= item_add(b, lasting ? RULE_S28_ELSEWHERE_LONG : RULE_S28_ELSEWHERE, h, &said);
	}
	return fine;
}

static bool clock_add(struct builder *b)
{
	struct clock_state state = clock_state_of(b->s, false);
	struct said said = of(&state.readings);
	int hours = clock_hours(&state);
	bool fine = true;
	for (size_t h = 0; hours && h < b->c->hypothesis_count; h++) {
		const struct assess_hypothesis *e = &b->c->hypotheses[h];
		if (e->has_offsets && is_within(hours * HOUR_MINUTES, e->offset_first, e->offset_last))
			fine &= item_add(b, RULE_S29_HOURS, h, &said);
	}
	return fine;
}

static bool declared_add(struct builder *b)
{
	struct said hello = of(&b->s->hello_other), order = of(&b->s->order_other);
	hello.bound = order.bound = true;
	return item_add_all(b, RULE_S20_STAGED, false, &hello) && item_add_all(b, RULE_S22_STAGED, false, &order);
}

bool items_person(struct builder *b) { return languages_add(b) && offsets_add(b) && hours_add(b) && clock_add(b) && declared_add(b); }
