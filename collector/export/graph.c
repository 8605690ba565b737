/* SPDX-License-Identifier: Apache-2.0 */
#include "export/graph.h"
#include "base/text.h"
#include "export/uuid.h"
#include <stdlib.h>
#include <string.h>

enum { ADDR_BYTES = 48, PROTO_ICMP = 1, PROTO_ICMP6 = 58 };

/* The place of a key, which is a digest already. */
static size_t place_of(const struct graph_map *m, const uint8_t key[static UUID_BYTES])
{
	uint64_t start;
	memcpy(&start, key, sizeof(start));
	size_t i = (size_t)start & (m->room - 1);
	while (m->value[i] && memcmp(m->key[i], key, UUID_BYTES) != 0)
		i = (i + 1) & (m->room - 1);
	return i;
}

static enum ind_err map_grow(struct graph_map *m)
{
	struct graph_map more = { .room = m->room ? m->room * 2 : 1024, .count = m->count };
	more.key = calloc(more.room, UUID_BYTES);
	more.value = calloc(more.room, sizeof(*more.value));
	if (!more.key || !more.value) {
		free(more.key);
		free(more.value);
		return IND_NOMEM;
	}
	for (size_t i = 0; i < m->room; i++) {
		if (!m->value[i])
			continue;
		size_t at = place_of(&more, m->key[i]);
		memcpy(more.key[at], m->key[i], UUID_BYTES);
		more.value[at] = m->value[i];
	}
	free(m->key);
	free(m->value);
	*m = more;
	return IND_OK;
}

/* The number that belongs to a key, from 1; a new key gets the next one. 0 after an error. */
static uint32_t number_of(struct export *e, struct graph_map *m, const void *name, size_t bytes)
{
	uint8_t key[UUID_BYTES];
	uuid_of(uuid_own, name, bytes, key);
	if (e->err == IND_OK && m->count * 2 >= m->room)
		e->err = map_grow(m);
	if (e->err != IND_OK)
		return 0;
	size_t at = place_of(m, key);
	if (m->value[at])
		return m->value[at];
	if (m->count == EXPORT_OBJECTS_MAX) {
		e->err = IND_LIMIT;
		return 0;
	}
	memcpy(m->key[at], key, UUID_BYTES);
	m->value[at] = (uint32_t)++m->count;
	return m->value[at];
}

/* Room for one more of an array. */
static bool grow(struct export *e, void **at, size_t count, size_t *room, size_t item)
{
	if (count < *room)
		return true;
	size_t more = *room ? *room * 2 : 256;
	void *moved = realloc(*at, more * item);
	if (!moved) {
		e->err = IND_NOMEM;
		return false;
	}
	*at = moved;
	*room = more;
	return true;
}

static uint32_t node_of(struct export *e, const char *name, size_t bytes, size_t skip)
{
	struct graph *g = e->state;
	uint32_t number = number_of(e, &g->nodes, name, bytes);
	if (!number || number <= g->node_count)
		return number;
	void *nodes = g->node;
	if (!grow(e, &nodes, g->node_count, &g->node_room, sizeof(*g->node)))
		return 0;
	g->node = nodes;
	g->node[g->node_count++] = (struct graph_node){ g->texts.used, (uint32_t)(bytes - skip), skip == 0 };
	out_bytes(&g->texts, name + skip, bytes - skip);
	if (g->texts.err != IND_OK)
		e->err = g->texts.err;
	return number;
}

static struct graph_edge *edge_of(struct export *e, const struct graph_edge *like)
{
	struct graph *g = e->state;
	const uint32_t key[5] = { like->from, like->to, like->signal, (uint32_t)like->proto << 1 | like->has_port, like->port };
	uint32_t number = like->from && like->to ? number_of(e, &g->edges, key, sizeof(key)) : 0;
	if (!number)
		return NULL;
	if (number <= g->edge_count)
		return &g->edge[number - 1];
	void *edges = g->edge;
	if (!grow(e, &edges, g->edge_count, &g->edge_room, sizeof(*g->edge)))
		return NULL;
	g->edge = edges;
	g->edge[g->edge_count] = *like;
	return &g->edge[g->edge_count++];
}

static void add_record(struct graph_edge *edge, const struct ind_record_id *id)
{
	if (edge->record_count < GRAPH_RECORDS_MAX)
		edge->record[edge->record_count] = *id;
	edge->record_count++;
	edge->flows++;
}

static uint32_t address_node(struct export *e, const struct ind_flow *f, unsigned end)
{
	char text[ADDR_BYTES];
	return node_of(e, text, text_addr(f->ip_version, f->addr[end], text, sizeof(text)), 0);
}

static uint32_t value_node(struct export *e, const struct ind_signal *s, const char *signal)
{
	char name[IND_VALUE_MAX_BYTES + 64];
	size_t bytes = strlen(signal), value = s->value_bytes <= IND_VALUE_MAX_BYTES ? s->value_bytes : IND_VALUE_MAX_BYTES;
	memcpy(name, signal, bytes);
	name[bytes++] = ' ';
	memcpy(name + bytes, s->value, value);
	return node_of(e, name, bytes + value, bytes);
}

bool graph_carries_signal(const struct ind_signal_info *info) { return info->family == IND_FAMILY_I && info->value == IND_VALUE_TEXT; }

bool graph_carries(enum query_kind_id kind, size_t at)
{
	static const uint8_t flow[] = { QUERY_FLOW_record, QUERY_FLOW_saddr, QUERY_FLOW_daddr, QUERY_FLOW_dport, QUERY_FLOW_proto, QUERY_FLOW_spkts, QUERY_FLOW_dpkts,
		QUERY_FLOW_sbytes, QUERY_FLOW_dbytes };
	if (kind == QUERY_KIND_SIGNAL)
		return at == QUERY_SIGNAL_flow || at == QUERY_SIGNAL_signal || at == QUERY_SIGNAL_addr || at == QUERY_SIGNAL_value;
	return kind == QUERY_KIND_FLOW && memchr(flow, (int)at, sizeof(flow)) != NULL;
}

static void put_signal(struct export *e, const struct ind_record *r, const struct ind_signal *s)
{
	const struct ind_signal_info *info = ind_signal_info(s->id);
	if (!info || !graph_carries_signal(info) || !s->value_bytes)
		return;
	struct graph_edge like = { .from = address_node(e, &r->flow.flow, s->from & 1), .to = value_node(e, s, info->name), .signal = s->id };
	struct graph_edge *edge = edge_of(e, &like);
	if (edge)
		add_record(edge, &r->id);
}

void graph_record(struct export *e, const struct ind_record *r)
{
	const struct ind_flow *f = &r->flow.flow;
	bool icmp = f->proto == PROTO_ICMP || f->proto == PROTO_ICMP6;
	struct graph_edge like = { .from = address_node(e, f, IND_SRC), .to = address_node(e, f, IND_DST), .proto = f->proto,
		.has_port = !icmp && e->row.cell[QUERY_FLOW_dport].form != CELL_ABSENT };
	like.port = like.has_port ? f->port[IND_DST] : 0;
	struct graph_edge *edge = edge_of(e, &like);
	if (!edge)
		return;
	add_record(edge, &r->id);
	edge->packets += f->packets[IND_SRC] + f->packets[IND_DST];
	edge->bytes += f->bytes[IND_SRC] + f->bytes[IND_DST];
	for (size_t i = 0; i < r->flow.signal_count; i++)
		put_signal(e, r, &r->flow.signals[i]);
}

void graph_drop(struct export *e)
{
	struct graph *g = e->state;
	out_free(&g->texts);
	free(g->node);
	free(g->edge);
	free(g->nodes.key);
	free(g->nodes.value);
	free(g->edges.key);
	free(g->edges.value);
}

void graph_put_records(struct out *o, const struct graph_edge *edge)
{
	char text[IND_RECORD_ID_TEXT];
	for (uint64_t i = 0; i < edge->record_count && i < GRAPH_RECORDS_MAX; i++) {
		out_text(o, i ? " " : "");
		out_text(o, ind_record_id_text(&edge->record[i], text));
	}
	if (edge->record_count > GRAPH_RECORDS_MAX)
		out_text(o, " ...");
}

void graph_put_what(struct out *o, const struct graph_edge *edge)
{
	const struct ind_signal_info *info = edge->signal ? ind_signal_info(edge->signal) : NULL;
	char proto[8];
	out_text(o, info ? info->name : ind_proto_name(edge->proto, proto));
	if (!edge->has_port)
		return;
	out_char(o, '/');
	out_u64(o, edge->port);
}
