/* SPDX-License-Identifier: Apache-2.0 */
#include "query/sql_gather.h"
#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 65536, SHARES_MAX = 1 << 16, COLUMNS = IND_COL_VALUE };

static bool is_addr(unsigned column) { return column == IND_COL_ADDR || column == IND_COL_ADDR + 1; }

void sql_gather_start(struct sql_gather *g, uint64_t fields, const uint8_t *keys, size_t key_count, size_t bytes_max)
{
	sql_gather_free(g);
	*g = (struct sql_gather){ .fields = fields, .key_count = key_count, .shares = 1, .bytes_max = bytes_max ? bytes_max : SQL_GATHER_BYTES };
	memcpy(g->keys, keys, key_count);
	for (size_t i = 0; i < key_count; i++)
		g->fields |= UINT64_C(1) << keys[i];
	g->columns = sql_flows_columns(g->fields);
	g->flows.is_wide = true;
	for (unsigned c = 1; c < COLUMNS; c++)
		if (g->columns >> c & 1)
			g->list[g->list_count++] = (uint8_t)c;
}

void sql_gather_free(struct sql_gather *g)
{
	for (size_t i = 0; i < COLUMNS; i++)
		free(g->numbers[i]);
	free(g->addrs[0]);
	free(g->addrs[1]);
	free(g->hashes);
	free(g->order);
	*g = (struct sql_gather){ .count = 0 };
}

static size_t row_bytes_of(const struct sql_gather *g)
{
	size_t bytes = sizeof(*g->hashes) + 7 * sizeof(uint32_t);
	for (unsigned c = 1; c < COLUMNS; c++)
		if (g->columns >> c & 1)
			bytes += is_addr(c) ? IND_ADDR_BYTES : sizeof(uint64_t);
	return bytes;
}

static bool grow_list(void **list, size_t item, size_t room)
{
	void *more = realloc(*list, item * room);
	if (more)
		*list = more;
	return more != NULL;
}

static bool grow(struct sql_gather *g)
{
	size_t room = g->room ? 2 * g->room : ROOM_FIRST;
	bool ok = grow_list((void **)&g->hashes, sizeof(*g->hashes), room);
	for (unsigned c = 1; c < COLUMNS && ok; c++) {
		if (!(g->columns >> c & 1))
			continue;
		if (is_addr(c)) {
			ok = grow_list((void **)&g->addrs[c - IND_COL_ADDR], IND_ADDR_BYTES, room);
			g->flows.bytes[c - IND_COL_ADDR] = g->addrs[c - IND_COL_ADDR];
		} else {
			ok = grow_list((void **)&g->numbers[c], sizeof(**g->numbers), room);
			g->flows.v[c] = g->numbers[c];
		}
	}
	g->room = ok ? room : g->room;
	return ok;
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15;
	return hash ^ hash >> 32;
}

/* The hash decides on passes and buckets only: whoever makes many keys of one hash makes a query slow, no more. */
static uint64_t hash_row(const struct sql_gather *g, const struct sql_flows *f, size_t row)
{
	uint64_t hash = 0;
	for (size_t i = 0; i < g->key_count; i++) {
		if (sql_flow_class(g->keys[i]) == SQL_ADDR) {
			struct sql_addr addr;
			uint64_t half[2];
			sql_flows_addr(f, g->keys[i] == QUERY_FLOW_daddr ? IND_DST : IND_SRC, row, &addr);
			memcpy(half, addr.addr, sizeof(half));
			hash = mix(mix(mix(hash, half[0]), half[1]), addr.ip_version);
		} else {
			uint64_t number = 0;
			hash = sql_flows_number(f, g->keys[i], row, &number) ? mix(hash, number) : mix(hash + 1, 0);
		}
	}
	return mix(hash, 0);
}

static bool same_key(const struct sql_gather *g, size_t a, size_t b)
{
	for (size_t i = 0; i < g->key_count; i++) {
		if (sql_flow_class(g->keys[i]) == SQL_ADDR) {
			struct sql_addr x, y;
			enum ind_dir end = g->keys[i] == QUERY_FLOW_daddr ? IND_DST : IND_SRC;
			sql_flows_addr(&g->flows, end, a, &x);
			sql_flows_addr(&g->flows, end, b, &y);
			if (memcmp(&x, &y, sizeof(x)) != 0)
				return false;
		} else {
			uint64_t x = 0, y = 0;
			bool has_x = sql_flows_number(&g->flows, g->keys[i], a, &x), has_y = sql_flows_number(&g->flows, g->keys[i], b, &y);
			if (has_x != has_y || (has_x && x != y))
				return false;
		}
	}
	return true;
}

static bool is_of_share(const struct sql_gather *g, uint64_t hash) { return (hash & (g->shares - 1)) == g->share; }

static void copy_row(struct sql_gather *g, size_t to, const struct sql_flows *f, size_t row)
{
	for (size_t i = 0; i < g->list_count; i++) {
		struct sql_addr addr;
		unsigned c = g->list[i];
		if (!is_addr(c)) {
			g->numbers[c][to] = f->v[c][row];
			continue;
		}
		sql_flows_addr(f, c == IND_COL_ADDR ? IND_SRC : IND_DST, row, &addr);
		memcpy(g->addrs[c - IND_COL_ADDR] + to * IND_ADDR_BYTES, addr.addr, IND_ADDR_BYTES);
	}
}

/* Half of the hashes wait for another pass. */
static void take_less(struct sql_gather *g)
{
	size_t kept = 0;
	g->shares *= 2;
	for (size_t i = 0; i < g->count; i++) {
		if (!is_of_share(g, g->hashes[i]))
			continue;
		if (kept != i)
			copy_row(g, kept, &g->flows, i);
		g->hashes[kept++] = g->hashes[i];
	}
	g->count = kept;
}

enum ind_err sql_gather_add(struct sql_gather *g, const struct sql_flows *batch)
{
	for (size_t k = 0; k < batch->count; k++) {
		size_t row = batch->rows[k];
		uint64_t hash = hash_row(g, batch, row);
		while (g->count && (g->count + 1) * row_bytes_of(g) > g->bytes_max && g->shares < SHARES_MAX && is_of_share(g, hash))
			take_less(g);
		if (!is_of_share(g, hash))
			continue;
		if (g->count == g->room && !grow(g))
			return IND_NOMEM;
		if (g->count == UINT32_MAX)
			return IND_LIMIT;
		copy_row(g, g->count, batch, row);
		g->hashes[g->count++] = hash;
	}
	return IND_OK;
}

struct slot { uint32_t tag, first; }; /* bits of the hash; the first row of a key, from 1 */

/* Rows of one key are chained behind the first of them. */
static void chain(struct sql_gather *g, struct slot *slots, size_t mask, uint32_t *next, uint32_t *last)
{
	enum { AHEAD = 8 };
	for (size_t i = 0; i < g->count; i++) {
		if (i + AHEAD < g->count)
			__builtin_prefetch(&slots[g->hashes[i + AHEAD] >> 16 & mask]);
		uint32_t tag = (uint32_t)(g->hashes[i] >> 32);
		size_t at = g->hashes[i] >> 16 & mask;
		while (slots[at].first && (slots[at].tag != tag || !same_key(g, slots[at].first - 1, i)))
			at = (at + 1) & mask;
		next[i] = 0;
		last[i] = (uint32_t)i + 1;
		if (!slots[at].first) {
			slots[at] = (struct slot){ tag, (uint32_t)i + 1 };
			continue;
		}
		uint32_t first = slots[at].first - 1;
		next[last[first] - 1] = (uint32_t)i + 1;
		last[first] = (uint32_t)i + 1;
		/* It is no first one. */
		last[i] = 0;
	}
}

/* Keys in the order in which they first occur: so memory is read nearly as it was written. */
enum ind_err sql_gather_ready(struct sql_gather *g)
{
	size_t count = 16;
	while (count < 2 * g->count)
		count *= 2;
	struct slot *slots = calloc(count, sizeof(*slots));
	uint32_t *next = malloc((g->count + 1) * sizeof(*next)), *last = malloc((g->count + 1) * sizeof(*last));
	free(g->order);
	g->order = malloc((g->count + 1) * sizeof(*g->order));
	bool ok = slots && next && last && g->order;
	size_t laid = 0;
	if (ok)
		chain(g, slots, count - 1, next, last);
	for (size_t i = 0; ok && i < g->count; i++)
		for (uint32_t row = last[i] ? (uint32_t)i + 1 : 0; row; row = next[row - 1])
			g->order[laid++] = row - 1;
	free(slots);
	free(next);
	free(last);
	return ok ? IND_OK : IND_NOMEM;
}

/* Shares are the leaves of a tree over the low bits of hashes, which grows where there is too much: on to the next leaf. */
bool sql_gather_again(struct sql_gather *g)
{
	while (g->shares > 1 && g->share & g->shares / 2) {
		g->share &= ~(g->shares / 2);
		g->shares /= 2;
	}
	if (g->shares <= 1)
		return false;
	g->share |= g->shares / 2;
	g->count = 0;
	return true;
}
