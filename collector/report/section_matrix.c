/* SPDX-License-Identifier: Apache-2.0 */
/* Rows are signals by family, columns the hypotheses of one subject. Each cell says in a sign and a word whether the signal supports or contradicts, how
 * much, and cites its records. */
#include "report/view.h"
#include "report/words.h"
#include <string.h>

enum { RECORDS_SHOWN = 2, SIGNALS = 36, COLUMNS_MAX = 9 };

/* Hypotheses of a subject that stand in one table: as many as a sheet of paper has room for. */
struct part { const struct model_subject *s; size_t subject, from, to; };

static const struct model_item *item_of(const struct model_hypothesis *h, const char *signal, char family, size_t n)
{
	for (size_t i = 0; i < h->item_count; i++)
		if (h->items[i].family == family && strcmp(h->items[i].signal, signal) == 0 && n-- == 0)
			return &h->items[i];
	return NULL;
}

static bool family_speaks(const struct part *t, char family)
{
	for (size_t h = t->from; h < t->to; h++)
		for (size_t i = 0; i < t->s->hypotheses[h].item_count; i++)
			if (t->s->hypotheses[h].items[i].family == family)
				return true;
	return false;
}

static bool signal_speaks(const struct part *t, const char *signal, char family)
{
	for (size_t h = t->from; h < t->to; h++)
		if (item_of(&t->s->hypotheses[h], signal, family, 0))
			return true;
	return false;
}

static void one(struct view *v, const struct model_item *item)
{
	struct page *p = &v->page;
	bool for_it = item->rating > 0, against = item->rating < 0;
	put_literal(p, "<span class=\"");
	put_words(p, !item->weight || !item->rating ? "zero" : for_it ? "plus" : "minus");
	put_literal(p, "\">");
	put_words(p, for_it ? "+ " : against ? "− " : "○ ");
	put_words(p, for_it ? _("supports") : against ? _("contradicts") : _("neutral"));
	put_literal(p, " <b>");
	view_number(v, item->weight);
	put_literal(p, "</b></span>");
	if (item->records_count) {
		put_literal(p, "<span class=\"cite\">");
		view_records(v, item, RECORDS_SHOWN);
		put_literal(p, "</span>");
	}
}

static void cell(struct view *v, const struct model_hypothesis *h, const char *signal, char family)
{
	struct page *p = &v->page;
	const struct model_item *item = item_of(h, signal, family, 0);
	put_literal(p, "<td>");
	if (!item) {
		put_literal(p, "<span class=\"none\">· ");
		put_words(p, _("says nothing"));
		put_literal(p, "</span>");
	}
	for (size_t n = 0; item; item = item_of(h, signal, family, ++n))
		one(v, item);
	put_literal(p, "</td>");
}

static void row(struct view *v, const struct part *t, const char *signal, char family)
{
	struct page *p = &v->page;
	put_literal(p, "<tr><th scope=\"row\">");
	view_signal(v, signal);
	put_literal(p, "</th>");
	for (size_t h = t->from; h < t->to; h++)
		cell(v, &t->s->hypotheses[h], signal, family);
	put_literal(p, "</tr>\n");
}

static void sum_cell(struct view *v, const struct model_hypothesis *h, size_t family)
{
	struct page *p = &v->page;
	int64_t plus = h->support[family], minus = h->contradiction[family];
	put_literal(p, "<td class=\"sum\">");
	if (plus != MODEL_ABSENT)
		put_signed(p, plus);
	if (plus != MODEL_ABSENT && minus != MODEL_ABSENT)
		put_literal(p, " ");
	if (minus != MODEL_ABSENT)
		put_signed(p, -minus);
	put_literal(p, "</td>");
}

static void family_rows(struct view *v, const struct part *t, size_t family)
{
	struct page *p = &v->page;
	char letter = MODEL_FAMILY_LETTERS[family], signal[4] = "S00";
	put_literal(p, "<tbody><tr class=\"family\"><th scope=\"rowgroup\"><b class=\"letter\">");
	put_letter(p, letter);
	put_literal(p, "</b> ");
	put_words(p, words_family(letter));
	put_literal(p, "</th>");
	for (size_t h = t->from; h < t->to; h++)
		sum_cell(v, &t->s->hypotheses[h], family);
	put_literal(p, "</tr>\n");
	for (unsigned n = 1; n < SIGNALS; n++) {
		signal[1] = (char)('0' + n / 10);
		signal[2] = (char)('0' + n % 10);
		if (signal_speaks(t, signal, letter))
			row(v, t, signal, letter);
	}
	put_literal(p, "</tbody>\n");
}

static void head(struct view *v, const struct part *t)
{
	struct page *p = &v->page;
	put_literal(p, "<thead><tr><th scope=\"col\">");
	put_words(p, _("Signal"));
	put_literal(p, "</th>");
	for (size_t h = t->from; h < t->to; h++) {
		const char *type = words_type(t->s->hypotheses[h].type);
		put_literal(p, "<th scope=\"col\">");
		view_hypothesis(v, t->subject, h);
		put_literal(p, "<br>");
		if (type)
			put_words(p, type);
		else
			put_text(p, t->s->hypotheses[h].type);
		put_literal(p, "<span class=\"about\">");
		view_about(v, &t->s->hypotheses[h]);
		put_literal(p, "</span></th>");
	}
	put_literal(p, "</tr></thead>\n");
}

/* How many families speak for it, and how many against it. */
static void families_cell(struct view *v, const struct model_hypothesis *h)
{
	struct page *p = &v->page;
	int64_t plus = 0, minus = 0;
	for (size_t f = 0; f < MODEL_FAMILIES; f++) {
		plus += h->support[f] != MODEL_ABSENT && h->support[f] > 0;
		minus += h->contradiction[f] != MODEL_ABSENT && h->contradiction[f] > 0;
	}
	put_literal(p, "<td>");
	put_signed(p, plus);
	if (minus)
		put_literal(p, " ");
	if (minus)
		put_signed(p, -minus);
	put_literal(p, "</td>");
}

static void foot(struct view *v, const struct part *t)
{
	struct page *p = &v->page;
	put_literal(p, "<tfoot><tr><th scope=\"row\">");
	put_words(p, _("Families for and against"));
	put_literal(p, "</th>");
	for (size_t h = t->from; h < t->to; h++)
		families_cell(v, &t->s->hypotheses[h]);
	put_literal(p, "</tr>\n<tr><th scope=\"row\">");
	put_words(p, _("Net weight and level"));
	put_literal(p, "</th>");
	for (size_t h = t->from; h < t->to; h++) {
		put_literal(p, "<td>");
		if (strcmp(t->s->hypotheses[h].level, "NOT SCORED") == 0 || t->s->hypotheses[h].net == MODEL_ABSENT)
			put_literal(p, "–");
		else
			put_signed(p, t->s->hypotheses[h].net);
		put_literal(p, "<br>");
		view_level(v, t->s->hypotheses[h].level);
		put_literal(p, "</td>");
	}
	put_literal(p, "</tr></tfoot>\n");
}

static void silent_row(struct view *v, const struct part *t)
{
	struct page *p = &v->page;
	put_literal(p, "<tbody><tr><td class=\"none\"");
	put_attr_number(p, "colspan", (int64_t)(t->to - t->from) + 1);
	put_literal(p, ">");
	put_words(p, _("No signal weighs for or against any of these."));
	put_literal(p, "</td></tr></tbody>\n");
}

static void table(struct view *v, const struct part *t)
{
	struct page *p = &v->page;
	bool any = false;
	put_literal(p, "<div class=\"scroll\" tabindex=\"0\" role=\"group\"");
	put_attr(p, "aria-label", _("Corroboration matrix"));
	put_literal(p, "><table class=\"matrix\">\n");
	head(v, t);
	for (size_t f = 0; f < MODEL_FAMILIES; f++)
		if (family_speaks(t, MODEL_FAMILY_LETTERS[f])) {
			family_rows(v, t, f);
			any = true;
		}
	if (!any)
		silent_row(v, t);
	foot(v, t);
	put_literal(p, "</table></div>\n");
}

void section_matrix(struct view *v)
{
	view_note(v, _("Rows are signals by family; one family counts once, however many of its signals agree. Columns are technical hypotheses that compete with each other. Numbers are weights in centibans (100 are a likelihood ratio of 10), no probabilities. Each cell cites the records behind it."));
	for (size_t s = 0; s < v->m->subject_count; s++) {
		const struct model_subject *subject = &v->m->subjects[s];
		view_subject(v, s);
		for (size_t from = 0; from < subject->hypothesis_count; from += COLUMNS_MAX) {
			size_t left = subject->hypothesis_count - from;
			table(v, &(struct part){ subject, s, from, from + (left < COLUMNS_MAX ? left : COLUMNS_MAX) });
		}
	}
}
