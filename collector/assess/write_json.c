/* SPDX-License-Identifier: Apache-2.0 */
/* The assessment as canonical JSON (RFC 8785): keys in ascending order. */
#include "assess/inside.h"
#include "assess/canonical.h"
#include "base/text.h"
#include "indicia/catalogue.h"
#include <string.h>

static const unsigned family_order[] = { IND_FAMILY_A, IND_FAMILY_C, IND_FAMILY_E, IND_FAMILY_H, IND_FAMILY_I, IND_FAMILY_L, IND_FAMILY_P, IND_FAMILY_T };
enum { FAMILIES = sizeof(family_order) / sizeof(family_order[0]) };

static void sums_json(struct canonical *j, const char *key, const int32_t *sums, const bool *has)
{
	canonical_open(j, key, '{');
	for (size_t i = 0; i < FAMILIES; i++)
		if (has[family_order[i]])
			canonical_number(j, (char[]){ ind_family_letter(family_order[i]), '\0' }, sums[family_order[i]]);
	canonical_close(j, '}');
}

static void families_json(struct canonical *j, const char *key, unsigned set)
{
	canonical_open(j, key, '[');
	for (size_t i = 0; i < FAMILIES; i++)
		if (set >> family_order[i] & 1)
			canonical_text(j, NULL, (char[]){ ind_family_letter(family_order[i]), '\0' });
	canonical_close(j, ']');
}

static void records_json(struct canonical *j, const struct evidence *e)
{
	char text[IND_RECORD_ID_TEXT];
	canonical_open(j, "records", '[');
	for (size_t i = 0; i < e->id_count; i++)
		canonical_text(j, NULL, ind_record_id_text(&e->id[i], text));
	canonical_close(j, ']');
}

static void item_json(const struct assess *a, struct canonical *j, const struct conclusion *c, size_t at)
{
	const struct ledger_item *item = &c->items[at];
	const struct item_note *note = &c->notes[at];
	const struct method_rule *rule = &method_rules[note->rule];
	char name[4];
	signal_name(name, item->signal);
	canonical_open(j, NULL, '{');
	if (note->data_set != NOT_OF_DATA) {
		const struct assess_data *data = &a->data[note->data_set];
		canonical_open(j, "data", '{');
		canonical_number(j, "build_s", (int64_t)data->build_s);
		canonical_text(j, "name", data->name);
		canonical_hex(j, "sha256", data->sha256, IND_SHA256_BYTES);
		canonical_close(j, '}');
	}
	canonical_text(j, "family", (char[]){ ind_family_letter(item->family), '\0' });
	canonical_text(j, "forge", ledger_forge_name(rule->forge));
	canonical_number(j, "n", (int64_t)note->n);
	canonical_number(j, "quality", item->quality);
	canonical_number(j, "rating", item->rating);
	canonical_number(j, "record_count", (int64_t)note->records.n);
	records_json(j, &note->records);
	canonical_text(j, "rule", rule->name);
	if (note->sensor != NOT_OF_SENSOR)
		canonical_text(j, "sensor", a->sensors[note->sensor].id);
	canonical_text(j, "signal", name);
	canonical_number(j, "tier", item->tier);
	canonical_number(j, "weight", c->weights[at]);
	canonical_close(j, '}');
}

static void fail_json(struct canonical *j, const char *condition, const char *level, int64_t is, int64_t wants)
{
	canonical_open(j, NULL, '{');
	canonical_text(j, "fails", condition);
	canonical_text(j, "for", level);
	canonical_number(j, "is", is);
	canonical_number(j, "wants", wants);
	canonical_close(j, '}');
}

static void gates_json(const struct assess *a, struct canonical *j, size_t subject, size_t at)
{
	struct gate_fail fails[GATE_FAILS_MAX];
	enum ledger_level next;
	size_t count = gate_fails_of(a, subject, at, fails, &next);
	canonical_open(j, "gates", '[');
	for (size_t i = 0; i < count; i++)
		fail_json(j, fails[i].name, ledger_level_name(next), fails[i].is, fails[i].wants);
	canonical_close(j, ']');
}

static void signals_json(struct canonical *j, const char *key, uint64_t set)
{
	char name[4];
	canonical_open(j, key, '[');
	for (unsigned n = 1; n < LEDGER_SIGNALS_END; n++)
		if (set >> n & 1) {
			signal_name(name, n);
			canonical_text(j, NULL, name);
		}
	canonical_close(j, ']');
}

static void rules_json(struct canonical *j, unsigned rules)
{
	canonical_open(j, "rules", '[');
	for (unsigned n = 0; n < 6; n++)
		if (rules >> n & 1)
			canonical_text(j, NULL, (char[]){ 'R', (char)('1' + n), '\0' });
	if (rules & LEDGER_POLICY)
		canonical_text(j, NULL, "policy");
	canonical_close(j, ']');
}

static void hypothesis_json(const struct assess *a, struct canonical *j, size_t subject, const struct conclusion *c, size_t at)
{
	const struct assess_hypothesis *h = &c->hypotheses[at];
	const struct ledger_result *r = &c->results[at];
	canonical_open(j, NULL, '{');
	canonical_text(j, "about", h->about[0] ? h->about : a->subjects[subject].text);
	canonical_text(j, "class", ledger_class_name(ledger_class_of(h->type)));
	sums_json(j, "contradiction", r->contradiction, r->has_contradiction);
	families_json(j, "families", r->families);
	gates_json(a, j, subject, at);
	families_json(j, "hard", r->hard);
	signals_json(j, "hinges_on", r->level > LEDGER_INSUFFICIENT || r->rules & LEDGER_R6 ? r->hinges : 0);
	canonical_open(j, "items", '[');
	for (size_t i = 0; i < c->item_count; i++)
		if (c->items[i].hypothesis == at)
			item_json(a, j, c, i);
	canonical_close(j, ']');
	canonical_text(j, "level", h->type == LEDGER_OPEN ? "NOT SCORED" : ledger_level_name(r->level));
	canonical_text(j, "level_without_T", h->type == LEDGER_OPEN ? "NOT SCORED" : ledger_level_name(r->without_t));
	if (r->margin != LEDGER_NO_RIVAL)
		canonical_number(j, "margin", r->margin);
	canonical_number(j, "net", r->net);
	canonical_true(j, "own", h->own);
	rules_json(j, r->rules);
	if (h->type != LEDGER_OPEN)
		canonical_text(j, "says", level_sentence(r->level));
	sums_json(j, "support", r->support, r->has_support);
	canonical_text(j, "text", type_sentence(h->type));
	canonical_text(j, "type", ledger_type_name(h->type));
	canonical_close(j, '}');
}

static const char *finding_name(enum finding_state state)
{
	static const char *const names[] = { "NOT TESTABLE", "CONSISTENT", "INCONSISTENT" };
	return names[state];
}

static void explanations_json(const struct assess *a, struct canonical *j, size_t subject)
{
	struct alternative list[ALTERNATIVES_MAX];
	size_t count = alternatives_of(a, subject, list);
	canonical_open(j, "alternatives", '[');
	for (size_t i = 0; i < count; i++) {
		char state[24] = "excluded by ";
		canonical_open(j, NULL, '{');
		canonical_text(j, "name", list[i].name);
		if (list[i].by)
			signal_name(state + strlen(state), list[i].by);
		canonical_text(j, "state", list[i].by ? state : list[i].state);
		canonical_text(j, "text", list[i].text);
		canonical_close(j, '}');
	}
	canonical_close(j, ']');
}

static void missing_json(const struct assess *a, struct canonical *j, size_t subject)
{
	struct missing list[LEDGER_SIGNALS_END];
	size_t count = missing_of(a, subject, list);
	canonical_open(j, "missing", '[');
	for (size_t i = 0; i < count; i++) {
		char name[4];
		signal_name(name, list[i].signal);
		canonical_open(j, NULL, '{');
		canonical_text(j, "code", list[i].code);
		canonical_text(j, "resolves", list[i].resolves);
		canonical_text(j, "signal", name);
		canonical_close(j, '}');
	}
	canonical_close(j, ']');
}

static void clusters_json(struct canonical *j, const struct subject *s)
{
	canonical_open(j, "layers", '[');
	for (size_t i = 0; i < s->cluster_count; i++) {
		const struct cluster *c = &s->clusters[i];
		canonical_open(j, NULL, '{');
		canonical_number(j, "handshakes", (int64_t)c->turns.n);
		if (c->pause_us != INT64_MAX)
			canonical_number(j, "least_pause_us", c->pause_us);
		if (c->rtt_us != IND_ABSENT_U32)
			canonical_number(j, "least_rtt_us", c->rtt_us);
		canonical_number(j, "least_turn_us", c->turn_us);
		canonical_close(j, '}');
	}
	canonical_close(j, ']');
}

static void trips_json(const struct assess *a, struct canonical *j, const struct subject *s)
{
	canonical_open(j, "round_trips", '[');
	for (size_t i = 0; i < a->sensor_count; i++) {
		if (!s->rtt[i].n)
			continue;
		canonical_open(j, NULL, '{');
		canonical_number(j, "fibre_km", geo_fibre_km(s->rtt[i].min_us));
		canonical_number(j, "handshakes", (int64_t)s->rtt[i].n);
		canonical_number(j, "least_us", s->rtt[i].min_us);
		canonical_text(j, "sensor", a->sensors[i].id);
		canonical_number(j, "vacuum_km", geo_vacuum_km(s->rtt[i].min_us));
		canonical_close(j, '}');
	}
	canonical_close(j, ']');
}

static void seen_json(const struct assess *a, struct canonical *j, const struct subject *s, const struct conclusion *c)
{
	char time[28];
	canonical_open(j, "seen", '{');
	canonical_number(j, "addresses", (int64_t)s->address_count);
	if (s->cotenants)
		canonical_number(j, "cotenants", s->cotenants);
	canonical_true(j, "cut", s->cut || c->cut);
	if (s->flows.n) {
		text_time(s->first_ns, time, sizeof(time));
		canonical_text(j, "first", time);
	}
	canonical_number(j, "flows", (int64_t)s->flows.n);
	if (s->flows.n) {
		text_time(s->last_ns, time, sizeof(time));
		canonical_text(j, "last", time);
	}
	clusters_json(j, s);
	if (s->repeated)
		canonical_number(j, "repeated", (int64_t)s->repeated);
	trips_json(a, j, s);
	canonical_number(j, "sensors", __builtin_popcountll(s->sensors));
	canonical_number(j, "validated", (int64_t)s->validated.n);
	canonical_number(j, "windows", c->windows);
	canonical_close(j, '}');
}

static void subject_json(const struct assess *a, struct canonical *j, size_t at)
{
	const struct conclusion *c = &a->conclusions[at];
	canonical_open(j, NULL, '{');
	explanations_json(a, j, at);
	canonical_true(j, "areas_disagree", c->disagrees);
	canonical_true(j, "clusters_disagree", c->turns_disagree);
	canonical_open(j, "findings", '[');
	for (size_t i = 0; i < c->finding_count; i++) {
		canonical_open(j, NULL, '{');
		canonical_text(j, "area", c->findings[i].area);
		canonical_text(j, "finding", finding_name(c->findings[i].state));
		canonical_text(j, "tier", "O1, O2");
		canonical_close(j, '}');
	}
	canonical_close(j, ']');
	canonical_open(j, "hypotheses", '[');
	for (size_t i = 0; i < c->hypothesis_count; i++)
		hypothesis_json(a, j, at, c, i);
	canonical_close(j, ']');
	missing_json(a, j, at);
	canonical_open(j, "not_assessed", '[');
	canonical_text(j, NULL, "O5");
	canonical_close(j, ']');
	seen_json(a, j, &a->subjects[at], c);
	canonical_text(j, "subject", a->subjects[at].text);
	canonical_close(j, '}');
}

void assess_json(const struct assess *a, struct out *out)
{
	struct canonical j = { .out = out };
	canonical_open(&j, NULL, '{');
	canonical_hex(&j, "assessment_id", a->id, IND_SHA256_BYTES);
	if (!a->named)
		canonical_number(&j, "candidates", (int64_t)a->candidates_valid);
	inputs_json(a, &j, "inputs");
	canonical_text(&j, "method", METHOD_ID);
	canonical_true(&j, "reviewed", a->reviewed);
	canonical_open(&j, "subjects", '[');
	for (size_t i = 0; i < a->subject_count; i++)
		subject_json(a, &j, i);
	canonical_close(&j, ']');
	canonical_close(&j, '}');
	out_char(out, '\n');
}
