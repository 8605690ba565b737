/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_PUT_H
#define REPORT_PUT_H

#include "query/out.h"
#include <stdbool.h>

/* What stands between data and a page. Whatever came off a wire, out of a file or out of a catalogue goes through one of these functions, and
 * nothing else writes to a page. Data are wrapped in <bdi>, so that their direction stays inside them; markup characters are escaped, and
 * controls, bidirectional and zero-width characters are shown as ⟨U+202E⟩. */

struct page {
	struct out *out;
	bool marks_english;          /* in the body: what has no translation stands in an element that says that it is English */
};

/* Markup: a string constant and nothing else, which the empty strings around it make sure of. */
#define put_literal(page, constant) put_constant((page), "" constant "")
void put_constant(struct page *p, const char *constant);

/* A sentence of a catalogue, escaped; without a translation, in a <span> of English where the page marks it. */
void put_words(struct page *p, const char *words);

/* The same without its first bytes, which are a mark for the program. */
void put_words_behind(struct page *p, const char *words, size_t mark_bytes);

/* Data, in <bdi>. Bytes that are no UTF-8 are shown as \xNN. NULL and "" write nothing. */
void put_text(struct page *p, const char *text);
void put_bytes(struct page *p, const char *text, size_t count);

/* The same without <bdi>, for inside an element that has its own direction (code, SVG text). */
void put_plain(struct page *p, const char *text, size_t count);

/* A word of a command that a reader copies: in the quotes of a shell where it needs them. */
void put_shell_word(struct page *p, const char *word);

/* An attribute with a blank before it: ` name="value"`. `name` is a constant. */
#define put_attr(page, name, value) put_attribute((page), "" name "", (value))
void put_attribute(struct page *p, const char *name, const char *value);
void put_attr_number(struct page *p, const char *name, int64_t number);

/* The fragment that leads to a record: `r-` and its id, colons as hyphens; whatever else is in it is left out. */
void put_record_anchor(struct page *p, const char *record);
void put_record_link(struct page *p, const char *record);

/* A letter that a program's own list holds: A to Z, and nothing of anything else. */
void put_letter(struct page *p, char letter);

/* Numbers, without a locale. put_fixed: value / 10^decimals, "-0.5", as data have it. For people: put_decimal, with the decimal sign of the language of the
 * page, since "23.995" is thousands in some; put_count, in groups of three. put_signed: with + or −, which stays on the left in every direction. */
void put_number(struct page *p, int64_t number);
void put_fixed(struct page *p, int64_t value, unsigned decimals);
void put_decimal(struct page *p, uint64_t value, unsigned decimals);
void put_count(struct page *p, uint64_t number);
void put_signed(struct page *p, int64_t number);

/* In <time>: UTC, six decimals. put_day: "2026-11-20". */
void put_time(struct page *p, uint64_t ns);
void put_day(struct page *p, uint64_t seconds);

/* `count` bytes in hexadecimal, in one element of code. */
void put_hex(struct page *p, const uint8_t *bytes, size_t count);

/* ---- sentences with data in them ---- */

enum piece_form { PIECE_TEXT, PIECE_NUMBER, PIECE_COUNT, PIECE_FIXED, PIECE_DECIMAL, PIECE_TIME, PIECE_DAY, PIECE_WORDS, PIECE_CODE, PIECE_RECORD };

struct piece {
	enum piece_form form;
	const char *text;
	int64_t number;
	unsigned decimals;
};

#define TEXT(s) { .form = PIECE_TEXT, .text = (s) }
#define NUMBER(n) { .form = PIECE_NUMBER, .number = (int64_t)(n) }
#define COUNT(n) { .form = PIECE_COUNT, .number = (int64_t)(n) }
#define FIXED(n, places) { .form = PIECE_FIXED, .number = (int64_t)(n), .decimals = (places) }
#define DECIMAL(n, places) { .form = PIECE_DECIMAL, .number = (int64_t)(n), .decimals = (places) }
#define TIME(ns) { .form = PIECE_TIME, .number = (int64_t)(ns) }
#define DAY(seconds) { .form = PIECE_DAY, .number = (int64_t)(seconds) }
#define WORDS(s) { .form = PIECE_WORDS, .text = (s) }
#define CODE(s) { .form = PIECE_CODE, .text = (s) }
#define RECORD(id) { .form = PIECE_RECORD, .text = (id) } /* a link to a record that is on the page */

/* A sentence of a catalogue in which {1} to {9} stand for the pieces, in whatever order the language wants. A place without a piece is written as it
 * stands. */
void put_pieces(struct page *p, const char *sentence, const struct piece *pieces, size_t count);
#define put_said(page, sentence, ...) \
	put_pieces((page), (sentence), (const struct piece[]){ __VA_ARGS__ }, sizeof((const struct piece[]){ __VA_ARGS__ }) / sizeof(struct piece))

#endif
