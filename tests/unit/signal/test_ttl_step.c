/* SPDX-License-Identifier: Apache-2.0 */
#include "signal/ttl_step.h"

#include "seen.h"
#include "support/suite.h"

static struct seen s;

static const char *told(enum ind_dir from, uint8_t low, uint8_t high, const struct ind_signal *signals, size_t count)
{
	const struct signal_sink sink = { .signal = seen_signal, .exhibit = seen_exhibit, .malformed = seen_malformed, .ctx = &s };
	struct signal_ctx ctx = { .sink = &sink, .from = (uint8_t)from };
	struct ind_flow flow = { .packets = { 5, 5 }, .ttl_min = { 64, 64 }, .ttl_max = { 64, 64 } };
	flow.ttl_min[from] = low;
	flow.ttl_max[from] = high;
	memset(&s, 0, sizeof(s));
	ttl_step_end(&ctx, &(struct signal_end) { &flow, signals, count, from == IND_SRC ? IND_CLIENT : IND_SERVER });
	ck_assert_uint_le(s.signals, 1);
	return s.signals ? seen_value(&s, IND_SIG_PATH_TTL_STEP) : "";
}

static struct ind_signal syn(enum ind_dir from, const char *value)
{
	return (struct ind_signal) {
		.id = from == IND_SRC ? IND_SIG_TCP_SYN : IND_SIG_TCP_SYNACK, .from = (uint8_t)from, .value = value, .value_bytes = (uint16_t)strlen(value),
	};
}

START_TEST(the_one_that_is_further_away)
{
	static const struct { const char *value; uint8_t low, high; const char *step; } cases[] = {
		{ "v4:t64:w1:m-:s-:o-:q-", 64, 64, "" }, { "v4:t64:w1:m-:s-:o-:q-", 62, 64, "" }, { "v4:t64:w1:m-:s-:o-:q-", 61, 64, "-3" },
		{ "v4:t57:w1:m-:s-:o-:q-", 57, 64, "7" }, { "v6:t60:w1:m-:s-:o-:q-", 58, 64, "4" }, { "v6:t60:w1:m-:s-:o-:q-", 56, 63, "-4" },
		{ "v4:t255:w1:m-:s-:o-:q-", 0, 255, "-255" }, { "v4:t62:w1:m-:s-:o-:q-", 60, 64, "" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (unsigned from = 0; from < 2; from++) {
			struct ind_signal one = syn((enum ind_dir)from, cases[i].value);
			ck_assert_str_eq(told((enum ind_dir)from, cases[i].low, cases[i].high, &one, 1), cases[i].step);
		}
	}
}
END_TEST

START_TEST(without_a_handshake_of_its_own_nothing)
{
	struct ind_signal other = syn(IND_DST, "v4:t64:w1:m-:s-:o-:q-"), text = { .id = IND_SIG_HTTP_HOST, .value = "v4:t64", .value_bytes = 6 };
	ck_assert_str_eq(told(IND_SRC, 50, 64, &other, 1), "");
	ck_assert_str_eq(told(IND_SRC, 50, 64, &text, 1), "");
	ck_assert_str_eq(told(IND_SRC, 50, 64, NULL, 0), "");
}
END_TEST

/* Values that no SYN makes, cut where the bytes end. */
START_TEST(what_is_no_value_says_nothing)
{
	static const char *const values[] = { "", "v", "v4:t", "v4:t-:w", "v4:tx", "v4:t999:w1", "v4:t10000" };
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++) {
		char *copy = malloc(strlen(values[i]) ? strlen(values[i]) : 1);
		memcpy(copy, values[i], strlen(values[i]));
		struct ind_signal one = syn(IND_SRC, values[i]);
		one.value = copy;
		ck_assert_str_eq(told(IND_SRC, 50, 64, &one, 1), "");
		free(copy);
	}
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("ttl_step");
	tcase_add_test(t, the_one_that_is_further_away);
	tcase_add_test(t, without_a_handshake_of_its_own_nothing);
	tcase_add_test(t, what_is_no_value_says_nothing);
	return suite_run("ttl_step", t);
}
