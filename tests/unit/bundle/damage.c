/* SPDX-License-Identifier: Apache-2.0 */
#include "damage.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { PREAMBLE = 32, HEADER = 32 };

static uint32_t le32(const uint8_t *p) { return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0]; }

static void put_le32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static size_t frame_end(const struct memory *m, size_t at)
{
	return at + HEADER + ((size_t)le32(m->at + at + 16) + 7) / 8 * 8;
}

size_t damage_frame(const struct memory *m, unsigned index)
{
	size_t at = PREAMBLE;
	while (index-- && at + HEADER <= m->bytes)
		at = frame_end(m, at);
	return at < m->bytes ? at : m->bytes;
}

void damage_repair(struct memory *m)
{
	put_le32(m->at + 28, (uint32_t)crc32(0, m->at, 28));
	uint32_t start = le32(m->at + 8);
	for (size_t at = PREAMBLE; at + HEADER <= m->bytes && frame_end(m, at) <= m->bytes; at = frame_end(m, at)) {
		put_le32(m->at + at + 24, (uint32_t)crc32(start, m->at + at + HEADER, le32(m->at + at + 16)));
		put_le32(m->at + at + 28, (uint32_t)crc32(start, m->at + at, 28));
	}
}

void damage_flip(struct memory *m, size_t bit) { m->at[bit / 8] ^= (uint8_t)(1u << bit % 8); }

struct memory damage_copy(const struct memory *m)
{
	struct memory copy = { .at = malloc(m->bytes), .bytes = m->bytes, .capacity = m->bytes };
	if (!copy.at)
		abort();
	memcpy(copy.at, m->at, m->bytes);
	return copy;
}
