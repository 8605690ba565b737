/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "letter/letter.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct asks asks;
static char error[LETTER_ERROR_BYTES];

static enum ind_err read_asks(const char *text) { return asks_read(text, strlen(text), &asks, error); }

static void refused(const char *text, const char *want)
{
	ck_assert_int_eq(read_asks(text), IND_MALFORMED);
	ck_assert_msg(strstr(error, want) != NULL, "'%s' does not say '%s'", error, want);
}

START_TEST(each_kind_is_read)
{
	char text[LETTER_END_TEXT];
	ck_assert_int_eq(read_asks("# remark\n\npreserve 203.0.113.7 2026-11-20T09:00/10:00 until 2027-03-01\n\tnetflow [2001:db8::1]:443 2026-11-20/PT1H\r\n"
		"lease 203.0.113.7:51144 2026-11-20T09:12:03\nrelay 2001:db8::1\nrelay 203.0.113.9 2026-11-20/2026-11-21\n>  free  text \n"), IND_OK);
	ck_assert_uint_eq(asks.count, 6);
	ck_assert_int_eq(asks.list[0].kind, ASK_PRESERVE);
	ck_assert_uint_eq(asks.list[0].to_ns - asks.list[0].from_ns, UINT64_C(3600000000000));
	ck_assert_uint_gt(asks.list[0].until_ns, asks.list[0].to_ns);
	ck_assert_str_eq(letter_end_text(&asks.list[1].end, text), "[2001:db8::1]:443");
	ck_assert_str_eq(letter_end_text(&asks.list[2].end, text), "203.0.113.7:51144");
	ck_assert_uint_eq(asks.list[3].to_ns, 0);
	ck_assert_uint_ne(asks.list[4].to_ns, 0);
	ck_assert_uint_eq(asks.list[5].bytes, strlen("free  text"));
	ck_assert_mem_eq(asks.list[5].text, "free  text", asks.list[5].bytes);
	uint8_t other[IND_ADDR_BYTES] = { 203, 0, 113, 8 };
	ck_assert(asks_name(&asks, 4, asks.list[0].end.addr) && !asks_name(&asks, 4, other) && !asks_name(&asks, 6, asks.list[0].end.addr));
}
END_TEST

START_TEST(what_is_wrong_is_named)
{
	refused("presrve 203.0.113.7 2026-11-20/2026-11-21 until 2027-03-01\n", "did you mean 'preserve'?");
	refused("\n\npayout 203.0.113.7\n", "line 3: nothing is asked with 'payout'");
	refused("relay\n", "is no address");
	refused("relay 203.0.113.256\n", "'203.0.113.256' is no address");
	refused("relay 203.0.113.7:65536\n", "is no address");
	refused("relay [2001:db8::1\n", "is no address");
	refused("netflow 203.0.113.7\n", "wanted: netflow ADDRESS[:PORT] FROM/TO");
	refused("netflow 203.0.113.7 2026-11-21/2026-11-20\n", "wanted: netflow");
	refused("netflow 203.0.113.7 2026-11-21/\n", "wanted: netflow");
	refused("preserve 203.0.113.7 2026-11-20/2026-11-21 before 2027-03-01\n", "until DATE");
	refused("lease 203.0.113.7 yesterday\n", "wanted: lease");
	refused("relay 203.0.113.7 a b c d e f g\n", "too many words");
	refused(">\n", "nothing behind it");
	refused("# nothing\n", "asks for nothing");
	refused("", "asks for nothing");
}
END_TEST

START_TEST(as_many_as_there_is_room_for)
{
	char text[(LETTER_ASKS_MAX + 1) * 4 + 1] = "";
	for (size_t i = 0; i <= LETTER_ASKS_MAX; i++)
		memcpy(text + 4 * i, "> a\n", 5);
	ck_assert_int_eq(read_asks(text), IND_LIMIT);
	text[LETTER_ASKS_MAX * 4] = '\0';
	ck_assert_int_eq(read_asks(text), IND_OK);
	ck_assert_uint_eq(asks.count, LETTER_ASKS_MAX);
}
END_TEST

static const char *found(const char *text) { return forbidden_words(text, strlen(text)); }

START_TEST(words_that_accuse_are_found)
{
	static const struct { const char *text, *words; } cases[] = {
		{ "It was ATTRIBUTED  to them", "attributed to" }, { "who is Responsible?", "responsib*" }, { "El RESPONSABLE", "responsab*" }, { "fue atribuida a un grupo", "atribuida a" },
		{ "PERPÉTRÉE", "perpétr*" }, { "Злоумышленники", "злоумышленник*" }, { "这是攻击者所为", "攻击者" }, { "من هو المسؤول؟", "المسؤول*" }, { "at 85 %", "%" }, { "85%", "%" }, { "٨٥٪", "%" },
		{ "like APT28", "APT2*" }, { "no\tVPN was used", "no VPN was used" }, { "(culprit)", "culprit*" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *words = found(cases[i].text);
		ck_assert_msg(words && strcmp(words, cases[i].words) == 0, "'%s': %s", cases[i].text, words ? words : "nothing");
	}
}
END_TEST

START_TEST(other_words_are_not)
{
	static const char *const texts[] = {
		"", "Please preserve the port-level log.", "irresponsibly is one word", "redistributed to", "no VPN", "a per thousand", "% 85", "el sello de confianza", "обработка", "审查", "100 KiB", "\xff\xfe",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(!found(texts[i]), "'%s': %s", texts[i], found(texts[i]));
}
END_TEST

/* ---- the letter ---- */

static struct out out;

static const struct letter_bundle bundle = { .name = "case.ieb", .verdict = "VALID", .sensor = "fra-01", .key = "key", .sha256 = { 1, 2, 3 } };

static struct letter sample(void)
{
	static const struct letter_flow flows[] = {
		{ .start_ns = UINT64_C(1795166000000000000), .end_ns = UINT64_C(1795166001000000000), .proto = 6, .has_signals = true,
			.theirs = { { 0x20, 1, 0x0d, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, 6, true, 51144 }, .ours = { { 0x20, 1, 0x0d, 0xb8 }, 6, true, 443 } },
	};
	ck_assert_int_eq(read_asks("relay 2001:db8:102:304:506:708:90a:b0c\n> Kindly say how long records of this kind are kept, and whom to write to when they are needed longer.\n"), IND_OK);
	return (struct letter){ .tlp = IND_TLP_AMBER, .to = "Point of contact", .asks = &asks, .flows = flows, .flow_count = 1, .flows_seen = 3, .first_ns = flows[0].start_ns,
		.last_ns = flows[0].end_ns, .clock_error_ns = 1500001, .bundles = &bundle, .bundle_count = 1 };
}

static const char *text_of(const struct letter *l)
{
	out.used = 0;
	letter_text(l, &out);
	out_char(&out, '\0');
	ck_assert_int_eq(out.err, IND_OK);
	return out.at;
}

START_TEST(lines_are_short)
{
	struct letter letter = sample();
	const char *text = text_of(&letter);
	for (const char *at = text; *at; at += strcspn(at, "\n") + 1) {
		size_t bytes = strcspn(at, "\n");
		ck_assert_msg(text_columns(at, bytes) <= LETTER_COLUMNS, "%.*s", (int)bytes, at);
		ck_assert_msg(!bytes || at[bytes - 1] != ' ', "a blank at the end: '%.*s'", (int)bytes, at);
	}
	ck_assert_ptr_nonnull(strstr(text, "2 ms at"));
	ck_assert_ptr_nonnull(strstr(text, "annex: 2."));
	ck_assert_ptr_nonnull(strstr(text, "\n|    [2001:db8:102:304:506:708:90a:b0c]:51144\n"));
	ck_assert_ptr_nonnull(strstr(text, "\n| 2. Kindly say"));
	ck_assert_ptr_nonnull(strstr(text, "| From: not stated\n"));
	ck_assert_ptr_nonnull(strstr(text, "This letter alleges nothing."));
}
END_TEST

START_TEST(tokens_follow_from_reference_and_bundles)
{
	char one[LETTER_TOKEN_TEXT], two[LETTER_TOKEN_TEXT];
	struct letter letter = sample(), other = letter;
	ck_assert_str_eq(letter_token(&letter, one), letter_token(&other, two));
	other.to = "somebody else";
	ck_assert_str_eq(one, letter_token(&other, two));
	other.reference = "case-7";
	ck_assert_str_ne(one, letter_token(&other, two));
	struct letter_bundle changed = bundle;
	changed.sha256[31] = 1;
	other = letter;
	other.bundles = &changed;
	ck_assert_str_ne(one, letter_token(&other, two));
	ck_assert_uint_eq(strlen(one), LETTER_TOKEN_TEXT - 1);
}
END_TEST

START_TEST(hostile_names_are_inert)
{
	struct letter letter = sample();
	letter.to = "a\nSubject: b\x1b[31m \xe2\x80\xae</td><script>alert(1)</script>\xff";
	const char *text = text_of(&letter);
	ck_assert_ptr_null(strstr(text, "\nSubject"));
	ck_assert_ptr_null(strchr(text, '\x1b'));
	ck_assert_ptr_null(strstr(text, "\xe2\x80\xae"));
	out.used = 0;
	letter_html(&letter, &out);
	out_char(&out, '\0');
	ck_assert_ptr_null(strstr(out.at, "<script"));
	ck_assert_ptr_null(strchr(out.at, '\x1b'));
	ck_assert_ptr_nonnull(strstr(out.at, "&lt;script&gt;"));
	ck_assert_ptr_nonnull(strstr(out.at, "default-src 'none'"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("letter");
	TCase *tcase = tcase_create("letter");
	out_start(&out, NULL, NULL);
	tcase_add_test(tcase, each_kind_is_read);
	tcase_add_test(tcase, what_is_wrong_is_named);
	tcase_add_test(tcase, as_many_as_there_is_room_for);
	tcase_add_test(tcase, words_that_accuse_are_found);
	tcase_add_test(tcase, other_words_are_not);
	tcase_add_test(tcase, lines_are_short);
	tcase_add_test(tcase, tokens_follow_from_reference_and_bundles);
	tcase_add_test(tcase, hostile_names_are_inert);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	out_free(&out);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
