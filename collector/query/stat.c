/* SPDX-License-Identifier: Apache-2.0 */
#include "query/stat_run.h"
#include "base/cursor.h"
#include <stdlib.h>
#include <string.h>

bool stat_is_distinct(enum stat_measure measure) { return measure >= STAT_SADDRS; }

static bool run_start(struct stat_run *r, const struct stat_spec *spec, size_t most)
{
	r->spec = spec;
	r->key_words = 1;
	r->ends = 1;
	for (size_t i = 0; i < spec->count; i++) {
		const struct stat_key *k = &spec->keys[i];
		bool end = k->form == STAT_END_ADDR || k->form == STAT_END_PORT;
		r->key_words = k->word + 1u + stat_is_addr(k);
		r->ends = end ? 2 : r->ends;
		r->by_records |= k->axis && !end;
	}
	r->groups = groups_new(r->key_words, most);
	if (stat_is_distinct(spec->measure))
		r->distinct = groups_new(DISTINCT_WORDS, most);
	return r->groups && (r->distinct || !stat_is_distinct(spec->measure));
}

struct stats *stats_new(const struct stat_spec *specs, size_t count, size_t groups_most)
{
	struct stats *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	bool ok = true;
	size_t words = 1;
	for (; s->count < count && s->count < STATS_MAX && ok; s->count++) {
		struct stat_run *r = &s->runs[s->count];
		ok = run_start(r, &specs[s->count], groups_most);
		s->by_records |= r->by_records;
		s->by_signals |= specs[s->count].measure == STAT_SIGNALS;
		words = r->key_words > words ? r->key_words : words;
	}
	s->words = words_new(STAT_TEXT_BYTES);
	s->keys = malloc(2 * COLUMNS_ROWS_MAX * words * sizeof(*s->keys));
	if (ok && s->words && s->keys)
		return s;
	stats_free(s);
	return NULL;
}

void stats_free(struct stats *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->count; i++) {
		groups_free(s->runs[i].groups);
		groups_free(s->runs[i].distinct);
		free(s->runs[i].sorted);
	}
	words_free(s->words);
	free(s->keys);
	free(s);
}

void stat_put_addr(uint64_t *key, size_t place, const struct stat_key *k, unsigned ip_version, const uint8_t *addr)
{
	struct cursor c = cursor_of(addr, IND_ADDR_BYTES);
	uint64_t high = cursor_be64(&c), low = cursor_be64(&c);
	unsigned bits = ip_version == 4 ? k->prefix4 : k->prefix6;
	high &= bits >= 64 ? UINT64_MAX : bits ? UINT64_MAX << (64 - bits) : 0;
	low &= bits >= 128 ? UINT64_MAX : bits > 64 ? UINT64_MAX << (128 - bits) : 0;
	stat_put(key, place, k, ip_version, high);
	key[k->word + 1] = ip_version == 4 ? 0 : low;
}

void stat_distinct_addr(struct stat_flow *flow, unsigned ip_version, const uint8_t *addr)
{
	struct cursor c = cursor_of(addr, IND_ADDR_BYTES);
	flow->distinct[0] = ip_version;
	flow->distinct[1] = cursor_be64(&c);
	flow->distinct[2] = ip_version == 4 ? 0 : cursor_be64(&c);
}

static uint64_t sum(const uint64_t sides[2]) { return sides[IND_SRC] + sides[IND_DST]; }

/* Of a flow that is in no group: distinct things are one more at most. */
static uint64_t measure_of_flow(const struct stat_run *r, const struct stat_flow *f, uint64_t signals)
{
	switch (r->spec->measure) {
	case STAT_PACKETS: return sum(f->packets);
	case STAT_BYTES: return sum(f->bytes);
	case STAT_SPKTS: return f->packets[IND_SRC];
	case STAT_DPKTS: return f->packets[IND_DST];
	case STAT_SBYTES: return f->bytes[IND_SRC];
	case STAT_DBYTES: return f->bytes[IND_DST];
	case STAT_SIGNALS: return signals;
	default: return 1;
	}
}

uint64_t stat_measure_of(const struct stat_run *r, const struct group *g)
{
	switch (r->spec->measure) {
	case STAT_FLOWS: return g->flows;
	case STAT_PACKETS: return sum(g->packets);
	case STAT_BYTES: return sum(g->bytes);
	case STAT_SPKTS: return g->packets[IND_SRC];
	case STAT_DPKTS: return g->packets[IND_DST];
	case STAT_SBYTES: return g->bytes[IND_SRC];
	case STAT_DBYTES: return g->bytes[IND_DST];
	default: return g->other;
	}
}

static void count_distinct(struct stat_run *r, struct group *g, const struct stat_flow *f)
{
	const uint64_t key[DISTINCT_WORDS] = { groups_number(r->groups, g), f->distinct[0], f->distinct[1], f->distinct[2] };
	if (!f->distinct[0])
		return;
	struct group *one = groups_find(r->distinct, key);
	r->totals.distinct_cut |= !one;
	if (!one || one->flows)
		return;
	one->flows = 1;
	g->other++;
}

static void count_untold(struct stat_run *r, const struct stat_flow *f, uint64_t signals)
{
	bool again = r->untold_flow == f->number;
	r->totals.untold += !again;
	r->totals.untold_measure += again && r->spec->measure != STAT_SIGNALS ? 0 : measure_of_flow(r, f, signals);
	r->totals.short_of_memory |= groups_short_of_memory(r->groups);
	r->untold_flow = f->number;
}

void stat_count(struct stat_run *r, struct group *g, const struct stat_flow *f, uint64_t signals)
{
	if (!g) {
		count_untold(r, f, signals);
		return;
	}
	if (!r->distinct)
		g->other += signals;
	if (g->seen == f->number)
		return;
	g->seen = f->number;
	g->flows++;
	for (unsigned dir = 0; dir < 2; dir++) {
		g->packets[dir] += f->packets[dir];
		g->bytes[dir] += f->bytes[dir];
	}
	g->first_ns = f->first_ns < g->first_ns ? f->first_ns : g->first_ns;
	g->last_ns = f->last_ns > g->last_ns ? f->last_ns : g->last_ns;
	if (r->distinct)
		count_distinct(r, g, f);
}

enum ind_err stats_add(struct stats *s, struct feed *feed)
{
	struct feed_batch batch;
	const struct ind_record *record;
	enum ind_err err;
	while ((err = feed_next_batch(feed, &batch)) == IND_OK) {
		const struct rows_context *context = feed_context(feed);
		uint64_t flows = s->flows;
		err = stat_add_columns(s, &batch, context);
		if (err == IND_OK && s->by_records)
			err = feed_batch_rows(feed);
		s->flows = flows;
		for (size_t i = 0; s->by_records && err == IND_OK && i < batch.selected; i++) {
			err = feed_next(feed, &record);
			if (err == IND_OK)
				stat_add_record(s, record, context);
		}
		if (err != IND_OK)
			return err;
		s->flows = flows + batch.selected;
	}
	return err;
}

void stats_totals(const struct stats *s, size_t n, struct stat_totals *totals)
{
	*totals = s->runs[n].totals;
	totals->groups = groups_count(s->runs[n].groups);
}
