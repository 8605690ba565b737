/* SPDX-License-Identifier: Apache-2.0 */
/* Serial lines and what imitates them: PPP (RFC 1661, 1662), PPPoE (RFC 2516), Cisco HDLC, Frame Relay (RFC 2427). */
#include "packet/layer.h"

enum layer ppp_layer(uint16_t protocol)
{
	switch (protocol) {
	case 0x0021: return LAYER_IP4;
	case 0x0057: return LAYER_IP6;
	case 0x0281: /* RFC 3032 section 4 */
	case 0x0283: return LAYER_MPLS;
	}
	return LAYER_UNKNOWN;
}

/* Address and control may be left out, and so may a zero first byte of the protocol: RFC 1661 section 6.5, 6.6. */
enum layer ppp_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	if (cursor_left(c) >= 2 && c->p[0] == 0xff && c->p[1] == 3)
		cursor_skip(c, 2);
	uint16_t protocol = cursor_u8(c);
	if (!(protocol & 1))
		protocol = (uint16_t)(protocol << 8 | cursor_u8(c));
	return cursor_ok(c) ? ppp_layer(protocol) : LAYER_SHORT;
}

/* RFC 2516 section 4: version and type 1, code 1, session 2, length 2, then PPP without address and control. */
enum layer pppoe_decode(struct cursor *c, struct packet *p)
{
	uint8_t version = cursor_u8(c);
	uint8_t code = cursor_u8(c);
	uint16_t session = cursor_be16(c);
	uint16_t length = cursor_be16(c);
	if (!cursor_ok(c))
		return LAYER_SHORT;
	if (version != 0x11 || length < 1)
		return LAYER_MALFORMED;
	if (code != 0)
		return LAYER_UNKNOWN;
	return tunnel_enter(p, IND_TUNNEL_PPPOE, session, ppp_decode(c, p));
}

/* RFC 1547 section 4.3.1: address 0x0f or 0x8f, control 0, EtherType. PPP in HDLC framing begins with 0xff. */
enum layer hdlc_decode(struct cursor *c, struct packet *p)
{
	uint8_t address = cursor_left(c) ? c->p[0] : 0;
	if (address != 0x0f && address != 0x8f)
		return ppp_decode(c, p);
	cursor_skip(c, 2);
	uint16_t ethertype = cursor_be16(c);
	return cursor_ok(c) ? ethertype_layer(ethertype) : LAYER_SHORT;
}

/* RFC 2427 section 4: network layer protocol, 0x80 announces SNAP. */
static enum layer nlpid_layer(struct cursor *c)
{
	uint8_t nlpid = cursor_u8(c);
	if (nlpid == 0) /* padding */
		nlpid = cursor_u8(c);
	if (nlpid == 0xcc)
		return LAYER_IP4;
	if (nlpid == 0x8e)
		return LAYER_IP6;
	if (nlpid == 0xcf)
		return LAYER_PPP; /* RFC 1973 */
	uint32_t organisation = cursor_be24(c);
	uint16_t type = cursor_be16(c);
	if (!cursor_ok(c))
		return LAYER_SHORT;
	if (nlpid != 0x80)
		return LAYER_UNKNOWN;
	if (organisation == 0x0080c2 && (type == 1 || type == 7))
		return LAYER_ETHERNET;
	return organisation == 0 ? ethertype_layer(type) : LAYER_UNKNOWN;
}

/* Address of 2 to 4 bytes (Q.922: the last has its low bit set), then control 3; Cisco's form has an EtherType instead. */
enum layer frame_relay_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	int bytes = 0;
	while (bytes < 4) {
		bytes++;
		if (cursor_u8(c) & 1)
			break;
	}
	if (!cursor_ok(c) || cursor_left(c) == 0)
		return LAYER_SHORT;
	if (bytes < 2)
		return LAYER_MALFORMED;
	if (c->p[0] == 3) {
		cursor_skip(c, 1);
		return nlpid_layer(c);
	}
	uint16_t ethertype = cursor_be16(c);
	return cursor_ok(c) ? ethertype_layer(ethertype) : LAYER_SHORT;
}

/* The same behind one byte that says which way the frame went. */
enum layer ppp_dir_decode(struct cursor *c, struct packet *p) { return cursor_skip(c, 1), ppp_decode(c, p); }
enum layer hdlc_dir_decode(struct cursor *c, struct packet *p) { return cursor_skip(c, 1), hdlc_decode(c, p); }
enum layer frame_relay_dir_decode(struct cursor *c, struct packet *p) { return cursor_skip(c, 1), frame_relay_decode(c, p); }
