/* SPDX-License-Identifier: Apache-2.0 */
/* No damaged bundle is ever VALID, and what an interrupted writer leaves keeps what was sealed. */
#include "damage.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct keys keys;
static struct memory bundle;
static const uint8_t seed[32] = { 7 };
enum { RECORDS = 2, STEP = 5 };

/* Every bit of a small bundle is tests/vectors/attack.py's in each run, and this test's when there is time; else one of so many, of all places in a byte. */
static size_t step(void) { return getenv("INDICIA_LONG") ? 1 : STEP; }

static void setup(void)
{
	keys_make(&keys, 5);
	sample_bundle(&bundle, RECORDS, &keys, seed);
}

static void teardown(void)
{
	memory_free(&bundle);
	keys_free(&keys);
}

static enum ind_verdict verdict(const struct memory *m) { return sample_verify(m, &keys).verdict; }

/* The last byte before the padding of the first CHECKPOINT: what is sealed even if all after it is lost. */
static size_t first_seal_end(void)
{
	for (unsigned i = 0;; i++) {
		size_t at = damage_frame(&bundle, i);
		ck_assert_uint_lt(at, bundle.bytes);
		if (bundle.at[at + 5] == 7)
			return damage_frame(&bundle, i + 1);
	}
}

START_TEST(flips)
{
	size_t sealed = first_seal_end();
	for (size_t bit = 0; bit < bundle.bytes * 8; bit += step()) {
		damage_flip(&bundle, bit);
		struct ind_verify_result v = sample_verify(&bundle, &keys);
		ck_assert_msg(v.verdict != IND_VERDICT_VALID, "bit %zu", bit);
		ck_assert_msg(v.reason[0] != '\0', "bit %zu", bit);
		if (bit / 8 < sealed)
			ck_assert_msg(v.verdict == IND_VERDICT_ALTERED, "bit %zu: %s", bit, ind_verdict_name(v.verdict));
		damage_flip(&bundle, bit);
	}
	ck_assert_int_eq(verdict(&bundle), IND_VERDICT_VALID);
}
END_TEST

static bool in_crc(const struct memory *m, size_t byte)
{
	if (byte < 32)
		return byte >= 28;
	for (unsigned i = 0;; i++) {
		size_t at = damage_frame(m, i), end = damage_frame(m, i + 1);
		if (byte < end)
			return byte >= at + 24 && byte < at + 32;
	}
}

START_TEST(flips_with_repaired_crcs)
{
	unsigned altered = 0;
	for (size_t bit = 0; bit < bundle.bytes * 8; bit += step()) {
		if (in_crc(&bundle, bit / 8))
			continue;
		struct memory copy = damage_copy(&bundle);
		damage_flip(&copy, bit);
		damage_repair(&copy);
		enum ind_verdict v = verdict(&copy);
		ck_assert_msg(v != IND_VERDICT_VALID, "bit %zu", bit);
		altered += v == IND_VERDICT_ALTERED;
		memory_free(&copy);
	}
	ck_assert_uint_gt(altered * step(), bundle.bytes * 8 / 10 * 9);
}
END_TEST

START_TEST(every_truncation)
{
	size_t sealed = first_seal_end(), whole = bundle.bytes;
	uint64_t sealed_leaves = 0;
	for (size_t bytes = 0; bytes < whole; bytes++) {
		bundle.bytes = bytes;
		struct ind_verify_result v = sample_verify(&bundle, &keys);
		if (bytes < sealed) {
			ck_assert_int_eq(v.verdict, IND_VERDICT_UNSEALED);
			ck_assert_uint_eq(v.authenticated_leaves, 0);
		} else {
			sealed_leaves = sealed_leaves ? sealed_leaves : v.authenticated_leaves;
			ck_assert_int_eq(v.verdict, IND_VERDICT_INCOMPLETE);
			ck_assert_uint_eq(v.authenticated_bytes, sealed);
			ck_assert_uint_eq(v.authenticated_leaves, sealed_leaves);
			ck_assert_uint_eq(v.records, RECORDS / 2 * 4);
		}
	}
	bundle.bytes = whole;
	ck_assert_uint_gt(sealed_leaves, 0);
}
END_TEST

START_TEST(every_zero_tail)
{
	for (size_t from = bundle.bytes; from-- > 0;) {
		struct memory copy = damage_copy(&bundle);
		memset(copy.at + from, 0, copy.bytes - from);
		if (memcmp(copy.at, bundle.at, bundle.bytes) != 0)
			ck_assert_int_ne(verdict(&copy), IND_VERDICT_VALID);
		memory_free(&copy);
	}
}
END_TEST

static void append(struct memory *m, const struct memory *from, unsigned frame)
{
	size_t at = damage_frame(from, frame), end = damage_frame(from, frame + 1);
	memcpy(m->at + m->bytes, from->at + at, end - at);
	m->bytes += end - at;
}

/* Numbers frames anew, as someone would who moves them. */
static void renumber(struct memory *m)
{
	for (unsigned i = 0; damage_frame(m, i) < m->bytes; i++) {
		uint8_t *seq = m->at + damage_frame(m, i) + 8;
		memset(seq, 0, 8);
		seq[0] = (uint8_t)i;
	}
	damage_repair(m);
}

/* Frame `a` left out, written twice, or changed with `b`. */
static struct memory rearranged(unsigned a, unsigned b, bool twice)
{
	struct memory m = { .at = malloc(bundle.bytes * 2), .bytes = 32, .capacity = bundle.bytes * 2 };
	ck_assert_ptr_nonnull(m.at);
	memcpy(m.at, bundle.at, 32);
	for (unsigned i = 0; damage_frame(&bundle, i) < bundle.bytes; i++) {
		if (a == b && i == a && !twice)
			continue;
		append(&m, &bundle, i == a ? b : i == b ? a : i);
		if (a == b && i == a)
			append(&m, &bundle, a);
	}
	return m;
}

START_TEST(rearranged_frames)
{
	unsigned frames = 0, tried = 0;
	while (damage_frame(&bundle, frames) < bundle.bytes)
		frames++;
	for (unsigned a = 0; a < frames; a++)
		for (unsigned b = a; b < frames; b++)
			for (int way = 0; way < 4; way++) {
				struct memory m = rearranged(a, b, way & 1);
				if (way & 2)
					renumber(&m);
				ck_assert_msg(verdict(&m) != IND_VERDICT_VALID, "frames %u %u way %d", a, b, way);
				memory_free(&m);
				tried++;
			}
	ck_assert_uint_gt(tried, 200);
}
END_TEST

START_TEST(bytes_after_the_end)
{
	for (size_t extra = 1; extra < 70; extra++) {
		struct memory m = { 0 };
		m.at = calloc(1, bundle.bytes + extra);
		ck_assert_ptr_nonnull(m.at);
		memcpy(m.at, bundle.at, bundle.bytes);
		m.bytes = bundle.bytes + extra;
		struct ind_verify_result v = sample_verify(&m, &keys);
		ck_assert_int_eq(v.verdict, IND_VERDICT_ALTERED);
		ck_assert_str_eq(v.reason, "trailing_bytes");
		memory_free(&m);
	}
}
END_TEST

START_TEST(other_keys)
{
	struct keys other;
	struct ind_verify_result v;
	struct ind_source source = memory_source(&bundle);
	struct ind_verify_options nobody = { 0 };
	keys_make(&other, 9);
	v = sample_verify(&bundle, &other);
	ck_assert_int_eq(v.verdict, IND_VERDICT_UNTRUSTED);
	ck_assert_str_eq(v.reason, "key_unknown");
	ck_assert_int_eq(ind_verify(&source, &nobody, &v), IND_OK);
	ck_assert_int_eq(v.verdict, IND_VERDICT_UNTRUSTED);
	struct ind_key_public identity;
	ind_key_public(keys.identity, &identity);
	ck_assert_mem_eq(v.identity.bytes, identity.bytes, IND_KEY_BYTES);
	bundle.bytes -= 200;
	ck_assert_int_eq(sample_verify(&bundle, &other).verdict, IND_VERDICT_UNTRUSTED);
	keys_free(&other);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("bundle damage");
	TCase *t = tcase_create("all positions");
	tcase_set_timeout(t, 600);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, flips);
	tcase_add_test(t, flips_with_repaired_crcs);
	tcase_add_test(t, every_truncation);
	tcase_add_test(t, every_zero_tail);
	tcase_add_test(t, rearranged_frames);
	tcase_add_test(t, bytes_after_the_end);
	tcase_add_test(t, other_keys);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
