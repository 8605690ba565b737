/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/sign.h"
#include "support/suite.h"
#include <string.h>

/* Signatures were computed with Python's hmac from the specification's steps; the last test is RFC 4231's. */

static const struct sign_keys plain = { .access = "AKIAIOSFODNN7EXAMPLE", .secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };

START_TEST(a_list_is_signed)
{
	char text[SIGN_AUTHORIZATION_MAX], empty[65];
	uint8_t digest[32];
	hash_sha256("", 0, digest);
	hash_hex(digest, 32, empty);
	const struct sign_request r = { "GET", "examplebucket.s3.amazonaws.com", "/", "list-type=2&max-keys=1000&prefix=b%2Ffra-01%2F", empty, "20130524T000000Z", "us-east-1" };
	ck_assert_int_eq(sign_authorization(&r, &plain, text), IND_OK);
	ck_assert_str_eq(text, "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
			       "Signature=70c447c4d31137ba0612dbae0e2889e809aef25f3f0e4d5a033800900853ecc9");
}
END_TEST

START_TEST(a_session_is_signed_with_its_token)
{
	char text[SIGN_AUTHORIZATION_MAX], payload[65];
	uint8_t digest[32];
	const struct sign_keys keys = { .access = "AK", .secret = "secret", .token = "TOKEN==" };
	hash_sha256("abc", 3, digest);
	hash_hex(digest, 32, payload);
	const struct sign_request r = { "PUT", "127.0.0.1:7480", "/evidence/b/fra-01/2026/11/20/x.ieb", "", payload, "20261120T091203Z", "eu-central-1" };
	ck_assert_int_eq(sign_authorization(&r, &keys, text), IND_OK);
	ck_assert_ptr_nonnull(strstr(text, "x-amz-security-token, Signature=a673476ba2aa825430ce05104529180dad9f0600a406bd7415894f111430c8cc"));
}
END_TEST

START_TEST(time_and_encoding)
{
	char text[SIGN_TIME_BYTES], encoded[64];
	sign_time(1795165923, text);
	ck_assert_str_eq(text, "20261120T091203Z");
	ck_assert(sign_encode("a b/ü+~", true, encoded, sizeof(encoded)));
	ck_assert_str_eq(encoded, "a%20b%2F%C3%BC%2B~");
	ck_assert(sign_encode("a/b", false, encoded, sizeof(encoded)));
	ck_assert_str_eq(encoded, "a/b");
	ck_assert(!sign_encode("abcdef", false, encoded, 6));
}
END_TEST

/* RFC 4231 test cases 2 and 6: a short key, and one longer than a block. */
START_TEST(hmac)
{
	uint8_t mac[32], key[131];
	char hex[65];
	sign_hmac("Jefe", 4, "what do ya want for nothing?", 28, mac);
	hash_hex(mac, 32, hex);
	ck_assert_str_eq(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	sign_hmac(key, sizeof(key), "Test Using Larger Than Block-Size Key - Hash Key First", 54, mac);
	hash_hex(mac, 32, hex);
	ck_assert_str_eq(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("sign");
	tcase_add_test(t, a_list_is_signed);
	tcase_add_test(t, a_session_is_signed_with_its_token);
	tcase_add_test(t, time_and_encoding);
	tcase_add_test(t, hmac);
	return suite_run("sign", t);
}
