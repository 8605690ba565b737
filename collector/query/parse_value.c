/* SPDX-License-Identifier: Apache-2.0 */
/* Values: numbers with units, ports, addresses, times, words, texts. */
#include "indicia/catalogue.h"
#include "query/parse.h"
#include "query/when.h"
#include <stdio.h>
#include <string.h>

struct scale { const char *name; uint64_t factor; };

static const struct scale counts[] = {
	{ "k", 1000 }, { "K", 1000 }, { "M", 1000000 }, { "m", 1000000 }, { "G", 1000000000 }, { "g", 1000000000 }, { "T", 1000000000000 },
	{ "t", 1000000000000 }, { NULL, 0 },
};

static const struct scale spans[] = {
	{ "us", 1 }, { "ms", 1000 }, { "s", 1000000 }, { "min", 60000000 }, { "h", 3600000000 }, { "d", 86400000000 }, { NULL, 0 },
};

/* As IANA registers them; the commonest, since no file of the machine may decide what a filter means. */
static const struct { const char *name; uint16_t port; } services[] = {
	{ "ftp-data", 20 }, { "ftp", 21 }, { "ssh", 22 }, { "telnet", 23 }, { "smtp", 25 }, { "domain", 53 }, { "tftp", 69 }, { "http", 80 },
	{ "kerberos", 88 }, { "pop3", 110 }, { "ntp", 123 }, { "imap", 143 }, { "snmp", 161 }, { "bgp", 179 }, { "ldap", 389 }, { "https", 443 },
	{ "microsoft-ds", 445 }, { "submissions", 465 }, { "syslog", 514 }, { "submission", 587 }, { "ldaps", 636 }, { "domain-s", 853 },
	{ "imaps", 993 }, { "pop3s", 995 }, { "socks", 1080 }, { "openvpn", 1194 }, { "ms-sql-s", 1433 }, { "mysql", 3306 }, { "ms-wbt-server", 3389 },
	{ "sip", 5060 }, { "sips", 5061 }, { "mdns", 5353 }, { "postgresql", 5432 },
};

void parse_emit_ends(struct parser *p, enum ends ends, unsigned subject, struct code_step step)
{
	step.subject = (uint16_t)(subject + (ends == ENDS_DST ? 1 : ends == ENDS_SENDER ? 2 : 0));
	parse_emit(p, step);
	if (ends != ENDS_EITHER && ends != ENDS_BOTH)
		return;
	step.subject = (uint16_t)(subject + 1);
	parse_emit(p, step);
	parse_emit_op(p, ends == ENDS_BOTH ? CODE_AND : CODE_OR);
}

/* "1.5M": digits, a fraction if there is a unit for it, a unit. */
static bool scaled(const char *at, size_t bytes, const struct scale *scales, uint64_t plain, uint64_t *value)
{
	uint64_t whole = 0, part = 0, part_of = 1;
	size_t i = 0;
	for (; i < bytes && at[i] >= '0' && at[i] <= '9'; i++)
		if (__builtin_mul_overflow(whole, 10, &whole) || __builtin_add_overflow(whole, (uint64_t)(at[i] - '0'), &whole))
			return false;
	if (i == 0)
		return false;
	if (i < bytes && at[i] == '.')
		for (i++; i < bytes && at[i] >= '0' && at[i] <= '9' && part_of < 1000000; i++) {
			part = part * 10 + (uint64_t)(at[i] - '0');
			part_of *= 10;
		}
	uint64_t factor = i == bytes ? plain : 0;
	for (; factor == 0 && scales->name; scales++)
		if (strlen(scales->name) == bytes - i && memcmp(scales->name, at + i, bytes - i) == 0)
			factor = scales->factor;
	if (factor == 0 || part * factor % part_of != 0 || __builtin_mul_overflow(whole, factor, &whole))
		return false;
	return !__builtin_add_overflow(whole, part * factor / part_of, value);
}

static bool port_of(const char *at, size_t bytes, uint64_t *value)
{
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		if (strlen(services[i].name) == bytes && memcmp(services[i].name, at, bytes) == 0) {
			*value = services[i].port;
			return true;
		}
	}
	return scaled(at, bytes, &counts[8], 1, value) && *value <= UINT16_MAX;
}

static bool proto_of(const char *at, size_t bytes, uint64_t *value)
{
	char word[16] = "";
	/* pcap-filter wants names that are keywords escaped. */
	size_t escape = bytes > 1 && at[0] == '\\';
	if (bytes < sizeof(word))
		memcpy(word, at + escape, bytes - escape);
	const struct term *t = parse_term_find(word, strlen(word));
	if (t && t->shape == SHAPE_PROTO_NAME) {
		*value = t->argument;
		return true;
	}
	return scaled(at, bytes, &counts[8], 1, value) && *value <= UINT8_MAX;
}

/* One value: most are one number, a time is all of what it leaves open. */
static bool value_of(enum unit unit, const char *at, size_t bytes, uint64_t *low, uint64_t *high)
{
	struct when when;
	bool ok = false;
	switch (unit) {
	case UNIT_COUNT: ok = scaled(at, bytes, counts, 1, low); break;
	case UNIT_MS: ok = scaled(at, bytes, spans, 1000, low); break;
	case UNIT_US: ok = scaled(at, bytes, spans, 1, low); break;
	case UNIT_PORT: ok = port_of(at, bytes, low); break;
	case UNIT_PROTO: ok = proto_of(at, bytes, low); break;
	case UNIT_AS: {
		size_t prefix = bytes > 2 && (at[0] == 'A' || at[0] == 'a') && (at[1] == 'S' || at[1] == 's') ? 2 : 0;
		ok = scaled(at + prefix, bytes - prefix, &counts[8], 1, low) && *low <= UINT32_MAX;
		break;
	}
	case UNIT_SIGNED: {
		bool minus = bytes > 1 && at[0] == '-';
		ok = scaled(at + minus, bytes - minus, counts, 1, low) && *low <= INT64_MAX;
		*low = minus ? 0 - *low : *low;
		break;
	}
	case UNIT_TIME:
		ok = when_parse(at, bytes, &when);
		*low = ok ? when.first_ns : 0;
		*high = ok ? when.last_ns : 0;
		return ok;
	}
	*high = *low;
	return ok;
}

static const char *wanted(enum unit unit)
{
	static const char *const texts[] = {
		[UNIT_COUNT] = "a number, such as 1500, 10k or 1.5M", [UNIT_MS] = "a length of time, such as 300ms or 5s",
		[UNIT_US] = "a length of time, such as 300ms or 5s", [UNIT_TIME] = "a time, such as 2026-11-20T09:10 or @1795165800",
		[UNIT_PORT] = "a port: a number up to 65535, a range such as 1024-2047, or a name such as https",
		[UNIT_PROTO] = "a protocol: a number up to 255, or a name such as tcp", [UNIT_AS] = "an AS number", [UNIT_SIGNED] = "a whole number",
	};
	return texts[unit];
}

/* VALUE, or LOW-HIGH. */
static bool range_of(enum unit unit, struct code_string word, uint64_t *low, uint64_t *high)
{
	uint64_t ignored;
	if (value_of(unit, word.at, word.bytes, low, high))
		return true;
	const char *dash = unit == UNIT_TIME || unit == UNIT_SIGNED ? NULL : memchr(word.at, '-', word.bytes);
	return dash && value_of(unit, word.at, (size_t)(dash - word.at), low, &ignored) &&
		value_of(unit, dash + 1, word.bytes - (size_t)(dash + 1 - word.at), high, &ignored) && *low <= *high;
}

static const char *cut_text(struct code_string word)
{
	static _Thread_local char text[41];
	snprintf(text, sizeof(text), "%.*s", (int)(word.bytes < 40 ? word.bytes : 40), word.at);
	return text;
}

#define NUMBER_ITEM(symbol) \
	static bool item_##symbol(struct parser *p, struct code_set *set, struct code_string word) \
	{ \
		uint64_t low, high; \
		if (range_of(UNIT_##symbol, word, &low, &high)) \
			return code_add_number(p, set, low, high); \
		parse_fail(p, p->token.at, "'%.40s' is not %s", cut_text(word), wanted(UNIT_##symbol)); \
		return false; \
	}

NUMBER_ITEM(COUNT)
NUMBER_ITEM(MS)
NUMBER_ITEM(US)
NUMBER_ITEM(TIME)
NUMBER_ITEM(PORT)
NUMBER_ITEM(PROTO)
NUMBER_ITEM(AS)

static bool (*const items[])(struct parser *, struct code_set *, struct code_string) = {
	[UNIT_COUNT] = item_COUNT, [UNIT_MS] = item_MS, [UNIT_US] = item_US, [UNIT_TIME] = item_TIME, [UNIT_PORT] = item_PORT, [UNIT_PROTO] = item_PROTO,
	[UNIT_AS] = item_AS, [UNIT_SIGNED] = NULL,
};

/* The comparison at hand, also by tshark's and nfdump's words; TOKEN_EQUAL if there is none. */
static enum token_kind comparison(struct parser *p)
{
	static const struct { const char *word; enum token_kind kind; } words[] = {
		{ "eq", TOKEN_EQUAL }, { "ne", TOKEN_UNEQUAL }, { "lt", TOKEN_LESS }, { "le", TOKEN_AT_MOST }, { "gt", TOKEN_MORE }, { "ge", TOKEN_AT_LEAST },
	};
	enum token_kind kind = p->token.kind;
	bool is = kind >= TOKEN_LESS && kind <= TOKEN_LIKE;
	for (size_t i = 0; !is && i < sizeof(words) / sizeof(words[0]); i++) {
		if (parse_is(p, words[i].word)) {
			kind = words[i].kind;
			is = true;
		}
	}
	if (!is)
		return TOKEN_EQUAL;
	parse_advance(p);
	if (parse_ok(p) && p->token.kind >= TOKEN_LESS && p->token.kind <= TOKEN_LIKE)
		parse_fail(p, p->token.at, "unexpected %s behind a comparison", parse_shown(p, &p->token));
	return kind;
}

bool parse_is_comparison(const struct parser *p)
{
	return (p->token.kind >= TOKEN_LESS && p->token.kind <= TOKEN_LIKE) || parse_is(p, "in") || parse_is(p, "eq") || parse_is(p, "ne") || parse_is(p, "lt") ||
		parse_is(p, "le") || parse_is(p, "gt") || parse_is(p, "ge");
}

/* What no value can be is a set without members: an unknown one stays unknown. */
static bool never(struct parser *p, struct compared *out)
{
	out->step.test = TEST_SET;
	return parse_set(p, &out->step.set) != NULL;
}

static bool compare(struct parser *p, enum unit unit, enum token_kind kind, uint64_t low, uint64_t high, struct compared *out)
{
	struct code_step *s = &out->step;
	uint64_t least = unit == UNIT_SIGNED ? (uint64_t)INT64_MIN : 0, most = unit == UNIT_SIGNED ? (uint64_t)INT64_MAX : UINT64_MAX;
	s->test = TEST_RANGE;
	s->low = least;
	s->high = most;
	switch (kind) {
	case TOKEN_LESS: s->high = low - 1; return low != least || never(p, out);
	case TOKEN_AT_MOST: s->high = high; return true;
	case TOKEN_MORE: s->low = high + 1; return high != most || never(p, out);
	case TOKEN_AT_LEAST: s->low = low; return true;
	default:
		s->low = low;
		s->high = high;
		out->not = kind == TOKEN_UNEQUAL;
		return true;
	}
}

bool parse_number(struct parser *p, enum unit unit, struct compared *out)
{
	uint64_t low, high;
	struct code_string word = { NULL, 0 };
	*out = (struct compared){ .step = { .op = CODE_NUMBER, .test = TEST_SET } };
	if (parse_is(p, "in") && items[unit]) {
		parse_advance(p);
		struct code_set *set = parse_set(p, &out->step.set);
		return set && parse_list(p, items[unit], set);
	}
	enum token_kind kind = comparison(p);
	if (parse_ok(p) && kind == TOKEN_LIKE)
		parse_fail(p, p->token.at, "'~' is for texts");
	if (parse_ok(p) && p->token.kind != TOKEN_WORD)
		parse_fail(p, p->token.at, "%s stands where %s belongs", parse_shown(p, &p->token), wanted(unit));
	if (!parse_ok(p) || !parse_string(p, &word))
		return false;
	if (!range_of(unit, word, &low, &high)) {
		parse_fail(p, p->token.at, "%s is not %s", parse_shown(p, &p->token), wanted(unit));
		return false;
	}
	parse_advance(p);
	return parse_ok(p) && compare(p, unit, kind, low, high, out);
}

static bool word_of(struct parser *p, const char *(*words)(unsigned), unsigned first, unsigned end, uint64_t *value)
{
	struct near near;
	char word[FILTER_ERROR_BYTES / 4];
	for (unsigned i = first; i < end; i++) {
		if (parse_is(p, words(i))) {
			*value = i;
			return true;
		}
	}
	snprintf(word, sizeof(word), "%.*s", (int)(p->token.bytes < sizeof(word) ? p->token.bytes : sizeof(word) - 1), p->text + p->token.at);
	near_start(&near, word);
	for (unsigned i = first; i < end; i++)
		near_offer(&near, words(i));
	const char *best = near_best(&near);
	char all[FILTER_ERROR_BYTES / 2] = "";
	for (unsigned i = first; i < end; i++)
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i > first ? " " : "", words(i));
	if (best)
		parse_fail(p, p->token.at, "%s is not one of its words; did you mean '%s'?", parse_shown(p, &p->token), best);
	else
		parse_fail(p, p->token.at, "%s is none of: %s", parse_shown(p, &p->token), all);
	return false;
}

bool parse_word(struct parser *p, const char *(*words)(unsigned), unsigned first, unsigned end, struct compared *out)
{
	uint64_t value;
	*out = (struct compared){ .step = { .op = CODE_NUMBER, .test = TEST_SET } };
	struct code_set *set = parse_set(p, &out->step.set);
	if (!set)
		return false;
	if (parse_is(p, "in") && p->ahead.kind == TOKEN_LIST) {
		parse_advance(p);
		for (parse_advance(p); parse_ok(p) && p->token.kind != TOKEN_LIST_END; parse_advance(p))
			if (p->token.kind != TOKEN_COMMA && word_of(p, words, first, end, &value))
				code_add_number(p, set, value, value);
		parse_advance(p);
		code_set_settle(set);
		return parse_ok(p);
	}
	size_t at = p->token.at;
	enum token_kind kind = comparison(p);
	if (parse_ok(p) && kind != TOKEN_EQUAL && kind != TOKEN_UNEQUAL)
		parse_fail(p, at, "words are compared with = and != only");
	if (!parse_ok(p) || !word_of(p, words, first, end, &value) || !code_add_number(p, set, value, value))
		return false;
	out->not = kind == TOKEN_UNEQUAL;
	parse_advance(p);
	return parse_ok(p);
}

static bool item_text(struct parser *p, struct code_set *set, struct code_string word) { return code_add_text(p, set, word); }

bool parse_text(struct parser *p, struct compared *out)
{
	struct code_string word = { NULL, 0 };
	*out = (struct compared){ .step = { .test = TEST_EQUAL } };
	struct code_set *set = parse_set(p, &out->step.set);
	if (!set)
		return false;
	if (parse_is(p, "in")) {
		parse_advance(p);
		return parse_list(p, item_text, set);
	}
	size_t at = p->token.at;
	enum token_kind kind = comparison(p);
	if (parse_ok(p) && kind != TOKEN_EQUAL && kind != TOKEN_UNEQUAL && kind != TOKEN_LIKE)
		parse_fail(p, at, "texts are compared with = != ~ and in");
	if (parse_ok(p) && p->token.kind != TOKEN_WORD && p->token.kind != TOKEN_TEXT)
		parse_fail(p, p->token.at, "%s stands where a text belongs", parse_shown(p, &p->token));
	if (!parse_ok(p) || !parse_string(p, &word) || !code_add_text(p, set, word))
		return false;
	out->step.test = kind == TOKEN_LIKE ? TEST_LIKE : TEST_EQUAL;
	out->not = kind == TOKEN_UNEQUAL;
	parse_advance(p);
	return parse_ok(p);
}

bool parse_is_port(const struct parser *p)
{
	uint64_t low, high;
	return p->token.kind == TOKEN_WORD && range_of(UNIT_PORT, (struct code_string){ p->text + p->token.at, p->token.bytes }, &low, &high);
}
