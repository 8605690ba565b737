/* SPDX-License-Identifier: Apache-2.0 */
/* docs/custody.md sections 1 and 4: files that are cut, changed, torn and mended, and files that are too large. */
#include "base/hash.h"
#include "custody_ask.h"
#include "damage.h"
#include "support/suite.h"

static struct story s;

static void setup(void) { story_make(&s); }
static void teardown(void) { story_free(&s); }

START_TEST(every_cut_is_torn_or_between_two_records)
{
	struct memory m = s.a.m;
	for (m.bytes = IND_CUSTODY_PREAMBLE_BYTES; m.bytes < s.a.m.bytes; m.bytes++) {
		struct ind_custody_log *log = story_log(&s, &m, NULL, NULL);
		const struct ind_custody_file *f = ind_custody_log_file(log, 0);
		size_t whole = 0;
		while (whole < A_COUNT && s.a.at[whole + 1] <= m.bytes)
			whole++;
		ck_assert_uint_eq(f->events, whole);
		bool between = s.a.at[whole] == m.bytes;
		ck_assert_int_eq(f->state, between ? IND_CUSTODY_FILE_OK : IND_CUSTODY_FILE_TORN);
		if (!between)
			ck_assert_uint_eq(f->bad_offset, s.a.at[whole]);
		ck_assert(ind_custody_log_sound(log) == between);
		ind_custody_log_free(log);
	}
	for (m.bytes = 0; m.bytes < IND_CUSTODY_PREAMBLE_BYTES; m.bytes++) {
		struct ind_custody_log *log = story_log(&s, &m, NULL, NULL);
		ck_assert_int_eq(ind_custody_log_file(log, 0)->state, IND_CUSTODY_FILE_MAGIC);
		ind_custody_log_free(log);
	}
}
END_TEST

/* Also with all CRCs put right no flip is sound: signature, form, parents or frame speak. */
START_TEST(no_flip_is_sound)
{
	struct memory b = damage_copy(&s.b.m), a = s.a.m;
	b.bytes = s.b.at[1];
	a.bytes = s.a.at[A_VERIFIED];
	struct ind_custody_log *log = story_log(&s, &a, &b, NULL);
	ck_assert(ind_custody_log_sound(log));
	ind_custody_log_free(log);
	for (size_t bit = 0; bit < b.bytes * 8; bit++) {
		damage_flip(&b, bit);
		log = story_log(&s, &a, &b, NULL);
		ck_assert_msg(!ind_custody_log_sound(log), "bit %zu", bit);
		ind_custody_log_free(log);
		struct memory repaired = damage_copy(&b);
		iec_repair(&repaired);
		bool same = memcmp(repaired.at, s.b.m.at, repaired.bytes) == 0;
		log = story_log(&s, &a, &repaired, NULL);
		ck_assert_msg(same || !ind_custody_log_sound(log), "bit %zu, repaired", bit);
		ind_custody_log_free(log);
		memory_free(&repaired);
		damage_flip(&b, bit);
	}
	memory_free(&b);
}
END_TEST

START_TEST(damage_in_the_middle_ends_the_reading)
{
	struct memory m = damage_copy(&s.a.m);
	m.at[s.a.at[1] + 9] ^= 4;
	struct ind_custody_log *log = story_log(&s, &m, NULL, NULL);
	const struct ind_custody_file *f = ind_custody_log_file(log, 0);
	ck_assert_int_eq(f->state, IND_CUSTODY_FILE_DAMAGED);
	ck_assert_uint_eq(f->bad_offset, s.a.at[1]);
	ck_assert_uint_eq(f->bad_bytes, m.bytes - s.a.at[1]);
	ck_assert_uint_eq(f->events, 1);
	ind_custody_log_free(log);
	memory_free(&m);
}
END_TEST

/* The first `keep` bytes of A's file, `zeros` more, a mend, and an event that accounts for the bytes behind record `whole`. */
static void mended(struct iec *f, size_t keep, size_t whole, size_t zeros, bool right)
{
	uint8_t mend[IND_CUSTODY_MEND_BYTES], none[64] = { 0 };
	struct ind_custody_event e;
	*f = (struct iec){ 0 };
	iec_bytes(f, s.a.m.at, keep);
	iec_bytes(f, none, zeros);
	iec_event(&s.hands, IND_CUSTODY_OPENED, &e);
	e.parents[e.parent_count++] = s.a.id[whole - 1];
	e.has_torn_sha256 = true;
	hash_sha256(f->m.at + s.a.at[whole], f->m.bytes - s.a.at[whole], e.torn_sha256);
	e.torn_sha256[0] ^= !right;
	ind_custody_mend(s.a.at[whole], mend);
	iec_bytes(f, mend, sizeof mend);
	iec_add(f, &e, s.hands.a);
}

START_TEST(a_mend_accounts_for_what_is_torn)
{
	for (size_t keep = s.a.at[2] + 1; keep < s.a.at[3]; keep++) {
		struct iec f;
		mended(&f, keep, 2, 0, true);
		struct ind_custody_log *log = story_log(&s, &f.m, NULL, NULL);
		ck_assert_int_eq(ind_custody_log_file(log, 0)->state, IND_CUSTODY_FILE_OK);
		ck_assert_uint_eq(ind_custody_log_count(log), 3);
		ck_assert(ind_custody_log_sound(log));
		ind_custody_log_free(log);
		iec_free(&f);
	}
	struct iec f;
	mended(&f, s.a.at[2], 2, 40, true);
	struct ind_custody_log *log = story_log(&s, &f.m, NULL, NULL);
	ck_assert(ind_custody_log_sound(log));
	ind_custody_log_free(log);
	iec_free(&f);
	mended(&f, s.a.at[2] + 30, 2, 0, false);
	log = story_log(&s, &f.m, NULL, NULL);
	ck_assert(has(codes_of(log, &f.id[0]), IND_CUSTODY_CODE_FORM));
	ind_custody_log_free(log);
	iec_free(&f);
}
END_TEST

/* The event behind a mend is torn, too: the next mend accounts for both. */
START_TEST(what_is_torn_behind_a_mend)
{
	struct iec once, twice;
	struct ind_custody_event e;
	uint8_t mend[IND_CUSTODY_MEND_BYTES];
	mended(&once, s.a.at[2] + 30, 2, 0, true);
	twice = (struct iec){ 0 };
	iec_bytes(&twice, once.m.at, once.m.bytes - 10);
	struct ind_custody_log *log = story_log(&s, &twice.m, NULL, NULL);
	const struct ind_custody_file *file = ind_custody_log_file(log, 0);
	ck_assert_int_eq(file->state, IND_CUSTODY_FILE_TORN);
	ck_assert_uint_eq(file->bad_offset, s.a.at[2]);
	iec_event(&s.hands, IND_CUSTODY_OPENED, &e);
	e.parents[e.parent_count++] = s.a.id[1];
	e.has_torn_sha256 = true;
	memcpy(e.torn_sha256, file->torn_sha256, sizeof e.torn_sha256);
	ind_custody_log_free(log);
	ind_custody_mend(s.a.at[2], mend);
	iec_bytes(&twice, mend, sizeof mend);
	iec_add(&twice, &e, s.hands.a);
	log = story_log(&s, &twice.m, NULL, NULL);
	ck_assert(ind_custody_log_sound(log));
	ck_assert_uint_eq(ind_custody_log_count(log), 3);
	ind_custody_log_free(log);
	iec_free(&once);
	iec_free(&twice);
}
END_TEST

START_TEST(torn_bytes_that_no_mend_stands_behind)
{
	struct iec f;
	struct ind_custody_event e;
	iec_start(&f);
	iec_event(&s.hands, IND_CUSTODY_OPENED, &e);
	e.has_torn_sha256 = true;
	iec_add(&f, &e, s.hands.a);
	struct ind_custody_log *log = story_log(&s, &f.m, NULL, NULL);
	ck_assert(has(codes_of(log, &f.id[0]), IND_CUSTODY_CODE_FORM));
	ind_custody_log_free(log);
	iec_free(&f);
}
END_TEST

/* ---- limits ---- */

START_TEST(no_more_records_than_the_format_allows)
{
	struct iec f;
	struct ind_custody_log *log;
	uint8_t record[73] = { 1 };
	iec_start(&f);
	for (size_t i = 0; i <= IND_CUSTODY_RECORDS_MAX; i++) {
		record[4] = (uint8_t)i;
		record[5] = (uint8_t)(i >> 8);
		iec_bytes(&f, record, sizeof record);
	}
	iec_repair(&f.m);
	ck_assert_int_eq(ind_custody_log_new(&log), IND_OK);
	struct ind_source source = memory_source(&f.m);
	ck_assert_int_eq(ind_custody_log_read(log, "a", IND_CUSTODY_OWNER, NULL, &source), IND_LIMIT);
	ck_assert_uint_eq(ind_custody_log_file_count(log), 0);
	f.m.bytes -= sizeof record;
	ck_assert_int_eq(ind_custody_log_read(log, "a", IND_CUSTODY_OWNER, NULL, &source), IND_OK);
	ck_assert_uint_eq(ind_custody_log_file(log, 0)->events, IND_CUSTODY_RECORDS_MAX);
	ind_custody_log_free(log);
	iec_free(&f);
}
END_TEST

START_TEST(no_more_mends_than_the_format_allows)
{
	struct iec f;
	struct ind_custody_log *log;
	struct ind_custody_event e;
	uint8_t mend[IND_CUSTODY_MEND_BYTES];
	iec_start(&f);
	iec_event(&s.hands, IND_CUSTODY_OPENED, &e);
	size_t whole = 0;
	for (size_t i = 0; i <= IND_CUSTODY_COSTLY_MAX; i++) {
		whole = f.m.bytes;
		ind_custody_mend(f.m.bytes, mend);
		iec_bytes(&f, "\5\0", 2);
		iec_bytes(&f, mend, sizeof mend);
		f.count = 0;
		iec_add(&f, &e, s.hands.a);
	}
	ck_assert_int_eq(ind_custody_log_new(&log), IND_OK);
	struct ind_source source = memory_source(&f.m);
	ck_assert_int_eq(ind_custody_log_read(log, "a", IND_CUSTODY_OWNER, NULL, &source), IND_LIMIT);
	ind_custody_log_free(log);
	ck_assert_int_eq(ind_custody_log_new(&log), IND_OK);
	f.m.bytes = whole;
	ck_assert_int_eq(ind_custody_log_read(log, "a", IND_CUSTODY_OWNER, NULL, &source), IND_OK);
	ck_assert_uint_eq(ind_custody_log_file(log, 0)->events, IND_CUSTODY_COSTLY_MAX);
	ind_custody_log_free(log);
	iec_free(&f);
}
END_TEST

/* A source without an end. */
static enum ind_err endless(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	(void)ctx;
	(void)offset;
	memset(bytes, 0, count);
	*got = count;
	return IND_OK;
}

START_TEST(a_file_without_end)
{
	struct ind_custody_log *log;
	struct ind_source source = { endless, NULL };
	ck_assert_int_eq(ind_custody_log_new(&log), IND_OK);
	ck_assert_int_eq(ind_custody_log_read(log, "a", IND_CUSTODY_OWNER, NULL, &source), IND_LIMIT);
	ind_custody_log_free(log);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("custody damage");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, every_cut_is_torn_or_between_two_records);
	tcase_add_test(t, no_flip_is_sound);
	tcase_add_test(t, damage_in_the_middle_ends_the_reading);
	tcase_add_test(t, a_mend_accounts_for_what_is_torn);
	tcase_add_test(t, what_is_torn_behind_a_mend);
	tcase_add_test(t, torn_bytes_that_no_mend_stands_behind);
	tcase_add_test(t, no_more_records_than_the_format_allows);
	tcase_add_test(t, no_more_mends_than_the_format_allows);
	tcase_add_test(t, a_file_without_end);
	return suite_run("custody damage", t);
}
