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

/* pcapng, block by block: what stands between block_begin and block_end becomes one, with both its lengths. */
static inline size_t block_begin(struct savefile *s, uint32_t type)
{
	put32(s, type);
	put32(s, 0);
	return s->size;
}

static inline void block_end(struct savefile *s, size_t begun)
{
	while (s->size % 4)
		s->bytes[s->size++] = 0;
	size_t bytes = s->size - begun + 12;
	s->size = begun - 4;
	put32(s, (uint32_t)bytes);
	s->size = begun + bytes - 12;
	put32(s, (uint32_t)bytes);
}

static inline void put_option(struct savefile *s, uint16_t code, const void *value, uint16_t count)
{
	put16(s, code);
	put16(s, count);
	put_bytes(s, value, count);
	while (s->size % 4)
		s->bytes[s->size++] = 0;
}

static inline void put_option64(struct savefile *s, uint16_t code, uint64_t value)
{
	put16(s, code);
	put16(s, 8);
	put32(s, (uint32_t)(s->big ? value >> 32 : value));
	put32(s, (uint32_t)(s->big ? value : value >> 32));
}

static inline void put_section(struct savefile *s)
{
	size_t block = block_begin(s, 0x0a0d0d0a);
	put32(s, 0x1a2b3c4d);
	put16(s, 1);
	put16(s, 0);
	put32(s, 0xffffffff);
	put32(s, 0xffffffff);
	block_end(s, block);
}

/* Times in microseconds: the default. */
static inline void put_interface(struct savefile *s, uint16_t link, uint32_t snaplen)
{
	size_t block = block_begin(s, 1);
	put16(s, link);
	put16(s, 0);
	put32(s, snaplen);
	block_end(s, block);
}

static inline void put_ng_header(struct savefile *s, uint16_t link, uint32_t snaplen)
{
	put_section(s);
	put_interface(s, link, snaplen);
}

static inline size_t packet_begin(struct savefile *s, uint32_t interface, uint64_t time, uint8_t fill, uint32_t count)
{
	size_t block = block_begin(s, 6);
	put32(s, interface);
	put32(s, (uint32_t)(time >> 32));
	put32(s, (uint32_t)time);
	put32(s, count);
	put32(s, count);
	memset(s->bytes + s->size, fill, (count + 3) & ~3u);
	s->size += (count + 3) & ~3u;
	return block;
}

static inline void put_ng_packet_of(struct savefile *s, uint32_t interface, uint64_t time, uint8_t fill, uint32_t count)
{
	size_t block = packet_begin(s, interface, time, fill, count);
	block_end(s, block);
}

static inline void put_ng_packet(struct savefile *s, uint64_t time_us, uint8_t fill, uint32_t count)
{
	put_ng_packet_of(s, 0, time_us, fill, count);
}

#endif
