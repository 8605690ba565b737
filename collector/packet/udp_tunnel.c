/* SPDX-License-Identifier: Apache-2.0 */
/* Encapsulations in UDP: VXLAN (RFC 7348), Geneve (RFC 8926), GTP-U (3GPP TS 29.281), Teredo (RFC 4380). The port asks, the bytes decide.
 */
#include "packet/layer.h"

enum { PORT_GTPU = 2152, PORT_TEREDO = 3544, PORT_VXLAN = 4789, PORT_GENEVE = 6081, PORT_VXLAN_LINUX = 8472, EXTENSIONS_MAX = 16 };

/* RFC 7348 section 5: the I flag must be set; whatever the reserved bits hold is ignored. */
static bool vxlan_is_likely(const struct packet *p)
{
	return p->payload_captured >= 8 && p->payload[0] & 0x08 && ethernet_is_likely(cursor_of(p->payload + 8, p->payload_captured - 8));
}

/* RFC 8926 section 3.4: version 0, and options that fit. */
static bool geneve_is_likely(const struct packet *p)
{
	return p->payload_captured >= 8 && !(p->payload[0] & 0xc0) && 8 + (p->payload[0] & 0x3fu) * 4 <= p->payload_bytes;
}

/* TS 29.281 section 5.1: version 1, protocol type GTP, message G-PDU, and a length that fits. */
static bool gtpu_is_likely(const struct packet *p)
{
	return p->payload_captured >= 8 && (p->payload[0] & 0xf0) == 0x30 && p->payload[1] == 255 &&
		8u + (p->payload[2] << 8 | p->payload[3]) <= p->payload_bytes;
}

/* RFC 4380 section 5.1.1: authentication and origin headers, then IPv6 with nothing left over (but trailers, RFC 6081 section 4). */
static void teredo_headers_skip(struct cursor *c)
{
	if (cursor_left(c) >= 4 && c->p[0] == 0 && c->p[1] == 1) {
		size_t identifiers = (size_t)c->p[2] + c->p[3];
		cursor_skip(c, 4 + identifiers + 9);
	}
	if (cursor_left(c) >= 2 && c->p[0] == 0 && c->p[1] == 0)
		cursor_skip(c, 8);
}

static bool teredo_is_likely(const struct packet *p)
{
	struct cursor c = cursor_of(p->payload, p->payload_captured);
	teredo_headers_skip(&c);
	uint32_t before = (uint32_t)(c.p - p->payload);
	uint8_t version = cursor_u8(&c) >> 4;
	cursor_skip(&c, 3);
	uint32_t length = cursor_be16(&c);
	return cursor_ok(&c) && version == 6 && before + 40 + length <= p->payload_bytes;
}

enum layer udp_tunnel_layer(const struct packet *p)
{
	switch (p->port[1]) {
	case PORT_VXLAN:
	case PORT_VXLAN_LINUX: return vxlan_is_likely(p) ? LAYER_VXLAN : LAYER_END;
	case PORT_GENEVE: return geneve_is_likely(p) ? LAYER_GENEVE : LAYER_END;
	case PORT_GTPU: return gtpu_is_likely(p) ? LAYER_GTPU : LAYER_END;
	case PORT_TEREDO: return teredo_is_likely(p) ? LAYER_TEREDO : LAYER_END;
	}
	if (p->port[0] == PORT_TEREDO)
		return teredo_is_likely(p) ? LAYER_TEREDO : LAYER_END;
	if (p->port[0] == PORT_GTPU)
		return gtpu_is_likely(p) ? LAYER_GTPU : LAYER_END;
	return LAYER_END;
}

/* flags 1, reserved 3, network 3, reserved 1 */
enum layer vxlan_decode(struct cursor *c, struct packet *p)
{
	cursor_skip(c, 4);
	uint32_t network = cursor_be24(c);
	cursor_skip(c, 1);
	return cursor_ok(c) ? tunnel_enter(p, IND_TUNNEL_VXLAN, network, LAYER_ETHERNET) : LAYER_SHORT;
}

/* version 2 bits and length of options 6, flags 1, EtherType 2, network 3, reserved 1, options */
enum layer geneve_decode(struct cursor *c, struct packet *p)
{
	size_t options_bytes = (cursor_u8(c) & 0x3fu) * 4;
	cursor_skip(c, 1);
	uint16_t type = cursor_be16(c);
	uint32_t network = cursor_be24(c);
	cursor_skip(c, 1 + options_bytes);
	if (!cursor_ok(c))
		return LAYER_SHORT;
	return tunnel_enter(p, IND_TUNNEL_GENEVE, network, type == 0x6558 ? LAYER_ETHERNET : ethertype_layer(type));
}

/* flags 1, type 1, length 2, endpoint 4, which differs per direction; with any of the flags E, S, PN: sequence 2, N-PDU 1, extension 1.
 * An extension has its length in words first and the type of the next one last. */
enum layer gtpu_decode(struct cursor *c, struct packet *p)
{
	uint8_t flags = cursor_u8(c);
	cursor_skip(c, 7);
	if (flags & 7) {
		cursor_skip(c, 3);
		uint8_t extension = cursor_u8(c);
		for (int i = 0; flags & 4 && extension && cursor_ok(c); i++) {
			size_t bytes = (size_t)cursor_u8(c) * 4;
			if (cursor_ok(c) && (bytes == 0 || i == EXTENSIONS_MAX))
				return LAYER_MALFORMED;
			cursor_skip(c, bytes - 2);
			extension = cursor_u8(c);
		}
	}
	return cursor_ok(c) ? tunnel_enter(p, IND_TUNNEL_GTPU, 0, raw_decode(c, p)) : LAYER_SHORT;
}

enum layer teredo_decode(struct cursor *c, struct packet *p)
{
	teredo_headers_skip(c);
	return tunnel_enter(p, IND_TUNNEL_TEREDO, 0, LAYER_IP6);
}
