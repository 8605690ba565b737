/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 8032 section 7.1 test 2; a verifier key as the C2SP signed-note page defines it; what openssl writes and reads. */
#include "indicia/key.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t rfc_seed[32] = {
	0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda, 0x9d, 0xb6, 0xc3, 0x46, 0xec, 0x11, 0x4e, 0x0f, 0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab, 0xa6,
	0x24, 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb,
};
static const uint8_t rfc_public[32] = {
	0x3d, 0x40, 0x17, 0xc3, 0xe8, 0x43, 0x89, 0x5a, 0x92, 0xb7, 0x0a, 0xa7, 0x4d, 0x1b, 0x7e, 0xbc, 0x9c, 0x98, 0x2c, 0xcf, 0x2e, 0xc4, 0x96,
	0x8c, 0xc0, 0xcd, 0x55, 0xf1, 0x2a, 0xf4, 0x66, 0x0c,
};
static const uint8_t rfc_signature_head[8] = { 0x92, 0xa0, 0x09, 0xa9, 0xf0, 0xd4, 0xca, 0xb8 };

START_TEST(rfc8032)
{
	struct ind_key *key;
	struct ind_key_public pub;
	uint8_t signature[IND_SIGNATURE_BYTES];
	ck_assert_int_eq(ind_key_from_seed(rfc_seed, &key), IND_OK);
	ind_key_public(key, &pub);
	ck_assert_mem_eq(pub.bytes, rfc_public, sizeof rfc_public);
	ck_assert_int_eq(ind_key_sign(key, "\x72", 1, signature), IND_OK);
	ck_assert_mem_eq(signature, rfc_signature_head, sizeof rfc_signature_head);
	ck_assert_int_eq(ind_key_check(&pub, "\x72", 1, signature), IND_OK);
	ck_assert_int_eq(ind_key_check(&pub, "\x73", 1, signature), IND_KEY);
	signature[63] ^= 1;
	ck_assert_int_eq(ind_key_check(&pub, "\x72", 1, signature), IND_KEY);
	ind_key_free(key);
}
END_TEST

START_TEST(seed_in_locked_memory)
{
	struct ind_key *key, *again;
	struct ind_key_public a, b;
	uint8_t seed[IND_KEY_BYTES];
	enum ind_err locked = ind_key_lock_memory();
	ck_assert(locked == IND_OK || locked == IND_LIMIT);
	ck_assert_int_eq(ind_key_lock_memory(), IND_OK);
	ck_assert_int_eq(ind_key_from_seed(rfc_seed, &key), IND_OK);
	ck_assert_int_eq(ind_key_seed(key, seed), IND_OK);
	ck_assert_mem_eq(seed, rfc_seed, sizeof seed);
	ind_key_free(key);
	ck_assert_int_eq(ind_key_new(&key), IND_OK);
	ck_assert_int_eq(ind_key_seed(key, seed), IND_OK);
	ck_assert_int_eq(ind_key_from_seed(seed, &again), IND_OK);
	ind_key_public(key, &a);
	ind_key_public(again, &b);
	ck_assert_mem_eq(&a, &b, sizeof a);
	ind_key_free(key);
	ind_key_free(again);
}
END_TEST

START_TEST(pem_both_ways)
{
	static const char from_openssl[] = "-----BEGIN PRIVATE KEY-----\n"
					   "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
					   "-----END PRIVATE KEY-----\n";
	struct ind_key *key, *again;
	struct ind_key_public a, b;
	char *pem;
	ck_assert_int_eq(ind_key_new(&key), IND_OK);
	ck_assert_int_eq(ind_key_to_pem(key, &pem), IND_OK);
	ck_assert_int_eq(ind_key_from_pem(pem, strlen(pem), &again), IND_OK);
	ind_key_public(key, &a);
	ind_key_public(again, &b);
	ck_assert_mem_eq(&a, &b, sizeof a);
	free(pem);
	ind_key_free(key);
	ind_key_free(again);
	ck_assert_int_eq(ind_key_from_pem(from_openssl, strlen(from_openssl), &key), IND_OK);
	ind_key_public(key, &a);
	ck_assert_mem_eq(a.bytes, rfc_public, sizeof rfc_public);
	ck_assert_int_eq(ind_key_to_pem(key, &pem), IND_OK);
	ck_assert_str_eq(pem, from_openssl);
	free(pem);
	ind_key_free(key);
}
END_TEST

START_TEST(pem_of_something_else)
{
	static const char *const bad[] = {
		"", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		/* X25519 */
		"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n-----END PRIVATE KEY-----\n",
	};
	struct ind_key *key;
	ck_assert_int_eq(ind_key_from_pem(bad[_i], strlen(bad[_i]), &key), IND_KEY);
}
END_TEST

START_TEST(public_text)
{
	struct ind_key_public pub = { 0 }, again;
	char text[IND_KEY_TEXT_MAX], changed[IND_KEY_TEXT_MAX + 1];
	uint8_t id[4];
	memcpy(pub.bytes, rfc_public, sizeof rfc_public);
	ind_key_public_to_text(&pub, text);
	ind_key_id(&pub, "indicia", id);
	ck_assert_str_eq(text, "indicia+ed7d13f2+AT1AF8PoQ4lakrcKp00bfrycmCzPLsSWjMDNVfEq9GYM");
	ck_assert_mem_eq(id, "\xed\x7d\x13\xf2", 4);
	ck_assert_int_eq(ind_key_public_from_text(text, strlen(text), &again), IND_OK);
	ck_assert_mem_eq(&pub, &again, sizeof pub);
	for (size_t i = 0; i < strlen(text); i++) {
		strcpy(changed, text);
		changed[i] ^= 1;
		ck_assert_msg(ind_key_public_from_text(changed, strlen(changed), &again) == IND_MALFORMED, "at %zu", i);
		ck_assert_int_eq(ind_key_public_from_text(text, i, &again), IND_MALFORMED);
	}
	strcpy(changed, text);
	strcat(changed, "\n");
	ck_assert_int_eq(ind_key_public_from_text(changed, strlen(changed), &again), IND_MALFORMED);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("bundle key");
	TCase *t = tcase_create("all");
	tcase_add_test(t, rfc8032);
	tcase_add_test(t, seed_in_locked_memory);
	tcase_add_test(t, pem_both_ways);
	tcase_add_loop_test(t, pem_of_something_else, 0, 4);
	tcase_add_test(t, public_text);
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
