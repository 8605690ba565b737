/* SPDX-License-Identifier: Apache-2.0 */
/* Who met whom, in four columns: sensors, other ends, ends of the subjects, what data sets assert of these. Nothing is drawn that no listed record says. */
#include "report/draw.h"
#include "report/picture.h"
#include "base/i18n.h"
#include "base/text.h"
#include <string.h>

enum { COLUMNS = 4, NODES_MAX = 128, EDGES_MAX = 512, NODE_BYTES = 128, HEIGHT = 400, PITCH = 540, LETTER = 82, SMALL_SIZE = 92, SMALL_LETTER = 57, FEW = 10, MANY = 100 };
enum { SENSORS, ENDS, SUBJECTS, ASSERTED };

/* How wide a column is, where it begins, and how many of it are drawn: 30 in all. */
static const struct { int32_t x, width; size_t most; } columns[COLUMNS] = { { 20, 1500, 7 }, { 2060, 2350, 8 }, { 4970, 2350, 8 }, { 7880, 2100, 7 } };

struct node { char text[NODE_BYTES]; const char *second; uint64_t weight, place; bool drawn, is_network; int32_t y; };
struct edge { size_t from, to; uint64_t count; const char *record; };

struct graph {
	struct node nodes[COLUMNS][NODES_MAX];
	size_t counts[COLUMNS], left_out;
	struct edge edges[COLUMNS - 1][EDGES_MAX]; /* from a column to the next one */
	size_t edge_counts[COLUMNS - 1];
	uint64_t unplaced;             /* flows for which there was no room */
};

static size_t node_of(struct graph *g, unsigned column, const char *text, const char *second)
{
	for (size_t i = 0; i < g->counts[column]; i++)
		if (strcmp(g->nodes[column][i].text, text) == 0)
			return i;
	if (g->counts[column] == NODES_MAX || strlen(text) >= NODE_BYTES)
		return SIZE_MAX;
	struct node *n = &g->nodes[column][g->counts[column]];
	*n = (struct node){ .second = second };
	memcpy(n->text, text, strlen(text) + 1);
	return g->counts[column]++;
}

static bool edge_add(struct graph *g, unsigned column, size_t from, size_t to, const char *record)
{
	if (from == SIZE_MAX || to == SIZE_MAX)
		return false;
	g->nodes[column][from].weight++;
	g->nodes[column + 1][to].weight++;
	for (size_t i = 0; i < g->edge_counts[column]; i++) {
		struct edge *e = &g->edges[column][i];
		if (e->from == from && e->to == to) {
			e->count++;
			return true;
		}
	}
	if (g->edge_counts[column] == EDGES_MAX)
		return false;
	g->edges[column][g->edge_counts[column]++] = (struct edge){ from, to, 1, record };
	return true;
}

/* "192.0.2.1:443" or "[2001:db8::1]:443" without the port. */
static bool address_of(const char *end, char address[static NODE_BYTES])
{
	const char *close = end[0] == '[' ? strchr(end, ']') : strrchr(end, ':'), *from = end + (end[0] == '[');
	bool has_port = close && (end[0] == '[' || strchr(end, ':') == close);
	size_t length = has_port ? (size_t)(close - from) : strlen(from);
	if (length >= NODE_BYTES)
		return false;
	memcpy(address, from, length);
	address[length] = '\0';
	return true;
}

static bool is_subject(const struct report_model *m, const char *address)
{
	for (size_t i = 0; i < m->subject_count; i++)
		if (m->subjects[i].text && strcmp(m->subjects[i].text, address) == 0)
			return true;
	return false;
}

/* Of a subject that is a network or a filter, the source is its end. The other end is shown with its port if it was asked at it. */
static void flow_add(struct graph *g, const struct report_model *m, const struct model_record *r)
{
	char source[NODE_BYTES], destination[NODE_BYTES];
	if (!r->source || !r->destination || !address_of(r->source, source) || !address_of(r->destination, destination)) {
		g->unplaced++;
		return;
	}
	bool asked = is_subject(m, source) || !is_subject(m, destination);
	size_t end = node_of(g, ENDS, asked ? r->destination : source, NULL), subject = node_of(g, SUBJECTS, asked ? source : destination, NULL);
	const char *sensor = r->bundle < m->bundle_count ? m->bundles[r->bundle].sensor : NULL;
	g->unplaced += !edge_add(g, ENDS, end, subject, r->id);
	if (sensor)
		edge_add(g, SENSORS, node_of(g, SENSORS, sensor, _("sensor")), end, r->id);
}

static void claim_add(struct graph *g, const struct model_record *r)
{
	char text[NODE_BYTES] = "AS";
	size_t subject = SIZE_MAX;
	for (size_t i = 0; r->source && i < g->counts[SUBJECTS]; i++)
		if (strcmp(g->nodes[SUBJECTS][i].text, r->source) == 0)
			subject = i;
	if (subject == SIZE_MAX || !r->data_set)
		return;
	if (r->asn > 0)
		text_i64(r->asn, text + 2, sizeof(text) - 2);
	size_t asserted = node_of(g, ASSERTED, r->asn > 0 ? text : r->data_set, r->asn > 0 ? r->data_set : r->what);
	if (asserted != SIZE_MAX)
		g->nodes[ASSERTED][asserted].is_network = r->asn > 0;
	edge_add(g, SUBJECTS, subject, asserted, r->id);
}

/* The nodes with most relations are drawn, those of equal weight in the order of their records. */
static void choose(struct graph *g, unsigned column)
{
	size_t drawn = 0;
	for (; drawn < columns[column].most; drawn++) {
		struct node *best = NULL;
		for (size_t i = 0; i < g->counts[column]; i++) {
			struct node *n = &g->nodes[column][i];
			if (!n->drawn && (!best || n->weight > best->weight))
				best = n;
		}
		if (!best)
			break;
		best->drawn = true;
	}
	g->left_out += g->counts[column] - drawn;
}

static bool is_drawn(const struct graph *g, unsigned column, const struct edge *e)
{
	return g->nodes[column][e->from].drawn && g->nodes[column + 1][e->to].drawn;
}

/* What is drawn of a column stands in the order of the mean of what it is joined to on its left, so that lines cross little; centred. */
static void place(struct graph *g, unsigned column, int32_t height)
{
	size_t order[NODES_MAX], count = 0;
	for (size_t i = 0; i < g->counts[column]; i++) {
		struct node *n = &g->nodes[column][i];
		uint64_t sum = 0, edges = 0;
		if (!n->drawn)
			continue;
		for (size_t k = 0; column && k < g->edge_counts[column - 1]; k++) {
			const struct edge *e = &g->edges[column - 1][k];
			if (e->to == i && is_drawn(g, column - 1, e)) {
				sum += (uint64_t)g->nodes[column - 1][e->from].y;
				edges++;
			}
		}
		n->place = edges ? sum / edges : 0;
		size_t at = count++;
		for (; at && g->nodes[column][order[at - 1]].place > n->place; at--)
			order[at] = order[at - 1];
		order[at] = i;
	}
	for (size_t i = 0; i < count; i++)
		g->nodes[column][order[i]].y = (height - (int32_t)count * PITCH) / 2 + (int32_t)i * PITCH;
}

static int32_t graph_make(struct graph *g, const struct report_model *m)
{
	size_t most = 0;
	*g = (struct graph){ .left_out = 0 };
	for (size_t i = 0; i < m->record_count; i++)
		if (m->records[i].kind == MODEL_FLOW)
			flow_add(g, m, &m->records[i]);
	for (size_t i = 0; i < m->record_count; i++)
		if (m->records[i].kind == MODEL_CLAIM)
			claim_add(g, &m->records[i]);
	for (unsigned c = 0; c < COLUMNS; c++) {
		size_t drawn = g->counts[c] < columns[c].most ? g->counts[c] : columns[c].most;
		choose(g, c);
		most = drawn > most ? drawn : most;
	}
	for (unsigned c = 0; c < COLUMNS; c++)
		place(g, c, (int32_t)most * PITCH);
	return (int32_t)most * PITCH;
}

static void edge_draw(struct page *p, const struct graph *g, unsigned column, const struct edge *e)
{
	int32_t x0 = columns[column].x + columns[column].width, x1 = columns[column + 1].x, half = (x1 - x0) / 2;
	int32_t y0 = g->nodes[column][e->from].y + HEIGHT / 2, y1 = g->nodes[column + 1][e->to].y + HEIGHT / 2;
	if (column == SUBJECTS)
		put_literal(p, "<path class=\"p-asserted\" fill=\"none\" stroke=\"#b0450c\" stroke-dasharray=\"60 45\"");
	else
		put_literal(p, "<path class=\"p-edge\" fill=\"none\" stroke=\"#5f7683\"");
	put_attr_number(p, "stroke-width", column != ENDS || e->count < FEW ? 14 : e->count < MANY ? 26 : 40);
	put_literal(p, " d=\"M");
	put_number(p, x0);
	put_literal(p, " ");
	put_number(p, y0);
	put_literal(p, "c");
	put_number(p, half);
	put_literal(p, " 0 ");
	put_number(p, half);
	put_literal(p, " ");
	put_number(p, y1 - y0);
	put_literal(p, " ");
	put_number(p, x1 - x0);
	put_literal(p, " ");
	put_number(p, y1 - y0);
	put_literal(p, "\"/>\n");
}

/* Long ones in smaller letters: an address of IPv6 with its port is to be told from another one. */
static void node_text(struct page *p, int32_t x, int32_t y, const char *text, int32_t width, bool strong)
{
	struct label said = label_of(text, (size_t)width / SMALL_LETTER);
	if (strong)
		put_literal(p, "<text class=\"p-ink\" fill=\"#10222d\" font-weight=\"600\" text-anchor=\"middle\"");
	else
		put_literal(p, "<text class=\"p-faint\" fill=\"#4a5b66\" text-anchor=\"middle\"");
	if (said.columns * LETTER > (size_t)width)
		put_attr_number(p, "font-size", SMALL_SIZE);
	put_attr_number(p, "x", x);
	put_attr_number(p, "y", y);
	put_literal(p, ">");
	put_plain(p, said.text, said.bytes);
	put_literal(p, "</text>");
}

static void node_draw(struct page *p, unsigned column, const struct node *n)
{
	int32_t middle = columns[column].x + columns[column].width / 2;
	const char *second = n->second ? n->second : column == ENDS ? _("other end") : _("end of the subject");
	if (column == ASSERTED)
		put_literal(p, "<rect class=\"p-claimed\" fill=\"#fdf1ea\" stroke=\"#b0450c\" stroke-width=\"14\" stroke-dasharray=\"60 45\" rx=\"50\"");
	else if (column == SUBJECTS)
		put_literal(p, "<rect class=\"p-subject\" fill=\"#e4eef4\" stroke=\"#33566b\" stroke-width=\"18\" rx=\"50\"");
	else if (column == SENSORS)
		put_literal(p, "<rect class=\"p-node\" fill=\"#fff\" stroke=\"#33566b\" stroke-width=\"14\" rx=\"200\"");
	else
		put_literal(p, "<rect class=\"p-node\" fill=\"#fff\" stroke=\"#33566b\" stroke-width=\"14\" rx=\"50\"");
	put_attr_number(p, "x", columns[column].x);
	put_attr_number(p, "y", n->y);
	put_attr_number(p, "width", columns[column].width);
	put_attr_number(p, "height", HEIGHT);
	put_literal(p, "/>");
	node_text(p, middle, n->y + 175, n->text, columns[column].width, true);
	node_text(p, middle, n->y + 330, second, columns[column].width, false);
	put_literal(p, "\n");
}

static void caption(struct page *p, const struct report_model *m, const struct graph *g)
{
	put_literal(p, "<figcaption id=\"graph\">");
	put_words(p, _("From left to right: sensors, other ends, ends of the subjects, and what data sets assert of these (dashed). A line stands for listed records; a thicker one for ten or more flows, the thickest for a hundred or more."));
	if (g->left_out) {
		put_literal(p, " ");
		put_said(p, _("Not drawn for want of room: {1} ends or data sets with fewer relations."), NUMBER(g->left_out));
	}
	if (g->unplaced) {
		put_literal(p, " ");
		put_said(p, P_("Not drawn for want of room: {1} flow.", "Not drawn for want of room: {1} flows.", g->unplaced), COUNT(g->unplaced));
	}
	size_t listed = model_records_listed(m);
	if (m->records_matching > listed) {
		put_literal(p, " ");
		put_said(p, _("Only the {1} listed of {2} matching records are in it."), COUNT(listed), COUNT(m->records_matching));
	}
	put_literal(p, "</figcaption></figure>\n");
}

void picture_graph(struct page *p, const struct report_model *m)
{
	struct graph g;
	int32_t height = graph_make(&g, m);
	unsigned last = g.counts[ASSERTED] ? ASSERTED : SUBJECTS;
	int32_t width = columns[last].x + columns[last].width + columns[SENSORS].x;
	if (!g.counts[SUBJECTS]) {
		put_literal(p, "<p>");
		put_words(p, _("No picture: no flow of the subjects is listed."));
		put_literal(p, "</p>\n");
		return;
	}
	put_literal(p, "<figure class=\"p-figure\"><div class=\"scroll\" tabindex=\"0\" role=\"group\"");
	put_attr(p, "aria-label", _("Observed infrastructure"));
	put_literal(p, "><svg class=\"p-plan\" role=\"img\" aria-labelledby=\"graph\" font-size=\"125\"" DRAW_FONT " viewBox=\"0 -40 ");
	put_number(p, width);
	put_literal(p, " ");
	put_number(p, height - (PITCH - HEIGHT) + 80);
	put_literal(p, "\">\n");
	for (unsigned c = 0; c + 1 < COLUMNS; c++)
		for (size_t i = 0; i < g.edge_counts[c]; i++)
			if (is_drawn(&g, c, &g.edges[c][i]))
				edge_draw(p, &g, c, &g.edges[c][i]);
	for (unsigned c = 0; c < COLUMNS; c++)
		for (size_t i = 0; i < g.counts[c]; i++)
			if (g.nodes[c][i].drawn)
				node_draw(p, c, &g.nodes[c][i]);
	put_literal(p, "</svg></div>\n");
	caption(p, m, &g);
}

/* ---- the table beside it ---- */

static void cell(struct page *p, const char *words)
{
	put_literal(p, "<th scope=\"col\">");
	put_words(p, words);
	put_literal(p, "</th>");
}

static void row(struct page *p, const struct graph *g, unsigned column, const struct edge *e, bool links)
{
	static const char *const relations[] = { N_("recorded flows at"), N_("exchanged flows with"), N_("is described by"), N_("is claimed to belong to") };
	unsigned relation = column + (column == SUBJECTS && g->nodes[ASSERTED][e->to].is_network);
	put_literal(p, "<tr><th scope=\"row\">");
	put_text(p, g->nodes[column][e->from].text);
	put_literal(p, "</th><td>");
	put_words(p, _(relations[relation]));
	put_literal(p, "</td><td>");
	put_text(p, g->nodes[column + 1][e->to].text);
	put_literal(p, "</td><td class=\"n\">");
	put_count(p, e->count);
	put_literal(p, "</td><td>");
	if (links)
		put_record_link(p, e->record);
	else
		put_text(p, e->record);
	put_literal(p, "</td></tr>\n");
}

void picture_graph_table(struct page *p, const struct report_model *m, bool links)
{
	struct graph g;
	graph_make(&g, m);
	if (!g.counts[SUBJECTS])
		return;
	put_literal(p, "<div class=\"scroll\" tabindex=\"0\" role=\"group\"");
	put_attr(p, "aria-label", _("Relations in the picture"));
	put_literal(p, "><table><thead><tr>");
	cell(p, _("One"));
	cell(p, _("Relation"));
	cell(p, _("The other"));
	put_literal(p, "<th scope=\"col\" class=\"n\">");
	put_words(p, _("Records"));
	put_literal(p, "</th>");
	cell(p, _("First record"));
	put_literal(p, "</tr></thead><tbody>\n");
	for (unsigned c = 0; c + 1 < COLUMNS; c++)
		for (size_t i = 0; i < g.edge_counts[c]; i++)
			if (is_drawn(&g, c, &g.edges[c][i]))
				row(p, &g, c, &g.edges[c][i], links);
	put_literal(p, "</tbody></table></div>\n");
}
