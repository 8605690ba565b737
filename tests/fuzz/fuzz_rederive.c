/* SPDX-License-Identifier: Apache-2.0 */
/* Any exhibits of any flow: what is derived from them is in form, and the same the second time.
 * Input: IP version, protocol, ports 2 + 2; then for each exhibit: kind, from, length 2 (LE), bytes. */
#include "base/cursor.h"
#include "engine/rederive.h"
#include "indicia/catalogue.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EXHIBITS_MAX = 64 };

static struct rederive *door;
static size_t exhibit_count;

static void signal_take(void *ctx, const struct ind_signal *s, size_t exhibit)
{
	uint64_t *sum = ctx;
	if (!s->value_bytes || s->value_bytes > IND_VALUE_MAX_BYTES || s->side > 1 || s->from > 1 || !ind_signal_info(s->id))
		abort();
	if (exhibit != SIZE_MAX && exhibit >= exhibit_count)
		abort();
	if (rederive_source_of(s->id) != (exhibit == SIZE_MAX ? REDERIVE_RECORD : REDERIVE_EXHIBIT))
		abort();
	*sum = *sum * 31 + s->id;
	for (size_t i = 0; i < s->value_bytes; i++)
		*sum = *sum * 31 + (uint8_t)s->value[i];
}

/* Each in memory of its own size, so that a read past its end is found. */
static size_t exhibits_read(struct cursor *c, struct ind_exhibit *exhibits, const struct ind_exhibit **list)
{
	size_t count = 0;
	for (; count < EXHIBITS_MAX && cursor_left(c); count++) {
		uint8_t kind = cursor_u8(c), from = cursor_u8(c);
		size_t bytes = cursor_le16(c);
		bytes = bytes < cursor_left(c) ? bytes : cursor_left(c);
		bytes = bytes < IND_EXHIBIT_MAX_BYTES ? bytes : IND_EXHIBIT_MAX_BYTES;
		uint8_t *copy = malloc(bytes ? bytes : 1);
		if (!copy)
			abort();
		const uint8_t *from_input = cursor_take(c, bytes);
		if (bytes && from_input)
			memcpy(copy, from_input, bytes);
		exhibits[count] = (struct ind_exhibit){
			.kind = kind, .from = from, .packet = count + 1, .time_ns = UINT64_C(1700000000000000000) + count, .bytes = copy, .bytes_count = (uint16_t)bytes,
		};
		list[count] = &exhibits[count];
	}
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ind_exhibit exhibits[EXHIBITS_MAX];
	static const struct ind_exhibit *list[EXHIBITS_MAX];
	struct cursor c = cursor_of(data, size);
	struct ind_flow flow = { .serial = 1, .packets = { 1, 1 }, .end_ns = UINT64_C(1700000001000000000) };
	uint64_t sum[2] = { 0, 0 };
	if (!door && rederive_new(&door) != IND_OK)
		abort();
	flow.ip_version = cursor_u8(&c) & 1 ? 6 : 4;
	flow.proto = cursor_u8(&c);
	flow.port[0] = cursor_be16(&c);
	flow.port[1] = cursor_be16(&c);
	if (!cursor_ok(&c))
		return 0;
	exhibit_count = exhibits_read(&c, exhibits, list);
	const struct rederive_flow in = { .flow = &flow, .exhibits = list, .exhibit_count = exhibit_count };
	for (unsigned i = 0; i < 2; i++)
		rederive_flow(door, &in, &(struct rederive_output){ signal_take, &sum[i] });
	if (sum[0] != sum[1])
		abort();
	for (size_t i = 0; i < exhibit_count; i++)
		free((void *)(uintptr_t)list[i]->bytes);
	return 0;
}
