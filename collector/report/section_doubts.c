/* SPDX-License-Identifier: Apache-2.0 */
/* Contradictions, other explanations, missing evidence: as visible as what supports. */
#include "report/view.h"
#include "report/words.h"
#include <string.h>

enum { RECORDS_SHOWN = 4 };

static const struct model_item *strongest_support(const struct model_hypothesis *h)
{
	const struct model_item *best = NULL;
	for (size_t i = 0; i < h->item_count; i++)
		if (h->items[i].rating > 0 && (!best || h->items[i].weight > best->weight))
			best = &h->items[i];
	return best;
}

static void side(struct view *v, const struct model_item *item)
{
	struct page *p = &v->page;
	const char *predicate = words_predicate(item->rule);
	put_literal(p, "<b>");
	view_signal(v, item->signal);
	put_literal(p, "</b>");
	if (predicate) {
		put_literal(p, ": ");
		put_words(p, predicate);
	}
	if (item->data) {
		put_literal(p, " ");
		put_claim(v, false, NULL, item->data->name, (uint64_t)item->data->build_s);
	}
	if (item->records_count) {
		put_literal(p, " <span class=\"cite\">");
		view_records(v, item, RECORDS_SHOWN);
		put_literal(p, "</span>");
	}
}

static void contradiction(struct view *v, size_t subject, size_t hypothesis, const struct model_item *item)
{
	struct page *p = &v->page;
	const struct model_hypothesis *h = &v->m->subjects[subject].hypotheses[hypothesis];
	const struct model_item *other = strongest_support(h);
	const char *type = words_type(h->type);
	put_literal(p, "<li>");
	view_hypothesis(v, subject, hypothesis);
	put_literal(p, " ");
	if (type)
		put_words(p, type);
	if (view_is_about(h)) {
		put_literal(p, ": ");
		view_about(v, h);
	}
	put_literal(p, "<br><span class=\"minus\">− ");
	put_words(p, _("against it"));
	put_literal(p, "</span> ");
	side(v, item);
	if (other) {
		put_literal(p, "<br><span class=\"plus\">+ ");
		put_words(p, _("for it"));
		put_literal(p, "</span> ");
		side(v, other);
	}
	put_literal(p, "</li>\n");
}

static void disagreement(struct view *v, const struct model_subject *subject, const char *words)
{
	put_literal(&v->page, "<li>");
	put_text(&v->page, subject->text);
	put_literal(&v->page, ": ");
	put_words(&v->page, words);
	put_literal(&v->page, "</li>\n");
}

void section_contradictions(struct view *v)
{
	struct page *p = &v->page;
	size_t count = 0;
	put_literal(p, "<ul class=\"contradictions\">\n");
	for (size_t s = 0; s < v->m->subject_count; s++) {
		const struct model_subject *subject = &v->m->subjects[s];
		for (size_t h = 0; h < subject->hypothesis_count; h++)
			for (size_t i = 0; i < subject->hypotheses[h].item_count; i++)
				if (subject->hypotheses[h].items[i].rating < 0) {
					contradiction(v, s, h, &subject->hypotheses[h].items[i]);
					count++;
				}
		if (subject->areas_disagree)
			disagreement(v, subject, _("Registries and databases name different areas for it."));
		if (subject->clusters_disagree)
			disagreement(v, subject, _("Programs and ports of it show different round trips."));
		count += subject->areas_disagree + subject->clusters_disagree;
	}
	put_literal(p, "</ul>\n");
	if (!count)
		view_note(v, _("No signal that could be tested contradicts a hypothesis. That is no proof: what is missing is listed below."));
}

/* "tested", "not testable", "excluded by S10". */
static void state(struct view *v, const char *state)
{
	static const char by[] = "excluded by ";
	if (strncmp(state, by, sizeof(by) - 1) == 0)
		/* TRANSLATORS: {1} is the number of a signal, such as S10. */
		put_said(&v->page, _("excluded by {1}"), TEXT(state + sizeof(by) - 1));
	else
		view_known(v, state);
}

/* An explanation is listed once, with its state for each subject. */
static const struct model_alternative *alternative_of(const struct model_subject *s, const char *name)
{
	for (size_t i = 0; i < s->alternative_count; i++)
		if (strcmp(s->alternatives[i].name, name) == 0)
			return &s->alternatives[i];
	return NULL;
}

/* "tested: 1, 3" where there are several subjects, by their numbers. */
static void states(struct view *v, const char *name)
{
	struct page *p = &v->page;
	const struct model_alternative *of[MODEL_SUBJECTS_MAX];
	size_t count = v->m->subject_count;
	for (size_t s = 0; s < count; s++)
		of[s] = alternative_of(&v->m->subjects[s], name);
	for (size_t s = 0; s < count; s++) {
		const struct model_alternative *one = of[s];
		if (!one)
			continue;
		put_literal(p, "<div>");
		state(v, one->state);
		for (size_t k = s; k < count; k++) {
			if (!of[k] || strcmp(of[k]->state, one->state) != 0)
				continue;
			if (count > 1) {
				put_constant(p, k == s ? ": " : ", ");
				put_number(p, (int64_t)k + 1);
			}
			of[k] = NULL;
		}
		put_literal(p, "</div>");
	}
}

static void alternative(struct view *v, const struct model_alternative *a)
{
	struct page *p = &v->page;
	put_literal(p, "<tr><th scope=\"row\">");
	view_known(v, a->name);
	put_literal(p, "</th><td class=\"state\">");
	states(v, a->name);
	put_literal(p, "</td><td class=\"means\">");
	view_known(v, a->text);
	put_literal(p, "</td></tr>\n");
}

void section_alternatives(struct view *v)
{
	const struct report_model *m = v->m;
	view_note(v, _("Each is possible until something excludes it. “Tested” means that a signal that could show it was looked at, not that it is excluded."));
	view_table_begin(v, _("Other explanations"));
	view_head(v, _("Explanation"));
	view_head(v, m->subject_count > 1 ? _("Result, by subject") : _("Result"));
	view_head(v, _("What it means"));
	view_table_rows(v);
	for (size_t s = 0; s < m->subject_count; s++)
		for (size_t i = 0; i < m->subjects[s].alternative_count; i++) {
			const char *name = m->subjects[s].alternatives[i].name;
			bool before = false;
			for (size_t k = 0; k < s && !before; k++)
				before = alternative_of(&m->subjects[k], name);
			if (!before)
				alternative(v, &m->subjects[s].alternatives[i]);
		}
	view_table_end(v);
}

/* ---- what is missing ---- */

static bool is_missing(const struct model_subject *s, const struct model_missing *one)
{
	for (size_t i = 0; i < s->missing_count; i++)
		if (strcmp(s->missing[i].signal, one->signal) == 0 && strcmp(s->missing[i].code, one->code) == 0)
			return true;
	return false;
}

static void subjects_of(struct view *v, const struct model_missing *m)
{
	struct page *p = &v->page;
	bool any = false;
	put_literal(p, "<td class=\"n\">");
	for (size_t s = 0; s < v->m->subject_count; s++) {
		if (!is_missing(&v->m->subjects[s], m))
			continue;
		if (any)
			put_literal(p, ", ");
		put_number(p, (int64_t)s + 1);
		any = true;
	}
	put_literal(p, "</td>");
}

static void missing(struct view *v, const struct model_missing *m)
{
	struct page *p = &v->page;
	const char *means = words_missing(m->code);
	put_literal(p, "<tr><th scope=\"row\">");
	view_signal(v, m->signal);
	put_literal(p, "</th>");
	if (v->m->subject_count > 1)
		subjects_of(v, m);
	put_literal(p, "<td>");
	if (means)
		put_words(p, means);
	put_literal(p, " <code dir=\"ltr\">");
	put_plain(p, m->code, strlen(m->code));
	put_literal(p, "</code></td><td>");
	view_known(v, m->resolves);
	put_literal(p, "</td></tr>\n");
}

void section_missing(struct view *v)
{
	const struct report_model *m = v->m;
	view_note(v, _("Silence is information: “nothing was there” and “nothing could be seen” are told apart."));
	view_table_begin(v, _("Missing evidence"));
	view_head(v, _("Signal"));
	if (m->subject_count > 1)
		view_head(v, _("#Subjects"));
	view_head(v, _("Why it is missing"));
	view_head(v, _("What would resolve it"));
	view_table_rows(v);
	for (size_t s = 0; s < m->subject_count; s++)
		for (size_t i = 0; i < m->subjects[s].missing_count; i++) {
			bool before = false;
			for (size_t k = 0; k < s && !before; k++)
				before = is_missing(&m->subjects[k], &m->subjects[s].missing[i]);
			if (!before)
				missing(v, &m->subjects[s].missing[i]);
		}
	view_table_end(v);
}
