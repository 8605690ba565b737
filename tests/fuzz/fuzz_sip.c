/* SPDX-License-Identifier: Apache-2.0 */
/* The same bytes as a datagram and, behind the first one, as a stream. */
#include "feed_stream.h"
#include "signal/sip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size)
		feed_datagram(&sip_parser, data + 1, size - 1, 5060);
	return feed_stream(&sip_stream_parser, data, size);
}
