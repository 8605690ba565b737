/* SPDX-License-Identifier: Apache-2.0 */
/* Any sequence of frames: every IP layer is in exactly one flow that comes out, fragments at least once, and nothing is read out of bounds.
 * Input: link type 1; then for each frame: length 2 (LE), time step 1, frame. */
#include "base/cursor.h"
#include "engine/engine.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t packets_out;
static volatile unsigned sink;

static void flow_take(void *ctx, const struct ind_flow *flow, const struct ind_signal *signals, size_t count)
{
	(void)ctx;
	packets_out += flow->packets[0] + flow->packets[1];
	for (size_t i = 0; i < count; i++) {
		if (!signals[i].value_bytes || signals[i].value_bytes > IND_VALUE_MAX_BYTES || signals[i].side > 1 || signals[i].from > 1)
			abort();
		sink += (unsigned)signals[i].value[signals[i].value_bytes - 1];
	}
}

static void exhibit_take(void *ctx, const struct ind_exhibit *x)
{
	(void)ctx;
	if (!x->bytes_count || x->bytes_count > IND_EXHIBIT_MAX_BYTES || !x->flow_serial)
		abort();
	sink += x->bytes[x->bytes_count - 1];
}

/* Fragments, and what is not one. */
static void layers_count(struct packet p, uint64_t *whole, uint64_t *fragments)
{
	while (p.ip) {
		struct packet inner;
		*(p.is_fragment ? fragments : whole) += 1;
		if (!p.inner)
			return;
		packet_decode_inner(&p, &inner);
		if (inner.tunnel_count == p.tunnel_count)
			return;
		p = inner;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned links[] = { PACKET_LINK_ETHERNET, PACKET_LINK_RAW };
	struct cursor c = cursor_of(data, size);
	struct engine_options o = {
		.flows = 8, .signals = { UINT64_MAX, UINT64_MAX }, .exhibits = true, .payload_exhibits = true,
		.output = { .flow = flow_take, .exhibit = exhibit_take },
	};
	unsigned link = links[cursor_u8(&c) % 2];
	struct engine *e;
	uint64_t time_ns = UINT64_C(1700000000000000000), number = 0, with_ip = 0, fragments = 0;
	if (engine_new(&o, &e) != IND_OK)
		return 0;
	packets_out = 0;
	while (cursor_left(&c)) {
		uint16_t count = cursor_le16(&c) & 2047;
		uint64_t step = cursor_u8(&c);
		size_t there = count < cursor_left(&c) ? count : cursor_left(&c);
		struct frame f = { .bytes = cursor_take(&c, there), .captured = (uint32_t)there, .wire = count, .number = ++number, .link = link };
		struct packet p;
		time_ns += step * step * step * 1000;
		f.time_ns = time_ns;
		if (!f.bytes)
			break;
		packet_decode(&f, &p);
		layers_count(p, &with_ip, &fragments);
		engine_frames(e, &f, 1);
	}
	engine_flush(e);
	if (fragments ? packets_out <= with_ip : packets_out != with_ip)
		abort();
	engine_free(e);
	return 0;
}
