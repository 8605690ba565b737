/* SPDX-License-Identifier: Apache-2.0 */
/* The file of what is asked: a word and its operands a line, `#` before remarks, `>` before free text. */
#include "base/near.h"
#include "base/text.h"
#include "letter/letter.h"
#include "query/filter.h"
#include "query/when.h"
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct { const char *word, *form; } kinds[] = {
	[ASK_PRESERVE] = { "preserve", "preserve ADDRESS[:PORT] FROM/TO until DATE" },
	[ASK_NETFLOW] = { "netflow", "netflow ADDRESS[:PORT] FROM/TO" },
	[ASK_LEASE] = { "lease", "lease ADDRESS[:PORT] TIME" },
	[ASK_RELAY] = { "relay", "relay ADDRESS[:PORT] [FROM/TO]" },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]), WORDS_MAX = 6, WORD_BYTES = 128 };

struct line {
	char word[WORDS_MAX][WORD_BYTES];
	size_t count, number;
	char *error;
};

static enum ind_err wrong(const struct line *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

static enum ind_err wrong(const struct line *l, const char *format, ...)
{
	va_list arguments;
	int used = snprintf(l->error, LETTER_ERROR_BYTES, "line %zu: ", l->number);
	va_start(arguments, format);
	vsnprintf(l->error + used, LETTER_ERROR_BYTES - (size_t)used, format, arguments);
	va_end(arguments);
	return IND_MALFORMED;
}

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/* False if there are more words, or longer ones, than any ask has. */
static bool split(struct line *l, const char *at, const char *end)
{
	for (l->count = 0; at < end;) {
		const char *from;
		while (at < end && is_blank(*at))
			at++;
		for (from = at; at < end && !is_blank(*at);)
			at++;
		size_t bytes = (size_t)(at - from);
		if (!bytes)
			break;
		if (l->count == WORDS_MAX || bytes >= WORD_BYTES || memchr(from, '\0', bytes))
			return false;
		memcpy(l->word[l->count], from, bytes);
		l->word[l->count++][bytes] = '\0';
	}
	return true;
}

/* ---- operands ---- */

static bool port_read(const char *text, struct letter_end *end)
{
	unsigned port = 0;
	size_t digits = strspn(text, "0123456789");
	if (!digits || digits > 5 || text[digits])
		return false;
	for (; *text; text++)
		port = port * 10 + (unsigned)(*text - '0');
	end->port = (uint16_t)port;
	end->has_port = true;
	return port <= UINT16_MAX;
}

/* An IPv6 address with a port stands in brackets. */
static bool end_read(const char *text, struct letter_end *end)
{
	char addr[WORD_BYTES];
	const char *port = NULL;
	size_t bytes = strlen(text);
	*end = (struct letter_end){ .ip_version = 6 };
	if (*text == '[') {
		const char *close = strchr(text++, ']');
		if (!close || (close[1] && close[1] != ':'))
			return false;
		bytes = (size_t)(close - text);
		port = close[1] ? close + 2 : NULL;
	} else if (strchr(text, ':') == strrchr(text, ':')) {
		end->ip_version = 4;
		bytes = strcspn(text, ":");
		port = text[bytes] ? text + bytes + 1 : NULL;
	}
	memcpy(addr, text, bytes);
	addr[bytes] = '\0';
	return inet_pton(end->ip_version == 6 ? AF_INET6 : AF_INET, addr, end->addr) == 1 && (!port || port_read(port, end));
}

static bool window_read(const char *text, struct ask *ask)
{
	struct filter_window window;
	struct filter_error error;
	if (!strchr(text, '/') || !filter_window_parse(text, &window, &error) || window.to_ns == UINT64_MAX || window.from_ns == 0)
		return false;
	ask->from_ns = window.from_ns;
	ask->to_ns = window.to_ns;
	return true;
}

static bool moment_read(const char *text, uint64_t *ns)
{
	struct when when;
	bool is = when_parse(text, strlen(text), &when);
	*ns = is ? when.first_ns : 0;
	return is;
}

static bool operands_read(const struct line *l, struct ask *ask)
{
	const char *const third = l->count > 2 ? l->word[2] : NULL;
	switch (ask->kind) {
	case ASK_PRESERVE:
		return l->count == 5 && window_read(third, ask) && strcmp(l->word[3], "until") == 0 && moment_read(l->word[4], &ask->until_ns);
	case ASK_NETFLOW: return l->count == 3 && window_read(third, ask);
	case ASK_RELAY: return l->count == 2 || (l->count == 3 && window_read(third, ask));
	default: return l->count == 3 && moment_read(third, &ask->from_ns);
	}
}

/* ---- lines ---- */

static enum ind_err unknown_word(const struct line *l)
{
	struct near near;
	near_start(&near, l->word[0]);
	for (size_t i = 0; i < KINDS; i++)
		near_offer(&near, kinds[i].word);
	const char *best = near_best(&near);
	return wrong(l, "nothing is asked with '%.40s'; %s%s%s free text begins with '>'", l->word[0], best ? "did you mean '" : "preserve, netflow, lease and relay are known;",
		best ? best : "", best ? "'?" : "");
}

static enum ind_err ask_read(const struct line *l, struct ask *ask)
{
	size_t kind = 0;
	while (kind < KINDS && strcmp(kinds[kind].word, l->word[0]) != 0)
		kind++;
	if (kind == KINDS)
		return unknown_word(l);
	*ask = (struct ask){ .kind = (enum ask_kind)kind };
	if (l->count < 2 || !end_read(l->word[1], &ask->end))
		return wrong(l, "'%.60s' is no address; wanted: %s", l->count < 2 ? "" : l->word[1], kinds[kind].form);
	if (!operands_read(l, ask))
		return wrong(l, "wanted: %s, with times as 2026-11-20T09:10/09:25", kinds[kind].form);
	return IND_OK;
}

static enum ind_err text_read(const struct line *l, const char *at, const char *end, struct ask *ask)
{
	while (at < end && is_blank(*at))
		at++;
	while (end > at && is_blank(end[-1]))
		end--;
	*ask = (struct ask){ .kind = ASK_TEXT, .text = at, .bytes = (size_t)(end - at) };
	const char *words = forbidden_words(at, ask->bytes);
	if (words)
		return wrong(l, "'%s' is not asked in a letter that alleges nothing; say what was observed and what is needed", words);
	return ask->bytes ? IND_OK : wrong(l, "'>' and nothing behind it");
}

enum ind_err asks_read(const char *text, size_t bytes, struct asks *asks, char error[static LETTER_ERROR_BYTES])
{
	const char *end = text + bytes;
	struct line line = { .error = error };
	asks->count = 0;
	for (const char *at = text; at < end;) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		const char *from = at;
		stop = stop ? stop : end;
		at = stop < end ? stop + 1 : end;
		line.number++;
		while (from < stop && is_blank(*from))
			from++;
		if (from == stop || *from == '#')
			continue;
		if (asks->count == LETTER_ASKS_MAX)
			return wrong(&line, "more than %d lines that ask", LETTER_ASKS_MAX), IND_LIMIT;
		struct ask *ask = &asks->list[asks->count];
		enum ind_err err = *from == '>' ? text_read(&line, from + 1, stop, ask) : split(&line, from, stop) ? ask_read(&line, ask) : wrong(&line, "too many words, or one that is too long");
		if (err != IND_OK)
			return err;
		asks->count++;
	}
	return asks->count ? IND_OK : wrong(&line, "the file asks for nothing");
}

bool asks_name(const struct asks *asks, unsigned ip_version, const uint8_t addr[static IND_ADDR_BYTES])
{
	for (size_t i = 0; i < asks->count; i++) {
		const struct ask *a = &asks->list[i];
		if (a->kind != ASK_TEXT && a->end.ip_version == ip_version && memcmp(a->end.addr, addr, IND_ADDR_BYTES) == 0)
			return true;
	}
	return false;
}

const char *letter_end_text(const struct letter_end *end, char text[static LETTER_END_TEXT])
{
	char addr[48];
	text_addr(end->ip_version, end->addr, addr, sizeof(addr));
	if (!end->has_port)
		snprintf(text, LETTER_END_TEXT, "%s", addr);
	else
		snprintf(text, LETTER_END_TEXT, end->ip_version == 6 ? "[%s]:%u" : "%s:%u", addr, end->port);
	return text;
}
