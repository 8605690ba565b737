/* SPDX-License-Identifier: Apache-2.0 */
#include "refdata/meta.h"

#include "indicia/catalogue.h"
#include "refdata/claim.h"
#include "refdata/date.h"
#include "refdata/lines.h"

#include <string.h>

bool meta_grade(const char *at, size_t bytes, char grade[static 2])
{
	char letter = bytes == 2 ? at[0] : '\0';
	if (letter >= 'a' && letter <= 'f')
		letter = (char)(letter - 'a' + 'A');
	if (letter < 'A' || letter > 'F' || at[1] < '1' || at[1] > '6')
		return false;
	grade[0] = letter;
	grade[1] = at[1];
	return true;
}

uint8_t meta_kind(const char *at, size_t bytes)
{
	for (uint8_t kind = IND_CLAIM_RIR; kind < IND_CLAIM_KIND_COUNT; kind++)
		if (kind != IND_CLAIM_RIR_AS && lines_same(at, bytes, ind_claim_kind_name(kind)))
			return kind;
	return IND_CLAIM_DATABASE;
}

static const char *text_take(struct ind_text *text, struct piece value)
{
	*text = claim_text(value.at, value.bytes);
	return text->bytes == value.bytes ? NULL : "its value is no UTF-8, or too long";
}

/* NULL, or what is wrong. */
static const char *value_take(struct meta *m, struct piece key, struct piece value)
{
	if (lines_same(key.at, key.bytes, "name"))
		return text_take(&m->name, value);
	if (lines_same(key.at, key.bytes, "source"))
		return text_take(&m->source, value);
	if (lines_same(key.at, key.bytes, "licence") || lines_same(key.at, key.bytes, "license"))
		return text_take(&m->licence, value);
	if (lines_same(key.at, key.bytes, "grade"))
		return meta_grade(value.at, value.bytes, m->grade) ? NULL : "a grade is a letter A to F and a digit 1 to 6, as B2";
	if (lines_same(key.at, key.bytes, "date"))
		return date_parse(value.at, value.bytes, &m->date_s) ? NULL : "a date is written 2026-11-20 or 2026-11-20T09:00:00Z";
	if (!lines_same(key.at, key.bytes, "kind"))
		return "the keys are name, date, source, grade, kind and licence";
	m->kind = meta_kind(value.at, value.bytes);
	return m->kind != IND_CLAIM_DATABASE ? NULL : "the kinds are rir, pfx2as, rpki, tor, vpn, hosting, scanner and ioc";
}

enum ind_err meta_read(const char *bytes, size_t count, struct meta *meta, struct complaint *complaint)
{
	struct lines lines = lines_of(bytes, count);
	struct piece line;
	*meta = (struct meta){ 0 };
	*complaint = (struct complaint){ 0 };
	while (lines_next(&lines, &line)) {
		const char *equals = line.bytes ? memchr(line.at, '=', line.bytes) : NULL;
		if (line.bytes == 0 || line.at[0] == '#')
			continue;
		complaint->line = lines.number;
		complaint->why = "a line is key = value";
		if (!equals)
			return IND_MALFORMED;
		size_t key_bytes = (size_t)(equals - line.at);
		struct piece key = lines_trim((struct piece){ line.at, key_bytes });
		complaint->why = value_take(meta, key, lines_trim((struct piece){ equals + 1, line.bytes - key_bytes - 1 }));
		if (complaint->why)
			return IND_MALFORMED;
	}
	return IND_OK;
}
