/* SPDX-License-Identifier: Apache-2.0 */
/* What someone with real keys can write and the format does not allow, and the unusual that it does. */
#include "forge.h"
#include <check.h>
#include <string.h>

static struct keys keys;

START_TEST(forged)
{
	struct memory m = { 0 };
	struct forgery f = forgery_make((size_t)_i, &keys, &m);
	struct ind_verify_result v = sample_verify(&m, &keys);
	ck_assert_msg(v.verdict == f.verdict && strcmp(v.reason, f.reason) == 0, "%s: %s %s, expected %s %s", f.name, ind_verdict_name(v.verdict),
		v.reason, ind_verdict_name(f.verdict), f.reason);
	memory_free(&m);
}
END_TEST

static void setup(void) { keys_make(&keys, 21); }
static void teardown(void) { keys_free(&keys); }

int main(void)
{
	Suite *s = suite_create("bundle forged");
	TCase *t = tcase_create("all");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, forged, 0, (int)forgery_count());
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
