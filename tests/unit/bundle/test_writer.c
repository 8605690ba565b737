/* SPDX-License-Identifier: Apache-2.0 */
/* The order of durable and signed, chained bundles, kept errors, refused records, clocks that go back, batches that fill up. */
#include "sample.h"
#include "indicia/catalogue.h"
#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct keys keys;
static struct memory m;

static void setup(void) { keys_make(&keys, 33); }

static void teardown(void)
{
	memory_free(&m);
	keys_free(&keys);
}

static struct ind_writer *writer(const struct ind_stream *stream)
{
	struct ind_writer *w;
	struct ind_sink sink = memory_sink(&m);
	struct ind_header *h = malloc(sizeof *h);
	ck_assert_ptr_nonnull(h);
	sample_header(h);
	ck_assert_int_eq(ind_writer_new(&sink, stream, h, keys.identity, keys.epoch, NULL, &w), IND_OK);
	free(h);
	return w;
}

static struct ind_writer *first_writer(void)
{
	struct ind_stream stream;
	sample_stream(&stream);
	return writer(&stream);
}

static const struct ind_seal_info last = { .realtime_ns = 1700000020000000000, .final = true };

START_TEST(durable_before_signed)
{
	struct ind_writer *w = first_writer();
	ck_assert_uint_eq(m.syncs, 0);
	ck_assert_int_eq(ind_writer_seal(w, &last), IND_OK);
	ck_assert_uint_eq(m.syncs, 2);
	ck_assert_uint_eq(m.synced, m.bytes);
	ck_assert_int_eq(ind_writer_seal(w, &last), IND_USAGE);
	struct ind_loss loss = { 0 };
	ck_assert_int_eq(ind_writer_loss(w, &loss), IND_USAGE);
	ind_writer_free(w);
	ck_assert_int_eq(sample_verify(&m, &keys).verdict, IND_VERDICT_VALID);
}
END_TEST

START_TEST(bundles_chain)
{
	struct ind_stream stream;
	uint64_t leaves = 0;
	sample_stream(&stream);
	for (int i = 0; i < 5; i++) {
		m.bytes = 0;
		struct ind_writer *w = writer(&stream);
		for (int k = 0; k < i; k++) {
			struct ind_clock clock = { .realtime_ns = (uint64_t)k };
			ck_assert_int_eq(ind_writer_clock(w, &clock), IND_OK);
		}
		ck_assert_int_eq(ind_writer_seal(w, &last), IND_OK);
		ind_writer_stream(w, &stream);
		ind_writer_free(w);
		struct ind_verify_result v = sample_verify(&m, &keys);
		ck_assert_int_eq(v.verdict, IND_VERDICT_VALID);
		ck_assert_uint_eq(v.first_leaf, leaves);
		leaves += v.leaves;
		ck_assert_uint_eq(stream.leaves, leaves);
	}
	stream.frontier_count++;
	struct ind_writer *w;
	struct ind_sink sink = memory_sink(&m);
	struct ind_header *h = calloc(1, sizeof *h);
	ck_assert_int_eq(ind_writer_new(&sink, &stream, h, keys.identity, keys.epoch, NULL, &w), IND_USAGE);
	free(h);
}
END_TEST

START_TEST(first_error_is_kept)
{
	struct ind_writer *w = first_writer();
	struct ind_clock clock = { 0 };
	struct ind_flow flow;
	sample_flow(1, &flow);
	m.room = m.bytes + 10;
	ck_assert_int_eq(ind_writer_clock(w, &clock), IND_IO);
	m.room = 0;
	ck_assert_int_eq(ind_writer_clock(w, &clock), IND_IO);
	ck_assert_int_eq(ind_writer_flow(w, &flow, NULL, 0), IND_IO);
	ck_assert_int_eq(ind_writer_seal(w, &last), IND_IO);
	ind_writer_free(w);
}
END_TEST

START_TEST(refused_records_change_nothing)
{
	struct ind_writer *w = first_writer();
	struct ind_flow flow;
	struct ind_signal signal = { .id = 1, .value = "x", .value_bytes = 1 };
	struct ind_claim claim;
	struct ind_origin origin;
	struct ind_exhibit exhibit;
	sample_flow(0, &flow);
	flow.ip_version = 5;
	ck_assert_int_eq(ind_writer_flow(w, &flow, NULL, 0), IND_USAGE);
	sample_flow(0, &flow);
	flow.addr[1][4] = 1;
	ck_assert_int_eq(ind_writer_flow(w, &flow, NULL, 0), IND_USAGE);
	sample_flow(0, &flow);
	signal.flags = IND_SIGNAL_CUT;
	ck_assert_int_eq(ind_writer_flow(w, &flow, &signal, 1), IND_USAGE);
	signal.flags = 0;
	signal.value_bytes = IND_VALUE_MAX_BYTES + 1;
	ck_assert_int_eq(ind_writer_flow(w, &flow, &signal, 1), IND_USAGE);
	sample_claim(0, &claim);
	claim.data_set = 2;
	ck_assert_int_eq(ind_writer_claim(w, &claim), IND_USAGE);
	sample_claim(0, &claim);
	claim.prefix_bits = 33;
	ck_assert_int_eq(ind_writer_claim(w, &claim), IND_USAGE);
	sample_claim(0, &claim);
	claim.more_asn_count = 1;
	claim.more_asn[0] = 64500;
	ck_assert_int_eq(ind_writer_claim(w, &claim), IND_USAGE);
	sample_claim(1, &claim);
	claim.more_asn[0] = 0;
	ck_assert_int_eq(ind_writer_claim(w, &claim), IND_USAGE);
	claim.more_asn_count = IND_CLAIM_MORE_ASNS + 1;
	ck_assert_int_eq(ind_writer_claim(w, &claim), IND_USAGE);
	sample_claim(0, &claim);
	claim.kind = IND_CLAIM_KIND_COUNT;
	ck_assert_int_eq(ind_writer_claim(w, &claim), IND_USAGE);
	sample_claim(0, &claim);
	claim.signal = IND_SIG_TLS_JA3;
	ck_assert_int_eq(ind_writer_claim(w, &claim), IND_USAGE);
	sample_origin(0, &origin);
	origin.missing[3] = IND_MISSING_COUNT;
	ck_assert_int_eq(ind_writer_origin(w, &origin), IND_USAGE);
	sample_origin(5, &origin);
	origin.cells = (const uint64_t[]){ 7, 8, 9, 9, 10 };
	ck_assert_int_eq(ind_writer_origin(w, &origin), IND_USAGE);
	sample_origin(1, &origin);
	origin.hops_min = 10;
	ck_assert_int_eq(ind_writer_origin(w, &origin), IND_USAGE);
	sample_origin(0, &origin);
	origin.rtt_min_us = 1;
	ck_assert_int_eq(ind_writer_origin(w, &origin), IND_USAGE);
	sample_origin(0, &origin);
	origin.beacon.port = 1;
	ck_assert_int_eq(ind_writer_origin(w, &origin), IND_USAGE);
	sample_origin(0, &origin);
	origin.silent[23] = IND_MISSING_COUNT;
	ck_assert_int_eq(ind_writer_origin(w, &origin), IND_USAGE);
	sample_exhibit(0, &exhibit);
	exhibit.bytes_count = IND_EXHIBIT_MAX_BYTES + 1;
	ck_assert_int_eq(ind_writer_exhibit(w, &exhibit), IND_USAGE);
	ck_assert_int_eq(ind_writer_flow(w, &flow, NULL, 0), IND_OK);
	ck_assert_int_eq(ind_writer_seal(w, &last), IND_OK);
	struct ind_writer_totals totals;
	ind_writer_totals(w, &totals);
	ck_assert_uint_eq(totals.flows, 1);
	ck_assert_uint_eq(totals.bytes, m.bytes);
	ind_writer_free(w);
	struct ind_verify_result v = sample_verify(&m, &keys);
	ck_assert_int_eq(v.verdict, IND_VERDICT_VALID);
	ck_assert_uint_eq(v.records, 1);
}
END_TEST

/* A seal that says an earlier time than the one before says why, in a CLOCK of its own. */
START_TEST(clock_goes_back)
{
	struct ind_writer *w = first_writer();
	struct ind_seal_info info = { .realtime_ns = 1700000020000000000 };
	ck_assert_int_eq(ind_writer_seal(w, &info), IND_OK);
	info.realtime_ns = 5;
	info.final = true;
	ck_assert_int_eq(ind_writer_seal(w, &info), IND_OK);
	ind_writer_free(w);
	struct ind_verify_result v = sample_verify(&m, &keys);
	ck_assert_int_eq(v.verdict, IND_VERDICT_VALID);
	ck_assert_uint_eq(v.not_after_ns, 5);
	struct ind_source source = memory_source(&m);
	struct ind_reader *r;
	const struct ind_record *record;
	ck_assert_int_eq(ind_reader_new(&source, IND_WANT(IND_REC_CLOCK), &r), IND_OK);
	ck_assert_int_eq(ind_reader_next(r, &record), IND_OK);
	ck_assert_int_eq(record->clock.step_ns, -1700000019999999995);
	ck_assert_int_eq(ind_reader_next(r, &record), IND_END);
	ind_reader_free(r);
}
END_TEST

/* The largest of everything: no frame becomes larger than it may be. */
START_TEST(largest_records)
{
	enum { SIGNALS = 4096, FLOWS = 40, EXHIBITS = 200, CLAIMS = 30 };
	struct ind_signal *signals = calloc(SIGNALS, sizeof *signals);
	char *values = malloc(SIGNALS * IND_VALUE_MAX_BYTES), *name = malloc(UINT16_MAX);
	uint8_t *body = malloc(IND_EXHIBIT_MAX_BYTES);
	uint64_t noise = 1;
	struct ind_writer *w = first_writer();
	ck_assert(signals && values && name && body);
	memset(name, 'n', UINT16_MAX);
	for (unsigned i = 0; i < FLOWS; i++) {
		struct ind_flow flow;
		for (size_t k = 0; k < SIGNALS * IND_VALUE_MAX_BYTES; k++)
			values[k] = (char)((noise = noise * 6364136223846793005 + 1442695040888963407) >> 57);
		sample_flow(i, &flow);
		for (unsigned k = 0; k < SIGNALS; k++)
			signals[k] = (struct ind_signal){
				.id = 127, .value = values + k * IND_VALUE_MAX_BYTES, .value_bytes = IND_VALUE_MAX_BYTES, .time_ns = noise * k,
				.packet = noise * k, .flags = IND_SIGNAL_CUT, .sha256 = (const uint8_t *)values + k,
			};
		ck_assert_int_eq(ind_writer_flow(w, &flow, signals, SIGNALS), IND_OK);
		ck_assert_int_eq(ind_writer_flow(w, &flow, signals, SIGNALS + 1), IND_USAGE);
	}
	for (unsigned i = 0; i < EXHIBITS; i++) {
		struct ind_exhibit e = { .bytes_count = IND_EXHIBIT_MAX_BYTES, .bytes = body };
		for (size_t k = 0; k < IND_EXHIBIT_MAX_BYTES; k++)
			body[k] = (uint8_t)((noise = noise * 6364136223846793005 + 1442695040888963407) >> 56);
		ck_assert_int_eq(ind_writer_exhibit(w, &e), IND_OK);
	}
	for (unsigned i = 0; i < CLAIMS; i++) {
		struct ind_claim c;
		sample_claim(i, &c);
		name[i] = '0';
		c.holder = c.region = (struct ind_text){ name, UINT16_MAX };
		ck_assert_int_eq(ind_writer_claim(w, &c), IND_OK);
	}
	ck_assert_int_eq(ind_writer_seal(w, &last), IND_OK);
	ind_writer_free(w);
	struct ind_verify_result v = sample_verify(&m, &keys);
	ck_assert_str_eq(v.reason, "");
	ck_assert_uint_eq(v.records, FLOWS + EXHIBITS + CLAIMS);
	free(signals);
	free(values);
	free(name);
	free(body);
}
END_TEST

/* Text of the HEADER that is no UTF-8 is kept readable. */
START_TEST(odd_names)
{
	struct ind_header *h = calloc(1, sizeof *h);
	struct ind_stream stream;
	struct ind_writer *w;
	struct ind_sink sink = memory_sink(&m);
	ck_assert_ptr_nonnull(h);
	sample_stream(&stream);
	h->source_file = (struct ind_text){ "a\xff" "b", 3 };
	ck_assert_int_eq(ind_writer_new(&sink, &stream, h, keys.identity, keys.epoch, NULL, &w), IND_OK);
	ck_assert_int_eq(ind_writer_seal(w, &last), IND_OK);
	ind_writer_free(w);
	free(h);
	struct ind_source source = memory_source(&m);
	struct ind_reader *r;
	const struct ind_record *record;
	ck_assert_int_eq(ind_reader_new(&source, IND_WANT_ALL, &r), IND_OK);
	ck_assert_int_eq(ind_reader_next(r, &record), IND_OK);
	ck_assert_str_eq(record->header.source_file.at, "a\\xffb");
	ck_assert(!record->header.has_position && !record->header.deterministic && record->header.data_set_count == 0);
	ck_assert_str_eq(record->header.origin.at, "indicia.example/a0a1a2a3a4a5a6a7a8a9aaabacadaeaf");
	ind_reader_free(r);
	ck_assert_int_eq(sample_verify(&m, &keys).verdict, IND_VERDICT_VALID);
}
END_TEST

START_TEST(verdict_words)
{
	ck_assert_str_eq(ind_verdict_name(IND_VERDICT_VALID), "VALID");
	ck_assert_str_eq(ind_verdict_name(IND_VERDICT_UNSUPPORTED), "UNSUPPORTED");
	ck_assert_str_eq(ind_verdict_name((enum ind_verdict)99), "?");
	ck_assert_str_eq(ind_verdict_help(IND_VERDICT_UNSEALED), "no seal at all");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("bundle writer");
	TCase *t = tcase_create("all");
	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, durable_before_signed);
	tcase_add_test(t, bundles_chain);
	tcase_add_test(t, first_error_is_kept);
	tcase_add_test(t, refused_records_change_nothing);
	tcase_add_test(t, clock_goes_back);
	tcase_add_test(t, largest_records);
	tcase_add_test(t, odd_names);
	tcase_add_test(t, verdict_words);
	suite_add_tcase(s, t);
	SRunner *runner = srunner_create(s);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
