/* SPDX-License-Identifier: Apache-2.0 */
/* Link layers without Ethernet: Linux cooked v1 and v2, BSD null and loop, raw IP (LINKTYPE pages of tcpdump.org). */
#include "packet/layer.h"

/* packet type 2, ARPHRD 2, address length 2, address 8, protocol 2 */
enum layer sll_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	cursor_skip(c, 14);
	uint16_t ethertype = cursor_be16(c);
	return cursor_ok(c) ? ethertype_layer(ethertype) : LAYER_SHORT;
}

/* protocol 2, reserved 2, interface 4, ARPHRD 2, packet type 1, address length 1, address 8 */
enum layer sll2_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	uint16_t ethertype = cursor_be16(c);
	cursor_skip(c, 18);
	return cursor_ok(c) ? ethertype_layer(ethertype) : LAYER_SHORT;
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
