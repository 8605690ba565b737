/* SPDX-License-Identifier: Apache-2.0 */
/* GraphML 1.0 in XML 1.0, which has no form for most control characters: they are shown as in tables. */
#include "base/text.h"
#include "export/graph.h"

enum { SHOWN_BYTES = IND_VALUE_MAX_BYTES * 11 + 1 };

static void put_escaped(struct out *o, const char *text, size_t bytes)
{
	char shown[SHOWN_BYTES];
	size_t count = text_to_display(text, bytes, shown, sizeof(shown));
	for (size_t i = 0; i < count; i++) {
		switch (shown[i]) {
		case '&': out_text(o, "&amp;"); break;
		case '<': out_text(o, "&lt;"); break;
		case '>': out_text(o, "&gt;"); break;
		default: out_char(o, shown[i]);
		}
	}
}

static void put_number(struct out *o, const char *key, uint64_t number)
{
	out_text(o, "<data key=\"");
	out_text(o, key);
	out_text(o, "\">");
	out_u64(o, number);
	out_text(o, "</data>");
}

static void put_edge(struct out *o, const struct graph_edge *edge, size_t n)
{
	out_text(o, "<edge id=\"e");
	out_u64(o, n + 1);
	out_text(o, "\" source=\"n");
	out_u64(o, edge->from);
	out_text(o, "\" target=\"n");
	out_u64(o, edge->to);
	out_text(o, "\"><data key=\"what\">");
	graph_put_what(o, edge);
	out_text(o, "</data>");
	put_number(o, "flows", edge->flows);
	if (!edge->signal) {
		put_number(o, "packets", edge->packets);
		put_number(o, "bytes", edge->bytes);
	}
	out_text(o, "<data key=\"records\">");
	graph_put_records(o, edge);
	out_text(o, "</data></edge>\n");
}

static void put_heading(struct out *o)
{
	out_text(o, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
		"<key id=\"label\" for=\"node\" attr.name=\"label\" attr.type=\"string\"/>\n<key id=\"kind\" for=\"node\" attr.name=\"kind\" attr.type=\"string\"/>\n"
		"<key id=\"what\" for=\"edge\" attr.name=\"what\" attr.type=\"string\"/>\n<key id=\"flows\" for=\"edge\" attr.name=\"flows\" attr.type=\"long\"/>\n"
		"<key id=\"packets\" for=\"edge\" attr.name=\"packets\" attr.type=\"long\"/>\n<key id=\"bytes\" for=\"edge\" attr.name=\"bytes\" attr.type=\"long\"/>\n"
		"<key id=\"records\" for=\"edge\" attr.name=\"records\" attr.type=\"string\"/>\n<graph id=\"indicia\" edgedefault=\"directed\">\n");
}

static void end(struct export *e)
{
	const struct graph *g = e->state;
	struct out *o = e->out[0];
	put_heading(o);
	for (size_t i = 0; i < g->node_count; i++) {
		out_text(o, "<node id=\"n");
		out_u64(o, i + 1);
		out_text(o, "\"><data key=\"label\">");
		put_escaped(o, g->texts.at + g->node[i].text_at, g->node[i].bytes);
		out_text(o, g->node[i].is_address ? "</data><data key=\"kind\">address</data></node>\n" : "</data><data key=\"kind\">value</data></node>\n");
	}
	for (size_t i = 0; i < g->edge_count; i++)
		put_edge(o, &g->edge[i], i);
	out_text(o, "</graph>\n</graphml>\n");
}

const struct export_format export_graphml = {
	.wants = IND_WANT(IND_REC_FLOW), .state_bytes = sizeof(struct graph), .carries = graph_carries, .carries_signal = graph_carries_signal, .put = graph_record,
	.end = end, .drop = graph_drop,
};
