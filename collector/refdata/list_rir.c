/* SPDX-License-Identifier: Apache-2.0 */
/* The registries' statistics, "NRO extended allocation and assignment statistics": registry|cc|type|start|value|date|status[|holder...],
 * with a version line first and a summary line for each type. */
#include "refdata/date.h"
#include "refdata/reading.h"

#include <string.h>

enum { REGISTRY, COUNTRY, TYPE, START, VALUE, DATE, STATUS, FIELDS };
enum { VERSION_RECORDS = 3, VERSION_END = 5, STATUS_MAX_BYTES = 32 };

static size_t fields_of(struct piece line, struct piece field[static FIELDS])
{
	size_t count = 0;
	memset(field, 0, FIELDS * sizeof *field);
	while (count < FIELDS && lines_field(&line, '|', &field[count]))
		count++;
	return count;
}

/* version|registry|serial|records|startdate|enddate|UTC offset */
static const char *version_read(struct reading *r, const struct piece field[static FIELDS], size_t count)
{
	uint32_t records;
	uint64_t end_s;
	if (count < FIELDS || !network_number(field[VERSION_RECORDS].at, field[VERSION_RECORDS].bytes, UINT32_MAX, &records) ||
		!date_parse(field[VERSION_END].at, field[VERSION_END].bytes, &end_s))
		return "the first line is no version line of a registry's statistics";
	r->list->expected = records;
	if (!r->list->about.build_epoch_s)
		r->list->about.build_epoch_s = end_s;
	return NULL;
}

static bool is_country(struct piece text)
{
	return text.bytes == 2 && text.at[0] >= 'A' && text.at[0] <= 'Z' && text.at[1] >= 'A' && text.at[1] <= 'Z' && memcmp(text.at, "ZZ", 2) != 0;
}

/* A country may be missing where nothing was given out, a date where it is not known. */
static uint32_t entry_of(struct reading *r, const struct piece field[static FIELDS])
{
	struct list_entry e = { .status = reading_text(r, field[STATUS]) };
	uint64_t seconds;
	if (is_country(field[COUNTRY]))
		memcpy(e.country, field[COUNTRY].at, sizeof e.country);
	if (date_parse(field[DATE].at, field[DATE].bytes, &seconds))
		e.day = (uint32_t)(seconds / DATE_DAY_S) + 1;
	return reading_piece(r, &e, sizeof e);
}

static const char *numbers_read(struct reading *r, const struct piece field[static FIELDS], uint32_t count)
{
	uint32_t first;
	if (!network_number(field[START].at, field[START].bytes, UINT32_MAX, &first) || count == 0 || count - 1 > UINT32_MAX - first)
		return "no AS number, or no number of them";
	reading_add_as(r, first, first + (count - 1), entry_of(r, field));
	return NULL;
}

/* IPv4 counts addresses, and the count is no power of two in some old allocations; IPv6 counts bits of the prefix. */
static const char *addresses_read(struct reading *r, const struct piece field[static FIELDS], uint32_t count)
{
	struct network n;
	unsigned version = lines_same(field[TYPE].at, field[TYPE].bytes, "ipv6") ? 6 : 4;
	if (!network_address(field[START].at, field[START].bytes, &n) || n.ip_version != version)
		return "no address of its type";
	if (version == 6 && !network_widen(&n, count))
		return "no length of an IPv6 prefix";
	if (version == 4 && (count == 0 || count - 1 > UINT32_MAX - n.first[0]))
		return "no number of IPv4 addresses";
	if (version == 4)
		n.last[0] = n.first[0] + (count - 1);
	reading_add_network(r, &n, entry_of(r, field));
	return NULL;
}

const char *rir_line(struct reading *r, struct piece line)
{
	struct piece field[FIELDS];
	uint32_t count;
	size_t fields = fields_of(line, field);
	if (!r->begun && field[REGISTRY].bytes && field[REGISTRY].at[0] >= '0' && field[REGISTRY].at[0] <= '9')
		return version_read(r, field, fields);
	if (lines_same(field[STATUS - 1].at, field[STATUS - 1].bytes, "summary"))
		return NULL;
	if (fields < FIELDS)
		return "fewer than seven fields";
	if (field[STATUS].bytes == 0 || field[STATUS].bytes > STATUS_MAX_BYTES)
		return "no status";
	if (!network_number(field[VALUE].at, field[VALUE].bytes, UINT32_MAX, &count))
		return "no count";
	if (lines_same(field[TYPE].at, field[TYPE].bytes, "asn"))
		return numbers_read(r, field, count);
	if (lines_same(field[TYPE].at, field[TYPE].bytes, "ipv4") || lines_same(field[TYPE].at, field[TYPE].bytes, "ipv6"))
		return addresses_read(r, field, count);
	return "a type that is none of asn, ipv4 and ipv6";
}
