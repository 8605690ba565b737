/* SPDX-License-Identifier: Apache-2.0 */
/* The options' syntax, numbers, and what is near a mistyped word. */
#include "cli/args.h"
#include "base/near.h"
#include "base/number.h"
#include "support/suite.h"
#include <string.h>

static const struct cli_option table[] = {
	{ OPT_FORMAT, 'o', "format", "FORMAT", "table json", "" },
	{ OPT_WRITE, 'w', "write", "FILE", NULL, "" },
	{ OPT_QUIET, 'q', "quiet", NULL, NULL, "" },
	{ OPT_HELP_SHORT, 'h', NULL, NULL, NULL, "" },
	{ OPT_KEY, 0, "key", "FILE", NULL, "" },
};

static struct args args;

static void start(int argc, const char **argv) { args_start(&args, table, sizeof(table) / sizeof(table[0]), argc, (char **)(uintptr_t)argv); }
#define START(...) start((int)(sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *)), (const char *[]){ __VA_ARGS__ })

static void next_is(int id, const char *value)
{
	ck_assert_int_eq(args_next(&args), id);
	if (value)
		ck_assert_str_eq(args.value, value);
	else
		ck_assert_ptr_null(args.value);
}

START_TEST(options_after_operands)
{
	START("a.ieb", "-qo", "json", "--write=x", "b.ieb", "-wy", "--write", "z", "-", "--", "-q", "--key");
	next_is(ARGS_OPERAND, "a.ieb");
	next_is(OPT_QUIET, NULL);
	next_is(OPT_FORMAT, "json");
	next_is(OPT_WRITE, "x");
	next_is(ARGS_OPERAND, "b.ieb");
	next_is(OPT_WRITE, "y");
	next_is(OPT_WRITE, "z");
	next_is(ARGS_OPERAND, "-");
	next_is(ARGS_OPERAND, "-q");
	next_is(ARGS_OPERAND, "--key");
	next_is(ARGS_END, NULL);
	next_is(ARGS_END, NULL);
}
END_TEST

static void error_is(const char *want)
{
	int id;
	while ((id = args_next(&args)) != ARGS_ERROR)
		ck_assert_int_ne(id, ARGS_END);
	ck_assert_str_eq(args.error, want);
}

START_TEST(errors_name_the_thing)
{
	START("--wirte", "x");
	error_is("unknown option --wirte; did you mean --write?");
	START("--something");
	error_is("unknown option --something");
	START("-qx");
	error_is("unknown option -x");
	START("--write");
	error_is("--write needs FILE");
	START("-w");
	error_is("--write needs FILE");
	START("--quiet=1");
	error_is("--quiet takes no value");
	START("-o", "jsn");
	error_is("--format: 'jsn' is none of: table json");
	START("--format=");
	error_is("--format: '' is none of: table json");
	/* No abbreviations. */
	START("--writ", "x");
	error_is("unknown option --writ; did you mean --write?");
}
END_TEST

START_TEST(columns_after_the_format)
{
	START("-o", "json:a,b");
	next_is(OPT_FORMAT, "json:a,b");
}
END_TEST

START_TEST(numbers)
{
	uint64_t n;
	ck_assert(number_read("0", 10, &n) && n == 0);
	ck_assert(number_read("10", 10, &n) && n == 10);
	ck_assert(!number_read("11", 10, &n));
	ck_assert(number_read("2k", 2000, &n) && n == 2000);
	ck_assert(number_read("3G", UINT64_MAX, &n) && n == 3000000000);
	ck_assert(number_read("18446744073709551615", UINT64_MAX, &n) && n == UINT64_MAX);
	ck_assert(!number_read("18446744073709551616", UINT64_MAX, &n));
	ck_assert(!number_read("18446744073709551615k", UINT64_MAX, &n));
	ck_assert(!number_read("", 10, &n));
	ck_assert(!number_read("k", 10, &n));
	ck_assert(!number_read("-1", 10, &n));
	ck_assert(!number_read("1kk", UINT64_MAX, &n));
	ck_assert(!number_read("1 ", 10, &n));
	ck_assert(!number_read("0x1", 10, &n));
}
END_TEST

static const char *nearest(const char *word)
{
	static const char *const words[] = { "show", "flows", "signals", "origins", "collect", "verify", "help" };
	struct near near;
	near_start(&near, word);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		near_offer(&near, words[i]);
	return near_best(&near);
}

START_TEST(near_words)
{
	ck_assert_str_eq(nearest("colect"), "collect");
	ck_assert_str_eq(nearest("flwos"), "flows");
	ck_assert_str_eq(nearest("orgins"), "origins");
	ck_assert_str_eq(nearest("verifiy"), "verify");
	ck_assert_ptr_null(nearest("xyzzy"));
	ck_assert_ptr_null(nearest(""));
	ck_assert_ptr_null(nearest("a-word-that-is-much-longer-than-any-verb-could-be"));
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("args");
	tcase_add_test(tcase, options_after_operands);
	tcase_add_test(tcase, errors_name_the_thing);
	tcase_add_test(tcase, columns_after_the_format);
	tcase_add_test(tcase, numbers);
	tcase_add_test(tcase, near_words);
	return suite_run("args", tcase);
}
