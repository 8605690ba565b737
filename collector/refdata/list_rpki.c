/* SPDX-License-Identifier: Apache-2.0 */
/* Validated payloads of RPKI (RFC 6811): which AS may announce which prefix, up to which length. A CSV with a heading, as validators write them. */
#include "refdata/list.h"
#include "refdata/network.h"
#include "refdata/reading.h"
#include <string.h>

/* What a payload allows; a piece of the pool. AS 0 allows nobody (RFC 6483 section 4). */
struct payload { uint32_t asn, length_max; };

enum field { FIELD_OTHER, FIELD_AS, FIELD_PREFIX, FIELD_LENGTH, FIELD_COUNT };

static enum field heading_of(struct piece text)
{
	static const struct { const char *name; enum field field; } headings[] = {
		{ "asn", FIELD_AS }, { "ip prefix", FIELD_PREFIX }, { "prefix", FIELD_PREFIX }, { "max length", FIELD_LENGTH }, { "maxlength", FIELD_LENGTH }, { "max_length", FIELD_LENGTH },
	};
	for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
		if (lines_same(text.at, text.bytes, headings[i].name))
			return headings[i].field;
	return FIELD_OTHER;
}

static const char *heading_read(struct reading *r, struct piece line)
{
	struct piece field;
	unsigned found = 0;
	for (r->column_count = 0; r->column_count < FIELDS_MAX && lines_csv(&line, r->room, &field); r->column_count++) {
		r->columns[r->column_count] = (uint8_t)heading_of(field);
		found |= 1u << r->columns[r->column_count];
	}
	return (found | 1u) == (1u << FIELD_COUNT) - 1 ? NULL : "no heading with ASN, IP Prefix and Max Length";
}

static bool as_parse(struct piece text, uint32_t *asn)
{
	if (text.bytes > 2 && lines_same(text.at, 2, "as"))
		text = (struct piece){ text.at + 2, text.bytes - 2 };
	return network_number(text.at, text.bytes, UINT32_MAX, asn);
}

/* How many bits the prefix has: it is written with its length. */
static bool bits_parse(struct piece text, const struct network *n, uint32_t *bits)
{
	const char *slash = text.bytes ? memchr(text.at, '/', text.bytes) : NULL;
	return slash && network_number(slash + 1, text.bytes - (size_t)(slash + 1 - text.at), n->ip_version == 4 ? 32 : 128, bits);
}

const char *rpki_line(struct reading *r, struct piece line)
{
	struct piece field[FIELD_COUNT] = { { NULL, 0 } }, rest = line, text;
	struct payload p;
	struct network n;
	uint32_t bits;
	if (!r->begun)
		return heading_read(r, line);
	for (size_t i = 0; i < r->column_count && lines_csv(&rest, r->room + (rest.at ? (size_t)(rest.at - line.at) : 0), &text); i++)
		field[r->columns[i]] = text;
	if (!field[FIELD_AS].bytes || !field[FIELD_PREFIX].bytes || !field[FIELD_LENGTH].bytes)
		return "an AS number, a prefix or its length is missing";
	if (!as_parse(field[FIELD_AS], &p.asn))
		return "no AS number";
	if (!network_parse(field[FIELD_PREFIX].at, field[FIELD_PREFIX].bytes, &n) || !bits_parse(field[FIELD_PREFIX], &n, &bits))
		return "no prefix with its length";
	if (!network_number(field[FIELD_LENGTH].at, field[FIELD_LENGTH].bytes, n.ip_version == 4 ? 32 : 128, &p.length_max) || p.length_max < bits)
		return "no length that such a prefix may have at most";
	reading_add_network(r, &n, reading_piece(r, &p, sizeof(p)));
	return NULL;
}

/* RFC 6811 section 2: valid if a payload that covers the prefix allows it, invalid if some cover it and none does. Of more payloads for one prefix than are
 * kept it is not known what the others allow. */
const char *list_origin_state(const struct list *l, const struct ind_claim *route, uint32_t asn)
{
	uint32_t key[RANGES_KEY_WORDS];
	const struct ranges *r = &l->ranges[route->ip_version == 4 ? LIST_IP4 : LIST_IP6];
	unsigned covering = 0, equal = 0, last_bits = UINT8_MAX, equal_most = 0;
	network_key(route->ip_version, route->addr, key);
	for (uint32_t at = r->count ? ranges_find(r, key) : RANGES_NONE; at != RANGES_NONE; at = ranges_around(r, at, key)) {
		unsigned bits = ranges_prefix(r, at, key);
		struct payload p;
		size_t bytes;
		if (bits > route->prefix_bits)
			continue;
		memcpy(&p, pool_get(&l->pool, ranges_value(r, at), &bytes), sizeof(p));
		if (p.asn == asn && asn && route->prefix_bits <= p.length_max)
			return "valid";
		equal = bits == last_bits ? equal + 1 : 1;
		equal_most = equal > equal_most ? equal : equal_most;
		last_bits = bits;
		covering++;
	}
	return covering && equal_most < RANGES_EQUAL_MAX ? "invalid" : NULL;
}
