/* SPDX-License-Identifier: Apache-2.0 */
/* Any SYN that decoding lets through, behind a raw IP header. */
#include "feed_stream.h"
#include "signal/tcp_syn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	struct frame frame = { .bytes = copy, .captured = (uint32_t)size, .wire = (uint32_t)size, .number = 1, .link = PACKET_LINK_RAW };
	struct signal_ctx ctx = { .sink = &feed_sink };
	struct packet packet;
	if (packet_decode(&frame, &packet) == DECODE_OK && packet.tcp_options)
		tcp_syn_see(&ctx, &packet);
	free(copy);
	return 0;
}
