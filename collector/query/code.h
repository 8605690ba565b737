/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_CODE_H
#define QUERY_CODE_H

#include "indicia/catalogue.h"
#include "query/filter.h"

/* What a filter is compiled to: steps in postfix order over a stack of truths. */

enum number {
#define NUMBER_ENUM(symbol) NUM_##symbol,
#define FLOW_NUMBER(symbol, has, value) NUMBER_ENUM(symbol)
#define SIGNAL_NUMBER(symbol, has, value) NUMBER_ENUM(symbol)
#define ORIGIN_NUMBER(symbol, has, value) NUMBER_ENUM(symbol)
#include "query/numbers.def"
#undef NUMBER_ENUM
	NUM_COUNT,
};

enum { PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17, PROTO_ICMP6 = 58, PROTO_SCTP = 132 };

enum code_op {
	CODE_AND, CODE_OR, CODE_NOT,
	CODE_ANY,
	CODE_NUMBER,                 /* subject: enum number */
	CODE_FLAGS,                  /* subject: enum number; all bits of `low` are set, with TEST_SET one of them */
	CODE_ADDR,                   /* subject: an end, or 2: the address of an origin or of who sent a signal */
	CODE_VERSION,                /* low: 4 or 6 */
	CODE_VLAN, CODE_TUNNEL,      /* one of the list is in the range */
	CODE_TEXT,                   /* subject: enum code_text */
	CODE_RECORD,
	CODE_SIGNAL,                 /* subject: id; 0 any (of a row of signals) */
	CODE_FAMILY,                 /* subject: enum ind_family */
	CODE_DERIVED,
	CODE_CLAIM,                  /* subject: an end, as for CODE_ADDR; low: number of the claim term */
	CODE_OVERLAP,                /* [low, high) */
};

enum code_text { TEXT_SENSOR, TEXT_COMMUNITY };

/* What is asked of the subject. */
enum code_test {
	TEST_PRESENT,                /* whether it is there at all */
	TEST_RANGE,                  /* low to high; of signals and of what is signed: as int64 */
	TEST_SET,
	TEST_EQUAL,                  /* text of the set's first item */
	TEST_LIKE,                   /* pattern of the set's first item */
};

struct code_step {
	uint8_t op, test;
	uint16_t subject;
	uint32_t set;
	uint32_t at;                 /* byte of the text, for naming it */
	uint16_t at_bytes;
	uint64_t low, high;
};

struct code_range { uint64_t low, high; };
struct code_addr { uint64_t high, low; }; /* the sixteen bytes, big-endian */
struct code_addrs { struct code_addr first, last; };
struct code_string { const char *at; size_t bytes; };

/* Sorted; ranges do not touch. */
struct code_set {
	struct code_range *numbers;
	struct code_addrs *v4, *v6;
	struct code_string *texts;
	size_t number_count, v4_count, v6_count, text_count;
	char *bytes;                 /* that texts borrow, if it is its own */
};

enum claim_field {
	CLAIM_IS_THERE, CLAIM_IS_COUNTRY, CLAIM_IS_REGISTERED, CLAIM_IS_ASN, CLAIM_IS_KIND, CLAIM_IS_REGION, CLAIM_IS_CITY, CLAIM_IS_HOLDER, CLAIM_IS_STATUS,
	CLAIM_IS_SOURCE, CLAIM_IS_LABEL, CLAIM_IS_TLP, CLAIM_IS_FLAG,
};

struct code_claim {
	uint8_t field, test;
	uint32_t set;                /* of texts, or of numbers */
	struct code_string data_set; /* empty: any */
};

struct query_filter {
	enum query_kind_id kind;
	char *text;
	struct code_step *steps;
	size_t count, room, depth;   /* depth: most truths on the stack at once */
	struct code_set *sets;
	size_t set_count, set_room, items;
	struct code_claim claims[FILTER_CLAIMS_MAX];
	size_t claim_count;
	bool asks_derived;           /* signals that follow from the record of the flow */
	uint64_t undecided;
	uint8_t *unsaid;             /* of each step: was it unknown in a row that was not decided? */
};

static inline bool code_is_term(const struct code_step *s) { return s->op > CODE_NOT; }

/* Kleene's connectives are least, greatest and distance to YES: no step looks at more than truths. */
static inline enum truth truth_of(bool yes) { return yes ? TRUTH_YES : TRUTH_NO; }

struct code_addr code_addr_of(const uint8_t addr[static IND_ADDR_BYTES]);
bool code_has_number(const struct code_set *set, uint64_t number);
bool code_has_addr(const struct code_set *set, unsigned ip_version, struct code_addr addr);
bool code_has_text(const struct code_set *set, const char *at, size_t bytes);

/* `*` is any run of bytes, `?` one; letters of ASCII of either case are the same. A pattern without either is looked for anywhere. */
bool code_like(struct code_string pattern, const char *at, size_t bytes);

/* Does a value pass a step's or a claim's test? */
bool code_text_passes(const struct query_filter *f, unsigned test, uint32_t set, const char *at, size_t bytes);

/* YES or NO of one claim of data set `name`, UNKNOWN if it is silent of what is asked. */
enum truth code_claim_passes(const struct query_filter *f, const struct code_claim *c, const struct ind_claim *claim, const char *name);

/* What the claims say of an address: UNKNOWN if none speaks of what term number `term` asks. */
enum truth filter_claims_say(const struct filter_claims *claims, unsigned term, unsigned ip_version, const uint8_t addr[static IND_ADDR_BYTES]);

/* ---- numbers ---- */

enum has { HAS, HAS_NONE, HAS_UNKNOWN };
enum has number_of_flow(const struct ind_flow *f, unsigned number, uint64_t *value);
enum has number_of_signal(const struct ind_signal *s, unsigned number, uint64_t *value);
enum has number_of_origin(const struct ind_origin *o, unsigned number, uint64_t *value);

static inline enum truth number_test(const struct query_filter *f, const struct code_step *s, enum has has, uint64_t value)
{
	if (s->test == TEST_PRESENT)
		return truth_of(has == HAS);
	if (has != HAS)
		return has == HAS_NONE ? TRUTH_NO : TRUTH_UNKNOWN;
	if (s->op == CODE_FLAGS)
		return truth_of(s->test == TEST_SET ? (value & s->low) != 0 : (value & s->low) == s->low);
	if (s->test == TEST_SET)
		return truth_of(code_has_number(&f->sets[s->set], value));
	return truth_of(value - s->low <= s->high - s->low);
}

#endif
