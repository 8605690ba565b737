/* SPDX-License-Identifier: Apache-2.0 */
/* Datagrams, each behind two bytes: bit 15 who sends, bit 14 whether what follows is the payload of an Initial packet, to be protected here
 * with the keys that a client's first packet fixes, or the datagram itself; the rest its length. */
#include "feed_conversation.h"
#include "signal/quic.h"
#include "support/quic_seal.h"

enum { NUMBER_BYTES = 4, ROOM = 0x4000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t first_id[8] = { 0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08 };

static size_t initial(uint8_t *packet, unsigned side, uint32_t number, struct cursor frames)
{
	static const uint8_t client[] = { 0xc3, 0, 0, 0, 1, 8, 0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08, 0, 0 };
	static const uint8_t server[] = { 0xc3, 0, 0, 0, 1, 0, 8, 0xf0, 0x67, 0xa5, 0x50, 0x2a, 0x42, 0x62, 0xb5, 0 };
	struct quic_keys keys;
	uint8_t payload[ROOM] = { 0 };
	size_t count = cursor_left(&frames) < 20 ? 20 : cursor_left(&frames), at = sizeof client;
	memcpy(payload, frames.p, cursor_left(&frames));
	memcpy(packet, side ? server : client, sizeof client);
	uint32_t length = (uint32_t)(count + NUMBER_BYTES + AEAD_TAG_BYTES) | 0x80000000;
	for (int shift = 24; shift >= 0; shift -= 8)
		packet[at++] = (uint8_t)(length >> shift);
	for (int shift = 24; shift >= 0; shift -= 8)
		packet[at++] = (uint8_t)(number >> shift);
	quic_keys_derive(&keys, quic_version_of(1), cursor_of(first_id, sizeof first_id), side ? IND_SERVER : IND_CLIENT);
	return quic_seal(&keys, packet, at, NUMBER_BYTES, number, payload, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct feed_conversation *t;
	static uint8_t packet[ROOM + 64];
	if (!t)
		t = feed_conversation_new();
	feed_conversation_reset(t);
	struct cursor c = cursor_of(data, size);
	uint32_t number[2] = { 0 }; /* as each end counts its own */
	while (cursor_left(&c) >= 2) {
		unsigned head = cursor_be16(&c);
		size_t count = head & (ROOM - 1);
		if (count > cursor_left(&c))
			count = cursor_left(&c);
		struct cursor bytes = cursor_sub(&c, count);
		if (count && head & ROOM)
			bytes = cursor_of(packet, initial(packet, head >> 15, number[head >> 15]++, bytes));
		feed_conversation_datagram(t, &quic_parser, head >> 15, bytes.p, cursor_left(&bytes));
	}
	feed_conversation_end(t);
	return 0;
}
