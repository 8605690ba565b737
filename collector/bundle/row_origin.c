/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 4.2. */
#include "bundle/row.h"

#include "base/cursor.h"
#include "bundle/bytes.h"

#define NUMBERS(most) { .form = FORM_NUMBERS, .count = COUNT_ROWS, .of = 1, .max = (most) }

enum { CLAIMS_MAX = 15, SIGNALS_BYTES = IND_SIGNAL_SET_WORDS * 8 };
_Static_assert(IND_FAMILY_COUNT == 9 && IND_SIGNAL_SET_WORDS == 2, "the format holds nine families and 128 signals");

const struct row_spec row_origin_spec = {
	.kind = ROW_ORIGIN,
	.columns = ORIGIN_COLUMNS,
	.version_column = ORIGIN_VERSION,
	.first_time = ORIGIN_FIRST,
	.column = {
		[ORIGIN_VERSION] = { .form = FORM_NUMBERS, .count = COUNT_ROWS, .of = 1, .min = 4, .max = 6 },
		[ORIGIN_ADDR] = { .form = FORM_BYTES, .count = COUNT_ADDRESSES },
		[ORIGIN_FIRST] = { .form = FORM_DELTA, .count = COUNT_ROWS, .of = 1, .is_time = true, .max = UINT64_MAX },
		[ORIGIN_SPAN] = { .form = FORM_SIGNED, .count = COUNT_ROWS, .of = 1, .is_time = true, .max = UINT64_MAX },
		[ORIGIN_FLOWS] = NUMBERS(UINT64_MAX),
		[ORIGIN_VALIDATED] = NUMBERS(UINT64_MAX),
		[ORIGIN_CLAIMS] = NUMBERS(CLAIMS_MAX),
		[ORIGIN_MISSING] = { .form = FORM_BYTES, .count = COUNT_ROWS, .of = IND_FAMILY_COUNT },
		[ORIGIN_OBSERVATIONS] = NUMBERS(UINT32_MAX), NUMBERS(UINT32_MAX), NUMBERS(UINT32_MAX), NUMBERS(UINT32_MAX), NUMBERS(UINT32_MAX),
		NUMBERS(UINT32_MAX), NUMBERS(UINT32_MAX), NUMBERS(UINT32_MAX), NUMBERS(UINT32_MAX),
		[ORIGIN_SIGNALS] = { .form = FORM_BYTES, .count = COUNT_ROWS, .of = SIGNALS_BYTES },
	},
};

static bool origin_consistent(const struct ind_origin *o)
{
	for (size_t i = 0; i < IND_FAMILY_COUNT; i++)
		if (o->missing[i] >= IND_MISSING_COUNT)
			return false;
	return o->ip_version == 4 || o->ip_version == 6;
}

enum ind_err origin_check(const struct ind_origin *o)
{
	static const uint8_t zero[IND_ADDR_BYTES - 4];
	if (!origin_consistent(o) || o->claims > CLAIMS_MAX)
		return IND_USAGE;
	return o->ip_version == 6 || memcmp(o->addr + 4, zero, sizeof zero) == 0 ? IND_OK : IND_USAGE;
}

void origin_put(struct batch *b, const struct ind_origin *o)
{
	uint8_t signals[SIGNALS_BYTES];
	put_be64(put_be64(signals, o->signals[1]), o->signals[0]);
	b->rows++;
	batch_put(b, ORIGIN_VERSION, o->ip_version);
	batch_put_bytes(b, ORIGIN_ADDR, o->addr, address_bytes(o->ip_version));
	batch_put(b, ORIGIN_FIRST, o->first_ns);
	batch_put(b, ORIGIN_SPAN, o->last_ns - o->first_ns);
	batch_put(b, ORIGIN_FLOWS, o->flows);
	batch_put(b, ORIGIN_VALIDATED, o->validated);
	batch_put(b, ORIGIN_CLAIMS, o->claims);
	batch_put_bytes(b, ORIGIN_MISSING, o->missing, IND_FAMILY_COUNT);
	for (unsigned i = 0; i < IND_FAMILY_COUNT; i++)
		batch_put(b, ORIGIN_OBSERVATIONS + i, o->observations[i]);
	batch_put_bytes(b, ORIGIN_SIGNALS, signals, sizeof signals);
}

bool origin_get(const struct batch *b, struct row_cursor *at, struct ind_origin *o)
{
	size_t row = at->row++;
	const struct column *c = b->column;
	struct cursor signals = cursor_of(c[ORIGIN_SIGNALS].bytes + row * SIGNALS_BYTES, SIGNALS_BYTES);
	*o = (struct ind_origin){
		.ip_version = (uint8_t)c[ORIGIN_VERSION].numbers[row],
		.claims = (uint8_t)c[ORIGIN_CLAIMS].numbers[row],
		.first_ns = c[ORIGIN_FIRST].numbers[row],
		.last_ns = c[ORIGIN_FIRST].numbers[row] + c[ORIGIN_SPAN].numbers[row],
		.flows = c[ORIGIN_FLOWS].numbers[row],
		.validated = c[ORIGIN_VALIDATED].numbers[row],
	};
	o->signals[1] = cursor_be64(&signals);
	o->signals[0] = cursor_be64(&signals);
	batch_address(b, ORIGIN_ADDR, o->ip_version, &at->addr_at[0], o->addr);
	memcpy(o->missing, c[ORIGIN_MISSING].bytes + row * IND_FAMILY_COUNT, IND_FAMILY_COUNT);
	for (unsigned i = 0; i < IND_FAMILY_COUNT; i++)
		o->observations[i] = (uint32_t)c[ORIGIN_OBSERVATIONS + i].numbers[row];
	return origin_consistent(o);
}
