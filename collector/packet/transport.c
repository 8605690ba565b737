/* SPDX-License-Identifier: Apache-2.0 */
/* TCP (RFC 9293), UDP (RFC 768), ICMP (RFC 792) and ICMPv6 (RFC 4443). */
#include "packet/layer.h"

enum layer ip_proto_layer(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_TCP4: return LAYER_TCP;
	case IPPROTO_UDP4: return LAYER_UDP;
	case IPPROTO_ICMP4: return LAYER_ICMP4;
	case IPPROTO_ICMP6: return LAYER_ICMP6;
	case 4: return LAYER_IPIP;
	case 41: return LAYER_6IN4;
	case 47: return LAYER_GRE;
	case 51: return LAYER_AH;
	case 137: return LAYER_MPLS; /* RFC 4023 section 3 */
	}
	return LAYER_END;
}

/* What stands above the transport header: from the cursor to the end of the captured datagram. */
static void payload_set(struct cursor *c, struct packet *p, uint32_t header_bytes)
{
	p->payload = c->p;
	p->payload_captured = (uint32_t)cursor_left(c);
	p->payload_bytes = p->payload_bytes > header_bytes ? p->payload_bytes - header_bytes : 0;
	if (p->payload_captured > p->payload_bytes)
		p->payload_captured = p->payload_bytes;
}

/* Ports stand in the first four bytes of TCP and UDP alike. */
static void ports_decode(struct cursor *c, struct packet *p)
{
	p->port[0] = cursor_be16(c);
	p->port[1] = cursor_be16(c);
	p->has_ports = cursor_ok(c);
}

enum layer tcp_decode(struct cursor *c, struct packet *p)
{
	uint32_t announced = p->payload_bytes;
	ports_decode(c, p);
	p->payload_bytes = 0;
	uint32_t seq = cursor_be32(c);
	uint32_t ack = cursor_be32(c);
	uint8_t offset = cursor_u8(c);
	uint8_t flags = cursor_u8(c);
	uint16_t window = cursor_be16(c);
	cursor_skip(c, 4);
	if (!cursor_ok(c))
		return announced < 20 ? LAYER_MALFORMED : LAYER_SHORT;
	uint32_t header_bytes = (uint32_t)(offset >> 4) * 4;
	if (header_bytes < 20 || header_bytes > announced)
		return LAYER_MALFORMED;
	p->seq = seq;
	p->ack = ack;
	p->tcp_flags = flags;
	p->window = window;
	p->payload_bytes = announced;
	p->tcp_options = cursor_take(c, header_bytes - 20);
	if (!p->tcp_options) {
		p->payload_bytes -= header_bytes;
		return LAYER_SHORT;
	}
	p->tcp_options_bytes = (uint8_t)(header_bytes - 20);
	payload_set(c, p, header_bytes);
	return LAYER_END;
}

enum layer udp_decode(struct cursor *c, struct packet *p)
{
	ports_decode(c, p);
	uint16_t length = cursor_be16(c);
	cursor_skip(c, 2);
	if (!cursor_ok(c)) {
		bool lies = p->payload_bytes < 8;
		p->payload_bytes = p->payload_bytes > 8 ? p->payload_bytes - 8 : 0;
		return lies ? LAYER_MALFORMED : LAYER_SHORT;
	}
	if (length >= 8 && length < p->payload_bytes)
		p->payload_bytes = length;
	payload_set(c, p, 8);
	return length && length < 8 ? LAYER_MALFORMED : udp_tunnel_layer(p);
}

/* Type and code stand where other protocols have ports; echo-like messages carry an identifier. */
static enum layer icmp_decode(struct cursor *c, struct packet *p, bool has_id)
{
	p->port[0] = cursor_u8(c);
	p->port[1] = cursor_u8(c);
	p->has_ports = cursor_ok(c);
	cursor_skip(c, 2);
	if (has_id) {
		p->icmp_id = cursor_be16(c);
		p->icmp_has_id = cursor_ok(c);
		cursor_skip(c, 2);
	} else {
		cursor_skip(c, 4);
	}
	if (!cursor_ok(c)) {
		p->payload_bytes = p->payload_bytes > 8 ? p->payload_bytes - 8 : 0;
		return LAYER_SHORT;
	}
	payload_set(c, p, 8);
	return LAYER_END;
}

enum layer icmp4_decode(struct cursor *c, struct packet *p)
{
	uint8_t type = cursor_left(c) ? c->p[0] : 255;
	/* echo, timestamp, information, address mask: RFC 792, RFC 950 */
	return icmp_decode(c, p, type == 0 || type == 8 || (type >= 13 && type <= 18));
}

enum layer icmp6_decode(struct cursor *c, struct packet *p)
{
	uint8_t type = cursor_left(c) ? c->p[0] : 0;
	return icmp_decode(c, p, type == 128 || type == 129);
}
