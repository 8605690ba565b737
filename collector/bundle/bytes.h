/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_BYTES_H
#define BUNDLE_BYTES_H

#include <stdint.h>
#include <string.h>

/* Fixed-width integers into memory whose size the caller has seen to; each returns where the next byte goes. */

static inline uint8_t *put_u8(uint8_t *p, uint64_t v)
{
	*p = (uint8_t)v;
	return p + 1;
}

static inline uint8_t *put_be16(uint8_t *p, uint64_t v) { return put_u8(put_u8(p, v >> 8), v); }

static inline uint8_t *put_be32(uint8_t *p, uint64_t v)
{
	uint8_t big[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };
	memcpy(p, big, sizeof big);
	return p + sizeof big;
}

static inline uint8_t *put_be64(uint8_t *p, uint64_t v) { return put_be32(put_be32(p, v >> 32), v); }

static inline uint8_t *put_le32(uint8_t *p, uint64_t v) { return put_u8(put_u8(put_u8(put_u8(p, v), v >> 8), v >> 16), v >> 24); }
static inline uint8_t *put_le64(uint8_t *p, uint64_t v) { return put_le32(put_le32(p, v), v >> 32); }

static inline uint8_t *put_bytes(uint8_t *p, const void *bytes, size_t count)
{
	if (count)
		memcpy(p, bytes, count);
	return p + count;
}

#endif
