/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hash.h"
#include "support/suite.h"

#include <string.h>

static const char *hex_of(const uint8_t *bytes, size_t count)
{
	static char text[2 * HASH_SHA256_BYTES + 1];
	hash_hex(bytes, count, text);
	return text;
}

/* FIPS 180-4 and RFC 1321 examples. */
START_TEST(published_examples)
{
	uint8_t digest[HASH_SHA256_BYTES];
	hash_sha256("abc", 3, digest);
	ck_assert_str_eq(hex_of(digest, 32), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	hash_sha256("", 0, digest);
	ck_assert_str_eq(hex_of(digest, 32), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	hash_sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, digest);
	ck_assert_str_eq(hex_of(digest, 32), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	hash_sha1("abc", 3, digest);
	ck_assert_str_eq(hex_of(digest, 20), "a9993e364706816aba3e25717850c26c9cd0d89d");
	hash_md5("message digest", 14, digest);
	ck_assert_str_eq(hex_of(digest, 16), "f96b697d7cb7938d525a2f31aaf161d0");
}
END_TEST

START_TEST(every_length_is_the_same_in_one_piece_and_in_several)
{
	uint8_t bytes[700], whole[32], parts[32], streamed[32];
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 131 + 7);
	for (size_t n = 0; n <= sizeof bytes; n++) {
		struct hash_part two[] = { { bytes, n / 3 }, { bytes + n / 3, n - n / 3 } };
		struct hash_sha256_state s;
		hash_sha256(bytes, n, whole);
		hash_sha256_parts(two, 2, parts);
		hash_sha256_start(&s);
		for (size_t at = 0; at < n; at++)
			hash_sha256_add(&s, bytes + at, 1);
		hash_sha256_end(&s, streamed);
		ck_assert_mem_eq(whole, parts, 32);
		ck_assert_mem_eq(whole, streamed, 32);
	}
}
END_TEST

START_TEST(keyed_hash_depends_on_key_length_and_every_word)
{
	struct hash_key a = { 1, 2 }, b = { 1, 3 };
	uint64_t words[3] = { 10, 20, 30 };
	uint64_t h = hash_words(&a, words, 3);
	ck_assert_uint_eq(h, hash_words(&a, words, 3));
	ck_assert_uint_ne(h, hash_words(&b, words, 3));
	ck_assert_uint_ne(h, hash_words(&a, words, 2));
	for (size_t i = 0; i < 3; i++) {
		words[i] ^= 1;
		ck_assert_uint_ne(h, hash_words(&a, words, 3));
		words[i] ^= 1;
	}
}
END_TEST

START_TEST(random_bytes_are_not_twice_the_same)
{
	uint8_t a[32], b[32];
	ck_assert_int_eq(hash_random(a, sizeof a), IND_OK);
	ck_assert_int_eq(hash_random(b, sizeof b), IND_OK);
	ck_assert_mem_ne(a, b, sizeof a);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("hash");
	tcase_add_test(t, published_examples);
	tcase_add_test(t, every_length_is_the_same_in_one_piece_and_in_several);
	tcase_add_test(t, keyed_hash_depends_on_key_length_and_every_word);
	tcase_add_test(t, random_bytes_are_not_twice_the_same);
	return suite_run("base.hash", t);
}
