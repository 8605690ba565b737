/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/fragment.h"

#include <string.h>

enum { BLOCK_BYTES = 8, IP_BYTES_MAX = 65535, IP6_FRAGMENT_HEADER_BYTES = 8, IP6_HEADER_BYTES = 40 };
#define TIMEOUT_NS (FRAGMENT_TIMEOUT_S * UINT64_C(1000000000))

enum ind_err fragments_init(struct fragments *f)
{
	*f = (struct fragments){ 0 };
	enum ind_err err = hash_random(&f->hash_key, sizeof f->hash_key);
	return err ? err : pool_init(&f->places, sizeof(struct assembly), FRAGMENT_PLACES);
}

void fragments_release(struct fragments *f) { pool_release(&f->places); }

static struct assembly *place_at(const struct fragments *f, uint32_t index) { return index ? pool_at(&f->places, index) : NULL; }

static uint32_t place_of(const struct fragments *f, const struct assembly *a)
{
	return (uint32_t)((size_t)((const uint8_t *)a - f->places.base) / sizeof *a);
}

/* ---- which datagram: addresses, identification and what is around them; in IPv4 the protocol too ---- */

static uint8_t key_proto(const struct packet *p) { return p->ip_version == 4 ? p->proto : 0; }

static uint32_t fragment_hash(const struct fragments *f, const struct packet *p)
{
	uint64_t words[2 * IND_ADDR_BYTES / 8 + 1];
	memcpy(words, p->addr, sizeof p->addr);
	words[4] = (uint64_t)p->fragment_id << 32 | (uint64_t)p->context << 16 | (uint64_t)key_proto(p) << 8 | p->ip_version;
	return (uint32_t)hash_words(&f->hash_key, words, sizeof words / sizeof *words);
}

static bool is_of(const struct assembly *a, const struct packet *p)
{
	return a->like.fragment_id == p->fragment_id && a->like.context == p->context && a->like.ip_version == p->ip_version &&
		key_proto(&a->like) == key_proto(p) && memcmp(a->like.addr, p->addr, sizeof p->addr) == 0;
}

struct assembly *fragments_oldest(const struct fragments *f) { return place_at(f, f->oldest); }

/* Time that runs backward counts as time passed. */
bool assembly_is_due(const struct assembly *a, uint64_t now_ns)
{
	return (now_ns > a->first_ns ? now_ns - a->first_ns : a->first_ns - now_ns) >= TIMEOUT_NS;
}

void assembly_take(struct fragments *f, struct assembly *a)
{
	uint32_t index = place_of(f, a);
	uint32_t *link = &f->buckets[a->hash % FRAGMENT_PLACES];
	while (*link != index)
		link = &place_at(f, *link)->next;
	*link = a->next;
	*(a->older ? &place_at(f, a->older)->newer : &f->oldest) = a->newer;
	*(a->newer ? &place_at(f, a->newer)->older : &f->newest) = a->older;
}

void assembly_give(struct fragments *f, struct assembly *a) { pool_give(&f->places, place_of(f, a)); }

static struct assembly *assembly_start(struct fragments *f, const struct packet *p, uint32_t hash)
{
	uint32_t index = pool_take(&f->places);
	struct assembly *a = place_at(f, index);
	memset(a, 0, offsetof(struct assembly, header));
	a->hash = hash;
	a->like = *p;
	a->first_ns = p->frame->time_ns;
	a->captured_bytes = UINT32_MAX;
	a->older = f->newest;
	*(f->newest ? &place_at(f, f->newest)->newer : &f->oldest) = index;
	f->newest = index;
	a->next = f->buckets[hash % FRAGMENT_PLACES];
	f->buckets[hash % FRAGMENT_PLACES] = index;
	return a;
}

/* ---- its bytes ---- */

static void header_keep(struct assembly *a, const struct packet *p)
{
	a->like = *p;
	a->like.frame = NULL;
	a->like.ip = a->like.payload = a->like.inner = a->like.tcp_options = NULL;
	memcpy(a->header, p->ip, p->fragment_header_bytes);
}

/* RFC 8200 section 4.5, and as good for IPv4: all but the last are multiples of 8, and nothing goes past 65,535 bytes or the last one. */
static bool fragment_is_usable(const struct assembly *a, const struct packet *p)
{
	uint64_t end = (uint64_t)p->fragment_offset + p->payload_bytes;
	if (p->fragment_header_bytes + end > IP_BYTES_MAX)
		return false;
	if (p->more_fragments)
		return p->payload_bytes % BLOCK_BYTES == 0 && (!a->total_bytes || end <= a->total_bytes);
	return p->payload_bytes && (a->total_bytes ? end == a->total_bytes : end >= a->end_bytes);
}

/* The first that arrived counts. */
static void block_put(struct assembly *a, uint32_t block, const uint8_t *bytes, size_t count)
{
	uint8_t *at = a->bytes + FRAGMENT_HEADER_BYTES + block * BLOCK_BYTES;
	uint64_t bit = UINT64_C(1) << block % 64;
	if (a->there[block / 64] & bit) {
		if (block * BLOCK_BYTES + count <= a->captured_bytes && memcmp(at, bytes, count) != 0)
			a->contradicts = true;
		return;
	}
	a->there[block / 64] |= bit;
	a->blocks++;
	memcpy(at, bytes, count);
}

static void data_put(struct assembly *a, const struct packet *p)
{
	uint32_t there = p->payload_captured < p->payload_bytes ? p->payload_captured : p->payload_bytes;
	uint32_t end = p->fragment_offset + p->payload_bytes;
	for (uint32_t at = 0; at < p->payload_bytes; at += BLOCK_BYTES) {
		uint32_t left = there > at ? there - at : 0;
		block_put(
			a, (p->fragment_offset + at) / BLOCK_BYTES, p->payload + (left ? at : 0), left < BLOCK_BYTES ? left : BLOCK_BYTES);
	}
	if (there < p->payload_bytes && p->fragment_offset + there < a->captured_bytes)
		a->captured_bytes = p->fragment_offset + there;
	a->end_bytes = end > a->end_bytes ? end : a->end_bytes;
	if (!p->more_fragments)
		a->total_bytes = end;
}

static void fragment_count(struct assembly *a, const struct packet *p)
{
	a->fragments++;
	a->ip_bytes += p->ip_bytes;
	a->data_bytes += p->payload_bytes;
	a->last_ns = p->frame->time_ns;
	a->last_number = p->frame->number;
}

struct assembly *fragment_add(struct fragments *f, const struct packet *p, uint64_t parent, bool *is_new)
{
	uint32_t hash = fragment_hash(f, p), index = f->buckets[hash % FRAGMENT_PLACES];
	while (index && !is_of(place_at(f, index), p))
		index = place_at(f, index)->next;
	*is_new = !index;
	struct assembly *a = index ? place_at(f, index) : assembly_start(f, p, hash);
	fragment_count(a, p);
	a->parent = a->parent ? a->parent : parent;
	bool usable = fragment_is_usable(a, p);
	bool begins = usable && p->fragment_offset == 0 && !a->has_first;
	if (begins || *is_new)
		header_keep(a, p);
	if (!usable) {
		a->contradicts = true;
		return NULL;
	}
	a->has_first |= begins;
	data_put(a, p);
	return assembly_is_whole(a) ? a : NULL;
}

bool assembly_is_whole(const struct assembly *a) { return a->total_bytes && a->blocks == (a->total_bytes + BLOCK_BYTES - 1) / BLOCK_BYTES; }

/* ---- the datagram as a frame ---- */

static void be16_put(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

/* Bytes that are there without a gap. */
static uint32_t contiguous_bytes(const struct assembly *a)
{
	uint32_t block = 0;
	while (block < FRAGMENT_BLOCKS && a->there[block / 64] >> block % 64 & 1)
		block++;
	uint32_t bytes = block * BLOCK_BYTES;
	bytes = bytes < a->end_bytes ? bytes : a->end_bytes;
	return bytes < a->captured_bytes ? bytes : a->captured_bytes;
}

/* The header of a datagram that was never cut: length of the whole, and no sign of fragments. Returns its bytes. */
static uint32_t header_make(struct assembly *a, uint8_t *header, uint32_t total)
{
	uint32_t bytes = a->like.fragment_header_bytes;
	if (a->like.ip_version == 4) {
		be16_put(header + 2, bytes + total);
		be16_put(header + 6, a->like.dont_fragment ? 0x4000 : 0);
		return bytes;
	}
	bytes -= IP6_FRAGMENT_HEADER_BYTES;
	header[a->like.next_header_at] = a->like.proto;
	be16_put(header + 4, bytes - IP6_HEADER_BYTES + total);
	return bytes;
}

void assembly_frame(struct assembly *a)
{
	uint32_t header_bytes = a->like.fragment_header_bytes, total = a->total_bytes ? a->total_bytes : a->end_bytes;
	a->frame = (struct frame){ .time_ns = a->last_ns, .number = a->last_number };
	if (a->has_first) {
		header_bytes = header_make(a, a->header, total);
		a->frame.captured = header_bytes + contiguous_bytes(a);
		a->frame.wire = header_bytes + total;
	} else {
		a->frame.captured = a->frame.wire = header_bytes;
	}
	uint8_t *start = a->bytes + FRAGMENT_HEADER_BYTES - header_bytes;
	memcpy(start, a->header, header_bytes);
	a->frame.bytes = start;
}
