/* SPDX-License-Identifier: Apache-2.0 */
/* What goes into a writer comes out of a reader, and verifies. */
#include "sample.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct keys keys;
static const uint8_t seed[32] = { 42 };

static void flow_same(const struct ind_record *r, unsigned i)
{
	struct ind_flow expected;
	struct ind_signal signals[SAMPLE_SIGNALS];
	struct sample_values values;
	sample_flow(i, &expected);
	size_t count = sample_signals(i, &expected, signals, &values);
	ck_assert_mem_eq(&r->flow.flow, &expected, sizeof expected);
	ck_assert_uint_eq(r->flow.signal_count, count);
	for (size_t k = 0; k < count; k++) {
		const struct ind_signal *got = &r->flow.signals[k], *want = &signals[k];
		ck_assert(got->id == want->id && got->side == want->side && got->from == want->from && got->flags == want->flags);
		ck_assert(got->time_ns == want->time_ns && got->packet == want->packet && got->value_bytes == want->value_bytes);
		ck_assert_mem_eq(got->value, want->value, want->value_bytes);
		ck_assert_int_eq(got->sha256 == NULL, want->sha256 == NULL);
		if (want->sha256)
			ck_assert_mem_eq(got->sha256, want->sha256, IND_SHA256_BYTES);
	}
}

static void exhibit_same(const struct ind_record *r, unsigned i)
{
	struct ind_exhibit want;
	const struct ind_exhibit *got = &r->exhibit;
	sample_exhibit(i, &want);
	ck_assert_uint_eq(got->bytes_count, want.bytes_count);
	ck_assert_mem_eq(got->bytes, want.bytes, want.bytes_count);
	ck_assert(got->flow_serial == want.flow_serial && got->time_ns == want.time_ns && got->packet == want.packet);
	ck_assert(got->from == want.from && got->side == want.side && got->kind == want.kind && got->masked == want.masked);
}

static void text_same(const struct ind_text *got, const struct ind_text *want)
{
	ck_assert_uint_eq(got->bytes, want->bytes);
	if (want->bytes)
		ck_assert_mem_eq(got->at, want->at, want->bytes);
}

static void claim_same(const struct ind_record *r, unsigned i)
{
	struct ind_claim want;
	const struct ind_claim *got = &r->claim;
	sample_claim(i, &want);
	ck_assert_mem_eq(got, &want, offsetof(struct ind_claim, region));
	text_same(&got->region, &want.region);
	text_same(&got->city, &want.city);
	text_same(&got->timezone, &want.timezone);
	text_same(&got->holder, &want.holder);
	text_same(&got->status, &want.status);
	text_same(&got->source, &want.source);
	text_same(&got->indicator, &want.indicator);
	text_same(&got->label, &want.label);
}

static void origin_same(const struct ind_record *r, unsigned i)
{
	struct ind_origin want;
	sample_origin(i, &want);
	struct ind_origin got = r->origin;
	ck_assert_uint_eq(got.cell_count, want.cell_count);
	for (unsigned k = 0; k < want.cell_count; k++)
		ck_assert_uint_eq(got.cells[k], want.cells[k]);
	got.cells = want.cells;
	ck_assert_mem_eq(&got, &want, sizeof want);
}

static void header_same(const struct ind_record *r)
{
	struct ind_header want;
	const struct ind_header *got = &r->header;
	sample_header(&want);
	text_same(&got->sensor, &want.sensor);
	text_same(&got->source_file, &want.source_file);
	text_same(&got->privacy, &want.privacy);
	ck_assert(got->has_position && got->latitude_1e4 == want.latitude_1e4 && got->longitude_1e4 == want.longitude_1e4);
	ck_assert_mem_eq(got->source_sha256, want.source_sha256, IND_SHA256_BYTES);
	ck_assert_mem_eq(got->boot_id, want.boot_id, sizeof want.boot_id);
	ck_assert_uint_eq(got->created_ns, want.created_ns);
	ck_assert_uint_eq(got->retain_until_s, want.retain_until_s);
	ck_assert_uint_eq(got->data_set_count, 2);
	text_same(&got->data_sets[0].licence, &want.data_sets[0].licence);
	text_same(&got->data_sets[1].title, &want.data_sets[1].title);
	text_same(&got->data_sets[1].source, &want.data_sets[1].source);
	ck_assert_uint_eq(got->data_sets[0].build_epoch_s, want.data_sets[0].build_epoch_s);
	ck_assert_mem_eq(got->data_sets[0].sha256, want.data_sets[0].sha256, IND_SHA256_BYTES);
	ck_assert(got->deterministic);
}

static void seal_same(const struct ind_seal_info *seal)
{
	ck_assert_uint_eq(seal->link_type_count, seal->final ? 2 : 0);
	if (!seal->final)
		return;
	ck_assert_uint_eq(seal->link_types[0].number, 1);
	ck_assert_uint_eq(seal->link_types[1].number, 113);
	ck_assert_str_eq(seal->link_types[1].name, "LINUX_SLL");
}

/* Counts of what was read, by kind. */
static void read_all(const struct memory *m, uint32_t want, unsigned counts[IND_REC_SEAL + 1], enum ind_err end)
{
	static void (*const same[])(const struct ind_record *, unsigned) = {
		[IND_REC_FLOW] = flow_same, [IND_REC_EXHIBIT] = exhibit_same, [IND_REC_CLAIM] = claim_same, [IND_REC_ORIGIN] = origin_same,
	};
	struct ind_source source = memory_source(m);
	struct ind_reader *reader;
	const struct ind_record *r;
	enum ind_err err;
	memset(counts, 0, (IND_REC_SEAL + 1) * sizeof *counts);
	ck_assert_int_eq(ind_reader_new(&source, want, &reader), IND_OK);
	while ((err = ind_reader_next(reader, &r)) == IND_OK) {
		ck_assert(want & IND_WANT(r->kind));
		if (r->kind == IND_REC_HEADER)
			header_same(r);
		if (r->kind < sizeof same / sizeof same[0] && same[r->kind])
			same[r->kind](r, counts[r->kind]);
		if (r->kind == IND_REC_CLOCK)
			ck_assert(r->clock.max_error_ns == 1000 && r->clock.est_error_ns == IND_ABSENT_U64 && r->clock.sync == IND_SYNC_NTP);
		if (r->kind == IND_REC_LOSS)
			ck_assert(r->loss.count[IND_LOSS_KERNEL_DROP] == 3 && r->loss.count[IND_LOSS_DISK] == 4 && r->loss.count[IND_LOSS_RING] == 0);
		if (r->kind == IND_REC_SEAL)
			seal_same(&r->seal);
		counts[r->kind]++;
	}
	ck_assert_int_eq(err, end);
	ck_assert_int_eq(ind_reader_next(reader, &r), end);
	ind_reader_free(reader);
}

START_TEST(records_come_back)
{
	static const unsigned sizes[] = { 0, 1, 2, 3, 7, 8, 9, 100, 20000 };
	struct memory m = { 0 };
	unsigned n = sizes[_i], counts[IND_REC_SEAL + 1];
	sample_bundle(&m, n, &keys, seed);
	read_all(&m, IND_WANT_ALL, counts, IND_END);
	ck_assert(counts[IND_REC_FLOW] == n && counts[IND_REC_EXHIBIT] == n && counts[IND_REC_CLAIM] == n && counts[IND_REC_ORIGIN] == n);
	ck_assert(counts[IND_REC_HEADER] == 1 && counts[IND_REC_CLOCK] == 1 && counts[IND_REC_LOSS] == 1 && counts[IND_REC_SEAL] == 2);
	struct ind_verify_result v = sample_verify(&m, &keys);
	ck_assert_str_eq(v.reason, "");
	ck_assert_int_eq(v.verdict, IND_VERDICT_VALID);
	ck_assert_uint_eq(v.records, 4 * n);
	ck_assert_uint_eq(v.authenticated_bytes, m.bytes);
	ck_assert_uint_eq(v.leaves, v.authenticated_leaves);
	ck_assert_uint_eq(v.clock_error_ns, 1000);
	ck_assert_uint_eq(v.not_before_ns, 1700000000000000000);
	ck_assert_uint_eq(v.not_after_ns, 1700000020000000000);
	memory_free(&m);
}
END_TEST

START_TEST(only_wanted_kinds)
{
	struct memory m = { 0 };
	unsigned counts[IND_REC_SEAL + 1];
	sample_bundle(&m, 40, &keys, seed);
	read_all(&m, IND_WANT(IND_REC_CLAIM) | IND_WANT(IND_REC_SEAL), counts, IND_END);
	ck_assert(counts[IND_REC_CLAIM] == 40 && counts[IND_REC_SEAL] == 2 && counts[IND_REC_FLOW] == 0 && counts[IND_REC_HEADER] == 0);
	m.bytes -= 8;
	read_all(&m, IND_WANT(IND_REC_ORIGIN), counts, IND_SHORT);
	ck_assert_uint_eq(counts[IND_REC_ORIGIN], 40);
	memory_free(&m);
}
END_TEST

START_TEST(same_seed_same_bytes)
{
	struct memory a = { 0 }, b = { 0 }, c = { 0 };
	sample_bundle(&a, 300, &keys, seed);
	sample_bundle(&b, 300, &keys, seed);
	sample_bundle(&c, 300, &keys, NULL);
	ck_assert_uint_eq(a.bytes, b.bytes);
	ck_assert_mem_eq(a.at, b.at, a.bytes);
	ck_assert(c.bytes != a.bytes || memcmp(a.at, c.at, a.bytes) != 0);
	memory_free(&a);
	memory_free(&b);
	memory_free(&c);
}
END_TEST

START_TEST(ids_are_places)
{
	char text[IND_RECORD_ID_TEXT];
	struct ind_record_id id = { { 0x3f, 0x9a, 0x6c, 0x01 }, 12, 345, 0 };
	ck_assert_str_eq(ind_record_id_text(&id, text), "3f9a6c01:12:345");
	id.part = 2;
	ck_assert_str_eq(ind_record_id_text(&id, text), "3f9a6c01:12:345:2");
	id = (struct ind_record_id){ { 0xff, 0xff, 0xff, 0xff }, UINT64_MAX, UINT32_MAX, UINT32_MAX };
	ck_assert_str_eq(ind_record_id_text(&id, text), "ffffffff:18446744073709551615:4294967295:4294967295");
}
END_TEST

static void setup(void) { keys_make(&keys, 3); }
static void teardown(void) { keys_free(&keys); }

int main(void)
{
	Suite *s = suite_create("bundle roundtrip");
	TCase *t = tcase_create("all");
	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, records_come_back, 0, 9);
	tcase_add_test(t, only_wanted_kinds);
	tcase_add_test(t, same_seed_same_bytes);
	tcase_add_test(t, ids_are_places);
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
