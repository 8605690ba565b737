/* SPDX-License-Identifier: Apache-2.0 */
/* Link layers without Ethernet: Linux cooked v1 and v2, BSD null and loop, raw IP, ARCNET, NFLOG (LINKTYPE pages of tcpdump.org). */
#include "packet/layer.h"

/* Values below the EtherTypes are Linux's own: 4 is 802.2. */
static enum layer cooked_layer(uint16_t ethertype) { return ethertype == 4 ? LAYER_LLC : ethertype_layer(ethertype); }

/* packet type 2, ARPHRD 2, address length 2, address 8, protocol 2 */
enum layer sll_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	cursor_skip(c, 14);
	uint16_t ethertype = cursor_be16(c);
	return cursor_ok(c) ? cooked_layer(ethertype) : LAYER_SHORT;
}

/* protocol 2, reserved 2, interface 4, ARPHRD 2, packet type 1, address length 1, address 8 */
enum layer sll2_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	uint16_t ethertype = cursor_be16(c);
	cursor_skip(c, 18);
	return cursor_ok(c) ? cooked_layer(ethertype) : LAYER_SHORT;
}

static enum layer family_layer(uint32_t family)
{
	switch (family) {
	case 2: return LAYER_IP4;
	case 10:                     /* AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, Darwin */
	case 24:
	case 28:
	case 30: return LAYER_IP6;
	}
	return LAYER_UNKNOWN;
}

/* An address family in the byte order of the machine that captured, which nobody recorded: the small reading is the right one. */
enum layer null_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	uint32_t family = cursor_le32(c);
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	return cursor_ok(c) ? family_layer(family) : LAYER_SHORT;
}

enum layer loop_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	uint32_t family = cursor_be32(c);
	return cursor_ok(c) ? family_layer(family) : LAYER_SHORT;
}

enum layer raw_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	if (cursor_left(c) == 0)
		return LAYER_SHORT;
	switch (c->p[0] >> 4) {
	case 4: return LAYER_IP4;
	case 6: return LAYER_IP6;
	}
	return LAYER_UNKNOWN;
}

/* The system code of ARCNET: RFC 1201 section 2.1, RFC 1051 section 2. Every sequence of a datagram sent in pieces but the first is
 * unknown. */
static enum layer arcnet_layer(struct cursor *c, bool exceptions)
{
	uint8_t code = cursor_u8(c);
	if (code == 0xf0) /* RFC 1051: IP follows at once */
		return cursor_ok(c) ? LAYER_IP4 : LAYER_SHORT;
	if (code != 0xd4 && code != 0xc4)
		return cursor_ok(c) ? LAYER_UNKNOWN : LAYER_SHORT;
	uint8_t split = cursor_u8(c);
	cursor_skip(c, 2);
	if (split == 0xff && exceptions) { /* an exception packet: the header comes again */
		cursor_skip(c, 1);
		split = cursor_u8(c);
		cursor_skip(c, 2);
	}
	if (!cursor_ok(c))
		return LAYER_SHORT;
	if (split && !(split & 1))
		return LAYER_UNKNOWN;
	return code == 0xd4 ? LAYER_IP4 : LAYER_IP6;
}

/* source 1, destination 1 */
enum layer arcnet_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	cursor_skip(c, 2);
	return arcnet_layer(c, true);
}

/* source 1, destination 1, offset 2 */
enum layer arcnet_linux_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	cursor_skip(c, 4);
	return arcnet_layer(c, false);
}

/* family 1, version 1, resource 2; then records of length 2 and type 2 in the byte order of x86 and ARM, padded to 4. Type 9 is the packet.
 */
enum layer nflog_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	uint8_t family = cursor_u8(c);
	uint8_t version = cursor_u8(c);
	cursor_skip(c, 2);
	if (!cursor_ok(c))
		return LAYER_SHORT;
	if (version != 0)
		return LAYER_UNKNOWN;
	for (;;) {
		uint16_t length = cursor_le16(c);
		uint16_t type = cursor_le16(c) & 0x7fff;
		if (!cursor_ok(c))
			return LAYER_SHORT;
		if (length < 4)
			return LAYER_MALFORMED;
		if (type == 9)
			return family_layer(family);
		cursor_skip(c, (length - 4u + 3u) & ~3u);
	}
}
