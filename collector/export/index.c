/* SPDX-License-Identifier: Apache-2.0 */
#include "export/index.h"
#include "export/export.h"
#include <stdlib.h>
#include <string.h>

struct address { uint8_t version, bytes[IND_ADDR_BYTES]; };

struct flow_index {
	struct index_flow *flows;
	struct address *addresses;
	size_t count, room, address_count;
};

static enum ind_err add(struct flow_index *x, const struct ind_record *record)
{
	const struct ind_flow *f = &record->flow.flow;
	if (x->count == EXPORT_FLOWS_MAX)
		return IND_LIMIT;
	if (x->count == x->room) {
		size_t room = x->room ? x->room * 2 : 1024;
		struct index_flow *flows = realloc(x->flows, room * sizeof(*flows));
		if (!flows)
			return IND_NOMEM;
		x->flows = flows;
		x->room = room;
	}
	struct index_flow *at = &x->flows[x->count++];
	*at = (struct index_flow){ .serial = f->serial, .port = { f->port[0], f->port[1] }, .ip_version = f->ip_version, .proto = f->proto,
		.ttl = { f->ttl_min[0], f->ttl_min[1] }, .id = record->id };
	memcpy(at->addr, f->addr, sizeof(at->addr));
	return IND_OK;
}

static int by_serial(const void *a, const void *b)
{
	const struct index_flow *x = a, *y = b;
	return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static int by_bytes(const void *a, const void *b) { return memcmp(a, b, sizeof(struct address)); }

static enum ind_err settle(struct flow_index *x)
{
	size_t kept = 0;
	if (!x->count)
		return IND_OK;
	qsort(x->flows, x->count, sizeof(*x->flows), by_serial);
	x->addresses = malloc(2 * x->count * sizeof(*x->addresses));
	if (!x->addresses)
		return IND_NOMEM;
	for (size_t i = 0; i < 2 * x->count; i++) {
		const struct index_flow *f = &x->flows[i / 2];
		x->addresses[i].version = f->ip_version;
		memcpy(x->addresses[i].bytes, f->addr[i % 2], IND_ADDR_BYTES);
	}
	qsort(x->addresses, 2 * x->count, sizeof(*x->addresses), by_bytes);
	for (size_t i = 0; i < 2 * x->count; i++)
		if (!kept || by_bytes(&x->addresses[kept - 1], &x->addresses[i]) != 0)
			x->addresses[kept++] = x->addresses[i];
	x->address_count = kept;
	return IND_OK;
}

enum ind_err flow_index_of(enum ind_err (*next)(void *ctx, const struct ind_record **record), void *ctx, struct flow_index **index)
{
	const struct ind_record *record;
	struct flow_index *x = calloc(1, sizeof(*x));
	enum ind_err err = x ? IND_OK : IND_NOMEM, read = IND_OK;
	*index = NULL;
	while (err == IND_OK && (read = next(ctx, &record)) == IND_OK)
		if (record->kind == IND_REC_FLOW)
			err = add(x, record);
	if (read == IND_NOMEM)
		err = IND_NOMEM;
	if (err == IND_OK)
		err = settle(x);
	if (err == IND_OK)
		*index = x;
	else
		flow_index_free(x);
	return err;
}

void flow_index_free(struct flow_index *x)
{
	if (!x)
		return;
	free(x->flows);
	free(x->addresses);
	free(x);
}

struct index_flow *flow_index_find(const struct flow_index *x, uint64_t serial)
{
	const struct index_flow key = { .serial = serial };
	return x->count ? bsearch(&key, x->flows, x->count, sizeof(key), by_serial) : NULL;
}

bool flow_index_has_address(const struct flow_index *x, unsigned ip_version, const uint8_t addr[static IND_ADDR_BYTES])
{
	struct address key = { .version = (uint8_t)ip_version };
	memcpy(key.bytes, addr, IND_ADDR_BYTES);
	return x->address_count && bsearch(&key, x->addresses, x->address_count, sizeof(key), by_bytes) != NULL;
}

uint64_t flow_index_count(const struct flow_index *x) { return x->count; }
