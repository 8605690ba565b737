/* SPDX-License-Identifier: Apache-2.0 */
/* The log of what was deleted: one chain over its files, which stay few and small. */
#define _DEFAULT_SOURCE
#include "daemon/deletions.h"
#include "support/suite.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/indicia-test-XXXXXX";
static int folder_fd;
static struct ind_key *key;
static struct ind_key_public hand;
static struct deletions d;

static void setup(void)
{
	bool aside;
	memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
	ck_assert_ptr_nonnull(mkdtemp(folder));
	folder_fd = open(folder, O_RDONLY | O_DIRECTORY);
	ck_assert_int_eq(ind_key_new(&key), IND_OK);
	ind_key_public(key, &hand);
	ck_assert_int_eq(deletions_open(&d, folder_fd, &hand, &aside), IND_OK);
	ck_assert(!aside);
}

static void teardown(void)
{
	char command[128];
	deletions_close(&d);
	ind_key_free(key);
	close(folder_fd);
	snprintf(command, sizeof command, "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static bool there(const char *name)
{
	struct stat info;
	return fstatat(d.fd, name, &info, 0) == 0;
}

static enum ind_err add(const char *note)
{
	static struct ind_custody_event e;
	e = (struct ind_custody_event){ .type = IND_CUSTODY_DESTROYED, .claimed_ns = 1, .clock_error_ns = IND_ABSENT_U64, .actor = { "sensor x", 8 },
		.purpose = { "retention", 9 }, .note = { note, (uint16_t)strlen(note) } };
	e.bundle.tree_size = 1;
	return deletions_add(&d, &e, key);
}

static enum ind_err read_at(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	ssize_t done = pread(*(int *)ctx, bytes, count, (off_t)offset);
	*got = done > 0 ? (size_t)done : 0;
	return done < 0 ? IND_IO : IND_OK;
}

/* A file as a reader of docs/custody.md sees it: sound in itself; the last event's id, and what its first event names as its object. */
struct seen { size_t events; struct ind_custody_id last; bool has_object; uint8_t object[IND_SHA256_BYTES]; };

static struct seen look(const char *name)
{
	struct seen seen = { 0 };
	struct ind_custody_log *log;
	const struct ind_custody_entry *e;
	const struct ind_custody_known known = { .owner = &hand, .trusted = &hand, .trusted_count = 1 };
	int fd = openat(d.fd, name, O_RDONLY);
	struct ind_source source = { read_at, &fd };
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ind_custody_log_new(&log), IND_OK);
	ck_assert_int_eq(ind_custody_log_read(log, name, IND_CUSTODY_OWNER, NULL, &source), IND_OK);
	ck_assert_int_eq(ind_custody_log_check(log, &known), IND_OK);
	ck_assert_msg(ind_custody_log_sound(log), "%s is not sound", name);
	seen.events = ind_custody_log_count(log);
	seen.last = ind_custody_log_file(log, 0)->last;
	if (seen.events) {
		ck_assert_int_eq(ind_custody_log_event(log, 0, &e), IND_OK);
		seen.has_object = e->event.has_object_sha256;
		memcpy(seen.object, e->event.object_sha256, sizeof seen.object);
	}
	ind_custody_log_free(log);
	close(fd);
	return seen;
}

START_TEST(one_chain_from_run_to_run)
{
	bool aside;
	ck_assert_int_eq(add("one"), IND_OK);
	deletions_close(&d);
	ck_assert_int_eq(deletions_open(&d, folder_fd, &hand, &aside), IND_OK);
	ck_assert(!aside && d.events == 1);
	ck_assert_int_eq(add("two"), IND_OK);
	ck_assert_uint_eq(look("deleted.iec").events, 2);
}
END_TEST

START_TEST(full_files_are_put_aside_and_the_oldest_go)
{
	d.events_max = 2;
	d.files_max = 2;
	for (int i = 0; i < 9; i++)
		ck_assert_int_eq(add("x"), IND_OK);
	ck_assert(!there("deleted-000001.iec") && !there("deleted-000002.iec"));
	struct seen before = look("deleted-000003.iec"), after = look("deleted-000004.iec"), last = look("deleted.iec");
	ck_assert(before.events == 2 && after.events == 2 && last.events == 1);
	ck_assert(after.has_object && memcmp(after.object, before.last.bytes, sizeof after.object) == 0);
	ck_assert(last.has_object && memcmp(last.object, after.last.bytes, sizeof last.object) == 0);
}
END_TEST

/* A torn file is evidence, too: it stays as it is, and the chain goes on behind what can be read of it. */
START_TEST(a_torn_file_is_put_aside)
{
	bool aside;
	ck_assert_int_eq(add("one"), IND_OK);
	ck_assert_int_eq(add("two"), IND_OK);
	struct ind_custody_id first = { { 0 } };
	uint64_t cut = d.bytes - 7;
	deletions_close(&d);
	int fd = openat(folder_fd, "custody/deleted.iec", O_WRONLY);
	ck_assert_int_eq(ftruncate(fd, (off_t)cut), 0);
	close(fd);
	ck_assert_int_eq(deletions_open(&d, folder_fd, &hand, &aside), IND_OK);
	ck_assert(aside && there("deleted-000001.iec") && d.events == 0 && d.has_last);
	first = d.last;
	ck_assert_int_eq(add("three"), IND_OK);
	struct seen seen = look("deleted.iec");
	ck_assert(seen.events == 1 && seen.has_object && memcmp(seen.object, first.bytes, sizeof seen.object) == 0);
}
END_TEST

START_TEST(another_key_begins_another_file)
{
	bool aside;
	ck_assert_int_eq(add("one"), IND_OK);
	deletions_close(&d);
	ind_key_free(key);
	ck_assert_int_eq(ind_key_new(&key), IND_OK);
	ind_key_public(key, &hand);
	ck_assert_int_eq(deletions_open(&d, folder_fd, &hand, &aside), IND_OK);
	ck_assert(aside);
	ck_assert_int_eq(add("two"), IND_OK);
	ck_assert_uint_eq(look("deleted.iec").events, 1);
}
END_TEST

/* While the disk takes so many bytes of a file. No assertion in between: the suite writes files, too. */
static enum ind_err add_within(uint64_t bytes)
{
	struct rlimit before, limit;
	void (*ends)(int) = signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = (struct rlimit){ bytes, before.rlim_max };
	(void)!setrlimit(RLIMIT_FSIZE, &limit);
	enum ind_err err = add("two");
	(void)!setrlimit(RLIMIT_FSIZE, &before);
	signal(SIGXFSZ, ends);
	return err;
}

START_TEST(half_an_event_is_taken_back)
{
	ck_assert_int_eq(add("one"), IND_OK);
	ck_assert_int_eq(add_within(d.bytes + 20), IND_IO);
	ck_assert_int_eq(add_within(d.bytes + 20), IND_IO);
	ck_assert_int_eq(add("two"), IND_OK);
	ck_assert(look("deleted.iec").events == 2 && !there("deleted-000001.iec"));
}
END_TEST

/* Whatever became of the file meanwhile: one event may fail, the next one goes on. */
START_TEST(a_file_that_was_torn_meanwhile_is_put_aside)
{
	ck_assert_int_eq(add("one"), IND_OK);
	struct ind_custody_id one = d.last;
	int fd = openat(d.fd, "deleted.iec", O_WRONLY | O_APPEND);
	ck_assert_int_eq(write(fd, "torn", 4), 4);
	close(fd);
	ck_assert_int_eq(add("two"), IND_EXISTS);
	ck_assert_int_eq(add("two"), IND_OK);
	struct seen seen = look("deleted.iec");
	ck_assert(there("deleted-000001.iec") && seen.events == 1 && seen.has_object && memcmp(seen.object, one.bytes, sizeof seen.object) == 0);
}
END_TEST

START_TEST(a_file_that_is_gone_begins_again)
{
	ck_assert_int_eq(add("one"), IND_OK);
	ck_assert_int_eq(unlinkat(d.fd, "deleted.iec", 0), 0);
	ck_assert_int_eq(add("two"), IND_IO);
	ck_assert_int_eq(add("two"), IND_OK);
	struct seen seen = look("deleted.iec");
	ck_assert(seen.events == 1 && seen.has_object);
}
END_TEST

/* What is deleted for the sake of a full disk is told in the space that was kept for it. */
START_TEST(a_full_file_goes_on_while_no_other_can_begin)
{
	d.events_max = 2;
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(add("x"), IND_OK);
	ck_assert_int_eq(mkdirat(d.fd, "deleted.next.part", 0700), 0);
	ck_assert_int_eq(add("x"), IND_OK);
	ck_assert(look("deleted.iec").events == 3 && !there("deleted-000001.iec"));
	ck_assert_int_eq(unlinkat(d.fd, "deleted.next.part", AT_REMOVEDIR), 0);
	ck_assert_int_eq(add("x"), IND_OK);
	struct seen before = look("deleted-000001.iec"), last = look("deleted.iec");
	ck_assert(before.events == 3 && last.events == 1 && memcmp(last.object, before.last.bytes, sizeof last.object) == 0 && !there("deleted.next"));
}
END_TEST

/* Put aside, and then nothing more could be done. */
START_TEST(another_file_that_cannot_take_its_name_is_tried_again)
{
	d.events_max = 2;
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(add("x"), IND_OK);
	struct ind_custody_id last = d.last;
	d.files_max = 0;
	ck_assert_int_eq(mkdirat(d.fd, "deleted-000001.iec", 0700), 0);
	ck_assert_int_eq(add("x"), IND_IO);
	ck_assert(there("deleted-000002.iec") && !there("deleted.iec"));
	d.files_max = 9;
	ck_assert_int_eq(add("x"), IND_OK);
	struct seen seen = look("deleted.iec");
	ck_assert(seen.events == 1 && seen.has_object && memcmp(seen.object, last.bytes, sizeof seen.object) == 0);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("all");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, one_chain_from_run_to_run);
	tcase_add_test(t, full_files_are_put_aside_and_the_oldest_go);
	tcase_add_test(t, a_torn_file_is_put_aside);
	tcase_add_test(t, another_key_begins_another_file);
	tcase_add_test(t, half_an_event_is_taken_back);
	tcase_add_test(t, a_file_that_was_torn_meanwhile_is_put_aside);
	tcase_add_test(t, a_file_that_is_gone_begins_again);
	tcase_add_test(t, a_full_file_goes_on_while_no_other_can_begin);
	tcase_add_test(t, another_file_that_cannot_take_its_name_is_tried_again);
	return suite_run("daemon deletions", t);
}
