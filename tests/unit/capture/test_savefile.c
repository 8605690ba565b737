/* SPDX-License-Identifier: Apache-2.0 */
/* Savefiles: what is read, how it ends, and that a capture is read to its last whole record. */
#include "base/hash.h"
#include "capture/capture.h"
#include "unit/capture/savefile.h"
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 8 << 20, ETHERNET = 1, SECONDS = 1700000000 };
static const uint32_t micro = 0xa1b2c3d4, nano = 0xa1b23c4d, modified = 0xa1b2cd34;

static struct savefile file;
static struct capture *capture;
static struct capture_options options;
static char error[CAPTURE_ERROR_BYTES];
static size_t given, piece;
static enum ind_err read_end;

/* Gives the file in pieces, and `read_end` at its end. */
static enum ind_err memory_read(void *ctx, void *bytes, size_t count, size_t *got)
{
	const struct savefile *s = ctx;
	size_t left = s->size - given;

	*got = left < count ? left : count;
	*got = piece && *got > piece ? piece : *got;
	memcpy(bytes, s->bytes + given, *got);
	given += *got;
	return left == 0 ? read_end : IND_OK;
}

static void start(void)
{
	file = (struct savefile) { .bytes = malloc(FILE_MAX_BYTES) };
	options = (struct capture_options) { .name = "test.pcap", .fd = -1, .read = memory_read, .read_ctx = &file };
	given = piece = 0;
	read_end = IND_OK;
	capture = NULL;
	error[0] = '\0';
}

static void stop(void)
{
	capture_close(capture);
	free(file.bytes);
}

static void open_file(void)
{
	given = 0;
	capture_close(capture);
	enum ind_err err = capture_open_savefile(&options, &capture, error);
	ck_assert_msg(err == IND_OK, "%s", error);
}

static void refused(enum ind_err expected, const char *said)
{
	given = 0;
	ck_assert_int_eq(capture_open_savefile(&options, &capture, error), expected);
	ck_assert_ptr_null(capture);
	ck_assert_msg(strstr(error, said) != NULL, "\"%s\" does not say \"%s\"", error, said);
}

struct result {
	size_t frames, bytes;
	uint64_t last_number;
	enum ind_err end;
};

/* Reads to the end; each frame must be filled with one value throughout. */
static struct result read_all(void)
{
	struct result r = { 0 };
	struct frame frames[CAPTURE_BATCH];
	size_t count;

	while ((r.end = capture_next(capture, frames, CAPTURE_BATCH, &count)) == IND_OK) {
		for (size_t i = 0; i < count; i++) {
			if (frames[i].captured > 1)
				ck_assert_int_eq(memcmp(frames[i].bytes, frames[i].bytes + 1, frames[i].captured - 1), 0);
			ck_assert_uint_ge(frames[i].wire, frames[i].captured);
			ck_assert_uint_gt(frames[i].number, r.last_number);
			r.last_number = frames[i].number;
			r.bytes += frames[i].captured;
		}
		r.frames += count;
	}
	ck_assert_uint_eq(count, 0);
	ck_assert_int_eq(capture_next(capture, frames, CAPTURE_BATCH, &count), r.end);
	return r;
}

static void reads(size_t frames, enum ind_err end)
{
	struct result r = read_all();

	ck_assert_uint_eq(r.frames, frames);
	ck_assert_int_eq(r.end, end);
	if (end == IND_END)
		ck_assert_str_eq(capture_error(capture), "");
	else
		ck_assert_ptr_nonnull(strstr(capture_error(capture), "test.pcap"));
}

static void three_records(uint32_t magic, bool big)
{
	file.size = 0;
	file.big = big;
	put_file_header(&file, magic, 65535, ETHERNET);
	put_record(&file, SECONDS, 999999, 'a', 60);
	put_record_header(&file, SECONDS + 1, 5, 4, 1500);
	put_bytes(&file, "bbbb", 4);
	put_record(&file, SECONDS + 2, 0, 'c', 0);
}

START_TEST(both_orders_and_units)
{
	bool nanoseconds = _i & 2;
	uint64_t unit = nanoseconds ? 1 : 1000, base = SECONDS * UINT64_C(1000000000);
	struct frame frames[CAPTURE_BATCH];
	size_t count;

	three_records(nanoseconds ? nano : micro, _i & 1);
	open_file();
	ck_assert_uint_eq(capture_link(capture)->number, ETHERNET);
	ck_assert_str_eq(capture_link(capture)->name, "EN10MB");
	ck_assert_uint_eq(capture_snaplen(capture), 65535);
	ck_assert_int_eq(capture_next(capture, frames, CAPTURE_BATCH, &count), IND_OK);
	ck_assert_uint_eq(count, 3);
	ck_assert_uint_eq(frames[0].time_ns, base + 999999 * unit);
	ck_assert_uint_eq(frames[0].captured, 60);
	ck_assert_uint_eq(frames[0].wire, 60);
	ck_assert_uint_eq(frames[1].time_ns, base + 1000000000 + 5 * unit);
	ck_assert_uint_eq(frames[1].captured, 4);
	ck_assert_uint_eq(frames[1].wire, 1500);
	ck_assert_mem_eq(frames[1].bytes, "bbbb", 4);
	ck_assert_uint_eq(frames[2].captured, 0);
	ck_assert_uint_eq(frames[2].number, 3);
	ck_assert_int_eq(capture_next(capture, frames, CAPTURE_BATCH, &count), IND_END);
}
END_TEST

START_TEST(every_cut_gives_the_whole_records)
{
	three_records(micro, false);
	size_t ends[] = { 24, 24 + 76, 24 + 76 + 20, 24 + 76 + 20 + 16 };

	for (size_t cut = 24; cut <= ends[3]; cut++) {
		size_t whole = 0;
		while (whole < 3 && ends[whole + 1] <= cut)
			whole++;
		file.size = cut;
		open_file();
		reads(whole, ends[whole] == cut ? IND_END : IND_SHORT);
	}
	for (size_t cut = 0; cut < 24; cut++) {
		file.size = cut;
		capture_close(capture);
		refused(IND_SHORT, cut ? "header" : "empty");
	}
}
END_TEST

START_TEST(damage_ends_it_after_the_frames_before)
{
	three_records(micro, true);
	put_record_header(&file, SECONDS, 0, 262145, 262145);
	memset(file.bytes + file.size, 'x', 300000);
	file.size += 300000;
	open_file();
	reads(3, IND_MALFORMED);
	ck_assert_ptr_nonnull(strstr(capture_error(capture), "record 4"));
}
END_TEST

START_TEST(records_of_the_largest_size)
{
	put_file_header(&file, micro, 262144, ETHERNET);
	for (unsigned i = 0; i < 20; i++)
		put_record(&file, SECONDS, 0, (uint8_t)i, 262144);
	open_file();
	struct result r = read_all();
	ck_assert_uint_eq(r.frames, 20);
	ck_assert_uint_eq(r.bytes, 20 * 262144);
	ck_assert_int_eq(r.end, IND_END);
}
END_TEST

START_TEST(captured_bytes_were_on_the_wire)
{
	struct frame frame;
	size_t count;

	put_file_header(&file, micro, 65535, ETHERNET);
	put_record_header(&file, SECONDS, 0, 8, 3);
	put_bytes(&file, "zzzzzzzz", 8);
	open_file();
	ck_assert_int_eq(capture_next(capture, &frame, 1, &count), IND_OK);
	ck_assert_uint_eq(frame.captured, 8);
	ck_assert_uint_eq(frame.wire, 8);
}
END_TEST

START_TEST(frames_are_cut_to_the_snapshot_length)
{
	put_file_header(&file, micro, 96, ETHERNET);
	put_record(&file, SECONDS, 0, 'a', 200);
	put_record(&file, SECONDS, 0, 'b', 50);
	open_file();
	ck_assert_uint_eq(read_all().bytes, 96 + 50);
	options.snaplen = 40;
	open_file();
	ck_assert_uint_eq(capture_snaplen(capture), 40);
	ck_assert_uint_eq(read_all().bytes, 40 + 40);
}
END_TEST

/* Records that lie across the pieces in which the file arrives. */
START_TEST(pieces_of_any_size)
{
	static const size_t pieces[] = { 1, 7, 1000, 65536, 0 };

	put_file_header(&file, nano, 65535, ETHERNET);
	for (unsigned i = 0; i < 4000; i++)
		put_record(&file, SECONDS + i, i, (uint8_t)i, i % 1500);
	if (pieces[_i] == 1)
		file.size = 24 + 100 * 16 + 99 * 50;
	piece = pieces[_i];
	open_file();
	reads(pieces[_i] == 1 ? 100 : 4000, IND_END);
}
END_TEST

START_TEST(the_filter_leaves_out_but_numbers_count)
{
	struct frame frames[CAPTURE_BATCH];
	size_t count;

	options.filter = "greater 50 and ether[0] = 0x63";
	put_file_header(&file, micro, 65535, ETHERNET);
	put_record(&file, SECONDS, 0, 'a', 60);
	put_record(&file, SECONDS, 0, 'c', 40);
	put_record(&file, SECONDS, 0, 'c', 60);
	open_file();
	ck_assert_int_eq(capture_next(capture, frames, CAPTURE_BATCH, &count), IND_OK);
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(frames[0].number, 3);
	ck_assert_int_eq(capture_next(capture, frames, CAPTURE_BATCH, &count), IND_END);
	struct capture_stats stats;
	capture_stats(capture, &stats);
	ck_assert_uint_eq(stats.received, 3);
	ck_assert_uint_eq(stats.kernel_drops + stats.interface_drops, 0);
}
END_TEST

START_TEST(a_wrong_filter_is_named)
{
	three_records(micro, false);
	options.filter = "tcp port";
	refused(IND_USAGE, "\"tcp port\"");
	options.filter = "wlan type mgt";
	refused(IND_USAGE, "EN10MB");
}
END_TEST

START_TEST(what_is_no_capture)
{
	file.size = 0;
	refused(IND_SHORT, "empty");
	put_bytes(&file, "This is a text that somebody mistook for a capture.", 51);
	refused(IND_UNKNOWN, "test.pcap");
	file.size = 0;
	put_file_header(&file, 0xa1b2c3d5, 65535, ETHERNET);
	refused(IND_UNKNOWN, "test.pcap");
}
END_TEST

START_TEST(modified_pcap_through_libpcap)
{
	put_file_header(&file, modified, 65535, ETHERNET);
	for (unsigned i = 0; i < 3; i++) {
		put_record_header(&file, SECONDS, 0, 60, 60);
		put32(&file, 1);
		put32(&file, 0);
		memset(file.bytes + file.size, 'm', 60);
		file.size += 60;
	}
	open_file();
	reads(3, IND_END);
}
END_TEST

/* More than one batch's room: a frame that does not fit is lent. */
START_TEST(large_frames_through_libpcap)
{
	put_file_header(&file, modified, 262144, ETHERNET);
	for (unsigned i = 0; i < 20; i++) {
		put_record_header(&file, SECONDS, 0, 200000, 200000);
		put32(&file, 1);
		put32(&file, 0);
		memset(file.bytes + file.size, (int)i, 200000);
		file.size += 200000;
	}
	open_file();
	struct result r = read_all();
	ck_assert_uint_eq(r.frames, 20);
	ck_assert_uint_eq(r.bytes, 20 * 200000);
}
END_TEST

START_TEST(the_readers_own_outcome_comes_after_the_frames)
{
	static const enum ind_err ends[] = { IND_SHORT, IND_MALFORMED, IND_IO };

	read_end = ends[_i];
	three_records(micro, false);
	open_file();
	reads(3, ends[_i]);
	file.size -= 3;
	open_file();
	reads(2, ends[_i]);
	file.size = 0;
	put_ng_header(&file, ETHERNET, 65535);
	put_ng_packet(&file, 1, 'a', 60);
	open_file();
	reads(1, ends[_i]);
}
END_TEST

/* Writes the file to a real one and reads that through its descriptor. */
static FILE *stored(void)
{
	FILE *f = tmpfile();

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(file.bytes, 1, file.size, f), file.size);
	ck_assert_int_eq(fflush(f), 0);
	ck_assert_int_eq(lseek(fileno(f), 0, SEEK_SET), 0);
	options.read = NULL;
	options.fd = fileno(f);
	options.hash = true;
	return f;
}

static void digest_is_of_the_file(void)
{
	uint8_t expected[IND_SHA256_BYTES], got[IND_SHA256_BYTES];

	hash_sha256(file.bytes, file.size, expected);
	ck_assert_int_eq(capture_sha256(capture, got), IND_OK);
	ck_assert_mem_eq(got, expected, sizeof got);
}

START_TEST(digest_and_progress)
{
	uint64_t done, total;

	if (_i == 0) {
		put_file_header(&file, micro, 65535, ETHERNET);
		for (unsigned i = 0; i < 3000; i++)
			put_record(&file, SECONDS, i, (uint8_t)i, 1000);
	} else {
		put_ng_header(&file, ETHERNET, 65535);
		for (unsigned i = 0; i < 3000; i++)
			put_ng_packet(&file, i, (uint8_t)i, 1000);
	}
	FILE *f = stored();
	open_file();
	ck_assert_uint_eq(read_all().frames, 3000);
	capture_progress(capture, &done, &total);
	ck_assert_uint_eq(done, file.size);
	ck_assert_uint_eq(total, file.size);
	digest_is_of_the_file();
	fclose(f);
}
END_TEST

START_TEST(a_capture_that_stops_early_has_the_digest_of_the_whole)
{
	struct frame frame;
	size_t count;

	put_file_header(&file, micro, 65535, ETHERNET);
	for (unsigned i = 0; i < 5000; i++)
		put_record(&file, SECONDS, i, (uint8_t)i, 1000);
	FILE *f = stored();
	open_file();
	ck_assert_int_eq(capture_next(capture, &frame, 1, &count), IND_OK);
	capture_break(capture);
	ck_assert_int_eq(capture_next(capture, &frame, 1, &count), IND_END);
	digest_is_of_the_file();
	ck_assert_int_eq(capture_next(capture, &frame, 1, &count), IND_END);
	fclose(f);
}
END_TEST

START_TEST(an_unreadable_descriptor)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	options.read = NULL;
	options.fd = ends[1];
	refused(IND_IO, "test.pcap: Bad file descriptor");
	close(ends[0]);
	close(ends[1]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("savefile");
	TCase *tests = tcase_create("savefile");

	tcase_add_checked_fixture(tests, start, stop);
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, both_orders_and_units, 0, 4);
	tcase_add_test(tests, every_cut_gives_the_whole_records);
	tcase_add_test(tests, damage_ends_it_after_the_frames_before);
	tcase_add_test(tests, records_of_the_largest_size);
	tcase_add_test(tests, captured_bytes_were_on_the_wire);
	tcase_add_test(tests, frames_are_cut_to_the_snapshot_length);
	tcase_add_loop_test(tests, pieces_of_any_size, 0, 5);
	tcase_add_test(tests, the_filter_leaves_out_but_numbers_count);
	tcase_add_test(tests, a_wrong_filter_is_named);
	tcase_add_test(tests, what_is_no_capture);
	tcase_add_test(tests, modified_pcap_through_libpcap);
	tcase_add_test(tests, large_frames_through_libpcap);
	tcase_add_loop_test(tests, the_readers_own_outcome_comes_after_the_frames, 0, 3);
	tcase_add_loop_test(tests, digest_and_progress, 0, 2);
	tcase_add_test(tests, a_capture_that_stops_early_has_the_digest_of_the_whole);
	tcase_add_test(tests, an_unreadable_descriptor);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
