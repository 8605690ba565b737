/* SPDX-License-Identifier: Apache-2.0 */
/* A start behind a run that was cut, on a disk that fails or is full meanwhile: a later start finds all that it needs. docs/operations.md. */
#define _GNU_SOURCE
#include "world.h"

#include "daemon/keyfile.h"
#include "support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct world w;           /* the run that was cut */
static struct sim left;          /* what it left on the disk */
static struct stream_state at;   /* and what its stream file says */

/* What another process finds: all that was written, with what of the open bundle is durable, or that alone if the power is cut too. */
static void disk_hand(struct sim *from, bool power, struct sim *to)
{
	const struct sim_file *f = power ? NULL : world_open_bundle(from);
	sim_cut(from, f ? f->name : "", f ? f->at : NULL, f ? f->bytes : 0, to);
	struct sim_file *same = f ? sim_find(to, f->name) : NULL;
	if (!same)
		return;
	free(same->durable);
	same->durable = malloc(f->durable_bytes + 1);
	ck_assert_ptr_nonnull(same->durable);
	if (f->durable_bytes)
		memcpy(same->durable, f->durable, f->durable_bytes);
	same->durable_bytes = f->durable_bytes;
}

/* Two flows sealed, one that is not. */
static void setup(void)
{
	world_start(&w);
	ck_assert(stream_begin(&w.k) == 0 && bundle_begin(&w.k) == IND_OK);
	ck_assert(world_flows(&w, 2, true) == IND_OK && world_flows(&w, 1, false) == IND_OK);
	ck_assert_ptr_nonnull(world_open_bundle(&w.sim));
	disk_hand(&w.sim, false, &left);
	at = w.k.state;
	world_free(&w);
}

static void teardown(void) { sim_free(&left); }

/* The disk as the run before left it, in another process. */
static void process_begin(struct world *next, struct sim *disk)
{
	world_start(next);
	disk_hand(disk, false, &next->sim);
}

/* A start with a failure; `power`: it is cut behind it. */
struct failure {
	enum sim_op op;
	unsigned at;
	int error;
	bool forever, power;
	bool hit;
};

static int start(struct sim *disk, struct failure *failure)
{
	static struct world next;
	process_begin(&next, disk);
	next.sim.fail_op = failure->op;
	next.sim.fail_at = failure->at;
	next.sim.error = failure->error;
	next.sim.forever = failure->forever;
	int status = stream_begin(&next.k);
	failure->hit = next.sim.failed;
	sim_free(disk);
	disk_hand(&next.sim, failure->power, disk);
	world_free(&next);
	return status;
}

/* On a good disk it goes on with the stream, behind the bundle that was left, and can record. */
static void goes_on(struct sim *disk)
{
	static struct world last;
	process_begin(&last, disk);
	ck_assert_int_eq(stream_begin(&last.k), 0);
	ck_assert(!last.k.stream_broken);
	ck_assert_mem_eq(last.k.stream.id, at.stream.id, IND_STREAM_ID_BYTES);
	ck_assert_uint_gt(last.k.stream.leaves, at.stream.leaves);
	ck_assert(bundle_begin(&last.k) == IND_OK && world_flows(&last, 2, true) == IND_OK && world_end(&last, IND_SEAL_SHUTDOWN) == IND_OK);
	ck_assert_ptr_null(world_open_bundle(&last.sim));
	world_free(&last);
}

/* Each operation of a start fails; then the first one of another start, too. How many there are. */
static unsigned fail_each(enum sim_op op, int error, bool forever)
{
	struct failure failure = { .op = op, .at = 1, .error = error, .forever = forever, .hit = true };
	for (unsigned powers = 0; powers < 4; powers++) {
		for (failure.at = 1, failure.hit = true; failure.hit; failure.at += failure.hit) {
			struct failure second = failure;
			failure.power = powers & 1;
			int status = start(&left, &failure);
			ck_assert_msg(status == 0 || status == 4 || status == 5, "operation %u: exit status %d", failure.at, status);
			ck_assert(failure.hit || status == 0);
			second.at = 1;
			second.power = powers & 2;
			(void)start(&left, &second);
			goes_on(&left);
			teardown();
			setup();
		}
	}
	return failure.at - 1;
}

START_TEST(a_full_disk) { ck_assert_uint_ge(fail_each(SIM_WRITE, ENOSPC, true), 5); }
END_TEST

START_TEST(a_write_fails) { ck_assert_uint_ge(fail_each(SIM_WRITE, EIO, false), 5); }
END_TEST

START_TEST(a_sync_fails) { ck_assert_uint_ge(fail_each(SIM_SYNC, EIO, false), 3); }
END_TEST

START_TEST(a_file_cannot_be_opened) { ck_assert_uint_ge(fail_each(SIM_OPEN, EACCES, true), 3); }
END_TEST

START_TEST(a_read_fails) { ck_assert_uint_ge(fail_each(SIM_READ, EIO, true), 3); }
END_TEST

START_TEST(names_cannot_be_given)
{
	ck_assert_uint_ge(fail_each(SIM_RENAME, EACCES, true), 1);
	ck_assert_uint_ge(fail_each(SIM_SYNC_FOLDER, EIO, false), 1);
	ck_assert_uint_ge(fail_each(SIM_CUT, EIO, false), 1);
}
END_TEST

/* The state directory takes no key: the one that is there is not touched. */
START_TEST(no_key_can_be_made)
{
	struct bootkey boot;
	char folder[KEYFILE_PATH_MAX], error[KEYFILE_ERROR_BYTES];
	struct failure none = { .op = SIM_WRITE };
	ck_assert_int_eq(keyfile_state_dir(folder, error), IND_OK);
	ck_assert_int_eq(bootkey_place(&boot, folder, "sim"), IND_OK);
	ck_assert_int_eq(mkdir(boot.next, 0700), 0);
	ck_assert_int_eq(start(&left, &none), 5);
	ck_assert_int_eq(rmdir(boot.next), 0);
	/* Nor is it where nobody can read it. */
	ck_assert_int_eq(rename(boot.path, boot.next), 0);
	ck_assert_int_eq(symlink(boot.path, boot.path), 0);
	ck_assert_int_eq(start(&left, &none), 5);
	ck_assert_int_eq(rename(boot.next, boot.path), 0);
	goes_on(&left);
}
END_TEST

/* It was cut while it waited for space for its stream file, which names a bundle still that has its name. */
START_TEST(the_stream_file_was_full)
{
	static struct world next;
	process_begin(&next, &left);
	ck_assert_int_eq(stream_begin(&next.k), 0);
	ck_assert(bundle_begin(&next.k) == IND_OK && world_flows(&next, 2, true) == IND_OK);
	next.sim.stream_full = true;
	ck_assert(world_flows(&next, 2, true) == IND_OK && world_end(&next, IND_SEAL_ROTATE) == IND_OK);
	ck_assert(bundle_next(&next.k) == IND_OK && next.k.waiting);
	uint64_t leaves = next.k.stream.leaves;
	sim_free(&left);
	disk_hand(&next.sim, true, &left);
	world_free(&next);
	process_begin(&next, &left);
	ck_assert_int_eq(stream_begin(&next.k), 0);
	ck_assert(!next.k.stream_broken && next.k.stream.leaves == leaves);
	ck_assert(bundle_begin(&next.k) == IND_OK && world_end(&next, IND_SEAL_SHUTDOWN) == IND_OK);
	world_free(&next);
}
END_TEST

/* It was deleted, or its volume is not mounted: recording is worth more than the end of its stream. */
START_TEST(the_bundle_is_gone)
{
	static struct world next;
	struct sim_file *f = world_open_bundle(&left);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(left.disk.unlink(left.disk.ctx, 999, f->name), 0);
	process_begin(&next, &left);
	ck_assert_int_eq(stream_begin(&next.k), 0);
	ck_assert(next.k.stream_broken);
	ck_assert_mem_ne(next.k.stream.id, at.stream.id, IND_STREAM_ID_BYTES);
	world_free(&next);
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("restart");
	world_folder();
	/* Hundreds of runs say what failed. */
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	tcase_set_timeout(t, 900);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_full_disk);
	tcase_add_test(t, a_write_fails);
	tcase_add_test(t, a_sync_fails);
	tcase_add_test(t, a_file_cannot_be_opened);
	tcase_add_test(t, a_read_fails);
	tcase_add_test(t, names_cannot_be_given);
	tcase_add_test(t, no_key_can_be_made);
	tcase_add_test(t, the_stream_file_was_full);
	tcase_add_test(t, the_bundle_is_gone);
	int status = suite_run("daemon.restart", t);
	world_folder_remove();
	return status;
}
