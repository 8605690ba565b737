/* SPDX-License-Identifier: Apache-2.0 */
/* How many machines may stand behind one address: distinct pairs of a TCP stack and a declared system in one hour. An element holds a
 * digest of the SYN in its upper 12 bits, the system in its lower 4; 0 is unknown in both. */
#include "origin/inside.h"

enum { SYSTEM_BITS = 4, SYSTEM_MASK = (1 << SYSTEM_BITS) - 1, DIGEST_BITS = 12, SYN_FIELDS_SKIPPED = 3 };

/* IP version, TTL and window are left out: they change between flows of one machine. What remains is MSS, window scale, options, quirks. */
static const char *syn_rest(const struct ind_signal *signal)
{
	const char *at = signal->value, *end = at + signal->value_bytes;
	for (unsigned fields = 0; at < end && fields < SYN_FIELDS_SKIPPED; at++)
		fields += *at == ':';
	return at;
}

/* Quirks that say whether the identification is zero: of one packet in 65,536 of any machine it is, so that a busy one would be two. '-': no quirk. */
static bool is_by_chance(char quirk) { return quirk == 'i' || quirk == 'j' || quirk == '-'; }

/* FNV-1a. Whoever makes two stacks collide could as well send the same SYN twice. */
static uint16_t digest_of(const char *at, const char *end)
{
	uint32_t hash = 2166136261u;
	const char *quirks = end;
	while (quirks > at && quirks[-1] != ':')
		quirks--;
	for (; at < end; at++)
		if (at < quirks || !is_by_chance(*at))
			hash = (hash ^ (uint8_t)*at) * 16777619u;
	hash ^= hash >> DIGEST_BITS;
	hash &= (1u << DIGEST_BITS) - 1;
	return (uint16_t)((hash ? hash : 1) << SYSTEM_BITS);
}

/* RFC 7323 section 3.2: kind 8, in a list like o2-4-8-1-3. */
static bool has_timestamps(const char *at, const char *end)
{
	for (at++; at < end; at++)
		if (*at == '8' && (at[-1] == '-' || at[-1] == 'o') && (at + 1 == end || at[1] == '-' || at[1] == ':'))
			return true;
	return false;
}

static bool holds(const char *text, size_t bytes, const char *word)
{
	size_t length = strlen(word);
	for (size_t i = 0; i + length <= bytes; i++)
		if (text[i] == word[0] && memcmp(text + i, word, length) == 0)
			return true;
	return false;
}

/* What a program says of its system stands in the first brackets (RFC 9110 section 10.1.5). Names that contain others come first. */
static uint16_t system_of(const char *text, size_t bytes)
{
	static const struct {
		const char *word;
		uint16_t system;
	} words[] = {
		{ "Windows", 1 },
		{ "Android", 2 },
		{ "iPhone", 3 },
		{ "iPad", 3 },
		{ "Mac", 4 },
		{ "CrOS", 5 },
		{ "Linux", 6 },
		{ "BSD", 7 },
	};
	enum { LOOK_BYTES = 64 };
	const char *bracket = memchr(text, '(', bytes);
	if (!bracket)
		return 0;
	size_t left = bytes - (size_t)(bracket - text);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (holds(bracket, left < LOOK_BYTES ? left : LOOK_BYTES, words[i].word))
			return words[i].system;
	return 0;
}

uint16_t stack_facts(const struct ind_signal *signal)
{
	return has_timestamps(syn_rest(signal), signal->value + signal->value_bytes) ? FACT_TIMESTAMPS : 0;
}

void stack_read(const struct ind_signal *signal, struct said *said)
{
	const char *end = signal->value + signal->value_bytes;
	if (signal->id == IND_SIG_HTTP_USER_AGENT) {
		said->stack = (uint16_t)((said->stack & ~SYSTEM_MASK) | system_of(signal->value, signal->value_bytes));
		return;
	}
	const char *rest = syn_rest(signal);
	said->stack = (uint16_t)((said->stack & SYSTEM_MASK) | digest_of(rest, end));
	said->facts |= stack_facts(signal);
}

static bool is_later(uint16_t a, uint16_t b) { return (int16_t)(uint16_t)(a - b) > 0; }

static uint16_t hour_of(uint32_t pair) { return (uint16_t)(pair >> 16); }

/* Another element of the same hour shows this one with the half that is missing here. */
static bool is_part(const uint32_t *pair, size_t count, uint32_t one)
{
	uint32_t known = (one & SYSTEM_MASK ? SYSTEM_MASK : 0) | (one & (UINT16_MAX & ~SYSTEM_MASK) ? UINT16_MAX & ~SYSTEM_MASK : 0);
	for (size_t i = 0; i < count; i++)
		if (pair[i] != one && hour_of(pair[i]) == hour_of(one) && (pair[i] & known) == (one & known))
			return true;
	return false;
}

/* A stack alone and a system alone may be those of one machine. */
static unsigned count_in(const uint32_t *pair, size_t count, uint16_t hour)
{
	unsigned whole = 0, stacks = 0, systems = 0;
	for (size_t i = 0; i < count; i++) {
		if (hour_of(pair[i]) != hour || is_part(pair, count, pair[i]))
			continue;
		if (!(pair[i] & SYSTEM_MASK))
			stacks++;
		else if (!(pair[i] & (UINT16_MAX & ~SYSTEM_MASK)))
			systems++;
		else
			whole++;
	}
	return whole + (stacks > systems ? stacks : systems);
}

static unsigned most_in(const uint32_t *pair, size_t count)
{
	unsigned most = 0;
	for (size_t i = 0; i < count; i++) {
		unsigned here = count_in(pair, count, hour_of(pair[i]));
		most = here > most ? here : most;
	}
	return most;
}

/* Makes room: the earliest hour becomes a number. A single hour that fills the list stays, and says "at least". */
static void fold(struct stack_list *l)
{
	uint16_t first = hour_of(l->pair[0]);
	uint32_t kept = 0;
	for (uint32_t i = 1; i < l->used; i++)
		first = is_later(first, hour_of(l->pair[i])) ? hour_of(l->pair[i]) : first;
	unsigned most = count_in(l->pair, l->used, first);
	l->most = most > l->most ? (uint8_t)most : l->most;
	for (uint32_t i = 0; i < l->used; i++)
		if (hour_of(l->pair[i]) != first)
			l->pair[kept++] = l->pair[i];
	if (!kept)
		return;
	l->used = kept;
	l->folded = true;
	l->folded_hour = first;
}

static void list_add(struct stack_list *l, uint32_t pair)
{
	if (l->folded && !is_later(hour_of(pair), l->folded_hour))
		return;
	for (uint32_t i = 0; i < l->used; i++)
		if (l->pair[i] == pair)
			return;
	if (l->used == STACKS_MAX)
		fold(l);
	if (l->used < STACKS_MAX)
		l->pair[l->used++] = pair;
}

void stack_add(struct origin_set *s, struct entry *e, struct more *m, uint32_t pair)
{
	for (unsigned i = 0; !m->stack_block && i < m->stack_used; i++)
		if (m->stack[i] == pair)
			return;
	if (!m->stack_block && m->stack_used < STACKS_INLINE) {
		m->stack[m->stack_used++] = pair;
		return;
	}
	if (!m->stack_block) {
		m->stack_block = shelf_take(&s->blocks);
		if (!m->stack_block) {
			e->facts |= FACT_LIMIT;
			return;
		}
		struct stack_list *l = &block_at(s, m->stack_block)->stacks;
		l->used = m->stack_used;
		memcpy(l->pair, m->stack, sizeof m->stack);
	}
	list_add(&block_at(s, m->stack_block)->stacks, pair);
}

unsigned stack_most(const struct origin_set *s, const struct entry *e)
{
	if (!e->more)
		return e->stack != 0;
	const struct more *m = more_at(s, e->more);
	if (!m->stack_block)
		return most_in(m->stack, m->stack_used);
	const struct stack_list *l = &block_at(s, m->stack_block)->stacks;
	unsigned most = most_in(l->pair, l->used);
	return most > l->most ? most : l->most;
}
