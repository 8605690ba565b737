/* SPDX-License-Identifier: Apache-2.0 */
/* Datagrams, each behind two bytes: bit 15 who sends, the rest its length. */
#include "feed_conversation.h"
#include "signal/dtls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct feed_conversation *t;
	if (!t)
		t = feed_conversation_new();
	feed_conversation_reset(t);
	struct cursor c = cursor_of(data, size);
	while (cursor_left(&c) >= 2) {
		unsigned head = cursor_be16(&c);
		size_t count = head & 0x7fff;
		if (count > cursor_left(&c))
			count = cursor_left(&c);
		struct cursor datagram = cursor_sub(&c, count);
		feed_conversation_datagram(t, &dtls_parser, head >> 15, datagram.p, count);
	}
	feed_conversation_end(t);
	return 0;
}
