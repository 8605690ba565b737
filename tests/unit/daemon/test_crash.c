/* SPDX-License-Identifier: Apache-2.0 */
/* Power cuts, failing disks and full ones, on a simulated disk: docs/bundle-format.md section 2.2, docs/operations.md. */
#include "world.h"

#include "bundle/recover.h"
#include "daemon/recover.h"
#include "support/suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

/* ---- power cuts ---- */

struct cuts {
	unsigned images, recovered, windows;
	uint64_t noise;
	bool garbage;
};

static uint64_t noise(struct cuts *c) { return c->noise = c->noise * 6364136223846793005 + 1442695040888963407; }

static enum ind_err key_of(void *ctx, const struct ind_key_public *in_force, struct ind_key **key, char *error)
{
	struct ind_key_public public;
	char *pem;
	(void)ctx, (void)error;
	ind_key_public(w.k.epoch_key, &public);
	ck_assert_mem_eq(&public, in_force, sizeof public);
	ck_assert_int_eq(ind_key_to_pem(w.k.epoch_key, &pem), IND_OK);
	ck_assert_int_eq(ind_key_from_pem(pem, strlen(pem), key), IND_OK);
	free(pem);
	return IND_OK;
}

static struct sim_file *open_bundle(struct sim *sim)
{
	for (int i = 0; i < SIM_FILES; i++)
		if (sim->file[i].there && strstr(sim->file[i].name, ".ieb.open"))
			return &sim->file[i];
	return NULL;
}

/* Whole frames in the first `bytes` bytes of what the writer wrote, without a SEALINFO at their end. */
static size_t whole_frames(const struct sim_file *f, size_t bytes)
{
	size_t at = 32, end = 0;
	while (at + 32 <= bytes) {
		size_t stored = f->at[at + 16] | (size_t)f->at[at + 17] << 8 | (size_t)f->at[at + 18] << 16;
		size_t next = at + 32 + (stored + 7) / 8 * 8;
		if (next > bytes)
			break;
		if (f->at[at + 5] != 6)
			end = next;
		at = next;
	}
	return end;
}

/* Restarts on what a power cut left: the first `least` bytes of the bundle are durable frames. */
static void restart(const struct sim_file *written, struct sim *after, size_t least)
{
	struct streamfile s;
	struct stream_state state;
	struct recovery_job job = { .disk = &after->disk, .key_of = key_of, .realtime_ns = keep_realtime_ns(&w.k) };
	char name[SIM_NAME], open_name[SIM_NAME];
	snprintf(open_name, sizeof open_name, "%s", written->name);
	snprintf(name, sizeof name, "%.*s", (int)(strlen(open_name) - 5), open_name);
	ck_assert_int_eq(streamfile_open(&s, &after->disk, "/state", "sim", &state), IND_OK);
	ck_assert(state.known && state.running);
	uint64_t published = state.stream.leaves;
	if (!strstr(state.open_path, open_name)) {
		ck_assert_uint_eq(least, 0);  /* the file is there, and nothing was written to it */
		return streamfile_close(&s);
	}
	enum ind_err err = recover_bundle(&job, 999, open_name, &state);
	ck_assert_msg(err == IND_OK, "%s", job.text);
	ck_assert_uint_ge(state.stream.leaves, published);
	struct sim_file *f = sim_find(after, name);
	if (!f) {
		ck_assert_uint_eq(least, 0);
		return streamfile_close(&s);
	}
	struct stock stock = world_stock(&w, after);
	ck_assert(stock.false_valid == 0 && stock.chained == stock.valid && stock.unfinished == 0);
	ck_assert_uint_eq(stock.leaves, state.stream.leaves);
	/* What was durable is there, and what is there was written. */
	struct ind_source source = sim_source(f);
	struct ind_reader *r;
	const struct ind_record *record;
	uint64_t cut_at = 0;
	ck_assert_int_eq(ind_reader_new(&source, IND_WANT(IND_REC_RECOVERY), &r), IND_OK);
	while (!cut_at && ind_reader_next(r, &record) == IND_OK)
		cut_at = ind_reader_offset(r);
	ind_reader_free(r);
	cut_at = cut_at ? cut_at : f->bytes;
	ck_assert_uint_ge(cut_at, least);
	ck_assert_uint_le(cut_at, written->bytes);
	ck_assert_mem_eq(f->at, written->at, cut_at);
	streamfile_close(&s);
}

static void image_try(struct cuts *c, struct sim *sim, const struct sim_file *f, const uint8_t *bytes, size_t count)
{
	static struct sim after;
	sim_cut(sim, f->name, bytes, count, &after);
	restart(f, &after, whole_frames(f, f->durable_bytes));
	sim_free(&after);
	c->images++;
}

/* Sectors of what was not synced: some are there, some are not, some hold what stood there before. */
static void image_mix(struct cuts *c, struct sim *sim, const struct sim_file *f)
{
	enum { SECTOR = 64 };
	uint8_t *bytes = malloc(f->bytes + 1);
	ck_assert_ptr_nonnull(bytes);
	memcpy(bytes, f->at, f->bytes);
	for (size_t at = f->durable_bytes; at < f->bytes; at += SECTOR) {
		size_t end = at + SECTOR < f->bytes ? at + SECTOR : f->bytes;
		unsigned fate = noise(c) >> 60;
		for (size_t i = at; i < end && fate < 8; i++)
			bytes[i] = fate < 4 ? 0 : (uint8_t)(noise(c) >> 56);
	}
	size_t count = f->durable_bytes + (size_t)(noise(c) >> 33) % (f->bytes - f->durable_bytes + 1);
	image_try(c, sim, f, bytes, noise(c) >> 63 ? f->bytes : count);
	free(bytes);
}

/* Before each operation: the cut comes now. The window is largest before a sync; every byte of it is tried there. */
static void cut_here(void *ctx, struct sim *sim, enum sim_op op)
{
	struct cuts *c = ctx;
	const struct sim_file *f = open_bundle(sim);
	if (!f)
		return;
	size_t from = f->durable_bytes < f->bytes ? f->durable_bytes : f->bytes;
	if (op != SIM_SYNC || from == f->bytes) {
		image_try(c, sim, f, f->at, f->bytes);
		return;
	}
	c->windows++;
	if (c->garbage)
		for (int i = 0; i < 60; i++)
			image_mix(c, sim, f);
	else
		for (size_t bytes = from; bytes <= f->bytes; bytes++)
			image_try(c, sim, f, f->at, bytes);
}

START_TEST(power_is_cut_at_every_byte)
{
	struct cuts c = { .noise = 1 };
	w.sim.before = cut_here;
	w.sim.ctx = &c;
	ck_assert(stream_begin(&w.k) == 0 && bundle_begin(&w.k) == IND_OK);
	ck_assert(world_flows(&w, 1, true) == IND_OK && world_flows(&w, 1, false) == IND_OK && world_end(&w, IND_SEAL_SHUTDOWN) == IND_OK);
	ck_assert_uint_gt(c.images, 3000);
	ck_assert_uint_ge(c.windows, 4);
}
END_TEST

START_TEST(power_is_cut_and_sectors_are_lost)
{
	struct cuts c = { .noise = 1, .garbage = true };
	w.sim.before = cut_here;
	w.sim.ctx = &c;
	ck_assert_int_eq(world_run(&w), IND_OK);
	ck_assert_uint_gt(c.images, 600);
}
END_TEST

/* ---- what recovery itself does ---- */

/* A disk after a cut in the middle of what the second seal was about to sync. */
struct half {
	struct sim after;
	struct sim_file written;     /* as the run had written it */
	bool taken;
};

static void half_take(void *ctx, struct sim *sim, enum sim_op op)
{
	struct half *h = ctx;
	const struct sim_file *f = open_bundle(sim);
	if (h->taken || op != SIM_SYNC || !f || w.k.state.stream.leaves == 0 || f->durable_bytes + 600 > f->bytes)
		return;
	sim_cut(sim, f->name, f->at, f->durable_bytes + 500, &h->after);
	h->written = *f;
	h->written.at = malloc(f->bytes);
	ck_assert_ptr_nonnull(h->written.at);
	memcpy(h->written.at, f->at, f->bytes);
	h->taken = true;
}

static void half_make(struct half *h)
{
	*h = (struct half){ .taken = false };
	w.sim.before = half_take;
	w.sim.ctx = h;
	ck_assert_int_eq(world_run(&w), IND_OK);
	ck_assert(h->taken && h->written.durable_bytes > 0);
}

static void half_free(struct half *h)
{
	sim_free(&h->after);
	free(h->written.at);
}

struct again { const struct half *half; unsigned images; };

static void recovery_cut(void *ctx, struct sim *sim, enum sim_op op)
{
	struct again *a = ctx;
	static struct sim second;
	const struct sim_file *f = open_bundle(sim);
	size_t least = whole_frames(&a->half->written, a->half->written.durable_bytes);
	if (!f)
		return;
	size_t step = op == SIM_SYNC ? 16 : f->bytes + 1;
	for (size_t bytes = least; bytes <= f->bytes; bytes += step, a->images++) {
		sim_cut(sim, f->name, f->at, bytes, &second);
		restart(&a->half->written, &second, least);
		sim_free(&second);
	}
	sim_cut(sim, f->name, f->durable, f->durable_bytes, &second);
	restart(&a->half->written, &second, least);
	sim_free(&second);
}

START_TEST(power_is_cut_while_it_is_recovered)
{
	static struct half h;
	struct again a = { &h, 0 };
	half_make(&h);
	h.after.before = recovery_cut;
	h.after.ctx = &a;
	restart(&h.written, &h.after, whole_frames(&h.written, h.written.durable_bytes));
	ck_assert_uint_gt(a.images, 50);
	half_free(&h);
}
END_TEST

static enum ind_err recovered(struct sim *sim, const char *open_name, char text[static RECOVER_TEXT_BYTES])
{
	struct streamfile s;
	struct stream_state state;
	struct recovery_job job = { .disk = &sim->disk, .key_of = key_of, .realtime_ns = keep_realtime_ns(&w.k) };
	ck_assert_int_eq(streamfile_open(&s, &sim->disk, "/state", "sim", &state), IND_OK);
	enum ind_err err = recover_bundle(&job, 999, open_name, &state);
	memcpy(text, job.text, RECOVER_TEXT_BYTES);
	streamfile_close(&s);
	return err;
}

/* More torn bytes than a frame takes: they stay beside the bundle, and their digest in it. */
START_TEST(a_long_torn_end_is_kept_beside)
{
	enum { LONG_BYTES = 3 << 19 };
	static struct half h;
	static struct sim after;
	char text[RECOVER_TEXT_BYTES], name[SIM_NAME + 8];
	half_make(&h);
	size_t durable = whole_frames(&h.written, h.written.durable_bytes);
	uint8_t *bytes = malloc(durable + LONG_BYTES), digest[IND_SHA256_BYTES];
	ck_assert_ptr_nonnull(bytes);
	memcpy(bytes, h.written.at, durable);
	memset(bytes + durable, 0xa5, LONG_BYTES);
	sim_cut(&h.after, h.written.name, bytes, durable + LONG_BYTES, &after);
	ck_assert_int_eq(recovered(&after, h.written.name, text), IND_OK);
	snprintf(name, sizeof name, "%.*s.torn", (int)(strlen(h.written.name) - 5), h.written.name);
	struct sim_file *torn = sim_find(&after, name);
	ck_assert(torn && torn->bytes == LONG_BYTES && torn->durable_bytes == LONG_BYTES);
	ck_assert_mem_eq(torn->at, bytes + durable, LONG_BYTES);
	name[strlen(name) - 5] = '\0';
	struct ind_source source = sim_source(sim_find(&after, name));
	struct ind_reader *r;
	const struct ind_record *record;
	ck_assert_int_eq(ind_reader_new(&source, IND_WANT(IND_REC_RECOVERY), &r), IND_OK);
	ck_assert_int_eq(ind_reader_next(r, &record), IND_OK);
	hash_sha256(torn->at, torn->bytes, digest);
	ck_assert_uint_eq(record->recovery.torn_bytes, LONG_BYTES);
	ck_assert_mem_eq(record->recovery.torn_sha256, digest, sizeof digest);
	ind_reader_free(r);
	free(bytes);
	sim_free(&after);
	half_free(&h);
}
END_TEST

/* A disk that lost what was published: not gone on with, and not touched. */
START_TEST(a_disk_that_was_taken_back)
{
	static struct half h;
	static struct sim after;
	char text[RECOVER_TEXT_BYTES];
	half_make(&h);
	size_t header = whole_frames(&h.written, 1200);
	ck_assert(header > 0 && header < h.written.durable_bytes);
	sim_cut(&h.after, h.written.name, h.written.at, header, &after);
	ck_assert_int_eq(recovered(&after, h.written.name, text), IND_LIMIT);
	ck_assert_ptr_nonnull(strstr(text, "published"));
	struct sim_file *f = sim_find(&after, h.written.name);
	ck_assert(f && f->bytes == header);
	ck_assert_mem_eq(f->at, h.written.at, header);
	sim_free(&after);
	half_free(&h);
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
	ck_assert(s.unfinished == 0 || (open_bundle(&w.sim) != NULL && w.k.failed));
	ck_assert(err != IND_OK || s.flows == WORLD_FLOWS);
}

START_TEST(the_folder_cannot_be_synced) { ck_assert_uint_ge(fail_each(SIM_SYNC_FOLDER, EIO, 0, false, name_kept), 5); }
END_TEST

START_TEST(a_rename_fails) { ck_assert_uint_ge(fail_each(SIM_RENAME, EIO, 0, false, name_kept), 2); }
END_TEST

static void name_take(void *ctx, struct sim *sim, enum sim_op op)
{
	const struct sim_file *f = open_bundle(sim);
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
	struct sim_file *f = open_bundle(&w.sim);
	char name[SIM_NAME];
	ck_assert_ptr_nonnull(f);
	snprintf(name, sizeof name, "%.*s", (int)(strlen(f->name) - 5), f->name);
	ck_assert_mem_eq(sim_find(&w.sim, name)->at, "another's", 9);
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
	tcase_add_test(t, power_is_cut_at_every_byte);
	tcase_add_test(t, power_is_cut_and_sectors_are_lost);
	tcase_add_test(t, power_is_cut_while_it_is_recovered);
	tcase_add_test(t, a_long_torn_end_is_kept_beside);
	tcase_add_test(t, a_disk_that_was_taken_back);
	tcase_add_test(t, every_write_fails);
	tcase_add_test(t, every_write_is_short);
	tcase_add_test(t, every_sync_fails);
	tcase_add_test(t, the_disk_is_gone_from_some_write_on);
	tcase_add_test(t, the_disk_is_gone_from_some_sync_on);
	tcase_add_test(t, the_folder_cannot_be_synced);
	tcase_add_test(t, a_rename_fails);
	tcase_add_test(t, the_name_is_taken);
	tcase_add_test(t, the_disk_is_full_at_every_write);
	tcase_add_test(t, the_disk_is_full_and_reserves_nothing);
	tcase_add_test(t, a_bit_changes_on_the_way_to_the_disk);
	return suite_run("daemon.crash", t);
}
