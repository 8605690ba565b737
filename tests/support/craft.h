/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_CRAFT_H
#define SUPPORT_CRAFT_H

/* Builds frames byte by byte for tests. */

#include "packet/packet.h"
#include <string.h>

struct craft { uint8_t bytes[4096]; size_t count; };

static inline void craft_put(struct craft *c, const void *bytes, size_t count)
{
	memcpy(c->bytes + c->count, bytes, count);
	c->count += count;
}

static inline void craft_u8(struct craft *c, unsigned v) { c->bytes[c->count++] = (uint8_t)v; }
static inline void craft_be16(struct craft *c, unsigned v) { craft_u8(c, v >> 8), craft_u8(c, v); }
static inline void craft_be32(struct craft *c, uint32_t v) { craft_be16(c, v >> 16), craft_be16(c, v & 0xffff); }

static inline void craft_ethernet(struct craft *c, unsigned ethertype)
{
	static const uint8_t macs[12] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };
	craft_put(c, macs, sizeof macs);
	craft_be16(c, ethertype);
}

static inline void craft_ip4(struct craft *c, uint32_t src, uint32_t dst, unsigned proto, unsigned ttl, unsigned payload_bytes)
{
	craft_u8(c, 0x45), craft_u8(c, 0);
	craft_be16(c, 20 + payload_bytes);
	craft_be16(c, 1), craft_be16(c, 0x4000);
	craft_u8(c, ttl), craft_u8(c, proto), craft_be16(c, 0);
	craft_be32(c, src), craft_be32(c, dst);
}

static inline void craft_ip6(struct craft *c, unsigned src_last, unsigned dst_last, unsigned next, unsigned payload_bytes)
{
	uint8_t addr[16] = { 0x20, 0x01, 0x0d, 0xb8 };
	craft_be32(c, 0x60000000), craft_be16(c, payload_bytes), craft_u8(c, next), craft_u8(c, 64);
	addr[15] = (uint8_t)src_last, craft_put(c, addr, 16);
	addr[15] = (uint8_t)dst_last, craft_put(c, addr, 16);
}

static inline void craft_tcp(struct craft *c, unsigned sport, unsigned dport, uint32_t seq, uint32_t ack, unsigned flags)
{
	craft_be16(c, sport), craft_be16(c, dport), craft_be32(c, seq), craft_be32(c, ack);
	craft_u8(c, 0x50), craft_u8(c, flags), craft_be16(c, 64240), craft_be32(c, 0);
}

static inline void craft_udp(struct craft *c, unsigned sport, unsigned dport, unsigned payload_bytes)
{
	craft_be16(c, sport), craft_be16(c, dport), craft_be16(c, 8 + payload_bytes), craft_be16(c, 0);
}

static inline struct frame craft_frame(const struct craft *c, uint64_t time_ns)
{
	return (struct frame){ .bytes = c->bytes, .captured = (uint32_t)c->count, .wire = (uint32_t)c->count, .time_ns = time_ns, .number = 1, .link = PACKET_LINK_ETHERNET };
}

/* An Ethernet frame with one IPv4 TCP segment. */
static inline void craft_segment(struct craft *c, uint32_t src, unsigned sport, uint32_t dst, unsigned dport, uint32_t seq, uint32_t ack,
	unsigned flags, const void *payload, size_t bytes)
{
	c->count = 0;
	craft_ethernet(c, 0x0800);
	craft_ip4(c, src, dst, 6, 57, 20 + (unsigned)bytes);
	craft_tcp(c, sport, dport, seq, ack, flags);
	if (bytes)
		craft_put(c, payload, bytes);
}

#endif
