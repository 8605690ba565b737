/* SPDX-License-Identifier: Apache-2.0 */
/* What writes to a page lets nothing through that a browser would take for markup, or a reader for something else. */
#include "report/put.h"
#include "support/suite.h"
#include <string.h>

static struct out out;
static struct page page = { .out = &out };

static const char *written(void)
{
	out_char(&out, '\0');
	ck_assert_int_eq(out.err, IND_OK);
	return out.at;
}

static void setup(void) { out_start(&out, NULL, NULL); }
static void teardown(void) { out_free(&out); }

START_TEST(markup_is_escaped)
{
	put_text(&page, "</script><b>\"&'");
	ck_assert_str_eq(written(), "<bdi>&lt;/script&gt;&lt;b&gt;&quot;&amp;&#39;</bdi>");
}
END_TEST

START_TEST(what_cannot_be_seen_is_shown)
{
	put_text(&page, "a\xe2\x80\xae" "b\xe2\x80\x8b" "c\x01\xff");
	put_text(&page, "\\xff \xe2\x80");
	ck_assert_str_eq(written(), "<bdi>a⟨U+202E⟩b⟨U+200B⟩c⟨U+0001⟩\\xff</bdi><bdi>\\xff \\xe2\\x80</bdi>");
}
END_TEST

START_TEST(absence_writes_nothing)
{
	put_text(&page, NULL);
	put_text(&page, "");
	ck_assert_str_eq(written(), "");
}
END_TEST

START_TEST(an_attribute_stays_inside_its_quotes)
{
	put_attr(&page, "aria-label", "x\" onclick=\"alert(1)");
	ck_assert_str_eq(written(), " aria-label=\"x&quot; onclick=&quot;alert(1)\"");
}
END_TEST

/* Longer than the buffers inside, with a character across each of their ends. */
START_TEST(long_texts_stay_whole)
{
	enum { CHARACTERS = 4096 };
	char text[3 * CHARACTERS + 1] = "";
	for (size_t i = 0; i < CHARACTERS; i++)
		memcpy(text + 3 * i, "€", 3);
	put_plain(&page, text, 3 * CHARACTERS);
	ck_assert_int_eq(strncmp(written(), text, 3 * CHARACTERS), 0);
	ck_assert_uint_eq(out.used, 3 * CHARACTERS + 1);
}
END_TEST

START_TEST(numbers_have_no_locale)
{
	put_fixed(&page, -5, 1);
	put_literal(&page, " ");
	put_fixed(&page, 1234567, 4);
	put_literal(&page, " ");
	put_fixed(&page, 7, 0);
	put_literal(&page, " ");
	put_fixed(&page, INT64_MIN, 2);
	ck_assert_str_eq(written(), "-0.5 123.4567 7 -92233720368547758.08");
}
END_TEST

/* As people read them: the unit test has no catalogue, so it is the sign of English. */
START_TEST(decimals_stand_behind_groups)
{
	put_decimal(&page, 23995, 3);
	put_literal(&page, " ");
	put_decimal(&page, 123456789, 1);
	put_literal(&page, " ");
	put_decimal(&page, 18068, 0);
	ck_assert_str_eq(written(), "23.995 12\u202f345\u202f678.9 18\u202f068");
}
END_TEST

START_TEST(a_word_of_a_command_is_one_word)
{
	put_shell_word(&page, "case-7.ieb");
	put_literal(&page, " ");
	put_shell_word(&page, "a b'; rm <x>.ieb");
	put_literal(&page, " ");
	put_shell_word(&page, "");
	ck_assert_str_eq(written(), "case-7.ieb &#39;a b&#39;\\&#39;&#39;; rm &lt;x&gt;.ieb&#39; &#39;&#39;");
}
END_TEST

START_TEST(signs_keep_their_side)
{
	put_signed(&page, -55);
	put_signed(&page, 7);
	put_signed(&page, 0);
	put_said(&page, "{1}", FIXED(-37038, 4));
	ck_assert_str_eq(written(), "<bdi dir=\"ltr\">−55</bdi><bdi dir=\"ltr\">+7</bdi><bdi dir=\"ltr\">0</bdi><bdi dir=\"ltr\">-3.7038</bdi>");
}
END_TEST

START_TEST(counts_stand_in_groups)
{
	static const uint64_t counts[] = { 0, 999, 1000, 9999, 10000, 4600000 };
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		put_count(&page, counts[i]);
		put_literal(&page, " ");
	}
	ck_assert_str_eq(written(), "0 999 1000 9999 10\u202f000 4\u202f600\u202f000 ");
}
END_TEST

START_TEST(times_are_utc)
{
	put_time(&page, UINT64_C(1763629923118402000));
	put_day(&page, 1763629923);
	ck_assert_str_eq(written(), "<time>2025-11-20T09:12:03.118402Z</time><time>2025-11-20</time>");
}
END_TEST

START_TEST(pieces_stand_where_the_language_wants_them)
{
	put_said(&page, "{2} <of> {1}, {3} {x} {9} {", TEXT("<a>"), NUMBER(7));
	ck_assert_str_eq(written(), "7 &lt;of&gt; <bdi>&lt;a&gt;</bdi>, {3} {x} {9} {");
}
END_TEST

/* A piece that looks like a place is data. */
START_TEST(a_piece_is_no_sentence)
{
	put_said(&page, "{1}{2}", TEXT("{2}"), NUMBER(1));
	ck_assert_str_eq(written(), "<bdi>{2}</bdi>1");
}
END_TEST

START_TEST(an_anchor_is_made_of_few_characters)
{
	put_record_link(&page, "3f9a6c01:12:345");
	put_record_anchor(&page, "\"><b>:X");
	ck_assert_str_eq(written(), "<a class=\"rec\" href=\"#r-3f9a6c01-12-345\"><bdi>3f9a6c01:12:345</bdi></a>r-b-");
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("put");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, markup_is_escaped);
	tcase_add_test(t, what_cannot_be_seen_is_shown);
	tcase_add_test(t, absence_writes_nothing);
	tcase_add_test(t, an_attribute_stays_inside_its_quotes);
	tcase_add_test(t, long_texts_stay_whole);
	tcase_add_test(t, numbers_have_no_locale);
	tcase_add_test(t, decimals_stand_behind_groups);
	tcase_add_test(t, a_word_of_a_command_is_one_word);
	tcase_add_test(t, signs_keep_their_side);
	tcase_add_test(t, counts_stand_in_groups);
	tcase_add_test(t, times_are_utc);
	tcase_add_test(t, pieces_stand_where_the_language_wants_them);
	tcase_add_test(t, a_piece_is_no_sentence);
	tcase_add_test(t, an_anchor_is_made_of_few_characters);
	return suite_run("put", t);
}
