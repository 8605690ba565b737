/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/stored.h"
#include "base/hash.h"
#include "cli/cli.h"
#include "cli/input.h"
#include "cli/tell.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STORED_MAX = 1 << 20 };

/* What of a bundle its header and its last seal say. */
struct bundle {
	char *path;
	char sensor[IND_SENSOR_ID_MAX + 1];
	uint8_t stream[IND_STREAM_ID_BYTES];
	uint64_t first_leaf, next_leaf, sealed_ns, frames, bytes;
	bool readable, final;
};

struct bundles { struct bundle *list; size_t count, room; };

static void put_stream(struct query_row *row, const uint8_t stream[static IND_STREAM_ID_BYTES])
{
	char *text = row_room(row, 2 * IND_STREAM_ID_BYTES + 1);
	if (!text)
		return;
	hash_hex(stream, IND_STREAM_ID_BYTES, text);
	row_text(row, QUERY_STATUS_stream, text);
}

static void take(struct bundle *b, const struct ind_record *record)
{
	if (record->kind == IND_REC_HEADER) {
		snprintf(b->sensor, sizeof(b->sensor), "%.*s", (int)record->header.sensor.bytes, record->header.sensor.at);
		memcpy(b->stream, record->header.stream_id, sizeof(b->stream));
		b->first_leaf = record->header.first_leaf;
		b->readable = true;
	} else if (record->kind == IND_REC_SEAL) {
		b->sealed_ns = record->seal.realtime_ns;
		b->frames = record->seal.frames_seen;
		b->final = record->seal.final;
		/* The checkpoint is a leaf, too. */
		b->next_leaf = record->id.leaf + 2;
	}
}

/* Reads what it can; a damaged one is no error here, but a finding. */
static int read_bundle(struct bundle *b, const char *path)
{
	struct input in;
	struct ind_reader *reader = NULL;
	const struct ind_record *record;
	int status = input_open(&in, path);
	if (status != CLI_DONE)
		return status;
	*b = (struct bundle){ .path = strdup(path), .bytes = in.bytes };
	enum ind_err err = ind_reader_new(&in.source, IND_WANT(IND_REC_HEADER) | IND_WANT(IND_REC_SEAL), &reader);
	while (err == IND_OK && (err = ind_reader_next(reader, &record)) == IND_OK)
		take(b, record);
	b->final &= err == IND_END;
	ind_reader_free(reader);
	input_close(&in);
	return b->path && err != IND_NOMEM ? CLI_DONE : (tell_error("out of memory"), CLI_FAILED);
}

static int add(struct bundles *all, const char *path)
{
	if (all->count == all->room) {
		size_t room = all->room ? all->room * 2 : 64;
		struct bundle *list = realloc(all->list, room * sizeof(*list));
		if (!list)
			return tell_error("out of memory"), CLI_FAILED;
		all->list = list;
		all->room = room;
	}
	int status = read_bundle(&all->list[all->count], path);
	all->count += status == CLI_DONE;
	return status;
}

static int in_stream_order(const void *a, const void *b)
{
	const struct bundle *x = a, *y = b;
	int order = memcmp(x->stream, y->stream, sizeof(x->stream));
	return order ? order : (x->first_leaf > y->first_leaf) - (x->first_leaf < y->first_leaf);
}

static void put_bundle(struct stored_folder *s, const struct bundle *b)
{
	static struct query_row row;
	row_start(&row, QUERY_KIND_STATUS);
	row_text(&row, QUERY_STATUS_what, "bundle");
	row_text(&row, QUERY_STATUS_sensor, b->sensor);
	row_text(&row, QUERY_STATUS_state, !b->readable ? "unreadable" : b->final ? "sealed" : "unsealed");
	if (b->sealed_ns)
		row_time(&row, QUERY_STATUS_time, b->sealed_ns);
	row_text(&row, QUERY_STATUS_file, b->path);
	row_u64(&row, QUERY_STATUS_bytes, b->bytes);
	if (b->readable) {
		put_stream(&row, b->stream);
		row_u64(&row, QUERY_STATUS_first_leaf, b->first_leaf);
	}
	if (b->next_leaf) {
		row_u64(&row, QUERY_STATUS_leaves, b->next_leaf);
		row_u64(&row, QUERY_STATUS_frames, b->frames);
	}
	if (!b->final)
		row_text(&row, QUERY_STATUS_advice, "it is damaged or cut: 'indicia verify --explain' says where");
	s->wants |= !b->final;
	writer_row(s->writer, &row);
}

static void put_gap(struct stored_folder *s, const struct bundle *before, const struct bundle *after)
{
	static struct query_row row;
	row_start(&row, QUERY_KIND_STATUS);
	row_text(&row, QUERY_STATUS_what, "gap");
	row_text(&row, QUERY_STATUS_sensor, after->sensor);
	row_text(&row, QUERY_STATUS_state, "missing");
	if (before->sealed_ns)
		row_time(&row, QUERY_STATUS_time, before->sealed_ns);
	row_text(&row, QUERY_STATUS_file, after->path);
	put_stream(&row, after->stream);
	row_u64(&row, QUERY_STATUS_leaves, after->first_leaf - before->next_leaf);
	row_u64(&row, QUERY_STATUS_first_leaf, before->next_leaf);
	row_text(&row, QUERY_STATUS_advice, "a bundle of this stream in front of this one is not in the folder: look where it was moved, or for a file that was left");
	s->wants = true;
	writer_row(s->writer, &row);
}

static void put_bundles(struct stored_folder *s, struct bundles *all)
{
	if (all->count)
		qsort(all->list, all->count, sizeof(*all->list), in_stream_order);
	for (size_t i = 0; i < all->count; i++) {
		const struct bundle *b = &all->list[i], *next = i + 1 < all->count ? b + 1 : NULL;
		bool same = next && b->readable && memcmp(b->stream, next->stream, sizeof(b->stream)) == 0;
		if (!same || !b->final)
			put_bundle(s, b);
		if (same && b->next_leaf && next->first_leaf > b->next_leaf)
			put_gap(s, b, next);
	}
}

/* ---- what runs left ---- */

static const struct { const char *suffix, *state, *advice; } leftovers[] = {
	{ ".ieb.open", "open", "no sensor writes it: 'indicia recover' seals it; what a savefile was read into is removed, and read again" },
	{ ".ieb.abandoned", "abandoned", "keep it: it holds leaves of the stream that have no other place; the next bundle goes on with it" },
	{ ".ieb.bad", "bad", "the disk gave back other bytes than were written: check the disk; keep the file for what 'indicia verify' still finds in it" },
	{ ".ieb.torn", "torn", "what stood torn behind a bundle that was recovered: its digest is in that bundle; keep both" },
	{ ".part", "part", "another run writes it, or one was cut short: if none runs, remove it" },
};

static bool ends_with(const char *name, const char *suffix)
{
	size_t bytes = strlen(name), end = strlen(suffix);
	return bytes > end && strcmp(name + bytes - end, suffix) == 0;
}

static void put_leftover(struct stored_folder *s, const char *path, size_t kind)
{
	static struct query_row row;
	struct stat info;
	/* A sensor goes on meanwhile: what was there may have its name, and what is there may be new. */
	if (stat(path, &info) != 0 || (strcmp(leftovers[kind].state, "open") == 0 && s->in_use(s->ctx, path)) || stat(path, &info) != 0)
		return;
	row_start(&row, QUERY_KIND_STATUS);
	row_text(&row, QUERY_STATUS_what, "leftover");
	row_text(&row, QUERY_STATUS_state, leftovers[kind].state);
	row_text(&row, QUERY_STATUS_file, path);
	row_time(&row, QUERY_STATUS_time, (uint64_t)info.st_mtim.tv_sec * 1000000000 + (uint64_t)info.st_mtim.tv_nsec);
	row_u64(&row, QUERY_STATUS_bytes, (uint64_t)info.st_size);
	row_text(&row, QUERY_STATUS_advice, leftovers[kind].advice);
	s->wants = true;
	writer_row(s->writer, &row);
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static int put_entry(struct stored_folder *s, struct bundles *all, const char *folder, const char *name)
{
	char path[4096];
	if (name[0] == '.' || snprintf(path, sizeof(path), "%s%s%s", folder, ends_with(folder, "/") ? "" : "/", name) >= (int)sizeof(path))
		return CLI_DONE;
	for (size_t i = 0; i < sizeof(leftovers) / sizeof(leftovers[0]); i++)
		if (ends_with(name, leftovers[i].suffix))
			put_leftover(s, path, i);
	/* One that was deleted since the folder was listed is none of it any more. */
	bool bundle = ends_with(name, ".ieb") && all->count < STORED_MAX && faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
	return bundle ? add(all, path) : CLI_DONE;
}

int stored_put(struct stored_folder *s, const char *folder)
{
	struct dirent **names = NULL;
	struct bundles all = { 0 };
	int status = CLI_DONE, count = scandir(folder, &names, NULL, by_name);
	if (count < 0)
		return tell_error("%s: %s", folder, strerror(errno)), CLI_DAMAGED;
	for (int i = 0; i < count; i++) {
		int one = put_entry(s, &all, folder, names[i]->d_name);
		status = one > status ? one : status;
		free(names[i]);
	}
	free(names);
	put_bundles(s, &all);
	for (size_t i = 0; i < all.count; i++)
		free(all.list[i].path);
	free(all.list);
	return status;
}
