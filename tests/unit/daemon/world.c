/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "world.h"

#include "sample.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/indicia-world-XXXXXX";

uint32_t world_epoch_s = 3600;

static void must(bool ok)
{
	if (!ok)
		abort();
}

void world_folder(void)
{
	must(mkdtemp(folder) != NULL);
	must(setenv("XDG_STATE_HOME", folder, 1) == 0);
}

static int forget(const char *path, const struct stat *info, int kind, struct FTW *at)
{
	(void)info, (void)kind, (void)at;
	return remove(path);
}

void world_folder_remove(void) { must(nftw(folder, forget, 8, FTW_DEPTH | FTW_PHYS) == 0); }

void world_start(struct world *w)
{
	char error[REFDATA_ERROR_BYTES];
	memset(w, 0, sizeof *w);
	sim_start(&w->sim);
	w->options = (struct daemon_options){ .interface = "sim0", .privacy = "full", .signals_text = "default", .ballast_kib = 64, .epoch_s = world_epoch_s, .quiet = true };
	w->place = (struct keep_place){ .folder_fd = 999, .folder = folder };
	w->say = (struct say){ .quiet = true };
	w->k = (struct keep){ .options = &w->options, .place = &w->place, .say = &w->say, .disk = &w->sim.disk, .streamfile = { .disk = &w->sim.disk, .fd = -1 }, .notify = { .fd = -1 }, .retainer = { .fd = -1, .log = { .fd = -1 } },
		.file = { .fd = -1 } };
	memcpy(w->k.sensor, "sim", 4);
	must(ind_key_new(&w->k.identity) == IND_OK && ind_key_new(&w->k.epoch_key) == IND_OK);
	must(refdata_open(folder, &w->k.refdata, error) == IND_OK);
}

void world_free(struct world *w)
{
	outfile_abandon(&w->k.file);
	keep_release(&w->k);
	sim_free(&w->sim);
}

static enum ind_err survive(struct world *w, enum ind_err err) { return err == IND_FULL ? bundle_full(&w->k) : err; }

static enum ind_err flow_put(struct world *w)
{
	struct ind_flow flow;
	struct keep *k = &w->k;
	sample_flow(w->flows++, &flow);
	if (k->waiting) {
		k->disk_lost++;
		return IND_OK;
	}
	enum ind_err err = ind_writer_flow(k->writer, &flow, NULL, 0);
	origin_set_flow(k->origins, &flow, NULL, 0);
	return err;
}

enum ind_err world_flows(struct world *w, unsigned count, bool seal)
{
	struct keep *k = &w->k;
	enum ind_err err = IND_OK;
	for (unsigned i = 0; i < count && !err; i++)
		err = survive(w, flow_put(w));
	if (err || !seal)
		return err;
	if (k->waiting) {
		k->waiting_ns = 0;
		return survive(w, bundle_wait(k));
	}
	k->sealed_ns = 0;
	return survive(w, bundle_seal_if_due(k));
}

enum ind_err world_end(struct world *w, enum ind_seal_reason reason)
{
	if (!w->k.writing)
		return IND_OK;
	return bundle_end(&w->k, reason, NULL);
}

enum ind_err world_run(struct world *w)
{
	enum ind_err err = stream_begin(&w->k) ? IND_IO : IND_OK;
	if (!err)
		err = bundle_begin(&w->k);
	if (!err)
		err = world_flows(w, 2, true);
	if (!err)
		err = world_flows(w, 3, true);
	if (!err)
		err = world_flows(w, 1, false);
	if (!err)
		err = world_end(w, IND_SEAL_ROTATE);
	if (!err && !w->k.waiting)
		err = bundle_next(&w->k);
	if (!err)
		err = world_flows(w, 2, true);
	if (!err)
		err = world_flows(w, 2, true);
	return err ? err : world_end(w, IND_SEAL_SHUTDOWN);
}

/* ---- what is there ---- */

static bool ends_in(const char *name, const char *end)
{
	size_t bytes = strlen(name), tail = strlen(end);
	return bytes >= tail && strcmp(name + bytes - tail, end) == 0;
}

static void verified(struct world *w, struct sim_file *f, struct ind_verify_result *result)
{
	struct ind_key_public trusted;
	struct ind_verify_options options = { .trusted = &trusted, .trusted_count = 1 };
	struct ind_source source = sim_source(f);
	ind_key_public(w->k.identity, &trusted);
	must(ind_verify(&source, &options, result) == IND_OK);
}

/* Records of the leaves before `end`. */
static void count_in(struct sim_file *f, uint64_t end, struct stock *s)
{
	struct ind_source source = sim_source(f);
	struct ind_reader *r;
	const struct ind_record *record;
	must(ind_reader_new(&source, IND_WANT(IND_REC_FLOW) | IND_WANT(IND_REC_LOSS), &r) == IND_OK);
	while (ind_reader_next(r, &record) == IND_OK && record->id.leaf < end) {
		s->flows += record->kind == IND_REC_FLOW;
		s->disk_loss += record->kind == IND_REC_LOSS ? record->loss.count[IND_LOSS_DISK] : 0;
	}
	ind_reader_free(r);
}

struct shelf {
	struct sim_file *file[SIM_FILES];
	struct ind_verify_result result[SIM_FILES];
	unsigned count;
};

static struct shelf shelf_of(struct world *w, struct sim *sim, bool finished)
{
	struct shelf shelf = { .count = 0 };
	for (int i = 0; i < SIM_FILES; i++) {
		struct sim_file *f = &sim->file[i];
		if (!f->there || !strstr(f->name, ".ieb") || ends_in(f->name, ".ieb") != finished)
			continue;
		shelf.file[shelf.count] = f;
		verified(w, f, &shelf.result[shelf.count++]);
	}
	return shelf;
}

/* The lowest leaf from `from` on with which a finished bundle begins. */
static uint64_t next_first(const struct shelf *shelf, uint64_t from)
{
	uint64_t first = UINT64_MAX;
	for (unsigned i = 0; i < shelf->count; i++)
		if (shelf->result[i].first_leaf >= from && shelf->result[i].first_leaf < first)
			first = shelf->result[i].first_leaf;
	return first;
}

/* The part of an unfinished file that the stream goes through: up to where a finished bundle begins, inside of it or at its end. */
static bool part_follow(const struct shelf *finished, const struct shelf *unfinished, struct stock *s)
{
	uint64_t next = next_first(finished, s->leaves);
	for (unsigned i = 0; i < unfinished->count; i++) {
		const struct ind_verify_result *r = &unfinished->result[i];
		if (!r->has_header || r->first_leaf != s->leaves || next == UINT64_MAX || next == s->leaves || ends_in(unfinished->file[i]->name, ".open"))
			continue;
		count_in(unfinished->file[i], next, s);
		s->leaves = next;
		return true;
	}
	return false;
}

/* Sealed to its end; one that could not get its name too. */
static bool whole_follow(const struct shelf *finished, bool named, struct stock *s)
{
	for (unsigned i = 0; i < finished->count; i++) {
		bool open = ends_in(finished->file[i]->name, ".open");
		if (open == named || finished->result[i].first_leaf != s->leaves || finished->result[i].verdict != IND_VERDICT_VALID)
			continue;
		count_in(finished->file[i], UINT64_MAX, s);
		s->leaves += finished->result[i].leaves;
		s->chained += named;
		return true;
	}
	return false;
}

struct stock world_stock(struct world *w, struct sim *sim)
{
	struct shelf finished = shelf_of(w, sim, true), unfinished = shelf_of(w, sim, false);
	struct stock s = { .valid = finished.count, .unfinished = unfinished.count };
	for (unsigned i = 0; i < finished.count; i++)
		s.false_valid += finished.result[i].verdict != IND_VERDICT_VALID;
	while (whole_follow(&finished, true, &s) || whole_follow(&unfinished, false, &s) || part_follow(&finished, &unfinished, &s))
		;
	return s;
}

struct heads { struct ind_head at[256]; size_t count; };

static void head_add(struct heads *h, uint64_t size, const uint8_t *root)
{
	must(h->count < 256);
	h->at[h->count].size = size;
	memcpy(h->at[h->count++].root, root, IND_SHA256_BYTES);
}

static bool has(const struct heads *h, const struct ind_head *head)
{
	for (size_t i = 0; i < h->count; i++)
		if (h->at[i].size == head->size && memcmp(h->at[i].root, head->root, IND_SHA256_BYTES) == 0)
			return true;
	return false;
}

/* The heads that a file's checkpoints sign, found by verifying every one of its beginnings. */
static void heads_of(struct world *w, const struct sim_file *file, struct heads *h)
{
	uint64_t last = 0;
	for (size_t bytes = 32; bytes <= file->bytes; bytes += 8) {
		struct sim_file part = *file;
		struct ind_verify_result result;
		if (bytes < file->bytes && memcmp(file->at + bytes, "IEBF", 4) != 0)
			continue;
		part.bytes = bytes;
		verified(w, &part, &result);
		if (result.authenticated_leaves && result.authenticated_leaves != last)
			head_add(h, result.first_leaf + result.authenticated_leaves - 1, result.root);
		last = result.authenticated_leaves;
	}
}

static void declared_of(struct sim_file *f, struct heads *h)
{
	struct ind_source source = sim_source(f);
	struct ind_reader *r;
	const struct ind_record *record;
	if (ind_reader_new(&source, IND_WANT(IND_REC_RECOVERY), &r) != IND_OK)
		return;
	while (ind_reader_next(r, &record) == IND_OK)
		for (size_t i = 0; i < record->recovery.abandoned_count; i++)
			head_add(h, record->recovery.abandoned[i].size, record->recovery.abandoned[i].root);
	ind_reader_free(r);
}

static uint64_t first_leaf_of(struct world *w, struct sim_file *f)
{
	struct ind_verify_result result;
	verified(w, f, &result);
	return result.has_header ? result.first_leaf : UINT64_MAX;
}

/* Where the stream leaves an abandoned file: at the first leaf of the bundle that goes on behind it. */
static uint64_t left_at(struct world *w, struct sim_file *abandoned)
{
	uint64_t from = first_leaf_of(w, abandoned), at = UINT64_MAX;
	for (int i = 0; i < SIM_FILES; i++) {
		struct sim_file *f = &w->sim.file[i];
		if (!f->there || !ends_in(f->name, ".ieb"))
			continue;
		uint64_t first = first_leaf_of(w, f);
		at = first >= from && first < at ? first : at;
	}
	return at;
}

bool world_heads_declared(struct world *w)
{
	struct heads declared = { .count = 0 };
	bool good = true;
	for (int i = 0; i < SIM_FILES; i++)
		if (w->sim.file[i].there && strstr(w->sim.file[i].name, ".ieb"))
			declared_of(&w->sim.file[i], &declared);
	for (int i = 0; i < SIM_FILES; i++) {
		struct sim_file *f = &w->sim.file[i];
		struct heads signed_there = { .count = 0 };
		if (!f->there || !ends_in(f->name, ".abandoned") || first_leaf_of(w, f) == UINT64_MAX)
			continue;
		heads_of(w, f, &signed_there);
		uint64_t left = left_at(w, f);
		for (size_t k = 0; k < signed_there.count; k++)
			good &= signed_there.at[k].size < left || has(&declared, &signed_there.at[k]);
	}
	return good;
}

struct sim_file *world_open_bundle(struct sim *sim)
{
	for (int i = 0; i < SIM_FILES; i++)
		if (sim->file[i].there && strstr(sim->file[i].name, ".ieb.open"))
			return &sim->file[i];
	return NULL;
}
