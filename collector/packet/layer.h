/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PACKET_LAYER_H
#define PACKET_LAYER_H

#include "base/cursor.h"
#include "packet/packet.h"

/* The names of layers. A decoder consumes its own header and names the next layer; only decode.c loops. */
enum layer {
	LAYER_END,                   /* decoded as far as this room goes */
	LAYER_SHORT, LAYER_MALFORMED, LAYER_UNKNOWN,
	LAYER_ETHERNET, LAYER_VLAN, LAYER_CISCO_METADATA, LAYER_LLC, LAYER_SLL, LAYER_SLL2, LAYER_NULL, LAYER_LOOP, LAYER_RAW,
	LAYER_ARCNET, LAYER_ARCNET_LINUX, LAYER_PPP, LAYER_HDLC, LAYER_FRAME_RELAY, LAYER_WITH_DIR_PPP, LAYER_WITH_DIR_HDLC,
	LAYER_WITH_DIR_FRAME_RELAY, LAYER_WIFI, LAYER_RADIOTAP, LAYER_PRISM, LAYER_PPI, LAYER_NFLOG, LAYER_PPPOE, LAYER_MPLS, LAYER_PBB,
	LAYER_IP4, LAYER_IP6,
	/* In IP, and wrapped around another layer: */
	LAYER_IPIP, LAYER_6IN4, LAYER_GRE, LAYER_AH_TUNNEL, LAYER_VXLAN, LAYER_GENEVE, LAYER_GTPU, LAYER_TEREDO,
	/* What an IP layer itself carries: */
	LAYER_TRANSPORT, LAYER_TCP = LAYER_TRANSPORT, LAYER_UDP, LAYER_ICMP4, LAYER_ICMP6, LAYER_AH,
	LAYER_COUNT,
};

typedef enum layer layer_decoder(struct cursor *c, struct packet *p);

layer_decoder ethernet_decode, vlan_decode, cisco_metadata_decode, llc_decode, pbb_decode;
layer_decoder sll_decode, sll2_decode, null_decode, loop_decode, raw_decode, nflog_decode;
layer_decoder arcnet_decode, arcnet_linux_decode;
layer_decoder ppp_decode, pppoe_decode, hdlc_decode, frame_relay_decode, ppp_dir_decode, hdlc_dir_decode, frame_relay_dir_decode;
layer_decoder wifi_decode, radiotap_decode, prism_decode, ppi_decode;
layer_decoder mpls_decode;
layer_decoder ip4_decode, ip6_decode, ah_decode;
layer_decoder ipip_decode, sixin4_decode, ah_tunnel_decode, gre_decode;
layer_decoder vxlan_decode, geneve_decode, gtpu_decode, teredo_decode;
layer_decoder tcp_decode, udp_decode, icmp4_decode, icmp6_decode;

/* The layer that frames of a link type begin with. */
enum layer link_layer(unsigned link);

/* The layer that an EtherType announces. */
enum layer ethertype_layer(uint16_t ethertype);

/* The layer that a PPP protocol number announces. */
enum layer ppp_layer(uint16_t protocol);

/* The layer that an IP protocol number announces; LAYER_END for those that are flows without ports. */
enum layer ip_proto_layer(uint8_t proto);

/* The encapsulation that a UDP payload may be by its ports, if it looks like one; else LAYER_END. */
enum layer udp_tunnel_layer(const struct packet *p);

/* True if an Ethernet frame may begin here: it announces something that this room decodes, or ARP. */
bool ethernet_is_likely(struct cursor c);

/* The packet is inside this kind. LAYER_UNKNOWN instead of `next` if there is no room to say so: nothing is nested deeper. The same kind
 * directly inside itself is one encapsulation. */
enum layer tunnel_enter(struct packet *p, enum ind_tunnel kind, uint64_t id, enum layer next);

#endif
