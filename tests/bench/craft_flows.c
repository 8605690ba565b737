/* SPDX-License-Identifier: Apache-2.0 */
/* craft_flows crafted|random COUNT OUT.pcap: a capture of one short UDP packet each of COUNT flows. Crafted ones would crowd one place of 256 in a table
 * of 2^21 if its hash had no key; random ones are what they are compared with. The same bytes each time. */
#include "support/tuples.h"
#include <stdio.h>
#include <stdlib.h>

enum { SLOTS = 1 << 21, AIMED = 1 << 13, FRAME_BYTES = 60, STEP_US = 10 };

static void u16_put(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* RFC 1071 over an IPv4 header. */
static unsigned checksum(const uint8_t *header)
{
	uint32_t sum = 0;
	for (size_t i = 0; i < 20; i += 2)
		sum += (uint32_t)header[i] << 8 | header[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	return ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
}

static void frame_make(const struct flow_key *key, uint8_t frame[static FRAME_BYTES])
{
	static const uint8_t head[] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0, 0, 46, 0, 0, 0x40, 0, 64, IPPROTO_UDP4 };
	memset(frame, 0, FRAME_BYTES);
	memcpy(frame, head, sizeof head);
	memcpy(frame + 26, key->addr[0], 4);
	memcpy(frame + 30, key->addr[1], 4);
	u16_put(frame + 24, checksum(frame + 14));
	u16_put(frame + 34, key->port[0]);
	u16_put(frame + 36, key->port[1]);
	u16_put(frame + 38, 26);
}

int main(int argc, char **argv)
{
	bool crafted = argc == 4 && strcmp(argv[1], "crafted") == 0;
	unsigned long count = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
	uint64_t state = 88172645463325252, time_us = UINT64_C(1700000000000000);
	if (count == 0 || (!crafted && strcmp(argv[1], "random") != 0)) {
		fputs("usage: craft_flows crafted|random COUNT OUT.pcap\n", stderr);
		return 2;
	}
	FILE *out = fopen(argv[3], "wb");
	if (!out) {
		perror(argv[3]);
		return 5;
	}
	const uint32_t header[6] = { 0xa1b2c3d4, 2 | 4 << 16, 0, 0, 65535, 1 };
	fwrite(header, sizeof header, 1, out);
	for (unsigned long i = 0; i < count; i++, time_us += STEP_US) {
		const uint32_t record[4] = { (uint32_t)(time_us / 1000000), (uint32_t)(time_us % 1000000), FRAME_BYTES, FRAME_BYTES };
		struct flow_key key;
		uint8_t frame[FRAME_BYTES];
		if (crafted)
			tuple_crafted(&state, SLOTS, AIMED, &key);
		else
			tuple_random(&state, &key);
		frame_make(&key, frame);
		fwrite(record, sizeof record, 1, out);
		fwrite(frame, sizeof frame, 1, out);
	}
	return fclose(out) == 0 ? 0 : 5;
}
