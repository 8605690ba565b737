/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/store.h"

#include <string.h>

/* What stands before each value in the chain. */
struct entry {
	uint64_t time_ns;
	uint64_t packet;
	uint16_t value_bytes;
	uint16_t tag;                /* of the value, so that most comparisons end here */
	uint8_t id;
	uint8_t bits;                /* side 1, way 2, cut 4 */
};

enum { ENTRY_BYTES = 22, SIDE = 1, WAY = 2, CUT = 4 };

/* A place in a chain. */
struct place {
	const struct flow_table *t;
	struct store_chunk *chunk;
	uint32_t at;
};

static struct place place_first(const struct flow_table *t, const struct flow *f)
{
	return (struct place){ t, f->signals ? pool_at(&t->chunks, f->signals) : NULL, 0 };
}

static bool place_advance(struct place *p)
{
	if (p->at < sizeof p->chunk->bytes)
		return true;
	if (!p->chunk->next)
		return false;
	p->chunk = pool_at(&p->t->chunks, p->chunk->next);
	p->at = 0;
	return true;
}

static bool chain_read(struct place *p, void *out, size_t count)
{
	uint8_t *to = out;
	while (count) {
		if (!place_advance(p))
			return false;
		size_t here = sizeof p->chunk->bytes - p->at;
		here = here < count ? here : count;
		memcpy(to, p->chunk->bytes + p->at, here);
		to += here;
		p->at += (uint32_t)here;
		count -= here;
	}
	return true;
}

static bool chain_equals(struct place *p, const void *bytes, size_t count)
{
	const uint8_t *with = bytes;
	bool equal = true;
	while (count && place_advance(p)) {
		size_t here = sizeof p->chunk->bytes - p->at;
		here = here < count ? here : count;
		equal = equal && memcmp(p->chunk->bytes + p->at, with, here) == 0;
		with += here;
		p->at += (uint32_t)here;
		count -= here;
	}
	return equal;
}

static void chain_skip(struct place *p, size_t count)
{
	while (count && place_advance(p)) {
		size_t here = sizeof p->chunk->bytes - p->at;
		here = here < count ? here : count;
		p->at += (uint32_t)here;
		count -= here;
	}
}

static void chain_write(struct flow_table *t, struct place *p, const void *bytes, size_t count)
{
	const uint8_t *from = bytes;
	while (count) {
		if (p->at == sizeof p->chunk->bytes) {
			p->chunk = pool_at(&t->chunks, p->chunk->next);
			p->at = 0;
		}
		size_t here = sizeof p->chunk->bytes - p->at;
		here = here < count ? here : count;
		memcpy(p->chunk->bytes + p->at, from, here);
		from += here;
		p->at += (uint32_t)here;
		count -= here;
	}
}

static void entry_pack(const struct entry *e, uint8_t out[ENTRY_BYTES])
{
	memcpy(out, &e->time_ns, 8);
	memcpy(out + 8, &e->packet, 8);
	memcpy(out + 16, &e->value_bytes, 2);
	memcpy(out + 18, &e->tag, 2);
	out[20] = e->id;
	out[21] = e->bits;
}

static bool entry_read(struct place *p, struct entry *e)
{
	uint8_t in[ENTRY_BYTES];
	if (!p->chunk || !chain_read(p, in, sizeof in))
		return false;
	memcpy(&e->time_ns, in, 8);
	memcpy(&e->packet, in + 8, 8);
	memcpy(&e->value_bytes, in + 16, 2);
	memcpy(&e->tag, in + 18, 2);
	e->id = in[20];
	e->bits = in[21];
	return e->id != 0;
}

static uint16_t value_tag(const char *value, size_t count)
{
	uint32_t tag = (uint32_t)count * 0x9e3779b1u;
	for (size_t i = 0; i < count; i += 1 + count / 16)
		tag = (tag ^ (uint8_t)value[i]) * 0x01000193u;
	return (uint16_t)(tag ^ tag >> 16);
}

static size_t extra_bytes(const struct entry *e) { return e->bits & CUT ? IND_SHA256_BYTES : 0; }

/* Adds chunks behind the place until `count` bytes fit; false, and nothing changed, if the pool is empty. */
static bool chain_extend(struct flow_table *t, struct flow *f, struct place *p, size_t count)
{
	size_t room = p->chunk ? sizeof p->chunk->bytes - p->at : 0;
	size_t chunks = count > room ? (count - room + sizeof p->chunk->bytes - 1) / sizeof p->chunk->bytes : 0;
	if (chunks > t->chunks.capacity - t->chunks.in_use)
		return false;
	struct store_chunk *last = p->chunk;
	for (; chunks; chunks--) {
		uint32_t index = pool_take(&t->chunks);
		struct store_chunk *chunk = pool_at(&t->chunks, index);
		memset(chunk, 0, sizeof *chunk);
		if (last)
			last->next = index;
		else
			f->signals = index;
		last = chunk;
		if (!p->chunk)
			*p = (struct place){ t, chunk, 0 };
	}
	return true;
}

/* Walks to the end of the chain. True if the value stands there already. */
static bool chain_find(struct place *end, const struct ind_signal *s, const struct entry *want, size_t *count, size_t *total)
{
	struct entry e;
	struct place at = *end;
	*count = *total = 0;
	while (entry_read(&at, &e)) {
		++*count;
		*total += ENTRY_BYTES + e.value_bytes + extra_bytes(&e);
		bool same_name = e.id == want->id && e.bits == want->bits;
		if (same_name && e.tag == want->tag && e.value_bytes == want->value_bytes) {
			if (chain_equals(&at, s->value, e.value_bytes))
				return true;
		} else {
			chain_skip(&at, e.value_bytes);
		}
		chain_skip(&at, extra_bytes(&e));
		*end = at;
	}
	return false;
}

enum store store_add(struct flow_table *t, struct flow *f, const struct ind_signal *s, unsigned way)
{
	struct entry e = {
		.time_ns = s->time_ns, .packet = s->packet, .value_bytes = s->value_bytes, .tag = value_tag(s->value, s->value_bytes),
		.id = (uint8_t)s->id,
		.bits = (uint8_t)((s->side ? SIDE : 0) | (way ? WAY : 0) | (s->flags & IND_SIGNAL_CUT ? CUT : 0)),
	};
	struct place end = place_first(t, f);
	size_t count, total;
	if (chain_find(&end, s, &e, &count, &total))
		return STORE_KNOWN;
	size_t bytes = ENTRY_BYTES + e.value_bytes + extra_bytes(&e);
	if (count >= STORE_SIGNALS_MAX || total + bytes > STORE_BYTES_MAX || !chain_extend(t, f, &end, bytes)) {
		t->signals_lost++;
		return STORE_FULL;
	}
	uint8_t packed[ENTRY_BYTES];
	entry_pack(&e, packed);
	chain_write(t, &end, packed, sizeof packed);
	chain_write(t, &end, s->value, s->value_bytes);
	if (e.bits & CUT)
		chain_write(t, &end, s->sha256, IND_SHA256_BYTES);
	return STORE_ADDED;
}

size_t store_read(const struct flow_table *t, const struct flow *f, struct ind_signal *signals, char *text)
{
	struct place at = place_first(t, f);
	struct entry e;
	size_t count = 0;
	while (count < STORE_SIGNALS_MAX && entry_read(&at, &e)) {
		char *value = text;
		chain_read(&at, text, e.value_bytes + extra_bytes(&e));
		text += e.value_bytes + extra_bytes(&e);
		signals[count++] = (struct ind_signal){
			.id = e.id, .side = e.bits & SIDE ? IND_SERVER : IND_CLIENT, .from = (uint8_t)flow_dir(f, e.bits & WAY ? 1 : 0),
			.flags = e.bits & CUT ? IND_SIGNAL_CUT : 0, .value_bytes = e.value_bytes, .time_ns = e.time_ns, .packet = e.packet,
			.value = value, .sha256 = e.bits & CUT ? (const uint8_t *)value + e.value_bytes : NULL,
		};
	}
	return count;
}

void store_free(struct flow_table *t, struct flow *f)
{
	for (uint32_t index = f->signals; index;) {
		uint32_t next = ((struct store_chunk *)pool_at(&t->chunks, index))->next;
		pool_give(&t->chunks, index);
		index = next;
	}
	f->signals = 0;
}
