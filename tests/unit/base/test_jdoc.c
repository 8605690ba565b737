/* SPDX-License-Identifier: Apache-2.0 */
/* Every question may be asked of every value: what is not of the form that is asked for is not there. */
#include "base/jdoc.h"
#include "support/suite.h"
#include <string.h>

static struct jdoc *document;
static char error[JDOC_ERROR_BYTES];

static void read_text(const char *text) { document = jdoc_read(text, strlen(text), error); }
static void teardown(void)
{
	jdoc_free(document);
	document = NULL;
}

START_TEST(values_are_asked_for_their_form)
{
	size_t bytes;
	int64_t number;
	bool truth;
	read_text("{\"t\":\"a\\u00e9\",\"n\":-7,\"r\":1.5,\"b\":true,\"z\":null,\"l\":[1,\"x\"]}");
	ck_assert(jdoc_is_object(document) && !jdoc_is_list(document));
	ck_assert_uint_eq(jdoc_count(document), 6);
	ck_assert_str_eq(jdoc_text(jdoc_key(document, "t"), &bytes), "a\xc3\xa9");
	ck_assert_uint_eq(bytes, 3);
	ck_assert(jdoc_number(jdoc_key(document, "n"), &number) && number == -7);
	ck_assert(!jdoc_number(jdoc_key(document, "r"), &number) && !jdoc_number(jdoc_key(document, "t"), &number));
	ck_assert(jdoc_truth(jdoc_key(document, "b"), &truth) && truth);
	ck_assert(!jdoc_truth(jdoc_key(document, "z"), &truth) && !truth);
	ck_assert_uint_eq(jdoc_count(jdoc_key(document, "l")), 2);
	ck_assert_str_eq(jdoc_text(jdoc_item(jdoc_key(document, "l"), 1), NULL), "x");
	ck_assert_ptr_null(jdoc_item(jdoc_key(document, "l"), 2));
	ck_assert_ptr_null(jdoc_key(jdoc_key(document, "n"), "t"));
}
END_TEST

START_TEST(none_answers_nothing)
{
	int64_t number;
	bool truth;
	ck_assert(!jdoc_is_object(NULL) && !jdoc_is_list(NULL) && jdoc_count(NULL) == 0);
	ck_assert(!jdoc_key(NULL, "a") && !jdoc_item(NULL, 0) && !jdoc_text(NULL, NULL) && !jdoc_name(NULL, NULL));
	ck_assert(!jdoc_number(NULL, &number) && !jdoc_truth(NULL, &truth));
	ck_assert_ptr_null(jdoc_load("/nowhere/at/all.json", 10));
}
END_TEST

START_TEST(names_come_in_the_order_of_the_text)
{
	char all[16] = "";
	read_text("{\"z\":1,\"a\":2,\"m\":3}");
	for (const char *name = jdoc_name(document, NULL); name; name = jdoc_name(document, name))
		strncat(all, name, sizeof(all) - strlen(all) - 1);
	ck_assert_str_eq(all, "zam");
}
END_TEST

START_TEST(what_is_no_document_is_refused_in_one_line)
{
	static const char *const texts[] = { "", "{", "{\"a\":1,\"a\":2}", "[1,]", "\xff", "{\"a\":1}x" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		read_text(texts[i]);
		ck_assert_msg(!document, "%s", texts[i]);
		ck_assert(*error && !strchr(error, '\n'));
	}
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("jdoc");
	tcase_add_checked_fixture(t, NULL, teardown);
	tcase_add_test(t, values_are_asked_for_their_form);
	tcase_add_test(t, none_answers_nothing);
	tcase_add_test(t, names_come_in_the_order_of_the_text);
	tcase_add_test(t, what_is_no_document_is_refused_in_one_line);
	return suite_run("jdoc", t);
}
