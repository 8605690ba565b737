/* SPDX-License-Identifier: Apache-2.0 */
/* An assessment's JSON, whole, forged and cut. */
#include "report/report.h"
#include "support/suite.h"
#include <string.h>

static struct report_model model;
static char error[MODEL_ERROR_BYTES];

#define HEAD "{\"assessment_id\":\"ab\",\"method\":\"m\",\"reviewed\":true,\"inputs\":{\"bundles\":[\"cd\"],\"data\":[],\"method_sha256\":\"ef\",\"positions\":["
#define SUBJECT \
	"{\"subject\":\"192.0.2.1\",\"seen\":{\"flows\":3,\"first\":\"2026-11-20T09:12:03.118402Z\",\"last\":\"2026-11-20T09:13:03.118402Z\"},\"hypotheses\":[{\"about\":\"192.0.2.1\"," \
	"\"class\":\"DOUBT\",\"type\":\"RELAY\",\"level\":\"LIMITED\",\"level_without_T\":\"LIMITED\",\"net\":41,\"support\":{\"P\":41},\"contradiction\":{},\"families\":[\"E\",\"P\"]," \
	"\"hard\":[],\"hinges_on\":[\"S10\"],\"rules\":[],\"gates\":[],\"own\":false,\"items\":[{\"family\":\"P\",\"forge\":\"moderate\",\"n\":4,\"quality\":8,\"rating\":3,\"tier\":2," \
	"\"weight\":50,\"record_count\":1,\"records\":[\"3f9a6c01:3:1\"],\"rule\":\"S10_RELAY\",\"signal\":\"S10\"}]}]}"
static const char whole[] = HEAD "]},\"subjects\":[" SUBJECT "]}";

static enum ind_err read_text(const char *json)
{
	model_free(&model);
	model = (struct report_model){ .assessment_id = NULL };
	return model_read(&model, json, strlen(json), error);
}

static void teardown(void) { model_free(&model); }

START_TEST(what_it_says_is_in_the_model)
{
	ck_assert_int_eq(read_text(whole), IND_OK);
	ck_assert_uint_eq(model.subject_count, 1);
	const struct model_hypothesis *h = &model.subjects[0].hypotheses[0];
	ck_assert_str_eq(h->level, "LIMITED");
	ck_assert_str_eq(h->families, "PE");
	ck_assert_int_eq(h->support[1], 41);
	ck_assert_int_eq(h->contradiction[1], MODEL_ABSENT);
	ck_assert_int_eq(h->margin, MODEL_ABSENT);
	ck_assert_str_eq(h->items[0].records[0], "3f9a6c01:3:1");
	ck_assert_int_eq(h->items[0].family, 'P');
	ck_assert(model.reviewed);
	ck_assert_uint_eq(model_time(model.subjects[0].last) - model_time(model.subjects[0].first), UINT64_C(60000000000));
	ck_assert_uint_eq(model_time("never"), 0);
}
END_TEST

START_TEST(every_cut_is_refused)
{
	for (size_t bytes = 0; bytes < sizeof(whole) - 1; bytes++) {
		model_free(&model);
		ck_assert_int_eq(model_read(&model, whole, bytes, error), IND_MALFORMED);
		ck_assert_uint_ne(strlen(error), 0);
	}
}
END_TEST

START_TEST(forged_ones_are_refused)
{
	static const char *const forged[] = {
		"[]", "1", "{}", "{\"inputs\":{}}", "\xff", "{\"a\":1,\"a\":2}",
		"{\"assessment_id\":1,\"method\":\"m\",\"inputs\":{\"method_sha256\":\"\"},\"subjects\":[]}",
		"{\"assessment_id\":\"a\",\"method\":\"m\",\"inputs\":{\"method_sha256\":\"\"},\"subjects\":{}}",
		"{\"assessment_id\":\"a\",\"method\":\"m\",\"inputs\":{\"method_sha256\":\"\"},\"subjects\":[1]}",
		"{\"assessment_id\":\"a\",\"method\":\"m\",\"inputs\":{\"method_sha256\":\"\",\"bundles\":[1]},\"subjects\":[]}",
		HEAD "{\"sensor\":\"s\",\"latitude_1e4\":900001,\"longitude_1e4\":0,\"error_km\":0}]},\"subjects\":[]}",
		HEAD "{\"sensor\":\"s\",\"latitude_1e4\":1.5,\"longitude_1e4\":0,\"error_km\":0}]},\"subjects\":[]}",
		HEAD "]},\"subjects\":[{\"subject\":\"x\",\"hypotheses\":[{}]}]}",
	};
	for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++)
		ck_assert_msg(read_text(forged[i]) == IND_MALFORMED, "%s", forged[i]);
}
END_TEST

/* What is compared with each other is no longer than the method makes it. */
START_TEST(longer_lists_than_the_method_makes_are_refused)
{
	enum { MOST = 256, ONE_BYTES = 64 };
	static const char one[] = "{\"code\":\"c\",\"resolves\":\"r\",\"signal\":\"S01\"}";
	static char json[(MOST + 1) * ONE_BYTES + 1024];
	for (int count = MOST; count <= MOST + 1; count++) {
		strcpy(json, HEAD "]},\"subjects\":[{\"subject\":\"192.0.2.1\",\"seen\":{},\"hypotheses\":[],\"missing\":[");
		for (int i = 0; i < count; i++) {
			strcat(json, i ? "," : "");
			strcat(json, one);
		}
		strcat(json, "]}]}");
		ck_assert_int_eq(read_text(json), count == MOST ? IND_OK : IND_MALFORMED);
	}
}
END_TEST

START_TEST(nine_subjects_are_eight)
{
	static char json[sizeof(whole) * 10];
	json[0] = '\0';
	strncat(json, HEAD "]},\"subjects\":[", sizeof(json) - 1);
	for (int i = 0; i < 9; i++) {
		strncat(json, i ? "," : "", sizeof(json) - strlen(json) - 1);
		strncat(json, SUBJECT, sizeof(json) - strlen(json) - 1);
	}
	strncat(json, "]}", sizeof(json) - strlen(json) - 1);
	ck_assert_int_eq(read_text(json), IND_OK);
	ck_assert_uint_eq(model.subject_count, 8);
	ck_assert_uint_eq(model.subjects_left_out, 1);
}
END_TEST

/* What is in no list is shown as the data that it is, and breaks nothing. */
START_TEST(words_of_its_own_become_no_markup)
{
	static const char json[] = HEAD "]},\"subjects\":[{\"subject\":\"192.0.2.1\",\"seen\":{},\"alternatives\":[{\"name\":\"<script>\",\"state\":\"<b>\",\"text\":\"\\u202e\"}],"
		"\"missing\":[{\"code\":\"<i>\",\"resolves\":\"<u>\",\"signal\":\"S99\"}],\"hypotheses\":[{\"about\":\"<s>\",\"class\":\"<c>\",\"type\":\"<t>\",\"level\":\"<l>\","
		"\"level_without_T\":\"\",\"rules\":[\"<r>\"],\"items\":[{\"family\":\"<\",\"forge\":\"<f>\",\"rule\":\"<q>\",\"signal\":\"\",\"rating\":-4,\"records\":[\"<x>\"]}]}]}]}";
	struct report_options options = { .tlp = IND_TLP_GREEN, .language = "en", .command = "c" };
	struct out out;
	out_start(&out, NULL, NULL);
	ck_assert_int_eq(read_text(json), IND_OK);
	report_html(&model, &options, &out);
	out_char(&out, '\0');
	ck_assert_int_eq(out.err, IND_OK);
	for (const char *tag = "stcilrfqxu"; *tag; tag++) {
		char forged[4] = { '<', *tag, '>', '\0' };
		ck_assert_msg(!strstr(out.at, forged), "%s is in the page", forged);
	}
	ck_assert_ptr_nonnull(strstr(out.at, "⟨U+202E⟩"));
	out_free(&out);
}
END_TEST

START_TEST(markings_in_any_case)
{
	ck_assert_uint_eq(report_tlp("Amber+STRICT"), IND_TLP_AMBER_STRICT);
	ck_assert_uint_eq(report_tlp("clear"), IND_TLP_CLEAR);
	ck_assert_uint_eq(report_tlp("white"), IND_TLP_NONE);
}
END_TEST

START_TEST(sections_by_name)
{
	uint32_t set;
	const char *wrong;
	size_t bytes;
	ck_assert(report_sections("matrix,records", &set, &wrong, &bytes));
	ck_assert_int_eq(__builtin_popcount(set), 4);
	ck_assert(!report_sections("matrix,nothing", &set, &wrong, &bytes));
	ck_assert_str_eq(wrong, "nothing");
	ck_assert(!report_sections("", &set, &wrong, &bytes));
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("model");
	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, what_it_says_is_in_the_model);
	tcase_add_test(t, every_cut_is_refused);
	tcase_add_test(t, forged_ones_are_refused);
	tcase_add_test(t, longer_lists_than_the_method_makes_are_refused);
	tcase_add_test(t, nine_subjects_are_eight);
	tcase_add_test(t, words_of_its_own_become_no_markup);
	tcase_add_test(t, markings_in_any_case);
	tcase_add_test(t, sections_by_name);
	return suite_run("model", t);
}
