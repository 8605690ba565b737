/* SPDX-License-Identifier: Apache-2.0 */
/* Terms of flows. terms.def says which words there are. */
#include "query/parse.h"
#include <stdio.h>
#include <string.h>

#define ARG_ANY(x) x
#define ARG_ADDRESS(x) x
#define ARG_NET(x) x
#define ARG_IP(x) x
#define ARG_PORT(x) x
#define ARG_PORT_KEY(x) x
#define ARG_COUNT(x) NUM_##x
#define ARG_PROTO(x) x
#define ARG_PROTO_NAME(x) x
#define ARG_VLAN(x) x
#define ARG_TUNNEL(x) x
#define ARG_WORDS(x) NUM_##x
#define ARG_PRESENT(x) NUM_##x
#define ARG_FLAGS(x) x
#define ARG_SIDES(x) NUM_##x
#define ARG_TTL(x) NUM_##x
#define ARG_SPAN_MS(x) NUM_##x
#define ARG_SPAN_US(x) NUM_##x
#define ARG_TIME(x) NUM_##x
#define ARG_VALIDATED(x) NUM_##x
#define ARG_TEXT(x) TEXT_##x
#define ARG_RECORD(x) x
#define ARG_SIGNAL(x) x
#define ARG_FAMILY(x) x
#define ARG_SIGNAL_VALUE(x) x
#define ARG_DERIVED(x) x
#define ARG_CLAIM(x) x
#define ARG_AS(x) x
#define ARG_EXISTS(x) x
#define ARG_ALIAS(x) IND_SIG_##x

static const struct term terms[] = {
#define TERM(name, rows, shape, argument, help) { name, ROWS_##rows, SHAPE_##shape, ARG_##shape(argument), help },
#include "query/terms.def"
};

bool query_filter_word(size_t n, struct filter_word *word)
{
	static const char *const rows[] = {
		[ROWS_F] = "flows", [ROWS_S] = "signals", [ROWS_O] = "origins", [ROWS_FS] = "flows, signals", [ROWS_SO] = "signals, origins", [ROWS_FSO] = "all",
	};
	if (n >= sizeof(terms) / sizeof(terms[0]))
		return false;
	*word = (struct filter_word){ terms[n].name, rows[terms[n].rows], terms[n].help };
	return true;
}

const struct term *parse_term_find(const char *text, size_t bytes)
{
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		if (strlen(terms[i].name) == bytes && memcmp(terms[i].name, text, bytes) == 0)
			return &terms[i];
	return NULL;
}

static void emit_compared(struct parser *p, const struct compared *c)
{
	parse_emit(p, c->step);
	if (c->not)
		parse_emit_op(p, CODE_NOT);
}

static void emit_number(struct parser *p, unsigned number, enum unit unit)
{
	struct compared c;
	if (!parse_number(p, unit, &c))
		return;
	c.step.subject = (uint16_t)number;
	emit_compared(p, &c);
}

/* `not =` of a term about either end is that none of them is. */
static void emit_over_ends(struct parser *p, enum ends ends, unsigned subject, const struct compared *c)
{
	parse_emit_ends(p, ends, subject, c->step);
	if (c->not)
		parse_emit_op(p, CODE_NOT);
}

static void remember(struct parser *p, const struct term *t, enum ends ends, uint8_t proto)
{
	p->last = t;
	p->last_ends = ends;
	p->last_proto = proto;
}

static void term_address(struct parser *p, const struct term *t, enum ends ends)
{
	struct compared c;
	if (p->f->kind == QUERY_KIND_ORIGIN || t->argument == 3)
		ends = ENDS_SENDER;
	else if (t->argument)
		ends = t->argument == 1 ? ENDS_SRC : ENDS_DST;
	if (!parse_addresses(p, t->shape == SHAPE_NET, &c))
		return;
	emit_over_ends(p, ends, 0, &c);
	remember(p, t, ends, 0);
}

static void emit_proto(struct parser *p, uint64_t proto)
{
	parse_emit(p, (struct code_step){ .op = CODE_NUMBER, .test = TEST_RANGE, .subject = NUM_PROTO, .low = proto, .high = proto });
}

/* `tcp port 80`: a protocol is part of the term, and goes with it where the words are left out. */
static void term_port(struct parser *p, const struct term *t, enum ends ends, uint8_t proto)
{
	struct compared c;
	if (!parse_number(p, UNIT_PORT, &c))
		return;
	emit_over_ends(p, ends, NUM_SPORT, &c);
	if (proto) {
		emit_proto(p, proto);
		parse_emit_op(p, CODE_AND);
	}
	remember(p, t, ends, proto);
}

/* As listings show it: of ICMP the type or the code. */
static void term_port_key(struct parser *p, const struct term *t)
{
	struct compared c;
	if (!parse_number(p, UNIT_PORT, &c))
		return;
	c.step.subject = t->argument == 1 ? NUM_SPORT : NUM_DPORT;
	parse_emit(p, c.step);
	c.step.subject = t->argument == 1 ? NUM_ICMP_TYPE : NUM_ICMP_CODE;
	parse_emit(p, c.step);
	parse_emit_op(p, CODE_OR);
	if (c.not)
		parse_emit_op(p, CODE_NOT);
}

static bool ends_of(struct parser *p, enum ends *ends)
{
	*ends = ENDS_EITHER;
	if (!parse_is(p, "src") && !parse_is(p, "dst"))
		return false;
	bool src = parse_is(p, "src");
	*ends = src ? ENDS_SRC : ENDS_DST;
	parse_advance(p);
	struct token next = p->ahead;
	const char *other = src ? "dst" : "src";
	bool both = parse_is(p, "and") || p->token.kind == TOKEN_AND;
	if ((both || parse_is(p, "or") || p->token.kind == TOKEN_OR) && next.kind == TOKEN_WORD && next.bytes == 3 && memcmp(p->text + next.at, other, 3) == 0) {
		parse_advance(p);
		parse_advance(p);
		*ends = both ? ENDS_BOTH : ENDS_EITHER;
	}
	return true;
}

static bool is_port_word(const struct parser *p, const struct token *t)
{
	return t->kind == TOKEN_WORD && ((t->bytes == 4 && memcmp(p->text + t->at, "port", 4) == 0) ||
		(t->bytes == 9 && memcmp(p->text + t->at, "portrange", 9) == 0));
}

/* A protocol's name, alone or before [src|dst] port. */
static void term_proto_name(struct parser *p, const struct term *t)
{
	enum ends ends = ENDS_EITHER;
	bool sided = (parse_is(p, "src") || parse_is(p, "dst")) && is_port_word(p, &p->ahead);
	if (sided)
		ends_of(p, &ends);
	if (!is_port_word(p, &p->token)) {
		emit_proto(p, t->argument);
		return;
	}
	const struct term *port = parse_term_find("port", 4);
	parse_advance(p);
	term_port(p, port, ends, (uint8_t)t->argument);
}

static void term_ip(struct parser *p, const struct term *t, enum ends ends)
{
	bool addresses = parse_is(p, "in") || p->token.kind == TOKEN_EQUAL || parse_is_address(p);
	if (addresses || ends != ENDS_EITHER)
		term_address(p, parse_term_find("host", 4), ends);
	else
		parse_emit(p, (struct code_step){ .op = CODE_VERSION, .low = t->argument });
}

static const char *tunnel_word(unsigned i) { return ind_tunnel_name(i); }

static bool is_tunnel(const struct parser *p)
{
	for (unsigned i = IND_TUNNEL_NONE + 1; i < IND_TUNNEL_COUNT; i++)
		if (parse_is(p, ind_tunnel_name(i)))
			return true;
	return false;
}

/* Alone, or with what one of the list is. */
static void term_listed(struct parser *p, enum code_op op)
{
	struct compared c = { .step = { .test = TEST_RANGE, .high = UINT64_MAX } };
	bool number = p->token.kind == TOKEN_WORD && p->text[p->token.at] >= '0' && p->text[p->token.at] <= '9';
	if (op == CODE_VLAN && (number || parse_is_comparison(p)) && !parse_number(p, UNIT_COUNT, &c))
		return;
	if (op == CODE_TUNNEL && (is_tunnel(p) || parse_is_comparison(p)) && !parse_word(p, tunnel_word, 1, IND_TUNNEL_COUNT, &c))
		return;
	c.step.op = (uint8_t)op;
	emit_compared(p, &c);
}

static const char *words_of(unsigned number, unsigned i)
{
	switch (number) {
	case NUM_ORIENT: return ind_orient_name(i);
	case NUM_VALIDATED: return ind_validated_name(i);
	case NUM_END_REASON: return ind_flow_end_name(i);
	case NUM_CARRIES: return ind_tunnel_name(i);
	default: return ind_side_name(i);
	}
}

static const char *orient_word(unsigned i) { return words_of(NUM_ORIENT, i); }
static const char *validated_word(unsigned i) { return words_of(NUM_VALIDATED, i); }
static const char *end_word(unsigned i) { return words_of(NUM_END_REASON, i); }
static const char *side_word(unsigned i) { return words_of(NUM_SIDE, i); }

static void term_words(struct parser *p, unsigned number)
{
	static const struct { unsigned number; const char *(*word)(unsigned); unsigned first, end; } lists[] = {
		{ NUM_ORIENT, orient_word, 0, IND_ORIENT_ROLE + 1 }, { NUM_VALIDATED, validated_word, 0, IND_VALID_ONE_WAY + 1 },
		{ NUM_END_REASON, end_word, 0, IND_END_REUSED + 1 }, { NUM_CARRIES, tunnel_word, 1, IND_TUNNEL_COUNT }, { NUM_SIDE, side_word, 0, IND_SERVER + 1 },
	};
	struct compared c;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (lists[i].number != number || !parse_word(p, lists[i].word, lists[i].first, lists[i].end, &c))
			continue;
		c.step.subject = (uint16_t)number;
		emit_compared(p, &c);
		return;
	}
}

/* nfdump's letters, and like there `not flags AF` means neither of them; `=` asks for these and no others. */
static void term_flags(struct parser *p, const struct term *t, enum ends ends)
{
	static const struct { char letter; uint8_t bits; } letters[] = {
		{ 'F', 0x01 }, { 'S', 0x02 }, { 'R', 0x04 }, { 'P', 0x08 }, { 'A', 0x10 }, { 'U', 0x20 }, { 'E', 0x40 }, { 'C', 0x80 }, { 'X', 0x3f },
	};
	bool exact = p->token.kind == TOKEN_EQUAL;
	uint64_t bits = 0;
	if (exact)
		parse_advance(p);
	bool ok = p->token.kind == TOKEN_WORD;
	for (size_t i = 0; ok && i < p->token.bytes; i++) {
		size_t k = 0;
		while (k < sizeof(letters) / sizeof(letters[0]) && letters[k].letter != (p->text[p->token.at + i] & ~0x20))
			k++;
		ok = k < sizeof(letters) / sizeof(letters[0]);
		bits |= ok ? letters[k].bits : 0;
	}
	if (!ok) {
		parse_fail(p, p->token.at, "%s stands where TCP flags belong: letters of S P A F R U E C, or X", parse_shown(p, &p->token));
		return;
	}
	parse_advance(p);
	struct code_step step = { .op = CODE_FLAGS, .test = p->behind_not ? TEST_SET : TEST_RANGE, .low = bits };
	if (exact)
		step = (struct code_step){ .op = CODE_NUMBER, .test = TEST_RANGE, .low = bits, .high = bits };
	parse_emit_ends(p, t->argument == 1 ? ENDS_SRC : t->argument == 2 ? ENDS_DST : ends, NUM_SFLAGS, step);
}

static void term_sides(struct parser *p, const struct term *t, enum ends ends)
{
	struct compared c;
	if (!parse_number(p, UNIT_COUNT, &c))
		return;
	if (ends == ENDS_EITHER) {
		c.step.subject = (uint16_t)(t->argument + 2);
		emit_compared(p, &c);
	} else {
		emit_over_ends(p, ends, t->argument, &c);
	}
}

/* The smallest or the largest of a side. */
static void term_ttl(struct parser *p, enum ends ends)
{
	struct compared c;
	if (!parse_number(p, UNIT_COUNT, &c))
		return;
	parse_emit_ends(p, ends, NUM_STTL_MIN, c.step);
	parse_emit_ends(p, ends, NUM_STTL_MAX, c.step);
	parse_emit_op(p, CODE_OR);
	if (c.not)
		parse_emit_op(p, CODE_NOT);
}

static bool takes_ends(unsigned shape)
{
	return shape == SHAPE_ADDRESS || shape == SHAPE_NET || shape == SHAPE_IP || shape == SHAPE_PORT || shape == SHAPE_FLAGS || shape == SHAPE_SIDES ||
		shape == SHAPE_TTL || shape == SHAPE_CLAIM || shape == SHAPE_AS;
}

static void term_rest(struct parser *p, const struct term *t, enum ends ends)
{
	switch ((enum shape)t->shape) {
	case SHAPE_ANY: parse_emit_op(p, CODE_ANY); break;
	case SHAPE_ADDRESS:
	case SHAPE_NET: term_address(p, t, ends); break;
	case SHAPE_IP: term_ip(p, t, ends); break;
	case SHAPE_PORT: term_port(p, t, ends, 0); break;
	case SHAPE_PORT_KEY: term_port_key(p, t); break;
	case SHAPE_COUNT: emit_number(p, t->argument, UNIT_COUNT); break;
	case SHAPE_PROTO: emit_number(p, NUM_PROTO, UNIT_PROTO); break;
	case SHAPE_PROTO_NAME: term_proto_name(p, t); break;
	case SHAPE_VLAN: term_listed(p, CODE_VLAN); break;
	case SHAPE_TUNNEL: term_listed(p, CODE_TUNNEL); break;
	case SHAPE_WORDS: term_words(p, t->argument); break;
	case SHAPE_PRESENT: parse_emit(p, (struct code_step){ .op = CODE_NUMBER, .test = TEST_PRESENT, .subject = t->argument }); break;
	case SHAPE_FLAGS: term_flags(p, t, ends); break;
	case SHAPE_SIDES: term_sides(p, t, ends); break;
	case SHAPE_TTL: term_ttl(p, ends); break;
	case SHAPE_SPAN_MS: emit_number(p, t->argument, UNIT_MS); break;
	case SHAPE_SPAN_US: emit_number(p, t->argument, UNIT_US); break;
	case SHAPE_TIME: emit_number(p, t->argument, UNIT_TIME); break;
	case SHAPE_VALIDATED:
		if (p->f->kind == QUERY_KIND_ORIGIN)
			emit_number(p, NUM_VALID_FLOWS, UNIT_COUNT);
		else
			term_words(p, NUM_VALIDATED);
		break;
	default: parse_evidence(p, t, ends); break;
	}
}

static void unknown_word(struct parser *p)
{
	struct near near;
	char word[64];
	snprintf(word, sizeof(word), "%.*s", (int)(p->token.bytes < sizeof(word) ? p->token.bytes : sizeof(word) - 1), p->text + p->token.at);
	near_start(&near, word);
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		near_offer(&near, terms[i].name);
	static const char *const others[] = { "src", "dst", "and", "or", "not" };
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		near_offer(&near, others[i]);
	parse_offer_signals(&near);
	const char *best = near_best(&near);
	if (best)
		parse_fail(p, p->token.at, "unknown word %s; did you mean '%s'?", parse_shown(p, &p->token), best);
	else
		parse_fail(p, p->token.at, "unknown word %s; 'indicia fields filter' lists the words", parse_shown(p, &p->token));
}

/* A value without the words before it: those of the last such term, else a bare address is a host. */
static void bare(struct parser *p, enum ends ends, bool sided)
{
	const struct term *host = parse_term_find("host", 4);
	bool port = p->last && p->last->shape == SHAPE_PORT && !sided;
	if (p->last && !sided && !port) {
		if (p->last->shape == SHAPE_NET || parse_is_address(p))
			return term_address(p, p->last, p->last_ends);
	} else if (port && parse_is_port(p)) {
		return term_port(p, p->last, p->last_ends, p->last_proto);
	}
	if (parse_is_address(p) || (sided && parse_is(p, "in")))
		term_address(p, host, ends);
	else if (p->token.kind == TOKEN_WORD)
		unknown_word(p);
	else
		parse_fail(p, p->token.at, "%s stands where a term belongs", parse_shown(p, &p->token));
}

static const char *rows_named(enum query_kind_id kind) { return kind == QUERY_KIND_FLOW ? "flows" : kind == QUERY_KIND_SIGNAL ? "signals" : "origins"; }

static bool fits_rows(const struct parser *p, const struct term *t)
{
	unsigned row = p->f->kind == QUERY_KIND_FLOW ? ROWS_F : p->f->kind == QUERY_KIND_SIGNAL ? ROWS_S : ROWS_O;
	return t->rows & row;
}

void parse_term(struct parser *p)
{
	enum ends ends;
	bool sided = ends_of(p, &ends);
	const struct term *t = p->token.kind == TOKEN_WORD ? parse_term_find(p->text + p->token.at, p->token.bytes) : NULL;
	const struct ind_signal_info *info = p->token.kind == TOKEN_WORD ? ind_signal_find(p->text + p->token.at, p->token.bytes) : NULL;
	p->term_at = p->token.at;
	if (!parse_ok(p))
		return;
	if (!t && !info)
		bare(p, ends, sided);
	else if (sided && (!t || !takes_ends(t->shape) || (t->shape == SHAPE_ADDRESS && t->argument)))
		parse_fail(p, p->token.at, "%s has no src and dst", parse_shown(p, &p->token));
	else if (sided && p->f->kind == QUERY_KIND_ORIGIN)
		parse_fail(p, p->token.at, "origins have no src and dst");
	else if (t && !fits_rows(p, t))
		parse_fail(p, p->token.at, "%s does not belong to %s", parse_shown(p, &p->token), rows_named(p->f->kind));
	else {
		parse_advance(p);
		if (info)
			parse_signal(p, info->id);
		else
			term_rest(p, t, ends);
	}
}
