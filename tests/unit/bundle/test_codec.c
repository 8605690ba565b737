/* SPDX-License-Identifier: Apache-2.0 */
/* zlib streams that end exactly, the tree of RFC 9162, and packed arrays. */
#include "bundle/base64.h"
#include "bundle/codec.h"
#include "bundle/column.h"
#include "bundle/tree.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

START_TEST(zlib_exactly)
{
	uint8_t in[4000], packed[4100], out[4001];
	struct codec *c = codec_new();
	ck_assert_ptr_nonnull(c);
	for (size_t i = 0; i < sizeof in; i++)
		in[i] = (uint8_t)(i / 16);
	size_t bytes = codec_deflate(c, in, sizeof in, packed);
	ck_assert_uint_gt(bytes, 0);
	ck_assert_uint_lt(bytes, sizeof in);
	ck_assert(codec_inflate(c, packed, bytes, out, sizeof in));
	ck_assert_mem_eq(in, out, sizeof in);
	ck_assert(!codec_inflate(c, packed, bytes, out, sizeof in + 1));
	ck_assert(!codec_inflate(c, packed, bytes, out, sizeof in - 1));
	ck_assert(!codec_inflate(c, packed, bytes - 1, out, sizeof in));
	ck_assert(!codec_inflate(c, packed, bytes + 1, out, sizeof in));
	packed[bytes - 1] ^= 1;
	ck_assert(!codec_inflate(c, packed, bytes, out, sizeof in));
	codec_free(c);
}
END_TEST

START_TEST(zlib_not_shorter)
{
	uint8_t noise[] = { 3, 141, 59, 26, 53, 58, 97, 93 }, out[sizeof noise];
	struct codec *c = codec_new();
	ck_assert_uint_eq(codec_deflate(c, noise, sizeof noise, out), 0);
	ck_assert_uint_eq(codec_deflate(c, noise, 1, out), 0);
	ck_assert_uint_eq(codec_deflate(c, noise, 0, out), 0);
	codec_free(c);
}
END_TEST

START_TEST(crc_is_zlibs)
{
	ck_assert_uint_eq(codec_crc32(0, "123456789", 9), 0xcbf43926);
	ck_assert_uint_eq(codec_crc32(77, "abc", 3), crc32(77, (const Bytef *)"abc", 3));
}
END_TEST

/* RFC 9162 section 2.1.1, as it is written there. */
static void mth(const struct tree_hash *leaves, size_t n, struct tree_hash *root)
{
	uint8_t image[65] = { 1 };
	struct tree_hash half[2];
	size_t k = 1;
	if (n == 1) {
		*root = leaves[0];
		return;
	}
	while (k * 2 < n)
		k *= 2;
	mth(leaves, k, &half[0]);
	mth(leaves + k, n - k, &half[1]);
	memcpy(image + 1, half, 64);
	hash_sha256(image, sizeof image, root->bytes);
}

START_TEST(trees)
{
	struct tree_hash leaves[70], scratch[70], expected, got;
	struct ind_stream stream = { 0 };
	static const uint8_t nothing[] = { 0xe3, 0xb0, 0xc4, 0x42 };
	tree_root(&stream, &got);
	ck_assert_mem_eq(got.bytes, nothing, sizeof nothing);
	for (size_t n = 1; n <= 70; n++) {
		memset(leaves[n - 1].bytes, (int)n, sizeof leaves[0].bytes);
		tree_push(&stream, &leaves[n - 1]);
		ck_assert(tree_shape_ok(&stream));
		mth(leaves, n, &expected);
		tree_root(&stream, &got);
		ck_assert_mem_eq(&got, &expected, sizeof got);
		memcpy(scratch, leaves, sizeof leaves);
		tree_root_of(scratch, n, &got);
		ck_assert_mem_eq(&got, &expected, sizeof got);
	}
	stream.leaves++;
	ck_assert(!tree_shape_ok(&stream));
}
END_TEST

START_TEST(packed_arrays)
{
	static const uint64_t values[] = { 0, 1, 127, 128, 300, UINT32_MAX, INT64_MAX, (uint64_t)INT64_MIN, UINT64_MAX, 5 };
	enum { COUNT = sizeof values / sizeof values[0] };
	uint64_t numbers[COUNT], back[COUNT];
	struct column c = { .numbers = numbers, .count = COUNT }, d = { .numbers = back };
	struct column_spec spec = { .form = (uint8_t)_i, .max = UINT64_MAX };
	uint8_t room[COUNT * 10 + 11];
	const uint8_t *raw;
	memcpy(numbers, values, sizeof numbers);
	for (unsigned is_time = 0; is_time < 2; is_time++) {
		struct column_time time = { 1000, 1 };
		spec.is_time = is_time && _i != FORM_NUMBERS;
		size_t bytes = column_encode(&spec, &c, time, room, &raw);
		ck_assert_uint_le(bytes, column_raw_max(&spec, &c));
		ck_assert(column_decode(&spec, raw, bytes, time, COUNT, &d));
		ck_assert_mem_eq(back, values, sizeof back);
		ck_assert(!column_decode(&spec, raw, bytes, time, COUNT - 1, &d));
		ck_assert(!column_decode(&spec, raw, bytes - 1, time, COUNT, &d));
	}
}
END_TEST

START_TEST(microseconds)
{
	uint64_t numbers[] = { 5000, 3000, 7000 }, back[3];
	struct column c = { .numbers = numbers, .count = 3 }, d = { .numbers = back };
	struct column_spec spec = { .form = FORM_DELTA, .is_time = true, .max = UINT64_MAX };
	struct column_time time = { 5000, 1000 };
	uint8_t room[64];
	const uint8_t *raw;
	static const uint8_t expected[] = { 0x0a, 3, 0, 3, 8 };
	size_t bytes = column_encode(&spec, &c, time, room, &raw);
	ck_assert_uint_eq(bytes, sizeof expected);
	ck_assert_mem_eq(raw, expected, sizeof expected);
	ck_assert(column_decode(&spec, raw, bytes, time, 3, &d));
	ck_assert_mem_eq(back, numbers, sizeof back);
}
END_TEST

START_TEST(base64_strict)
{
	static const struct { const char *text; size_t count; bool ok; } cases[] = {
		{ "", 0, true }, { "Zg==", 1, true }, { "Zm8=", 2, true }, { "Zm9v", 3, true }, { "Zm9vYg==", 4, true }, { "Zh==", 1, false },
		{ "Zm9=", 2, false }, { "Zg=A", 1, false }, { "Zm9v", 2, false }, { "Zm 9", 3, false }, { "Z===", 1, false }, { "-_+/", 3, false },
	};
	uint8_t bytes[8];
	char text[16];
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		ck_assert_msg(base64_get(cases[i].text, strlen(cases[i].text), bytes, cases[i].count) == cases[i].ok, "%s", cases[i].text);
		if (!cases[i].ok)
			continue;
		*base64_put(bytes, cases[i].count, text) = '\0';
		ck_assert_str_eq(text, cases[i].text);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("bundle codec");
	TCase *t = tcase_create("all");
	tcase_add_test(t, zlib_exactly);
	tcase_add_test(t, zlib_not_shorter);
	tcase_add_test(t, crc_is_zlibs);
	tcase_add_test(t, trees);
	tcase_add_loop_test(t, packed_arrays, FORM_NUMBERS, FORM_DELTA + 1);
	tcase_add_test(t, microseconds);
	tcase_add_test(t, base64_strict);
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
