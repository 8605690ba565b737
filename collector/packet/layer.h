/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACKET_LAYER_H
#define PACKET_LAYER_H

#include "base/cursor.h"
#include "packet/packet.h"

/* The names of layers. A decoder consumes its own header and names the next layer; only decode.c loops. */
enum layer {
	LAYER_END,                   /* decoded as far as this room goes */
	LAYER_SHORT, LAYER_MALFORMED, LAYER_UNKNOWN,
	LAYER_ETHERNET, LAYER_VLAN, LAYER_CISCO_METADATA, LAYER_SLL, LAYER_SLL2, LAYER_NULL, LAYER_LOOP, LAYER_RAW,
	LAYER_IP4, LAYER_IP6, LAYER_TCP, LAYER_UDP, LAYER_ICMP4, LAYER_ICMP6,
	LAYER_COUNT,
};

typedef enum layer layer_decoder(struct cursor *c, struct packet *p);

layer_decoder ethernet_decode, vlan_decode, cisco_metadata_decode;
layer_decoder sll_decode, sll2_decode, null_decode, loop_decode, raw_decode;
layer_decoder ip4_decode, ip6_decode;
layer_decoder tcp_decode, udp_decode, icmp4_decode, icmp6_decode;

/* The layer that an EtherType announces. */
enum layer ethertype_layer(uint16_t ethertype);

/* The layer that an IP protocol number announces; LAYER_END for those that are flows without ports. */
enum layer ip_proto_layer(uint8_t proto);

#endif
