/* SPDX-License-Identifier: Apache-2.0 */
/* Files appear whole or not at all, replace nothing unasked, and folders of bundles are read in name order. */
#include "cli/cli.h"
#include "cli/input.h"
#include "cli/target.h"
#include "support/suite.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64], path[128], part[160];

static void setup(void)
{
	snprintf(folder, sizeof(folder), "/tmp/indicia-test.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/out", folder);
	snprintf(part, sizeof(part), "%s.part", path);
}

static void teardown(void)
{
	unlink(path);
	unlink(part);
	ck_assert_int_eq(rmdir(folder), 0);
}

static void content_is(const char *want)
{
	char text[64] = "";
	FILE *file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fread(text, 1, sizeof(text) - 1, file), strlen(want));
	ck_assert_str_eq(text, want);
	fclose(file);
}

static int put(const char *text, bool force, bool keep)
{
	struct target t;
	int status = target_open(&t, path, force);
	if (status != CLI_DONE)
		return status;
	out_text(&t.out, text);
	ck_assert_int_eq(access(part, F_OK), 0);
	return target_close(&t, keep);
}

START_TEST(whole_or_not_at_all)
{
	ck_assert_int_eq(put("one", false, true), CLI_DONE);
	content_is("one");
	ck_assert_int_ne(access(part, F_OK), 0);
	ck_assert_int_eq(put("two", false, true), CLI_USAGE);
	content_is("one");
	ck_assert_int_eq(put("three", true, true), CLI_DONE);
	content_is("three");
	put("four", true, false);
	content_is("three");
	ck_assert_int_ne(access(part, F_OK), 0);
}
END_TEST

START_TEST(another_writer_is_left_alone)
{
	int fd = open(part, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	close(fd);
	struct target t;
	ck_assert_int_eq(target_open(&t, path, false), CLI_USAGE);
	ck_assert_int_eq(access(part, F_OK), 0);
}
END_TEST

/* The target appears while we write: it stays what it was. */
START_TEST(a_race_is_lost_without_harm)
{
	struct target t;
	ck_assert_int_eq(target_open(&t, path, false), CLI_DONE);
	out_text(&t.out, "ours");
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs("theirs", file);
	fclose(file);
	ck_assert_int_ne(target_close(&t, true), CLI_DONE);
	content_is("theirs");
	ck_assert_int_ne(access(part, F_OK), 0);
}
END_TEST

START_TEST(a_full_disk_is_said)
{
	struct target t;
	ck_assert_int_eq(target_open(&t, NULL, false), CLI_DONE);
	t.fd = open("/dev/full", O_WRONLY);
	ck_assert_int_ge(t.fd, 0);
	out_text(&t.out, "x");
	ck_assert_int_eq(target_close(&t, true), CLI_FAILED);
}
END_TEST

START_TEST(folders_in_name_order)
{
	static const char *const names[] = { "b.ieb", "a.ieb", "c.txt", ".d.ieb", "e.ieb.open", "aa.ieb" };
	char name[256];
	struct inputs in = { 0 };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(name, sizeof(name), "%s/%s", folder, names[i]);
		close(open(name, O_WRONLY | O_CREAT, 0600));
	}
	ck_assert_int_eq(inputs_add(&in, folder), CLI_DONE);
	ck_assert_uint_eq(in.count, 3);
	ck_assert_ptr_nonnull(strstr(in.names[0], "/a.ieb"));
	ck_assert_ptr_nonnull(strstr(in.names[1], "/aa.ieb"));
	ck_assert_ptr_nonnull(strstr(in.names[2], "/b.ieb"));
	ck_assert_int_eq(inputs_add(&in, "-"), CLI_DONE);
	ck_assert_int_eq(inputs_add(&in, "-"), CLI_USAGE);
	ck_assert_int_eq(inputs_add(&in, ""), CLI_USAGE);
	inputs_free(&in);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(name, sizeof(name), "%s/%s", folder, names[i]);
		unlink(name);
	}
	ck_assert_int_eq(inputs_add(&in, folder), CLI_MISSING);
	inputs_free(&in);
}
END_TEST

START_TEST(reads_at_any_place)
{
	struct input in;
	char bytes[8];
	size_t got;
	ck_assert_int_eq(put("0123456789", false, true), CLI_DONE);
	ck_assert_int_eq(input_open(&in, path), CLI_DONE);
	ck_assert_uint_eq(in.bytes, 10);
	ck_assert_int_eq(in.source.read_at(in.source.ctx, 6, bytes, sizeof(bytes), &got), IND_OK);
	ck_assert_uint_eq(got, 4);
	ck_assert_mem_eq(bytes, "6789", 4);
	ck_assert_int_eq(in.source.read_at(in.source.ctx, 11, bytes, sizeof(bytes), &got), IND_OK);
	ck_assert_uint_eq(got, 0);
	ck_assert_int_eq(in.source.read_at(in.source.ctx, UINT64_MAX, bytes, sizeof(bytes), &got), IND_OK);
	ck_assert_uint_eq(got, 0);
	input_close(&in);
	ck_assert_int_eq(input_open(&in, "/dev/null"), CLI_DAMAGED);
	ck_assert_int_eq(input_open(&in, "/no/such/file"), CLI_DAMAGED);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("target");
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, whole_or_not_at_all);
	tcase_add_test(tcase, another_writer_is_left_alone);
	tcase_add_test(tcase, a_race_is_lost_without_harm);
	tcase_add_test(tcase, a_full_disk_is_said);
	tcase_add_test(tcase, folders_in_name_order);
	tcase_add_test(tcase, reads_at_any_place);
	return suite_run("target", tcase);
}
