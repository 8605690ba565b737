/* SPDX-License-Identifier: Apache-2.0 */
/* What data sets claim: S02 to S05, S34. Ages are those at the time of capture. */
#include "assess/inside.h"
#include <string.h>

enum { NEAR_KM = 100, NEAR_DAYS = 30, LIST_DAYS = 7, CONSENSUS_DAYS = 1, DAY_S = 86400 };
#define SECOND_NS UINT64_C(1000000000)

/* Days between the data set, or its entry, and the capture, whichever came first. */
static uint64_t age_days(const struct builder *b, const struct claim_note *c)
{
	uint64_t made = c->day ? (uint64_t)(c->day - 1) * DAY_S : b->a->data[c->data_set].build_s;
	uint64_t first = b->s->first_ns / SECOND_NS, last = b->s->last_ns / SECOND_NS;
	if (made > last)
		return (made - last) / DAY_S;
	return made < first ? (first - made) / DAY_S : 0;
}

static bool area_item(struct builder *b, enum method_rule_id rule, const char code[2], const struct said *said)
{
	for (size_t h = 0; h < b->c->hypothesis_count; h++)
		if (b->c->hypotheses[h].type == LEDGER_ORIGIN_AREA && memcmp(b->c->hypotheses[h].area, code, 2) == 0)
			return item_add(b, rule, h, said);
	return true;
}

static bool net_item(struct builder *b, enum method_rule_id rule, uint32_t asn, const struct said *said)
{
	for (size_t h = 0; h < b->c->hypothesis_count; h++)
		if (b->c->hypotheses[h].type == LEDGER_ORIGIN_NET && b->c->hypotheses[h].asn == asn)
			return item_add(b, rule, h, said);
	return true;
}

static bool nets_add(struct builder *b, const struct claim_note *c, const struct said *said)
{
	bool several = c->more_asn_count || c->flags & IND_CLAIM_AS_SET, fine;
	enum method_rule_id rule = c->kind == IND_CLAIM_DATABASE ? RULE_S04_DATABASE : several ? RULE_S04_SEVERAL : RULE_S04_SINGLE;
	fine = !c->asn || net_item(b, rule, c->asn, said);
	for (unsigned i = 0; i < c->more_asn_count && i < IND_CLAIM_MORE_ASNS; i++)
		fine &= net_item(b, rule, c->more_asn[i], said);
	return fine;
}

static bool database_add(struct builder *b, const struct claim_note *c, const struct said *said)
{
	bool near = c->radius_km <= NEAR_KM && age_days(b, c) <= NEAR_DAYS;
	struct said place = *said;
	place.worthless = c->flags & (IND_CLAIM_ANYCAST | IND_CLAIM_SATELLITE | IND_CLAIM_ANONYMISER);
	bool fine = !c->country[0] || area_item(b, near ? RULE_S03_NEAR : RULE_S03_DATABASE, c->country, &place);
	return fine && (!c->registered[0] || area_item(b, RULE_S05_HOLDER, c->registered, said)) && nets_add(b, c, said);
}

static bool relay_add(struct builder *b, const struct claim_note *c, const struct said *said)
{
	uint64_t days = age_days(b, c);
	if (c->kind == IND_CLAIM_TOR && c->exit && days <= CONSENSUS_DAYS)
		return item_add_all(b, RULE_S34_TOR, false, said);
	return item_add_all(b, days <= LIST_DAYS ? RULE_S34_SERVICE : RULE_S34_HOSTING, false, said);
}

/* The code that a claim stands for: registries register, databases locate. */
static const char *code_of(const struct claim_note *c)
{
	bool registry = c->kind == IND_CLAIM_RIR || c->kind == IND_CLAIM_RIR_AS;
	return registry && c->registered[0] ? c->registered : c->country;
}

static bool claim_add(struct builder *b, const struct claim_note *c)
{
	struct evidence record = { 0 };
	struct said said = { 1, &record, c->data_set, NOT_OF_SENSOR, true, false };
	if (c->has_id)
		evidence_add(&record, &c->id);
	b->c->anycast |= (c->flags & IND_CLAIM_ANYCAST) != 0;
	switch (c->kind) {
	case IND_CLAIM_RIR: return !code_of(c)[0] || area_item(b, RULE_S02_REGISTRY, code_of(c), &said);
	case IND_CLAIM_DATABASE: return database_add(b, c, &said);
	case IND_CLAIM_PFX2AS: return nets_add(b, c, &said);
	case IND_CLAIM_RIR_AS: return !code_of(c)[0] || area_item(b, RULE_S05_HOLDER, code_of(c), &said);
	case IND_CLAIM_TOR:
	case IND_CLAIM_VPN: return relay_add(b, c, &said);
	case IND_CLAIM_HOSTS: return item_add_all(b, RULE_S34_HOSTING, false, &said) && item_add_all(b, RULE_S34_AREA, true, &said);
	case IND_CLAIM_SCANNER: return b->c->scanner = true;
	default: return true;
	}
}

/* Do registries and databases name different areas? */
static bool do_disagree(const struct builder *b)
{
	const char *first = NULL;
	for (size_t i = 0; i < b->s->claim_count; i++) {
		const struct claim_note *c = &b->s->claims[i];
		if (c->kind > IND_CLAIM_RIR_AS || !code_of(c)[0] || !claim_counts(b->a, c))
			continue;
		if (first && memcmp(first, code_of(c), 2) != 0)
			return true;
		first = code_of(c);
	}
	return false;
}

bool items_claims(struct builder *b)
{
	bool fine = true;
	b->c->disagrees = do_disagree(b);
	for (size_t i = 0; i < b->s->claim_count; i++)
		if (claim_counts(b->a, &b->s->claims[i]))
			fine &= claim_add(b, &b->s->claims[i]);
	return fine;
}
