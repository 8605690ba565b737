/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 4.2. */
#include "bundle/row.h"
#include "indicia/catalogue.h"

#define NUMBERS(least, most) { .form = FORM_NUMBERS, .count = COUNT_ROWS, .of = 1, .min = (least), .max = (most) }
#define DEGREES { .form = FORM_SIGNED, .count = COUNT_ROWS, .of = 1, .min = (uint64_t)INT32_MIN, .max = INT32_MAX }
#define TWO_BYTES { .form = FORM_BYTES, .count = COUNT_ROWS, .of = 2 }
#define REFERENCES NUMBERS(0, UINT32_MAX)

enum { FLAGS_MAX = 63, TEXT_MAX_BYTES = UINT16_MAX, SIGNAL_MAX = IND_SIGNAL_ID_END - 1, TEXT_COUNT = CLAIM_LABEL - CLAIM_REGION + 1 };

const struct row_spec row_claim_spec = {
	.kind = ROW_CLAIM,
	.columns = CLAIM_COLUMNS,
	.version_column = CLAIM_VERSION,
	.first_time = UINT8_MAX,
	.column = {
		[CLAIM_VERSION] = NUMBERS(4, 6),
		[CLAIM_ADDR] = { .form = FORM_BYTES, .count = COUNT_ADDRESSES },
		[CLAIM_PREFIX] = NUMBERS(0, 128),
		[CLAIM_DATA_SET] = NUMBERS(0, UINT16_MAX),
		[CLAIM_FLAGS] = NUMBERS(0, FLAGS_MAX),
		[CLAIM_ASN] = NUMBERS(0, UINT32_MAX),
		[CLAIM_RADIUS] = NUMBERS(0, UINT32_MAX),
		[CLAIM_LATITUDE] = DEGREES,
		[CLAIM_LONGITUDE] = DEGREES,
		[CLAIM_COUNTRY_CODE] = TWO_BYTES,
		[CLAIM_REGISTERED] = TWO_BYTES,
		[CLAIM_KIND] = NUMBERS(0, IND_CLAIM_KIND_COUNT - 1),
		[CLAIM_ASNS] = NUMBERS(0, IND_CLAIM_MORE_ASNS),
		[CLAIM_MORE_ASN] = { .form = FORM_NUMBERS, .count = COUNT_SUM, .of = CLAIM_ASNS, .min = 1, .max = UINT32_MAX },
		[CLAIM_DAY] = NUMBERS(0, UINT32_MAX),
		[CLAIM_GRADE] = TWO_BYTES,
		[CLAIM_TLP] = NUMBERS(0, IND_TLP_COUNT - 1),
		[CLAIM_SIGNAL] = NUMBERS(0, SIGNAL_MAX),
		[CLAIM_REGION] = REFERENCES,
		[CLAIM_CITY] = REFERENCES,
		[CLAIM_TIMEZONE] = REFERENCES,
		[CLAIM_HOLDER] = REFERENCES,
		[CLAIM_STATUS] = REFERENCES,
		[CLAIM_SOURCE] = REFERENCES,
		[CLAIM_INDICATOR] = REFERENCES,
		[CLAIM_LABEL] = REFERENCES,
		[TEXT_BYTES] = { .form = FORM_NUMBERS, .count = COUNT_NEW, .of = CLAIM_REGION, .last = CLAIM_LABEL, .min = 1, .max = TEXT_MAX_BYTES },
		[TEXTS] = { .form = FORM_BYTES, .count = COUNT_SUM, .of = TEXT_BYTES },
	},
};

/* What the columns cannot say: version 5, a prefix longer than the address, a place without its flag, a half list of AS numbers, half an indicator. */
static bool claim_consistent(const struct ind_claim *c)
{
	bool placed = c->flags & IND_CLAIM_HAS_POSITION;
	return (c->ip_version == 4 || c->ip_version == 6) && c->prefix_bits <= address_bytes(c->ip_version) * 8 &&
		(placed || (c->latitude_1e4 == 0 && c->longitude_1e4 == 0)) && (c->asn || !c->more_asn_count) && !c->signal == !c->indicator.bytes;
}

static bool lists_ok(const struct ind_claim *c)
{
	if (c->more_asn_count > IND_CLAIM_MORE_ASNS)
		return false;
	for (size_t i = 0; i < c->more_asn_count; i++)
		if (!c->more_asn[i])
			return false;
	return c->kind < IND_CLAIM_KIND_COUNT && c->tlp < IND_TLP_COUNT && c->signal < IND_SIGNAL_ID_END;
}

enum ind_err claim_check(const struct ind_claim *c, size_t data_sets)
{
	static const uint8_t zero[IND_ADDR_BYTES - 4];
	if (!claim_consistent(c) || !lists_ok(c) || c->flags > FLAGS_MAX || c->data_set >= data_sets)
		return IND_USAGE;
	return c->ip_version == 6 || memcmp(c->addr + 4, zero, sizeof zero) == 0 ? IND_OK : IND_USAGE;
}

void claim_put(struct batch *b, struct dictionary *d, const struct ind_claim *c)
{
	b->rows++;
	batch_put(b, CLAIM_VERSION, c->ip_version);
	batch_put_bytes(b, CLAIM_ADDR, c->addr, address_bytes(c->ip_version));
	batch_put(b, CLAIM_PREFIX, c->prefix_bits);
	batch_put(b, CLAIM_DATA_SET, c->data_set);
	batch_put(b, CLAIM_FLAGS, c->flags);
	batch_put(b, CLAIM_ASN, c->asn);
	batch_put(b, CLAIM_RADIUS, (uint32_t)(c->radius_km + 1));
	batch_put(b, CLAIM_LATITUDE, (uint64_t)(int64_t)c->latitude_1e4);
	batch_put(b, CLAIM_LONGITUDE, (uint64_t)(int64_t)c->longitude_1e4);
	batch_put_bytes(b, CLAIM_COUNTRY_CODE, c->country, sizeof c->country);
	batch_put_bytes(b, CLAIM_REGISTERED, c->registered_country, sizeof c->registered_country);
	batch_put(b, CLAIM_KIND, c->kind);
	batch_put(b, CLAIM_ASNS, c->more_asn_count);
	for (size_t i = 0; i < c->more_asn_count; i++)
		batch_put(b, CLAIM_MORE_ASN, c->more_asn[i]);
	batch_put(b, CLAIM_DAY, c->day);
	batch_put_bytes(b, CLAIM_GRADE, c->grade, sizeof c->grade);
	batch_put(b, CLAIM_TLP, c->tlp);
	batch_put(b, CLAIM_SIGNAL, c->signal);
	const struct ind_text texts[TEXT_COUNT] = { c->region, c->city, c->timezone, c->holder, c->status, c->source, c->indicator, c->label };
	for (unsigned i = 0; i < TEXT_COUNT; i++)
		batch_put(b, CLAIM_REGION + i, dictionary_ref(d, b, dictionary_hash(d, texts[i].at, texts[i].bytes), texts[i].at, texts[i].bytes));
}

static struct ind_text text(const struct batch *b, unsigned column, size_t row)
{
	return dictionary_text(b, b->column[column].numbers[row], TEXT_BYTES, TEXTS);
}

bool claim_get(const struct batch *b, struct row_cursor *at, struct ind_claim *out)
{
	size_t row = at->row++;
	const struct column *c = b->column;
	*out = (struct ind_claim){
		.ip_version = (uint8_t)c[CLAIM_VERSION].numbers[row],
		.prefix_bits = (uint8_t)c[CLAIM_PREFIX].numbers[row],
		.data_set = (uint16_t)c[CLAIM_DATA_SET].numbers[row],
		.flags = (uint16_t)c[CLAIM_FLAGS].numbers[row],
		.asn = (uint32_t)c[CLAIM_ASN].numbers[row],
		.radius_km = (uint32_t)c[CLAIM_RADIUS].numbers[row] - 1,
		.latitude_1e4 = (int32_t)c[CLAIM_LATITUDE].numbers[row],
		.longitude_1e4 = (int32_t)c[CLAIM_LONGITUDE].numbers[row],
		.kind = (uint8_t)c[CLAIM_KIND].numbers[row],
		.more_asn_count = (uint8_t)c[CLAIM_ASNS].numbers[row],
		.day = (uint32_t)c[CLAIM_DAY].numbers[row],
		.tlp = (uint8_t)c[CLAIM_TLP].numbers[row],
		.signal = (uint8_t)c[CLAIM_SIGNAL].numbers[row],
		.region = text(b, CLAIM_REGION, row),
		.city = text(b, CLAIM_CITY, row),
		.timezone = text(b, CLAIM_TIMEZONE, row),
		.holder = text(b, CLAIM_HOLDER, row),
		.status = text(b, CLAIM_STATUS, row),
		.source = text(b, CLAIM_SOURCE, row),
		.indicator = text(b, CLAIM_INDICATOR, row),
		.label = text(b, CLAIM_LABEL, row),
	};
	for (size_t i = 0; i < out->more_asn_count; i++)
		out->more_asn[i] = (uint32_t)c[CLAIM_MORE_ASN].numbers[at->asn_at++];
	batch_address(b, CLAIM_ADDR, out->ip_version, &at->addr_at[0], out->addr);
	memcpy(out->country, c[CLAIM_COUNTRY_CODE].bytes + 2 * row, 2);
	memcpy(out->registered_country, c[CLAIM_REGISTERED].bytes + 2 * row, 2);
	memcpy(out->grade, c[CLAIM_GRADE].bytes + 2 * row, 2);
	return claim_consistent(out);
}
