/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/gather.h"

enum { WORD_BITS = 64 };

static struct gather_buffer *buffer_take(struct gather *g)
{
	if (*g->buffer == 0) {
		*g->buffer = pool_take(&g->table->gathers);
		if (*g->buffer == 0) {
			g->table->heads_lost++;
			return NULL;
		}
		struct gather_buffer *b = pool_at(&g->table->gathers, *g->buffer);
		memset(b->there, 0, sizeof b->there);
	}
	return pool_at(&g->table->gathers, *g->buffer);
}

/* Up to 64 bytes that share a word of the map. */
static bool word_put(struct gather_buffer *b, uint32_t at, const uint8_t *bytes, uint32_t count)
{
	uint64_t *there = &b->there[at / WORD_BITS];
	uint64_t want = (count == WORD_BITS ? UINT64_MAX : (UINT64_C(1) << count) - 1) << at % WORD_BITS;
	uint64_t fresh = want & ~*there;
	if (fresh == want) {
		memcpy(b->bytes + at, bytes, count);
	} else {
		for (uint32_t i = 0; i < count; i++)
			if (fresh >> (at + i) % WORD_BITS & 1)
				b->bytes[at + i] = bytes[i];
	}
	*there |= want;
	return fresh != 0;
}

bool gather_put(struct gather *g, uint32_t offset, const uint8_t *bytes, size_t count, bool *is_new)
{
	*is_new = false;
	if (offset >= GATHER_BYTES || count == 0)
		return false;
	struct gather_buffer *b = buffer_take(g);
	if (!b)
		return false;
	uint32_t end = count < GATHER_BYTES - offset ? offset + (uint32_t)count : GATHER_BYTES;
	for (uint32_t at = offset; at < end;) {
		uint32_t room = WORD_BITS - at % WORD_BITS, piece = room < end - at ? room : end - at;
		*is_new |= word_put(b, at, bytes + (at - offset), piece);
		at += piece;
	}
	return true;
}

struct cursor gather_view(const struct gather *g, uint32_t offset)
{
	if (gather_is_empty(g) || offset >= GATHER_BYTES)
		return cursor_of(NULL, 0);
	const struct gather_buffer *b = pool_at(&g->table->gathers, *g->buffer);
	uint32_t end = offset;
	while (end < GATHER_BYTES) {
		uint64_t missing = ~b->there[end / WORD_BITS] >> end % WORD_BITS;
		if (missing) {
			end += (uint32_t)__builtin_ctzll(missing);
			break;
		}
		end += WORD_BITS - end % WORD_BITS;
	}
	return cursor_of(b->bytes + offset, end - offset);
}

void gather_drop(struct gather *g)
{
	if (*g->buffer)
		pool_give(&g->table->gathers, *g->buffer);
	*g->buffer = 0;
}
