/* SPDX-License-Identifier: Apache-2.0 */
/* "saddr/24,dport/bytes": keys with commas between, lengths of prefixes behind addresses, the measure behind the last key. */
#include "base/near.h"
#include "query/code.h"
#include "query/stat.h"
#include "query/when.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ARG_ALL(x) x
#define ARG_ADDR(x) x
#define ARG_END_ADDR(x) x
#define ARG_PORT(x) x
#define ARG_END_PORT(x) x
#define ARG_NUMBER(x) x
#define ARG_VLAN(x) x
#define ARG_TUNNEL(x) x
#define ARG_SENSOR(x) x
#define ARG_SIGNAL(x) x
#define ARG_FAMILY(x) x
#define ARG_SIDE(x) x
#define ARG_VALUE(x) x

enum { WHOLE4 = 32, WHOLE6 = 128, NETWORK6 = 64 };

static const struct stat_key keys[] = {
#define KEY(name, form, number, help) { name, help, STAT_##form, ARG_##form(number), WHOLE4, WHOLE6, 0, 0, 0 },
#include "query/stat_keys.def"
#undef KEY
};

static const struct { const char *name, *help; } measures[STAT_MEASURE_COUNT] = {
#define MEASURE(id, name, help) { name, help },
#include "query/stat_measures.def"
#undef MEASURE
};

bool stat_key_word(size_t n, struct filter_word *word)
{
	if (n >= sizeof(keys) / sizeof(keys[0]))
		return false;
	*word = (struct filter_word){ keys[n].name, "key", keys[n].help };
	return true;
}

bool stat_measure_word(size_t n, struct filter_word *word)
{
	if (n >= STAT_MEASURE_COUNT)
		return false;
	*word = (struct filter_word){ measures[n].name, "measure", measures[n].help };
	return true;
}

/* ---- parsing ---- */

struct parsing { const char *text, *at; struct stat_spec *spec; struct filter_error *error; };

static bool __attribute__((format(printf, 3, 4))) fail(struct parsing *p, const char *at, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	vsnprintf(p->error->text, sizeof(p->error->text), format, list);
	va_end(list);
	p->error->at = (size_t)(at - p->text);
	return false;
}

static size_t word_bytes(const char *at) { return strcspn(at, "/,"); }

static bool is_word(const char *name, const char *at, size_t bytes) { return strlen(name) == bytes && memcmp(name, at, bytes) == 0; }

static bool no_key(struct parsing *p, const char *at, size_t bytes)
{
	struct near near;
	char word[64];
	size_t count;
	const struct ind_signal_info *list = ind_signal_list(&count);
	snprintf(word, sizeof(word), "%.*s", (int)(bytes < sizeof(word) ? bytes : sizeof(word) - 1), at);
	near_start(&near, word);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		near_offer(&near, keys[i].name);
	for (size_t i = 0; i < count; i++)
		near_offer(&near, list[i].name);
	const char *best = near_best(&near);
	if (best)
		return fail(p, at, "nothing is counted by '%s'; did you mean '%s'?", word, best);
	return fail(p, at, "nothing is counted by '%s'; 'indicia fields stats' lists the keys, 'indicia fields catalogue' the signals", word);
}

static bool find_key(struct parsing *p, const char *at, size_t bytes, struct stat_key *key)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (is_word(keys[i].name, at, bytes)) {
			*key = keys[i];
			return true;
		}
	}
	const struct ind_signal_info *info = ind_signal_find(at, bytes);
	if (!info)
		return no_key(p, at, bytes);
	*key = (struct stat_key){ .name = info->name, .help = info->help, .form = STAT_NAMED, .number = info->id };
	return true;
}

static bool number_at(const char **at, unsigned most, unsigned *number)
{
	const char *from = *at;
	for (*number = 0; **at >= '0' && **at <= '9' && *number <= most; ++*at)
		*number = *number * 10 + (unsigned)(**at - '0');
	return *at > from && *number <= most && (**at == '/' || **at == ',' || !**at);
}

static bool is_digit(const char *at) { return *at >= '0' && *at <= '9'; }

/* "/24", "/24/56": IPv4, and IPv6; of IPv6 /64 is the network if nothing else is said. */
static bool parse_prefixes(struct parsing *p, struct stat_key *key)
{
	const char *from = p->at + 1;
	unsigned v4, v6 = NETWORK6;
	if (*p->at != '/' || !is_digit(from))
		return true;
	if (key->form != STAT_ADDR && key->form != STAT_END_ADDR)
		return fail(p, from, "only addresses have a prefix");
	p->at = from;
	if (!number_at(&p->at, WHOLE4, &v4))
		return fail(p, from, "a prefix of IPv4 has 0 to 32 bits; that of IPv6 stands behind it: %s/24/48", key->name);
	if (*p->at == '/' && is_digit(p->at + 1)) {
		from = ++p->at;
		if (!number_at(&p->at, WHOLE6, &v6))
			return fail(p, from, "a prefix of IPv6 has 0 to 128 bits");
	}
	key->prefix4 = (uint8_t)v4;
	key->prefix6 = (uint8_t)v6;
	return true;
}

static bool parse_measure(struct parsing *p)
{
	size_t bytes = strlen(++p->at), m = 0;
	struct near near;
	while (m < STAT_MEASURE_COUNT && !is_word(measures[m].name, p->at, bytes))
		m++;
	p->spec->measure = (enum stat_measure)m;
	p->spec->by_key = false;
	if (m < STAT_MEASURE_COUNT)
		return true;
	near_start(&near, p->at);
	for (m = 0; m < STAT_MEASURE_COUNT; m++)
		near_offer(&near, measures[m].name);
	const char *best = near_best(&near);
	return fail(p, p->at, "nothing is measured in '%.40s'; %s%s%s", p->at, best ? "did you mean '" : "measures are flows packets bytes and others, see 'indicia fields stats'",
		best ? best : "", best ? "'?" : "");
}

/* What a flow has several of: its ends, its signals, its tags, its encapsulations, its values of one name. */
static unsigned axis_of(const struct stat_spec *spec, const struct stat_key *key)
{
	enum { AXIS_NONE, AXIS_ENDS, AXIS_SIGNALS, AXIS_VLANS, AXIS_TUNNELS, AXIS_NAMED };
	switch ((enum stat_form)key->form) {
	case STAT_END_ADDR:
	case STAT_END_PORT: return AXIS_ENDS;
	case STAT_SIGNAL:
	case STAT_FAMILY:
	case STAT_SIDE:
	case STAT_VALUE: return AXIS_SIGNALS;
	case STAT_VLAN: return AXIS_VLANS;
	case STAT_TUNNEL: return AXIS_TUNNELS;
	case STAT_NAMED: return AXIS_NAMED + (unsigned)spec->count;
	default: return AXIS_NONE;
	}
}

static bool add_key(struct parsing *p, const char *at, struct stat_key key)
{
	struct stat_spec *spec = p->spec;
	unsigned word = 1, named = 0;
	if (spec->count == STAT_KEYS_MAX)
		return fail(p, at, "more than %d keys", STAT_KEYS_MAX);
	for (size_t i = 0; i < spec->count; i++) {
		const struct stat_key *k = &spec->keys[i];
		if (strcmp(k->name, key.name) == 0)
			return fail(p, at, "%s is a key already", key.name);
		word = k->word + 1u + (k->form == STAT_ADDR || k->form == STAT_END_ADDR);
		named += k->form == STAT_NAMED;
	}
	if (key.form == STAT_NAMED && named == 2)
		return fail(p, at, "values of at most two signals are counted together");
	key.word = (uint8_t)word;
	key.axis = (uint8_t)axis_of(spec, &key);
	spec->keys[spec->count++] = key;
	return true;
}

bool stat_spec_parse(const char *text, uint64_t bin_ns, struct stat_spec *spec, struct filter_error *error)
{
	struct parsing p = { text, text, spec, error };
	*spec = (struct stat_spec){ .measure = STAT_BYTES, .by_key = true };
	if (snprintf(spec->name, sizeof(spec->name), "%s", text) >= (int)sizeof(spec->name))
		return fail(&p, text, "this is too long");
	if (bin_ns && !add_key(&p, text, (struct stat_key){ .name = "start", .help = "beginning of the bin", .form = STAT_BIN, .bin_ns = bin_ns }))
		return false;
	for (;;) {
		struct stat_key key = { 0 };
		const char *from = p.at;
		size_t bytes = word_bytes(p.at);
		if (!bytes)
			return fail(&p, p.at, "a key is missing here");
		if (!find_key(&p, p.at, bytes, &key))
			return false;
		p.at += bytes;
		if (!parse_prefixes(&p, &key) || !add_key(&p, from, key))
			return false;
		if (*p.at == '/')
			return parse_measure(&p);
		if (!*p.at)
			return true;
		p.at++;
	}
}

static bool unit_of(const char **at, uint64_t *seconds)
{
	static const struct { char letter; uint64_t seconds; } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 } };
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (**at == units[i].letter) {
			++*at;
			*seconds = units[i].seconds;
			return true;
		}
	}
	*seconds = 1;
	return !**at;
}

bool stat_bin_parse(const char *text, uint64_t *ns)
{
	enum { MOST_S = 366 * 86400 };
	uint64_t total = 0;
	if (*text == 'P')
		return when_parse_span(text, strlen(text), ns) && *ns;
	for (const char *at = text; *at;) {
		uint64_t count = 0, unit;
		const char *from = at;
		for (; is_digit(at) && count <= MOST_S; at++)
			count = count * 10 + (uint64_t)(*at - '0');
		if (at == from || !unit_of(&at, &unit))
			return false;
		total += count * unit;
		if (count > MOST_S || total > MOST_S)
			return false;
	}
	*ns = total * UINT64_C(1000000000);
	return total != 0;
}
