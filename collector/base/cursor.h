/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The only way to read hostile bytes. A read past the end poisons the cursor: it and all later reads give 0, and cursor_ok says so.
 * Check once at the end, or before a value is used as a length or to decide anything. */
struct cursor {
	const uint8_t *p;
	const uint8_t *end;
	bool short_read;
};

static inline struct cursor cursor_of(const void *bytes, size_t count)
{
	const uint8_t *p = bytes;
	return (struct cursor){ p, p ? p + count : p, false };
}

static inline bool cursor_ok(const struct cursor *c) { return !c->short_read; }
static inline size_t cursor_left(const struct cursor *c) { return (size_t)(c->end - c->p); }

/* The one place where a length meets a bound: `count` bytes, or NULL and poison. */
static inline const uint8_t *cursor_take(struct cursor *c, size_t count)
{
	if (count > cursor_left(c)) {
		c->p = c->end;
		c->short_read = true;
		return NULL;
	}
	const uint8_t *at = c->p;
	c->p = count ? at + count : at; /* an empty cursor may be of nothing at all */
	return at;
}

static inline void cursor_skip(struct cursor *c, size_t count) { (void)cursor_take(c, count); }

/* The next `count` bytes as a cursor of their own; poisoned if there are not as many, or the cursor was poisoned before. */
static inline struct cursor cursor_sub(struct cursor *c, size_t count)
{
	const uint8_t *at = c->short_read ? NULL : cursor_take(c, count);
	return (struct cursor){ at, at ? at + count : at, at == NULL };
}

static inline uint8_t cursor_u8(struct cursor *c)
{
	const uint8_t *at = cursor_take(c, 1);
	return at ? at[0] : 0;
}

static inline uint16_t cursor_be16(struct cursor *c)
{
	const uint8_t *at = cursor_take(c, 2);
	return at ? (uint16_t)(at[0] << 8 | at[1]) : 0;
}

static inline uint32_t cursor_be24(struct cursor *c)
{
	const uint8_t *at = cursor_take(c, 3);
	return at ? (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2] : 0;
}

static inline uint32_t cursor_be32(struct cursor *c)
{
	const uint8_t *at = cursor_take(c, 4);
	return at ? (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3] : 0;
}

static inline uint64_t cursor_be64(struct cursor *c)
{
	uint64_t high = cursor_be32(c);
	return high << 32 | cursor_be32(c);
}

static inline uint16_t cursor_le16(struct cursor *c)
{
	const uint8_t *at = cursor_take(c, 2);
	return at ? (uint16_t)(at[1] << 8 | at[0]) : 0;
}

static inline uint32_t cursor_le32(struct cursor *c)
{
	const uint8_t *at = cursor_take(c, 4);
	return at ? (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0] : 0;
}

static inline uint64_t cursor_le64(struct cursor *c)
{
	uint64_t low = cursor_le32(c);
	return (uint64_t)cursor_le32(c) << 32 | low;
}

/* A length-prefixed part: an 8- or 16-bit big-endian length, then as many bytes. */
static inline struct cursor cursor_sub8(struct cursor *c) { return cursor_sub(c, cursor_u8(c)); }
static inline struct cursor cursor_sub16(struct cursor *c) { return cursor_sub(c, cursor_be16(c)); }

#endif
