/* SPDX-License-Identifier: Apache-2.0 */
/* Lists, in the filter or in a file of their own, and the sets that they become. */
#include "query/parse.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *grown(struct parser *p, void *at, size_t count, size_t item_bytes)
{
	if (p->f->items >= FILTER_ITEMS_MAX) {
		parse_fail(p, p->token.at, "more than %d items in lists", FILTER_ITEMS_MAX);
		p->err = p->err == IND_MALFORMED ? IND_LIMIT : p->err;
		return NULL;
	}
	p->f->items++;
	/* Room doubles at each power of two. */
	if (count & (count - 1))
		return at;
	void *more = realloc(at, (count ? count * 2 : 1) * item_bytes);
	if (!more && p->err == IND_OK)
		p->err = IND_NOMEM;
	return more;
}

bool code_add_number(struct parser *p, struct code_set *set, uint64_t low, uint64_t high)
{
	struct code_range *at = grown(p, set->numbers, set->number_count, sizeof(*at));
	if (!at)
		return false;
	set->numbers = at;
	set->numbers[set->number_count++] = (struct code_range){ low, high };
	return true;
}

bool code_add_addrs(struct parser *p, struct code_set *set, unsigned ip_version, struct code_addrs range)
{
	struct code_addrs **list = ip_version == 4 ? &set->v4 : &set->v6;
	size_t *count = ip_version == 4 ? &set->v4_count : &set->v6_count;
	struct code_addrs *at = grown(p, *list, *count, sizeof(*at));
	if (!at)
		return false;
	*list = at;
	at[(*count)++] = range;
	return true;
}

bool code_add_text(struct parser *p, struct code_set *set, struct code_string text)
{
	struct code_string *at = grown(p, set->texts, set->text_count, sizeof(*at));
	if (!at)
		return false;
	set->texts = at;
	set->texts[set->text_count++] = text;
	return true;
}

static int by_low(const void *a, const void *b)
{
	const struct code_range *x = a, *y = b;
	return x->low < y->low ? -1 : x->low > y->low;
}

static int compare_addr(struct code_addr a, struct code_addr b)
{
	if (a.high != b.high)
		return a.high < b.high ? -1 : 1;
	return a.low < b.low ? -1 : a.low > b.low;
}

static int by_first(const void *a, const void *b) { return compare_addr(((const struct code_addrs *)a)->first, ((const struct code_addrs *)b)->first); }

static int by_text(const void *a, const void *b)
{
	const struct code_string *x = a, *y = b;
	int order = memcmp(x->at, y->at, x->bytes < y->bytes ? x->bytes : y->bytes);
	return order ? order : (x->bytes > y->bytes) - (x->bytes < y->bytes);
}

static void settle_numbers(struct code_set *set)
{
	size_t kept = 0;
	if (set->number_count)
		qsort(set->numbers, set->number_count, sizeof(*set->numbers), by_low);
	for (size_t i = 0; i < set->number_count; i++) {
		struct code_range *last = kept ? &set->numbers[kept - 1] : NULL;
		if (last && set->numbers[i].low <= last->high)
			last->high = set->numbers[i].high > last->high ? set->numbers[i].high : last->high;
		else
			set->numbers[kept++] = set->numbers[i];
	}
	set->number_count = kept;
}

static size_t settle_addrs(struct code_addrs *list, size_t count)
{
	size_t kept = 0;
	if (count)
		qsort(list, count, sizeof(*list), by_first);
	for (size_t i = 0; i < count; i++) {
		if (kept && compare_addr(list[i].first, list[kept - 1].last) <= 0) {
			if (compare_addr(list[kept - 1].last, list[i].last) < 0)
				list[kept - 1].last = list[i].last;
		} else {
			list[kept++] = list[i];
		}
	}
	return kept;
}

void code_set_settle(struct code_set *set)
{
	settle_numbers(set);
	set->v4_count = settle_addrs(set->v4, set->v4_count);
	set->v6_count = settle_addrs(set->v6, set->v6_count);
	if (set->text_count)
		qsort(set->texts, set->text_count, sizeof(*set->texts), by_text);
}

typedef bool item_fn(struct parser *p, struct code_set *set, struct code_string word);

/* Words with spaces, commas or line ends between; `#` begins a comment. Texts borrow the file, which the set owns then. */
static bool file_items(struct parser *p, item_fn *item, struct code_set *set, const char *text, size_t bytes)
{
	size_t line = 1;
	for (size_t at = 0; at < bytes && parse_ok(p);) {
		if (text[at] == '#')
			while (at < bytes && text[at] != '\n')
				at++;
		if (at == bytes || strchr(" \t\r\n,", text[at])) {
			line += at < bytes && text[at] == '\n';
			at++;
			continue;
		}
		size_t from = at;
		while (at < bytes && !strchr(" \t\r\n,", text[at]))
			at++;
		if (!item(p, set, (struct code_string){ text + from, at - from }) && p->err == IND_MALFORMED) {
			size_t used = strlen(p->error->text);
			snprintf(p->error->text + used, sizeof(p->error->text) - used, ", in line %zu of the list", line);
		}
	}
	return parse_ok(p);
}

static bool file_list(struct parser *p, item_fn *item, struct code_set *set)
{
	char name[4096], *text = NULL;
	size_t bytes = 0;
	size_t length = p->token.bytes - 1;
	if (length == 0 || length >= sizeof(name)) {
		parse_fail(p, p->token.at, "'@' wants the name of a file behind it");
		return false;
	}
	memcpy(name, p->text + p->token.at + 1, length);
	name[length] = '\0';
	enum ind_err err = p->options->list ? p->options->list(p->options->list_ctx, name, &text, &bytes) : IND_MISSING;
	if (err != IND_OK) {
		parse_fail(p, p->token.at, "the list %.200s cannot be read", name);
		p->err = err;
		return false;
	}
	free(set->bytes);
	set->bytes = text;
	bool ok = file_items(p, item, set, text, bytes);
	parse_advance(p);
	return ok;
}

/* The text is the filter's own copy, and what a quotation stands for is no longer than itself. */
bool parse_string(struct parser *p, struct code_string *out)
{
	char *at = p->f->text + p->token.at;
	if (p->token.kind == TOKEN_WORD) {
		*out = (struct code_string){ at, p->token.bytes };
		return true;
	}
	*out = (struct code_string){ at, 0 };
	if (!lex_value(p->text, &p->token, at, &out->bytes))
		parse_fail(p, p->token.at, "a backslash stands before a quotation mark, a backslash, or x and two hexadecimal digits");
	return parse_ok(p);
}

static bool inline_list(struct parser *p, item_fn *item, struct code_set *set)
{
	struct code_string word;
	size_t open = p->token.at;
	parse_advance(p);
	while (parse_ok(p) && p->token.kind != TOKEN_LIST_END) {
		if (p->token.kind == TOKEN_END) {
			parse_fail(p, open, "this '[' has no ']'");
		} else if (p->token.kind == TOKEN_WORD) {
			item(p, set, (struct code_string){ p->text + p->token.at, p->token.bytes });
		} else if (p->token.kind == TOKEN_TEXT) {
			if (parse_string(p, &word))
				item(p, set, word);
		} else if (p->token.kind != TOKEN_COMMA) {
			parse_fail(p, p->token.at, "unexpected %s in a list", parse_shown(p, &p->token));
		}
		parse_advance(p);
	}
	parse_advance(p);
	return parse_ok(p);
}

bool parse_list(struct parser *p, item_fn *item, struct code_set *set)
{
	bool ok = false;
	if (p->token.kind == TOKEN_LIST)
		ok = inline_list(p, item, set);
	else if (p->token.kind == TOKEN_WORD && p->text[p->token.at] == '@')
		ok = file_list(p, item, set);
	else
		parse_fail(p, p->token.at, "'in' wants a list: [a, b] or @file, not %s", parse_shown(p, &p->token));
	code_set_settle(set);
	return ok;
}
