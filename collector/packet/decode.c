/* SPDX-License-Identifier: Apache-2.0 */
/* The loop over layers: nesting limit and outcome have their one place here. */
#include "packet/layer.h"

enum { LAYERS_MAX = 32 };

static layer_decoder *const decoders[LAYER_COUNT] = {
	[LAYER_ETHERNET] = ethernet_decode, [LAYER_VLAN] = vlan_decode, [LAYER_CISCO_METADATA] = cisco_metadata_decode,
	[LAYER_LLC] = llc_decode, [LAYER_SLL] = sll_decode, [LAYER_SLL2] = sll2_decode, [LAYER_NULL] = null_decode,
	[LAYER_LOOP] = loop_decode, [LAYER_RAW] = raw_decode, [LAYER_ARCNET] = arcnet_decode,
	[LAYER_ARCNET_LINUX] = arcnet_linux_decode, [LAYER_PPP] = ppp_decode, [LAYER_HDLC] = hdlc_decode,
	[LAYER_FRAME_RELAY] = frame_relay_decode, [LAYER_WITH_DIR_PPP] = ppp_dir_decode, [LAYER_WITH_DIR_HDLC] = hdlc_dir_decode,
	[LAYER_WITH_DIR_FRAME_RELAY] = frame_relay_dir_decode, [LAYER_WIFI] = wifi_decode, [LAYER_RADIOTAP] = radiotap_decode,
	[LAYER_PRISM] = prism_decode, [LAYER_PPI] = ppi_decode, [LAYER_NFLOG] = nflog_decode, [LAYER_PPPOE] = pppoe_decode,
	[LAYER_MPLS] = mpls_decode, [LAYER_PBB] = pbb_decode, [LAYER_IP4] = ip4_decode, [LAYER_IP6] = ip6_decode,
	[LAYER_IPIP] = ipip_decode, [LAYER_6IN4] = sixin4_decode, [LAYER_GRE] = gre_decode, [LAYER_AH_TUNNEL] = ah_tunnel_decode,
	[LAYER_VXLAN] = vxlan_decode, [LAYER_GENEVE] = geneve_decode, [LAYER_GTPU] = gtpu_decode, [LAYER_TEREDO] = teredo_decode,
	[LAYER_TCP] = tcp_decode, [LAYER_UDP] = udp_decode, [LAYER_ICMP4] = icmp4_decode, [LAYER_ICMP6] = icmp6_decode,
	[LAYER_AH] = ah_decode,
};

enum layer link_layer(unsigned link)
{
	switch (link) {
	case PACKET_LINK_ETHERNET: return LAYER_ETHERNET;
	case PACKET_LINK_SLL: return LAYER_SLL;
	case PACKET_LINK_SLL2: return LAYER_SLL2;
	case PACKET_LINK_NULL: return LAYER_NULL;
	case PACKET_LINK_LOOP: return LAYER_LOOP;
	case PACKET_LINK_RAW:
	case PACKET_LINK_RAW_BSD:
	case PACKET_LINK_RAW_OPENBSD: return LAYER_RAW;
	case PACKET_LINK_IPV4: return LAYER_IP4;
	case PACKET_LINK_IPV6: return LAYER_IP6;
	case PACKET_LINK_ARCNET: return LAYER_ARCNET;
	case PACKET_LINK_ARCNET_LINUX: return LAYER_ARCNET_LINUX;
	case PACKET_LINK_PPP: return LAYER_PPP;
	case PACKET_LINK_PPP_SERIAL:
	case PACKET_LINK_CHDLC: return LAYER_HDLC;
	case PACKET_LINK_PPP_ETHER: return LAYER_PPPOE;
	case PACKET_LINK_PPP_WITH_DIR: return LAYER_WITH_DIR_PPP;
	case PACKET_LINK_CHDLC_WITH_DIR: return LAYER_WITH_DIR_HDLC;
	case PACKET_LINK_FRAME_RELAY: return LAYER_FRAME_RELAY;
	case PACKET_LINK_FRAME_RELAY_WITH_DIR: return LAYER_WITH_DIR_FRAME_RELAY;
	case PACKET_LINK_ATM_RFC1483: return LAYER_LLC;
	case PACKET_LINK_WIFI: return LAYER_WIFI;
	case PACKET_LINK_WIFI_RADIOTAP: return LAYER_RADIOTAP;
	case PACKET_LINK_WIFI_PRISM:
	case PACKET_LINK_WIFI_AVS: return LAYER_PRISM;
	case PACKET_LINK_PPI: return LAYER_PPI;
	case PACKET_LINK_NFLOG: return LAYER_NFLOG;
	case PACKET_LINK_MPLS: return LAYER_MPLS;
	}
	return LAYER_UNKNOWN;
}

bool packet_link_known(unsigned link) { return link_layer(link) != LAYER_UNKNOWN; }

/* One IP layer: what it carries is decoded with it, what is wrapped in it is left for another packet. */
static enum decode layers_decode(struct cursor *c, enum layer layer, struct packet *packet)
{
	for (int depth = 0; layer >= LAYER_ETHERNET; depth++) {
		if (packet->ip && layer < LAYER_TRANSPORT) {
			packet->inner = c->p;
			packet->inner_captured = (uint32_t)cursor_left(c);
			packet->inner_layer = (uint8_t)layer;
			return DECODE_OK;
		}
		layer = depth < LAYERS_MAX ? decoders[layer](c, packet) : LAYER_MALFORMED;
	}
	switch (layer) {
	case LAYER_END: return DECODE_OK;
	case LAYER_SHORT: return DECODE_SHORT;
	case LAYER_MALFORMED: return DECODE_MALFORMED;
	default: return DECODE_UNKNOWN;
	}
}

enum decode packet_decode(const struct frame *frame, struct packet *packet)
{
	struct cursor c = cursor_of(frame->bytes, frame->captured);
	*packet = (struct packet){ .frame = frame, .wire_end = frame->wire };
	return layers_decode(&c, link_layer(frame->link), packet);
}

static void tunnels_copy(struct packet *to, const struct packet *from)
{
	to->tunnel_count = from->tunnel_count;
	memcpy(to->tunnel, from->tunnel, sizeof to->tunnel);
}

enum decode packet_decode_inner(struct packet *outer, struct packet *inner)
{
	struct cursor c = cursor_of(outer->inner, outer->inner_captured);
	uint32_t ip_at = (uint32_t)(outer->ip - outer->frame->bytes);
	*inner = (struct packet){ .frame = outer->frame };
	inner->wire_end = outer->ip_bytes < outer->wire_end - ip_at ? ip_at + outer->ip_bytes : outer->wire_end;
	tunnels_copy(inner, outer);
	enum decode outcome = layers_decode(&c, (enum layer)outer->inner_layer, inner);
	outer->carries = inner->tunnel_count > outer->tunnel_count ? inner->tunnel[outer->tunnel_count] : IND_TUNNEL_NONE;
	return outcome;
}

enum decode packet_decode_datagram(const struct frame *frame, const struct packet *like, struct packet *packet)
{
	struct cursor c = cursor_of(frame->bytes, frame->captured);
	*packet = (struct packet){
		.frame = frame, .wire_end = frame->wire, .vlan_count = like->vlan_count, .context = like->context, .around = like->around,
		.tunnel_id = like->tunnel_id,
	};
	memcpy(packet->vlan, like->vlan, sizeof packet->vlan);
	tunnels_copy(packet, like);
	return layers_decode(&c, like->ip_version == 4 ? LAYER_IP4 : LAYER_IP6, packet);
}

enum layer tunnel_enter(struct packet *p, enum ind_tunnel kind, uint64_t id, enum layer next)
{
	if (kind != IND_TUNNEL_MPLS) /* often in one direction only: the last router but one takes it off (RFC 3031 section 3.16) */
		p->tunnel_id = (p->tunnel_id ^ (id + (uint64_t)kind)) * UINT64_C(0x9e3779b97f4a7c15);
	if (p->tunnel_count && p->tunnel[p->tunnel_count - 1] == kind && kind == IND_TUNNEL_PBB)
		return next;
	if (p->tunnel_count == IND_TUNNEL_MAX)
		return LAYER_UNKNOWN;
	p->tunnel[p->tunnel_count++] = (uint8_t)kind;
	return next;
}
