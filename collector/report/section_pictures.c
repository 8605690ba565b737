/* SPDX-License-Identifier: Apache-2.0 */
/* The map, the timeline and the graph, each with its table. */
#include "indicia/catalogue.h"
#include "report/picture.h"
#include "report/view.h"
#include "report/words.h"
#include <string.h>

static void finding(struct view *v, const struct model_subject *s, const struct model_finding *f)
{
	static const struct { const char *id, *text; } states[] = {
		{ "CONSISTENT", N_("consistent with the round trips") }, { "INCONSISTENT", N_("inconsistent with the round trips") }, { "NOT TESTABLE", N_("not testable") },
	};
	struct page *p = &v->page;
	const struct model_data *data = NULL;
	for (size_t h = 0; h < s->hypothesis_count && !data; h++)
		for (size_t i = 0; i < s->hypotheses[h].item_count && !data; i++)
			if (strcmp(s->hypotheses[h].type, "ORIGIN_AREA") == 0 && strcmp(s->hypotheses[h].about, f->area) == 0)
				data = s->hypotheses[h].items[i].data;
	put_literal(p, "<tr><th scope=\"row\">");
	put_claim(v, true, f->area, data ? data->name : NULL, data ? (uint64_t)data->build_s : 0);
	put_literal(p, "</th><td>");
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (strcmp(states[i].id, f->finding) == 0)
			put_words(p, _(states[i].text));
	put_literal(p, "</td></tr>\n");
}

static void findings(struct view *v, const struct model_subject *s)
{
	const char *heads[] = { _("Claimed area (O1)"), _("What light in vacuum allows (O2)") };
	if (!s->finding_count)
		return;
	view_table(v, _("Claimed areas and round trips"), heads, 2);
	for (size_t i = 0; i < s->finding_count; i++)
		finding(v, s, &s->findings[i]);
	view_table_end(v);
}

void section_map(struct view *v)
{
	bool land = false;
	view_note(v, _("A round trip bounds the distance from above only: a short one excludes far places, a long one excludes nothing. It speaks of the end that answers the handshake, which may be a relay."));
	for (size_t s = 0; s < v->m->subject_count; s++) {
		view_subject(v, s);
		picture_map(&v->page, v->m, s, v->o->pictures_alone ? NULL : &land, view_has(v, SECTION_records));
		picture_map_table(&v->page, v->m, s);
		findings(v, &v->m->subjects[s]);
	}
}

static void covered(struct view *v, const struct model_bundle *b)
{
	struct page *p = &v->page;
	put_literal(p, "<tr><th scope=\"row\">");
	put_text(p, b->sensor);
	put_literal(p, "</th><td>");
	put_text(p, b->name);
	put_literal(p, "</td>");
	view_time_cell(v, b->sealed_ns ? b->open_ns : 0);
	view_time_cell(v, b->sealed_ns);
	put_literal(p, "<td class=\"n\">");
	put_count(p, b->flows);
	put_literal(p, "</td></tr>\n");
}

static void gap_words(struct view *v, const struct model_gap *gap)
{
	struct page *p = &v->page;
	const char *means = NULL;
	for (unsigned cause = 1; gap->kind == MODEL_GAP_LOSS && cause < IND_LOSS_MAX && !means; cause++)
		means = strcmp(ind_loss_name(cause), gap->reason) == 0 ? words_loss(cause) : NULL;
	switch (gap->kind) {
	case MODEL_GAP_TIME: put_words(p, _("gap: nothing was recorded")); break;
	case MODEL_GAP_LEAVES:
		put_said(p, P_("gap: {1} leaf of the stream is in no bundle of this report", "gap: {1} leaves of the stream are in no bundle of this report",
			(unsigned long)gap->count), COUNT(gap->count));
		break;
	case MODEL_GAP_LOSS: put_said(p, "{1}: {2}", COUNT(gap->count), WORDS(means ? means : "?")); break;
	case MODEL_GAP_DAMAGE: put_words(p, _("damaged: what lies behind is not here")); break;
	case MODEL_GAP_RECOVERY: put_words(p, _("recovered after an interruption: no seal of the run covers the end")); break;
	}
}

static void gap_row(struct view *v, const struct model_gap *gap)
{
	struct page *p = &v->page;
	put_literal(p, "<tr class=\"gap\"><th scope=\"row\">");
	put_text(p, v->m->bundles[gap->bundle].sensor);
	put_literal(p, "</th><td>");
	gap_words(v, gap);
	put_literal(p, "</td>");
	view_time_cell(v, gap->from_ns);
	view_time_cell(v, gap->to_ns);
	put_literal(p, "<td></td></tr>\n");
}

void section_timeline(struct view *v)
{
	const char *heads[] = { _("Sensor"), _("Bundle"), _("Covers from"), _("to"), _("#Flows") };
	view_note(v, _("UTC, by the clocks of the sensors. Where nothing was recorded, absence means nothing."));
	picture_timeline(&v->page, v->m);
	view_table(v, _("What the bundles cover"), heads, 5);
	for (size_t i = 0; i < v->m->bundle_count; i++)
		covered(v, v->m->in_time[i]);
	for (size_t i = 0; i < v->m->gap_count; i++)
		gap_row(v, &v->m->gaps[i]);
	view_table_end(v);
}

void section_infrastructure(struct view *v)
{
	view_note(v, _("Only relations that a record shows. What only a data set asserts is dashed."));
	picture_graph(&v->page, v->m);
	picture_graph_table(&v->page, v->m, view_has(v, SECTION_records));
}
