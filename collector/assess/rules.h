/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSESS_RULES_H
#define ASSESS_RULES_H

#include "assess/ledger.h"
#include "query/out.h"

/* The method's table (rules.def) as data. */

#define METHOD_ID "indicia-ledger/1"

struct method_signal {
	uint8_t number;              /* n of Sn */
	uint8_t family, tier;
	uint16_t least, full;        /* sample */
	uint64_t derives;            /* set of signals that it is made of */
	const char *what, *unit, *resolves;
};

struct method_rule {
	uint8_t signal;
	enum ledger_type type;
	int8_t rating;
	enum ledger_forge forge;
	const char *name, *predicate;
};

enum method_rule_id {
#define METHOD_RULE(symbol, signal, type, rating, forge, predicate) RULE_##symbol,
#include "assess/rules.def"
	RULES,
};

extern const struct method_rule method_rules[RULES];

/* What the method knows and this version never rates. */
struct method_unrated {
	uint8_t signal, code;        /* enum ind_missing */
	const char *what, *why;
};
extern const struct method_unrated method_unrated[];
extern const size_t method_unrated_count;

/* Signal `number`, 1 to 35. */
const struct method_signal *method_signal(unsigned number);

/* The whole method as RFC 8785 JSON: signals, rules, gates, caps, areas by digest. */
void method_json(struct out *out);

/* SHA-256 of that text. */
enum ind_err method_digest(uint8_t digest[static 32]) IND_MUST_USE;

#endif
