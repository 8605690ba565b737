/* SPDX-License-Identifier: Apache-2.0 */
/* The loop over layers: nesting limit and outcome have their one place here. */
#include "packet/layer.h"

enum { LAYERS_MAX = 32 };

static layer_decoder *const decoders[LAYER_COUNT] = {
	[LAYER_ETHERNET] = ethernet_decode, [LAYER_VLAN] = vlan_decode, [LAYER_CISCO_METADATA] = cisco_metadata_decode,
	[LAYER_SLL] = sll_decode, [LAYER_SLL2] = sll2_decode, [LAYER_NULL] = null_decode, [LAYER_LOOP] = loop_decode,
	[LAYER_RAW] = raw_decode, [LAYER_IP4] = ip4_decode, [LAYER_IP6] = ip6_decode, [LAYER_TCP] = tcp_decode,
	[LAYER_UDP] = udp_decode, [LAYER_ICMP4] = icmp4_decode, [LAYER_ICMP6] = icmp6_decode,
};

static enum layer link_layer(unsigned link)
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
	}
	return LAYER_UNKNOWN;
}

bool packet_link_known(unsigned link) { return link_layer(link) != LAYER_UNKNOWN; }

enum decode packet_decode(const struct frame *frame, unsigned link, struct packet *packet)
{
	struct cursor c = cursor_of(frame->bytes, frame->captured);
	*packet = (struct packet){ .frame = frame };
	enum layer layer = link_layer(link);
	for (int depth = 0; layer >= LAYER_ETHERNET; depth++)
		layer = depth < LAYERS_MAX ? decoders[layer](&c, packet) : LAYER_MALFORMED;
	switch (layer) {
	case LAYER_END: return DECODE_OK;
	case LAYER_SHORT: return DECODE_SHORT;
	case LAYER_MALFORMED: return DECODE_MALFORMED;
	default: return DECODE_UNKNOWN;
	}
}
