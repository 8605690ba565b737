/* SPDX-License-Identifier: Apache-2.0 */
/* Published vectors: FIPS 197 appendix C.1, test case 4 of the GCM specification, RFC 5869 appendix A.1 and A.3. */
#include "base/aead.h"
#include "base/hkdf.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

static struct aead *aead;

static void setup(void) { ck_assert_int_eq(aead_new(&aead), IND_OK); }
static void teardown(void) { aead_free(aead); }

static size_t hex(uint8_t *out, const char *digits)
{
	size_t count = strlen(digits) / 2;
	for (size_t i = 0; i < count; i++) {
		unsigned byte = 0;
		ck_assert_int_eq(sscanf(digits + 2 * i, "%2x", &byte), 1);
		out[i] = (uint8_t)byte;
	}
	return count;
}

START_TEST(one_block)
{
	uint8_t key[16], in[16], out[16], want[16];
	hex(key, "000102030405060708090a0b0c0d0e0f");
	hex(in, "00112233445566778899aabbccddeeff");
	hex(want, "69c4e0d86a7b0430d8cdb78070b4c55a");
	for (int again = 0; again < 3; again++) {
		ck_assert(aead_block(key, in, out));
		ck_assert_mem_eq(out, want, sizeof want);
	}
}
END_TEST

START_TEST(opening)
{
	uint8_t key[16], nonce[12], data[20], sealed[80], want[60], out[60];
	hex(key, "feffe9928665731c6d6a8f9467308308");
	hex(nonce, "cafebabefacedbaddecaf888");
	hex(data, "feedfacedeadbeeffeedfacedeadbeefabaddad2");
	size_t count = hex(sealed,
		"42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
		"5bc94fbc3221a5db94fae95ae7121a47");
	hex(want,
		"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
	struct aead_keys keys = { key, nonce };
	const struct hash_part parts[] = { { data, 1 }, { data + 1, 0 }, { data + 1, 19 } };
	ck_assert(aead_open(aead, keys, parts, 3, sealed, count, out));
	ck_assert_mem_eq(out, want, sizeof want);
	ck_assert(!aead_open(aead, keys, parts, 2, sealed, count, out));
	ck_assert(!aead_open(aead, keys, parts, 3, sealed, count - 1, out));
	ck_assert(!aead_open(aead, keys, parts, 3, sealed, AEAD_TAG_BYTES - 1, out));
	sealed[3] ^= 1;
	ck_assert(!aead_open(aead, keys, parts, 3, sealed, count, out));
	sealed[3] ^= 1;
	ck_assert(aead_open(aead, keys, parts, 3, sealed, count, out));
}
END_TEST

START_TEST(extracting)
{
	struct hkdf_key key;
	uint8_t salt[13], input[22], want[32], out[32];
	hex(salt, "000102030405060708090a0b0c");
	memset(input, 0x0b, sizeof input);
	hkdf_key_set(&key, salt, sizeof salt);
	hkdf_extract(&key, input, sizeof input, out);
	hex(want, "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
	ck_assert_mem_eq(out, want, sizeof want);
	hkdf_key_set(&key, NULL, 0);
	hkdf_extract(&key, input, sizeof input, out);
	hex(want, "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04");
	ck_assert_mem_eq(out, want, sizeof want);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("aead");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, one_block);
	tcase_add_test(t, opening);
	tcase_add_test(t, extracting);
	return suite_run("base.aead", t);
}
