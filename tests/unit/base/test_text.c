/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static char out[256];

static void wire_is(const char *bytes, size_t count, const char *want)
{
	size_t length = text_from_wire((const uint8_t *)bytes, count, out, sizeof(out));
	ck_assert_str_eq(out, want);
	ck_assert_uint_eq(length, strlen(want));
}

#define WIRE_IS(bytes, want) wire_is(bytes, sizeof(bytes) - 1, want)

START_TEST(wire_keeps_utf8)
{
	WIRE_IS("", "");
	WIRE_IS("plain text of more than eight bytes", "plain text of more than eight bytes");
	WIRE_IS("caf\xc3\xa9 \xe4\xb8\xad\xe6\x96\x87 \xf0\x9f\x98\x80", "caf\xc3\xa9 \xe4\xb8\xad\xe6\x96\x87 \xf0\x9f\x98\x80");
	WIRE_IS("\x7f\x01\t", "\x7f\x01\t");
	ck_assert_uint_eq(text_from_wire((const uint8_t *)"a\0b", 3, out, sizeof(out)), 3);
	ck_assert_mem_eq(out, "a\0b", 4);
}
END_TEST

/* RFC 3629 sections 3 and 10: overlong forms, surrogates, values above U+10FFFF, stray and missing continuations. */
START_TEST(wire_escapes_what_is_no_utf8)
{
	WIRE_IS("\xff", "\\xff");
	WIRE_IS("abcdefgh\x80ijklmnop", "abcdefgh\\x80ijklmnop");
	WIRE_IS("\xc0\xaf", "\\xc0\\xaf");
	WIRE_IS("\xc1\xbf", "\\xc1\\xbf");
	WIRE_IS("\xe0\x80\xaf", "\\xe0\\x80\\xaf");
	WIRE_IS("\xe0\x9f\xbf", "\\xe0\\x9f\\xbf");
	WIRE_IS("\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf");
	WIRE_IS("\xed\xa0\x80", "\\xed\\xa0\\x80");
	WIRE_IS("\xed\xbf\xbf", "\\xed\\xbf\\xbf");
	WIRE_IS("\xed\x9f\xbf", "\xed\x9f\xbf");
	WIRE_IS("\xee\x80\x80", "\xee\x80\x80");
	WIRE_IS("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf");
	WIRE_IS("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
	WIRE_IS("\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80");
	WIRE_IS("\xe4\xb8", "\\xe4\\xb8");
	WIRE_IS("\xc3", "\\xc3");
	WIRE_IS("\xe4\xb8!\xc3(", "\\xe4\\xb8!\\xc3(");
}
END_TEST

START_TEST(wire_backslash_stays_readable)
{
	WIRE_IS("C:\\dir\\", "C:\\dir\\");
	WIRE_IS("\\x41", "\\x5cx41");
	WIRE_IS("\\xFf", "\\x5cxFf");
	WIRE_IS("\\x4g", "\\x4g");
	WIRE_IS("\\x4", "\\x4");
	WIRE_IS("\\\\x41", "\\\\x5cx41");
	WIRE_IS("\\X41", "\\X41");
}
END_TEST

START_TEST(wire_never_writes_past_the_end)
{
	static const char bytes[] = "ab\xc3\xa9\xff\\x41-abcdefghij";
	char whole[64];
	size_t all = text_from_wire((const uint8_t *)bytes, sizeof(bytes) - 1, whole, sizeof(whole));
	for (size_t size = 0; size <= all + 1; size++) {
		char *exact = malloc(size ? size : 1);
		size_t length = text_from_wire((const uint8_t *)bytes, sizeof(bytes) - 1, exact, size);
		ck_assert_uint_le(length, size ? size - 1 : 0);
		ck_assert_mem_eq(exact, whole, length);
		if (size)
			ck_assert_int_eq(exact[length], '\0');
		ck_assert_uint_ne(length, 3); /* no half character, no half escape */
		ck_assert(length <= 4 || length >= 8);
		free(exact);
	}
	ck_assert_uint_eq(all, 4 + 4 + 4 + 3 + 11);
}
END_TEST

/* Whatever the size of the pieces, together they are the whole. */
START_TEST(wire_in_pieces)
{
	static const char bytes[] = "ab\xc3\xa9\xff\\x41-abcdefghij\\x4\xf0\x9f\x98\x80\xe4\xb8";
	char whole[128];
	size_t all = text_from_wire((const uint8_t *)bytes, sizeof(bytes) - 1, whole, sizeof(whole));
	for (size_t size = 5; size <= all + 1; size++) {
		const uint8_t *p = (const uint8_t *)bytes, *end = p + sizeof(bytes) - 1;
		size_t used = 0;
		while (p < end) {
			const uint8_t *before = p;
			used += text_from_wire_some(&p, end, out + used, size);
			ck_assert(p > before);
		}
		ck_assert_uint_eq(used, all);
		ck_assert_mem_eq(out, whole, all);
	}
}
END_TEST

static void utf16_is(const char *bytes, size_t count, const char *want)
{
	size_t length = text_from_utf16le((const uint8_t *)bytes, count, out, sizeof(out));
	ck_assert_str_eq(out, want);
	ck_assert_uint_eq(length, strlen(want));
}

#define UTF16_IS(bytes, want) utf16_is(bytes, sizeof(bytes) - 1, want)

START_TEST(utf16_pairs_and_halves)
{
	UTF16_IS("", "");
	UTF16_IS("W\0S\0", "WS");
	UTF16_IS("\xe9\0\x2d\x4e", "\xc3\xa9\xe4\xb8\xad");
	UTF16_IS("\x3d\xd8\x00\xde", "\xf0\x9f\x98\x80");
	UTF16_IS("\xff\xdb\xff\xdf", "\xf4\x8f\xbf\xbf");
	UTF16_IS("\x3d\xd8", "\\ud83d");
	UTF16_IS("\x3d\xd8" "A\0", "\\ud83dA");
	UTF16_IS("\x00\xde" "A\0", "\\ude00A");
	UTF16_IS("\x3d\xd8\x3d\xd8\x00\xde", "\\ud83d\xf0\x9f\x98\x80");
	UTF16_IS("A\0B", "A\\x42");
	ck_assert_uint_eq(text_from_utf16le((const uint8_t *)"A\0\x3d\xd8\x00\xde", 6, out, 5), 1);
	ck_assert_str_eq(out, "A");
}
END_TEST

static void display_is(const char *text, const char *want)
{
	size_t length = text_to_display(text, strlen(text), out, sizeof(out));
	ck_assert_str_eq(out, want);
	ck_assert_uint_eq(length, strlen(want));
}

#define SHOWN(code) "\xe2\x9f\xa8U+" code "\xe2\x9f\xa9"

START_TEST(display_shows_what_moves_or_hides)
{
	display_is("caf\xc3\xa9 \xe4\xb8\xad", "caf\xc3\xa9 \xe4\xb8\xad");
	display_is("\x1b[31m\n\r\t\x7f", SHOWN("001B") "[31m" SHOWN("000A") SHOWN("000D") SHOWN("0009") SHOWN("007F"));
	display_is("\xc2\x9b" "1m", SHOWN("009B") "1m");
	display_is("\xc2\xa0", "\xc2\xa0");
	display_is("\xe2\x80\xae" "moc", SHOWN("202E") "moc");
	display_is("\xe2\x81\xa6\xe2\x81\xa9\xd8\x9c", SHOWN("2066") SHOWN("2069") SHOWN("061C"));
	display_is("\xe2\x80\x8b\xe2\x80\x8d\xef\xbb\xbf\xc2\xad", SHOWN("200B") SHOWN("200D") SHOWN("FEFF") SHOWN("00AD"));
	display_is("\xe2\x80\xa8", SHOWN("2028"));
	display_is("\xf3\xa0\x81\x81", SHOWN("E0041"));
	display_is("a\xff", "a\\xff");
	ck_assert_uint_eq(text_to_display("\0", 1, out, sizeof(out)), 12);
	ck_assert_uint_eq(text_to_display("a\nb", 3, out, 12), 1);
}
END_TEST

static void json_is(const char *text, size_t bytes, const char *want)
{
	size_t length = text_to_json(text, bytes, out, sizeof(out));
	ck_assert_str_eq(out, want);
	ck_assert_uint_eq(length, strlen(want));
}

#define JSON_IS(text, want) json_is(text, sizeof(text) - 1, want)

START_TEST(json_escapes)
{
	JSON_IS("say \"hi\" \\ /", "say \\\"hi\\\" \\\\ /");
	JSON_IS("\b\f\n\r\t", "\\b\\f\\n\\r\\t");
	JSON_IS("\0\x01\x0b\x1f", "\\u0000\\u0001\\u000b\\u001f");
	JSON_IS("caf\xc3\xa9 \xf0\x9f\x98\x80", "caf\xc3\xa9 \xf0\x9f\x98\x80");
	JSON_IS("\x7f\xc2\x9b\xe2\x80\xae\xe2\x80\xa8", "\\u007f\\u009b\\u202e\\u2028");
	JSON_IS("\xf3\xa0\x81\x81", "\\udb40\\udc41");
	JSON_IS("a\xff\xc3", "a\\ufffd\\ufffd");
	JSON_IS("</script>", "</script>");
	ck_assert_uint_eq(text_to_json("a\x01", 2, out, 7), 1);
}
END_TEST

START_TEST(utf8_char_lengths)
{
	const uint8_t text[] = "a\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80\x80";
	ck_assert_uint_eq(text_utf8_char(text, text + 11), 1);
	ck_assert_uint_eq(text_utf8_char(text + 1, text + 11), 2);
	ck_assert_uint_eq(text_utf8_char(text + 3, text + 11), 3);
	ck_assert_uint_eq(text_utf8_char(text + 6, text + 11), 4);
	ck_assert_uint_eq(text_utf8_char(text + 10, text + 11), 0);
	ck_assert_uint_eq(text_utf8_char(text + 6, text + 9), 0);
	ck_assert_uint_eq(text_utf8_char(text + 11, text + 11), 0);
}
END_TEST

START_TEST(columns_of_wide_and_combining)
{
	ck_assert_uint_eq(text_columns("plain", 5), 5);
	ck_assert_uint_eq(text_columns("caf\xc3\xa9", 5), 4);
	ck_assert_uint_eq(text_columns("e\xcc\x81", 3), 1);
	ck_assert_uint_eq(text_columns("\xe4\xb8\xad\xe6\x96\x87", 6), 4);
	ck_assert_uint_eq(text_columns("\xea\xb0\x80\xf0\x9f\x98\x80\xef\xbc\xa1", 10), 6);
	ck_assert_uint_eq(text_columns("\xd7\xa9\xd7\x81", 4), 1);
	ck_assert_uint_eq(text_columns("\xe2\x9f\xa8U+202E\xe2\x9f\xa9", 12), 8);
	ck_assert_uint_eq(text_columns("", 0), 0);
}
END_TEST

START_TEST(numbers)
{
	ck_assert_uint_eq(text_u64(0, out, sizeof(out)), 1);
	ck_assert_str_eq(out, "0");
	text_u64(UINT64_MAX, out, sizeof(out));
	ck_assert_str_eq(out, "18446744073709551615");
	text_i64(INT64_MIN, out, sizeof(out));
	ck_assert_str_eq(out, "-9223372036854775808");
	text_i64(-7, out, sizeof(out));
	ck_assert_str_eq(out, "-7");
	text_i64(INT64_MAX, out, sizeof(out));
	ck_assert_str_eq(out, "9223372036854775807");
	ck_assert_uint_eq(text_u64(123, out, 3), 0);
	ck_assert_str_eq(out, "");
}
END_TEST

static void ip6_is(const uint16_t group[8], const char *want)
{
	uint8_t addr[16];
	for (int i = 0; i < 8; i++) {
		addr[2 * i] = (uint8_t)(group[i] >> 8);
		addr[2 * i + 1] = (uint8_t)group[i];
	}
	ck_assert_uint_eq(text_addr(6, addr, out, 46), strlen(want));
	ck_assert_str_eq(out, want);
}

#define IP6_IS(want, ...) ip6_is((const uint16_t[8]){ __VA_ARGS__ }, want)

/* RFC 5952 sections 4.1 to 4.3 and 5, one line for each rule. */
START_TEST(addresses)
{
	ck_assert_uint_eq(text_addr(4, (const uint8_t *)"\xc0\x00\x02\xff", out, 46), 11);
	ck_assert_str_eq(out, "192.0.2.255");
	text_addr(4, (const uint8_t *)"\0\0\0\0", out, 46);
	ck_assert_str_eq(out, "0.0.0.0");
	IP6_IS("::", 0, 0, 0, 0, 0, 0, 0, 0);
	IP6_IS("::1", 0, 0, 0, 0, 0, 0, 0, 1);
	IP6_IS("1::", 1, 0, 0, 0, 0, 0, 0, 0);
	IP6_IS("2001:db8::1", 0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
	IP6_IS("2001:db8:0:1:1:1:1:1", 0x2001, 0xdb8, 0, 1, 1, 1, 1, 1);
	IP6_IS("2001:0:0:1::1", 0x2001, 0, 0, 1, 0, 0, 0, 1);
	IP6_IS("2001:db8::1:0:0:1", 0x2001, 0xdb8, 0, 0, 1, 0, 0, 1);
	IP6_IS("0:1:2:3:4:5:6:7", 0, 1, 2, 3, 4, 5, 6, 7);
	IP6_IS("1:2:3:4:5:6::", 1, 2, 3, 4, 5, 6, 0, 0);
	IP6_IS("::3:4:5:6:7:8", 0, 0, 3, 4, 5, 6, 7, 8);
	IP6_IS("fe80::a00:27ff:fe4e:66a1", 0xfe80, 0, 0, 0, 0xa00, 0x27ff, 0xfe4e, 0x66a1);
	IP6_IS("abcd:ef01:2345:6789:abcd:ef01:2345:6789", 0xabcd, 0xef01, 0x2345, 0x6789, 0xabcd, 0xef01, 0x2345, 0x6789);
	IP6_IS("::ffff:192.0.2.1", 0, 0, 0, 0, 0, 0xffff, 0xc000, 0x201);
	IP6_IS("::ffff:0.0.0.0", 0, 0, 0, 0, 0, 0xffff, 0, 0);
	IP6_IS("::102:304", 0, 0, 0, 0, 0, 0, 0x102, 0x304);
	ck_assert_uint_eq(text_addr(5, (const uint8_t *)"\1\2\3\4", out, 46), 0);
	ck_assert_str_eq(out, "");
}
END_TEST

static void time_is(uint64_t ns, const char *want)
{
	ck_assert_uint_eq(text_time(ns, out, 28), 27);
	ck_assert_str_eq(out, want);
}

START_TEST(times)
{
	const uint64_t second = 1000000000;
	time_is(0, "1970-01-01T00:00:00.000000Z");
	time_is(1795165923 * second + 118402999, "2026-11-20T09:12:03.118402Z");
	time_is(951782399 * second, "2000-02-28T23:59:59.000000Z");
	time_is(951782400 * second, "2000-02-29T00:00:00.000000Z");
	time_is(951868800 * second, "2000-03-01T00:00:00.000000Z");
	time_is(1709164800 * second, "2024-02-29T00:00:00.000000Z");
	time_is(1735689599 * second + 999999999, "2024-12-31T23:59:59.999999Z");
	time_is(4107542400 * second, "2100-03-01T00:00:00.000000Z");
	time_is(4107542399 * second, "2100-02-28T23:59:59.000000Z");
	time_is(UINT64_MAX, "2554-07-21T23:34:33.709551Z");
	ck_assert_uint_eq(text_time(0, out, 27), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("text");
	TCase *tcase = tcase_create("text");
	tcase_add_test(tcase, wire_keeps_utf8);
	tcase_add_test(tcase, wire_escapes_what_is_no_utf8);
	tcase_add_test(tcase, wire_backslash_stays_readable);
	tcase_add_test(tcase, wire_never_writes_past_the_end);
	tcase_add_test(tcase, wire_in_pieces);
	tcase_add_test(tcase, utf16_pairs_and_halves);
	tcase_add_test(tcase, display_shows_what_moves_or_hides);
	tcase_add_test(tcase, json_escapes);
	tcase_add_test(tcase, utf8_char_lengths);
	tcase_add_test(tcase, columns_of_wide_and_combining);
	tcase_add_test(tcase, numbers);
	tcase_add_test(tcase, addresses);
	tcase_add_test(tcase, times);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
