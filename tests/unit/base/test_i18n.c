/* SPDX-License-Identifier: Apache-2.0 */
#include "base/i18n.h"
#include <check.h>
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The catalogues of the build stand beside the program. */
static void opened(const char *name, const char *tag)
{
	ck_assert_int_eq(i18n_open(name), IND_OK);
	ck_assert_str_eq(i18n_language()->tag, tag);
}

START_TEST(english_needs_no_catalogue)
{
	ck_assert_int_eq(setenv("INDICIA_LOCALE", "/nonexistent", 1), 0);
	opened("en", "en");
	ck_assert_str_eq(_("flow"), "flow");
	ck_assert(i18n_translated("flow") && i18n_translated("no message at all"));
	ck_assert_str_eq(P_("one", "many", 1), "one");
	ck_assert_str_eq(P_("one", "many", 2), "many");
	unsetenv("INDICIA_LOCALE");
}
END_TEST

START_TEST(languages_change_in_one_process)
{
	opened("es", "es");
	ck_assert_str_eq(_("flow"), "flujo");
	opened("zh-hans", "zh-Hans");
	opened("zh_CN", "zh-Hans");
	opened("zh", "zh-Hans");
	ck_assert_str_ne(_("flow"), "flujo");
	opened("AR", "ar");
	ck_assert(i18n_is_rtl());
	opened("es", "es");
	ck_assert(!i18n_is_rtl());
	ck_assert_str_eq(_("flow"), "flujo");
	ck_assert_str_eq(P_("{1} data set", "{1} data sets", 1), "{1} conjunto de datos");
	ck_assert_str_eq(P_("{1} data set", "{1} data sets", 0), "{1} conjuntos de datos");
	ck_assert_str_eq(_(""), "");
}
END_TEST

START_TEST(what_is_not_translated_is_known)
{
	opened("es", "es");
	ck_assert(i18n_translated("flow") && !i18n_translated("no message at all"));
	const char *text = _("no message at all");
	ck_assert_str_eq(text, "no message at all");
	ck_assert(i18n_fell_back(text) && !i18n_fell_back(_("flow")));
	text = P_("one thing", "many things", 2);
	ck_assert(i18n_fell_back(text));
	opened("en", "en");
	ck_assert(!i18n_fell_back(text));
	opened("es", "es");
	ck_assert(!i18n_fell_back(text));
}
END_TEST

START_TEST(the_rest_of_the_process_stays)
{
	ck_assert_str_eq(setlocale(LC_ALL, NULL), "C");
	char before[128];
	snprintf(before, sizeof(before), "%s", strerror(ENOENT));
	opened("es", "es");
	ck_assert_str_eq(_("flow"), "flujo");
	ck_assert_str_eq(setlocale(LC_ALL, NULL), "C");
	ck_assert_str_eq(strerror(ENOENT), before);
	ck_assert_ptr_eq(uselocale((locale_t)0), LC_GLOBAL_LOCALE);
	char number[16];
	snprintf(number, sizeof(number), "%.1f", 1.5);
	ck_assert_str_eq(number, "1.5");
}
END_TEST

START_TEST(what_is_not_there_changes_nothing)
{
	char list[64];
	opened("es", "es");
	ck_assert_int_eq(i18n_open("xx"), IND_UNKNOWN);
	ck_assert_int_eq(i18n_open(""), IND_UNKNOWN);
	ck_assert_int_eq(i18n_open("e"), IND_UNKNOWN);
	ck_assert_int_eq(i18n_open("es/../fr"), IND_UNKNOWN);
	ck_assert_str_eq(i18n_language()->code, "es");
	ck_assert_str_eq(i18n_available(list, sizeof(list)), "en es fr ru zh_CN ar");
	ck_assert_int_eq(setenv("INDICIA_LOCALE", "/nonexistent", 1), 0);
	ck_assert_int_eq(i18n_open("fr"), IND_MISSING);
	ck_assert_str_eq(i18n_language()->code, "es");
	ck_assert_str_eq(i18n_available(list, sizeof(list)), "en");
	ck_assert_str_eq(i18n_available(list, 2), "e");
	unsetenv("INDICIA_LOCALE");
}
END_TEST

START_TEST(fixed_sentences)
{
	for (int i = 0; i < I18N_FIXED_COUNT; i++) {
		opened("es", "es");
		ck_assert(i18n_translated(i18n_fixed_message((enum i18n_fixed)i)));
		opened("en", "en");
		ck_assert_str_eq(i18n_fixed((enum i18n_fixed)i), i18n_fixed_message((enum i18n_fixed)i));
		ck_assert_ptr_nonnull(strstr(i18n_caution_source(), "unofficial"));
	}
	opened("es", "es");
	ck_assert_ptr_nonnull(strstr(i18n_fixed(I18N_FIXED_CAUTION), "podría ser insuficiente en sí mismo para atribuir la actividad a dicho Estado"));
	ck_assert_ptr_nonnull(strstr(i18n_caution_source(), "texto oficial"));
}
END_TEST

/* Without an official text at hand the caution stands in English, and is never passed off as official. */
START_TEST(the_caution_is_official_or_says_that_it_is_not)
{
	size_t count;
	const struct i18n_language *languages = i18n_languages(&count);
	for (size_t i = 0; i < count; i++) {
		opened(languages[i].code, languages[i].tag);
		bool english = strcmp(i18n_fixed(I18N_FIXED_CAUTION), i18n_fixed_message(I18N_FIXED_CAUTION)) == 0;
		ck_assert_int_eq(english, !languages[i].has_caution);
	}
}
END_TEST

START_TEST(countries)
{
	struct stat st;
	ck_assert_ptr_null(i18n_country(NULL));
	ck_assert_ptr_null(i18n_country(""));
	ck_assert_ptr_null(i18n_country("XA"));
	ck_assert_ptr_null(i18n_country("no"));
	ck_assert_ptr_null(i18n_country("NOR"));
	if (stat("/usr/share/iso-codes/json/iso_3166-1.json", &st) != 0)
		return;
	opened("en", "en");
	ck_assert_str_eq(i18n_country("NO"), "Norway");
	opened("es", "es");
	ck_assert_str_eq(i18n_country("NO"), "Noruega");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("i18n");
	TCase *tcase = tcase_create("i18n");
	tcase_add_test(tcase, english_needs_no_catalogue);
	tcase_add_test(tcase, languages_change_in_one_process);
	tcase_add_test(tcase, what_is_not_translated_is_known);
	tcase_add_test(tcase, the_rest_of_the_process_stays);
	tcase_add_test(tcase, what_is_not_there_changes_nothing);
	tcase_add_test(tcase, fixed_sentences);
	tcase_add_test(tcase, the_caution_is_official_or_says_that_it_is_not);
	tcase_add_test(tcase, countries);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
