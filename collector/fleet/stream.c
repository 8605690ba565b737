/* SPDX-License-Identifier: Apache-2.0 */
#include "fleet/stream.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_BYTES = 16 << 10, TAIL_BYTES = 16 << 10, HOLDINGS_MAX = 1 << 24 };

static enum ind_err see(void *ctx, const struct archive_entry *entry)
{
	struct holdings *h = ctx;
	struct name name;
	const char *tail;
	if (!name_parse(entry->key, &name, &tail)) {
		h->other++;
		return IND_OK;
	}
	if (*tail) {
		h->sidecars++;
		return IND_OK;
	}
	if (h->count == HOLDINGS_MAX)
		return IND_LIMIT;
	if (h->count == h->room) {
		size_t room = h->room ? h->room * 2 : 256;
		struct held *at = realloc(h->at, room * sizeof(*at));
		if (!at)
			return IND_NOMEM;
		h->at = at;
		h->room = room;
	}
	h->at[h->count++] = (struct held){ .name = name, .bytes = entry->bytes };
	return IND_OK;
}

enum ind_err holdings_list(struct archive *a, const char *sensor, struct holdings *h)
{
	char prefix[NAME_MAX_BYTES];
	*h = (struct holdings){ 0 };
	snprintf(prefix, sizeof(prefix), "b/%s%s", sensor ? sensor : "", sensor ? "/" : "");
	return archive_list(a, prefix, false, see, h);
}

static enum ind_err head_read(struct archive *a, const char *key, struct held *h)
{
	size_t room = HEAD_BYTES, got, need = 0;
	enum ind_err err = IND_SHORT;
	/* A HEADER that is longer than most is asked for once more, whole. */
	for (unsigned i = 0; i < 2 && err == IND_SHORT; i++) {
		uint8_t *bytes = malloc(room);
		if (!bytes)
			return IND_NOMEM;
		err = archive_get(a, key, 0, bytes, room, &got);
		if (err == IND_OK) {
			err = ends_head(bytes, got, h->ends, &need, &h->wrong);
			if (err == IND_OK)
				h->wrong = NULL;
			else if (err != IND_SHORT && err != IND_NOMEM)
				err = IND_END;
		}
		free(bytes);
		if (err == IND_SHORT && need <= got)
			break;
		room = need;
	}
	return err == IND_SHORT ? IND_END : err;
}

static enum ind_err tail_read(struct archive *a, const char *key, struct held *h)
{
	uint64_t from = h->bytes > TAIL_BYTES ? (h->bytes - TAIL_BYTES + FRAME_ALIGN_BYTES - 1) / FRAME_ALIGN_BYTES * FRAME_ALIGN_BYTES : PREAMBLE_BYTES;
	uint8_t *bytes = malloc(TAIL_BYTES);
	size_t got;
	if (!bytes)
		return IND_NOMEM;
	enum ind_err err = h->bytes > from ? archive_get(a, key, from, bytes, (size_t)(h->bytes - from), &got) : IND_OK;
	if (err == IND_OK && h->bytes > from)
		err = ends_tail(bytes, got, h->ends);
	free(bytes);
	return err;
}

enum ind_err holdings_ends(struct archive *a, struct held *h)
{
	char key[NAME_MAX_BYTES];
	name_bundle(&h->name, key);
	h->ends = malloc(sizeof(*h->ends));
	if (!h->ends)
		return IND_NOMEM;
	enum ind_err err = head_read(a, key, h);
	if (err == IND_OK && strcmp(h->ends->sensor, h->name.sensor) != 0) {
		h->wrong = "another_sensor";
		err = IND_END;
	}
	if (err == IND_OK)
		err = tail_read(a, key, h);
	if (err == IND_OK && !h->ends->sealed)
		h->wrong = "no_final_seal";
	if (err != IND_OK) {
		free(h->ends);
		h->ends = NULL;
	}
	/* Deleted since the list was read, or never there: of one among millions, while they are asked about. */
	if (err == IND_MISSING) {
		h->wrong = "listed_and_not_there";
		err = IND_END;
	}
	/* What is no bundle is a finding and no failure. */
	return err == IND_END && h->wrong ? IND_OK : err;
}

bool holdings_same_stream(const struct held *a, const struct held *b)
{
	return a->ends && b->ends && strcmp(a->name.sensor, b->name.sensor) == 0 && memcmp(a->ends->begins.id, b->ends->begins.id, IND_STREAM_ID_BYTES) == 0;
}

static int by_stream(const void *left, const void *right)
{
	const struct held *a = left, *b = right;
	if (!a->ends || !b->ends)
		return !a->ends - !b->ends;
	int order = strcmp(a->name.sensor, b->name.sensor);
	if (!order)
		order = memcmp(a->ends->begins.id, b->ends->begins.id, IND_STREAM_ID_BYTES);
	if (order)
		return order;
	if (a->ends->begins.leaves != b->ends->begins.leaves)
		return a->ends->begins.leaves < b->ends->begins.leaves ? -1 : 1;
	return a->ends->size < b->ends->size ? -1 : a->ends->size > b->ends->size;
}

void holdings_by_stream(struct holdings *h)
{
	if (h->count)
		qsort(h->at, h->count, sizeof(*h->at), by_stream);
}

void holdings_free(struct holdings *h)
{
	for (size_t i = 0; i < h->count; i++)
		free(h->at[i].ends);
	free(h->at);
	*h = (struct holdings){ 0 };
}
