/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_SUITE_H
#define SUPPORT_SUITE_H

#include <check.h>

/* Runs one case of tests as a program of its own; returns its exit status. */
static inline int suite_run(const char *name, TCase *tcase)
{
	Suite *s = suite_create(name);
	suite_add_tcase(s, tcase);
	SRunner *r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	int failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}

#endif
