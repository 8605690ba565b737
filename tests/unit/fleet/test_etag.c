/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/etag.h"
#include "support/suite.h"

/* Digests are Python's hashlib. */

START_TEST(one_piece_and_parts)
{
	struct etag e = { 0 };
	char text[ETAG_TEXT];
	ck_assert_int_eq(etag_part(&e, "abc", 3), IND_OK);
	etag_end(&e, false, text);
	ck_assert_str_eq(text, "900150983cd24fb0d6963f7d28e17f72");
	ck_assert_int_eq(etag_part(&e, "", 0), IND_OK);
	etag_last(&e, text);
	ck_assert_str_eq(text, "d41d8cd98f00b204e9800998ecf8427e");
	etag_end(&e, true, text);
	ck_assert_str_eq(text, "fdf1fdf1567f6942ffe1743f1e72301e-2");
	etag_free(&e);
}
END_TEST

START_TEST(what_a_store_says)
{
	ck_assert(etag_same("\"900150983CD24fb0d6963f7d28e17f72\"", "900150983cd24fb0d6963f7d28e17f72"));
	ck_assert(etag_same("fdf1-2", "fdf1-2"));
	ck_assert(!etag_same("\"fdf1-2", "fdf1-2"));
	ck_assert(!etag_same("fdf1", "fdf1-2"));
	ck_assert(!etag_same("", "fdf1"));
}
END_TEST

START_TEST(more_parts_than_a_store_takes)
{
	struct etag e = { 0 };
	for (unsigned i = 0; i < ETAG_PARTS_MAX; i++)
		ck_assert_int_eq(etag_part(&e, &i, sizeof(i)), IND_OK);
	ck_assert_int_eq(etag_part(&e, "x", 1), IND_LIMIT);
	etag_free(&e);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("etag");
	tcase_add_test(t, one_piece_and_parts);
	tcase_add_test(t, what_a_store_says);
	tcase_add_test(t, more_parts_than_a_store_takes);
	return suite_run("etag", t);
}
