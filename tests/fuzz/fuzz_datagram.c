/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte picks the protocol, the rest is a datagram of it. */
#include "feed_stream.h"
#include "signal/dhcp.h"
#include "signal/dns.h"
#include "signal/nbns.h"
#include "signal/ntp.h"
#include "signal/stun.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct {
		const struct signal_datagram_parser *parser;
		uint16_t port;
	} picks[] = {
		{ &dhcp_parser, 67 },
		{ &nbns_parser, 137 },
		{ &nbns_parser, 138 },
		{ &dns_udp_parser, 5353 },
		{ &dns_udp_parser, 5355 },
		{ &ntp_parser, 123 },
		{ &stun_parser, 3478 },
	};
	if (size == 0)
		return 0;
	size_t pick = data[0] % (sizeof(picks) / sizeof(*picks));
	return feed_datagram(picks[pick].parser, data + 1, size - 1, picks[pick].port);
}
