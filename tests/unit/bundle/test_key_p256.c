/* SPDX-License-Identifier: Apache-2.0 */
/* ECDSA over P-256: RFC 6979 appendix A.2.5; the forms of a key and of its signatures, of which each has one; statements by such a key. */
#include "indicia/trust.h"
#include "support/suite.h"
#include <stdlib.h>
#include <string.h>

/* What `openssl pkey` makes of the private key of RFC 6979: PKCS#8, and the older form. */
static const char pem_pkcs8[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgya+p2EW6dRZrXCFX\n"
	"Z7HWk05Qw9s26JsSe4piKxIPZyGhRANCAARg/tS6JVqdMclh63TGNW1owEm4kjth\n"
	"+mzmaWIuYPKftnkD/hAIuLyZpBrp6VYovGTy8bIMLX6fUXejwpTURiKZ\n"
	"-----END PRIVATE KEY-----\n";
static const char pem_sec1[] =
	"-----BEGIN EC PRIVATE KEY-----\n"
	"MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49\n"
	"AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8\n"
	"maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==\n"
	"-----END EC PRIVATE KEY-----\n";
static const char pem_p384[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDAAAAAAAAAAAAAAAAAA\n"
	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAWhZANiAAQR3iSiwlHH\n"
	"d1c8rF6gJeRn8gjlHb/5j8VPZmHL5WWDsDeIL0ocopfmCrzbw4NthLyPppbHdED5\n"
	"LQ9YN+kKAOfFKEtEd1TV3uiMmGUztpAa6zF3aG0K6PszGEQUq+bBcTo=\n"
	"-----END PRIVATE KEY-----\n";
static const char public_text[] =
	"indicia+5a7a78cc+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGD+1LolWp0xyWHrdMY1bWjASbiSO2H6bOZpYi5g8p+2eQP"
	"+EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk=";

static const uint8_t rfc_public[2 * IND_KEY_BYTES] = {
	0x60, 0xfe, 0xd4, 0xba, 0x25, 0x5a, 0x9d, 0x31, 0xc9, 0x61, 0xeb, 0x74, 0xc6, 0x35, 0x6d, 0x68,
	0xc0, 0x49, 0xb8, 0x92, 0x3b, 0x61, 0xfa, 0x6c, 0xe6, 0x69, 0x62, 0x2e, 0x60, 0xf2, 0x9f, 0xb6,
	0x79, 0x03, 0xfe, 0x10, 0x08, 0xb8, 0xbc, 0x99, 0xa4, 0x1a, 0xe9, 0xe9, 0x56, 0x28, 0xbc, 0x64,
	0xf2, 0xf1, 0xb2, 0x0c, 0x2d, 0x7e, 0x9f, 0x51, 0x77, 0xa3, 0xc2, 0x94, 0xd4, 0x46, 0x22, 0x99,
};
/* Of "sample" with SHA-256. Its s is the larger one of two. */
static const uint8_t rfc_signature[IND_SIGNATURE_BYTES] = {
	0xef, 0xd4, 0x8b, 0x2a, 0xac, 0xb6, 0xa8, 0xfd, 0x11, 0x40, 0xdd, 0x9c, 0xd4, 0x5e, 0x81, 0xd6,
	0x9d, 0x2c, 0x87, 0x7b, 0x56, 0xaa, 0xf9, 0x91, 0xc3, 0x4d, 0x0e, 0xa8, 0x4e, 0xaf, 0x37, 0x16,
	0xf7, 0xcb, 0x1c, 0x94, 0x2d, 0x65, 0x7c, 0x41, 0xd4, 0x36, 0xc7, 0xa1, 0xb6, 0xe2, 0x9f, 0x65,
	0xf3, 0xe9, 0x00, 0xdb, 0xb9, 0xaf, 0xf4, 0x06, 0x4d, 0xc4, 0xab, 0x2f, 0x84, 0x3a, 0xcd, 0xa8,
};
/* The order of the curve less that s. */
static const uint8_t low_s[IND_KEY_BYTES] = {
	0x08, 0x34, 0xe3, 0x6a, 0xd2, 0x9a, 0x83, 0xbf, 0x2b, 0xc9, 0x38, 0x5e, 0x49, 0x1d, 0x60, 0x99,
	0xc8, 0xfd, 0xf9, 0xd1, 0xed, 0x67, 0xaa, 0x7e, 0xa5, 0xf5, 0x1f, 0x93, 0x78, 0x28, 0x57, 0xa9,
};

static struct ind_key *key_read(const char *pem)
{
	struct ind_key *key;
	ck_assert_int_eq(ind_key_from_pem(pem, strlen(pem), &key), IND_OK);
	return key;
}

static struct ind_key_public public_of(const struct ind_key *key)
{
	struct ind_key_public pub;
	ind_key_public(key, &pub);
	return pub;
}

static struct ind_key_public rfc_key(void)
{
	struct ind_key_public pub = { .type = IND_KEY_P256 };
	memcpy(pub.bytes, rfc_public, sizeof pub.bytes);
	memcpy(pub.y, rfc_public + sizeof pub.bytes, sizeof pub.y);
	return pub;
}

START_TEST(pem)
{
	struct ind_key *a = key_read(pem_pkcs8), *b = key_read(pem_sec1), *other;
	struct ind_key_public pub = rfc_key(), of_a = public_of(a), of_b = public_of(b);
	char *text;
	uint8_t seed[IND_KEY_BYTES];
	ck_assert_mem_eq(&of_a, &pub, sizeof pub);
	ck_assert_mem_eq(&of_b, &pub, sizeof pub);
	ck_assert(!ind_key_in_tpm(a));
	ck_assert_int_eq(ind_key_to_pem(a, &text), IND_OK);
	ck_assert_str_eq(text, pem_pkcs8);
	free(text);
	ck_assert_int_eq(ind_key_seed(a, seed), IND_CRYPTO);
	ck_assert_int_eq(ind_key_from_pem(pem_p384, strlen(pem_p384), &other), IND_KEY);
	ind_key_free(a);
	ind_key_free(b);
}
END_TEST

START_TEST(one_form_of_a_signature)
{
	struct ind_key_public pub = rfc_key();
	uint8_t signature[IND_SIGNATURE_BYTES], zero[IND_SIGNATURE_BYTES] = { 0 };
	memcpy(signature, rfc_signature, sizeof signature);
	ck_assert_int_eq(ind_key_check(&pub, "sample", 6, signature), IND_KEY);
	memcpy(signature + IND_KEY_BYTES, low_s, sizeof low_s);
	ck_assert_int_eq(ind_key_check(&pub, "sample", 6, signature), IND_OK);
	ck_assert_int_eq(ind_key_check(&pub, "samplf", 6, signature), IND_KEY);
	for (size_t bit = 0; bit < 8 * sizeof signature; bit++) {
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ck_assert_msg(ind_key_check(&pub, "sample", 6, signature) == IND_KEY, "bit %zu", bit);
		signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	ck_assert_int_eq(ind_key_check(&pub, "sample", 6, zero), IND_KEY);
	pub.y[31] ^= 1;
	ck_assert_msg(ind_key_check(&pub, "sample", 6, signature) == IND_KEY, "no point of the curve");
	pub = rfc_key();
	pub.type = IND_KEY_ED25519;
	ck_assert_int_eq(ind_key_check(&pub, "sample", 6, signature), IND_KEY);
}
END_TEST

/* Half of all signatures that the library makes have to be turned over. */
START_TEST(signs_and_checks)
{
	struct ind_key *key = key_read(pem_pkcs8);
	struct ind_key_public pub = rfc_key();
	uint8_t signature[IND_SIGNATURE_BYTES];
	for (unsigned i = 0; i < 64; i++) {
		uint8_t message[3] = { 'a', 'b', (uint8_t)i };
		ck_assert_int_eq(ind_key_sign(key, message, sizeof message, signature), IND_OK);
		ck_assert_int_eq(ind_key_check(&pub, message, sizeof message, signature), IND_OK);
		ck_assert_int_lt(signature[IND_KEY_BYTES], 0x80);
		message[0] ^= 1;
		ck_assert_int_eq(ind_key_check(&pub, message, sizeof message, signature), IND_KEY);
	}
	ind_key_free(key);
}
END_TEST

START_TEST(texts)
{
	struct ind_key_public pub = rfc_key(), again;
	char text[IND_KEY_TEXT_MAX], changed[IND_KEY_TEXT_MAX];
	ind_key_public_to_text(&pub, text);
	ck_assert_str_eq(text, public_text);
	ck_assert_int_eq(ind_key_public_from_text(text, strlen(text), &again), IND_OK);
	ck_assert_mem_eq(&pub, &again, sizeof pub);
	for (size_t i = 0; i < strlen(text); i++) {
		strcpy(changed, text);
		changed[i] ^= 1;
		ck_assert_msg(ind_key_public_from_text(changed, strlen(changed), &again) == IND_MALFORMED, "at %zu", i);
		ck_assert_int_eq(ind_key_public_from_text(text, i, &again), IND_MALFORMED);
	}
}
END_TEST

/* In a note the signature has its DER form, whose length varies. A statement about a key of one kind may be signed by one of the other. */
START_TEST(statements)
{
	static const uint8_t seed[IND_KEY_BYTES] = { 7 };
	struct ind_key *key[2] = { key_read(pem_pkcs8) };
	ck_assert_int_eq(ind_key_from_seed(seed, &key[1]), IND_OK);
	struct ind_key_public pub[2] = { public_of(key[0]), public_of(key[1]) };
	char text[IND_STATEMENT_MAX_BYTES];
	struct ind_statement again;
	for (uint64_t i = 0; i < 64; i++) {
		size_t by = i % 2;
		struct ind_statement s = { .kind = IND_STATEMENT_SUCCESSOR, .key = pub[by], .successor = pub[1 - by], .time_s = i };
		ck_assert_int_eq(ind_statement_sign(&s, key[by], text), IND_OK);
		ck_assert_int_eq(ind_statement_read(text, strlen(text), &again), IND_OK);
		ck_assert_int_eq(ind_statement_check(&again, &pub[by]), IND_OK);
		ck_assert_int_eq(ind_statement_check(&again, &pub[1 - by]), IND_KEY);
		size_t end = strlen(text);
		for (size_t at = 0; at < end; at++) {
			text[at] ^= 1;
			if (ind_statement_read(text, end, &again) == IND_OK)
				ck_assert_msg(ind_statement_check(&again, &pub[by]) == IND_KEY, "byte %zu", at);
			text[at] ^= 1;
		}
		ck_assert_int_eq(ind_statement_read(text, end - 1, &again), IND_MALFORMED);
	}
	ind_key_free(key[0]);
	ind_key_free(key[1]);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("all");
	tcase_add_test(t, pem);
	tcase_add_test(t, one_form_of_a_signature);
	tcase_add_test(t, signs_and_checks);
	tcase_add_test(t, texts);
	tcase_add_test(t, statements);
	return suite_run("bundle key P-256", t);
}
