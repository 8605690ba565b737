/* SPDX-License-Identifier: Apache-2.0 */
/* Files of custody events on disk: made once, appended to, never replaced. */
#define _DEFAULT_SOURCE
#include "base/hash.h"
#include "daemon/custodyfile.h"
#include "support/suite.h"

#include <errno.h>
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
	unlinkat(folder_fd, "a.iec", 0);
	close(folder_fd);
	ck_assert_int_eq(rmdir(folder), 0);
}

static size_t content(char bytes[static 256])
{
	int fd = openat(folder_fd, "a.iec", O_RDONLY);
	ck_assert_int_ge(fd, 0);
	ssize_t got = read(fd, bytes, 256);
	close(fd);
	ck_assert_int_ge(got, 0);
	return (size_t)got;
}

START_TEST(made_once_and_appended_to)
{
	char bytes[256];
	uint8_t preamble[IND_CUSTODY_PREAMBLE_BYTES];
	ind_custody_preamble(preamble);
	ck_assert_int_eq(custodyfile_append(folder_fd, "a.iec", 0, "one", 3), IND_OK);
	ck_assert_int_eq(custodyfile_append(folder_fd, "a.iec", sizeof preamble + 3, "two", 3), IND_OK);
	ck_assert_uint_eq(content(bytes), sizeof preamble + 6);
	ck_assert_mem_eq(bytes, preamble, sizeof preamble);
	ck_assert_mem_eq(bytes + sizeof preamble, "onetwo", 6);
	/* Somebody else was faster. */
	ck_assert_int_eq(custodyfile_append(folder_fd, "a.iec", sizeof preamble + 3, "two", 3), IND_EXISTS);
	ck_assert_int_eq(custodyfile_append(folder_fd, "a.iec", 0, "new", 3), IND_EXISTS);
	ck_assert_uint_eq(content(bytes), sizeof preamble + 6);
	struct stat st;
	ck_assert_int_ne(fstatat(folder_fd, "a.iec.part", &st, 0), 0);
}
END_TEST

START_TEST(by_a_path)
{
	char path[64], bytes[256];
	snprintf(path, sizeof path, "%s/a.iec", folder);
	ck_assert_int_eq(custodyfile_append(AT_FDCWD, path, 0, "one", 3), IND_OK);
	ck_assert_uint_eq(content(bytes), IND_CUSTODY_PREAMBLE_BYTES + 3);
}
END_TEST

START_TEST(where_nothing_can_be_written)
{
	ck_assert_int_eq(custodyfile_append(folder_fd, "none/a.iec", 0, "one", 3), IND_IO);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(custodyfile_append(folder_fd, "a.iec", 16, "one", 3), IND_IO);
	/* A name that points elsewhere is not followed. */
	ck_assert_int_eq(symlinkat("elsewhere", folder_fd, "a.iec"), 0);
	ck_assert_int_eq(custodyfile_append(folder_fd, "a.iec", 16, "one", 3), IND_IO);
	ck_assert_int_eq(custodyfile_append(folder_fd, "a.iec", 0, "one", 3), IND_EXISTS);
}
END_TEST

START_TEST(what_an_event_says_of_its_program)
{
	struct ind_custody_event e;
	uint8_t digest[IND_SHA256_BYTES];
	custodyfile_event(IND_CUSTODY_OPENED, &e);
	FILE *self = fopen("/proc/self/exe", "rb");
	ck_assert_ptr_nonnull(self);
	struct hash_sha256_state state;
	static uint8_t bytes[65536];
	hash_sha256_start(&state);
	for (size_t got; (got = fread(bytes, 1, sizeof bytes, self)) > 0;)
		hash_sha256_add(&state, bytes, got);
	fclose(self);
	hash_sha256_end(&state, digest);
	ck_assert(e.has_tool_sha256);
	ck_assert_mem_eq(e.tool_sha256, digest, sizeof digest);
	ck_assert_int_eq(e.type, IND_CUSTODY_OPENED);
	ck_assert_uint_gt(e.claimed_ns, 0);
	ck_assert(e.tool.bytes > 8 && memcmp(e.tool.at, "indicia ", 8) == 0);
	ck_assert(!e.has_other_key && !e.has_stamp && !e.has_torn_sha256 && e.parent_count == 0);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("custodyfile");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, made_once_and_appended_to);
	tcase_add_test(t, by_a_path);
	tcase_add_test(t, where_nothing_can_be_written);
	tcase_add_test(t, what_an_event_says_of_its_program);
	return suite_run("custodyfile", t);
}
