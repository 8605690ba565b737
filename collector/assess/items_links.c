/* SPDX-License-Identifier: Apache-2.0 */
/* Two subjects of one assessment: S14, S16, S18, S20 to S22, S25, S26, S29 to S33, S35. */
#include "assess/inside.h"
#include "indicia/catalogue.h"
#include <stdlib.h>
#include <string.h>

enum {
	RARE_ONE_IN = 1000, KEY_FEW = 5, KEY_SOME = 50, NAME_FEW = 3, BOTH = 2, SKEW_SAME_E2 = 100, SKEW_HALF_E2 = 50, SKEW_APART_E2 = 500, NEAR_S = 60, GRADED_DAYS = 90,
	DAY_S = 86400, CLOCK_SET_MS = 1000, CLOCK_SAME_MS = 50, CLOCK_APART_S = 600,
};
#define SECOND_NS UINT64_C(1000000000)

struct pair { struct builder *b; const struct subject *x, *y; size_t hypothesis; };

static bool link_add(const struct pair *p, enum method_rule_id rule, uint64_t n, struct evidence *records)
{
	return item_add(p->b, rule, p->hypothesis, &(struct said){ n, records, NOT_OF_DATA, NOT_OF_SENSOR, false, false });
}

static bool is_rare(const struct assess *a, const struct shared *s) { return (uint64_t)s->holders * RARE_ONE_IN < a->signal_holders[s->signal]; }

/* The rule that a common value of this signal brings, RULES if none. */
static enum method_rule_id rule_of(const struct assess *a, const struct shared *s, const struct mark *mark)
{
	switch (s->signal) {
	case IND_SIG_TCP_SYN: return RULE_S14_SAME;
	case IND_SIG_ADDR_EUI64: return RULE_S18_SAME;
	case IND_SIG_TLS_JA4: return is_rare(a, s) ? RULE_S20_RARE : RULES;
	case IND_SIG_SSH_HASSH: return is_rare(a, s) ? RULE_S21_RARE : RULES;
	case IND_SIG_HTTP_HEADER_ORDER: return is_rare(a, s) ? RULE_S22_RARE : RULES;
	case IND_SIG_RDP_CLIENT_NAME: return s->holders <= BOTH ? RULE_S25_NAME : RULES;
	case IND_SIG_NTLM_WORKSTATION:
	case IND_SIG_KRB_REALM: return s->holders > BOTH ? RULES : mark->of_installer ? RULE_S26_INSTALLER : RULE_S26_NAME;
	case IND_SIG_TLS_SPKI_SHA256:
	case IND_SIG_SSH_HOSTKEY: return s->holders <= KEY_FEW ? RULE_S31_SAME : s->holders <= KEY_SOME ? RULE_S31_SHARED : RULES;
	case IND_SIG_TLS_TICKET:
	case IND_SIG_TLS_PSK:
	case IND_SIG_TLS_SESSION_ID: return RULE_S32_SAME;
	default: return s->holders <= NAME_FEW ? RULE_S33_RARE : RULES;
	}
}

static bool is_near(const struct mark *x, const struct mark *y)
{
	uint64_t from = x->first_ns > y->first_ns ? x->first_ns : y->first_ns, to = x->last_ns < y->last_ns ? x->last_ns : y->last_ns;
	return from <= to || from - to <= NEAR_S * SECOND_NS;
}

static const struct mark *mark_in(const struct subject *s, const struct mark *of)
{
	for (size_t i = 0; i < s->mark_count; i++)
		if (s->marks[i].digest == of->digest && s->marks[i].signal == of->signal)
			return &s->marks[i];
	return NULL;
}

/* Of the values of one rule all together are one item: they have one cause too often. */
struct gathered { uint64_t n; struct evidence records; };

static bool marks_add(const struct pair *p)
{
	struct gathered *by_rule = calloc(RULES + 1, sizeof(*by_rule));
	bool fine = by_rule != NULL;
	for (size_t i = 0; fine && i < p->x->mark_count; i++) {
		const struct mark *x = &p->x->marks[i], *y = mark_in(p->y, x);
		const struct shared *s = y ? shared_of(p->b->a, x->signal, x->digest) : NULL;
		if (!s)
			continue;
		struct gathered *g = &by_rule[rule_of(p->b->a, s, x)];
		g->n += x->seen.n < y->seen.n ? x->seen.n : y->seen.n;
		evidence_join(&g->records, &x->seen);
		evidence_join(&g->records, &y->seen);
	}
	for (size_t r = 0; fine && r < RULES; r++)
		if (by_rule[r].n)
			fine = link_add(p, (enum method_rule_id)r, by_rule[r].n, &by_rule[r].records);
	free(by_rule);
	return fine;
}

static bool skews_add(const struct pair *p)
{
	struct evidence records = { 0 };
	uint64_t same = 0, apart = UINT64_MAX;
	for (size_t i = 0; i < p->x->skew_count; i++)
		for (size_t k = 0; k < p->y->skew_count; k++) {
			const struct skew *x = &p->x->skews[i], *y = &p->y->skews[k];
			uint64_t minutes = x->minutes < y->minutes ? x->minutes : y->minutes;
			int32_t between = abs(x->skew_e2 - y->skew_e2);
			if (between <= SKEW_SAME_E2 && x->half_e2 <= SKEW_HALF_E2 && y->half_e2 <= SKEW_HALF_E2)
				same = minutes > same ? minutes : same;
			apart = between < SKEW_APART_E2 ? 0 : minutes < apart ? minutes : apart;
			evidence_add(&records, &x->id);
			evidence_add(&records, &y->id);
		}
	if (same)
		return link_add(p, RULE_S16_SAME, same, &records);
	return apart == 0 || apart == UINT64_MAX || link_add(p, RULE_S16_APART, apart, &records);
}

/* Two clocks that follow NTP are both near 0, which links nobody. */
static bool clocks_add(const struct pair *p)
{
	struct clock_state x = clock_state_of(p->x, true), y = clock_state_of(p->y, true);
	if (!x.steady || !y.steady || llabs(x.ahead_ms) <= CLOCK_SET_MS || llabs(y.ahead_ms) <= CLOCK_SET_MS || x.apart_s < CLOCK_APART_S || y.apart_s < CLOCK_APART_S || llabs(x.ahead_ms - y.ahead_ms) > CLOCK_SAME_MS)
		return true;
	/* Drifts as rates, over the longer of the two times. */
	int64_t longer = (int64_t)(x.apart_s > y.apart_s ? x.apart_s : y.apart_s), both = (int64_t)x.apart_s * (int64_t)y.apart_s;
	int64_t between = llabs(x.drifts_ms * (int64_t)y.apart_s - y.drifts_ms * (int64_t)x.apart_s);
	if (both / longer == 0 || between / (both / longer) > CLOCK_SAME_MS)
		return true;
	uint64_t n = x.readings.n < y.readings.n ? x.readings.n : y.readings.n;
	evidence_join(&x.readings, &y.readings);
	return link_add(p, RULE_S29_SAME, n, &x.readings);
}

static bool periods_add(const struct pair *p)
{
	const struct ind_beacon *x = &p->x->beacon, *y = &p->y->beacon;
	struct evidence records = p->x->beacons;
	uint32_t between = x->period_ms > y->period_ms ? x->period_ms - y->period_ms : y->period_ms - x->period_ms;
	if (!x->period_ms || !y->period_ms || (uint64_t)between * 100 > x->period_ms || x->port != y->port || x->proto != y->proto)
		return true;
	evidence_join(&records, &p->y->beacons);
	return link_add(p, RULE_S30_SAME, x->intervals < y->intervals ? x->intervals : y->intervals, &records);
}

/* C3 or better; what nobody graded is not. */
static bool is_fair(const struct claim_note *c) { return c->grade[0] >= 'A' && c->grade[0] <= 'C' && c->grade[1] >= '1' && c->grade[1] <= '3'; }

static bool is_graded(const struct assess *a, const struct subject *s, const struct claim_note *c)
{
	uint64_t made = c->day ? (uint64_t)(c->day - 1) * DAY_S : a->data[c->data_set].build_s, last = s->last_ns / SECOND_NS;
	uint64_t apart = made > last ? made - last : last - made;
	return c->grade[0] == 'A' && (c->grade[1] == '1' || c->grade[1] == '2') && apart <= (uint64_t)GRADED_DAYS * DAY_S;
}

/* 0: they are not under one label of one source; else by the lesser of their grades. */
enum kinship { KIN_NONE, KIN_UNGRADED, KIN_FAIR, KIN_GRADED };

static enum kinship kinship_of(const struct pair *p, const struct claim_note *x, const struct claim_note *y)
{
	bool both = x->kind == IND_CLAIM_IOC && y->kind == IND_CLAIM_IOC && x->data_set == y->data_set && x->label && x->label == y->label;
	if (!both || !claim_counts(p->b->a, x))
		return KIN_NONE;
	if (is_graded(p->b->a, p->x, x) && is_graded(p->b->a, p->y, y))
		return KIN_GRADED;
	return is_fair(x) && is_fair(y) ? KIN_FAIR : KIN_UNGRADED;
}

/* Of several the one that is graded best. */
static bool indicators_add(const struct pair *p)
{
	const struct claim_note *x = NULL, *y = NULL;
	enum kinship best = KIN_NONE;
	struct evidence records = { 0 };
	for (size_t i = 0; i < p->x->claim_count; i++)
		for (size_t k = 0; k < p->y->claim_count; k++) {
			enum kinship kin = kinship_of(p, &p->x->claims[i], &p->y->claims[k]);
			if (kin <= best)
				continue;
			best = kin;
			x = &p->x->claims[i];
			y = &p->y->claims[k];
		}
	if (!best)
		return true;
	if (x->has_id)
		evidence_add(&records, &x->id);
	if (y->has_id)
		evidence_add(&records, &y->id);
	return item_add(p->b, best == KIN_GRADED ? RULE_S35_GRADED : RULE_S35_SAME, p->hypothesis,
		&(struct said){ 1, &records, x->data_set, NOT_OF_SENSOR, false, best == KIN_UNGRADED });
}

static bool is_session(const struct mark *m) { return m->signal == IND_SIG_TLS_TICKET || m->signal == IND_SIG_TLS_PSK || m->signal == IND_SIG_TLS_SESSION_ID; }

/* Sessions that are resumed from another subject's address so soon: one item, however many they are. */
static bool sessions_add(struct builder *b)
{
	struct evidence records = { 0 };
	for (size_t k = 0; b->a->named && b->a->subject_count <= ASSESS_LINKED_MAX && k < b->a->subject_count; k++) {
		bool apart = k != b->at && !subjects_overlap(b->s, &b->a->subjects[k]);
		for (size_t i = 0; apart && i < b->s->mark_count; i++) {
			const struct mark *x = &b->s->marks[i], *y = is_session(x) ? mark_in(&b->a->subjects[k], x) : NULL;
			if (y && is_near(x, y))
				evidence_join(&records, &x->seen);
		}
	}
	return !records.n || item_add_all(b, RULE_S32_NEAR, false, &(struct said){ 1, &records, NOT_OF_DATA, NOT_OF_SENSOR, false, false });
}

bool items_links(struct builder *b)
{
	bool fine = sessions_add(b);
	for (size_t h = 0; h < b->c->hypothesis_count && fine; h++) {
		if (b->c->hypotheses[h].type != LEDGER_LINKED)
			continue;
		struct pair p = { b, b->s, &b->a->subjects[b->c->hypotheses[h].other], h };
		fine = marks_add(&p) && skews_add(&p) && clocks_add(&p) && periods_add(&p) && indicators_add(&p);
	}
	return fine;
}
