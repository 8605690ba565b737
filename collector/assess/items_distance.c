/* SPDX-License-Identifier: Apache-2.0 */
/* Light: S08, S09, and what the areas that claims name come to. */
#include "assess/inside.h"
#include <string.h>

enum { FEW = 3, SOME = 15 };
#define DAY_NS UINT64_C(86400000000000)

/* One sensor's discs. */
struct sight { unsigned sensor; struct geo_disc vacuum, fibre; const struct round_trips *trips; };

static size_t sights_of(const struct builder *b, struct sight sights[SENSORS_MAX])
{
	size_t count = 0;
	for (unsigned i = 0; i < b->a->sensor_count; i++) {
		const struct round_trips *r = &b->s->rtt[i];
		const struct assess_sensor *sensor = &b->a->sensors[i];
		if (!sensor->has_position || r->n < GEO_TRIPS_LEAST)
			continue;
		sights[count++] = (struct sight){ i, geo_disc_of(sensor->at, geo_vacuum_km(r->min_us), sensor->error_km),
			geo_disc_of(sensor->at, geo_fibre_km(r->min_us), sensor->error_km), r };
	}
	return count;
}

static enum method_rule_id rule_of(const struct sight *s, uint16_t area, size_t within)
{
	if (!geo_reaches(&s->vacuum, area))
		return geo_reaches_neighbour(&s->vacuum, area) ? RULE_S08_BEYOND : RULE_S08_OUTSIDE;
	if (!geo_reaches(&s->fibre, area))
		return RULE_S08_BEYOND;
	return within <= FEW ? RULE_S08_FEW : within <= SOME ? RULE_S08_SOME : RULES;
}

/* Of several sensors the one that says most: against before for, then the smallest disc. */
static bool says_more(enum method_rule_id rule, const struct sight *s, enum method_rule_id before, const struct sight *b)
{
	bool against = rule == RULE_S08_OUTSIDE || rule == RULE_S08_BEYOND, was_against = before == RULE_S08_OUTSIDE || before == RULE_S08_BEYOND;
	if (against != was_against)
		return against;
	if (rule != before)
		return rule < before;
	return s->trips->min_us < b->trips->min_us;
}

static bool distance_add(struct builder *b, size_t at, const struct sight *sights, size_t count, const size_t *within, bool anycast)
{
	uint16_t area = geo_area(b->c->hypotheses[at].area);
	enum method_rule_id best = RULES;
	size_t from = 0;
	for (size_t i = 0; area != GEO_AREA_NONE && i < count; i++) {
		enum method_rule_id rule = rule_of(&sights[i], area, within[i]);
		if (i == 0 || says_more(rule, &sights[i], best, &sights[from])) {
			best = rule;
			from = i;
		}
	}
	if (best == RULES)
		return true;
	const struct round_trips *r = sights[from].trips;
	return item_add(b, best, at, &(struct said){ r->n, &r->least, NOT_OF_DATA, (int)sights[from].sensor, true, anycast });
}

static bool is_together(const struct sight *a, const struct sight *b)
{
	uint64_t from = a->trips->first_ns > b->trips->first_ns ? a->trips->first_ns : b->trips->first_ns;
	uint64_t to = a->trips->last_ns < b->trips->last_ns ? a->trips->last_ns : b->trips->last_ns;
	return from <= to || from - to <= DAY_NS;
}

/* Discs that do not meet: the address answers in more than one place. */
static bool are_apart(const struct sight *a, const struct sight *b)
{
	uint32_t km = geo_distance_km(a->vacuum.at, b->vacuum.at);
	return km - km / 100 > a->vacuum.km + b->vacuum.km;
}

/* Sensors that saw the subject within 24 hours of the first one that did so with another; several places of one address flag it as anycast. */
static size_t together_of(const struct sight *sights, size_t count, struct geo_disc discs[SENSORS_MAX], uint64_t *least, bool *anycast)
{
	size_t kept = 0;
	*least = UINT64_MAX;
	for (size_t i = 0; i < count; i++) {
		bool joins = false;
		for (size_t k = 0; k < count; k++) {
			bool near = i != k && sights[i].sensor != sights[k].sensor && is_together(&sights[i], &sights[k]);
			joins |= near;
			*anycast |= near && are_apart(&sights[i], &sights[k]);
		}
		if (!joins)
			continue;
		discs[kept++] = sights[i].vacuum;
		*least = sights[i].trips->n < *least ? sights[i].trips->n : *least;
	}
	return kept;
}

static bool intersection_add(struct builder *b, const struct sight *sights, size_t count, const struct geo_disc *discs, size_t together, uint64_t least)
{
	struct evidence records = { 0 };
	bool fine = true;
	size_t within = together >= 2 ? geo_areas_within(discs, together) : 0;
	for (size_t i = 0; i < count; i++)
		evidence_join(&records, &sights[i].trips->least);
	for (size_t h = 0; together >= 2 && h < b->c->hypothesis_count; h++) {
		uint16_t area = b->c->hypotheses[h].type == LEDGER_ORIGIN_AREA ? geo_area(b->c->hypotheses[h].area) : GEO_AREA_NONE;
		bool inside = area != GEO_AREA_NONE;
		for (size_t i = 0; inside && i < count; i++)
			inside = geo_reaches(&sights[i].fibre, area);
		if (inside)
			fine &= item_add(b, within <= SOME ? RULE_S09_FEW : RULE_S09_SOME, h, &(struct said){ least, &records, NOT_OF_DATA, NOT_OF_SENSOR, true, b->c->anycast });
	}
	return fine;
}

static void finding_add(struct builder *b, size_t at, const struct sight *sights, size_t count)
{
	uint16_t area = geo_area(b->c->hypotheses[at].area);
	if (b->c->finding_count == FINDINGS_MAX)
		return;
	struct finding *f = &b->c->findings[b->c->finding_count++];
	memcpy(f->area, b->c->hypotheses[at].area, sizeof(f->area));
	if (area == GEO_AREA_NONE || !count || b->c->anycast)
		return;
	f->state = FINDING_CONSISTENT;
	for (size_t i = 0; i < count; i++)
		if (!geo_reaches(&sights[i].vacuum, area) && !geo_reaches_neighbour(&sights[i].vacuum, area))
			f->state = FINDING_INCONSISTENT;
}

bool items_distance(struct builder *b)
{
	struct sight sights[SENSORS_MAX];
	struct geo_disc discs[SENSORS_MAX];
	size_t within[SENSORS_MAX], count = b->s->kind == SUBJECT_ADDRESS ? sights_of(b, sights) : 0;
	uint64_t least;
	size_t together = together_of(sights, count, discs, &least, &b->c->anycast);
	bool fine = true;
	b->c->several_places = together >= 2;
	for (size_t i = 0; i < count; i++)
		within[i] = geo_areas_within(&sights[i].vacuum, 1);
	for (size_t h = 0; h < b->c->hypothesis_count; h++) {
		if (b->c->hypotheses[h].type != LEDGER_ORIGIN_AREA)
			continue;
		fine &= distance_add(b, h, sights, count, within, b->c->anycast);
		if (b->c->hypotheses[h].own)
			finding_add(b, h, sights, count);
	}
	return fine && intersection_add(b, sights, count, discs, together, least);
}
