/* SPDX-License-Identifier: Apache-2.0 */
/* Graphviz's DOT language: names in double quotes, with a backslash before these and before backslashes. */
#include "base/text.h"
#include "export/graph.h"

enum { SHOWN_BYTES = IND_VALUE_MAX_BYTES * 11 + 1 };

static void put_quoted(struct out *o, const char *text, size_t bytes)
{
	char shown[SHOWN_BYTES];
	size_t count = text_to_display(text, bytes, shown, sizeof(shown));
	out_char(o, '"');
	for (size_t i = 0; i < count; i++) {
		if (shown[i] == '"' || shown[i] == '\\')
			out_char(o, '\\');
		out_char(o, shown[i]);
	}
	out_char(o, '"');
}

static void put_number(struct out *o, const char *name, uint64_t number)
{
	out_text(o, ", ");
	out_text(o, name);
	out_char(o, '=');
	out_u64(o, number);
}

static void put_edge(struct out *o, const struct graph_edge *edge)
{
	out_text(o, "\tn");
	out_u64(o, edge->from);
	out_text(o, " -> n");
	out_u64(o, edge->to);
	out_text(o, " [label=\"");
	graph_put_what(o, edge);
	out_text(o, ", ");
	out_u64(o, edge->flows);
	out_text(o, edge->flows == 1 ? " flow\"" : " flows\"");
	put_number(o, "flows", edge->flows);
	if (edge->signal) {
		out_text(o, ", style=dashed");
	} else {
		put_number(o, "packets", edge->packets);
		put_number(o, "bytes", edge->bytes);
	}
	out_text(o, ", records=\"");
	graph_put_records(o, edge);
	out_text(o, "\"];\n");
}

static void end(struct export *e)
{
	const struct graph *g = e->state;
	struct out *o = e->out[0];
	out_text(o, "digraph indicia {\n\trankdir=LR;\n\tnode [shape=box];\n");
	for (size_t i = 0; i < g->node_count; i++) {
		out_text(o, "\tn");
		out_u64(o, i + 1);
		out_text(o, " [label=");
		put_quoted(o, g->texts.at + g->node[i].text_at, g->node[i].bytes);
		out_text(o, g->node[i].is_address ? "];\n" : ", shape=note];\n");
	}
	for (size_t i = 0; i < g->edge_count; i++)
		put_edge(o, &g->edge[i]);
	out_text(o, "}\n");
}

const struct export_format export_dot = {
	.wants = IND_WANT(IND_REC_FLOW), .state_bytes = sizeof(struct graph), .carries = graph_carries, .carries_signal = graph_carries_signal, .put = graph_record,
	.end = end, .drop = graph_drop,
};
