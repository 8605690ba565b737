/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes, under any link type: decoding stays inside them and says what became of them. */
#include "packet/packet.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void inside(const struct frame *f, const uint8_t *at, uint32_t count)
{
	if (at && (at < f->bytes || at + count > f->bytes + f->captured))
		abort();
}

static void check(const struct frame *f, const struct packet *p)
{
	inside(f, p->ip, p->ip_captured);
	inside(f, p->payload, p->payload_captured);
	inside(f, p->inner, p->inner_captured);
	inside(f, p->tcp_options, p->tcp_options_bytes);
	if ((p->payload_captured > p->payload_bytes && p->payload) || p->tunnel_count > IND_TUNNEL_MAX || (p->inner && !p->ip))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned links[] = {
		PACKET_LINK_NULL, PACKET_LINK_ETHERNET, PACKET_LINK_RAW, PACKET_LINK_LOOP, PACKET_LINK_SLL, PACKET_LINK_IPV4, PACKET_LINK_IPV6,
		PACKET_LINK_SLL2, 147, PACKET_LINK_ARCNET, PACKET_LINK_ARCNET_LINUX, PACKET_LINK_PPP, PACKET_LINK_PPP_SERIAL, PACKET_LINK_PPP_ETHER,
		PACKET_LINK_ATM_RFC1483, PACKET_LINK_WIFI, PACKET_LINK_WIFI_PRISM, PACKET_LINK_WIFI_RADIOTAP, PACKET_LINK_PPI, PACKET_LINK_NFLOG,
		PACKET_LINK_FRAME_RELAY, PACKET_LINK_MPLS,
	};
	if (size < 3)
		return 0;
	struct frame f = { .bytes = data + 3, .captured = (uint32_t)(size - 3), .number = 1, .link = links[data[0] % (sizeof links / sizeof *links)] };
	f.wire = f.captured + data[1];
	struct packet p, inner;
	enum decode outcome = packet_decode(&f, &p);
	if (outcome == DECODE_OK && !p.ip)
		abort();
	check(&f, &p);
	for (unsigned depth = 0; p.inner; depth++) {
		(void)packet_decode_inner(&p, &inner);
		check(&f, &inner);
		if (depth > IND_TUNNEL_MAX)
			abort();
		if (!inner.ip || inner.tunnel_count == p.tunnel_count)
			break;
		p = inner;
	}
	return 0;
}
