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

/* What RPKI says of this origin: where claims of several routes or lists differ, the one against it. */
static const struct claim_note *origin_note(const struct builder *b, uint32_t asn)
{
	const struct claim_note *found = NULL;
	for (size_t i = 0; i < b->s->claim_count; i++) {
		const struct claim_note *c = &b->s->claims[i];
		if (c->origin != ORIGIN_UNKNOWN && c->asn == asn && claim_counts(b->a, c) && (!found || c->origin > found->origin))
			found = c;
	}
	return found;
}

/* Of a routing table. What RPKI does not allow may be a hijack: it does not count, and speaks for a source that is not the sender's. */
static bool route_add(struct builder *b, enum method_rule_id rule, uint32_t asn, const struct said *said)
{
	const struct claim_note *origin = origin_note(b, asn);
	struct evidence records = *said->records;
	struct said both = *said, nothing = *said;
	if (!origin || (origin->origin == ORIGIN_VALID && rule != RULE_S04_SINGLE))
		return net_item(b, rule, asn, said);
	if (origin->has_id)
		evidence_add(&records, &origin->id);
	both.records = &records;
	both.data_set = origin->data_set;
	if (origin->origin == ORIGIN_VALID)
		return net_item(b, RULE_S04_VALID, asn, &both);
	nothing.worthless = true;
	return net_item(b, rule, asn, &nothing) && item_add_all(b, RULE_S04_INVALID, false, &both);
}

static bool nets_add(struct builder *b, const struct claim_note *c, const struct said *said)
{
	if (c->kind == IND_CLAIM_DATABASE)
		return !c->asn || net_item(b, RULE_S04_DATABASE, c->asn, said);
	enum method_rule_id rule = c->more_asn_count || c->flags & IND_CLAIM_AS_SET ? RULE_S04_SEVERAL : RULE_S04_SINGLE;
	bool fine = !c->asn || route_add(b, rule, c->asn, said);
	for (unsigned i = 0; i < c->more_asn_count && i < IND_CLAIM_MORE_ASNS; i++)
		fine &= route_add(b, rule, c->more_asn[i], said);
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

/* Registries register, databases locate. */
const char *claim_area(const struct claim_note *c)
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
	case IND_CLAIM_RIR: return !claim_area(c)[0] || area_item(b, RULE_S02_REGISTRY, claim_area(c), &said);
	case IND_CLAIM_DATABASE: return database_add(b, c, &said);
	case IND_CLAIM_PFX2AS: return nets_add(b, c, &said);
	case IND_CLAIM_RIR_AS: return !claim_area(c)[0] || area_item(b, RULE_S05_HOLDER, claim_area(c), &said);
	case IND_CLAIM_TOR:
	case IND_CLAIM_VPN: return relay_add(b, c, &said);
	case IND_CLAIM_HOSTS: return item_add_all(b, RULE_S34_HOSTING, false, &said) && item_add_all(b, RULE_S34_AREA, true, &said);
	case IND_CLAIM_SCANNER: return b->c->scanner = true;
	default: return true;
	}
}

bool claim_is_of_place(const struct assess *a, const struct claim_note *c) { return c->kind <= IND_CLAIM_RIR_AS && claim_area(c)[0] && claim_counts(a, c); }

/* Do registries and databases name different areas, of the address or of its holder (S02, S03, S05)? */
static bool do_disagree(const struct builder *b)
{
	const char *first = NULL;
	for (size_t i = 0; i < b->s->claim_count; i++) {
		const struct claim_note *c = &b->s->claims[i];
		const char *const named[] = { c->country, c->registered };
		for (size_t k = 0; c->kind <= IND_CLAIM_RIR_AS && claim_counts(b->a, c) && k < sizeof(named) / sizeof(named[0]); k++) {
			if (first && named[k][0] && memcmp(first, named[k], 2) != 0)
				return true;
			first = named[k][0] ? named[k] : first;
		}
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
