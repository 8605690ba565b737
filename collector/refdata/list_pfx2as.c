/* SPDX-License-Identifier: Apache-2.0 */
/* Routing tables as prefix-to-AS: prefix, length and origins with tabs between. Several origins have "_" between them, the members of an AS
 * set ",". */
#include "refdata/reading.h"

#include <string.h>

enum { ORIGINS_MAX = IND_CLAIM_MORE_ASNS + 1 };

/* Adds the number unless it is there. False: no AS number, or one too many. */
static bool origin_add(struct piece text, uint32_t *origins, size_t *count)
{
	uint32_t asn;
	if (text.bytes >= 2 && (text.at[0] == '{' || text.at[text.bytes - 1] == '}')) {
		text.at += text.at[0] == '{';
		text.bytes--;
	}
	if (!network_number(text.at, text.bytes, UINT32_MAX, &asn) || asn == 0)
		return false;
	for (size_t i = 0; i < *count; i++)
		if (origins[i] == asn)
			return true;
	if (*count == ORIGINS_MAX)
		return false;
	origins[(*count)++] = asn;
	return true;
}

/* The piece of the origins, or 0. */
static uint32_t origins_piece(struct reading *r, struct piece text)
{
	uint32_t words[1 + ORIGINS_MAX] = { 0 };
	struct piece one, member;
	size_t count = 0;
	while (lines_field(&text, '_', &one)) {
		words[0] |= one.bytes && memchr(one.at, ',', one.bytes) ? IND_CLAIM_AS_SET : 0;
		while (lines_field(&one, ',', &member))
			if (!origin_add(member, words + 1, &count))
				return 0;
	}
	return reading_piece(r, words, (1 + count) * sizeof *words);
}

/* Neighbours in a routing table often have the same origin. */
static uint32_t origins_of(struct reading *r, struct piece text)
{
	struct piece last = r->pfx2as_last;
	if (text.bytes == 0 || last.bytes != text.bytes || memcmp(last.at, text.at, text.bytes) != 0) {
		r->pfx2as_piece = text.bytes ? origins_piece(r, text) : 0;
		r->pfx2as_last = text;
	}
	return r->pfx2as_piece;
}

const char *pfx2as_line(struct reading *r, struct piece line)
{
	struct piece prefix, length, origins;
	struct network n;
	uint32_t bits;
	if (!lines_field(&line, '\t', &prefix) || !lines_field(&line, '\t', &length) || !lines_field(&line, '\t', &origins))
		return "not three fields with tabs between";
	if (!network_address(prefix.at, prefix.bytes, &n) || !network_number(length.at, length.bytes, 128, &bits) || !network_widen(&n, bits))
		return "no prefix and length";
	uint32_t piece = origins_of(r, origins);
	if (!piece && !r->err)
		return "no AS numbers, or more than 16";
	reading_add_network(r, &n, piece);
	return NULL;
}
