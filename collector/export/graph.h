/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_GRAPH_H
#define EXPORT_GRAPH_H

#include "export/format.h"

/* Who spoke with whom, and which address showed which certificate, key or name: what both formats of graphs are written from. Kept in memory until the end:
 * EXPORT_OBJECTS_MAX nodes, and as many edges. */

enum { GRAPH_RECORDS_MAX = 4 };

struct graph_node { size_t text_at; uint32_t bytes; bool is_address; };

struct graph_edge {
	uint32_t from, to;           /* nodes */
	uint16_t signal;             /* 0: traffic; else `to` is the value of this signal, and only flows and records count */
	uint8_t proto;
	bool has_port;
	uint16_t port;
	uint64_t flows, packets, bytes;
	uint64_t record_count;       /* of which the first are kept */
	struct ind_record_id record[GRAPH_RECORDS_MAX];
};

struct graph_map { uint8_t (*key)[16]; uint32_t *value; size_t count, room; };

struct graph {
	struct out texts;
	struct graph_node *node;
	struct graph_edge *edge;
	size_t node_count, node_room, edge_count, edge_room;
	struct graph_map nodes, edges;
};

void graph_record(struct export *e, const struct ind_record *record);
void graph_drop(struct export *e);
bool graph_carries(enum query_kind_id kind, size_t field);
bool graph_carries_signal(const struct ind_signal_info *info);

/* "22c9d9ce:1:0 22c9d9ce:1:4 ..." */
void graph_put_records(struct out *o, const struct graph_edge *edge);

/* "tcp/443", or the name of the signal. */
void graph_put_what(struct out *o, const struct graph_edge *edge);

#endif
