/* SPDX-License-Identifier: Apache-2.0 */
/* Terms of signals, families, records and claims. */
#include "query/parse.h"
#include <stdio.h>
#include <string.h>

void parse_offer_signals(struct near *near)
{
	size_t count;
	const struct ind_signal_info *list = ind_signal_list(&count);
	for (size_t i = 0; i < count; i++)
		near_offer(near, list[i].name);
}

/* Behind the name of a signal: nothing, or a comparison. */
void parse_signal(struct parser *p, unsigned id)
{
	const struct ind_signal_info *info = id ? ind_signal_info(id) : NULL;
	struct compared c = { .step = { .test = TEST_PRESENT } };
	enum token_kind kind = p->token.kind;
	bool ordered = kind == TOKEN_LESS || kind == TOKEN_AT_MOST || kind == TOKEN_MORE || kind == TOKEN_AT_LEAST;
	bool number = info && info->value == IND_VALUE_NUMBER && kind != TOKEN_LIKE && !parse_is(p, "in");
	if (p->f->kind == QUERY_KIND_ORIGIN && parse_is_comparison(p)) {
		parse_fail(p, p->token.at, "an origin says which signals were seen, not their values; ask 'flows' or 'signals'");
		return;
	}
	if (parse_is_comparison(p) && !(number || (!info && ordered) ? parse_number(p, UNIT_SIGNED, &c) : parse_text(p, &c)))
		return;
	c.step.op = CODE_SIGNAL;
	c.step.subject = (uint16_t)id;
	parse_emit(p, c.step);
	if (c.not)
		parse_emit_op(p, CODE_NOT);
}

static void unknown_signal(struct parser *p)
{
	struct near near;
	char word[64];
	snprintf(word, sizeof(word), "%.*s", (int)(p->token.bytes < sizeof(word) ? p->token.bytes : sizeof(word) - 1), p->text + p->token.at);
	near_start(&near, word);
	parse_offer_signals(&near);
	const char *best = near_best(&near);
	if (best)
		parse_fail(p, p->token.at, "no signal is called %s; did you mean '%s'?", parse_shown(p, &p->token), best);
	else
		parse_fail(p, p->token.at, "no signal is called %s; 'indicia fields catalogue' lists them", parse_shown(p, &p->token));
}

/* A name of the catalogue or one of its short names; 0 if there is none. */
static unsigned signal_named(const struct parser *p)
{
	const struct ind_signal_info *info = p->token.kind == TOKEN_WORD ? ind_signal_find(p->text + p->token.at, p->token.bytes) : NULL;
	const struct term *t = info || p->token.kind != TOKEN_WORD ? NULL : parse_term_find(p->text + p->token.at, p->token.bytes);
	return info ? info->id : t && t->shape == SHAPE_ALIAS ? t->argument : 0;
}

static void term_signal(struct parser *p)
{
	if (p->token.kind == TOKEN_EQUAL)
		parse_advance(p);
	unsigned id = signal_named(p);
	if (!id) {
		unknown_signal(p);
		return;
	}
	parse_advance(p);
	parse_signal(p, id);
}

static bool family_of(struct parser *p, unsigned *family)
{
	for (*family = 0; *family < IND_FAMILY_COUNT; ++*family)
		if (p->token.kind == TOKEN_WORD && p->token.bytes == 1 && p->text[p->token.at] == ind_family_letter(*family))
			return true;
	parse_fail(p, p->token.at, "%s is no family; families are V T P H A L C I E", parse_shown(p, &p->token));
	return false;
}

/* `family P`, `family P,T`: one of them spoke. */
static void term_family(struct parser *p)
{
	unsigned family;
	for (bool first = true; parse_ok(p) && family_of(p, &family); first = false) {
		parse_emit(p, (struct code_step){ .op = CODE_FAMILY, .test = TEST_PRESENT, .subject = (uint16_t)family });
		if (!first)
			parse_emit_op(p, CODE_OR);
		parse_advance(p);
		if (p->token.kind != TOKEN_COMMA)
			return;
		parse_advance(p);
	}
}

static void emit_text(struct parser *p, enum code_op op, unsigned subject)
{
	struct compared c;
	if (!parse_text(p, &c))
		return;
	c.step.op = (uint8_t)op;
	c.step.subject = (uint16_t)subject;
	parse_emit(p, c.step);
	if (c.not)
		parse_emit_op(p, CODE_NOT);
}

/* Of flows the id of a signal means the flow that holds it. */
static void term_record(struct parser *p)
{
	emit_text(p, CODE_RECORD, 0);
	if (!parse_ok(p))
		return;
	struct code_step *step = &p->f->steps[p->f->count - 1];
	step -= step->op == CODE_NOT;
	if (step->test == TEST_LIKE)
		parse_fail(p, p->term_at, "records are compared with = != and in");
	struct code_set *set = &p->f->sets[step->set];
	for (size_t i = 0; p->f->kind == QUERY_KIND_FLOW && i < set->text_count; i++) {
		struct code_string *text = &set->texts[i];
		unsigned colons = 0;
		for (size_t k = 0; k < text->bytes; k++)
			if (text->at[k] == ':' && ++colons == 3)
				text->bytes = k;
	}
	code_set_settle(set);
}

static const struct { const char *name; enum claim_field field; bool number; } claim_fields[] = {
	{ "country", CLAIM_IS_COUNTRY, false }, { "registered_country", CLAIM_IS_REGISTERED, false }, { "asn", CLAIM_IS_ASN, true },
	{ "as", CLAIM_IS_ASN, true }, { "kind", CLAIM_IS_KIND, false }, { "region", CLAIM_IS_REGION, false }, { "city", CLAIM_IS_CITY, false },
	{ "holder", CLAIM_IS_HOLDER, false }, { "status", CLAIM_IS_STATUS, false }, { "source", CLAIM_IS_SOURCE, false }, { "label", CLAIM_IS_LABEL, false },
	{ "tlp", CLAIM_IS_TLP, false }, { "flags", CLAIM_IS_FLAG, false },
};

enum { CLAIM_FIELDS = sizeof(claim_fields) / sizeof(claim_fields[0]) };

static size_t claim_field(const struct parser *p)
{
	size_t i = 0;
	while (i < CLAIM_FIELDS && !parse_is(p, claim_fields[i].name))
		i++;
	return i;
}

static void emit_claim(struct parser *p, enum ends ends, struct code_claim claim, bool not)
{
	struct query_filter *f = p->f;
	if (f->claim_count == FILTER_CLAIMS_MAX) {
		parse_fail(p, p->term_at, "more than %d terms ask what data sets claim", FILTER_CLAIMS_MAX);
		return;
	}
	struct code_step step = { .op = CODE_CLAIM, .test = TEST_PRESENT, .low = f->claim_count };
	f->claims[f->claim_count++] = claim;
	bool origin = f->kind == QUERY_KIND_ORIGIN;
	parse_emit_ends(p, origin ? ENDS_SENDER : ends, 0, step);
	if (not)
		parse_emit_op(p, CODE_NOT);
}

static void claim_value(struct parser *p, enum ends ends, struct code_claim claim, bool number)
{
	struct compared c;
	if (!(number ? parse_number(p, UNIT_AS, &c) : parse_text(p, &c)))
		return;
	/* Numbers are asked of sets, of a claim may name several. */
	if (number && c.step.test == TEST_RANGE) {
		struct code_set *set = parse_set(p, &c.step.set);
		if (!set || !code_add_number(p, set, c.step.low, c.step.high))
			return;
	}
	claim.test = c.step.test;
	claim.set = c.step.set;
	emit_claim(p, ends, claim, c.not);
}

static bool is_country(const struct parser *p)
{
	const char *at = p->text + p->token.at;
	return p->token.kind == TOKEN_WORD && p->token.bytes == 2 && at[0] >= 'A' && at[0] <= 'Z' && at[1] >= 'A' && at[1] <= 'Z' && !parse_is(p, "OR");
}

/* claim [DATA_SET] FIELD [cmp] VALUE, claim DATA_SET COUNTRY, claim DATA_SET. */
static void term_claim(struct parser *p, enum ends ends)
{
	struct code_claim claim = { .field = CLAIM_IS_THERE };
	size_t field = claim_field(p);
	if (field == CLAIM_FIELDS) {
		if (p->token.kind != TOKEN_WORD && p->token.kind != TOKEN_TEXT) {
			parse_fail(p, p->token.at, "%s stands where a data set or what it claims belongs", parse_shown(p, &p->token));
			return;
		}
		if (!parse_string(p, &claim.data_set))
			return;
		parse_advance(p);
		field = claim_field(p);
	}
	if (field < CLAIM_FIELDS) {
		claim.field = (uint8_t)claim_fields[field].field;
		parse_advance(p);
		claim_value(p, ends, claim, claim_fields[field].number);
	} else if (is_country(p)) {
		claim.field = CLAIM_IS_COUNTRY;
		claim_value(p, ends, claim, false);
	} else {
		emit_claim(p, ends, claim, false);
	}
}

static void emit_present(struct parser *p, enum code_op op, unsigned subject)
{
	parse_emit(p, (struct code_step){ .op = (uint8_t)op, .test = TEST_PRESENT, .subject = (uint16_t)subject });
}

static void exists_number(struct parser *p, unsigned a, unsigned b)
{
	emit_present(p, CODE_NUMBER, a);
	if (a == b)
		return;
	emit_present(p, CODE_NUMBER, b);
	parse_emit_op(p, CODE_OR);
}

static void exists_term(struct parser *p, const struct term *t)
{
	switch ((enum shape)t->shape) {
	case SHAPE_COUNT:
	case SHAPE_SPAN_MS:
	case SHAPE_SPAN_US:
	case SHAPE_TIME:
	case SHAPE_WORDS:
	case SHAPE_PRESENT: exists_number(p, t->argument, t->argument); break;
	case SHAPE_SIDES: exists_number(p, t->argument + 2u, t->argument + 2u); break;
	case SHAPE_TTL: exists_number(p, NUM_STTL_MIN, NUM_DTTL_MIN); break;
	case SHAPE_PORT: exists_number(p, NUM_SPORT, NUM_DPORT); break;
	case SHAPE_PORT_KEY: exists_number(p, t->argument == 1 ? NUM_SPORT : NUM_DPORT, t->argument == 1 ? NUM_ICMP_TYPE : NUM_ICMP_CODE); break;
	case SHAPE_FLAGS: exists_number(p, t->argument == 2 ? NUM_DFLAGS : NUM_SFLAGS, t->argument == 1 ? NUM_SFLAGS : NUM_DFLAGS); break;
	case SHAPE_VLAN: exists_number(p, NUM_VLANS, NUM_VLANS); break;
	case SHAPE_TUNNEL: exists_number(p, NUM_TUNNELS, NUM_TUNNELS); break;
	case SHAPE_TEXT: emit_present(p, CODE_TEXT, t->argument); break;
	case SHAPE_CLAIM: emit_claim(p, ENDS_EITHER, (struct code_claim){ .field = CLAIM_IS_THERE }, false); break;
	case SHAPE_ALIAS: emit_present(p, CODE_SIGNAL, t->argument); break;
	case SHAPE_ADDRESS:
	case SHAPE_PROTO:
	case SHAPE_VALIDATED:
	case SHAPE_RECORD: parse_emit_op(p, CODE_ANY); break;
	default: parse_fail(p, p->token.at, "%s is no field", parse_shown(p, &p->token)); break;
	}
}

void parse_exists(struct parser *p)
{
	const struct term *t = p->token.kind == TOKEN_WORD ? parse_term_find(p->text + p->token.at, p->token.bytes) : NULL;
	unsigned id = signal_named(p), row = p->f->kind == QUERY_KIND_FLOW ? ROWS_F : p->f->kind == QUERY_KIND_SIGNAL ? ROWS_S : ROWS_O;
	if (id)
		emit_present(p, CODE_SIGNAL, id);
	else if (t && t->rows & row)
		exists_term(p, t);
	else
		parse_fail(p, p->token.at, "'exists' wants a field or a signal, not %s", parse_shown(p, &p->token));
	parse_advance(p);
}

void parse_evidence(struct parser *p, const struct term *t, enum ends ends)
{
	switch ((enum shape)t->shape) {
	case SHAPE_TEXT: emit_text(p, CODE_TEXT, t->argument); break;
	case SHAPE_RECORD: term_record(p); break;
	case SHAPE_SIGNAL: term_signal(p); break;
	case SHAPE_FAMILY: term_family(p); break;
	case SHAPE_SIGNAL_VALUE: parse_signal(p, 0); break;
	case SHAPE_DERIVED: emit_present(p, CODE_DERIVED, 0); break;
	case SHAPE_CLAIM: term_claim(p, ends); break;
	case SHAPE_AS: claim_value(p, ends, (struct code_claim){ .field = CLAIM_IS_ASN }, true); break;
	case SHAPE_ALIAS: parse_signal(p, t->argument); break;
	default: parse_exists(p); break;
	}
}
