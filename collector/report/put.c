/* SPDX-License-Identifier: Apache-2.0 */
#include "report/put.h"
#include "base/i18n.h"
#include "base/text.h"
#include <string.h>

enum { DIGITS = 24, PIECES_MAX = 9, PIECE_BYTES = 256 };

void put_constant(struct page *p, const char *constant) { out_text(p->out, constant); }

/* HTML 5, section 13.1.2: the five characters that mean something in text or in a quoted value. */
static const char *markup_escape(char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\'': return "&#39;";
	default: return NULL;
	}
}

static void escape(struct page *p, const char *text, size_t count)
{
	size_t from = 0;
	for (size_t i = 0; i < count; i++) {
		const char *entity = markup_escape(text[i]);
		if (!entity)
			continue;
		out_bytes(p->out, text + from, i - from);
		out_text(p->out, entity);
		from = i + 1;
	}
	out_bytes(p->out, text + from, count - from);
}

static bool english_begin(struct page *p, const char *words)
{
	bool marks = p->marks_english && i18n_fell_back(words);
	if (marks)
		put_literal(p, "<span lang=\"en\" dir=\"ltr\">");
	return marks;
}

static void english_end(struct page *p, bool marks)
{
	if (marks)
		put_literal(p, "</span>");
}

void put_words_behind(struct page *p, const char *words, size_t mark_bytes)
{
	bool marks = english_begin(p, words);
	escape(p, words + mark_bytes, strlen(words + mark_bytes));
	english_end(p, marks);
}

void put_words(struct page *p, const char *words) { put_words_behind(p, words, 0); }

/* The characters from `at` on that are UTF-8, up to as many bytes as are shown at once. */
static const uint8_t *valid_end(const uint8_t *at, const uint8_t *end)
{
	const uint8_t *from = at;
	for (size_t one; at < end && (one = text_utf8_char(at, end)) && (size_t)(at - from) + one <= PIECE_BYTES; at += one)
		;
	return at;
}

/* In pieces: what is no UTF-8 is made visible, and what cannot be seen. Signals were made UTF-8 as they were recorded: a backslash of theirs stays one. */
void put_plain(struct page *p, const char *text, size_t count)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *at = (const uint8_t *)text, *end = at + count;
	char shown[PIECE_BYTES * 12];
	while (at < end) {
		const uint8_t *until = valid_end(at, end);
		if (until > at)
			escape(p, shown, text_to_display((const char *)at, (size_t)(until - at), shown, sizeof(shown)));
		else {
			put_literal(p, "\\x");
			out_char(p->out, digits[*at >> 4]);
			out_char(p->out, digits[*until++ & 15]);
		}
		at = until;
	}
}

void put_bytes(struct page *p, const char *text, size_t count)
{
	if (!count)
		return;
	put_literal(p, "<bdi>");
	put_plain(p, text, count);
	put_literal(p, "</bdi>");
}

void put_text(struct page *p, const char *text)
{
	if (text)
		put_bytes(p, text, strlen(text));
}

void put_shell_word(struct page *p, const char *word)
{
	struct out quoted;
	out_start(&quoted, NULL, NULL);
	out_shell_word(&quoted, word);
	if (quoted.err == IND_OK)
		put_plain(p, quoted.at, quoted.used);
	else
		p->out->err = quoted.err;
	out_free(&quoted);
}

void put_attribute(struct page *p, const char *name, const char *value)
{
	out_char(p->out, ' ');
	out_text(p->out, name);
	put_literal(p, "=\"");
	put_plain(p, value, strlen(value));
	out_char(p->out, '"');
}

void put_attr_number(struct page *p, const char *name, int64_t number)
{
	char text[DIGITS];
	text_i64(number, text, sizeof(text));
	put_attribute(p, name, text);
}

void put_record_anchor(struct page *p, const char *record)
{
	put_literal(p, "r-");
	for (; *record; record++) {
		bool plain = (*record >= '0' && *record <= '9') || (*record >= 'a' && *record <= 'z');
		if (plain || *record == ':')
			out_char(p->out, plain ? *record : '-');
	}
}

void put_record_link(struct page *p, const char *record)
{
	put_literal(p, "<a class=\"rec\" href=\"#");
	put_record_anchor(p, record);
	put_literal(p, "\">");
	put_text(p, record);
	put_literal(p, "</a>");
}

void put_letter(struct page *p, char letter)
{
	if (letter >= 'A' && letter <= 'Z')
		out_char(p->out, letter);
}

void put_number(struct page *p, int64_t number) { out_i64(p->out, number); }

static void decimals_behind(struct page *p, uint64_t size, uint64_t unit, char sign)
{
	if (unit == 1)
		return;
	out_char(p->out, sign);
	for (unit /= 10; unit; unit /= 10)
		out_char(p->out, (char)('0' + size / unit % 10));
}

static uint64_t unit_of(unsigned decimals)
{
	uint64_t unit = 1;
	for (unsigned i = 0; i < decimals; i++)
		unit *= 10;
	return unit;
}

void put_fixed(struct page *p, int64_t value, unsigned decimals)
{
	uint64_t unit = unit_of(decimals), size = value < 0 ? -(uint64_t)value : (uint64_t)value;
	if (value < 0)
		out_char(p->out, '-');
	out_u64(p->out, size / unit);
	decimals_behind(p, size, unit, '.');
}

void put_decimal(struct page *p, uint64_t value, unsigned decimals)
{
	uint64_t unit = unit_of(decimals);
	put_count(p, value / unit);
	decimals_behind(p, value, unit, i18n_language()->decimal);
}

/* Narrow no-break spaces. */
void put_count(struct page *p, uint64_t number)
{
	char text[DIGITS];
	size_t count = text_u64(number, text, sizeof(text));
	for (size_t i = 0; i < count; i++) {
		if (i && (count - i) % 3 == 0 && count > 4)
			put_literal(p, "\u202f");
		out_char(p->out, text[i]);
	}
}

void put_signed(struct page *p, int64_t number)
{
	put_literal(p, "<bdi dir=\"ltr\">");
	put_constant(p, number < 0 ? "−" : number > 0 ? "+" : "");
	put_number(p, number < 0 ? -number : number);
	put_literal(p, "</bdi>");
}

/* Times and digests go from left to right; a page that does so does not say it of each. */
static void open_ltr(struct page *p, const char *element)
{
	put_literal(p, "<");
	put_constant(p, element);
	put_constant(p, i18n_is_rtl() ? " dir=\"ltr\">" : ">");
}

void put_time(struct page *p, uint64_t ns)
{
	char text[DIGITS + 8];
	text_time(ns, text, sizeof(text));
	open_ltr(p, "time");
	out_text(p->out, text);
	put_literal(p, "</time>");
}

void put_day(struct page *p, uint64_t seconds)
{
	char text[DIGITS + 8];
	text_time(seconds * 1000000000, text, sizeof(text));
	open_ltr(p, "time");
	out_bytes(p->out, text, strcspn(text, "T"));
	put_literal(p, "</time>");
}

void put_hex(struct page *p, const uint8_t *bytes, size_t count)
{
	static const char digits[] = "0123456789abcdef";
	open_ltr(p, "code");
	for (size_t i = 0; i < count; i++) {
		out_char(p->out, digits[bytes[i] >> 4]);
		out_char(p->out, digits[bytes[i] & 15]);
	}
	put_literal(p, "</code>");
}

static void put_code(struct page *p, const char *text)
{
	open_ltr(p, "code");
	put_plain(p, text, strlen(text));
	put_literal(p, "</code>");
}

/* A sign before digits would change sides in a sentence from right to left. */
static void put_isolated(struct page *p, const struct piece *piece)
{
	if (piece->number < 0)
		put_literal(p, "<bdi dir=\"ltr\">");
	put_fixed(p, piece->number, piece->decimals);
	if (piece->number < 0)
		put_literal(p, "</bdi>");
}

static void put_whole(struct page *p, int64_t number)
{
	if (number < 0)
		put_signed(p, number);
	else
		put_number(p, number);
}

static void put_piece(struct page *p, const struct piece *piece)
{
	switch (piece->form) {
	case PIECE_TEXT: put_text(p, piece->text); break;
	case PIECE_NUMBER: put_whole(p, piece->number); break;
	case PIECE_DECIMAL: put_decimal(p, (uint64_t)piece->number, piece->decimals); break;
	case PIECE_FIXED: put_isolated(p, piece); break;
	case PIECE_COUNT: put_count(p, (uint64_t)piece->number); break;
	case PIECE_TIME: put_time(p, (uint64_t)piece->number); break;
	case PIECE_DAY: put_day(p, (uint64_t)piece->number); break;
	case PIECE_WORDS: put_words(p, piece->text); break;
	case PIECE_CODE: put_code(p, piece->text); break;
	case PIECE_RECORD: put_record_link(p, piece->text); break;
	}
}

void put_pieces(struct page *p, const char *sentence, const struct piece *pieces, size_t count)
{
	const char *at = sentence;
	bool marks = english_begin(p, sentence);
	for (const char *open = strchr(at, '{'); open; open = strchr(open + 1, '{')) {
		unsigned n = (unsigned)(open[1] - '1');
		if (n >= PIECES_MAX || n >= count || open[2] != '}')
			continue;
		escape(p, at, (size_t)(open - at));
		put_piece(p, &pieces[n]);
		at = open + 3;
	}
	escape(p, at, strlen(at));
	english_end(p, marks);
}
