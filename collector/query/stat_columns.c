/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and counters of a batch of flows out of its columns. */
#include "query/columns.h"
#include "query/stat_run.h"
#include <string.h>

enum { ADDR4_BYTES = 4 };

struct counters { const uint64_t *packets[2], *bytes[2], *start, *duration, *signals; };

/* Rows that are selected: keys of each, `ends` of them, one behind the other. */
struct filling {
	struct stats *stats;
	struct stat_run *run;
	const struct feed_batch *batch;
	uint64_t *keys;
};

static bool is_selected(const struct feed_batch *b, size_t row) { return !b->truths || b->truths[row] == TRUTH_YES; }

/* Signals only where they are measured. */
static enum ind_err load_counters(const struct feed_batch *b, bool signals, struct counters *c)
{
	const struct { enum ind_flow_column column; const uint64_t **numbers; } columns[] = {
		{ IND_COL_PACKETS, &c->packets[0] }, { IND_COL_PACKETS + 1, &c->packets[1] }, { IND_COL_BYTES, &c->bytes[0] }, { IND_COL_BYTES + 1, &c->bytes[1] },
		{ IND_COL_START, &c->start }, { IND_COL_DURATION, &c->duration },
		{ IND_COL_SIGNALS, &c->signals },
	};
	c->signals = NULL;
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]) - !signals; i++) {
		size_t count;
		enum ind_err err = ind_batch_numbers(b->reader, columns[i].column, columns[i].numbers, &count);
		if (err != IND_OK)
			return err;
	}
	return IND_OK;
}

/* Walks the addresses of one end. */
struct addresses { const uint8_t *at; const uint64_t *versions; };

static enum ind_err load_addresses(const struct feed_batch *b, unsigned end, struct addresses *a)
{
	size_t count;
	enum ind_err err = ind_batch_addresses(b->reader, end ? IND_DST : IND_SRC, &a->at, &count);
	return err == IND_OK ? ind_batch_numbers(b->reader, IND_COL_VERSION, &a->versions, &count) : err;
}

static unsigned next_address(struct addresses *a, size_t row, uint8_t addr[static IND_ADDR_BYTES])
{
	size_t bytes = a->versions[row] == 4 ? ADDR4_BYTES : IND_ADDR_BYTES;
	memset(addr, 0, IND_ADDR_BYTES);
	memcpy(addr, a->at, bytes);
	a->at += bytes;
	return bytes == ADDR4_BYTES ? 4 : 6;
}

static enum ind_err fill_addr(const struct filling *f, size_t place, unsigned end, size_t first, size_t step)
{
	const struct stat_key *k = &f->run->spec->keys[place];
	struct addresses a;
	uint8_t addr[IND_ADDR_BYTES];
	enum ind_err err = load_addresses(f->batch, end, &a);
	uint64_t *key = f->keys + first * f->run->key_words;
	for (size_t i = 0; err == IND_OK && i < f->batch->batch.rows; i++) {
		unsigned version = next_address(&a, i, addr);
		if (!is_selected(f->batch, i))
			continue;
		stat_put_addr(key, place, k, version, addr);
		key += step * f->run->key_words;
	}
	return err;
}

/* Ports, or types and codes; `number` says which numbers of a flow can stand there, the other one only if the first is not. */
static enum ind_err fill_number(const struct filling *f, size_t place, const unsigned number[2], size_t first, size_t step)
{
	const struct stat_key *k = &f->run->spec->keys[place];
	uint64_t *const values[2] = { f->stats->values[0], f->stats->values[1] };
	uint8_t *const has[2] = { f->stats->has[0], f->stats->has[1] };
	enum ind_err err = columns_numbers(f->batch->reader, &f->batch->batch, number[0], values[0], has[0]);
	if (err == IND_OK && number[1] != number[0])
		err = columns_numbers(f->batch->reader, &f->batch->batch, number[1], values[1], has[1]);
	bool two = number[1] != number[0];
	uint64_t *key = f->keys + first * f->run->key_words;
	for (size_t i = 0; err == IND_OK && i < f->batch->batch.rows; i++) {
		if (!is_selected(f->batch, i))
			continue;
		if (has[0][i] == HAS)
			stat_put(key, place, k, STAT_TAG_HERE, values[0][i]);
		else if (two && has[1][i] == HAS)
			stat_put(key, place, k, STAT_TAG_HERE, values[1][i]);
		key += step * f->run->key_words;
	}
	return err;
}

static void fill_same(const struct filling *f, size_t place, uint64_t value)
{
	size_t count = f->batch->selected * f->run->ends;
	for (size_t i = 0; value && i < count; i++)
		stat_put(f->keys + i * f->run->key_words, place, &f->run->spec->keys[place], STAT_TAG_HERE, value);
}

static enum ind_err fill_bin(const struct filling *f, size_t place, size_t first)
{
	const struct stat_key *k = &f->run->spec->keys[place];
	const uint64_t *start;
	size_t count;
	enum ind_err err = ind_batch_numbers(f->batch->reader, IND_COL_START, &start, &count);
	uint64_t *key = f->keys + first * f->run->key_words;
	for (size_t i = 0; err == IND_OK && i < count; i++) {
		if (!is_selected(f->batch, i))
			continue;
		stat_put(key, place, k, STAT_TAG_HERE, start[i] - start[i] % k->bin_ns);
		key += f->run->ends * f->run->key_words;
	}
	return err;
}

static enum ind_err fill_end(const struct filling *f, size_t place, uint64_t sensor, unsigned end)
{
	const struct stat_key *k = &f->run->spec->keys[place];
	size_t step = f->run->ends;
	unsigned side = k->number == IND_DST;
	switch ((enum stat_form)k->form) {
	case STAT_ADDR: return fill_addr(f, place, side, end, step);
	case STAT_END_ADDR: return fill_addr(f, place, end, end, step);
	case STAT_PORT: return fill_number(f, place, (const unsigned[2]){ side ? NUM_DPORT : NUM_SPORT, side ? NUM_ICMP_CODE : NUM_ICMP_TYPE }, end, step);
	case STAT_END_PORT: return fill_number(f, place, (const unsigned[2]){ end ? NUM_DPORT : NUM_SPORT, end ? NUM_DPORT : NUM_SPORT }, end, step);
	case STAT_NUMBER: return fill_number(f, place, (const unsigned[2]){ k->number, k->number }, end, step);
	case STAT_BIN: return fill_bin(f, place, end);
	case STAT_SENSOR:
		if (!end)
			fill_same(f, place, sensor);
		return IND_OK;
	default: return IND_OK;
	}
}

/* ---- what is counted once each ---- */

static enum ind_err load_distinct(const struct stat_run *run, const struct feed_batch *b, struct addresses *a, uint64_t *ports, uint8_t *has)
{
	switch (run->spec->measure) {
	case STAT_SADDRS: return load_addresses(b, IND_SRC, a);
	case STAT_DADDRS: return load_addresses(b, IND_DST, a);
	case STAT_SPORTS: return columns_numbers(b->reader, &b->batch, NUM_SPORT, ports, has);
	case STAT_DPORTS: return columns_numbers(b->reader, &b->batch, NUM_DPORT, ports, has);
	default: return IND_OK;
	}
}

static void next_distinct(const struct stat_run *run, struct addresses *a, const uint64_t *ports, const uint8_t *has, size_t row, struct stat_flow *flow)
{
	uint8_t addr[IND_ADDR_BYTES];
	flow->distinct[0] = 0;
	if (run->spec->measure == STAT_SADDRS || run->spec->measure == STAT_DADDRS) {
		unsigned version = next_address(a, row, addr);
		stat_distinct_addr(flow, version, addr);
	} else if (stat_is_distinct(run->spec->measure) && has[row] == HAS) {
		flow->distinct[0] = STAT_TAG_HERE;
		flow->distinct[1] = ports[row];
		flow->distinct[2] = 0;
	}
}

/* ---- a batch ---- */

static void count_row(struct stat_run *run, struct group *const *found, const struct counters *c, size_t row, struct stat_flow *flow)
{
	flow->number++;
	for (unsigned dir = 0; dir < 2; dir++) {
		flow->packets[dir] = c->packets[dir][row];
		flow->bytes[dir] = c->bytes[dir][row];
	}
	flow->first_ns = c->start[row];
	flow->last_ns = c->start[row] + c->duration[row];
	for (unsigned end = 0; end < run->ends; end++)
		stat_count(run, found[end], flow, !c->signals || (found[end] && found[end]->seen == flow->number) ? 0 : c->signals[row]);
}

/* A few keys are looked up, then counted while their groups are near. */
static enum ind_err count_rows(struct stats *s, struct stat_run *run, const struct feed_batch *b, const struct counters *c)
{
	struct addresses a = { 0 };
	struct group *found[GROUPS_AT_ONCE];
	enum ind_err err = load_distinct(run, b, &a, s->values[0], s->has[0]);
	struct stat_flow flow = { .number = s->flows };
	size_t key = 0, keys = b->selected * run->ends, at = 0;
	for (size_t i = 0; err == IND_OK && i < b->batch.rows; i++) {
		if (run->distinct)
			next_distinct(run, &a, s->values[0], s->has[0], i, &flow);
		if (!is_selected(b, i))
			continue;
		if (at == 0)
			groups_find_some(run->groups, s->keys + key * run->key_words, keys - key < GROUPS_AT_ONCE ? keys - key : GROUPS_AT_ONCE, found);
		count_row(run, found + at, c, i, &flow);
		key += run->ends;
		at = (at + run->ends) % GROUPS_AT_ONCE;
	}
	return err;
}

static enum ind_err add_run(struct stats *s, struct stat_run *run, const struct feed_batch *b, const struct counters *c, uint64_t sensor)
{
	const struct filling f = { s, run, b, s->keys };
	memset(s->keys, 0, b->selected * run->ends * run->key_words * sizeof(*s->keys));
	for (size_t place = 0; place < run->spec->count; place++) {
		for (unsigned end = 0; end < run->ends; end++) {
			enum ind_err err = fill_end(&f, place, sensor, end);
			if (err != IND_OK)
				return err;
		}
	}
	return count_rows(s, run, b, c);
}

static void add_totals(struct stats *s, const struct feed_batch *b, const struct counters *c)
{
	struct stat_totals all = { .flows = b->selected };
	uint64_t sides[2][2] = { { 0 } }, signals = 0;
	for (size_t i = 0; i < b->batch.rows; i++) {
		if (!is_selected(b, i))
			continue;
		for (unsigned dir = 0; dir < 2; dir++) {
			sides[0][dir] += c->packets[dir][i];
			sides[1][dir] += c->bytes[dir][i];
		}
		signals += c->signals ? c->signals[i] : 0;
	}
	all.packets = sides[0][0] + sides[0][1];
	all.bytes = sides[1][0] + sides[1][1];
	for (size_t i = 0; i < s->count; i++) {
		struct stat_run *run = &s->runs[i];
		const uint64_t sums[STAT_SADDRS] = { all.flows, all.packets, all.bytes, sides[0][0], sides[0][1], sides[1][0], sides[1][1], signals };
		run->totals.flows += all.flows;
		run->totals.packets += all.packets;
		run->totals.bytes += all.bytes;
		if (run->spec->measure < STAT_SADDRS)
			run->measure_sum += sums[run->spec->measure];
	}
}

enum ind_err stat_add_columns(struct stats *s, const struct feed_batch *b, const struct rows_context *context)
{
	struct counters c;
	enum ind_err err = b->batch.rows > COLUMNS_ROWS_MAX ? IND_LIMIT : load_counters(b, s->by_signals, &c);
	uint64_t sensor = *context->sensor ? words_number(s->words, context->sensor, strlen(context->sensor)) : 0;
	for (size_t i = 0; err == IND_OK && i < s->count; i++)
		if (!s->runs[i].by_records)
			err = add_run(s, &s->runs[i], b, &c, sensor);
	if (err == IND_OK)
		add_totals(s, b, &c);
	return err;
}
