/* SPDX-License-Identifier: Apache-2.0 */
/* Looks for the rows of forbidden.def in a text of any language. */
#include "base/text.h"
#include "letter/letter.h"
#include <string.h>

struct forbidden { const char *language, *words; };

static const struct forbidden rows[] = {
#define FORBIDDEN(language, words) { #language, words },
#include "letter/forbidden.def"
#undef FORBIDDEN
};

/* The next character, in lower case as far as the languages of the list have one, and none for what is no UTF-8. */
static uint32_t next_char(const uint8_t **at, const uint8_t *end)
{
	static const uint8_t mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	size_t bytes = text_utf8_char(*at, end);
	uint32_t c = bytes ? **at & mask[bytes] : 0;
	for (size_t i = 1; i < bytes; i++)
		c = c << 6 | ((*at)[i] & 0x3fu);
	*at += bytes ? bytes : 1;
	if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x410 && c <= 0x42f))
		c += 0x20;
	return c == '\t' || c == '\r' || c == 0xa0 || c == 0x202f ? ' ' : c;
}

/* Can it be inside a word? Digits are. Letters beyond ASCII all count, but for punctuation of the languages of the list. */
static bool is_letter(uint32_t c)
{
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
	return c >= 0xc0 && !(c >= 0x2000 && c < 0x2c00) && !(c >= 0x3000 && c < 0x3040) && c != 0x60c && c != 0x61b && c != 0x61f;
}

static void skip_blanks(const uint8_t **at, const uint8_t *end)
{
	for (const uint8_t *next = *at; next < end && next_char(&next, end) == ' ';)
		*at = next;
}

static bool begins_with(const uint8_t *at, const uint8_t *end, const struct forbidden *row)
{
	const uint8_t *word = (const uint8_t *)row->words, *last = word + strlen(row->words);
	while (word < last && *word != '*') {
		uint32_t wanted = next_char(&word, last);
		if (at >= end || next_char(&at, end) != wanted)
			return false;
		if (wanted == ' ')
			skip_blanks(&at, end);
	}
	return *word == '*' || at >= end || strcmp(row->language, "zh_CN") == 0 || !is_letter(next_char(&at, end));
}

/* "85 %": after a digit. */
static bool is_share(const uint8_t *at, const uint8_t *end)
{
	skip_blanks(&at, end);
	uint32_t c = at < end ? next_char(&at, end) : 0;
	return c == '%' || c == 0x66a || c == 0xff05;
}

const char *forbidden_words(const char *text, size_t bytes)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + bytes;
	uint32_t before = ' ';
	while (at < end) {
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			if ((!is_letter(before) || strcmp(rows[i].language, "zh_CN") == 0) && begins_with(at, end, &rows[i]))
				return rows[i].words;
		before = next_char(&at, end);
		if (((before >= '0' && before <= '9') || (before >= 0x660 && before <= 0x669)) && is_share(at, end))
			return "%";
	}
	return NULL;
}
