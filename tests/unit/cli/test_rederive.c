/* SPDX-License-Identifier: Apache-2.0 */
/* From files to status: what differs ends with 1, flows and exhibits of one capture are brought together from several files. */
#include "cli/cli.h"
#include "cli/held.h"
#include "cli/rederive.h"
#include "cli/tell.h"
#include "indicia/catalogue.h"
#include "support/suite.h"
#include "unit/bundle/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char banner[] = "SSH-2.0-Example_1.0\r\n";
static char folder[64], first[128], second[128], out[128], text[4096];
static struct keys keys;
static struct ind_stream stream;
static struct ind_header header;

static void setup(void)
{
	snprintf(folder, sizeof(folder), "/tmp/indicia-test.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(first, sizeof(first), "%s/a.ieb", folder);
	snprintf(second, sizeof(second), "%s/b.ieb", folder);
	snprintf(out, sizeof(out), "%s/out", folder);
	keys_make(&keys, 1);
	sample_stream(&stream);
	sample_header(&header);
	tell_quiet(true);
}

static void teardown(void)
{
	unlink(first);
	unlink(second);
	unlink(out);
	rmdir(folder);
	keys_free(&keys);
}

static void put_flow(struct ind_writer *w, uint64_t serial, const char *value)
{
	struct ind_flow flow = { .serial = serial, .ip_version = 4, .proto = 6, .packets = { 1, 1 }, .bytes = { 40, 80 }, .start_ns = 1700000000000000000,
		.end_ns = 1700000001000000000, .client_rtt_us = IND_ABSENT_U32, .server_rtt_us = IND_ABSENT_U32 };
	struct ind_signal s = { .id = IND_SIG_SSH_BANNER, .side = IND_SERVER, .from = IND_DST, .packet = 3, .time_ns = flow.start_ns, .value = value,
		.value_bytes = (uint16_t)strlen(value) };
	ck_assert_int_eq(ind_writer_flow(w, &flow, &s, 1), IND_OK);
}

static void put_exhibit(struct ind_writer *w, uint64_t serial)
{
	struct ind_exhibit x = { .flow_serial = serial, .time_ns = 1700000000000000000, .packet = 3, .from = IND_DST, .side = IND_SERVER,
		.kind = IND_EXHIBIT_STREAM, .bytes = (const uint8_t *)banner, .bytes_count = sizeof banner - 1 };
	ck_assert_int_eq(ind_writer_exhibit(w, &x), IND_OK);
}

/* A bundle of the stream: exhibits of flows 1 to `exhibits`, flows 1 to `flows` with this value. */
static void bundle(const char *path, unsigned exhibits, unsigned flows, const char *value, enum ind_seal_reason reason)
{
	struct memory m = { 0 };
	struct ind_sink sink = memory_sink(&m);
	struct ind_writer *w;
	struct ind_seal_info info = { .realtime_ns = 1700000020000000000, .reason = reason, .final = true };
	ck_assert_int_eq(ind_writer_new(&sink, &stream, &header, keys.identity, keys.epoch, NULL, &w), IND_OK);
	for (unsigned i = 1; i <= exhibits; i++)
		put_exhibit(w, i);
	for (unsigned i = 1; i <= flows; i++)
		put_flow(w, i, value);
	ck_assert_int_eq(ind_writer_seal(w, &info), IND_OK);
	ind_writer_stream(w, &stream);
	ind_writer_free(w);
	FILE *file = fopen(path, "wb");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(m.at, 1, m.bytes, file), m.bytes);
	ck_assert_int_eq(fclose(file), 0);
	memory_free(&m);
}

static int rederive(const char *a, const char *b, size_t bytes_max)
{
	struct inputs inputs = { 0 };
	struct output_options output = { .write = out, .force = true };
	struct selection_options selection = { 0 };
	ck_assert_int_eq(inputs_add(&inputs, a), CLI_DONE);
	if (b)
		ck_assert_int_eq(inputs_add(&inputs, b), CLI_DONE);
	int status = rederive_run(&inputs, &output, &selection, bytes_max);
	inputs_free(&inputs);
	FILE *file = fopen(out, "r");
	ck_assert_ptr_nonnull(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	return status;
}

#define HAS(want) ck_assert_msg(strstr(text, want) != NULL, "%s\nis not in\n%s", want, text)
#define SAME "SSH-2.0-Example_1.0"

START_TEST(nothing_differs)
{
	bundle(first, 3, 3, SAME, IND_SEAL_SHUTDOWN);
	ck_assert_int_eq(rederive(first, NULL, HELD_BYTES_DEFAULT), CLI_DONE);
	ck_assert_str_eq(text, "{\"type\":\"summary\",\"compared\":3,\"differing\":0}\n");
}
END_TEST

START_TEST(one_value_differs)
{
	bundle(first, 2, 1, "SSH-2.0-Other", IND_SEAL_SHUTDOWN);
	ck_assert_int_eq(rederive(first, NULL, HELD_BYTES_DEFAULT), CLI_NEGATIVE);
	HAS("\"recorded\":\"SSH-2.0-Other\",\"derived\":\"" SAME "\"");
	HAS("{\"type\":\"summary\",\"compared\":1,\"differing\":1,\"not_compared\":{\"exhibit_without_flow\":1}}\n");
}
END_TEST

START_TEST(one_capture_in_two_files)
{
	bundle(first, 2, 0, SAME, IND_SEAL_ROTATE);
	bundle(second, 0, 2, SAME, IND_SEAL_SHUTDOWN);
	ck_assert_int_eq(rederive(second, first, HELD_BYTES_DEFAULT), CLI_DONE);
	ck_assert_str_eq(text, "{\"type\":\"summary\",\"compared\":2,\"differing\":0}\n");
}
END_TEST

/* After a restart serials begin anew: these exhibits are of other flows. */
START_TEST(two_captures)
{
	bundle(first, 2, 0, SAME, IND_SEAL_SHUTDOWN);
	bundle(second, 0, 2, SAME, IND_SEAL_SHUTDOWN);
	ck_assert_int_eq(rederive(first, second, HELD_BYTES_DEFAULT), CLI_DONE);
	ck_assert_str_eq(text, "{\"type\":\"summary\",\"compared\":0,\"differing\":0,\"not_compared\":{\"not_kept\":2,\"exhibit_without_flow\":2}}\n");
}
END_TEST

START_TEST(little_memory)
{
	bundle(first, 100, 0, SAME, IND_SEAL_ROTATE);
	bundle(second, 0, 100, SAME, IND_SEAL_SHUTDOWN);
	ck_assert_int_eq(rederive(first, second, 16384), CLI_DONE);
	ck_assert_str_eq(text, "{\"type\":\"summary\",\"compared\":100,\"differing\":0}\n");
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("rederive");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, nothing_differs);
	tcase_add_test(t, one_value_differs);
	tcase_add_test(t, one_capture_in_two_files);
	tcase_add_test(t, two_captures);
	tcase_add_test(t, little_memory);
	return suite_run("rederive", t);
}
