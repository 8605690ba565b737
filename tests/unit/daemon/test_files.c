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
	ck_assert_int_eq(outfile_create(&f, &disk_real, folder_fd, "a.ieb", 0), IND_OK);
	ck_assert(there("a.ieb.open") && !there("a.ieb"));
	outfile_sink(&f, &sink);
	ck_assert_int_eq(sink.write(sink.ctx, "hello ", 6), IND_OK);
	ck_assert_int_eq(sink.write(sink.ctx, "world", 5), IND_OK);
	ck_assert_int_eq(sink.sync(sink.ctx), IND_OK);
	ck_assert_int_eq(outfile_publish(&f, digest), IND_OK);
	ck_assert(!there("a.ieb.open") && there("a.ieb"));
	hash_sha256("hello world", 11, want);
	ck_assert_mem_eq(digest, want, sizeof want);
	ck_assert_int_eq(outfile_create(&f, &disk_real, folder_fd, "a.ieb", 0), IND_EXISTS);
}
END_TEST

START_TEST(nothing_is_replaced)
{
	struct outfile f;
	uint8_t digest[32];
	ck_assert_int_eq(outfile_create(&f, &disk_real, folder_fd, "a.ieb", 0), IND_OK);
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
	ck_assert_int_eq(outfile_create(&f, &disk_real, folder_fd, "a.ieb", 0), IND_OK);
	outfile_discard(&f);
	ck_assert(!there("a.ieb") && !there("a.ieb.open"));
}
END_TEST

/* A state with as many roots as the number of leaves asks for. */
static struct stream_state state_of(uint64_t leaves, uint8_t fill)
{
	struct stream_state state = { .known = true, .running = true, .open_first_leaf = 3, .open_path = "/somewhere/a.ieb.open", .machine = { .known = true } };
	state.stream.leaves = leaves;
	state.stream.epoch = 7;
	state.stream.frontier_count = (size_t)__builtin_popcountll(leaves);
	memset(state.stream.id, fill, sizeof state.stream.id);
	memset(state.stream.frontier, fill, state.stream.frontier_count * IND_SHA256_BYTES);
	memset(state.machine.digest, fill, sizeof state.machine.digest);
	memset(state.machine.boot_id, fill, sizeof state.machine.boot_id);
	state.machine.boottime_ns = leaves;
	return state;
}

static void same_state(const struct stream_state *a, const struct stream_state *b)
{
	ck_assert(a->known == b->known && a->running == b->running && a->open_first_leaf == b->open_first_leaf);
	ck_assert_str_eq(a->open_path, b->open_path);
	ck_assert_mem_eq(&a->stream, &b->stream, sizeof a->stream);
	ck_assert(a->machine.known == b->machine.known && a->machine.boottime_ns == b->machine.boottime_ns);
	ck_assert_mem_eq(a->machine.digest, b->machine.digest, sizeof a->machine.digest);
	ck_assert_mem_eq(a->machine.boot_id, b->machine.boot_id, sizeof a->machine.boot_id);
}

START_TEST(a_stream_is_read_as_it_was_saved)
{
	struct streamfile s, other;
	struct stream_state state, again;
	ck_assert_int_eq(streamfile_open(&s, &disk_real, folder, "one", &state), IND_OK);
	ck_assert(!state.known && state.stream.leaves == 0);
	ck_assert_int_eq(streamfile_open(&other, &disk_real, folder, "one", &again), IND_EXISTS);
	for (uint64_t leaves = 1; leaves < 6; leaves++) {
		state = state_of(leaves, (uint8_t)leaves);
		ck_assert_int_eq(streamfile_save(&s, &state), IND_OK);
		streamfile_close(&s);
		ck_assert_int_eq(streamfile_open(&s, &disk_real, folder, "one", &again), IND_OK);
		same_state(&state, &again);
	}
	streamfile_close(&s);
}
END_TEST

/* Whatever part of the last write reached the disk, the state before it or the state that it wrote is read. */
START_TEST(a_save_that_is_cut_leaves_the_one_before)
{
	struct streamfile s;
	struct stream_state state, before = state_of(9, 1), last = state_of(11, 2), again;
	static uint8_t old[32768], new[32768];
	ck_assert_int_eq(streamfile_open(&s, &disk_real, folder, "one", &state), IND_OK);
	ck_assert_int_eq(streamfile_save(&s, &state), IND_OK);
	ck_assert_int_eq(streamfile_save(&s, &before), IND_OK);
	ssize_t bytes = pread(s.fd, old, sizeof old, 0);
	ck_assert_int_eq(streamfile_save(&s, &last), IND_OK);
	ck_assert_int_eq(pread(s.fd, new, sizeof new, 0), bytes);
	unsigned of_before = 0, of_last = 0;
	for (ssize_t cut = 0; cut <= bytes; cut += 8) {
		ck_assert_int_eq(pwrite(s.fd, new, (size_t)cut, 0), cut);
		ck_assert_int_eq(pwrite(s.fd, old + cut, (size_t)(bytes - cut), cut), bytes - cut);
		streamfile_close(&s);
		ck_assert_int_eq(streamfile_open(&s, &disk_real, folder, "one", &again), IND_OK);
		ck_assert(again.stream.leaves == 9 || again.stream.leaves == 11);
		same_state(&again, again.stream.leaves == 9 ? &before : &last);
		of_before += again.stream.leaves == 9;
		of_last += again.stream.leaves == 11;
	}
	ck_assert(of_before > 0 && of_last > 0);
	streamfile_close(&s);
}
END_TEST

START_TEST(a_copy_of_a_machine_is_another_machine)
{
	struct machine then = { .known = true, .digest = { 1 }, .boot_id = { 1 }, .boottime_ns = 100 }, now = then;
	now.boottime_ns = 200;
	ck_assert_ptr_null(machine_differs(&then, &now));
	now.boottime_ns = 99;
	ck_assert_ptr_nonnull(machine_differs(&then, &now));
	now.boot_id[0] = 2;          /* started again: its time began anew */
	ck_assert_ptr_null(machine_differs(&then, &now));
	now.digest[0] = 2;
	ck_assert_ptr_nonnull(machine_differs(&then, &now));
	now.known = false;           /* what is not known is no difference */
	ck_assert_ptr_null(machine_differs(&then, &now));
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("files");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_file_appears_only_when_published);
	tcase_add_test(t, nothing_is_replaced);
	tcase_add_test(t, a_discarded_file_is_gone);
	tcase_add_test(t, a_stream_is_read_as_it_was_saved);
	tcase_add_test(t, a_save_that_is_cut_leaves_the_one_before);
	tcase_add_test(t, a_copy_of_a_machine_is_another_machine);
	return suite_run("daemon.files", t);
}
