/* SPDX-License-Identifier: Apache-2.0 */
/* docs/custody.md sections 1 to 4: what a log finds, and what it must not fall for. */
#include "custody_ask.h"
#include "damage.h"
#include "support/suite.h"
#include <stdlib.h>
#include <string.h>

static struct story s;

static void setup(void) { story_make(&s); }
static void teardown(void) { story_free(&s); }

START_TEST(good)
{
	struct ind_custody_log *log = story_log(&s, &s.a.m, &s.b.m, &s.a.m);
	const struct ind_custody_entry *e;
	ck_assert_uint_eq(ind_custody_log_count(log), A_COUNT + B_COUNT);
	ck_assert(ind_custody_log_sound(log));
	/* The order is that of the graph. */
	const struct ind_custody_id *order[] = { &s.a.id[0], &s.a.id[1], &s.a.id[2], &s.b.id[0], &s.b.id[1], &s.a.id[3] };
	for (size_t i = 0; i < 6; i++) {
		ck_assert_int_eq(ind_custody_log_event(log, i, &e), IND_OK);
		ck_assert_mem_eq(&e->id, order[i], sizeof e->id);
		ck_assert(e->signature_ok && e->key_trusted && e->readable && !e->codes && !e->open);
	}
	e = entry_of(log, &s.a.id[A_RELEASED]);
	ck_assert(e->has_receipt);
	ck_assert_mem_eq(&e->receipt, &s.b.id[B_RECEIVED], sizeof e->receipt);
	ck_assert_int_eq(ind_custody_log_event(log, 6, &e), IND_USAGE);
	ind_custody_log_free(log);
}
END_TEST

START_TEST(what_was_said_is_read)
{
	struct ind_custody_event e;
	struct iec f;
	uint8_t der[] = { 1, 2, 3 };
	iec_event(&s.hands, IND_CUSTODY_TIMESTAMPED, &e);
	e.has_stamp = e.has_object_sha256 = true;
	e.object_sha256[31] = 9;
	e.stamp = (struct ind_stamp){ .token = { der, 3 },
		.certificate_count = 1,
		.crl_count = 2,
		.certificates = { { der, 2 } },
		.crls = { { der, 1 }, { der, 3 } } };
	iec_start(&f);
	iec_add(&f, &e, s.hands.a);
	struct ind_custody_log *log = story_log(&s, &f.m, NULL, NULL);
	const struct ind_custody_event *r = &entry_of(log, &f.id[0])->event;
	ck_assert_int_eq(r->type, e.type);
	ck_assert_mem_eq(&r->bundle, &e.bundle, sizeof e.bundle);
	ck_assert_mem_eq(&r->actor_key, &s.hands.a_pub, sizeof r->actor_key);
	const struct ind_text *said[] = { &e.actor, &e.place, &e.purpose, &e.legal_basis, &e.note, &e.tool };
	const struct ind_text *read[] = { &r->actor, &r->place, &r->purpose, &r->legal_basis, &r->note, &r->tool };
	for (size_t i = 0; i < 6; i++) {
		ck_assert_uint_eq(said[i]->bytes, read[i]->bytes);
		ck_assert_mem_eq(said[i]->at, read[i]->at, said[i]->bytes);
	}
	ck_assert_uint_eq(r->claimed_ns, e.claimed_ns);
	ck_assert_uint_eq(r->clock_error_ns, 5000);
	ck_assert_uint_eq(r->tlp, IND_TLP_GREEN);
	ck_assert(r->has_tool_sha256 && r->has_object_sha256 && !r->has_torn_sha256 && !r->has_other_key);
	ck_assert_mem_eq(r->object_sha256, e.object_sha256, 32);
	ck_assert_uint_eq(r->stamp.token.count, 3);
	ck_assert_uint_eq(r->stamp.crl_count, 2);
	ck_assert_mem_eq(r->stamp.crls[1].at, der, 3);
	ind_custody_log_free(log);
	iec_free(&f);
}
END_TEST

START_TEST(rules_hold_for_writers)
{
	static const struct {
		enum ind_custody_type type;
		const char *actor, *purpose;
		bool other, stamp, time;
		uint8_t tlp;
	} wrong[] = {
		{ IND_CUSTODY_OPENED, "", "p", false, false, true, 0 },
		{ IND_CUSTODY_OPENED, "a", "", false, false, true, 0 },
		{ IND_CUSTODY_OPENED, "a", "p", true, false, true, 0 },
		{ IND_CUSTODY_RELEASED, "a", "p", false, false, true, 0 },
		{ IND_CUSTODY_RECEIVED, "a", "p", false, false, true, 0 },
		{ IND_CUSTODY_KEY_REVOKED, "a", "p", false, false, true, 0 },
		{ IND_CUSTODY_TIMESTAMPED, "a", "p", false, false, true, 0 },
		{ IND_CUSTODY_OPENED, "a", "p", false, true, true, 0 },
		{ IND_CUSTODY_OPENED, "a", "p", false, false, false, 0 },
		{ IND_CUSTODY_OPENED, "a", "p", false, false, true, IND_TLP_COUNT },
		{ (enum ind_custody_type)0, "a", "p", false, false, true, 0 },
		{ IND_CUSTODY_REVIEWED, "a", "p", false, false, true, 0 },
		{ IND_CUSTODY_CORRECTED, "a", "p", false, false, true, 0 },
		{ IND_CUSTODY_TYPE_END, "a", "p", false, false, true, 0 },
		{ IND_CUSTODY_OPENED, "\xff", "p", false, false, true, 0 },
	};
	struct ind_custody_event e;
	uint8_t *record;
	size_t bytes;
	iec_event(&s.hands, wrong[_i].type, &e);
	e.actor = (struct ind_text){ wrong[_i].actor, (uint16_t)strlen(wrong[_i].actor) };
	e.purpose = (struct ind_text){ wrong[_i].purpose, (uint16_t)strlen(wrong[_i].purpose) };
	e.has_other_key = wrong[_i].other;
	e.has_stamp = wrong[_i].stamp;
	e.stamp.token = (struct ind_bytes){ (const uint8_t *)"x", 1 };
	e.tlp = wrong[_i].tlp;
	e.claimed_ns = wrong[_i].time;
	ck_assert_int_eq(ind_custody_pack(&e, s.hands.a, &record, &bytes), IND_USAGE);
}
END_TEST

START_TEST(parents_are_put_in_order_and_differ)
{
	struct ind_custody_event e;
	uint8_t *record;
	size_t bytes;
	iec_event(&s.hands, IND_CUSTODY_OPENED, &e);
	e.parent_count = 2;
	memset(&e.parents[0], 9, sizeof e.parents[0]);
	memset(&e.parents[1], 4, sizeof e.parents[1]);
	ck_assert_int_eq(ind_custody_pack(&e, s.hands.a, &record, &bytes), IND_OK);
	free(record);
	e.parents[1] = e.parents[0];
	ck_assert_int_eq(ind_custody_pack(&e, s.hands.a, &record, &bytes), IND_USAGE);
	e.parent_count = IND_CUSTODY_PARENTS_MAX + 1;
	ck_assert_int_eq(ind_custody_pack(&e, s.hands.a, &record, &bytes), IND_USAGE);
}
END_TEST

/* T27: the recipient denies the receipt. */
START_TEST(a_release_without_receipt_is_open)
{
	struct memory a = s.a.m;
	a.bytes = s.a.at[A_VERIFIED];
	struct ind_custody_log *log = story_log(&s, &a, NULL, NULL);
	const struct ind_custody_entry *e = entry_of(log, &s.a.id[A_RELEASED]);
	ck_assert(e->open && !e->has_receipt);
	ck_assert(ind_custody_log_sound(log));
	ind_custody_log_free(log);
}
END_TEST

/* T27: the holder cuts the tail; the receipt proves it, and so does a counterpart's copy. */
START_TEST(a_cut_tail_is_proved_by_a_receipt_and_by_a_copy)
{
	struct memory a = s.a.m, copy = s.a.m;
	a.bytes = s.a.at[A_RELEASED];
	struct ind_custody_log *log = story_log(&s, &a, NULL, NULL);
	ck_assert_msg(ind_custody_log_sound(log), "a file that ends between two records says nothing of what was cut");
	ind_custody_log_free(log);
	log = story_log(&s, &a, &s.b.m, NULL);
	ck_assert(!ind_custody_log_sound(log));
	ck_assert(has(codes_of(log, &s.b.id[B_RECEIVED]), IND_CUSTODY_CODE_PARENT));
	ck_assert_uint_eq(entry_of(log, &s.b.id[B_RECEIVED])->missing_parents, 1);
	ind_custody_log_free(log);
	copy.bytes = s.a.at[A_VERIFIED];
	log = story_log(&s, &a, NULL, &copy);
	ck_assert(!ind_custody_log_sound(log));
	ck_assert_uint_eq(ind_custody_log_file(log, 0)->cut, 1);
	ck_assert_uint_eq(ind_custody_log_file(log, 1)->cut, 0);
	ind_custody_log_free(log);
	/* An emptied file is its owner's still. */
	a.bytes = IND_CUSTODY_PREAMBLE_BYTES;
	log = story_log(&s, &a, NULL, &copy);
	ck_assert_uint_eq(ind_custody_log_file(log, 0)->cut, 3);
	ind_custody_log_free(log);
}
END_TEST

/* T27: records change places. */
START_TEST(records_in_another_order)
{
	struct memory swapped = damage_copy(&s.a.m);
	size_t first = s.a.at[1] - s.a.at[0], second = s.a.at[2] - s.a.at[1];
	memcpy(swapped.at + s.a.at[0], s.a.m.at + s.a.at[1], second);
	memcpy(swapped.at + s.a.at[0] + second, s.a.m.at + s.a.at[0], first);
	struct ind_custody_log *log = story_log(&s, &swapped, &s.b.m, NULL);
	ck_assert(has(codes_of(log, &s.a.id[A_CREATED]), IND_CUSTODY_CODE_ORDER));
	ck_assert(!ind_custody_log_sound(log));
	ind_custody_log_free(log);
	memory_free(&swapped);
}
END_TEST

START_TEST(a_record_is_left_out)
{
	struct memory m = damage_copy(&s.a.m);
	memmove(m.at + s.a.at[A_SEALED], m.at + s.a.at[A_RELEASED], m.bytes - s.a.at[A_RELEASED]);
	m.bytes -= s.a.at[A_RELEASED] - s.a.at[A_SEALED];
	struct ind_custody_log *log = story_log(&s, &m, &s.b.m, NULL);
	uint32_t codes = codes_of(log, &s.a.id[A_RELEASED]);
	ck_assert(has(codes, IND_CUSTODY_CODE_ORDER) && has(codes, IND_CUSTODY_CODE_PARENT));
	ind_custody_log_free(log);
	memory_free(&m);
}
END_TEST

/* B writes in the name of A: with A's key in the event, and with its own in A's file. */
START_TEST(a_forged_actor)
{
	struct iec f;
	struct ind_custody_event e;
	uint8_t *record;
	size_t bytes;
	iec_start(&f);
	iec_event(&s.hands, IND_CUSTODY_OPENED, &e);
	ck_assert_int_eq(ind_custody_pack(&e, s.hands.b, &record, &bytes), IND_OK);
	for (size_t i = 0; i + IND_KEY_BYTES < bytes; i++)
		if (memcmp(record + i, &s.hands.b_pub, IND_KEY_BYTES) == 0)
			memcpy(record + i, &s.hands.a_pub, IND_KEY_BYTES);
	iec_bytes(&f, record, bytes);
	free(record);
	iec_repair(&f.m);
	iec_add(&f, &e, s.hands.b);
	struct ind_custody_log *log = story_log(&s, &f.m, NULL, NULL);
	const struct ind_custody_entry *entry;
	unsigned forged = 0, strangers = 0;
	for (size_t i = 0; i < ind_custody_log_count(log); i++) {
		ck_assert_int_eq(ind_custody_log_event(log, i, &entry), IND_OK);
		forged += has(entry->codes, IND_CUSTODY_CODE_SIGNATURE) && !entry->signature_ok;
		strangers += has(entry->codes, IND_CUSTODY_CODE_HAND);
	}
	ck_assert_uint_eq(forged, 1);
	ck_assert_uint_eq(strangers, 1);
	ind_custody_log_free(log);
	iec_free(&f);
}
END_TEST

/* A wrong signature opens no release, gives no receipt, and hides no head. */
START_TEST(a_forged_receipt_is_none)
{
	struct memory b = damage_copy(&s.b.m), a = s.a.m;
	struct ind_custody_id heads[IND_CUSTODY_PARENTS_MAX];
	b.bytes = s.b.at[1];
	b.at[s.b.at[1] - 5] ^= 1;
	iec_repair(&b);
	a.bytes = s.a.at[A_VERIFIED];
	struct ind_custody_log *log = story_log(&s, &a, &b, NULL);
	ck_assert(entry_of(log, &s.a.id[A_RELEASED])->open);
	ck_assert_uint_eq(ind_custody_log_heads(log, IND_CUSTODY_FILES_MAX, heads), 1);
	ck_assert_mem_eq(&heads[0], &s.a.id[A_RELEASED], sizeof heads[0]);
	ind_custody_log_free(log);
	memory_free(&b);
}
END_TEST

START_TEST(a_receipt_of_what_was_released_to_nobody)
{
	struct iec f;
	struct ind_custody_event e;
	iec_start(&f);
	iec_event(&s.hands, IND_CUSTODY_RECEIVED, &e);
	e.parents[e.parent_count++] = s.a.id[A_SEALED];
	e.has_other_key = true;
	e.other_key = s.hands.a_pub;
	iec_add(&f, &e, s.hands.b);
	struct ind_custody_log *log = story_log(&s, &s.a.m, &f.m, NULL);
	ck_assert(has(codes_of(log, &f.id[0]), IND_CUSTODY_CODE_RELEASE));
	ck_assert(entry_of(log, &s.a.id[A_RELEASED])->open);
	ind_custody_log_free(log);
	iec_free(&f);
}
END_TEST

START_TEST(an_event_of_another_bundle)
{
	struct story other = s;
	other.hands.head.root[0] ^= 1;
	struct ind_custody_log *log = story_log(&other, &s.a.m, &s.b.m, NULL);
	for (size_t i = 0; i < A_COUNT; i++)
		ck_assert(has(codes_of(log, &s.a.id[i]), IND_CUSTODY_CODE_BUNDLE));
	ind_custody_log_free(log);
}
END_TEST

START_TEST(a_key_that_nobody_trusts)
{
	struct ind_custody_log *log = story_log(&s, &s.a.m, &s.b.m, NULL);
	struct ind_custody_known known = {
		.bundle = &s.hands.head, .owner = &s.hands.a_pub, .trusted = &s.hands.a_pub, .trusted_count = 1
	};
	ck_assert_int_eq(ind_custody_log_check(log, &known), IND_OK);
	ck_assert(has(codes_of(log, &s.b.id[B_OPENED]), IND_CUSTODY_CODE_KEY_UNKNOWN));
	ck_assert(!has(codes_of(log, &s.a.id[A_SEALED]), IND_CUSTODY_CODE_KEY_UNKNOWN));
	ck_assert(!ind_custody_log_sound(log));
	ind_custody_log_free(log);
}
END_TEST

static void revoke(struct iec *f, const struct ind_key *by, struct ind_custody_id after)
{
	struct ind_custody_event e;
	iec_event(&s.hands, IND_CUSTODY_KEY_REVOKED, &e);
	e.has_other_key = true;
	e.other_key = s.hands.b_pub;
	e.parents[e.parent_count++] = after;
	iec_add(f, &e, by);
}

/* The owner revokes B's key when it has seen the receipt: that stays good, what B writes without it does not. */
START_TEST(a_revoked_key)
{
	struct iec a;
	iec_start(&a);
	iec_bytes(&a, s.a.m.at + s.a.at[0], s.a.at[A_VERIFIED] - s.a.at[0]);
	struct ind_custody_event e;
	iec_event(&s.hands, IND_CUSTODY_KEY_REVOKED, &e);
	e.has_other_key = true;
	e.other_key = s.hands.b_pub;
	e.parents[e.parent_count++] = s.a.id[A_RELEASED];
	e.parents[e.parent_count++] = s.b.id[B_RECEIVED];
	iec_add(&a, &e, s.hands.a);
	struct ind_custody_log *log = story_log(&s, &a.m, &s.b.m, NULL);
	ck_assert(!has(codes_of(log, &s.b.id[B_RECEIVED]), IND_CUSTODY_CODE_REVOKED));
	ck_assert(has(codes_of(log, &s.b.id[B_OPENED]), IND_CUSTODY_CODE_REVOKED));
	ck_assert(!has(codes_of(log, &a.id[0]), IND_CUSTODY_CODE_REVOKED));
	ind_custody_log_free(log);
	iec_free(&a);
}
END_TEST

START_TEST(a_revocation_by_a_stranger)
{
	struct iec a;
	struct story turned = s;
	turned.hands.a_pub = s.hands.b_pub; /* B owns the bundle now, and A revokes B's key */
	iec_start(&a);
	revoke(&a, s.hands.a, s.b.id[B_OPENED]);
	struct ind_custody_log *log = story_log(&turned, NULL, &s.b.m, &a.m);
	ck_assert(has(codes_of(log, &a.id[0]), IND_CUSTODY_CODE_REVOKED));
	ck_assert(!has(codes_of(log, &s.b.id[B_OPENED]), IND_CUSTODY_CODE_REVOKED));
	ind_custody_log_free(log);
	iec_free(&a);
}
END_TEST

START_TEST(an_earlier_time_is_no_fault)
{
	struct iec b;
	struct ind_custody_event e;
	iec_start(&b);
	iec_event(&s.hands, IND_CUSTODY_OPENED, &e);
	e.claimed_ns = 1;
	e.parents[e.parent_count++] = s.a.id[A_SEALED];
	iec_add(&b, &e, s.hands.b);
	struct memory a = s.a.m;
	a.bytes = s.a.at[A_VERIFIED];
	struct ind_custody_log *log = story_log(&s, &a, &b.m, NULL);
	ck_assert(has(codes_of(log, &b.id[0]), IND_CUSTODY_CODE_EARLIER));
	ck_assert(ind_custody_log_sound(log));
	ind_custody_log_free(log);
	iec_free(&b);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("custody");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, good);
	tcase_add_test(t, what_was_said_is_read);
	tcase_add_loop_test(t, rules_hold_for_writers, 0, 15);
	tcase_add_test(t, parents_are_put_in_order_and_differ);
	tcase_add_test(t, a_release_without_receipt_is_open);
	tcase_add_test(t, a_cut_tail_is_proved_by_a_receipt_and_by_a_copy);
	tcase_add_test(t, records_in_another_order);
	tcase_add_test(t, a_record_is_left_out);
	tcase_add_test(t, a_forged_actor);
	tcase_add_test(t, a_forged_receipt_is_none);
	tcase_add_test(t, a_receipt_of_what_was_released_to_nobody);
	tcase_add_test(t, an_event_of_another_bundle);
	tcase_add_test(t, a_key_that_nobody_trusts);
	tcase_add_test(t, a_revoked_key);
	tcase_add_test(t, a_revocation_by_a_stranger);
	tcase_add_test(t, an_earlier_time_is_no_fault);
	return suite_run("custody", t);
}
