/* SPDX-License-Identifier: Apache-2.0 */
/* Any sequence of fragments of four datagrams against a simple model: of each byte the first that arrived counts.
 * Input: for each fragment: which 1 (bit 7: more follow), offset 2 (LE, in eights), length 1, bytes. */
#include "base/cursor.h"
#include "flow/fragment.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DATAGRAMS = 4, DATA_BYTES = 65536 };

struct model { uint8_t bytes[DATA_BYTES]; bool there[DATA_BYTES]; };
static struct model models[DATAGRAMS];

static void model_put(struct model *m, uint32_t at, const uint8_t *bytes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (!m->there[at + i])
			m->bytes[at + i] = bytes[i];
		m->there[at + i] = true;
	}
}

/* What the table took in: its count of blocks tells whether a fragment was usable, not whether it held anything new. */
static bool offer(struct fragments *f, unsigned which, uint32_t at, bool more, const uint8_t *bytes, uint32_t count, struct assembly **whole)
{
	uint8_t header[20] = { 0x45 };
	struct frame frame = { .bytes = bytes, .captured = count, .wire = count, .time_ns = 1, .number = 1 };
	struct packet p = {
		.frame = &frame, .ip = header, .ip_version = 4, .proto = 99, .fragment_id = which, .fragment_offset = (uint16_t)at, .more_fragments = more,
		.payload = bytes, .payload_captured = count, .payload_bytes = count, .is_fragment = true, .fragment_header_bytes = sizeof header,
		.ip_bytes = count + 20,
	};
	bool is_new;
	struct assembly *before = fragments_oldest(f);
	while (before && before->like.fragment_id != which)
		before = before->newer ? pool_at(&f->places, before->newer) : NULL;
	bool usable = sizeof header + at + count <= 65535 && (more ? count % 8 == 0 : count > 0);
	if (usable && before && before->total_bytes)
		usable = more ? at + count <= before->total_bytes : at + count == before->total_bytes;
	else if (usable && before && !more)
		usable = at + count >= before->end_bytes;
	*whole = fragment_add(f, &p, 0, &is_new);
	if (is_new != !before)
		abort();
	return usable;
}

static void whole_check(const struct fragments *f, struct assembly *a, const struct model *m)
{
	(void)f;
	assembly_frame(a);
	if (!a->has_first || a->frame.captured != 20 + a->total_bytes || a->frame.wire != a->frame.captured)
		abort();
	for (uint32_t i = 0; i < a->total_bytes; i++)
		if (!m->there[i] || m->bytes[i] != a->frame.bytes[20 + i])
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fragments f;
	struct cursor c = cursor_of(data, size);
	if (fragments_init(&f) != IND_OK)
		return 0;
	memset(models, 0, sizeof models);
	while (cursor_left(&c) >= 4) {
		uint8_t which = cursor_u8(&c);
		uint32_t at = (cursor_le16(&c) & 8191u) * 8;
		uint8_t wanted = cursor_u8(&c);
		uint32_t count = wanted < cursor_left(&c) ? wanted : (uint32_t)cursor_left(&c);
		const uint8_t *bytes = cursor_take(&c, count);
		struct model *m = &models[which % DATAGRAMS];
		struct assembly *whole;
		if (offer(&f, which % DATAGRAMS, at, which >> 7, bytes, count, &whole))
			model_put(m, at, bytes, count);
		if (!whole)
			continue;
		whole_check(&f, whole, m);
		assembly_take(&f, whole);
		assembly_give(&f, whole);
		memset(m, 0, sizeof *m);
	}
	for (struct assembly *a; (a = fragments_oldest(&f)) != NULL;) {
		assembly_frame(a);
		if (a->frame.captured < 20 || a->frame.captured > 65535 || assembly_is_whole(a))
			abort();
		assembly_take(&f, a);
		assembly_give(&f, a);
	}
	fragments_release(&f);
	return 0;
}
