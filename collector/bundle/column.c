/* SPDX-License-Identifier: Apache-2.0 */
/* The packed arrays of Numbers and Signed, and Bytes, written and read here and not through protobuf-c: they are the bulk of a bundle.
 * It is the same wire format (protobuf encoding, "packed repeated fields"): tag 1 with length, then varints, zigzag for signed. */
#include "bundle/column.h"

enum { TAG_FIELD1_LENGTH = 0x0a, VARINT_MAX = 10, PREFIX_MAX = 1 + VARINT_MAX };

static inline uint64_t zigzag(uint64_t v) { return v << 1 ^ (0 - (v >> 63)); }
static inline uint64_t unzigzag(uint64_t v) { return v >> 1 ^ (0 - (v & 1)); }

static inline uint8_t *varint_put(uint8_t *p, uint64_t v)
{
	while (v >= 0x80) {
		*p++ = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	*p++ = (uint8_t)v;
	return p;
}

/* NULL if it is cut, longer than 64 bits, or longer than it need be. */
static inline const uint8_t *varint_get(const uint8_t *p, const uint8_t *end, uint64_t *v)
{
	if (p < end && *p < 0x80) {
		*v = *p;
		return p + 1;
	}
	uint64_t value = 0;
	for (unsigned shift = 0; p < end && shift < 64; shift += 7) {
		uint8_t byte = *p++;
		if (shift == 63 && byte > 1)
			return NULL;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*v = value;
			return byte ? p : NULL;
		}
	}
	return NULL;
}

size_t column_raw_max(const struct column_spec *spec, const struct column *c)
{
	return PREFIX_MAX + c->count * (spec->form == FORM_BYTES ? 1 : VARINT_MAX);
}

/* Exact division of a difference that may be negative. There is one other unit than 1, and dividing by a constant is quicker. */
static inline uint64_t to_units(uint64_t v, uint64_t unit_ns) { return unit_ns == 1 ? v : (uint64_t)((int64_t)v / TIME_UNIT_US_NS); }

static uint8_t *numbers_put(const struct column_spec *spec, const struct column *c, struct column_time time, uint8_t *p)
{
	uint64_t unit_ns = spec->is_time ? time.unit_ns : 1;
	uint64_t before = spec->is_time ? time.base_ns : 0;
	if (spec->form == FORM_NUMBERS) {
		for (size_t i = 0; i < c->count; i++)
			p = varint_put(p, c->numbers[i]);
	} else if (spec->form == FORM_SIGNED) {
		for (size_t i = 0; i < c->count; i++)
			p = varint_put(p, zigzag(to_units(c->numbers[i], unit_ns)));
	} else {
		for (size_t i = 0; i < c->count; before = c->numbers[i++])
			p = varint_put(p, zigzag(to_units(c->numbers[i] - before, unit_ns)));
	}
	return p;
}

size_t column_encode(const struct column_spec *spec, const struct column *c, struct column_time time, uint8_t *room, const uint8_t **raw)
{
	uint8_t prefix[PREFIX_MAX] = { TAG_FIELD1_LENGTH };
	uint8_t *data = room + PREFIX_MAX, *end = data;
	*raw = data;
	if (c->count == 0)
		return 0;
	if (spec->form == FORM_BYTES) {
		memcpy(data, c->bytes, c->count);
		end = data + c->count;
	} else {
		end = numbers_put(spec, c, time, data);
	}
	size_t prefix_bytes = (size_t)(varint_put(prefix + 1, (uint64_t)(end - data)) - prefix);
	memcpy(data - prefix_bytes, prefix, prefix_bytes);
	*raw = data - prefix_bytes;
	return (size_t)(end - *raw);
}

/* As many bytes as numbers: each is one byte, or they are not in form. Most columns are so. */
static bool bytes_get(const uint8_t *p, size_t count, uint64_t *out)
{
	uint8_t all = 0;
	for (size_t i = 0; i < count; i++) {
		out[i] = p[i];
		all |= p[i];
	}
	return all < 0x80;
}

static bool numbers_get(const struct column_spec *spec, const uint8_t *p, const uint8_t *end, size_t count, uint64_t *out)
{
	bool short_ones = (size_t)(end - p) == count;
	if (short_ones && !bytes_get(p, count, out))
		return false;
	p = short_ones ? end : p;
	for (size_t i = 0; i < count && !short_ones; i++) {
		p = varint_get(p, end, &out[i]);
		if (!p)
			return false;
	}
	if (p != end)
		return false;
	if (spec->form != FORM_NUMBERS)
		for (size_t i = 0; i < count; i++)
			out[i] = unzigzag(out[i]);
	return true;
}

static bool numbers_mean(const struct column_spec *spec, struct column_time time, size_t count, uint64_t *v)
{
	uint64_t outside = 0, range = spec->max - spec->min;
	if (spec->is_time)
		for (size_t i = 0; i < count; i++)
			v[i] *= time.unit_ns;
	if (spec->form == FORM_DELTA) {
		uint64_t before = spec->is_time ? time.base_ns : 0;
		for (size_t i = 0; i < count; i++)
			before = v[i] += before;
		return true;
	}
	for (size_t i = 0; i < count; i++)
		outside |= v[i] - spec->min > range;
	return outside == 0;
}

bool column_decode(const struct column_spec *spec, const uint8_t *raw, size_t raw_bytes, struct column_time time, size_t count, struct column *c)
{
	const uint8_t *p = raw, *end = raw + raw_bytes;
	uint64_t bytes;
	c->count = count;
	if (raw_bytes == 0)
		return count == 0;
	if (*p++ != TAG_FIELD1_LENGTH || !(p = varint_get(p, end, &bytes)) || bytes == 0 || bytes != (uint64_t)(end - p))
		return false;
	if (spec->form != FORM_BYTES)
		return numbers_get(spec, p, end, count, c->numbers) && numbers_mean(spec, time, count, c->numbers);
	c->bytes = (uint8_t *)(uintptr_t)p;
	return bytes == count;
}

static size_t sum(const struct column *c)
{
	size_t total = 0;
	for (size_t i = 0; i < c->count; i++)
		total += c->numbers[i];
	return total;
}

static size_t count_equal(const struct column *c, uint64_t mask, uint64_t value)
{
	size_t total = 0;
	for (size_t i = 0; i < c->count; i++)
		total += (c->numbers[i] & mask) == value;
	return total;
}

static size_t addresses_bytes(const struct batch *b)
{
	const struct column *version = &b->column[b->spec->version_column];
	size_t v4 = count_equal(version, UINT64_MAX, 4);
	return v4 * 4 + (version->count - v4) * IND_ADDR_BYTES;
}

size_t column_count_expected(const struct batch *b, unsigned index)
{
	enum { SIGNAL_CUT_BIT = 4 };
	const struct column_spec *spec = &b->spec->column[index];
	size_t total = 0;
	switch ((enum column_count)spec->count) {
	case COUNT_ROWS:
		return b->rows * spec->of;
	case COUNT_SUM:
		return sum(&b->column[spec->of]);
	case COUNT_ADDRESSES:
		return addresses_bytes(b);
	case COUNT_NEW:
		for (unsigned i = spec->of; i <= spec->last; i++)
			total += count_equal(&b->column[i], UINT64_MAX, 1);
		return total;
	case COUNT_CUT:
		return count_equal(&b->column[spec->of], SIGNAL_CUT_BIT, SIGNAL_CUT_BIT) * IND_SHA256_BYTES;
	}
	return 0;
}
