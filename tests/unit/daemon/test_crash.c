/* SPDX-License-Identifier: Apache-2.0 */
/* Failing disks and full ones, on a simulated disk: docs/operations.md. */
#include "world.h"

#include "support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct world w;

static void setup(void) { world_start(&w); }
static void teardown(void) { world_free(&w); }

/* A stock that must hold after every run, whatever failed in it. */
static struct stock sound(struct sim *sim)
{
	struct stock s = world_stock(&w, sim);
	ck_assert_uint_eq(s.false_valid, 0);
	ck_assert_uint_eq(s.chained, s.valid);
	return s;
}

START_TEST(a_run_without_trouble)
{
	ck_assert_int_eq(world_run(&w), IND_OK);
	struct stock s = sound(&w.sim);
	ck_assert_uint_eq(s.valid, 2);
	ck_assert_uint_eq(s.unfinished, 0);
	ck_assert_uint_eq(s.flows, WORLD_FLOWS);
	ck_assert_uint_eq(s.disk_loss, 0);
	ck_assert_uint_eq(s.leaves, w.k.state.stream.leaves);
	ck_assert(!w.k.state.running && !w.k.failed);
}
END_TEST

/* ---- operations that fail ---- */

/* Runs once for each operation of a kind, failing it; `each` looks at what came of it. Stops when there is none left to fail. */
typedef void outcome_fn(enum ind_err err);

static unsigned fail_each(enum sim_op op, int error, size_t part, bool forever, outcome_fn *each)
{
	unsigned done = 0;
	for (bool hit = true; hit; done += hit) {
		world_free(&w);
		world_start(&w);
		w.sim.fail_op = op;
		w.sim.fail_at = done + 1;
		w.sim.error = error;
		w.sim.part = part;
		w.sim.forever = forever;
		enum ind_err err = world_run(&w);
		hit = w.sim.failed;
		ck_assert(!w.sim.sync_again);
		if (hit)
			each(err);
	}
	return done;
}

static bool of_stream(void) { return strncmp(w.sim.failed_name, "stream.", 7) == 0; }

/* The bundle's own disk failed once: nothing is lost, and nobody finds a fork. */
static void nothing_lost(enum ind_err err)
{
	struct stock s = sound(&w.sim);
	if (of_stream())
		return;
	ck_assert_msg(err == IND_OK, "operation %u", w.sim.fail_at);
	ck_assert_msg(s.flows == WORLD_FLOWS, "operation %u: %u flows", w.sim.fail_at, (unsigned)s.flows);
	ck_assert(world_heads_declared(&w));
}

START_TEST(every_write_fails) { ck_assert_uint_gt(fail_each(SIM_WRITE, EIO, 0, false, nothing_lost), 30); }
END_TEST

/* The key changes at each seal: what certifies an epoch is signed anew where it is said again. */
START_TEST(every_write_and_sync_fails_where_epochs_change)
{
	world_epoch_s = 0;
	ck_assert_uint_gt(fail_each(SIM_WRITE, EIO, 0, false, nothing_lost), 30);
	ck_assert_uint_gt(fail_each(SIM_SYNC, EIO, 0, false, nothing_lost), 10);
	world_epoch_s = 3600;
}
END_TEST

START_TEST(every_write_is_short) { ck_assert_uint_gt(fail_each(SIM_WRITE, EIO, 10, false, nothing_lost), 30); }
END_TEST

START_TEST(every_sync_fails) { ck_assert_uint_gt(fail_each(SIM_SYNC, EIO, 0, false, nothing_lost), 15); }
END_TEST

static void ends_in_order(enum ind_err err)
{
	struct stock s = sound(&w.sim);
	ck_assert(err == IND_IO || of_stream());
	ck_assert_uint_le(s.flows, WORLD_FLOWS);
}

START_TEST(the_disk_is_gone_from_some_write_on) { ck_assert_uint_gt(fail_each(SIM_WRITE, EIO, 0, true, ends_in_order), 10); }
END_TEST

START_TEST(the_disk_is_gone_from_some_sync_on) { ck_assert_uint_gt(fail_each(SIM_SYNC, EIO, 0, true, ends_in_order), 5); }
END_TEST

/* Names: nothing is overwritten, and what has not got its name keeps ".open". */
static void name_kept(enum ind_err err)
{
	struct stock s = sound(&w.sim);
	ck_assert_uint_le(s.unfinished, 1);
	ck_assert(s.unfinished == 0 || (world_open_bundle(&w.sim) != NULL && w.k.failed));
	ck_assert(err != IND_OK || s.flows == WORLD_FLOWS);
}

START_TEST(the_folder_cannot_be_synced) { ck_assert_uint_ge(fail_each(SIM_SYNC_FOLDER, EIO, 0, false, name_kept), 5); }
END_TEST

START_TEST(a_rename_fails) { ck_assert_uint_ge(fail_each(SIM_RENAME, EIO, 0, false, name_kept), 2); }
END_TEST

static void name_take(void *ctx, struct sim *sim, enum sim_op op)
{
	const struct sim_file *f = world_open_bundle(sim);
	char name[SIM_NAME];
	(void)ctx;
	if (op != SIM_RENAME || !f)
		return;
	snprintf(name, sizeof name, "%.*s", (int)(strlen(f->name) - 5), f->name);
	if (!sim_find(sim, name))
		sim_put(sim, name, "another's", 9);
}

START_TEST(the_name_is_taken)
{
	w.sim.before = name_take;
	ck_assert_int_eq(world_run(&w), IND_OK);
	ck_assert(w.k.failed);
	struct sim_file *f = world_open_bundle(&w.sim);
	char name[SIM_NAME];
	ck_assert_ptr_nonnull(f);
	snprintf(name, sizeof name, "%.*s", (int)(strlen(f->name) - 5), f->name);
	ck_assert_mem_eq(sim_find(&w.sim, name)->at, "another's", 9);
}
END_TEST

/* A bundle that cannot be read back: its file is left for recovery, and no descriptor with it. */
START_TEST(no_bundle_can_be_read_back)
{
	ck_assert_int_eq(stream_begin(&w.k), 0);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert(bundle_begin(&w.k) == IND_OK && world_flows(&w, 2, true) == IND_OK);
		w.sim.fail_op = SIM_READ;
		w.sim.fail_at = w.sim.count[SIM_READ] + 1;
		w.sim.error = EIO;
		ck_assert_int_eq(world_end(&w, IND_SEAL_ROTATE), IND_OK);
		ck_assert(w.sim.failed && w.k.failed && !w.k.writing);
		ck_assert_uint_eq(sim_open_files(&w.sim), 1);  /* the stream file */
	}
	struct stock s = sound(&w.sim);
	ck_assert(s.valid == 0 && s.unfinished == 3);
	ck_assert_uint_eq(s.flows, 6);
}
END_TEST

/* ---- full disks ---- */

enum { ROUNDS = 40, BALLAST_KIB = 20 };

/* Many small seals, so that the disk fills up somewhere among them. */
static enum ind_err long_run(void)
{
	enum ind_err err = stream_begin(&w.k) ? IND_IO : bundle_begin(&w.k);
	for (unsigned i = 0; i < ROUNDS && !err; i++)
		err = world_flows(&w, 1, true);
	return err ? err : world_end(&w, IND_SEAL_SHUTDOWN);
}

/* Was it full before all was written? */
static bool full_at(uint64_t space, bool no_reserve)
{
	world_free(&w);
	world_start(&w);
	w.options.ballast_kib = BALLAST_KIB;
	w.sim.space = space;
	w.sim.no_reserve = no_reserve;
	enum ind_err err = long_run();
	struct stock s = sound(&w.sim);
	if (err == IND_FULL) {
		ck_assert_uint_eq(s.valid + s.unfinished, 0);
		return true;
	}
	if (no_reserve) {
		ck_assert(err == IND_OK || err == IND_IO);
		return w.k.failed || err;
	}
	ck_assert_int_eq(err, IND_OK);
	bool waited = w.k.waiting;
	if (waited) {
		/* Space returns: what follows is recorded, and what was lost is counted. */
		ck_assert_uint_eq(s.unfinished, 0);
		w.sim.space = 0;
		ck_assert_int_eq(world_flows(&w, 0, true), IND_OK);
		ck_assert(!w.k.waiting && w.k.writing);
		ck_assert_int_eq(world_flows(&w, 3, true), IND_OK);
		ck_assert_int_eq(world_end(&w, IND_SEAL_SHUTDOWN), IND_OK);
	}
	s = sound(&w.sim);
	ck_assert_uint_eq(s.unfinished, 0);
	ck_assert_uint_le(s.flows, w.flows);
	ck_assert_uint_ge(s.flows + s.disk_loss, w.flows);
	ck_assert(waited ? s.disk_loss > 0 && w.k.failed : s.disk_loss == 0 && s.flows == w.flows);
	return waited;
}

static void full_everywhere(bool no_reserve)
{
	unsigned full = 0, whole = 0;
	uint64_t from = no_reserve ? 512 : (uint64_t)BALLAST_KIB << 10;
	for (uint64_t space = from; whole < 3; space += 1021) {
		if (full_at(space, no_reserve))
			full++;
		else
			whole++;
	}
	ck_assert_uint_gt(full, 40);
}

START_TEST(the_disk_is_full_at_every_write) { full_everywhere(false); }
END_TEST

/* Where nothing can be reserved, the last seal may find no space: then the file is left for recovery. */
START_TEST(the_disk_is_full_and_reserves_nothing) { full_everywhere(true); }
END_TEST

/* Space comes back, and is gone again while the next bundle begins: nothing of that is left, and no other begins beside it. Does it still wait? */
static bool begun_and_full(uint64_t more)
{
	world_free(&w);
	world_start(&w);
	w.sim.no_reserve = true;
	ck_assert(stream_begin(&w.k) == 0 && bundle_begin(&w.k) == IND_OK && world_flows(&w, 2, true) == IND_OK);
	ck_assert_int_eq(world_end(&w, IND_SEAL_ROTATE), IND_OK);
	w.sim.space = sim_used(&w.sim) + more / 2;
	ck_assert(bundle_next(&w.k) == IND_OK);
	w.sim.space = sim_used(&w.sim) + more;
	if (!w.k.waiting)
		return false;
	for (unsigned i = 0; i < 2 && w.k.waiting; i++) {
		ck_assert_int_eq(world_flows(&w, 0, true), IND_OK);
		ck_assert(w.k.writing == !w.k.waiting);
		ck_assert(w.k.waiting == (w.k.state.open_path[0] == '\0') && w.k.waiting == (world_open_bundle(&w.sim) == NULL));
	}
	bool waits = w.k.waiting;
	w.sim.space = 0;
	ck_assert(world_flows(&w, 2, true) == IND_OK && world_flows(&w, 2, true) == IND_OK && world_end(&w, IND_SEAL_SHUTDOWN) == IND_OK);
	ck_assert_uint_eq(sim_open_files(&w.sim), 1);
	ck_assert_uint_eq(sound(&w.sim).valid, 2);
	return waits;
}

START_TEST(the_disk_is_full_again_as_a_bundle_begins)
{
	unsigned waits = 0;
	for (uint64_t more = 64; more < 4096; more += 32)
		waits += begun_and_full(more);
	ck_assert_uint_gt(waits, 5);
}
END_TEST

/* A file system that writes nothing in place: the stream file finds no space, from some seal on. What is sealed is sealed, no bundle begins, and when
 * there is space again the sensor records. */
static void stream_is_full(unsigned from, bool torn)
{
	world_free(&w);
	world_start(&w);
	ck_assert(stream_begin(&w.k) == 0 && bundle_begin(&w.k) == IND_OK);
	for (unsigned i = 0; i < 4; i++) {
		w.sim.stream_full = i >= from;
		ck_assert(world_flows(&w, 1, true) == IND_OK && w.k.writing);
	}
	w.sim.stream_full = true;
	ck_assert_int_eq(world_end(&w, IND_SEAL_ROTATE), IND_OK);
	ck_assert_int_eq(bundle_next(&w.k), IND_OK);
	ck_assert(w.k.waiting && !w.k.writing && w.k.failed && world_open_bundle(&w.sim) == NULL);
	ck_assert_int_eq(world_flows(&w, 2, true), IND_OK);
	ck_assert(w.k.waiting);
	if (torn)
		sim_find(&w.sim, "stream.sim")->at[(w.k.streamfile.generation + 1) % 2 * 8192 + 100] ^= 1;
	struct streamfile s;
	struct stream_state state;
	ck_assert_int_eq(streamfile_open(&s, &w.sim.disk, "/state", "sim", &state), IND_OK);
	ck_assert(state.known && state.running && strstr(state.open_path, ".ieb.open"));
	streamfile_close(&s);
	w.sim.stream_full = false;
	ck_assert_int_eq(world_flows(&w, 0, true), IND_OK);
	ck_assert(w.k.writing && !w.k.waiting);
	ck_assert(world_flows(&w, 3, true) == IND_OK && world_end(&w, IND_SEAL_SHUTDOWN) == IND_OK);
	struct stock stock = sound(&w.sim);
	ck_assert(stock.valid == 2 && stock.unfinished == 0 && stock.flows == 7 && stock.disk_loss == 2);
	ck_assert(!w.k.state.running && stock.leaves == w.k.state.stream.leaves);
}

START_TEST(the_stream_file_finds_no_space)
{
	for (unsigned from = 0; from <= 4; from++) {
		stream_is_full(from, false);
		stream_is_full(from, true);
	}
}
END_TEST

/* ---- memory that changes a bit between hashing and writing ---- */

START_TEST(a_bit_changes_on_the_way_to_the_disk)
{
	unsigned found = 0;
	ck_assert_int_eq(world_run(&w), IND_OK);
	unsigned writes = w.sim.count[SIM_WRITE];
	for (unsigned n = 1; n <= writes; n++) {
		world_free(&w);
		world_start(&w);
		w.sim.flip_at = n;
		ck_assert_int_eq(world_run(&w), IND_OK);
		struct stock s = world_stock(&w, &w.sim);
		ck_assert_uint_eq(s.false_valid, 0);
		ck_assert_uint_eq(s.unfinished, 2 - s.valid);
		ck_assert(w.k.failed == (s.valid < 2));
		found += w.k.failed;
		for (int i = 0; i < SIM_FILES; i++)
			ck_assert(!w.sim.file[i].there || !strstr(w.sim.file[i].name, ".open"));
	}
	ck_assert_uint_gt(found, 20);
	ck_assert_uint_lt(found, writes);  /* the others were of the stream file */
}
END_TEST

int main(void)
{
	TCase *t = tcase_create("crash");
	world_folder();
	/* Hundreds of runs say what failed. */
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	tcase_set_timeout(t, 900);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_run_without_trouble);
	tcase_add_test(t, every_write_fails);
	tcase_add_test(t, every_write_and_sync_fails_where_epochs_change);
	tcase_add_test(t, every_write_is_short);
	tcase_add_test(t, every_sync_fails);
	tcase_add_test(t, the_disk_is_gone_from_some_write_on);
	tcase_add_test(t, the_disk_is_gone_from_some_sync_on);
	tcase_add_test(t, the_folder_cannot_be_synced);
	tcase_add_test(t, a_rename_fails);
	tcase_add_test(t, the_name_is_taken);
	tcase_add_test(t, no_bundle_can_be_read_back);
	tcase_add_test(t, the_stream_file_finds_no_space);
	tcase_add_test(t, the_disk_is_full_again_as_a_bundle_begins);
	tcase_add_test(t, the_disk_is_full_at_every_write);
	tcase_add_test(t, the_disk_is_full_and_reserves_nothing);
	tcase_add_test(t, a_bit_changes_on_the_way_to_the_disk);
	int status = suite_run("daemon.crash", t);
	world_folder_remove();
	return status;
}
