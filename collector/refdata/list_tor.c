/* SPDX-License-Identifier: Apache-2.0 */
/* Relays of Tor as Tor publishes them: a consensus of the directory authorities (Tor directory specification, version 3), or an exit list
 * ("TorDNSEL Exit List Format"). The first line says which; a list that begins otherwise is one of addresses. Signatures are not checked. */
#include "refdata/date.h"
#include "refdata/reading.h"

#include <stdio.h>
#include <string.h>

/* Until they are placed, the values of ranges are roles, and above them the day of a test. */
enum { ROLE_RELAY = 1 << 0, ROLE_EXIT_ADDRESS = 1 << 8, ROLES_BITS = 9, ROLES_COUNT = 1 << ROLES_BITS };

/* Flags of an s line that say what a relay is used for, and the word of the exit list; those left out say how fast or steady it is. */
static const struct { const char *name; uint32_t role; } roles[] = {
	{ "Authority", 1 << 1 }, { "BadExit", 1 << 2 }, { "Exit", 1 << 3 }, { "Guard", 1 << 4 }, { "HSDir", 1 << 5 }, { "MiddleOnly", 1 << 6 },
	{ "V2Dir", 1 << 7 }, { "ExitAddress", ROLE_EXIT_ADDRESS },
};

static bool is_word(struct piece text, const char *word) { return strlen(word) == text.bytes && memcmp(text.at, word, text.bytes) == 0; }

/* A line's keyword, and what stands behind it. */
static struct piece keyword_of(struct piece line, struct piece *rest)
{
	struct piece word = { NULL, 0 };
	*rest = line;
	(void)lines_field(rest, ' ', &word);
	return word;
}

static const char *refuse(struct reading *r, const char *why)
{
	r->tor.format = TOR_REFUSED;
	return why;
}

/* Of when the whole is: date and time of day. */
static const char *date_take(struct reading *r, struct piece text)
{
	enum { MOMENT_BYTES = 19 };
	uint64_t seconds;
	if (r->said_line)
		return "a second date of the whole list";
	if (text.bytes != MOMENT_BYTES || !date_parse(text.at, text.bytes, &seconds))
		return "no date and time of day";
	r->said_s = seconds;
	r->said_line = r->number;
	return NULL;
}

/* ---- exit lists ---- */

static const char *exit_address_read(struct reading *r, struct piece rest)
{
	struct piece address;
	struct network n;
	uint64_t seconds;
	if (!lines_field(&rest, ' ', &address) || !network_address(address.at, address.bytes, &n))
		return "no address behind ExitAddress";
	if (!rest.at || !date_parse(rest.at, rest.bytes, &seconds))
		return "no date and time of day behind the address";
	reading_add_network(r, &n, (uint32_t)(seconds / DATE_DAY_S + 1) << ROLES_BITS | ROLE_EXIT_ADDRESS);
	return NULL;
}

static bool is_exit_word(struct piece word)
{
	return is_word(word, "ExitNode") || is_word(word, "Published") || is_word(word, "LastStatus") || is_word(word, "ExitAddress") || is_word(word, "Downloaded");
}

static const char *exit_line(struct reading *r, struct piece line)
{
	struct piece rest, word = keyword_of(line, &rest);
	if (is_word(word, "ExitAddress"))
		return exit_address_read(r, rest);
	if (is_word(word, "Downloaded"))
		return date_take(r, rest);
	return is_exit_word(word) ? NULL : "no line of an exit list";
}

/* ---- consensuses; section numbers are those of the specification, "Vote and consensus status document formats" ---- */

/* "network-status-version" version [flavour] */
static const char *consensus_begin(struct reading *r, struct piece rest)
{
	enum { FIELD_NS = 5, FIELD_MICRODESC = 4 };
	struct piece version = { NULL, 0 }, flavour = { NULL, 0 };
	(void)(lines_field(&rest, ' ', &version) && lines_field(&rest, ' ', &flavour));
	if (!is_word(version, "3"))
		return refuse(r, "a network status of another version than 3");
	bool micro = is_word(flavour, "microdesc");
	if (!micro && flavour.bytes && !is_word(flavour, "ns"))
		return refuse(r, "a consensus of a flavour that is neither ns nor microdesc");
	r->tor.format = TOR_CONSENSUS;
	r->tor.address_field = micro ? FIELD_MICRODESC : FIELD_NS;
	return NULL;
}

static bool is_port(struct piece text)
{
	uint32_t port;
	return network_number(text.at, text.bytes, UINT16_MAX, &port);
}

/* "r" nickname identity [digest] date time IPv4 ORPort DirPort, and whatever later versions add behind them */
static const char *relay_read(struct reading *r, struct piece rest)
{
	enum { FIELDS = 8 };
	struct tor_reading *t = &r->tor;
	struct piece field[FIELDS];
	struct network n;
	size_t count = 0, address = t->address_field;
	t->relay = TOR_SKIPPED;
	while (count < FIELDS && lines_field(&rest, ' ', &field[count]))
		count++;
	if (count < address + 3 || !network_address(field[address].at, field[address].bytes, &n) || n.ip_version != 4)
		return "an r line without an IPv4 address in its place";
	if (!is_port(field[address + 1]) || !is_port(field[address + 2]))
		return "an r line without two ports behind its address";
	t->relay = TOR_RELAY;
	t->roles = 0;
	t->has_flags = false;
	for (unsigned i = 0; i < LIST_AS; i++)
		t->from[i] = r->list->ranges[i].count;
	reading_add_network(r, &n, 0);
	return NULL;
}

/* "a" "[" IPv6 "]:" port; IPv4 without brackets is allowed for */
static const char *address_read(struct reading *r, struct piece text)
{
	static const char none[] = "an a line without an address and a port";
	const char *colon = text.bytes ? memrchr(text.at, ':', text.bytes) : NULL;
	struct network n;
	if (!colon)
		return none;
	struct piece host = { text.at, (size_t)(colon - text.at) }, port = { colon + 1, text.bytes - (size_t)(colon - text.at) - 1 };
	bool six = host.bytes > 2 && host.at[0] == '[' && host.at[host.bytes - 1] == ']';
	if (six)
		host = (struct piece){ host.at + 1, host.bytes - 2 };
	if (!is_port(port) || !network_address(host.at, host.bytes, &n) || (n.ip_version == 6) != six)
		return none;
	reading_add_network(r, &n, r->tor.roles);
	return NULL;
}

/* All addresses of the relay get its roles. */
static void roles_set(struct reading *r, uint32_t roles_of_relay)
{
	r->tor.roles = roles_of_relay;
	for (unsigned i = 0; i < LIST_AS; i++)
		for (size_t at = r->tor.from[i]; at < r->list->ranges[i].count; at++)
			ranges_value_set(&r->list->ranges[i], (uint32_t)at, roles_of_relay);
}

static uint32_t role_of(struct piece flag)
{
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (roles[i].role != ROLE_EXIT_ADDRESS && is_word(flag, roles[i].name))
			return roles[i].role;
	return 0;
}

/* "s" flags. Once a relay: its addresses are gone through again. */
static const char *flags_read(struct reading *r, struct piece rest)
{
	struct piece flag;
	uint32_t all = ROLE_RELAY;
	if (r->tor.has_flags)
		return "a second s line of one relay";
	while (lines_field(&rest, ' ', &flag))
		all |= role_of(flag);
	roles_set(r, all);
	r->tor.has_flags = true;
	return NULL;
}

/* A relay whose r line was left out has said what is wrong already. */
static const char *relay_line(struct reading *r, char keyword, struct piece rest)
{
	if (keyword == 'r')
		return relay_read(r, rest);
	if (r->tor.relay == TOR_SKIPPED)
		return NULL;
	if (r->tor.relay == TOR_NO_RELAY)
		return "a line of a relay before the first r line";
	return keyword == 'a' ? address_read(r, rest) : flags_read(r, rest);
}

static const char *consensus_line(struct reading *r, struct piece line)
{
	struct piece rest, word = keyword_of(line, &rest);
	if (word.bytes == 1)
		return strchr("ras", word.at[0]) && word.at[0] ? relay_line(r, word.at[0], rest) : NULL;
	if (is_word(word, "valid-after"))
		return date_take(r, rest);
	if (is_word(word, "vote-status"))
		return is_word(rest, "consensus") ? NULL : refuse(r, "a vote of one authority, and no consensus");
	if (is_word(word, "network-status-version"))
		return refuse(r, "a second network status begins, which is not read");
	/* Consensuses before consensus method 9 end with their signatures alone. */
	if (is_word(word, "directory-footer") || is_word(word, "directory-signature"))
		r->tor.format = TOR_ENDED;
	return NULL;
}

/* Signatures follow, which are not read. */
static const char *ended_line(struct reading *r, struct piece line)
{
	struct piece rest;
	return is_word(keyword_of(line, &rest), "network-status-version") ? refuse(r, "a second network status begins, which is not read") : NULL;
}

static const char *first_line(struct reading *r, struct piece line)
{
	struct piece rest, word = keyword_of(line, &rest);
	if (is_word(word, "network-status-version"))
		return consensus_begin(r, rest);
	r->tor.format = is_exit_word(word) ? TOR_EXITS : TOR_NAMED;
	return r->tor.format == TOR_EXITS ? exit_line(r, line) : named_line(r, line);
}

const char *tor_line(struct reading *r, struct piece line)
{
	/* Archives put an annotation before what they keep: "@type" ... */
	if (r->tor.format != TOR_NAMED && line.at[0] == '@')
		return NULL;
	switch (r->tor.format) {
	case TOR_UNSEEN: return first_line(r, line);
	case TOR_EXITS: return exit_line(r, line);
	case TOR_CONSENSUS: return consensus_line(r, line);
	case TOR_ENDED: return ended_line(r, line);
	case TOR_REFUSED: return NULL;
	default: return named_line(r, line);
	}
}

/* ---- the whole ---- */

/* Of the last relay of a consensus that was cut some roles may be missing: nothing is said of them. */
void tor_end(struct reading *r)
{
	r->is_cut = r->tor.format == TOR_CONSENSUS;
	if (r->is_cut && r->tor.relay == TOR_RELAY)
		roles_set(r, 0);
}

/* Relays that share an address: the roles of all, and the latest day. */
static uint32_t relays_join(uint32_t former, uint32_t latter)
{
	uint32_t day = former >> ROLES_BITS > latter >> ROLES_BITS ? former >> ROLES_BITS : latter >> ROLES_BITS;
	return day << ROLES_BITS | ((former | latter) & (ROLES_COUNT - 1));
}

ranges_join *tor_join(const struct reading *r) { return r->tor.format > TOR_NAMED ? relays_join : NULL; }

static uint32_t roles_text(struct reading *r, uint32_t all)
{
	char text[128] = "";
	size_t used = 0;
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (all & roles[i].role)
			used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used ? " " : "", roles[i].name);
	if (!used && all & ROLE_RELAY)
		used = (size_t)snprintf(text, sizeof text, "relay");
	return reading_text(r, (struct piece){ text, used });
}

static uint32_t entry_of(struct reading *r, uint32_t value)
{
	struct list_entry e = { .day = value >> ROLES_BITS, .status = roles_text(r, value & (ROLES_COUNT - 1)) };
	return value ? reading_piece(r, &e, sizeof e) : 0;
}

/* Few values differ: what the last one of the same roles became is remembered. */
void tor_place(struct reading *r)
{
	uint32_t values[ROLES_COUNT] = { 0 }, entries[ROLES_COUNT] = { 0 };
	for (unsigned i = 0; i < LIST_AS && tor_join(r); i++) {
		struct ranges *of = &r->list->ranges[i];
		for (uint32_t at = 0; at < of->count && !r->err; at++) {
			uint32_t value = ranges_value(of, at), slot = value & (ROLES_COUNT - 1);
			if (values[slot] != value) {
				values[slot] = value;
				entries[slot] = entry_of(r, value);
			}
			ranges_value_set(of, at, entries[slot]);
		}
	}
}
