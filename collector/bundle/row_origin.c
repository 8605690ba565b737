/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 4.2. */
#include "bundle/row.h"

#include "base/cursor.h"
#include "bundle/bytes.h"

#define NUMBERS(most) { .form = FORM_NUMBERS, .count = COUNT_ROWS, .of = 1, .max = (most) }

enum { CLAIMS_MAX = 15, SIGNALS_BYTES = IND_SIGNAL_SET_WORDS * 8, HOPS_BYTES = 3 };
_Static_assert(IND_FAMILY_COUNT == 9 && IND_SIGNAL_SET_WORDS == 2 && IND_WATCHED_PLACES == 24,
	"the format holds nine families, 128 signals and 24 reasons");

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
		[ORIGIN_SILENT] = { .form = FORM_BYTES, .count = COUNT_ROWS, .of = IND_WATCHED_PLACES },
		[ORIGIN_COTENANTS] = NUMBERS(UINT16_MAX),
		[ORIGIN_HOPS] = { .form = FORM_BYTES, .count = COUNT_ROWS, .of = HOPS_BYTES },
		[ORIGIN_RTT_SAMPLES] = NUMBERS(UINT32_MAX),
		[ORIGIN_RTT_MIN] = NUMBERS(UINT32_MAX),
		[ORIGIN_RTT_P50] = NUMBERS(UINT32_MAX),
		[ORIGIN_RTT_SPAN] = NUMBERS(UINT32_MAX),
		[ORIGIN_BEACONS] = NUMBERS(UINT32_MAX),
		[BEACON_PORT] = NUMBERS(UINT16_MAX),
		[BEACON_PROTO] = NUMBERS(UINT8_MAX),
		[BEACON_PERIOD] = NUMBERS(UINT32_MAX),
		[BEACON_MAD] = NUMBERS(UINT32_MAX),
		[BEACON_INTERVALS] = NUMBERS(UINT8_MAX),
		[BEACON_FLOWS] = NUMBERS(UINT32_MAX),
		[ORIGIN_CELLS] = NUMBERS(IND_CELLS_MAX),
		[CELLS] = { .form = FORM_DELTA, .count = COUNT_SUM, .of = ORIGIN_CELLS, .max = UINT64_MAX },
	},
};

static bool reasons_known(const uint8_t *reasons, size_t count)
{
	bool known = true;
	for (size_t i = 0; i < count; i++)
		known &= reasons[i] < IND_MISSING_COUNT;
	return known;
}

static bool hops_ordered(const struct ind_origin *o)
{
	if (o->hops_min == IND_HOPS_ABSENT || o->hops_max == IND_HOPS_ABSENT)
		return o->hops_min == o->hops_max && o->hops_mode == IND_HOPS_ABSENT;
	return o->hops_min <= o->hops_max && (o->hops_mode == IND_HOPS_ABSENT || (o->hops_min <= o->hops_mode && o->hops_mode <= o->hops_max));
}

static bool nothing_of_nothing(const struct ind_origin *o)
{
	const struct ind_beacon *b = &o->beacon;
	return (o->rtt_samples || !(o->rtt_min_us | o->rtt_p50_us | o->rtt_span_s)) &&
		(o->beacons || !(b->period_ms | b->mad_ms | b->flows | b->port | b->proto | b->intervals));
}

static bool cells_ascend(const struct ind_origin *o)
{
	for (size_t i = 0; i < o->cell_count; i++)
		if (o->cells[i] > UINT32_MAX || (i && o->cells[i] <= o->cells[i - 1]))
			return false;
	return true;
}

static bool origin_consistent(const struct ind_origin *o)
{
	if (!reasons_known(o->missing, IND_FAMILY_COUNT) || !reasons_known(o->silent, IND_WATCHED_PLACES))
		return false;
	if (!hops_ordered(o) || !nothing_of_nothing(o) || !cells_ascend(o))
		return false;
	return o->ip_version == 4 || o->ip_version == 6;
}

enum ind_err origin_check(const struct ind_origin *o)
{
	static const uint8_t zero[IND_ADDR_BYTES - 4];
	if (o->cell_count > IND_CELLS_MAX || !origin_consistent(o) || o->claims > CLAIMS_MAX)
		return IND_USAGE;
	return o->ip_version == 6 || memcmp(o->addr + 4, zero, sizeof zero) == 0 ? IND_OK : IND_USAGE;
}

static void behaviour_put(struct batch *b, const struct ind_origin *o)
{
	const uint8_t hops[HOPS_BYTES] = { o->hops_min, o->hops_max, o->hops_mode };
	batch_put_bytes(b, ORIGIN_SILENT, o->silent, IND_WATCHED_PLACES);
	batch_put(b, ORIGIN_COTENANTS, o->cotenants);
	batch_put_bytes(b, ORIGIN_HOPS, hops, sizeof hops);
	batch_put(b, ORIGIN_RTT_SAMPLES, o->rtt_samples);
	batch_put(b, ORIGIN_RTT_MIN, o->rtt_min_us);
	batch_put(b, ORIGIN_RTT_P50, o->rtt_p50_us);
	batch_put(b, ORIGIN_RTT_SPAN, o->rtt_span_s);
	batch_put(b, ORIGIN_BEACONS, o->beacons);
	batch_put(b, BEACON_PORT, o->beacon.port);
	batch_put(b, BEACON_PROTO, o->beacon.proto);
	batch_put(b, BEACON_PERIOD, o->beacon.period_ms);
	batch_put(b, BEACON_MAD, o->beacon.mad_ms);
	batch_put(b, BEACON_INTERVALS, o->beacon.intervals);
	batch_put(b, BEACON_FLOWS, o->beacon.flows);
	batch_put(b, ORIGIN_CELLS, o->cell_count);
	for (size_t i = 0; i < o->cell_count; i++)
		batch_put(b, CELLS, o->cells[i]);
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
	behaviour_put(b, o);
}

static void behaviour_get(const struct column *c, struct row_cursor *at, size_t row, struct ind_origin *o)
{
	const uint8_t *hops = c[ORIGIN_HOPS].bytes + row * HOPS_BYTES;
	memcpy(o->silent, c[ORIGIN_SILENT].bytes + row * IND_WATCHED_PLACES, IND_WATCHED_PLACES);
	o->cotenants = (uint16_t)c[ORIGIN_COTENANTS].numbers[row];
	o->hops_min = hops[0], o->hops_max = hops[1], o->hops_mode = hops[2];
	o->rtt_samples = (uint32_t)c[ORIGIN_RTT_SAMPLES].numbers[row];
	o->rtt_min_us = (uint32_t)c[ORIGIN_RTT_MIN].numbers[row];
	o->rtt_p50_us = (uint32_t)c[ORIGIN_RTT_P50].numbers[row];
	o->rtt_span_s = (uint32_t)c[ORIGIN_RTT_SPAN].numbers[row];
	o->beacons = (uint32_t)c[ORIGIN_BEACONS].numbers[row];
	o->beacon = (struct ind_beacon){
		.port = (uint16_t)c[BEACON_PORT].numbers[row],
		.proto = (uint8_t)c[BEACON_PROTO].numbers[row],
		.period_ms = (uint32_t)c[BEACON_PERIOD].numbers[row],
		.mad_ms = (uint32_t)c[BEACON_MAD].numbers[row],
		.intervals = (uint8_t)c[BEACON_INTERVALS].numbers[row],
		.flows = (uint32_t)c[BEACON_FLOWS].numbers[row],
	};
	o->cell_count = (uint16_t)c[ORIGIN_CELLS].numbers[row];
	o->cells = o->cell_count ? c[CELLS].numbers + at->cell_at : NULL;
	at->cell_at += o->cell_count;
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
	behaviour_get(c, at, row, o);
	return origin_consistent(o);
}
