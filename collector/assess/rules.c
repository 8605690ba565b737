/* SPDX-License-Identifier: Apache-2.0 */
#include "assess/inside.h"
#include "assess/canonical.h"
#include "base/hash.h"
#include "indicia/catalogue.h"
#include <string.h>

#define DERIVES(n) UINT64_C(1) << (n)

static const struct method_signal signals[] = {
#define METHOD_SIGNAL(n, what, family, tier, least, full, unit, derives, resolves) { n, IND_FAMILY_##family, tier, least, full, derives, what, unit, resolves },
#include "assess/rules.def"
};

const struct method_rule method_rules[RULES] = {
#define METHOD_RULE(symbol, signal, type, rating, forge, predicate) { signal, LEDGER_##type, rating, LEDGER_##forge, #symbol, predicate },
#include "assess/rules.def"
};

const struct method_unrated method_unrated[] = {
#define METHOD_UNRATED(signal, code, what, why) { signal, IND_MISSING_##code, what, why },
#include "assess/rules.def"
};
const size_t method_unrated_count = sizeof(method_unrated) / sizeof(method_unrated[0]);

const struct method_signal *method_signal(unsigned number) { return &signals[number - 1]; }

void signal_name(char name[static 4], unsigned number)
{
	name[0] = 'S';
	name[1] = (char)('0' + number / 10);
	name[2] = (char)('0' + number % 10);
	name[3] = '\0';
}

static void signal_set(struct canonical *j, const char *key, uint64_t set)
{
	char name[4];
	canonical_open(j, key, '[');
	for (unsigned n = 1; n < LEDGER_SIGNALS_END; n++) {
		if (!(set >> n & 1))
			continue;
		signal_name(name, n);
		canonical_text(j, NULL, name);
	}
	canonical_close(j, ']');
}

static void rule_json(struct canonical *j, const struct method_rule *r)
{
	char name[4];
	signal_name(name, r->signal);
	canonical_open(j, NULL, '{');
	canonical_text(j, "class", ledger_class_name(ledger_class_of(r->type)));
	canonical_text(j, "forge", ledger_forge_name(r->forge));
	canonical_text(j, "hypothesis", ledger_type_name(r->type));
	canonical_text(j, "predicate", r->predicate);
	canonical_number(j, "rating", r->rating);
	canonical_text(j, "rule", r->name);
	canonical_text(j, "signal", name);
	canonical_close(j, '}');
}

static void family_text(struct canonical *j, const char *key, unsigned family) { canonical_bytes(j, key, (char[]){ ind_family_letter(family) }, 1); }

static void signal_json(struct canonical *j, const struct method_signal *s)
{
	char name[4];
	signal_name(name, s->number);
	canonical_open(j, NULL, '{');
	family_text(j, "family", s->family);
	canonical_number(j, "full", s->full);
	canonical_number(j, "least", s->least);
	signal_set(j, "made_of", s->derives);
	canonical_text(j, "resolves", s->resolves);
	canonical_text(j, "sample", s->unit);
	canonical_text(j, "signal", name);
	canonical_number(j, "tier", s->tier);
	canonical_text(j, "what", s->what);
	canonical_close(j, '}');
}

static void unrated_json(struct canonical *j, const struct method_unrated *u)
{
	char name[4];
	signal_name(name, u->signal);
	canonical_open(j, NULL, '{');
	canonical_text(j, "code", ind_missing_name(u->code));
	canonical_text(j, "signal", name);
	canonical_text(j, "what", u->what);
	canonical_text(j, "why", u->why);
	canonical_close(j, '}');
}

static void gate_json(struct canonical *j, enum ledger_class class, int level)
{
	const struct ledger_gate *g = &ledger_gates_method.at[class][level - 1];
	canonical_open(j, NULL, '{');
	canonical_number(j, "breadth", g->breadth);
	canonical_text(j, "class", ledger_class_name(class));
	canonical_number(j, "contradiction_below", g->contradiction_below);
	canonical_number(j, "families", g->families_min);
	canonical_number(j, "hard", g->hard_min);
	canonical_text(j, "level", ledger_level_name((enum ledger_level)level));
	canonical_number(j, "margin", g->margin_min);
	canonical_number(j, "net", g->net_min);
	canonical_number(j, "other", g->other_min);
	canonical_true(j, "review", g->review);
	canonical_number(j, "tier", g->tier_min);
	canonical_close(j, '}');
}

static void caps_json(struct canonical *j)
{
	static const unsigned order[] = { IND_FAMILY_A, IND_FAMILY_C, IND_FAMILY_E, IND_FAMILY_H, IND_FAMILY_I, IND_FAMILY_L, IND_FAMILY_P, IND_FAMILY_T };
	canonical_open(j, "caps", '{');
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		canonical_number(j, (char[]){ ind_family_letter(order[i]), '\0' }, ledger_family_cap(order[i]));
	canonical_close(j, '}');
}

/* The numbers that stand in no row. */
static void weights_json(struct canonical *j)
{
	static const enum ledger_forge forges[] = { LEDGER_HARD, LEDGER_FORGE_MODERATE, LEDGER_PHYSICAL, LEDGER_TRIVIAL };
	canonical_open(j, "weights", '{');
	canonical_open(j, "base", '[');
	for (unsigned rating = 1; rating <= LEDGER_RATINGS; rating++)
		canonical_number(j, NULL, ledger_base(rating));
	canonical_close(j, ']');
	canonical_number(j, "cap_if_areas_disagree", LEDGER_CAP_T_DISAGREES);
	canonical_number(j, "cap_if_excluded", LEDGER_CAP_EXCLUDED);
	canonical_number(j, "counts_from", LEDGER_COUNTS_FROM);
	canonical_open(j, "forge", '{');
	for (size_t i = 0; i < sizeof(forges) / sizeof(forges[0]); i++)
		canonical_number(j, ledger_forge_name(forges[i]), forges[i]);
	canonical_close(j, '}');
	canonical_number(j, "half_from", LEDGER_SHARED_FROM);
	canonical_number(j, "half_of_origins_from", LEDGER_CROWD_FROM);
	canonical_number(j, "no_rival", LEDGER_NO_RIVAL);
	canonical_number(j, "quality", LEDGER_QUALITY_MAX);
	canonical_number(j, "unit", LEDGER_WEIGHT_UNIT);
	canonical_close(j, '}');
}

void method_json(struct out *out)
{
	struct canonical j = { .out = out };
	uint8_t areas[32], zones[32];
	geo_areas_digest(areas);
	geo_zones_digest(zones);
	canonical_open(&j, NULL, '{');
	canonical_hex(&j, "areas_sha256", areas, sizeof(areas));
	caps_json(&j);
	canonical_open(&j, "gates", '[');
	for (unsigned c = 0; c < LEDGER_CLASS_OPEN; c++)
		for (int level = LEDGER_LIMITED; level <= LEDGER_STRONG; level++)
			gate_json(&j, (enum ledger_class)c, level);
	canonical_close(&j, ']');
	canonical_text(&j, "method", METHOD_ID);
	canonical_open(&j, "rules", '[');
	for (size_t i = 0; i < RULES; i++)
		rule_json(&j, &method_rules[i]);
	canonical_close(&j, ']');
	canonical_open(&j, "signals", '[');
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal_json(&j, &signals[i]);
	canonical_close(&j, ']');
	canonical_open(&j, "unrated", '[');
	for (size_t i = 0; i < method_unrated_count; i++)
		unrated_json(&j, &method_unrated[i]);
	canonical_close(&j, ']');
	weights_json(&j);
	canonical_hex(&j, "zones_sha256", zones, sizeof(zones));
	canonical_close(&j, '}');
}

enum ind_err method_digest(uint8_t digest[static 32])
{
	struct out out;
	out_start(&out, NULL, NULL);
	method_json(&out);
	enum ind_err err = out.err;
	if (err == IND_OK)
		hash_sha256(out.at, out.used, digest);
	out_free(&out);
	return err;
}
