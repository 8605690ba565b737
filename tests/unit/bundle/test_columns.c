/* SPDX-License-Identifier: Apache-2.0 */
/* What an encoder remembers from frame to frame must not be seen in what a reader gets: runs deflated before, columns left as they are. */
#include "bundle/data.h"
#include "bundle/put.h"
#include "bundle/row.h"
#include "sample.h"
#include "support/suite.h"

#include <string.h>

enum { FRAMES = 24, NOISE_COLUMN = FLOW_SRC, PERIOD = 8 };

static struct lane lane;
static struct data_encoder encoder;
static struct data_decoder decoder;
static uint32_t state;

static void setup(void)
{
	ck_assert_int_eq(lane_new(&lane, ROW_FLOW), IND_OK);
	ck_assert_int_eq(data_encoder_start(&encoder), IND_OK);
	ck_assert_int_eq(data_decoder_start(&decoder), IND_OK);
	state = 1;
}

static void teardown(void)
{
	lane_free(&lane);
	data_encoder_free(&encoder);
	data_decoder_free(&decoder);
}

static uint32_t noise(void) { return state = state * 1664525 + 1013904223; }

/* Rows from addresses without a pattern, or all from one; everything else is alike within a frame and differs between frames. */
static void frame_fill(unsigned frame, size_t rows, bool noisy)
{
	static const uint8_t salt_key[SALT_BYTES] = { 5 };
	struct ind_flow flow;
	sample_flow(1, &flow);
	flow.ip_version = 4;
	flow.proto = frame % 3 ? 6 : 17;
	flow.end_reason = frame % 5 ? IND_END_IDLE : IND_END_CAPTURE;
	memset(flow.addr, 0, sizeof flow.addr);
	lane_start(&lane, salt_key);
	for (size_t i = 0; i < rows; i++) {
		uint32_t addr = noisy ? noise() >> 8 | noise() >> 8 << 16 : 7;
		memcpy(flow.addr[IND_SRC], &addr, sizeof addr);
		flow.serial++;
		ck_assert_int_eq(lane_flow(&lane, &flow, NULL, 0), IND_OK);
	}
}

/* Packs, reads again and compares; true if the column of source addresses was left as it is. */
static bool frame_same(void)
{
	struct buffer out = { 0 };
	size_t bytes;
	ck_assert_int_eq(data_pack(&encoder, &lane.batch, 0, &out, &bytes), IND_OK);
	ck_assert_int_eq(data_open(&decoder, out.at, bytes), IND_OK);
	ck_assert_int_eq(data_columns(&decoder), IND_OK);
	ck_assert_uint_eq(decoder.batch.rows, lane.batch.rows);
	for (unsigned i = 0; i < row_flow_spec.columns; i++) {
		const struct column *was = &lane.batch.column[i], *is = &decoder.batch.column[i];
		ck_assert_uint_eq(is->count, was->count);
		if (row_flow_spec.column[i].form == FORM_BYTES)
			ck_assert(was->count == 0 || memcmp(is->bytes, was->bytes, was->count) == 0);
		else
			ck_assert(was->count == 0 || memcmp(is->numbers, was->numbers, was->count * sizeof *was->numbers) == 0);
	}
	bool raw = decoder.message->columns[NOISE_COLUMN]->codec == 0;
	buffer_free(&out);
	return raw;
}

START_TEST(runs_of_every_length)
{
	static const size_t rows[] = { 1, 2, 127, 128, 509, 510, 511, 512, 513, 2000, 2000, 2000, 8192, 8192, 1999, 2000 };
	for (unsigned round = 0; round < 3; round++)
		for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
			frame_fill(i + round, rows[i], false);
			frame_same();
		}
}
END_TEST

/* Tried once in PERIOD frames, and deflated again once that pays. */
START_TEST(what_hardly_deflates_is_left_for_some_frames)
{
	for (unsigned i = 0; i < FRAMES; i++) {
		frame_fill(i, 3000, true);
		bool raw = frame_same();
		ck_assert(raw || i % PERIOD == 0);
	}
	unsigned raw = 0;
	for (unsigned i = 0; i < FRAMES; i++) {
		frame_fill(i, 3000, false);
		raw += frame_same();
	}
	ck_assert_uint_lt(raw, PERIOD);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("columns");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, runs_of_every_length);
	tcase_add_test(tcase, what_hardly_deflates_is_left_for_some_frames);
	return suite_run("columns", tcase);
}
