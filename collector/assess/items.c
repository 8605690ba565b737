/* SPDX-License-Identifier: Apache-2.0 */
/* From what was gathered to items of the ledger. */
#include "assess/grow.h"
#include "assess/inside.h"
#include <stdlib.h>
#include <string.h>

enum { LOSS_PERCENT = 1 };

static bool is_one_sided(const struct subject *s) { return s->one_way.n > s->validated.n; }

/* What a sample is worth in this capture: loss and one-sided capture halve it; of an address that was never shown to receive, neither territory nor
 * path says anything (S01). Of a link (`other`) the worse end counts. */
static unsigned quality_of(const struct builder *b, const struct method_signal *m, const struct subject *other, const struct said *said)
{
	const struct subject *s = b->s;
	unsigned quality = ledger_quality(said->n, m->least, m->full);
	bool needs_validity = (m->family == IND_FAMILY_T || m->family == IND_FAMILY_P) && m->number != 1;
	if (said->worthless || (needs_validity && !s->validated.n))
		return 0;
	if (b->a->lost * 100 > (b->a->lost + b->a->frames) * LOSS_PERCENT)
		quality /= 2;
	if ((is_one_sided(s) || (other && is_one_sided(other))) && m->number != 1)
		quality /= 2;
	/* The ledger halves for stacks behind the first one's address. */
	if (other && other->cotenants >= LEDGER_SHARED_FROM && s->cotenants < LEDGER_SHARED_FROM && ledger_is_personal(m->family) && !said->bound)
		quality /= 2;
	return quality;
}

bool item_add(struct builder *b, enum method_rule_id rule, size_t hypothesis, const struct said *said)
{
	struct conclusion *c = b->c;
	const struct method_rule *r = &method_rules[rule];
	const struct method_signal *m = method_signal(r->signal);
	const struct subject *other = r->type == LEDGER_LINKED ? &b->a->subjects[c->hypotheses[hypothesis].other] : NULL;
	bool left_out = b->a->policy.disabled >> r->signal & 1;
	c->dropped |= left_out ? UINT64_C(1) << r->signal : 0;
	if (said->n < m->least)
		return true;
	if (c->item_count + c->left_count == LEDGER_ITEMS_MAX)
		return c->cut = true;
	struct ledger_item *item = left_out ? GROW(c->left, c->left_count, c->left_room) : GROW(c->items, c->item_count, c->item_room);
	struct item_note *note = left_out ? NULL : GROW(c->notes, c->note_count, c->note_room);
	if (!item || (!note && !left_out))
		return false;
	*item = (struct ledger_item){
		.derives = m->derives, .hypothesis = (uint16_t)hypothesis, .signal = r->signal, .family = m->family, .tier = m->tier,
		.quality = (uint8_t)quality_of(b, m, other, said), .forge = (uint8_t)r->forge, .rating = r->rating, .bound = said->bound,
	};
	if (left_out)
		return true;
	*note = (struct item_note){ .rule = rule, .n = said->n, .data_set = (int16_t)said->data_set, .sensor = (int8_t)said->sensor };
	if (said->records)
		note->records = *said->records;
	c->spoke |= UINT64_C(1) << r->signal;
	return true;
}

bool item_add_all(struct builder *b, enum method_rule_id rule, bool own, const struct said *said)
{
	bool fine = true;
	for (size_t h = 0; h < b->c->hypothesis_count; h++)
		if (b->c->hypotheses[h].type == method_rules[rule].type && (!own || b->c->hypotheses[h].own))
			fine &= item_add(b, rule, h, said);
	return fine;
}

static bool items_validity(struct builder *b)
{
	const struct subject *s = b->s;
	bool fine = true;
	if (s->validated.n)
		return true;
	if (s->unanswered.n)
		fine = item_add_all(b, RULE_S01_SILENT, false, &(struct said){ s->unanswered.n, &s->unanswered, NOT_OF_DATA, NOT_OF_SENSOR, false, false });
	if (s->bogon.n)
		fine &= item_add_all(b, RULE_S01_BOGON, false, &(struct said){ s->bogon.n, &s->bogon, NOT_OF_DATA, NOT_OF_SENSOR, false, false });
	b->c->unvalidated = s->unanswered.n || s->bogon.n;
	return fine;
}

static void satellite(const struct subject *s, struct conclusion *c)
{
	enum { SAMPLES = 50, SPAN_S = 600, GEO_US = 477000, STEADY = 8 };
	if (s->rtt_samples < SAMPLES || s->rtt_span_s < SPAN_S)
		return;
	c->not_geo = s->rtt_min_us < GEO_US;
	c->geo_satellite = !c->not_geo && s->rtt_p50_us - s->rtt_min_us <= s->rtt_min_us / STEADY;
}

static void weigh_into(const struct assess *a, struct conclusion *c, const struct subject *s, struct ledger_hypothesis *list, struct ledger *l)
{
	for (size_t h = 0; h < c->hypothesis_count; h++)
		list[h] = (struct ledger_hypothesis){ c->hypotheses[h].type, c->hypotheses[h].own };
	*l = (struct ledger){
		.hypotheses = list, .items = c->items, .hypothesis_count = c->hypothesis_count, .item_count = c->item_count, .gates = &a->policy.gates,
		.sensors = (unsigned)__builtin_popcountll(s->sensors), .windows = c->windows, .cotenants = s->cotenants, .reviewed = a->reviewed,
		.unvalidated = c->unvalidated, .territory_disagrees = c->disagrees,
	};
}

static bool is_claim_or_link(enum ledger_type type) { return ledger_class_of(type) == LEDGER_CLASS_ACC || ledger_class_of(type) == LEDGER_CLASS_LINK; }

/* A doubt that a policy leaves out, or asks more of, must not lift the claim that it holds down: claims of origin and links are weighed with what is left
 * out and the method's gates for doubts, too, and the lower level stands. */
static bool hold_policy(struct conclusion *c, const struct ledger *with_policy)
{
	struct ledger l = *with_policy;
	struct ledger_gates gates = *with_policy->gates;
	struct ledger_item *all = calloc(c->item_count + c->left_count + 1, sizeof(*all));
	struct ledger_result *results = calloc(c->hypothesis_count, sizeof(*results));
	int32_t *weights = calloc(c->item_count + c->left_count + 1, sizeof(*weights));
	bool fine = all && results && weights;
	for (size_t i = 0; fine && i < c->item_count + c->left_count; i++)
		all[i] = i < c->item_count ? c->items[i] : c->left[i - c->item_count];
	memcpy(gates.at[LEDGER_CLASS_DOUBT], ledger_gates_method.at[LEDGER_CLASS_DOUBT], sizeof(gates.at[LEDGER_CLASS_DOUBT]));
	l.gates = &gates;
	l.items = all;
	l.item_count = c->item_count + c->left_count;
	fine = fine && ledger_weigh(&l, results, weights);
	for (size_t h = 0; fine && h < c->hypothesis_count; h++) {
		enum ledger_level most = results[h].level > LEDGER_INSUFFICIENT ? results[h].level : LEDGER_INSUFFICIENT;
		if (!is_claim_or_link(c->hypotheses[h].type) || c->results[h].level <= most)
			continue;
		c->results[h].level = most;
		c->results[h].rules |= LEDGER_POLICY;
	}
	free(all);
	free(results);
	free(weights);
	return fine;
}

static enum ind_err weigh(struct assess *a, size_t at)
{
	struct conclusion *c = &a->conclusions[at];
	struct ledger_hypothesis list[LEDGER_HYPOTHESES_MAX];
	struct ledger l;
	weigh_into(a, c, &a->subjects[at], list, &l);
	return ledger_weigh(&l, c->results, c->weights) && (!a->policy.given || hold_policy(c, &l)) ? IND_OK : IND_NOMEM;
}

enum ind_err assess_reviewed(struct assess *a)
{
	enum ind_err err = IND_OK;
	a->reviewed = true;
	for (size_t i = 0; i < a->subject_count && err == IND_OK; i++)
		err = weigh(a, i);
	return err;
}

static enum ind_err conclude_one(struct assess *a, size_t at)
{
	const struct subject *s = &a->subjects[at];
	struct conclusion *c = &a->conclusions[at];
	struct builder b = { a, s, c, at };
	c->windows = subject_windows(s);
	satellite(s, c);
	enum ind_err err = hypotheses_make(a, at);
	if (err != IND_OK)
		return err;
	if (!items_validity(&b) || !items_claims(&b) || !items_path(&b) || !items_distance(&b) || !items_person(&b) || !items_links(&b) || !items_embedded(&b))
		return IND_NOMEM;
	c->results = calloc(c->hypothesis_count, sizeof(*c->results));
	c->weights = calloc(c->item_count + 1, sizeof(*c->weights));
	if (!c->results || !c->weights)
		return IND_NOMEM;
	return weigh(a, at);
}

enum ind_err assess_conclude(struct assess *a)
{
	a->conclusions = calloc(a->subject_count + 1, sizeof(*a->conclusions));
	enum ind_err err = a->conclusions ? inputs_identify(a) : IND_NOMEM;
	for (size_t i = 0; i < a->subject_count; i++)
		subject_settle(&a->subjects[i]);
	for (size_t i = 0; i < a->subject_count && err == IND_OK; i++)
		err = conclude_one(a, i);
	return err;
}
