/* SPDX-License-Identifier: Apache-2.0 */
/* GRE (RFC 2784, 2890, 1701), its version for PPTP (RFC 2637), NVGRE (RFC 7637) and ERSPAN (draft-foschiano-erspan). */
#include "packet/layer.h"

enum { HAS_CHECKSUM = 0x8000, HAS_ROUTING = 0x4000, HAS_KEY = 0x2000, HAS_SEQUENCE = 0x1000, HAS_ACK = 0x0080, ROUTES_MAX = 16 };

/* RFC 1701: source route entries, the last one empty. */
static bool routing_skip(struct cursor *c)
{
	for (int i = 0; i < ROUTES_MAX && cursor_ok(c); i++) {
		uint16_t family = cursor_be16(c);
		cursor_skip(c, 1);
		uint8_t length = cursor_u8(c);
		if (family == 0 && length == 0)
			return true;
		cursor_skip(c, length);
	}
	return !cursor_ok(c);
}

/* Type II, 8 bytes: version 4 bits, VLAN 12, …, session 10, index 20. Type III, 12 bytes, and 8 more if its last bit says so. */
static enum layer erspan_layer(struct cursor *c, uint16_t type, bool sequence)
{
	if (type == 0x88be && !sequence) /* type I has no header of its own */
		return LAYER_ETHERNET;
	uint8_t version = cursor_u8(c) >> 4;
	cursor_skip(c, version == 2 ? 10 : 7);
	if (version == 2 && cursor_u8(c) & 1)
		cursor_skip(c, 8);
	if (!cursor_ok(c))
		return LAYER_SHORT;
	return version == 1 || version == 2 ? LAYER_ETHERNET : LAYER_UNKNOWN;
}

static enum layer payload_layer(struct cursor *c, struct packet *p, uint16_t flags, uint16_t type, uint32_t key)
{
	switch (type) {
	case 0x88be:
	case 0x22eb: return tunnel_enter(p, IND_TUNNEL_ERSPAN, 0, erspan_layer(c, type, flags & HAS_SEQUENCE));
	case 0x6558:
		return tunnel_enter(
			p, IND_TUNNEL_GRE, key >> 8, LAYER_ETHERNET); /* RFC 7637 section 3.2: the subnet is in the upper 24 bits */
	case 0x880b: return tunnel_enter(p, IND_TUNNEL_GRE, 0, LAYER_PPP);
	}
	return tunnel_enter(p, IND_TUNNEL_GRE, 0, ethertype_layer(type));
}

/* flags and version 2, type 2; then what the flags say: checksum 2 and offset 2, key 4, sequence 4, routing. A key may differ per
 * direction. */
enum layer gre_decode(struct cursor *c, struct packet *p)
{
	uint32_t key = 0;
	uint16_t flags = cursor_be16(c);
	uint16_t type = cursor_be16(c);
	if (flags & (HAS_CHECKSUM | HAS_ROUTING))
		cursor_skip(c, 4);
	if (flags & HAS_KEY)
		key = cursor_be32(c);
	if (flags & HAS_SEQUENCE)
		cursor_skip(c, 4);
	if (!cursor_ok(c))
		return LAYER_SHORT;
	switch (flags & 7) {
	case 0:
		if (flags & HAS_ROUTING && !routing_skip(c))
			return LAYER_MALFORMED;
		break;
	case 1: /* RFC 2637 section 4.1: the key is length and call, PPP is all it carries */
		if (type != 0x880b)
			return LAYER_MALFORMED;
		if (flags & HAS_ACK)
			cursor_skip(c, 4);
		if (cursor_ok(c) && !(flags & HAS_SEQUENCE))
			return LAYER_UNKNOWN; /* an acknowledgement alone */
		break;
	default: return LAYER_UNKNOWN;
	}
	return cursor_ok(c) ? payload_layer(c, p, flags, type, key) : LAYER_SHORT;
}
