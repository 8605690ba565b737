/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/path.h"

#include "seen.h"
#include "support/suite.h"

static struct seen s;

START_TEST(a_turn_is_told_beside_the_transport)
{
	const struct signal_sink sink = { .signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &s };
	struct signal_ctx ctx = { .sink = &sink };
	memset(&s, 0, sizeof(s));
	path_turn(&ctx, 83000999, 10500);
	path_prehello(&ctx, 1999);
	ck_assert_str_eq(seen_value(&s, IND_SIG_PATH_CROSS_LAYER), "72500");
	ck_assert_str_eq(seen_value(&s, IND_SIG_PATH_PREHELLO), "1");
	memset(&s, 0, sizeof(s));
	path_turn(&ctx, 1000, 2500);
	ck_assert_str_eq(seen_value(&s, IND_SIG_PATH_CROSS_LAYER), "-2499");
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("path");
	tcase_add_test(t, a_turn_is_told_beside_the_transport);
	return suite_run("path", t);
}
