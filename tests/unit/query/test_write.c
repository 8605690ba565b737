/* SPDX-License-Identifier: Apache-2.0 */
/* The five formats, with what strangers may put into them. */
#include "query/write.h"
#include "support/suite.h"
#include <string.h>

#define HOSTILE "=cmd|' /C calc'!A0\n\"\xe2\x80\xae\x1b[31m,\t\\\xff"

static struct out out;
static struct writer writer;
static struct query_row row;

static void start(enum query_format format, struct writer_options options)
{
	options.format = format;
	if (!options.column_count) {
		static const uint8_t columns[] = { QUERY_SIGNAL_signal, QUERY_SIGNAL_value, QUERY_SIGNAL_packet };
		memcpy(options.columns, columns, sizeof(columns));
		options.column_count = sizeof(columns);
	}
	out_start(&out, NULL, NULL);
	writer_start(&writer, &out, QUERY_KIND_SIGNAL, &options);
}

static void put(const char *signal, const char *value, uint64_t packet)
{
	row_start(&row, QUERY_KIND_SIGNAL);
	row_text(&row, QUERY_SIGNAL_signal, signal);
	row_text(&row, QUERY_SIGNAL_value, value);
	if (packet)
		row_u64(&row, QUERY_SIGNAL_packet, packet);
	writer_row(&writer, &row);
}

static void is(const char *want)
{
	out_char(&out, '\0');
	ck_assert_int_eq(out.err, IND_OK);
	ck_assert_str_eq(out.at, want);
	out_free(&out);
}

START_TEST(ndjson)
{
	start(QUERY_FORMAT_NDJSON, (struct writer_options){ 0 });
	put("a", HOSTILE, 3);
	put("b", "", 0);
	writer_end(&writer, &(struct writer_summary){ true, 2, 5 });
	is("{\"type\":\"signal\",\"signal\":\"a\",\"value\":\"=cmd|' /C calc'!A0\\n\\\"\\u202e\\u001b[31m,\\t\\\\\\ufffd\",\"packet\":3}\n"
	   "{\"type\":\"signal\",\"signal\":\"b\"}\n{\"type\":\"summary\",\"truncated\":true,\"shown\":2,\"matched\":5}\n");
}
END_TEST

START_TEST(json)
{
	start(QUERY_FORMAT_JSON, (struct writer_options){ 0 });
	writer_end(&writer, NULL);
	is("{\"meta\":{\"format_version\":1,\"records\":\"signal\"},\"records\":[]}\n");
	start(QUERY_FORMAT_JSON, (struct writer_options){ 0 });
	put("a", "x", 1);
	put("b", "y", 2);
	writer_end(&writer, &(struct writer_summary){ true, 2, 3 });
	is("{\"meta\":{\"format_version\":1,\"records\":\"signal\"},\"records\":[\n{\"type\":\"signal\",\"signal\":\"a\",\"value\":\"x\",\"packet\":1},\n"
	   "{\"type\":\"signal\",\"signal\":\"b\",\"value\":\"y\",\"packet\":2}\n],\"summary\":{\"type\":\"summary\",\"truncated\":true,\"shown\":2,\"matched\":3}}\n");
}
END_TEST

START_TEST(csv_guards_formulas_and_quotes)
{
	start(QUERY_FORMAT_CSV, (struct writer_options){ 0 });
	put("a", HOSTILE, 3);
	put("-1", "@x", 0);
	put("+1", "plain", 0);
	put("\rx", "a b", 0);
	writer_end(&writer, NULL);
	is("signal,value,packet\r\na,\"'=cmd|' /C calc'!A0\n\"\"\xe2\x80\xae\x1b[31m,\t\\\xff\",3\r\n'-1,'@x,\r\n'+1,plain,\r\n\"'\rx\",a b,\r\n");
	start(QUERY_FORMAT_CSV, (struct writer_options){ .csv_raw = true });
	put("-1", "=x", 0);
	writer_end(&writer, NULL);
	is("signal,value,packet\r\n-1,=x,\r\n");
}
END_TEST

START_TEST(csv_on_a_terminal_steers_nothing)
{
	start(QUERY_FORMAT_CSV, (struct writer_options){ .on_terminal = true });
	put("\x1b]0;x\x07", "y", 0);
	writer_end(&writer, NULL);
	is("signal,value,packet\r\n\xe2\x9f\xa8U+001B\xe2\x9f\xa9]0;x\xe2\x9f\xa8U+0007\xe2\x9f\xa9,y,\r\n");
}
END_TEST

START_TEST(tsv_escapes_its_separators)
{
	start(QUERY_FORMAT_TSV, (struct writer_options){ 0 });
	put("a\tb", "c\nd\\e\r", 1);
	row_start(&row, QUERY_KIND_SIGNAL);
	row_bytes(&row, QUERY_SIGNAL_value, "a\0b", 3);
	writer_row(&writer, &row);
	writer_end(&writer, NULL);
	is("signal\tvalue\tpacket\na\\tb\tc\\nd\\\\e\\r\t1\n\ta\\x00b\t\n");
}
END_TEST

START_TEST(table_aligns_and_shows_controls)
{
	start(QUERY_FORMAT_TABLE, (struct writer_options){ 0 });
	put("tls.sni", "a\xe2\x80\xae" "b", 3);
	put("x", "\xe4\xb8\xad", 12345);
	put("y", "", 0);
	writer_end(&writer, NULL);
	is("SIGNAL   VALUE       PACKET\n"
	   "tls.sni  a\xe2\x9f\xa8U+202E\xe2\x9f\xa9" "b       3\n"
	   "x        \xe4\xb8\xad           12345\n"
	   "y        -                -\n");
}
END_TEST

START_TEST(table_is_cut_only_to_a_width)
{
	start(QUERY_FORMAT_TABLE, (struct writer_options){ .width = 12 });
	put("tls.sni", "abcdefgh", 3);
	put("x", "a\xe4\xb8\xad\xe4\xb8\xad", 3);
	writer_end(&writer, NULL);
	ck_assert_uint_eq(out.cut, 12);
	is("SIGNAL   VAL\ntls.sni  abc\nx        a\xe4\xb8\xad\n");
	start(QUERY_FORMAT_TABLE, (struct writer_options){ .width = 22 });
	put("tls.sni", "abc", 3);
	writer_end(&writer, NULL);
	ck_assert_uint_eq(out.cut, 0);
	is("SIGNAL   VALUE  PACKET\ntls.sni  abc         3\n");
}
END_TEST

/* More rows than wait for the widths: later ones may be wider. */
START_TEST(table_goes_on_after_its_first_rows)
{
	start(QUERY_FORMAT_TABLE, (struct writer_options){ 0 });
	for (unsigned i = 0; i < 1000; i++)
		put("a", i == 999 ? "much longer than before" : "v", 1);
	writer_end(&writer, NULL);
	out_char(&out, '\0');
	unsigned lines = 0;
	for (const char *at = strchr(out.at, '\n'); at; at = strchr(at + 1, '\n'))
		lines++;
	ck_assert_uint_eq(lines, 1001);
	ck_assert_ptr_nonnull(strstr(out.at, "a       much longer than before       1\n"));
	ck_assert_uint_eq(writer.rows, 1000);
	out_free(&out);
}
END_TEST

static enum ind_err refuse(void *ctx, const void *bytes, size_t count)
{
	(void)bytes;
	*(size_t *)ctx += count;
	return IND_IO;
}

START_TEST(first_error_is_kept)
{
	size_t offered = 0;
	out_start(&out, refuse, &offered);
	for (unsigned i = 0; i < 100000; i++)
		out_text(&out, "0123456789");
	ck_assert_int_eq(out_flush(&out), IND_IO);
	ck_assert_uint_gt(offered, 0);
	ck_assert_uint_lt(offered, 200000);
	out_free(&out);
}
END_TEST

START_TEST(format_names)
{
	ck_assert_int_eq(query_format_of("csv", 3), QUERY_FORMAT_CSV);
	ck_assert_int_eq(query_format_of("ndjson:a", 6), QUERY_FORMAT_NDJSON);
	ck_assert_int_eq(query_format_of("xml", 3), QUERY_FORMAT_COUNT);
}
END_TEST

/* Every kind has names for its fields that JSON, CSV and SQL can use, no two the same. */
START_TEST(keys_are_names)
{
	for (size_t k = 0; k < QUERY_KIND_COUNT; k++) {
		const struct query_kind *kind = &query_kinds[k];
		ck_assert_uint_gt(kind->count, 0);
		for (size_t i = 0; i < kind->count; i++) {
			const char *key = kind->fields[i].key;
			ck_assert_uint_eq(strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_"), strlen(key));
			ck_assert_uint_eq(query_field_find(kind, key, strlen(key)), i);
			ck_assert_str_ne(kind->fields[i].help, "");
		}
	}
	ck_assert_uint_eq(query_field_find(&query_kinds[0], "saddrx", 6), query_kinds[0].count);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("write");
	tcase_add_test(tcase, ndjson);
	tcase_add_test(tcase, json);
	tcase_add_test(tcase, csv_guards_formulas_and_quotes);
	tcase_add_test(tcase, csv_on_a_terminal_steers_nothing);
	tcase_add_test(tcase, tsv_escapes_its_separators);
	tcase_add_test(tcase, table_aligns_and_shows_controls);
	tcase_add_test(tcase, table_is_cut_only_to_a_width);
	tcase_add_test(tcase, table_goes_on_after_its_first_rows);
	tcase_add_test(tcase, first_error_is_kept);
	tcase_add_test(tcase, format_names);
	tcase_add_test(tcase, keys_are_names);
	return suite_run("write", tcase);
}
