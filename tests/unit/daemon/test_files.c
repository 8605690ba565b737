/* SPDX-License-Identifier: Apache-2.0 */
#define _DEFAULT_SOURCE
#include "daemon/outfile.h"
#include "daemon/streamfile.h"
#include "support/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/indicia-test-XXXXXX";
static int folder_fd;

static void setup(void)
{
	memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	folder_fd = open(folder, O_RDONLY | O_DIRECTORY);
}

static void teardown(void)
{
	static const char *const names[] = { "a.ieb", "a.ieb.open", "stream.one" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unlinkat(folder_fd, names[i], 0);
	close(folder_fd);
	ck_assert_int_eq(rmdir(folder), 0);
}

static bool there(const char *name)
{
	struct stat st;
	return fstatat(folder_fd, name, &st, 0) == 0;
}

START_TEST(a_file_appears_only_when_published)
{
	struct outfile f;
	struct ind_sink sink;
	uint8_t digest[32], want[32];
	ck_assert_int_eq(outfile_create(&f, folder_fd, "a.ieb"), IND_OK);
	ck_assert(there("a.ieb.open") && !there("a.ieb"));
	outfile_sink(&f, &sink);
	ck_assert_int_eq(sink.write(sink.ctx, "hello ", 6), IND_OK);
	ck_assert_int_eq(sink.write(sink.ctx, "world", 5), IND_OK);
	ck_assert_int_eq(sink.sync(sink.ctx), IND_OK);
	ck_assert_int_eq(outfile_publish(&f, digest), IND_OK);
	ck_assert(!there("a.ieb.open") && there("a.ieb"));
	hash_sha256("hello world", 11, want);
	ck_assert_mem_eq(digest, want, sizeof want);
	ck_assert_int_eq(outfile_create(&f, folder_fd, "a.ieb"), IND_EXISTS);
}
END_TEST

START_TEST(nothing_is_replaced)
{
	struct outfile f;
	uint8_t digest[32];
	ck_assert_int_eq(outfile_create(&f, folder_fd, "a.ieb"), IND_OK);
	int other = openat(folder_fd, "a.ieb", O_WRONLY | O_CREAT, 0600);
	ck_assert_int_ge(other, 0);
	close(other);
	ck_assert_int_eq(outfile_publish(&f, digest), IND_EXISTS);
	ck_assert(there("a.ieb.open"));
}
END_TEST

START_TEST(a_discarded_file_is_gone)
{
	struct outfile f;
	ck_assert_int_eq(outfile_create(&f, folder_fd, "a.ieb"), IND_OK);
	outfile_discard(&f);
	ck_assert(!there("a.ieb") && !there("a.ieb.open"));
}
END_TEST

START_TEST(a_stream_goes_on_where_it_was_sealed)
{
	struct streamfile s, other;
	struct ind_stream stream, again;
	ck_assert_int_eq(streamfile_open(&s, folder, "one", &stream), IND_OK);
	ck_assert_uint_eq(stream.leaves, 0);
	ck_assert_int_eq(streamfile_open(&other, folder, "one", &again), IND_EXISTS);
	stream.leaves = 5;
	stream.frontier_count = 2;
	memset(&stream.frontier[0], 7, 2 * sizeof stream.frontier[0]);
	ck_assert_int_eq(streamfile_save(&s, &stream, false), IND_OK);
	streamfile_close(&s);
	ck_assert_int_eq(streamfile_open(&s, folder, "one", &again), IND_OK);
	ck_assert_mem_eq(again.id, stream.id, sizeof stream.id);
	ck_assert_uint_eq(again.leaves, 5);
	ck_assert_mem_eq(again.frontier, stream.frontier, 64);
	ck_assert_uint_eq(again.epoch, stream.epoch);
	/* This run ends without sealing: the next one must not go on with the same stream. */
	streamfile_close(&s);
	ck_assert_int_eq(streamfile_open(&s, folder, "one", &again), IND_OK);
	ck_assert_mem_ne(again.id, stream.id, sizeof stream.id);
	ck_assert_uint_eq(again.leaves, 0);
	streamfile_close(&s);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("files");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_file_appears_only_when_published);
	tcase_add_test(t, nothing_is_replaced);
	tcase_add_test(t, a_discarded_file_is_gone);
	tcase_add_test(t, a_stream_goes_on_where_it_was_sealed);
	return suite_run("daemon.files", t);
}
