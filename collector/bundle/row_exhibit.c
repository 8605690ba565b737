/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 4.2. */
#include "bundle/row.h"

#define NUMBERS(most) { .form = FORM_NUMBERS, .count = COUNT_ROWS, .of = 1, .max = (most) }
#define DELTA(time) { .form = FORM_DELTA, .count = COUNT_ROWS, .of = 1, .is_time = (time), .max = UINT64_MAX }

const struct row_spec row_exhibit_spec = {
	.kind = ROW_EXHIBIT,
	.columns = EXHIBIT_COLUMNS,
	.first_time = EXHIBIT_TIME,
	.column = {
		[EXHIBIT_TIME] = DELTA(true),
		[EXHIBIT_FLOW] = DELTA(false),
		[EXHIBIT_PACKET] = DELTA(false),
		[EXHIBIT_FROM] = NUMBERS(1),
		[EXHIBIT_SIDE] = NUMBERS(1),
		[EXHIBIT_KIND] = NUMBERS(IND_EXHIBIT_DATAGRAM),
		[EXHIBIT_MASKED] = NUMBERS(1),
		[EXHIBIT_LENGTH] = NUMBERS(IND_EXHIBIT_MAX_BYTES),
		[EXHIBIT_BYTES] = { .form = FORM_BYTES, .count = COUNT_SUM, .of = EXHIBIT_LENGTH },
	},
};

enum ind_err exhibit_check(const struct ind_exhibit *e)
{
	bool ok = e->from <= 1 && e->side <= 1 && e->kind <= IND_EXHIBIT_DATAGRAM && e->masked <= 1 && e->bytes_count <= IND_EXHIBIT_MAX_BYTES;
	return ok ? IND_OK : IND_USAGE;
}

void exhibit_put(struct batch *b, const struct ind_exhibit *e)
{
	b->rows++;
	batch_put(b, EXHIBIT_TIME, e->time_ns);
	batch_put(b, EXHIBIT_FLOW, e->flow_serial);
	batch_put(b, EXHIBIT_PACKET, e->packet);
	batch_put(b, EXHIBIT_FROM, e->from);
	batch_put(b, EXHIBIT_SIDE, e->side);
	batch_put(b, EXHIBIT_KIND, e->kind);
	batch_put(b, EXHIBIT_MASKED, e->masked);
	batch_put(b, EXHIBIT_LENGTH, e->bytes_count);
	batch_put_bytes(b, EXHIBIT_BYTES, e->bytes, e->bytes_count);
}

bool exhibit_get(const struct batch *b, struct row_cursor *at, struct ind_exhibit *e)
{
	size_t row = at->row++;
	const struct column *c = b->column;
	*e = (struct ind_exhibit){
		.time_ns = c[EXHIBIT_TIME].numbers[row],
		.flow_serial = c[EXHIBIT_FLOW].numbers[row],
		.packet = c[EXHIBIT_PACKET].numbers[row],
		.from = (uint8_t)c[EXHIBIT_FROM].numbers[row],
		.side = (uint8_t)c[EXHIBIT_SIDE].numbers[row],
		.kind = (uint8_t)c[EXHIBIT_KIND].numbers[row],
		.masked = (uint8_t)c[EXHIBIT_MASKED].numbers[row],
		.bytes_count = (uint16_t)c[EXHIBIT_LENGTH].numbers[row],
	};
	e->bytes = e->bytes_count ? c[EXHIBIT_BYTES].bytes + at->bytes_at : (const uint8_t *)"";
	at->bytes_at += e->bytes_count;
	return true;
}
