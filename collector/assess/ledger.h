/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSESS_LEDGER_H
#define ASSESS_LEDGER_H

#include "indicia/record.h"

/* The ledger of the method indicia-ledger/1 (docs/method.md): items for and against hypotheses are weighed in centibans (100 are a likelihood
 * ratio of 10), summed by families with caps, and put through gates. Integers only, no input or output, no order that matters. */

enum {
	LEDGER_HYPOTHESES_MAX = 256,
	LEDGER_ITEMS_MAX = 8192,
	LEDGER_SIGNALS_END = 36,     /* S01 to S35 */
	LEDGER_QUALITY_MAX = 8,
	LEDGER_COUNTS_FROM = 20,     /* centibans from which a family speaks */
	LEDGER_NO_RIVAL = 999,       /* the margin of a hypothesis without rivals */
	LEDGER_WEIGHT_UNIT = 64,     /* a whole sample of what physics forbids to forge has the base of its rating */
	LEDGER_CAP_EXCLUDED = 300,   /* of a family that excludes */
	LEDGER_CAP_T_DISAGREES = 30, /* of territory for an area, where data sets name different ones */
	LEDGER_SHARED_FROM = 2, LEDGER_CROWD_FROM = 8, /* stacks behind an address: from here on samples are worth half */
	LEDGER_RATINGS = 4,
};

/* What a hypothesis is about. None has room for a State, a government, an organisation or a person. */
enum ledger_type { LEDGER_ORIGIN_NET, LEDGER_ORIGIN_AREA, LEDGER_OPERATOR_ENV, LEDGER_RELAY, LEDGER_SPOOFED, LEDGER_STAGED, LEDGER_LINKED, LEDGER_OPEN, LEDGER_TYPES };

/* Doubt is cheap, a claim of origin is dear: each class has gates of its own. OPEN is never scored. */
enum ledger_class { LEDGER_CLASS_ACC, LEDGER_CLASS_DOUBT, LEDGER_CLASS_LINK, LEDGER_CLASS_OPEN };

enum ledger_level { LEDGER_EXCLUDED = -1, LEDGER_INSUFFICIENT = 0, LEDGER_LIMITED = 1, LEDGER_MODERATE = 2, LEDGER_STRONG = 3 };

/* What it costs to forge the reading in this direction; the number is its factor. */
enum ledger_forge { LEDGER_TRIVIAL = 2, LEDGER_FORGE_MODERATE = 4, LEDGER_HARD = 6, LEDGER_PHYSICAL = 8 };

struct ledger_hypothesis {
	enum ledger_type type;
	bool own;                    /* ORIGIN_NET, ORIGIN_AREA: named by a claim on the subject's own address */
};

/* One signal's word on one hypothesis. */
struct ledger_item {
	uint64_t derives;            /* set of signals (bit n: Sn) that it is made of: with them it supports once, by the largest weight */
	uint16_t hypothesis;         /* place in the list */
	uint8_t signal;              /* n of Sn, 1 to 35 */
	uint8_t family;              /* enum ind_family, T to E; what S01 says counts in P */
	uint8_t tier;                /* 1 to 4: of what the signal speaks */
	uint8_t quality;             /* 0 to 8: of the sample */
	uint8_t forge;               /* enum ledger_forge */
	int8_t rating;               /* 1 to 3 for, -1 to -3 against, -4 excludes by physics */
	bool bound;                  /* tied to one connection: others behind the address do not weaken it */
};

/* What a level asks for. Of a policy's gates none is below the method's. */
struct ledger_gate {
	int32_t net_min, contradiction_below, margin_min; /* centibans; contradiction_below 0: no limit */
	uint8_t families_min, other_min, hard_min, tier_min; /* |K|, |KN|, |KH|, |TC| */
	uint8_t breadth;             /* 1: two sensors or two windows; 2: two of both */
	bool review;                 /* a recorded review by a person */
};

/* Gates by class (ACC, DOUBT, LINK) and level (LIMITED, MODERATE, STRONG). */
struct ledger_gates { struct ledger_gate at[LEDGER_CLASS_OPEN][LEDGER_STRONG]; };
extern const struct ledger_gates ledger_gates_method;

/* What is weighed; all is borrowed. */
struct ledger {
	const struct ledger_hypothesis *hypotheses;
	const struct ledger_item *items;
	size_t hypothesis_count, item_count;
	const struct ledger_gates *gates; /* NULL: the method's */
	unsigned sensors, windows;   /* that saw the subject; windows: spans whose starts are 24 hours apart or more */
	unsigned cotenants;          /* stacks behind the address in one hour */
	bool reviewed;
	bool unvalidated;            /* S01 failed, and no flow of the subject is validated (R5) */
	bool territory_disagrees;    /* claims of S02, S03, S05 name different areas */
};

/* Rules that lowered a level, as a set; the last one is a policy's (items.c). */
enum ledger_rule { LEDGER_R1 = 1, LEDGER_R2 = 2, LEDGER_R3 = 4, LEDGER_R4 = 8, LEDGER_R5 = 16, LEDGER_R6 = 32, LEDGER_POLICY = 64 };

/* Conditions of a gate, as a set. */
enum ledger_condition {
	LEDGER_FAILS_NET = 1, LEDGER_FAILS_FAMILIES = 2, LEDGER_FAILS_OTHER = 4, LEDGER_FAILS_HARD = 8, LEDGER_FAILS_TIER = 16,
	LEDGER_FAILS_CONTRADICTION = 32, LEDGER_FAILS_MARGIN = 64, LEDGER_FAILS_BREADTH = 128, LEDGER_FAILS_REVIEW = 256,
};

/* What comes of one hypothesis. */
struct ledger_result {
	enum ledger_level level;
	enum ledger_level by_gates;  /* before the rules */
	enum ledger_level before_r6; /* through R1 to R5 */
	enum ledger_level without_t; /* of the same ledger without family T */
	int32_t support[IND_FAMILY_COUNT], contradiction[IND_FAMILY_COUNT];
	bool has_support[IND_FAMILY_COUNT], has_contradiction[IND_FAMILY_COUNT]; /* some item stands there, if only with weight 0 */
	int32_t for_sum, against_sum, net, margin;
	uint16_t families, hard, tier; /* K, KH, TC: sets of families. KN is K without T */
	uint16_t fails;              /* enum ledger_condition: of the next higher level, before the rules; 0 at STRONG */
	uint8_t rules;               /* enum ledger_rule */
	uint64_t hinges;             /* set of signals: without any one of them the level would be lower */
	uint64_t supporting;         /* set of signals with weight */
};

/* Weighs. `results` has room for one a hypothesis, `weights` for one an item: its weight after co-tenancy, whatever caps and dependence make of
 * it. Wants hypotheses and items within the limits above, and items in form: `hypothesis` in the list, the others as stated. False without
 * memory. */
bool ledger_weigh(const struct ledger *ledger, struct ledger_result *results, int32_t *weights);

/* Of a sample of n: 0 below n_min, then in eighths of n_full, at most 8. */
unsigned ledger_quality(uint64_t n, uint64_t n_min, uint64_t n_full);

enum ledger_class ledger_class_of(enum ledger_type type);
/* H, A, L, C: families of which another host behind the address may be the one that speaks. */
bool ledger_is_personal(unsigned family);
unsigned ledger_tier_of(enum ledger_type type);
const char *ledger_type_name(enum ledger_type type);
const char *ledger_class_name(enum ledger_class class);
const char *ledger_level_name(enum ledger_level level);
const char *ledger_forge_name(enum ledger_forge forge);
int32_t ledger_family_cap(unsigned family);
int32_t ledger_base(unsigned rating); /* centibans of a rating of 1 to 4 */

/* False if one of these gates asks for less than the method's. */
bool ledger_gates_tight(const struct ledger_gates *gates);

#endif
