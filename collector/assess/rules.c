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

void method_json(struct out *out)
{
	struct canonical j = { .out = out };
	uint8_t areas[32];
	geo_areas_digest(areas);
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
