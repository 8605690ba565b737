/* SPDX-License-Identifier: Apache-2.0 */
/* docs/bundle-format.md section 6.2: the one text of a statement, whom it makes trusted, and which statements count. */
#include "indicia/trust.h"
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { KEYS = 5 };
static struct ind_key *key[KEYS];
static struct ind_key_public pub[KEYS];

static void setup(void)
{
	uint8_t seed[IND_KEY_BYTES];
	for (size_t i = 0; i < KEYS; i++) {
		memset(seed, (int)i + 1, sizeof seed);
		ck_assert_int_eq(ind_key_from_seed(seed, &key[i]), IND_OK);
		ind_key_public(key[i], &pub[i]);
	}
}

static void teardown(void)
{
	for (size_t i = 0; i < KEYS; i++)
		ind_key_free(key[i]);
}

static struct ind_statement succeeds(size_t old, size_t new, uint64_t time_s, size_t by)
{
	char text[IND_STATEMENT_MAX_BYTES];
	struct ind_statement s = { .kind = IND_STATEMENT_SUCCESSOR, .key = pub[old], .successor = pub[new], .time_s = time_s };
	ck_assert_int_eq(ind_statement_sign(&s, key[by], text), IND_OK);
	return s;
}

static struct ind_statement revokes(size_t which, uint64_t time_s, size_t by)
{
	char text[IND_STATEMENT_MAX_BYTES];
	struct ind_statement s = { .kind = IND_STATEMENT_REVOCATION, .key = pub[which], .time_s = time_s, .reason = IND_REVOCATION_COMPROMISED };
	ck_assert_int_eq(ind_statement_sign(&s, key[by], text), IND_OK);
	return s;
}

/* The keys that are trusted where key 0 is, and when each was revoked. */
static size_t resolve(const struct ind_statement *statements, size_t count, struct ind_key_public *keys, uint64_t *revoked_ns)
{
	keys[0] = pub[0];
	return ind_trust_resolve(keys, revoked_ns, 1, KEYS, statements, count);
}

START_TEST(texts)
{
	char text[IND_STATEMENT_MAX_BYTES], head[IND_STATEMENT_MAX_BYTES], a[IND_KEY_TEXT_MAX], b[IND_KEY_TEXT_MAX];
	struct ind_statement s = { .kind = IND_STATEMENT_SUCCESSOR, .key = pub[0], .successor = pub[1], .time_s = 1795903200 }, again;
	ck_assert_int_eq(ind_statement_sign(&s, key[0], text), IND_OK);
	ind_key_public_to_text(&pub[0], a);
	ind_key_public_to_text(&pub[1], b);
	snprintf(head, sizeof head, "indicia/key-successor/v1\nkey %s\nsuccessor %s\ntime 2026-11-28T22:00:00Z\n\n\xe2\x80\x94 indicia ", a, b);
	ck_assert_msg(strncmp(text, head, strlen(head)) == 0, "%s", text);
	ck_assert_int_eq(ind_statement_read(text, strlen(text), &again), IND_OK);
	ck_assert_mem_eq(&again.successor, &pub[1], sizeof pub[1]);
	ck_assert_uint_eq(again.time_s, s.time_s);
	ck_assert_int_eq(ind_statement_check(&again, &pub[0]), IND_OK);
	ck_assert_int_eq(ind_statement_check(&again, &pub[1]), IND_KEY);

	s = (struct ind_statement){ .kind = IND_STATEMENT_REVOCATION, .key = pub[0], .time_s = 0, .reason = IND_REVOCATION_RETIRED };
	ck_assert_int_eq(ind_statement_sign(&s, key[1], text), IND_OK);
	snprintf(head, sizeof head, "indicia/key-revocation/v1\nkey %s\ntime 1970-01-01T00:00:00Z\nreason retired\n\n\xe2\x80\x94 indicia ", a);
	ck_assert_msg(strncmp(text, head, strlen(head)) == 0, "%s", text);
	ck_assert_int_eq(ind_statement_read(text, strlen(text), &again), IND_OK);
	ck_assert_int_eq(again.reason, IND_REVOCATION_RETIRED);
	ck_assert_int_eq(ind_statement_check(&again, &pub[1]), IND_OK);
	ck_assert_int_eq(ind_statement_check(&again, &pub[0]), IND_KEY);
}
END_TEST

/* Every changed byte is another text, or another signature; every cut and every longer text is none. */
START_TEST(one_text)
{
	char text[IND_STATEMENT_MAX_BYTES], changed[IND_STATEMENT_MAX_BYTES + 1];
	struct ind_statement s = { .kind = IND_STATEMENT_REVOCATION, .key = pub[0], .time_s = 1795903200 }, again;
	if (_i)
		s = (struct ind_statement){ .kind = IND_STATEMENT_SUCCESSOR, .key = pub[0], .successor = pub[1], .time_s = 1795903200 };
	ck_assert_int_eq(ind_statement_sign(&s, key[0], text), IND_OK);
	size_t bytes = strlen(text);
	for (size_t i = 0; i < bytes; i++) {
		for (int bit = 0; bit < 8; bit++) {
			memcpy(changed, text, bytes);
			changed[i] = (char)(changed[i] ^ 1 << bit);
			bool good = ind_statement_read(changed, bytes, &again) == IND_OK && ind_statement_check(&again, &pub[0]) == IND_OK;
			ck_assert_msg(!good, "byte %zu, bit %d", i, bit);
		}
		ck_assert_int_eq(ind_statement_read(text, i, &again), IND_MALFORMED);
	}
	memcpy(changed, text, bytes);
	changed[bytes] = '\n';
	ck_assert_int_eq(ind_statement_read(changed, bytes + 1, &again), IND_MALFORMED);
}
END_TEST

START_TEST(times)
{
	static const struct { const char *text; uint64_t time_s; } good[] = {
		{ "1970-01-01T00:00:00Z", 0 }, { "2000-02-29T23:59:59Z", 951868799 }, { "2100-03-01T00:00:00Z", 4107542400 }, { "2499-12-31T23:59:59Z", 16725225599 },
	};
	static const char *const bad[] = {
		"2100-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-01T24:00:00Z",
		"2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "1969-12-31T23:59:59Z", "2500-01-01T00:00:00Z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00z",
		"2026-1-01T00:00:00Z", "", "2026-01-01T00:00:00Z ", "+026-01-01T00:00:00Z",
	};
	char text[IND_STATEMENT_TIME_BYTES];
	uint64_t time_s;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		ck_assert_int_eq(ind_statement_time(good[i].text, strlen(good[i].text), &time_s), IND_OK);
		ck_assert_uint_eq(time_s, good[i].time_s);
		ind_statement_time_text(time_s, text);
		ck_assert_str_eq(text, good[i].text);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ck_assert_msg(ind_statement_time(bad[i], strlen(bad[i]), &time_s) == IND_MALFORMED, "%s", bad[i]);
}
END_TEST

START_TEST(not_signed)
{
	char text[IND_STATEMENT_MAX_BYTES];
	struct ind_statement s = { .kind = IND_STATEMENT_SUCCESSOR, .key = pub[0], .successor = pub[0] };
	ck_assert_int_eq(ind_statement_sign(&s, key[0], text), IND_USAGE);
	s.successor = pub[1];
	s.time_s = 16725225600;
	ck_assert_int_eq(ind_statement_sign(&s, key[0], text), IND_USAGE);
}
END_TEST

START_TEST(successors_are_followed)
{
	struct ind_key_public keys[KEYS];
	uint64_t revoked_ns[KEYS];
	struct ind_statement s[] = { succeeds(1, 2, 20, 1), succeeds(0, 1, 10, 0), succeeds(3, 4, 5, 3) };
	ck_assert_uint_eq(resolve(s, 3, keys, revoked_ns), 3);
	ck_assert_mem_eq(&keys[1], &pub[1], sizeof pub[1]);
	ck_assert_mem_eq(&keys[2], &pub[2], sizeof pub[2]);
	ck_assert_uint_eq(revoked_ns[2], UINT64_MAX);
	/* A ring ends, and room is kept to. */
	s[2] = succeeds(2, 0, 30, 2);
	ck_assert_uint_eq(resolve(s, 3, keys, revoked_ns), 3);
	keys[0] = pub[0];
	ck_assert_uint_eq(ind_trust_resolve(keys, revoked_ns, 1, 2, s, 3), 2);
}
END_TEST

START_TEST(others_cannot_name_a_successor)
{
	struct ind_key_public keys[KEYS];
	uint64_t revoked_ns[KEYS];
	struct ind_statement by_other = succeeds(0, 1, 10, 1);
	ck_assert_uint_eq(resolve(&by_other, 1, keys, revoked_ns), 1);
	struct ind_statement two[] = { succeeds(0, 1, 10, 0), succeeds(0, 2, 11, 0) };
	ck_assert_uint_eq(resolve(two, 2, keys, revoked_ns), 1);
	struct ind_statement twice[] = { succeeds(0, 1, 10, 0), succeeds(0, 1, 11, 0), succeeds(0, 2, 11, 3) };
	ck_assert_uint_eq(resolve(twice, 3, keys, revoked_ns), 2);
}
END_TEST

START_TEST(revocations)
{
	struct ind_key_public keys[KEYS];
	uint64_t revoked_ns[KEYS];
	struct ind_statement own = revokes(0, 7, 0), others = revokes(0, 7, 3);
	resolve(&own, 1, keys, revoked_ns);
	ck_assert_uint_eq(revoked_ns[0], 7000000000);
	resolve(&others, 1, keys, revoked_ns);
	ck_assert_uint_eq(revoked_ns[0], UINT64_MAX);
	struct ind_statement by_successor[] = { succeeds(0, 1, 10, 0), succeeds(1, 2, 20, 1), revokes(0, 30, 2), revokes(0, 25, 1), revokes(1, 5, 0) };
	ck_assert_uint_eq(resolve(by_successor, 5, keys, revoked_ns), 3);
	ck_assert_uint_eq(revoked_ns[0], 25000000000);
	ck_assert_uint_eq(revoked_ns[1], UINT64_MAX);
}
END_TEST

/* Who has a key that was revoked cannot name a successor any more, unless he says an earlier time: then there are two, so none. */
START_TEST(revoked_before_it_named_a_successor)
{
	struct ind_key_public keys[KEYS];
	uint64_t revoked_ns[KEYS];
	struct ind_statement late[] = { succeeds(0, 1, 8, 0), revokes(0, 7, 0) };
	ck_assert_uint_eq(resolve(late, 2, keys, revoked_ns), 1);
	struct ind_statement same_time[] = { succeeds(0, 1, 7, 0), revokes(0, 7, 1) };
	ck_assert_uint_eq(resolve(same_time, 2, keys, revoked_ns), 2);
	struct ind_statement forked[] = { succeeds(0, 1, 5, 0), revokes(0, 7, 0), succeeds(0, 2, 4, 0) };
	ck_assert_uint_eq(resolve(forked, 3, keys, revoked_ns), 1);
	ck_assert_uint_eq(revoked_ns[0], 7000000000);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("bundle statement");
	TCase *t = tcase_create("all");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, texts);
	tcase_add_loop_test(t, one_text, 0, 2);
	tcase_add_test(t, times);
	tcase_add_test(t, not_signed);
	tcase_add_test(t, successors_are_followed);
	tcase_add_test(t, others_cannot_name_a_successor);
	tcase_add_test(t, revocations);
	tcase_add_test(t, revoked_before_it_named_a_successor);
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
