/* SPDX-License-Identifier: Apache-2.0 */
/* The same bytes as a datagram and, behind the first one, as a stream. */
#include "feed_stream.h"
#include "signal/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t port[2] = { 53, 40000 };
	struct signal_ctx ctx = { .sink = &feed_sink, .at_end = true };
	uint8_t *copy = malloc(size ? size : 1);
	if (!copy)
		abort();
	if (size)
		memcpy(copy, data, size);
	struct cursor bytes = cursor_of(copy, size);
	dns_udp_parser.see(&ctx, &bytes, port);
	free(copy);
	return feed_stream(&dns_tcp_parser, data, size);
}
