/* SPDX-License-Identifier: Apache-2.0 */
/* The largest groups by a heap of as many as are asked for, the least of them on top; then groups as rows. */
#include "query/stat_run.h"
#include "base/text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- order ---- */

static unsigned tag_of(const struct group *g, size_t place) { return (unsigned)(g->key[0] >> place * STAT_TAG_BITS) & ((1u << STAT_TAG_BITS) - 1); }

static bool is_text(const struct stat_key *k)
{
	return k->form == STAT_TUNNEL || (k->form >= STAT_SENSOR && k->form <= STAT_NAMED);
}

static int compare_texts(const struct words *words, uint64_t a, uint64_t b)
{
	size_t a_bytes, b_bytes;
	const char *x = words_text(words, a, &a_bytes), *y = words_text(words, b, &b_bytes);
	int order = memcmp(x, y, a_bytes < b_bytes ? a_bytes : b_bytes);
	return order ? order : (a_bytes > b_bytes) - (a_bytes < b_bytes);
}

static int compare_numbers(uint64_t a, uint64_t b) { return (a > b) - (a < b); }

/* What is absent comes last. */
static int compare_keys(const struct stats *s, const struct stat_run *r, const struct group *a, const struct group *b)
{
	for (size_t i = 0; i < r->spec->count; i++) {
		const struct stat_key *k = &r->spec->keys[i];
		unsigned x = tag_of(a, i), y = tag_of(b, i);
		int order = 0;
		if (x != y)
			return !x ? 1 : !y ? -1 : compare_numbers(x, y);
		if (!x)
			continue;
		order = is_text(k) ? compare_texts(s->words, a->key[k->word], b->key[k->word]) : compare_numbers(a->key[k->word], b->key[k->word]);
		if (!order && stat_is_addr(k))
			order = compare_numbers(a->key[k->word + 1], b->key[k->word + 1]);
		if (order)
			return order;
	}
	return 0;
}

static bool comes_first(const struct stats *s, const struct stat_run *r, const struct group *a, const struct group *b)
{
	uint64_t x = stat_measure_of(r, a), y = stat_measure_of(r, b);
	if (!r->spec->by_key && x != y)
		return x > y;
	return compare_keys(s, r, a, b) < 0;
}

static void sink(const struct stats *s, const struct stat_run *r, struct group **heap, size_t count, size_t at)
{
	for (;;) {
		size_t child = 2 * at + 1;
		if (child >= count)
			return;
		if (child + 1 < count && comes_first(s, r, heap[child], heap[child + 1]))
			child++;
		if (!comes_first(s, r, heap[at], heap[child]))
			return;
		struct group *other = heap[at];
		heap[at] = heap[child];
		heap[child] = other;
		at = child;
	}
}

enum ind_err stats_sort(struct stats *s, size_t n, uint64_t most, size_t *count)
{
	struct stat_run *r = &s->runs[n];
	size_t all = groups_count(r->groups), keep = most < all ? (size_t)most : all;
	free(r->sorted);
	r->sorted = malloc((keep + 1) * sizeof(struct group *));
	*count = keep;
	if (!r->sorted)
		return IND_NOMEM;
	for (size_t i = 0; i < keep; i++)
		r->sorted[i] = groups_at(r->groups, i);
	for (size_t i = keep / 2; i-- > 0;)
		sink(s, r, r->sorted, keep, i);
	for (size_t i = keep; keep && i < all; i++) {
		struct group *g = groups_at(r->groups, i);
		if (!comes_first(s, r, g, r->sorted[0]))
			continue;
		r->sorted[0] = g;
		sink(s, r, r->sorted, keep, 0);
	}
	for (size_t end = keep; end > 1; end--) {
		struct group *last = r->sorted[0];
		r->sorted[0] = r->sorted[end - 1];
		r->sorted[end - 1] = last;
		sink(s, r, r->sorted, end - 1, 0);
	}
	return IND_OK;
}

uint64_t stats_measured(const struct stats *s, size_t n, size_t place) { return stat_measure_of(&s->runs[n], s->runs[n].sorted[place]); }

/* ---- kinds ---- */

static uint8_t add_field(struct stat_kind *kind, const struct query_field *field)
{
	for (size_t i = 0; i < kind->kind.count; i++)
		if (strcmp(kind->fields[i].key, field->key) == 0)
			return (uint8_t)i;
	if (kind->kind.count == QUERY_CELLS_MAX)
		return QUERY_CELLS_MAX;
	kind->fields[kind->kind.count] = *field;
	return (uint8_t)kind->kind.count++;
}

static uint8_t add_known(struct stat_kind *kind, enum query_kind_id of, size_t field, bool in_table)
{
	struct query_field copy = query_kinds[of].fields[field];
	copy.in_table = in_table;
	return add_field(kind, &copy);
}

static uint8_t add_key_field(struct stat_kind *kind, const struct stat_key *k)
{
	size_t bytes = strlen(k->name), at;
	struct query_field field = { 0 };
	if (k->form == STAT_ALL)
		return QUERY_CELLS_MAX;
	at = query_field_find(&query_kinds[QUERY_KIND_STAT], k->name, bytes);
	if (at < query_kinds[QUERY_KIND_STAT].count)
		field = query_kinds[QUERY_KIND_STAT].fields[at];
	at = query_field_find(&query_kinds[QUERY_KIND_FLOW], k->name, bytes);
	if (!field.key && k->form != STAT_NAMED)
		field = query_kinds[QUERY_KIND_FLOW].fields[at];
	field.in_table = true;
	/* A list is counted by each of its items, a network is no address. */
	if (field.type == QUERY_LIST)
		field.type = k->form == STAT_VLAN ? QUERY_COUNT : QUERY_TEXT;
	if (stat_is_addr(k) && (k->prefix4 < 32 || k->prefix6 < 128))
		field.type = QUERY_TEXT;
	size_t place = kind->kind.count;
	if (k->form == STAT_NAMED && place < QUERY_CELLS_MAX) {
		int json = snprintf(kind->json[place], STAT_JSON_BYTES, ",\"%s\":", k->name);
		field = (struct query_field){ k->name, QUERY_TEXT, "", true, "", "", "", "", "", k->help, kind->json[place], (size_t)json };
	}
	return add_field(kind, &field);
}

static void add_measures(struct stat_kind *kind, const struct stat_spec *specs, size_t count)
{
	static const uint8_t fields[STAT_MEASURE_COUNT] = {
		QUERY_STAT_flows, QUERY_STAT_packets, QUERY_STAT_bytes, QUERY_STAT_spkts, QUERY_STAT_dpkts, QUERY_STAT_sbytes, QUERY_STAT_dbytes, QUERY_STAT_signals,
		QUERY_STAT_saddrs, QUERY_STAT_daddrs, QUERY_STAT_sports, QUERY_STAT_dports,
	};
	for (unsigned m = 0; m < STAT_MEASURE_COUNT; m++) {
		bool asked = false;
		for (size_t i = 0; i < count; i++)
			asked |= specs[i].measure == m;
		kind->measure_at[m] = QUERY_CELLS_MAX;
		if (asked || m < STAT_SIGNALS)
			kind->measure_at[m] = add_known(kind, QUERY_KIND_STAT, fields[m], asked || m <= STAT_BYTES);
	}
	kind->share_at = add_known(kind, QUERY_KIND_STAT, QUERY_STAT_share, true);
	kind->first_at = add_known(kind, QUERY_KIND_STAT, QUERY_STAT_first, true);
	kind->last_at = add_known(kind, QUERY_KIND_STAT, QUERY_STAT_last, true);
}

bool stat_kind_of(struct stat_kind *kind, const struct stat_spec *specs, size_t count, bool with_name)
{
	enum { MEASURE_FIELDS = STAT_MEASURE_COUNT + 3 };
	*kind = (struct stat_kind){ .kind = { .name = query_kinds[QUERY_KIND_STAT].name, .about = query_kinds[QUERY_KIND_STAT].about } };
	kind->kind.fields = kind->fields;
	kind->stat_at = with_name ? add_known(kind, QUERY_KIND_STAT, QUERY_STAT_stat, true) : QUERY_CELLS_MAX;
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < specs[i].count; k++)
			kind->key_at[i][k] = add_key_field(kind, &specs[i].keys[k]);
	if (kind->kind.count + MEASURE_FIELDS > QUERY_CELLS_MAX)
		return false;
	add_measures(kind, specs, count);
	return true;
}

/* ---- rows ---- */

enum { ADDR_TEXT_BYTES = 56 };

static void addr_bytes(const uint64_t words[2], uint8_t addr[static IND_ADDR_BYTES])
{
	for (unsigned i = 0; i < IND_ADDR_BYTES; i++)
		addr[i] = (uint8_t)(words[i / 8] >> (56 - 8 * (i % 8)));
}

static void put_addr(struct query_row *row, uint8_t at, const struct stat_key *k, unsigned ip_version, const uint64_t *words)
{
	char *room = row_room(row, IND_ADDR_BYTES), *text;
	unsigned bits = ip_version == 4 ? k->prefix4 : k->prefix6;
	if (!room)
		return;
	addr_bytes(words, (uint8_t *)room);
	if (k->prefix4 == 32 && k->prefix6 == 128) {
		row_addr(row, at, ip_version, (const uint8_t *)room);
		return;
	}
	text = row_room(row, ADDR_TEXT_BYTES);
	if (!text)
		return;
	size_t used = text_addr(ip_version, (const uint8_t *)room, text, ADDR_TEXT_BYTES);
	used += (size_t)snprintf(text + used, ADDR_TEXT_BYTES - used, "/%u", bits);
	row_bytes(row, at, text, used);
}

static void put_number(struct query_row *row, uint8_t at, unsigned number, uint64_t value)
{
	char *text;
	switch (number) {
	case NUM_PROTO:
		text = row_room(row, 8);
		row_text(row, at, text ? ind_proto_name((unsigned)value, text) : NULL);
		break;
	case NUM_VALIDATED: row_text(row, at, ind_validated_name((unsigned)value)); break;
	case NUM_ORIENT: row_text(row, at, ind_orient_name((unsigned)value)); break;
	case NUM_END_REASON: row_text(row, at, ind_flow_end_name((unsigned)value)); break;
	case NUM_CARRIES: row_text(row, at, ind_tunnel_name((unsigned)value)); break;
	case NUM_SFLAGS:
	case NUM_DFLAGS: row_tcp_flags(row, at, (uint8_t)value); break;
	default: row_u64(row, at, value); break;
	}
}

static void put_key(const struct stats *s, const struct stat_key *k, const struct group *g, size_t place, uint8_t at, struct query_row *row)
{
	unsigned tag = tag_of(g, place);
	uint64_t value = g->key[k->word];
	size_t bytes;
	const char *text;
	if (!tag || at == QUERY_CELLS_MAX)
		return;
	if (stat_is_addr(k)) {
		put_addr(row, at, k, tag, &g->key[k->word]);
	} else if (is_text(k)) {
		text = words_text(s->words, value, &bytes);
		row_bytes(row, at, text, bytes);
	} else if (k->form == STAT_BIN) {
		row_time(row, at, value);
	} else {
		put_number(row, at, k->form == STAT_NUMBER ? k->number : NUM_COUNT, value);
	}
}

/* In percent, to 1/10,000. */
static void put_share(struct query_row *row, uint8_t at, uint64_t part, uint64_t whole)
{
	enum { PERCENT_1E4 = 1000000 };
	if (whole)
		row_1e4(row, at, (int64_t)((unsigned __int128)part * PERCENT_1E4 / whole));
}

void stats_row(const struct stats *s, size_t n, size_t place, const struct stat_kind *kind, size_t of, struct query_row *row)
{
	const struct stat_run *r = &s->runs[n];
	const struct group *g = r->sorted[place];
	const uint64_t measured[STAT_SIGNALS] = {
		g->flows, g->packets[0] + g->packets[1], g->bytes[0] + g->bytes[1], g->packets[0], g->packets[1], g->bytes[0], g->bytes[1],
	};
	row_start_kind(row, &kind->kind);
	if (kind->stat_at < QUERY_CELLS_MAX)
		row_text(row, kind->stat_at, r->spec->name);
	for (size_t i = 0; i < r->spec->count; i++)
		put_key(s, &r->spec->keys[i], g, i, kind->key_at[of][i], row);
	for (unsigned m = 0; m < STAT_SIGNALS; m++)
		row_u64(row, kind->measure_at[m], measured[m]);
	if (r->spec->measure >= STAT_SIGNALS)
		row_u64(row, kind->measure_at[r->spec->measure], g->other);
	if (!stat_is_distinct(r->spec->measure))
		put_share(row, kind->share_at, stat_measure_of(r, g), r->measure_sum);
	row_time(row, kind->first_at, g->first_ns);
	row_time(row, kind->last_at, g->last_ns);
}
