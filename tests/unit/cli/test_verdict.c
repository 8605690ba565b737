/* SPDX-License-Identifier: Apache-2.0 */
/* What verify says of time: always an interval, and who says each end of it. */
#include "cli/verdict.h"
#include "support/suite.h"
#include <string.h>

static struct out out;
static struct verdict v;
static const struct chain_link alone = { .conflict = CHAIN_NONE };

static void setup(void)
{
	out_start(&out, NULL, NULL);
	v = (struct verdict){
		.link = &alone,
		.result = {
			.verdict = IND_VERDICT_VALID, .reason = "", .has_header = true, .leaves = 4, .authenticated_leaves = 4, .not_before_ns = 1000000000,
			.not_after_ns = 2000000000, .clock_error_ns = 3000000, .clock = { .frames = 2, .worst_sync = IND_SYNC_NTP },
		},
	};
}

static void teardown(void) { out_free(&out); }

static const char *said(bool explain)
{
	verdict_of(&v, "case.ieb", IND_OK);
	verdict_line(&v, &out, explain);
	out_char(&out, '\0');
	return out.at;
}

static struct query_row shown;

static void has(const char *text, const char *part) { ck_assert_msg(strstr(text, part) != NULL, "lacks '%s': %s", part, text); }
static void has_not(const char *text, const char *part) { ck_assert_msg(strstr(text, part) == NULL, "has '%s': %s", part, text); }

START_TEST(by_the_sensor_alone)
{
	const char *text = said(true);
	has(text, "not before          1970-01-01T00:00:01.000000Z, by the sensor's own clock only\n");
	has(text, "not after           1970-01-01T00:00:02.000000Z, by the sensor's own clock only\n");
	has(text, "clock error         3000 us\n");
	has(text, "clock kept by       ntp\n");
	has_not(text, "warning");
	const struct query_row *row = verdict_row(&v, &shown);
	ck_assert_str_eq(row->cell[QUERY_VERIFY_not_after_by].text, "sensor");
	ck_assert_uint_eq(row->cell[QUERY_VERIFY_not_after].number, 2000000000);
	ck_assert_int_eq(row->cell[QUERY_VERIFY_stamp_authority].form, CELL_ABSENT);
}
END_TEST

START_TEST(by_a_time_stamp)
{
	v.has_stamp = true;
	v.stamp = (struct ind_stamp_result){ .has_time = true,
		.time_ns = 9000000000,
		.accuracy_ns = 1000000000,
		.not_after_ns = 10000000000,
		.revocation_checked = true,
		.authority = "/CN=authority" };
	const char *text = said(true);
	has(text, "not after           1970-01-01T00:00:10.000000Z, by the time stamp of /CN=authority\n");
	has(text, "sealed              1970-01-01T00:00:02.000000Z\n");
	has_not(text, "warning");
	const struct query_row *row = verdict_row(&v, &shown);
	ck_assert_str_eq(row->cell[QUERY_VERIFY_not_after_by].text, "time_stamp");
	ck_assert_uint_eq(row->cell[QUERY_VERIFY_not_after].number, 10000000000);
	ck_assert_uint_eq(row->cell[QUERY_VERIFY_seal_time].number, 2000000000);
}
END_TEST

START_TEST(a_time_stamp_says_what_it_does_not)
{
	v.has_stamp = true;
	v.stamp = (struct ind_stamp_result){
		.has_time = true, .time_ns = 1500000000, .accuracy_ns = IND_ABSENT_U64, .not_after_ns = 1500000000, .authority = "/CN=a"
	};
	const char *text = said(true);
	has(text, "by the time stamp of /CN=a, which states no accuracy; revocation not checked\n");
	has(text, "warning             the time stamp is earlier than the seal by the sensor's clock");
}
END_TEST

START_TEST(a_clock_that_moved_unsaid)
{
	v.result.clock.undeclared = 2;
	v.result.clock.largest_ns = 86400000000000;
	const char *text = said(true);
	has(text, "VALID case.ieb 4 leaves, 0 records, key ");
	has(text, "; its clock moved 2 times without a record that says so\n");
	has(text, "warning             the clock moved 2 times without a CLOCK record that says so, up to 86400000 ms\n");
	const struct query_row *row = verdict_row(&v, &shown);
	ck_assert_uint_eq(row->cell[QUERY_VERIFY_clock_undeclared].number, 2);
}
END_TEST

START_TEST(no_clock_says_anything)
{
	v.result.clock = (struct ind_clock_state){ 0 };
	v.result.clock_error_ns = IND_ABSENT_U64;
	const char *text = said(true);
	has(text, "clock error         no CLOCK record says one\n");
	has_not(text, "clock kept by");
	ck_assert_int_eq(verdict_row(&v, &shown)->cell[QUERY_VERIFY_clock_undeclared].form, CELL_ABSENT);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("verdict");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, by_the_sensor_alone);
	tcase_add_test(t, by_a_time_stamp);
	tcase_add_test(t, a_time_stamp_says_what_it_does_not);
	tcase_add_test(t, a_clock_that_moved_unsaid);
	tcase_add_test(t, no_clock_says_anything);
	return suite_run("verdict", t);
}
