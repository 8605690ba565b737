/* SPDX-License-Identifier: Apache-2.0 */
/* Statements about keys, several in one input, lines of four hyphens between them: whatever they say, they are read or refused, and those that are
 * read make a set of keys that is no larger than its room and begins with the keys that were given. */
#include "indicia/trust.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { STATEMENTS = 16, KEYS = 4 };
static const char separator[] = "----\n";

/* The text up to the next separator, or to the end. */
static size_t next_text(const char *at, size_t left)
{
	const size_t mark = sizeof separator - 1;
	for (size_t i = 0; i + mark <= left; i++)
		if (memcmp(at + i, separator, mark) == 0)
			return i;
	return left;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ind_statement statements[STATEMENTS];
	struct ind_key_public keys[KEYS], given;
	uint64_t revoked_ns[KEYS], time_s;
	char time[IND_STATEMENT_TIME_BYTES];
	size_t count = 0;
	for (size_t at = 0; at < size && count < STATEMENTS;) {
		size_t bytes = next_text((const char *)data + at, size - at);
		struct ind_statement *s = &statements[count];
		if (ind_statement_read((const char *)data + at, bytes, s) == IND_OK) {
			ind_statement_time_text(s->time_s, time);
			if (ind_statement_time(time, sizeof time - 1, &time_s) != IND_OK || time_s != s->time_s)
				abort();
			if (memcmp(&s->key, &s->successor, sizeof s->key) == 0)
				abort();
			count++;
		}
		at += bytes + sizeof separator - 1;
	}
	if (!count)
		return 0;
	given = keys[0] = statements[0].key;
	size_t trusted = ind_trust_resolve(keys, revoked_ns, 1, KEYS, statements, count);
	if (trusted < 1 || trusted > KEYS || memcmp(&given, &keys[0], sizeof given) != 0)
		abort();
	return 0;
}
