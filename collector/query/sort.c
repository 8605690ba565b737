/* SPDX-License-Identifier: Apache-2.0 */
/* Merge sort with runs outside of memory (Knuth, volume 3, 5.4). */
#include "query/packed.h"
#include <stdlib.h>
#include <string.h>

enum { RUNS_AT_ONCE = 64, RUN_BUFFER_BYTES = 2 * PACKED_MAX_BYTES, MEMORY_LEAST = 2 * PACKED_MAX_BYTES };

/* A run being read: at least one whole row is in the buffer, unless it is at its end. */
struct run { uint64_t at, end; uint8_t *buffer; size_t from, to; };

struct sort {
	const struct query_kind *kind;
	struct sort_options options;
	uint8_t *memory;
	size_t used;
	const uint8_t **rows;        /* in memory */
	size_t count, room, given;
	uint64_t number;
	struct { uint64_t from, bytes; } stored[RUNS_AT_ONCE];
	size_t run_count;
	uint64_t store_bytes;
	struct run runs[RUNS_AT_ONCE];
	uint8_t heap[RUNS_AT_ONCE];
	size_t heap_count;
	bool merging;                /* the row on top was given */
};

bool sort_keys_parse(const char *text, const struct query_kind *kind, struct sort_options *o, const char **bad, size_t *bad_bytes)
{
	o->key_count = 0;
	for (const char *at = text;; at++) {
		bool descending = *at == '-';
		at += descending;
		*bad = at;
		*bad_bytes = strcspn(at, ",");
		size_t field = query_field_find(kind, at, *bad_bytes);
		if (field == kind->count)
			return false;
		*bad = NULL;
		if (o->key_count == SORT_KEYS_MAX)
			return false;
		o->keys[o->key_count++] = (struct sort_key){ (uint8_t)field, descending };
		at += *bad_bytes;
		if (!*at)
			return true;
	}
}

struct sort *sort_new(const struct query_kind *kind, const struct sort_options *options)
{
	struct sort *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->kind = kind;
	s->options = *options;
	if (s->options.memory_bytes < MEMORY_LEAST)
		s->options.memory_bytes = MEMORY_LEAST;
	s->memory = malloc(s->options.memory_bytes);
	if (s->memory)
		return s;
	sort_free(s);
	return NULL;
}

void sort_free(struct sort *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < RUNS_AT_ONCE; i++)
		free(s->runs[i].buffer);
	free(s->memory);
	free(s->rows);
	free(s);
}

static int compare(const void *a, const void *b) { return packed_compare(*(const uint8_t *const *)a, *(const uint8_t *const *)b); }

/* Of no use are rows behind as many as will be asked for. */
static void sort_memory(struct sort *s)
{
	if (s->count)
		qsort(s->rows, s->count, sizeof(*s->rows), compare);
	if (s->count > s->options.most)
		s->count = (size_t)s->options.most;
}

/* ---- runs ---- */

static enum ind_err append(struct sort *s, const uint8_t *row)
{
	size_t bytes = packed_bytes(row);
	s->store_bytes += bytes;
	return s->options.append(s->options.ctx, row, bytes);
}

static enum ind_err fill(struct sort *s, struct run *r)
{
	size_t left = r->to - r->from, more;
	if (left >= sizeof(struct packed) && packed_bytes(r->buffer + r->from) <= left)
		return IND_OK;
	memmove(r->buffer, r->buffer + r->from, left);
	more = RUN_BUFFER_BYTES - left;
	more = more < r->end - r->at ? more : (size_t)(r->end - r->at);
	enum ind_err err = more ? s->options.read_at(s->options.ctx, r->at, r->buffer + left, more) : IND_OK;
	r->at += more;
	r->from = 0;
	r->to = left + more;
	return err;
}

static const uint8_t *row_of(const struct sort *s, size_t run) { return s->runs[run].buffer + s->runs[run].from; }

static void sink(struct sort *s, size_t at)
{
	for (;;) {
		size_t child = 2 * at + 1;
		if (child >= s->heap_count)
			return;
		if (child + 1 < s->heap_count && packed_compare(row_of(s, s->heap[child + 1]), row_of(s, s->heap[child])) < 0)
			child++;
		if (packed_compare(row_of(s, s->heap[at]), row_of(s, s->heap[child])) <= 0)
			return;
		uint8_t other = s->heap[at];
		s->heap[at] = s->heap[child];
		s->heap[child] = other;
		at = child;
	}
}

static enum ind_err merge_start(struct sort *s)
{
	s->heap_count = 0;
	s->merging = false;
	for (size_t i = 0; i < s->run_count; i++) {
		struct run *r = &s->runs[i];
		if (!r->buffer && !(r->buffer = malloc(RUN_BUFFER_BYTES)))
			return IND_NOMEM;
		*r = (struct run){ s->stored[i].from, s->stored[i].from + s->stored[i].bytes, r->buffer, 0, 0 };
		enum ind_err err = fill(s, r);
		if (err != IND_OK)
			return err;
		if (r->to)
			s->heap[s->heap_count++] = (uint8_t)i;
	}
	for (size_t i = s->heap_count / 2; i-- > 0;)
		sink(s, i);
	return IND_OK;
}

/* The least row of all runs; the one before is passed over only now, for it was borrowed. */
static enum ind_err merge_next(struct sort *s, const uint8_t **row)
{
	if (s->merging) {
		struct run *r = &s->runs[s->heap[0]];
		r->from += packed_bytes(r->buffer + r->from);
		enum ind_err err = fill(s, r);
		if (err != IND_OK)
			return err;
		if (r->from == r->to)
			s->heap[0] = s->heap[--s->heap_count];
		sink(s, 0);
	}
	s->merging = true;
	if (!s->heap_count)
		return IND_END;
	*row = row_of(s, s->heap[0]);
	return IND_OK;
}

/* All runs become one. */
static enum ind_err merge_all(struct sort *s)
{
	uint64_t from = s->store_bytes;
	const uint8_t *row;
	enum ind_err err = merge_start(s);
	while (err == IND_OK && (err = merge_next(s, &row)) == IND_OK)
		err = append(s, row);
	if (err != IND_END)
		return err;
	s->stored[0].from = from;
	s->stored[0].bytes = s->store_bytes - from;
	s->run_count = 1;
	return IND_OK;
}

static enum ind_err spill(struct sort *s)
{
	enum ind_err err = s->run_count == RUNS_AT_ONCE ? merge_all(s) : IND_OK;
	uint64_t from = s->store_bytes;
	for (size_t i = 0; err == IND_OK && i < s->count; i++)
		err = append(s, s->rows[i]);
	s->stored[s->run_count].from = from;
	s->stored[s->run_count++].bytes = s->store_bytes - from;
	s->count = s->used = 0;
	return err;
}

/* Rows that are still of use move together; false if they leave little room. */
static bool make_room(struct sort *s)
{
	size_t used = 0;
	uint8_t *memory = NULL;
	for (size_t i = 0; i < s->count; i++)
		used += packed_bytes(s->rows[i]);
	if (used > s->options.memory_bytes / 2 || !(memory = malloc(s->options.memory_bytes)))
		return false;
	s->used = 0;
	for (size_t i = 0; i < s->count; i++) {
		size_t bytes = packed_bytes(s->rows[i]);
		memcpy(memory + s->used, s->rows[i], bytes);
		s->rows[i] = memory + s->used;
		s->used += bytes;
	}
	free(s->memory);
	s->memory = memory;
	return true;
}

enum ind_err sort_add(struct sort *s, const struct query_row *row)
{
	if (s->count == s->room) {
		size_t room = s->room ? s->room * 2 : 4096;
		const uint8_t **rows = realloc(s->rows, room * sizeof(*rows));
		if (!rows)
			return IND_NOMEM;
		s->rows = rows;
		s->room = room;
	}
	size_t bytes = packed_put(row, &s->options, s->number, s->memory + s->used, s->options.memory_bytes - s->used);
	if (!bytes) {
		sort_memory(s);
		enum ind_err err = make_room(s) ? IND_OK : spill(s);
		if (err != IND_OK)
			return err;
		bytes = packed_put(row, &s->options, s->number, s->memory + s->used, s->options.memory_bytes - s->used);
	}
	if (!bytes)
		return IND_LIMIT;
	s->rows[s->count++] = s->memory + s->used;
	s->used += bytes;
	s->number++;
	return IND_OK;
}

enum ind_err sort_end(struct sort *s)
{
	sort_memory(s);
	if (!s->run_count)
		return IND_OK;
	enum ind_err err = spill(s);
	free(s->memory);
	s->memory = NULL;
	return err == IND_OK ? merge_start(s) : err;
}

enum ind_err sort_next(struct sort *s, struct query_row *row)
{
	const uint8_t *at;
	if (s->run_count) {
		enum ind_err err = merge_next(s, &at);
		if (err != IND_OK)
			return err;
	} else if (s->given < s->count) {
		at = s->rows[s->given++];
	} else {
		return IND_END;
	}
	packed_get(at, s->kind, row);
	return IND_OK;
}
