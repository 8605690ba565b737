/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_REPAIR_FRAMES_H
#define FUZZ_REPAIR_FRAMES_H

#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

/* All CRCs of a bundle put right, so that what stands behind them is reached. */

enum { PREAMBLE_SIZE = 32, FRAME_SIZE = 32 };

static inline uint32_t le32(const uint8_t *p) { return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0]; }

static inline void put_le32(uint8_t *p, unsigned long v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static inline void repair_frames(uint8_t *at, size_t bytes)
{
	if (bytes < PREAMBLE_SIZE)
		return;
	put_le32(at + 28, crc32(0, at, 28));
	uint32_t start = le32(at + 8);
	for (size_t f = PREAMBLE_SIZE; f + FRAME_SIZE <= bytes;) {
		size_t stored = le32(at + f + 16), whole = FRAME_SIZE + (stored + 7) / 8 * 8;
		if (whole > bytes - f)
			break;
		put_le32(at + f + 24, crc32(start, at + f + FRAME_SIZE, (uInt)stored));
		put_le32(at + f + 28, crc32(start, at + f, 28));
		f += whole;
	}
}

#endif
