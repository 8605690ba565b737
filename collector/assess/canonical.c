/* SPDX-License-Identifier: Apache-2.0 */
#include "assess/canonical.h"
#include "base/hash.h"
#include "base/text.h"
#include <string.h>

static void string_put(struct out *out, const char *bytes, size_t count);

static void before(struct canonical *j, const char *key)
{
	if (j->comma)
		out_char(j->out, ',');
	j->comma = true;
	if (!key)
		return;
	string_put(j->out, key, strlen(key));
	out_char(j->out, ':');
}

/* RFC 8785 section 3.2.2.2. */
static void char_put(struct out *out, unsigned char c)
{
	static const char escaped[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
	const char *at = c ? strchr(escaped, c) : NULL;
	char code[8] = "\\u00";
	if (at) {
		out_char(out, '\\');
		out_char(out, letters[at - escaped]);
	} else if (c < 0x20) {
		hash_hex(&c, 1, code + 4);
		out_bytes(out, code, 6);
	} else {
		out_char(out, (char)c);
	}
}

static void string_put(struct out *out, const char *bytes, size_t count)
{
	const uint8_t *p = (const uint8_t *)bytes, *end = p + count;
	out_char(out, '"');
	while (p < end) {
		size_t length = text_utf8_char(p, end);
		if (length == 1)
			char_put(out, *p);
		else if (length)
			out_bytes(out, p, length);
		else
			out_text(out, "\xef\xbf\xbd");
		p += length ? length : 1;
	}
	out_char(out, '"');
}

void canonical_open(struct canonical *j, const char *key, char bracket)
{
	before(j, key);
	out_char(j->out, bracket);
	j->comma = false;
}

void canonical_close(struct canonical *j, char bracket)
{
	out_char(j->out, bracket);
	j->comma = true;
}

void canonical_bytes(struct canonical *j, const char *key, const char *bytes, size_t count)
{
	before(j, key);
	string_put(j->out, count ? bytes : "", count);
}

void canonical_text(struct canonical *j, const char *key, const char *text) { canonical_bytes(j, key, text, strlen(text)); }

void canonical_number(struct canonical *j, const char *key, int64_t number)
{
	before(j, key);
	out_i64(j->out, number);
}

void canonical_true(struct canonical *j, const char *key, bool value)
{
	before(j, key);
	out_text(j->out, value ? "true" : "false");
}

void canonical_hex(struct canonical *j, const char *key, const uint8_t *bytes, size_t count)
{
	static const char digits[] = "0123456789abcdef";
	before(j, key);
	out_char(j->out, '"');
	for (size_t i = 0; i < count; i++) {
		out_char(j->out, digits[bytes[i] >> 4]);
		out_char(j->out, digits[bytes[i] & 15]);
	}
	out_char(j->out, '"');
}
