/* SPDX-License-Identifier: Apache-2.0 */
/* expr := and { ("or"|"||") and }    and := not { ["and"|"&&"] not }    not := ("not"|"!") not | "(" expr ")" | term */
#include "query/parse.h"
#include "query/when.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_BYTES = 40, STEPS_FIRST = 16, STACK_MAX = 2 * FILTER_DEPTH_MAX + 8 };

void parse_fail(struct parser *p, size_t at, const char *format, ...)
{
	va_list list;
	if (p->err != IND_OK)
		return;
	p->err = IND_MALFORMED;
	p->error->at = at;
	va_start(list, format);
	vsnprintf(p->error->text, sizeof(p->error->text), format, list);
	va_end(list);
}

static void limit(struct parser *p, size_t at, const char *what)
{
	parse_fail(p, at, "%s", what);
	p->err = IND_LIMIT;
}

const char *parse_shown(const struct parser *p, const struct token *t)
{
	static _Thread_local char shown[SHOWN_BYTES + 8];
	if (t->kind == TOKEN_END)
		return "the end of the filter";
	int bytes = t->bytes < SHOWN_BYTES ? (int)t->bytes : SHOWN_BYTES;
	snprintf(shown, sizeof(shown), "'%.*s%s'", bytes, p->text + t->at, t->bytes > SHOWN_BYTES ? "..." : "");
	return shown;
}

void parse_advance(struct parser *p)
{
	p->token = p->ahead;
	p->ahead = lex_next(p->text, p->bytes, p->token.at + p->token.bytes);
	if (p->token.kind == TOKEN_BAD)
		parse_fail(p, p->token.at, p->text[p->token.at] == '"' ? "a quotation without an end" : "unexpected '%c'", p->text[p->token.at]);
}

bool parse_is(const struct parser *p, const char *word)
{
	return p->token.kind == TOKEN_WORD && strlen(word) == p->token.bytes && memcmp(p->text + p->token.at, word, p->token.bytes) == 0;
}

static bool is_and(const struct parser *p) { return p->token.kind == TOKEN_AND || parse_is(p, "and") || parse_is(p, "AND"); }
static bool is_or(const struct parser *p) { return p->token.kind == TOKEN_OR || parse_is(p, "or") || parse_is(p, "OR"); }
static bool is_not(const struct parser *p) { return p->token.kind == TOKEN_NOT || parse_is(p, "not") || parse_is(p, "NOT"); }

static void count_stack(struct parser *p, enum code_op op)
{
	p->stack += op > CODE_NOT;
	p->stack -= op == CODE_AND || op == CODE_OR;
	if (p->stack > p->f->depth)
		p->f->depth = p->stack;
	if (p->stack > STACK_MAX)
		limit(p, p->term_at, "the filter is nested too deeply");
}

void parse_emit(struct parser *p, struct code_step step)
{
	struct query_filter *f = p->f;
	if (!parse_ok(p))
		return;
	if (f->count == FILTER_CODE_MAX) {
		limit(p, p->term_at, "the filter has too many terms; a list (in [...], in @file) takes many values");
		return;
	}
	if (f->count == f->room) {
		size_t room = f->room ? f->room * 2 : STEPS_FIRST;
		struct code_step *steps = realloc(f->steps, room * sizeof(*steps));
		if (!steps) {
			p->err = IND_NOMEM;
			return;
		}
		f->steps = steps;
		f->room = room;
	}
	step.at = (uint32_t)p->term_at;
	f->steps[f->count++] = step;
	count_stack(p, step.op);
}

struct code_set *parse_set(struct parser *p, uint32_t *index)
{
	struct query_filter *f = p->f;
	if (f->set_count == f->set_room) {
		size_t room = f->set_room ? f->set_room * 2 : STEPS_FIRST;
		struct code_set *sets = realloc(f->sets, room * sizeof(*sets));
		if (!sets) {
			p->err = IND_NOMEM;
			return NULL;
		}
		f->sets = sets;
		f->set_room = room;
	}
	*index = (uint32_t)f->set_count;
	f->sets[f->set_count] = (struct code_set){ 0 };
	return &f->sets[f->set_count++];
}

static void parse_or(struct parser *p);

static bool nest(struct parser *p)
{
	if (++p->nesting <= FILTER_DEPTH_MAX)
		return true;
	limit(p, p->token.at, "the filter is nested too deeply");
	return false;
}

static void parse_not(struct parser *p)
{
	bool behind = p->behind_not;
	p->behind_not = false;
	if (is_not(p)) {
		if (!nest(p))
			return;
		parse_advance(p);
		p->behind_not = true;
		parse_not(p);
		parse_emit_op(p, CODE_NOT);
		p->nesting--;
	} else if (p->token.kind == TOKEN_OPEN) {
		size_t open = p->token.at;
		if (!nest(p))
			return;
		parse_advance(p);
		parse_or(p);
		if (parse_ok(p) && p->token.kind == TOKEN_END)
			parse_fail(p, open, "this '(' has no ')'");
		else if (parse_ok(p) && p->token.kind != TOKEN_CLOSE)
			parse_fail(p, p->token.at, "unexpected %s", parse_shown(p, &p->token));
		parse_advance(p);
		p->nesting--;
	} else if (parse_ok(p)) {
		p->behind_not = behind;
		parse_term(p);
		p->behind_not = false;
	}
}

static bool begins_term(const struct parser *p)
{
	return p->token.kind == TOKEN_WORD || p->token.kind == TOKEN_OPEN || is_not(p);
}

static void parse_and(struct parser *p)
{
	parse_not(p);
	while (parse_ok(p) && !is_or(p) && (is_and(p) || begins_term(p))) {
		if (is_and(p))
			parse_advance(p);
		parse_not(p);
		parse_emit_op(p, CODE_AND);
	}
}

static void parse_or(struct parser *p)
{
	parse_and(p);
	while (parse_ok(p) && is_or(p)) {
		parse_advance(p);
		parse_and(p);
		parse_emit_op(p, CODE_OR);
	}
}

static bool asks_derived(const struct code_step *s)
{
	const struct ind_signal_info *info = s->op == CODE_SIGNAL ? ind_signal_info(s->subject) : NULL;
	return s->op == CODE_FAMILY || s->op == CODE_DERIVED || (info && info->recorded == IND_DERIVED);
}

static enum ind_err finish(struct query_filter *f)
{
	f->unsaid = calloc(f->count + 1, 1);
	for (size_t i = 0; i < f->count; i++) {
		struct code_step *s = &f->steps[i];
		size_t end = s->at;
		f->asks_derived |= asks_derived(s);
		while (f->text[end] && !strchr(" \t\r\n()[],!<>=~\"&|", f->text[end]))
			end++;
		s->at_bytes = (uint16_t)(end - s->at < UINT16_MAX ? end - s->at : UINT16_MAX);
	}
	return f->unsaid ? IND_OK : IND_NOMEM;
}

static enum ind_err parse_all(struct parser *p)
{
	parse_advance(p);
	parse_advance(p);
	if (parse_ok(p) && p->token.kind != TOKEN_END) {
		parse_or(p);
		if (parse_ok(p) && p->token.kind != TOKEN_END)
			parse_fail(p, p->token.at, p->token.kind == TOKEN_CLOSE ? "this ')' closes nothing" : "unexpected %s", parse_shown(p, &p->token));
	}
	return p->err == IND_OK ? finish(p->f) : p->err;
}

enum ind_err query_filter_compile(const char *text, size_t bytes, const struct filter_options *options, struct query_filter **out,
	struct filter_error *error)
{
	struct query_filter *f = calloc(1, sizeof(*f));
	struct parser p = { .text = text, .bytes = bytes, .f = f, .options = options, .error = error };
	*error = (struct filter_error){ 0 };
	if (!f || !(f->text = malloc(bytes + 1))) {
		free(f);
		return IND_NOMEM;
	}
	f->kind = options->kind;
	if (bytes)
		memcpy(f->text, text, bytes);
	f->text[bytes] = '\0';
	p.text = f->text;
	if (bytes > FILTER_TEXT_MAX)
		limit(&p, FILTER_TEXT_MAX, "the filter is too long; a list (in @file) takes many values");
	else if (memchr(f->text, '\0', bytes))
		parse_fail(&p, strlen(f->text), "a zero byte");
	else
		(void)parse_all(&p);
	if (p.err == IND_OK)
		p.err = f->unsaid ? IND_OK : IND_NOMEM;
	if (p.err != IND_OK) {
		query_filter_free(f);
		return p.err;
	}
	*out = f;
	return IND_OK;
}

static void set_free(struct code_set *s)
{
	free(s->numbers);
	free(s->v4);
	free(s->v6);
	free(s->texts);
	free(s->bytes);
}

void query_filter_free(struct query_filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->set_count; i++)
		set_free(&f->sets[i]);
	free(f->sets);
	free(f->steps);
	free(f->text);
	free(f->unsaid);
	free(f);
}

static bool same_word(const struct query_filter *f, const struct code_step *a, const struct code_step *b)
{
	return a->at_bytes == b->at_bytes && memcmp(f->text + a->at, f->text + b->at, a->at_bytes) == 0;
}

static bool said_before(const struct query_filter *f, size_t step)
{
	for (size_t i = 0; i < step; i++)
		if (f->unsaid[i] && same_word(f, &f->steps[i], &f->steps[step]))
			return true;
	return false;
}

const char *query_filter_unsaid(const struct query_filter *f, size_t n)
{
	static _Thread_local char word[FILTER_ERROR_BYTES];
	for (size_t i = 0; n < FILTER_UNSAID_MAX && i < f->count; i++) {
		if (!f->unsaid[i] || said_before(f, i) || n--)
			continue;
		snprintf(word, sizeof(word), "%.*s", (int)f->steps[i].at_bytes, f->text + f->steps[i].at);
		return word;
	}
	return NULL;
}

enum ind_err query_filter_window(struct query_filter *f, struct filter_window window)
{
	struct filter_error ignored;
	struct parser p = { .f = f, .error = &ignored, .stack = f->count != 0, .term_at = strlen(f->text) };
	bool alone = f->count == 0;
	parse_emit(&p, (struct code_step){ .op = CODE_OVERLAP, .low = window.from_ns, .high = window.to_ns });
	if (!alone)
		parse_emit_op(&p, CODE_AND);
	if (p.err != IND_OK)
		return p.err;
	free(f->unsaid);
	return finish(f);
}
