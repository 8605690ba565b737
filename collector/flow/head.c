/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/head.h"

#include <string.h>

/* The index of a small buffer has this bit. */
#define SMALL (UINT32_C(1) << 31)

static struct head_buffer *buffer_at(const struct flow_table *t, uint32_t index)
{
	return index & SMALL ? pool_at(&t->small_buffers, index & ~SMALL) : pool_at(&t->buffers, index);
}

static struct head_buffer *buffer_of(const struct flow_table *t, const struct flow_head *h, unsigned way)
{
	return h->buffer[way] ? buffer_at(t, h->buffer[way]) : NULL;
}

struct flow_head *head_of(struct flow_table *t, struct flow_tcp *tcp)
{
	if (!tcp->head) {
		tcp->head = pool_take(&t->heads); /* as many as flows: never empty */
		struct flow_head *h = pool_at(&t->heads, tcp->head);
		*h = (struct flow_head){ 0 };
	}
	return pool_at(&t->heads, tcp->head);
}

void head_expect(struct flow_head *h, const struct flow_tcp *tcp, unsigned way, uint32_t seq)
{
	if (h->known & 1 << way)
		return;
	h->known |= (uint8_t)(1 << way);
	bool is_client = way == !!(tcp->seen & TCP_SEEN_CLIENT_HIGH);
	bool taken = tcp->seen & (is_client ? TCP_SEEN_TAKEN : TCP_SEEN_ACK);
	uint32_t first = tcp->isn[way] + 1;
	/* A SYN that nobody answered may be a stranger's. */
	h->next[way] = tcp->seen & (TCP_SEEN_SYN_LOW << way) && (taken || seq - first < HEAD_BYTES) ? first : seq;
}

bool head_reaches(const struct flow_head *h, unsigned way, uint32_t seq)
{
	uint32_t ahead = seq - h->next[way];
	return ahead < HEAD_BYTES || ahead > UINT32_MAX - TCP_OLD_MAX;
}

static void buffer_return(struct flow_table *t, uint32_t index)
{
	if (index & SMALL)
		pool_give(&t->small_buffers, index & ~SMALL);
	else if (index)
		pool_give(&t->buffers, index);
}

static void buffer_give(struct flow_table *t, struct flow_head *h, unsigned way)
{
	buffer_return(t, h->buffer[way]);
	h->buffer[way] = 0;
}

/* A free buffer that holds `bytes`, or 0. */
static uint32_t buffer_find(struct flow_table *t, uint32_t bytes)
{
	uint32_t small = bytes <= HEAD_SMALL_BYTES ? pool_take(&t->small_buffers) : 0;
	return small ? small | SMALL : pool_take(&t->buffers);
}

/* The buffer of this way, with room for `bytes`; what it held is still there. */
static struct head_buffer *buffer_take(struct flow_table *t, struct flow_head *h, unsigned way, uint32_t bytes)
{
	uint32_t had = h->buffer[way];
	if (had && (bytes <= HEAD_SMALL_BYTES || !(had & SMALL)))
		return buffer_at(t, had);
	uint32_t index = buffer_find(t, bytes);
	if (!index) {
		t->heads_lost++;
		return NULL;
	}
	struct head_buffer *b = buffer_at(t, index);
	if (had)
		memcpy(b, buffer_at(t, had), HEAD_SMALL_BUFFER_BYTES);
	else
		b->range_count = 0;
	buffer_return(t, had);
	h->buffer[way] = index;
	return b;
}

/* Copies what of [from, to) is not there yet: the first copy of a byte counts. False if there are too many pieces. */
static bool range_add(struct head_buffer *b, uint16_t from, uint16_t to, const uint8_t *bytes)
{
	struct head_range merged = { from, to };
	uint16_t kept = 0, cursor = from;
	struct head_range out[HEAD_RANGES + 1];
	bool placed = false;
	for (uint16_t i = 0; i < b->range_count; i++) {
		struct head_range r = b->ranges[i];
		if (r.to >= from && r.from <= to) {
			if (r.from > cursor)
				memcpy(b->bytes + cursor, bytes + (cursor - from), (size_t)(r.from - cursor));
			cursor = r.to > cursor ? r.to : cursor;
			merged.from = r.from < merged.from ? r.from : merged.from;
			merged.to = r.to > merged.to ? r.to : merged.to;
			continue;
		}
		if (r.from > to && !placed) {
			out[kept++] = merged;
			placed = true;
		}
		if (kept == HEAD_RANGES)
			return false;
		out[kept++] = r;
	}
	if (cursor < to)
		memcpy(b->bytes + cursor, bytes + (cursor - from), (size_t)(to - cursor));
	if (!placed) {
		if (kept == HEAD_RANGES)
			return false;
		out[kept++] = merged;
	}
	memcpy(b->ranges, out, kept * sizeof *out);
	b->range_count = kept;
	return true;
}

void head_view_of(const struct flow_table *t, const struct flow_head *h, unsigned way, struct head_view *view)
{
	const struct head_buffer *b = buffer_of(t, h, way);
	bool any = b && b->range_count && b->ranges[0].from == 0;
	*view = (struct head_view){ b ? b->bytes : NULL, any ? b->ranges[0].to : 0, true, any && b->ranges[0].to == HEAD_BYTES };
}

void head_offer(struct flow_table *t, struct flow_head *h, unsigned way, uint32_t seq, const uint8_t *bytes, uint32_t count, struct head_view *view)
{
	*view = (struct head_view){ 0 };
	int32_t ahead = (int32_t)(seq - h->next[way]);
	if (ahead < 0) {             /* old bytes, wholly or in part */
		uint32_t old = h->next[way] - seq;
		if (old >= count)
			return;
		bytes += old;
		count -= old;
		ahead = 0;
	}
	if (ahead == 0 && !h->buffer[way]) {
		*view = (struct head_view){ bytes, count, false, false };
		return;
	}
	if ((uint32_t)ahead >= HEAD_BYTES) {
		/* Far ahead of a hole: if nothing is waiting, that hole is the reason; the caller jumps. */
		return;
	}
	uint32_t to = (uint32_t)ahead + count;
	to = to < HEAD_BYTES ? to : HEAD_BYTES;
	struct head_buffer *b = buffer_take(t, h, way, to);
	if (!b)
		return;
	if (range_add(b, (uint16_t)ahead, (uint16_t)to, bytes))
		head_view_of(t, h, way, view);
}

bool head_aside_taken(const struct flow_head *h, unsigned way, uint32_t ack)
{
	bool of_aside = ack - h->next[way + HEAD_ASIDE] - 1 < TCP_OLD_MAX;
	return head_has_aside(h, way) && of_aside && h->next[way] - ack > TCP_OLD_MAX;
}

void head_swap(struct flow_table *t, struct flow_head *h, unsigned way)
{
	unsigned lane = way + HEAD_ASIDE;
	uint32_t next = h->next[way], buffer = h->buffer[way];
	h->next[way] = h->next[lane];
	h->buffer[way] = h->buffer[lane];
	h->next[lane] = h->aside_end[way] = next;
	h->buffer[lane] = buffer;
	t->gaps++;
}

/* Moves what stands behind `count` to the front. */
static void buffer_shift(struct head_buffer *b, uint32_t count)
{
	uint16_t kept = 0;
	uint32_t end = b->range_count ? b->ranges[b->range_count - 1].to : 0;
	if (end > count)
		memmove(b->bytes, b->bytes + count, end - count);
	for (uint16_t i = 0; i < b->range_count; i++) {
		struct head_range r = b->ranges[i];
		if (r.to <= count)
			continue;
		b->ranges[kept++] = (struct head_range){ (uint16_t)(r.from > count ? r.from - count : 0), (uint16_t)(r.to - count) };
	}
	b->range_count = kept;
}

void head_read(struct flow_table *t, struct flow_head *h, unsigned way, const struct head_view *view, uint32_t count)
{
	h->next[way] += count;
	if (view->in_buffer) {
		struct head_buffer *b = buffer_of(t, h, way);
		buffer_shift(b, count);
		if (!b->range_count)
			buffer_give(t, h, way);
		return;
	}
	uint32_t rest = view->count - count;
	if (!rest)
		return;
	uint32_t kept = rest < HEAD_BYTES ? rest : HEAD_BYTES;
	struct head_buffer *b = buffer_take(t, h, way, kept);
	if (!b) {
		h->next[way] += rest;
		return;
	}
	rest = kept;
	memcpy(b->bytes, view->bytes + count, rest);
	b->ranges[0] = (struct head_range){ 0, (uint16_t)rest };
	b->range_count = 1;
}

bool head_set_aside(struct flow_table *t, struct flow_head *h, unsigned way, uint32_t seq, const uint8_t *bytes, uint32_t count)
{
	unsigned lane = way + HEAD_ASIDE;
	bool goes_on = head_has_aside(h, way) && seq != h->next[lane] && (seq - h->next[lane] < HEAD_BYTES || seq == h->aside_end[way]);
	bool again = head_has_aside(h, way) && seq == h->next[lane];
	if (!goes_on && !again) {
		buffer_give(t, h, lane);
		h->next[lane] = seq;
		h->known |= (uint8_t)(1 << lane);
	}
	h->aside_end[way] = seq + count;
	struct head_view view;
	head_offer(t, h, lane, seq, bytes, count, &view);
	if (view.count && !view.in_buffer)
		head_read(t, h, lane, &view, 0);
	return goes_on;
}

void head_pass(struct flow_table *t, struct flow_head *h, unsigned way, uint32_t count)
{
	h->next[way] += count;
	struct head_buffer *b = buffer_of(t, h, way);
	if (b) {
		buffer_shift(b, count);
		if (!b->range_count)
			buffer_give(t, h, way);
	}
}

bool head_jump(struct flow_table *t, struct flow_head *h, unsigned way)
{
	struct head_buffer *b = buffer_of(t, h, way);
	if (!b || !b->range_count || b->ranges[0].from == 0)
		return false;
	uint16_t hole = b->ranges[0].from;
	h->next[way] += hole;
	buffer_shift(b, hole);
	t->gaps++;
	return true;
}

bool head_hole_lost(const struct flow_table *t, const struct flow_head *h, unsigned way, uint32_t ack)
{
	const struct head_buffer *b = buffer_of(t, h, way);
	return b && b->range_count && b->ranges[0].from && (int32_t)(ack - (h->next[way] + b->ranges[0].from)) >= 0;
}

void head_drop(struct flow_table *t, struct flow_head *h, unsigned way) { buffer_give(t, h, way); }

void head_done(struct flow_table *t, struct flow_head *h, unsigned way)
{
	buffer_give(t, h, way);
	buffer_give(t, h, way + HEAD_ASIDE);
	h->known &= (uint8_t) ~(1 << (way + HEAD_ASIDE));
}

void head_free(struct flow_table *t, struct flow_tcp *tcp)
{
	if (!tcp->head)
		return;
	struct flow_head *h = pool_at(&t->heads, tcp->head);
	head_done(t, h, 0);
	head_done(t, h, 1);
	pool_give(&t->heads, tcp->head);
	tcp->head = 0;
}
