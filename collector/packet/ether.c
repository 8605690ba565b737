/* SPDX-License-Identifier: Apache-2.0 */
/* Ethernet II and 802.2 LLC (IEEE 802.3), VLAN tags (IEEE 802.1Q, 802.1ad), backbone frames (IEEE 802.1ah) and Cisco MetaData
 * (draft-smith-kandula-sxp). */
#include "packet/layer.h"

enum { LENGTH_MAX = 1500, ETHERTYPE_ARP = 0x0806, ETHERTYPE_ITAG = 0x88e7 };

enum layer ethertype_layer(uint16_t ethertype)
{
	switch (ethertype) {
	case 0x0800: return LAYER_IP4;
	case 0x86dd: return LAYER_IP6;
	case 0x8100: /* 802.1Q */
	case 0x88a8: /* 802.1ad service tag */
	case 0x9100: /* service tag before 802.1ad */
	case 0x9200: return LAYER_VLAN;
	case 0x8847: /* RFC 5332: both are unicast and multicast now */
	case 0x8848: return LAYER_MPLS;
	case 0x8864: return LAYER_PPPOE;
	case ETHERTYPE_ITAG: return LAYER_PBB;
	case 0x8909: return LAYER_CISCO_METADATA;
	}
	return LAYER_UNKNOWN;
}

/* IEEE 802.3 section 3.2.6: up to 1500 it is a length. */
static enum layer length_or_type_layer(uint16_t value) { return value <= LENGTH_MAX ? LAYER_LLC : ethertype_layer(value); }

bool ethernet_is_likely(struct cursor c)
{
	cursor_skip(&c, 12);
	uint16_t ethertype = cursor_be16(&c);
	return cursor_ok(&c) && (ethertype == ETHERTYPE_ARP || ethertype_layer(ethertype) != LAYER_UNKNOWN);
}

/* destination 6, source 6, type 2 */
enum layer ethernet_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	cursor_skip(c, 12);
	uint16_t ethertype = cursor_be16(c);
	return cursor_ok(c) ? length_or_type_layer(ethertype) : LAYER_SHORT;
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
	return length_or_type_layer(ethertype);
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

/* IEEE 802.2: two access points, control; SNAP (IEEE 802) adds an organisation 3 and its type 2. */
enum layer llc_decode(struct cursor *c, struct packet *p)
{
	(void)p;
	uint16_t access = cursor_be16(c);
	uint8_t control = cursor_u8(c);
	if (!cursor_ok(c))
		return LAYER_SHORT;
	if (access == 0x0606 && control == 3)
		return LAYER_IP4;
	if (access != 0xaaaa || control != 3)
		return LAYER_UNKNOWN;
	uint32_t organisation = cursor_be24(c);
	uint16_t type = cursor_be16(c);
	if (!cursor_ok(c))
		return LAYER_SHORT;
	if (organisation == 0x0080c2 &&
		(type == 1 || type == 7)) /* RFC 2684 section 5.2: a bridged Ethernet frame behind two bytes of padding */
		return cursor_skip(c, 2), LAYER_ETHERNET;
	return organisation == 0 || organisation == 0x0000f8 ? ethertype_layer(type) : LAYER_UNKNOWN;
}

/* I-TAG control 4 with the service instance in its low 24 bits, then a frame. Frames nested in frames are walked here, each 18 bytes. */
enum layer pbb_decode(struct cursor *c, struct packet *p)
{
	uint16_t ethertype = ETHERTYPE_ITAG;
	uint64_t instances = 0;
	while (ethertype == ETHERTYPE_ITAG) {
		uint32_t tag = cursor_be32(c);
		cursor_skip(c, 12);
		ethertype = cursor_be16(c);
		if (!cursor_ok(c))
			return LAYER_SHORT;
		instances = instances * 31 + (tag & 0xffffff);
	}
	return tunnel_enter(p, IND_TUNNEL_PBB, instances, length_or_type_layer(ethertype));
}
