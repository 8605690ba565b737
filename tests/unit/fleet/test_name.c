/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/name.h"
#include "support/suite.h"
#include <string.h>

#define DIGEST "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct name sample(void)
{
	struct name n;
	uint8_t sha256[32];
	for (uint8_t i = 0; i < 32; i++)
		sha256[i] = i;
	ck_assert(name_of(&n, "fra-01", UINT64_C(1795219199) * 1000000000 + 999999999, sha256));
	return n;
}

START_TEST(keys)
{
	struct name n = sample();
	char key[NAME_MAX_BYTES];
	name_bundle(&n, key);
	ck_assert_str_eq(key, "b/fra-01/2026/11/20/" DIGEST ".ieb");
	name_sidecar(&n, ".0a1b2c3d.iec", key);
	ck_assert_str_eq(key, "b/fra-01/2026/11/20/" DIGEST ".ieb.0a1b2c3d.iec");
	name_of_rows(&n, "flows", key);
	ck_assert_str_eq(key, "r/flows/fra-01/2026/11/20/" DIGEST ".pb.gz");
}
END_TEST

START_TEST(back_again)
{
	struct name n;
	const char *tail;
	ck_assert(name_parse("b/fra-01/2026/11/20/" DIGEST ".ieb", &n, &tail));
	ck_assert_str_eq(tail, "");
	ck_assert_uint_eq(name_day(&n), 20777);
	ck_assert(name_parse("b/a.b/2026/11/20/" DIGEST ".ieb.iec", &n, &tail));
	ck_assert_str_eq(tail, ".iec");
	ck_assert(name_parse("b/a/1970/01/01/" DIGEST ".ieb.0a1b2c3d.iec", &n, &tail));
	ck_assert_uint_eq(name_day(&n), 0);
	ck_assert(name_parse("b/a/2024/02/29/" DIGEST ".ieb", &n, &tail));
	ck_assert_uint_eq(name_day(&n), 19782);
}
END_TEST

START_TEST(no_names)
{
	static const char *const bad[] = {
		"", "b/", "b//2026/11/20/" DIGEST ".ieb", "b/../2026/11/20/" DIGEST ".ieb", "b/A/2026/11/20/" DIGEST ".ieb", "b/a/2026/13/20/" DIGEST ".ieb",
		"b/a/2026/11/00/" DIGEST ".ieb", "b/a/26/11/20/" DIGEST ".ieb", "b/a/2026/11/20/" DIGEST, "b/a/2026/11/20/" DIGEST ".ieb.part",
		"b/a/2026/11/20/" DIGEST "0.ieb", "b/a/2026/11/20/0" DIGEST ".ieb", "r/a/2026/11/20/" DIGEST ".ieb", "b/a/2026/11/20/" DIGEST ".ieb.0A1B2C3D.iec",
		"b/a/2026/11/20", "b/a/2026/11/20/" DIGEST ".ieb/..",
	};
	struct name n;
	const char *tail;
	uint8_t sha256[32] = { 0 };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!name_parse(bad[i], &n, &tail), "%s", bad[i]);
	ck_assert(!name_of(&n, "../x", 0, sha256));
	ck_assert(!name_of(&n, "", 0, sha256));
	ck_assert(name_of(&n, "x", UINT64_MAX, sha256));
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("name");
	tcase_add_test(t, keys);
	tcase_add_test(t, back_again);
	tcase_add_test(t, no_names);
	return suite_run("name", t);
}
