/* SPDX-License-Identifier: Apache-2.0 */
/* Records of MaxMind DB data sets (MaxMind DB File Format Specification 2.0): the nested names of GeoIP2 and the flat ones of others, in
 * one table. A value of an unexpected type is silence. */
#include "refdata/claim.h"
#include "base/text.h"
#include <string.h>

enum field { NOTHING, COUNTRY, REGISTERED_COUNTRY, REGION, CITY, TIMEZONE, HOLDER, ASN, LATITUDE, LONGITUDE, RADIUS, FLAG };

/* A value below a map or array: where, and what it is. */
struct leaf {
	const char *path[4];
	enum field field;
	uint16_t flag;
};

/* A key of the record: what it is if its value is plain, and what stands below it otherwise. */
struct group {
	const char *key;
	enum field field;
	uint16_t flag;
	const struct leaf *leaves;
	size_t leaf_count;
};

static const struct leaf country_leaves[] = { { { "iso_code" }, COUNTRY, 0 } };
static const struct leaf registered_leaves[] = { { { "iso_code" }, REGISTERED_COUNTRY, 0 } };
static const struct leaf region_leaves[] = { { { "0", "iso_code" }, REGION, 0 }, { { "0", "names", "en" }, REGION, 0 } };
static const struct leaf city_leaves[] = { { { "names", "en" }, CITY, 0 } };
static const struct leaf location_leaves[] = {
	{ { "latitude" }, LATITUDE, 0 },
	{ { "longitude" }, LONGITUDE, 0 },
	{ { "accuracy_radius" }, RADIUS, 0 },
	{ { "time_zone" }, TIMEZONE, 0 },
};
static const struct leaf traits_leaves[] = {
	{ { "is_anycast" }, FLAG, IND_CLAIM_ANYCAST },
	{ { "is_satellite_provider" }, FLAG, IND_CLAIM_SATELLITE },
	{ { "is_hosting_provider" }, FLAG, IND_CLAIM_HOSTING },
	{ { "is_anonymous" }, FLAG, IND_CLAIM_ANONYMISER },
	{ { "is_anonymous_proxy" }, FLAG, IND_CLAIM_ANONYMISER },
	{ { "is_anonymous_vpn" }, FLAG, IND_CLAIM_ANONYMISER },
	{ { "is_public_proxy" }, FLAG, IND_CLAIM_ANONYMISER },
	{ { "is_residential_proxy" }, FLAG, IND_CLAIM_ANONYMISER },
	{ { "is_tor_exit_node" }, FLAG, IND_CLAIM_ANONYMISER },
	{ { "autonomous_system_number" }, ASN, 0 },
	{ { "autonomous_system_organization" }, HOLDER, 0 },
};

#define BELOW(leaves) leaves, sizeof(leaves) / sizeof *(leaves)
static const struct group groups[] = {
	{ "country", COUNTRY, 0, BELOW(country_leaves) },
	{ "registered_country", NOTHING, 0, BELOW(registered_leaves) },
	{ "subdivisions", NOTHING, 0, BELOW(region_leaves) },
	{ "city", CITY, 0, BELOW(city_leaves) },
	{ "location", NOTHING, 0, BELOW(location_leaves) },
	{ "traits", NOTHING, 0, BELOW(traits_leaves) },
	{ "autonomous_system_number", ASN, 0, NULL, 0 },
	{ "autonomous_system_organization", HOLDER, 0, NULL, 0 },
	{ "country_code", COUNTRY, 0, NULL, 0 },
	{ "region", REGION, 0, NULL, 0 },
	{ "state1", REGION, 0, NULL, 0 },
	{ "latitude", LATITUDE, 0, NULL, 0 },
	{ "longitude", LONGITUDE, 0, NULL, 0 },
	{ "accuracy_radius", RADIUS, 0, NULL, 0 },
	{ "timezone", TIMEZONE, 0, NULL, 0 },
	{ "time_zone", TIMEZONE, 0, NULL, 0 },
	{ "asn", ASN, 0, NULL, 0 },
	{ "as_name", HOLDER, 0, NULL, 0 },
	{ "as_organization", HOLDER, 0, NULL, 0 },
	{ "is_anycast", FLAG, IND_CLAIM_ANYCAST, NULL, 0 },
	{ "is_satellite_provider", FLAG, IND_CLAIM_SATELLITE, NULL, 0 },
	{ "is_hosting_provider", FLAG, IND_CLAIM_HOSTING, NULL, 0 },
	{ "is_anonymous", FLAG, IND_CLAIM_ANONYMISER, NULL, 0 },
	{ "is_anonymous_proxy", FLAG, IND_CLAIM_ANONYMISER, NULL, 0 },
	{ "is_anonymous_vpn", FLAG, IND_CLAIM_ANONYMISER, NULL, 0 },
	{ "is_public_proxy", FLAG, IND_CLAIM_ANONYMISER, NULL, 0 },
	{ "is_residential_proxy", FLAG, IND_CLAIM_ANONYMISER, NULL, 0 },
	{ "is_tor_exit_node", FLAG, IND_CLAIM_ANONYMISER, NULL, 0 },
};

/* What is being read: coordinates count only as a pair. */
struct reading {
	struct ind_claim *claim;
	bool has_latitude, has_longitude, says;
};

struct ind_text claim_text(const char *at, size_t bytes)
{
	const uint8_t *start = (const uint8_t *)at, *p = start, *end = start + bytes;

	while (p < end) {
		size_t character = text_utf8_char(p, end);
		if (character == 0)
			return (struct ind_text) { NULL, 0 };
		if ((size_t)(p - start) + character > IND_VALUE_MAX_BYTES)
			break;
		p += character;
	}
	return (struct ind_text) { p == start ? NULL : at, (uint16_t)(p - start) };
}

static void text_set(struct reading *r, struct ind_text *text, const MMDB_entry_data_s *value)
{
	if (value->type != MMDB_DATA_TYPE_UTF8_STRING || text->bytes)
		return;
	*text = claim_text(value->utf8_string, value->data_size);
	r->says = r->says || text->bytes;
}

/* Two letters; a longer text is a name and no code, and codes with digits are marks that are no country. */
static void country_set(struct reading *r, char country[2], const MMDB_entry_data_s *value)
{
	if (value->type != MMDB_DATA_TYPE_UTF8_STRING || value->data_size != 2 || country[0])
		return;
	char code[2];
	for (size_t i = 0; i < 2; i++) {
		code[i] = value->utf8_string[i];
		if (code[i] >= 'a' && code[i] <= 'z')
			code[i] = (char)(code[i] - 'a' + 'A');
		if (code[i] < 'A' || code[i] > 'Z')
			return;
	}
	memcpy(country, code, sizeof code);
	r->says = true;
}

static uint32_t unsigned_of(const MMDB_entry_data_s *value, uint32_t otherwise)
{
	switch (value->type) {
	case MMDB_DATA_TYPE_UINT16:
		return value->uint16;
	case MMDB_DATA_TYPE_UINT32:
		return value->uint32;
	case MMDB_DATA_TYPE_INT32:
		return value->int32 >= 0 ? (uint32_t)value->int32 : otherwise;
	case MMDB_DATA_TYPE_UINT64:
		return value->uint64 <= UINT32_MAX ? (uint32_t)value->uint64 : otherwise;
	default:
		return otherwise;
	}
}

/* "AS64500" or "64500". */
static uint32_t asn_of_text(const char *at, size_t bytes)
{
	uint64_t number = 0;

	if (bytes > 2 && memcmp(at, "AS", 2) == 0) {
		at += 2;
		bytes -= 2;
	}
	for (size_t i = 0; i < bytes; i++) {
		if (at[i] < '0' || at[i] > '9')
			return 0;
		number = number * 10 + (uint64_t)(at[i] - '0');
		if (number > UINT32_MAX)
			return 0;
	}
	return (uint32_t)number;
}

static void asn_set(struct reading *r, const MMDB_entry_data_s *value)
{
	if (r->claim->asn)
		return;
	r->claim->asn =
		value->type == MMDB_DATA_TYPE_UTF8_STRING ? asn_of_text(value->utf8_string, value->data_size) : unsigned_of(value, 0);
	r->says = r->says || r->claim->asn;
}

static bool degrees_set(int32_t *degrees_1e4, const MMDB_entry_data_s *value, double most)
{
	double degrees = value->type == MMDB_DATA_TYPE_DOUBLE ? value->double_value : (double)value->float_value;

	if (value->type != MMDB_DATA_TYPE_DOUBLE && value->type != MMDB_DATA_TYPE_FLOAT)
		return false;
	if (!(degrees >= -most && degrees <= most))
		return false;
	*degrees_1e4 = (int32_t)(degrees * 1e4 + (degrees < 0 ? -0.5 : 0.5));
	return true;
}

static void value_take(struct reading *r, enum field field, uint16_t flag, const MMDB_entry_data_s *value)
{
	struct ind_claim *claim = r->claim;

	switch (field) {
	case COUNTRY:
		country_set(r, claim->country, value);
		break;
	case REGISTERED_COUNTRY:
		country_set(r, claim->registered_country, value);
		break;
	case REGION:
		text_set(r, &claim->region, value);
		break;
	case CITY:
		text_set(r, &claim->city, value);
		break;
	case TIMEZONE:
		text_set(r, &claim->timezone, value);
		break;
	case HOLDER:
		text_set(r, &claim->holder, value);
		break;
	case ASN:
		asn_set(r, value);
		break;
	case LATITUDE:
		r->has_latitude = degrees_set(&claim->latitude_1e4, value, 90) || r->has_latitude;
		break;
	case LONGITUDE:
		r->has_longitude = degrees_set(&claim->longitude_1e4, value, 180) || r->has_longitude;
		break;
	case RADIUS:
		claim->radius_km = unsigned_of(value, claim->radius_km);
		break;
	case FLAG:
		if (value->type == MMDB_DATA_TYPE_BOOLEAN && value->boolean) {
			claim->flags |= flag;
			r->says = true;
		}
		break;
	case NOTHING:
		break;
	}
}

/* IND_MISSING: nothing stands at that path. */
static enum ind_err value_get(MMDB_entry_s *from, const char *const *path, MMDB_entry_data_s *value)
{
	int status = MMDB_aget_value(from, value, path);

	if (status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR)
		return IND_MISSING;
	if (status != MMDB_SUCCESS)
		return IND_MALFORMED;
	return value->has_data ? IND_OK : IND_MISSING;
}

static enum ind_err leaves_read(struct reading *r, const struct group *group, MMDB_entry_s *below)
{
	for (size_t i = 0; i < group->leaf_count; i++) {
		const struct leaf *leaf = &group->leaves[i];
		MMDB_entry_data_s value;
		enum ind_err err = value_get(below, leaf->path, &value);
		if (err == IND_MALFORMED)
			return err;
		if (!err)
			value_take(r, leaf->field, leaf->flag, &value);
	}
	return IND_OK;
}

static enum ind_err group_read(struct reading *r, const struct group *group, MMDB_entry_s *record)
{
	MMDB_entry_data_s value;
	enum ind_err err = value_get(record, (const char *const[]) { group->key, NULL }, &value);

	if (err)
		return err;
	if (value.type == MMDB_DATA_TYPE_MAP || value.type == MMDB_DATA_TYPE_ARRAY)
		return leaves_read(r, group, &(MMDB_entry_s) { record->mmdb, value.offset });
	value_take(r, group->field, group->flag, &value);
	return IND_OK;
}

enum ind_err claim_read(MMDB_entry_s *record, struct ind_claim *claim)
{
	struct reading r = { .claim = claim };

	*claim = (struct ind_claim) { .radius_km = IND_ABSENT_U32 };
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (group_read(&r, &groups[i], record) == IND_MALFORMED)
			return IND_MALFORMED;
	if (r.has_latitude && r.has_longitude) {
		claim->flags |= IND_CLAIM_HAS_POSITION;
		r.says = true;
	} else {
		claim->latitude_1e4 = claim->longitude_1e4 = 0;
		claim->radius_km = IND_ABSENT_U32;
	}
	return r.says ? IND_OK : IND_MISSING;
}
