/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/held.h"
#include <stdlib.h>
#include <string.h>

void held_start(struct held *h, uint64_t from, size_t bytes_max)
{
	h->from = from;
	h->before = UINT64_MAX;
	h->bytes_max = bytes_max;
	h->bytes = h->count = h->order = 0;
}

static uint64_t serial_of(const struct ind_record *record)
{
	return record->kind == IND_REC_FLOW ? record->flow.flow.serial : record->exhibit.flow_serial;
}

static size_t signal_bytes(const struct ind_signal *s) { return s->value_bytes + (s->sha256 ? IND_SHA256_BYTES : 0); }

static size_t bytes_of(const struct ind_record *record)
{
	size_t bytes = sizeof(struct held_item) + sizeof(struct held_item *);
	if (record->kind == IND_REC_EXHIBIT)
		return bytes + record->exhibit.bytes_count;
	bytes += record->flow.signal_count * sizeof(struct ind_signal);
	for (size_t i = 0; i < record->flow.signal_count; i++)
		bytes += signal_bytes(&record->flow.signals[i]);
	return bytes;
}

static const void *copy_bytes(uint8_t **at, const void *bytes, size_t count)
{
	uint8_t *to = *at;
	if (count)
		memcpy(to, bytes, count);
	*at += count;
	return to;
}

static void copy_signals(struct held_item *to, const struct ind_record *from, uint8_t *at)
{
	struct ind_signal *signals = (struct ind_signal *)at;
	at += from->flow.signal_count * sizeof(*signals);
	for (size_t i = 0; i < from->flow.signal_count; i++) {
		const struct ind_signal *s = &from->flow.signals[i];
		signals[i] = *s;
		signals[i].value = copy_bytes(&at, s->value, s->value_bytes);
		if (s->sha256)
			signals[i].sha256 = copy_bytes(&at, s->sha256, IND_SHA256_BYTES);
	}
	to->signals = signals;
	to->signal_count = from->flow.signal_count;
}

static struct held_item *copy_of(const struct ind_record *record, size_t bytes)
{
	struct held_item *item = malloc(bytes);
	if (!item)
		return NULL;
	uint8_t *at = (uint8_t *)(item + 1);
	*item = (struct held_item){ .serial = serial_of(record), .id = record->id, .is_flow = record->kind == IND_REC_FLOW, .bytes = bytes };
	if (item->is_flow) {
		item->flow = record->flow.flow;
		copy_signals(item, record, at);
	} else {
		item->exhibit = record->exhibit;
		item->exhibit.bytes = copy_bytes(&at, record->exhibit.bytes, record->exhibit.bytes_count);
	}
	return item;
}

static int by_serial(const void *a, const void *b)
{
	const struct held_item *x = *(struct held_item *const *)a, *y = *(struct held_item *const *)b;
	if (x->serial != y->serial)
		return x->serial < y->serial ? -1 : 1;
	if (x->is_flow != y->is_flow)
		return x->is_flow ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

void held_sort(struct held *h)
{
	if (h->count)
		qsort(h->items, h->count, sizeof(*h->items), by_serial);
}

static void drop_from(struct held *h, size_t kept)
{
	for (size_t i = kept; i < h->count; i++) {
		h->bytes -= h->items[i]->bytes;
		free(h->items[i]);
	}
	h->count = kept;
}

/* The upper half goes; a flow and what belongs to it are not parted. */
static enum ind_err shorten(struct held *h)
{
	held_sort(h);
	uint64_t middle = h->items[h->count / 2]->serial;
	if (middle == UINT64_MAX)
		return IND_LIMIT;
	if (middle == h->items[0]->serial)
		middle++;
	size_t kept = h->count;
	while (kept && h->items[kept - 1]->serial >= middle)
		kept--;
	if (kept == h->count)
		return IND_LIMIT;
	h->before = middle;
	drop_from(h, kept);
	return IND_OK;
}

enum ind_err held_add(struct held *h, const struct ind_record *record)
{
	uint64_t serial = serial_of(record);
	size_t bytes = bytes_of(record);
	if (serial < h->from || (serial >= h->before && h->before != UINT64_MAX))
		return IND_OK;
	while (h->bytes + bytes > h->bytes_max && h->count) {
		enum ind_err err = shorten(h);
		if (err != IND_OK)
			return err;
		if (serial >= h->before)
			return IND_OK;
	}
	if (h->count == h->room) {
		size_t room = h->room ? h->room * 2 : 1024;
		struct held_item **items = realloc(h->items, room * sizeof(struct held_item *));
		if (!items)
			return IND_NOMEM;
		h->items = items;
		h->room = room;
	}
	struct held_item *item = copy_of(record, bytes);
	if (!item)
		return IND_NOMEM;
	item->order = h->order++;
	h->items[h->count++] = item;
	h->bytes += bytes;
	return IND_OK;
}

bool held_end(struct held *h)
{
	drop_from(h, 0);
	return h->before != UINT64_MAX;
}

void held_free(struct held *h)
{
	drop_from(h, 0);
	free(h->items);
	*h = (struct held){ 0 };
}
