/* SPDX-License-Identifier: Apache-2.0 */
/* Power cuts on a simulated disk, and what recovery makes of them: docs/bundle-format.md section 2.2. */
#include "world.h"

#include "bundle/recover.h"
#include "daemon/recover.h"
#include "support/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct world w;

static void setup(void) { world_start(&w); }
static void teardown(void) { world_free(&w); }

/* ---- power cuts ---- */

struct cuts {
	unsigned images, recovered, windows;
	uint64_t noise;
	bool garbage;
};

static uint64_t noise(struct cuts *c) { return c->noise = c->noise * 6364136223846793005 + 1442695040888963407; }

/* The boot key of the run that was cut lies in the state folder, which is not on the simulated disk: it is used again for every image of one run,
 * and so is the one that a recovery makes. */
static enum ind_err keys_of(void *ctx, const struct ind_stream *at, struct restart *keys, const char **why)
{
	static const uint8_t epoch[IND_KEY_BYTES] = { 77 }, boot[IND_KEY_BYTES] = { 78 };
	struct ind_stream known = *at;
	struct ind_key *next;
	(void)ctx;
	ck_assert(ind_key_from_seed(boot, &next) == IND_OK && ind_key_from_seed(epoch, &keys->key) == IND_OK);
	ind_key_public(next, &keys->boot_key);
	if (memcmp(&keys->boot_key, &at->boot_key, sizeof at->boot_key) == 0) {
		keys->by_boot = next;
		return IND_OK;
	}
	ind_key_free(next);
	return bootkey_take(&w.k.boot, &known, &keys->by_boot, why);
}

static void restarted(void *ctx) { (void)ctx; }

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
	struct recovery_job job = { .disk = &after->disk, .keys_of = keys_of, .restarted = restarted, .realtime_ns = keep_realtime_ns(&w.k) };
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
	const struct sim_file *f = world_open_bundle(sim);
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
	const struct sim_file *f = world_open_bundle(sim);
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
	const struct sim_file *f = world_open_bundle(sim);
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
	struct recovery_job job = { .disk = &sim->disk, .keys_of = keys_of, .restarted = restarted, .realtime_ns = keep_realtime_ns(&w.k) };
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

int main(void)
{
	TCase *t = tcase_create("power");
	world_folder();
	/* Hundreds of runs say what failed. */
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	tcase_set_timeout(t, 900);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, power_is_cut_at_every_byte);
	tcase_add_test(t, power_is_cut_and_sectors_are_lost);
	tcase_add_test(t, power_is_cut_while_it_is_recovered);
	tcase_add_test(t, a_long_torn_end_is_kept_beside);
	tcase_add_test(t, a_disk_that_was_taken_back);
	int status = suite_run("daemon.power", t);
	world_folder_remove();
	return status;
}
