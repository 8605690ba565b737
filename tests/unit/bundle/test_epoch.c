/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 6.1: epochs inside a bundle, across bundles, across restarts; what a stolen identity key can and cannot do. */
#include "sample.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct keys keys;
static struct memory m, other;
static const struct ind_seal_info now = { .realtime_ns = 1700000020000000000 };

static void setup(void) { keys_make(&keys, 55); }

static void teardown(void)
{
	memory_free(&m);
	memory_free(&other);
	keys_free(&keys);
}

static enum ind_err begin(struct memory *to, const struct ind_stream *stream, const struct ind_key *epoch_key, struct ind_writer **w)
{
	struct ind_sink sink = memory_sink(to);
	struct ind_header *h = malloc(sizeof *h);
	ck_assert_ptr_nonnull(h);
	sample_header(h);
	enum ind_err err = ind_writer_new(&sink, stream, h, keys.identity, epoch_key, NULL, w);
	free(h);
	return err;
}

static void end(struct ind_writer *w, struct ind_stream *stream)
{
	struct ind_seal_info last = now;
	last.final = true;
	ck_assert_int_eq(ind_writer_seal(w, &last), IND_OK);
	if (stream)
		ind_writer_stream(w, stream);
	ind_writer_free(w);
}

static bool is(const struct ind_key_public *pub, const struct ind_key *key)
{
	struct ind_key_public expected;
	ind_key_public(key, &expected);
	return memcmp(pub, &expected, sizeof expected) == 0;
}

START_TEST(next_epoch_is_durable)
{
	struct ind_stream stream;
	struct ind_writer *w;
	sample_stream(&stream);
	ck_assert_int_eq(begin(&m, &stream, keys.epoch, &w), IND_OK);
	ck_assert_int_eq(ind_writer_seal(w, &now), IND_OK);
	size_t before = m.bytes;
	struct ind_epoch_change change = { .key = keys.boot, .realtime_ns = 5 };
	ck_assert_int_eq(ind_writer_epoch(w, &change), IND_OK);
	ck_assert_uint_gt(m.bytes, before);
	ck_assert_uint_eq(m.synced, m.bytes);
	end(w, &stream);
	ck_assert_uint_eq(stream.epoch, 1);
	struct ind_verify_result v = sample_verify(&m, &keys);
	ck_assert_int_eq(v.verdict, IND_VERDICT_VALID);
	ck_assert_uint_eq(v.begins.number, 0);
	ck_assert(is(&v.begins.key, keys.epoch));
	ck_assert_uint_eq(v.ends.number, 1);
	ck_assert(is(&v.ends.key, keys.boot));
	/* The next bundle goes on with this key, and with no other. */
	ck_assert_int_eq(begin(&other, &stream, keys.epoch, &w), IND_USAGE);
	ck_assert_int_eq(begin(&other, &stream, keys.boot, &w), IND_OK);
	end(w, NULL);
	struct ind_verify_result next = sample_verify(&other, &keys);
	ck_assert_int_eq(next.verdict, IND_VERDICT_VALID);
	ck_assert(ind_epoch_continues(&v.ends, &next.begins));
}
END_TEST

START_TEST(only_behind_a_seal)
{
	struct ind_stream stream;
	struct ind_writer *w;
	struct ind_claim claim;
	struct ind_clock clock = { 0 };
	struct ind_epoch_change change = { .key = keys.boot };
	sample_stream(&stream);
	sample_claim(0, &claim);
	ck_assert_int_eq(begin(&m, &stream, keys.epoch, &w), IND_OK);
	ck_assert_int_eq(ind_writer_epoch(w, &change), IND_USAGE);
	ck_assert_int_eq(ind_writer_seal(w, &now), IND_OK);
	ck_assert_int_eq(ind_writer_clock(w, &clock), IND_OK);
	ck_assert_int_eq(ind_writer_epoch(w, &change), IND_USAGE);
	ck_assert_int_eq(ind_writer_seal(w, &now), IND_OK);
	ck_assert_int_eq(ind_writer_claim(w, &claim), IND_OK);
	size_t before = m.bytes;
	ck_assert_int_eq(ind_writer_epoch(w, &change), IND_USAGE);
	ck_assert_uint_eq(m.bytes, before);
	end(w, &stream);
	ck_assert_uint_eq(stream.epoch, 0);
	ck_assert_int_eq(sample_verify(&m, &keys).verdict, IND_VERDICT_VALID);
}
END_TEST

START_TEST(restarted)
{
	sample_restarted(&m, &other, &keys);
	struct ind_verify_result a = sample_verify(&m, &keys), b = sample_verify(&other, &keys);
	ck_assert_int_eq(a.verdict, IND_VERDICT_VALID);
	ck_assert_int_eq(b.verdict, IND_VERDICT_VALID);
	ck_assert(is(&a.ends.boot_key, keys.boot));
	ck_assert(ind_epoch_continues(&a.ends, &b.begins));
	ck_assert_uint_eq(b.begins.number, 1);
	ck_assert_uint_eq(b.ends.number, 2);
	ck_assert(is(&b.ends.key, keys.epoch));
	ck_assert(!is(&b.ends.boot_key, keys.boot));
}
END_TEST

START_TEST(only_by_the_boot_key)
{
	struct ind_stream stream;
	struct ind_writer *w;
	sample_stream(&stream);
	ind_key_public(keys.boot, &stream.boot_key);
	ck_assert_int_eq(begin(&m, &stream, NULL, &w), IND_USAGE);
	ck_assert_int_eq(begin(&m, &stream, keys.epoch, &w), IND_OK);
	end(w, &stream);
	ck_assert_int_eq(begin(&other, &stream, NULL, &w), IND_OK);
	struct ind_epoch_change change = { .key = keys.epoch };
	ck_assert_int_eq(ind_writer_seal(w, &now), IND_USAGE);
	ck_assert_int_eq(ind_writer_epoch(w, &change), IND_USAGE);
	change.by_boot = keys.identity;
	ck_assert_int_eq(ind_writer_epoch(w, &change), IND_USAGE);
	change.by_boot = keys.boot;
	ck_assert_int_eq(ind_writer_epoch(w, &change), IND_OK);
	ck_assert_int_eq(ind_writer_epoch(w, &change), IND_USAGE);
	end(w, NULL);
	ck_assert_int_eq(sample_verify(&other, &keys).verdict, IND_VERDICT_VALID);
}
END_TEST

/* Whoever has the identity key alone can make a bundle that verifies alone, in an epoch that was used already; beside the bundle before it does not. */
START_TEST(stolen_identity_key)
{
	struct ind_stream stream;
	struct ind_writer *w;
	sample_stream(&stream);
	ck_assert_int_eq(begin(&m, &stream, keys.epoch, &w), IND_OK);
	end(w, &stream);
	struct ind_verify_result v = sample_verify(&m, &keys);
	stream.key = (struct ind_key_public){ 0 };
	ck_assert_int_eq(begin(&other, &stream, keys.boot, &w), IND_OK);
	end(w, NULL);
	struct ind_verify_result forged = sample_verify(&other, &keys);
	ck_assert_int_eq(forged.verdict, IND_VERDICT_VALID);
	ck_assert_uint_eq(forged.begins.number, v.ends.number);
	ck_assert(!ind_epoch_continues(&v.ends, &forged.begins));

	/* The epoch key that was used, and a boot key of his own behind it. */
	other.bytes = 0;
	ind_key_public(keys.epoch, &stream.key);
	ind_key_public(keys.identity, &stream.boot_key);
	ck_assert_int_eq(begin(&other, &stream, NULL, &w), IND_OK);
	struct ind_epoch_change change = { .key = keys.boot, .by_boot = keys.identity };
	ck_assert_int_eq(ind_writer_epoch(w, &change), IND_OK);
	end(w, NULL);
	forged = sample_verify(&other, &keys);
	ck_assert_int_eq(forged.verdict, IND_VERDICT_VALID);
	ck_assert(!ind_epoch_continues(&v.ends, &forged.begins));
}
END_TEST

START_TEST(continuation_compares_all)
{
	struct ind_epoch a = { .number = 3, .key = { .bytes = { 1 } }, .boot_key = { .bytes = { 2 } } }, b = a;
	ck_assert(ind_epoch_continues(&a, &b));
	b.number++;
	ck_assert(!ind_epoch_continues(&a, &b));
	b = a;
	b.key.bytes[31] ^= 1;
	ck_assert(!ind_epoch_continues(&a, &b));
	b = a;
	b.boot_key = (struct ind_key_public){ 0 };
	ck_assert(!ind_epoch_continues(&a, &b));
}
END_TEST

START_TEST(revoked)
{
	struct ind_stream stream;
	struct ind_writer *w;
	struct ind_verify_result v;
	struct ind_key_public trusted[2];
	struct ind_source source = memory_source(&m);
	sample_stream(&stream);
	ck_assert_int_eq(begin(&m, &stream, keys.epoch, &w), IND_OK);
	end(w, NULL);
	source = memory_source(&m);
	uint64_t begun = sample_verify(&m, &keys).not_before_ns;
	ind_key_public(keys.boot, &trusted[0]);
	ind_key_public(keys.identity, &trusted[1]);
	const struct { uint64_t revoked_ns; enum ind_verdict verdict; const char *reason; } cases[] = {
		{ IND_ABSENT_U64, IND_VERDICT_VALID, "" },
		{ begun, IND_VERDICT_VALID, "" },
		{ begun - 1, IND_VERDICT_UNTRUSTED, "key_revoked" },
		{ 0, IND_VERDICT_UNTRUSTED, "key_revoked" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint64_t revoked_ns[2] = { 0, cases[i].revoked_ns };
		struct ind_verify_options options = { .trusted = trusted, .trusted_count = 2, .revoked_ns = revoked_ns };
		ck_assert_int_eq(ind_verify(&source, &options, &v), IND_OK);
		ck_assert_int_eq(v.verdict, cases[i].verdict);
		ck_assert_str_eq(v.reason, cases[i].reason);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("bundle epoch");
	TCase *t = tcase_create("all");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, next_epoch_is_durable);
	tcase_add_test(t, only_behind_a_seal);
	tcase_add_test(t, restarted);
	tcase_add_test(t, only_by_the_boot_key);
	tcase_add_test(t, stolen_identity_key);
	tcase_add_test(t, continuation_compares_all);
	tcase_add_test(t, revoked);
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
