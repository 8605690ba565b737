/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CAPTURE_SAVEFILE_H
#define TESTS_CAPTURE_SAVEFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Builds savefiles in memory, byte by byte, in either byte order. */
struct savefile {
	uint8_t *bytes;
	size_t size;
	bool big;
};

static inline void put16(struct savefile *s, uint16_t value)
{
	s->bytes[s->size++] = (uint8_t)(s->big ? value >> 8 : value);
	s->bytes[s->size++] = (uint8_t)(s->big ? value : value >> 8);
}

static inline void put32(struct savefile *s, uint32_t value)
{
	put16(s, (uint16_t)(s->big ? value >> 16 : value));
	put16(s, (uint16_t)(s->big ? value : value >> 16));
}

static inline void put_bytes(struct savefile *s, const void *bytes, size_t count)
{
	memcpy(s->bytes + s->size, bytes, count);
	s->size += count;
}

static inline void put_file_header(struct savefile *s, uint32_t magic, uint32_t snaplen, uint32_t link)
{
	put32(s, magic);
	put16(s, 2);
	put16(s, 4);
	put32(s, 0);
	put32(s, 0);
	put32(s, snaplen);
	put32(s, link);
}

static inline void put_record_header(struct savefile *s, uint32_t seconds, uint32_t fraction, uint32_t captured, uint32_t wire)
{
	put32(s, seconds);
	put32(s, fraction);
	put32(s, captured);
	put32(s, wire);
}

/* `count` bytes, all of them `fill`. */
static inline void put_record(struct savefile *s, uint32_t seconds, uint32_t fraction, uint8_t fill, uint32_t count)
{
	put_record_header(s, seconds, fraction, count, count);
	memset(s->bytes + s->size, fill, count);
	s->size += count;
}

/* pcapng: section header, one interface with times in microseconds (the default), packets. */
static inline void put_ng_header(struct savefile *s, uint16_t link, uint32_t snaplen)
{
	put32(s, 0x0a0d0d0a);
	put32(s, 28);
	put32(s, 0x1a2b3c4d);
	put16(s, 1);
	put16(s, 0);
	put32(s, 0xffffffff);
	put32(s, 0xffffffff);
	put32(s, 28);
	put32(s, 1);
	put32(s, 20);
	put16(s, link);
	put16(s, 0);
	put32(s, snaplen);
	put32(s, 20);
}

static inline void put_ng_packet(struct savefile *s, uint64_t time_us, uint8_t fill, uint32_t count)
{
	uint32_t padded = (count + 3) & ~3u;

	put32(s, 6);
	put32(s, 32 + padded);
	put32(s, 0);
	put32(s, (uint32_t)(time_us >> 32));
	put32(s, (uint32_t)time_us);
	put32(s, count);
	put32(s, count);
	memset(s->bytes + s->size, fill, padded);
	s->size += padded;
	put32(s, 32 + padded);
}

#endif
