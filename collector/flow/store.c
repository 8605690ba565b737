/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/store.h"

#include <string.h>

/* At the front of the first chunk, packed to INDEX_BYTES. */
struct index {
	uint64_t marks; /* a bit for each value that is there: most new values need no search */
	uint32_t last;  /* 24 bits: chunk that is written next; 0: the first one */
	uint8_t at;     /* in the last chunk */
	uint32_t bytes; /* 20 bits: of all entries */
	uint16_t count; /* 12 bits */
};

/* Before each value in the chain, packed to ENTRY_BYTES. */
struct entry {
	uint64_t time_ns; /* its low 48 bits: three days */
	uint64_t packet;  /* its low 40 bits */
	uint16_t value_bytes;
	uint8_t id;
	uint8_t bits; /* side 1, way 2, cut 4 */
};

enum { INDEX_BYTES = 16, LAST_BITS = 24, AT_BITS = 8, BYTES_BITS = 20, COUNT_BITS = 12, ENTRY_BYTES = 15, SIDE = 1, WAY = 2, CUT = 4 };
#define TIME_MASK ((UINT64_C(1) << 48) - 1)
#define PACKET_MASK ((UINT64_C(1) << 40) - 1)
_Static_assert(INDEX_BYTES + ENTRY_BYTES < STORE_FIRST_BYTES, "the first chunk holds the index");
_Static_assert(FLOW_MAX < 1 << LAST_BITS && STORE_CHUNK_BYTES < 1 << AT_BITS, "the index holds a place in the chain");
_Static_assert(STORE_BYTES_MAX < 1 << BYTES_BITS && STORE_SIGNALS_MAX < 1 << COUNT_BITS, "the index holds what is in the chain");

static struct store_first *first_of(const struct flow_table *t, const struct flow *f)
{
	return pool_at(&t->firsts, flow_cold(t, f)->signals);
}
static struct store_chunk *chunk_at(const struct flow_table *t, uint32_t index) { return pool_at(&t->chunks, index); }

static uint32_t bits_of(uint64_t word, unsigned from, unsigned count) { return (uint32_t)(word >> from) & ((1u << count) - 1); }

static void index_get(const struct flow_table *t, const struct flow *f, struct index *x)
{
	uint64_t words[INDEX_BYTES / 8];
	memcpy(words, first_of(t, f)->bytes, sizeof words);
	*x = (struct index) {
		.marks = words[0],
		.last = bits_of(words[1], 0, LAST_BITS),
		.at = (uint8_t)bits_of(words[1], LAST_BITS, AT_BITS),
		.bytes = bits_of(words[1], LAST_BITS + AT_BITS, BYTES_BITS),
		.count = (uint16_t)bits_of(words[1], LAST_BITS + AT_BITS + BYTES_BITS, COUNT_BITS),
	};
}

static void index_put(const struct flow_table *t, const struct flow *f, const struct index *x)
{
	uint64_t words[INDEX_BYTES / 8] = { x->marks, x->last | (uint64_t)x->at << LAST_BITS | (uint64_t)x->bytes << (LAST_BITS + AT_BITS) |
		(uint64_t)x->count << (LAST_BITS + AT_BITS + BYTES_BITS) };
	memcpy(first_of(t, f)->bytes, words, sizeof words);
}

/* A place in a chain. Reading never goes past what was written: the caller counts. */
struct place {
	const struct flow_table *t;
	uint8_t *bytes;
	uint32_t at, end;
	uint32_t chunk, next; /* indexes; chunk 0: the first one */
};

static struct place place_first(const struct flow_table *t, const struct flow *f)
{
	struct store_first *first = first_of(t, f);
	if (first->next)
		__builtin_prefetch(chunk_at(t, first->next));
	return (struct place) { .t = t, .bytes = first->bytes, .at = INDEX_BYTES, .end = STORE_FIRST_BYTES, .next = first->next };
}

static void place_chunk(struct place *p, uint32_t index)
{
	struct store_chunk *chunk = chunk_at(p->t, index);
	p->bytes = chunk->bytes;
	p->at = 0;
	p->end = STORE_CHUNK_BYTES;
	p->chunk = index;
	p->next = chunk->next;
	if (p->next)
		__builtin_prefetch(chunk_at(p->t, p->next));
}

static size_t place_here(struct place *p, size_t count)
{
	if (p->at == p->end)
		place_chunk(p, p->next);
	size_t here = p->end - p->at;
	return here < count ? here : count;
}

/* Goes past the next `count` bytes and returns where they stand if they stand together, else NULL, and it goes nowhere. */
static uint8_t *place_whole(struct place *p, size_t count)
{
	if (p->at == p->end && p->next)
		place_chunk(p, p->next);
	if (count > p->end - p->at)
		return NULL;
	uint8_t *here = p->bytes + p->at;
	p->at += (uint32_t)count;
	return here;
}

static void chain_read(struct place *p, void *out, size_t count)
{
	uint8_t *to = out;
	while (count) {
		size_t here = place_here(p, count);
		memcpy(to, p->bytes + p->at, here);
		to += here;
		p->at += (uint32_t)here;
		count -= here;
	}
}

static bool chain_equals(struct place *p, const void *bytes, size_t count)
{
	const uint8_t *with = bytes;
	bool equal = true;
	while (count) {
		size_t here = place_here(p, count);
		equal = equal && memcmp(p->bytes + p->at, with, here) == 0;
		with += here;
		p->at += (uint32_t)here;
		count -= here;
	}
	return equal;
}

static void chain_skip(struct place *p, size_t count)
{
	while (count) {
		size_t here = place_here(p, count);
		p->at += (uint32_t)here;
		count -= here;
	}
}

static void chain_write(struct place *p, const void *bytes, size_t count)
{
	const uint8_t *from = bytes;
	while (count) {
		size_t here = place_here(p, count);
		memcpy(p->bytes + p->at, from, here);
		from += here;
		p->at += (uint32_t)here;
		count -= here;
	}
}

static void entry_pack(const struct entry *e, uint8_t out[ENTRY_BYTES])
{
	uint64_t low = (e->time_ns & TIME_MASK) | (uint64_t)e->value_bytes << 48;
	uint64_t high = (e->packet & PACKET_MASK) | (uint64_t)e->id << 40 | (uint64_t)e->bits << 48;
	memcpy(out, &low, 8);
	memcpy(out + 8, &high, ENTRY_BYTES - 8);
}

static void entry_read(struct place *p, struct entry *e)
{
	uint8_t apart[ENTRY_BYTES];
	const uint8_t *in = place_whole(p, ENTRY_BYTES);
	uint64_t low, high = 0;
	if (!in) {
		chain_read(p, apart, sizeof apart);
		in = apart;
	}
	memcpy(&low, in, 8);
	memcpy(&high, in + 8, ENTRY_BYTES - 8);
	*e = (struct entry) { low & TIME_MASK, high & PACKET_MASK, (uint16_t)(low >> 48), (uint8_t)(high >> 40), (uint8_t)(high >> 48) };
}

static size_t value_bytes(const struct entry *e) { return e->value_bytes + (e->bits & CUT ? IND_SHA256_BYTES : 0); }

static uint64_t mark_of(const struct entry *e, const char *value)
{
	uint64_t first = 0, last = 0;
	size_t n = e->value_bytes < 8 ? e->value_bytes : 8;
	memcpy(&first, value, n);
	memcpy(&last, value + e->value_bytes - n, n);
	uint64_t h = (first ^ (uint64_t)e->id << 56 ^ (uint64_t)(e->bits & ~WAY) << 48 ^ e->value_bytes) * UINT64_C(0x9e3779b97f4a7c15);
	h = (h ^ h >> 29 ^ last) * UINT64_C(0xbf58476d1ce4e5b9);
	return UINT64_C(1) << (h >> 58);
}

static bool value_is_known(
	const struct flow_table *t, const struct flow *f, const struct index *x, const struct entry *want, const char *value)
{
	struct place at = place_first(t, f);
	for (unsigned i = 0; i < x->count; i++) {
		struct entry e;
		entry_read(&at, &e);
		if (e.id == want->id && ((e.bits ^ want->bits) & ~WAY) == 0 && e.value_bytes == want->value_bytes) {
			if (chain_equals(&at, value, e.value_bytes))
				return true;
			chain_skip(&at, value_bytes(&e) - e.value_bytes);
		} else {
			chain_skip(&at, value_bytes(&e));
		}
	}
	return false;
}

static bool chain_start(struct flow_table *t, struct flow *f)
{
	struct index x = { .at = INDEX_BYTES };
	uint32_t index = pool_take(&t->firsts);
	if (!index)
		return false;
	flow_cold(t, f)->signals = index;
	first_of(t, f)->next = 0;
	index_put(t, f, &x);
	return true;
}

/* Adds chunks behind the last one until `count` bytes fit; false, and nothing changed, if the pool has not enough. */
static bool chain_extend(struct flow_table *t, const struct flow *f, const struct index *x, size_t count)
{
	size_t room = (x->last ? STORE_CHUNK_BYTES : STORE_FIRST_BYTES) - x->at;
	size_t chunks = count > room ? (count - room + STORE_CHUNK_BYTES - 1) / STORE_CHUNK_BYTES : 0;
	if (chunks > t->chunks.capacity - t->chunks.in_use)
		return false;
	for (uint32_t last = x->last; chunks; chunks--) {
		uint32_t index = pool_take(&t->chunks);
		chunk_at(t, index)->next = 0;
		*(last ? &chunk_at(t, last)->next : &first_of(t, f)->next) = index;
		last = index;
	}
	return true;
}

/* Where the next entry goes. */
static struct place place_last(const struct flow_table *t, const struct flow *f, const struct index *x)
{
	struct place p = place_first(t, f);
	if (x->last)
		place_chunk(&p, x->last);
	p.at = x->at;
	return p;
}

static void entry_write(struct flow_table *t, const struct flow *f, struct index *x, const struct entry *e, const struct ind_signal *s)
{
	struct place end = place_last(t, f, x);
	size_t bytes = ENTRY_BYTES + e->value_bytes;
	uint8_t *here = place_whole(&end, bytes), packed[ENTRY_BYTES];
	if (here) {
		entry_pack(e, here);
		memcpy(here + ENTRY_BYTES, s->value, s->value_bytes);
	} else {
		entry_pack(e, packed);
		chain_write(&end, packed, sizeof packed);
		chain_write(&end, s->value, s->value_bytes);
	}
	if (e->bits & CUT)
		chain_write(&end, s->sha256, IND_SHA256_BYTES);
	x->last = end.chunk;
	x->at = (uint8_t)end.at;
}

/* STORE_FULL leaves the chain as it was. */
static enum store entry_add(struct flow_table *t, struct flow *f, struct index *x, const struct entry *e, const struct ind_signal *s)
{
	uint64_t mark = mark_of(e, s->value);
	size_t bytes = ENTRY_BYTES + value_bytes(e);
	if (x->marks & mark && value_is_known(t, f, x, e, s->value))
		return STORE_KNOWN;
	if (x->count >= STORE_SIGNALS_MAX || x->bytes + bytes > STORE_BYTES_MAX || !chain_extend(t, f, x, bytes))
		return STORE_FULL;
	entry_write(t, f, x, e, s);
	x->marks |= mark;
	x->count++;
	x->bytes += (uint32_t)bytes;
	return STORE_ADDED;
}

enum store store_add(struct flow_table *t, struct flow *f, const struct ind_signal *s, unsigned way)
{
	struct entry e = {
		.time_ns = s->time_ns,
		.packet = s->packet,
		.value_bytes = s->value_bytes,
		.id = (uint8_t)s->id,
		.bits = (uint8_t)((s->side ? SIDE : 0) | (way ? WAY : 0) | (s->flags & IND_SIGNAL_CUT ? CUT : 0)),
	};
	struct index x;
	enum store done = STORE_FULL;
	if (flow_cold(t, f)->signals || chain_start(t, f)) {
		index_get(t, f, &x);
		done = entry_add(t, f, &x, &e, s);
		index_put(t, f, &x);
	}
	t->signals_lost += done == STORE_FULL;
	return done;
}

/* The time whose low 48 bits these are, within a day of the flow's start. */
static uint64_t entry_time_ns(const struct entry *e, const struct flow *f)
{
	int64_t from_start = (int64_t)((e->time_ns - f->start_ns) << 16) >> 16;
	return f->start_ns + (uint64_t)from_start;
}

size_t store_read(const struct flow_table *t, const struct flow *f, struct ind_signal *signals, char *text)
{
	struct index x;
	if (!flow_cold(t, f)->signals)
		return 0;
	index_get(t, f, &x);
	struct place at = place_first(t, f);
	for (unsigned i = 0; i < x.count; i++) {
		struct entry e;
		entry_read(&at, &e);
		const uint8_t *value = place_whole(&at, value_bytes(&e));
		if (!value) {
			chain_read(&at, text, value_bytes(&e));
			value = (uint8_t *)text;
			text += value_bytes(&e);
		}
		bool cut = e.bits & CUT;
		signals[i] = (struct ind_signal) {
			.id = e.id,
			.side = e.bits & SIDE ? IND_SERVER : IND_CLIENT,
			.from = (uint8_t)flow_dir(f, e.bits & WAY ? 1 : 0),
			.flags = cut ? IND_SIGNAL_CUT : 0,
			.value_bytes = e.value_bytes,
			.time_ns = entry_time_ns(&e, f),
			.packet = e.packet,
			.value = (const char *)value,
			.sha256 = cut ? value + e.value_bytes : NULL,
		};
	}
	return x.count;
}

void store_free(struct flow_table *t, struct flow *f)
{
	struct flow_cold *cold = flow_cold(t, f);
	if (!cold->signals)
		return;
	for (uint32_t index = first_of(t, f)->next; index;) {
		uint32_t next = chunk_at(t, index)->next;
		pool_give(&t->chunks, index);
		index = next;
	}
	pool_give(&t->firsts, cold->signals);
	cold->signals = 0;
}
