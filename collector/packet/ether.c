/* SPDX-License-Identifier: Apache-2.0 */
/* Ethernet II (IEEE 802.3), VLAN tags (IEEE 802.1Q, 802.1ad) and Cisco MetaData (draft-smith-kandula-sxp). */
#include "packet/layer.h"

enum layer ethertype_layer(uint16_t ethertype)
{
	switch (ethertype) {
	case 0x0800: return LAYER_IP4;
	case 0x86dd: return LAYER_IP6;
	case 0x8100:                 /* 802.1Q */
	case 0x88a8:                 /* 802.1ad service tag */
	case 0x9100:                 /* service tag before 802.1ad */
	case 0x9200: return LAYER_VLAN;
	case 0x8909: return LAYER_CISCO_METADATA;
	}
	return LAYER_UNKNOWN;
}

/* destination 6, source 6, type 2 */
enum layer ethernet_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	cursor_skip(c, 12);
	uint16_t ethertype = cursor_be16(c);
	return cursor_ok(c) ? ethertype_layer(ethertype) : LAYER_SHORT;
}

/* priority 3 bits, drop eligible 1, identifier 12; type 2. Tags beyond IND_VLAN_MAX are passed over. */
enum layer vlan_decode(struct cursor *c, struct packet *p)
{
	uint16_t tag = cursor_be16(c);
	uint16_t ethertype = cursor_be16(c);
	if (!cursor_ok(c))
		return LAYER_SHORT;
	if (p->vlan_count < IND_VLAN_MAX)
		p->vlan[p->vlan_count++] = tag & 0x0fff;
	return ethertype_layer(ethertype);
}

/* version 1, number of options 1, options of 4 bytes each, type 2 */
enum layer cisco_metadata_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	cursor_skip(c, 1);
	cursor_skip(c, (size_t)cursor_u8(c) * 4);
	uint16_t ethertype = cursor_be16(c);
	return cursor_ok(c) ? ethertype_layer(ethertype) : LAYER_SHORT;
}
