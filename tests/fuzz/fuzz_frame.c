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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned links[] = {
		PACKET_LINK_NULL, PACKET_LINK_ETHERNET, PACKET_LINK_RAW, PACKET_LINK_LOOP, PACKET_LINK_SLL, PACKET_LINK_IPV4, PACKET_LINK_IPV6,
		PACKET_LINK_SLL2, 147,
	};
	if (size < 3)
		return 0;
	struct frame f = { .bytes = data + 3, .captured = (uint32_t)(size - 3), .number = 1 };
	f.wire = f.captured + data[1];
	struct packet p;
	enum decode outcome = packet_decode(&f, links[data[0] % (sizeof links / sizeof *links)], &p);
	if (outcome == DECODE_OK && !p.ip)
		abort();
	inside(&f, p.ip, p.ip_captured);
	inside(&f, p.payload, p.payload_captured);
	inside(&f, p.tcp_options, p.tcp_options_bytes);
	if (p.payload_captured > p.payload_bytes && p.payload)
		abort();
	return 0;
}
