/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_PARSE_H
#define QUERY_PARSE_H

#include "base/near.h"
#include "query/code.h"
#include "query/lex.h"

/* The recursive descent: parse.c has the grammar, parse_term.c the terms, parse_value.c what stands behind them. The first error ends it. */

enum { ROWS_F = 1, ROWS_S = 2, ROWS_O = 4, ROWS_FS = 3, ROWS_SO = 6, ROWS_FSO = 7 };

enum shape {
	SHAPE_ANY, SHAPE_ADDRESS, SHAPE_NET, SHAPE_IP, SHAPE_PORT, SHAPE_PORT_KEY, SHAPE_COUNT, SHAPE_PROTO, SHAPE_PROTO_NAME, SHAPE_VLAN, SHAPE_TUNNEL,
	SHAPE_WORDS, SHAPE_PRESENT, SHAPE_FLAGS, SHAPE_SIDES, SHAPE_TTL, SHAPE_SPAN_MS, SHAPE_SPAN_US, SHAPE_TIME, SHAPE_VALIDATED, SHAPE_TEXT, SHAPE_RECORD,
	SHAPE_SIGNAL, SHAPE_FAMILY, SHAPE_SIGNAL_VALUE, SHAPE_DERIVED, SHAPE_CLAIM, SHAPE_AS, SHAPE_EXISTS, SHAPE_ALIAS,
};

struct term { const char *name; uint8_t rows, shape; uint16_t argument; const char *help; };

/* Which end of a flow a term speaks of. */
enum ends { ENDS_EITHER, ENDS_SRC, ENDS_DST, ENDS_BOTH, ENDS_SENDER };

struct parser {
	const char *text;
	size_t bytes;
	struct token token, ahead;   /* the one at hand, and the next */
	struct query_filter *f;
	const struct filter_options *options;
	struct filter_error *error;
	enum ind_err err;
	unsigned nesting;
	bool behind_not;             /* the term at hand stands directly behind `not` */
	size_t stack;                /* truths there when the steps so far have run */
	size_t term_at;              /* of the word that names the term at hand */
	const struct term *last;     /* an address, network or port without a word before it is of this kind */
	enum ends last_ends;
	uint8_t last_proto;
};

/* ---- parse.c ---- */
void parse_fail(struct parser *p, size_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));
static inline bool parse_ok(const struct parser *p) { return p->err == IND_OK; }
void parse_advance(struct parser *p);
bool parse_is(const struct parser *p, const char *word);
/* "end of the filter", or the token in quotes, cut; static storage. */
const char *parse_shown(const struct parser *p, const struct token *token);

/* Appends a step; `at` of it is the word of the term at hand. */
void parse_emit(struct parser *p, struct code_step step);
static inline void parse_emit_op(struct parser *p, enum code_op op) { parse_emit(p, (struct code_step){ .op = (uint8_t)op }); }

/* An empty set, or NULL without memory; *index says which. */
struct code_set *parse_set(struct parser *p, uint32_t *index);

/* ---- parse_term.c ---- */
const struct term *parse_term_find(const char *text, size_t bytes);
void parse_term(struct parser *p);

/* ---- parse_evidence.c: terms of signals and claims ---- */
void parse_evidence(struct parser *p, const struct term *t, enum ends ends);
void parse_signal(struct parser *p, unsigned id);
void parse_exists(struct parser *p);
/* Offers every name of a signal. */
void parse_offer_signals(struct near *near);

/* ---- parse_value.c ---- */
/* One step with its subject once for each end that is meant. */
void parse_emit_ends(struct parser *p, enum ends ends, unsigned subject, struct code_step step);

enum unit { UNIT_COUNT, UNIT_MS, UNIT_US, UNIT_TIME, UNIT_PORT, UNIT_PROTO, UNIT_AS, UNIT_SIGNED };

/* What is compared with: the step without its subject. */
struct compared { struct code_step step; bool not; };

/* [cmp] VALUE, or `in` a list. */
bool parse_number(struct parser *p, enum unit unit, struct compared *out);
/* `words` gives the names of the numbers from `first` to below `end`. */
bool parse_word(struct parser *p, const char *(*words)(unsigned), unsigned first, unsigned end, struct compared *out);
/* [=] VALUE, ~ PATTERN, or `in` a list. */
bool parse_text(struct parser *p, struct compared *out);
bool parse_addresses(struct parser *p, bool net, struct compared *out);
bool parse_is_comparison(const struct parser *p);
/* Does the token at hand look like an address? */
bool parse_is_address(const struct parser *p);
bool parse_is_port(const struct parser *p);

/* ---- parse_list.c ---- */
/* Gives each item of `[a, b]` or `@file` to `item`; the token at hand is behind `in`. */
bool parse_list(struct parser *p, bool (*item)(struct parser *p, struct code_set *set, struct code_string word), struct code_set *set);
/* The bytes of the word or quotation at hand, decoded where they stand; false after an error. */
bool parse_string(struct parser *p, struct code_string *out);
/* Sorts what was added to a set, and joins ranges that touch. */
void code_set_settle(struct code_set *set);
bool code_add_number(struct parser *p, struct code_set *set, uint64_t low, uint64_t high);
bool code_add_addrs(struct parser *p, struct code_set *set, unsigned ip_version, struct code_addrs range);
bool code_add_text(struct parser *p, struct code_set *set, struct code_string text);

#endif
