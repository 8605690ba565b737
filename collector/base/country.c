/* SPDX-License-Identifier: Apache-2.0 */
/* Names of ISO 3166-1 codes, out of the JSON of the package iso-codes, read once when the first is asked for. */
#include "base/country.h"

#include "base/jdoc.h"

#define ISO_CODES "/usr/share/iso-codes/json/iso_3166-1.json"

enum { LETTERS = 26, ISO_CODES_BYTES_MAX = 1024 * 1024 };

static const char *names[LETTERS][LETTERS];

static bool is_code(const char *code)
{
	return code && code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z' && !code[2];
}

/* The strings stay with the document, which is kept. */
static struct jdoc *document;

static void names_read(void)
{
	static bool tried;
	if (document || tried)
		return;
	tried = true;
	document = jdoc_load(ISO_CODES, ISO_CODES_BYTES_MAX);
	const struct jdoc *rows = jdoc_key(document, "3166-1");
	for (size_t i = 0; i < jdoc_count(rows); i++) {
		const char *code = jdoc_text(jdoc_key(jdoc_item(rows, i), "alpha_2"), NULL);
		if (is_code(code))
			names[code[0] - 'A'][code[1] - 'A'] = jdoc_text(jdoc_key(jdoc_item(rows, i), "name"), NULL);
	}
}

const char *country_name(const char *code)
{
	names_read();
	return is_code(code) ? names[code[0] - 'A'][code[1] - 'A'] : NULL;
}
