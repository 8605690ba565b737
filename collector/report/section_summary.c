/* SPDX-License-Identifier: Apache-2.0 */
/* What can be said, in three sentences at most, and what cannot, which is never empty. */
#include "report/view.h"
#include "report/words.h"
#include <string.h>

enum { SENTENCES_MAX = 3, RECORDS_SHOWN = 3 };

struct choice { size_t subject, hypothesis; };

/* What is supported most, then what is excluded, then what is open; of these each subject in its turn. */
static int worth(const struct model_hypothesis *h)
{
	static const int worths[] = { 1, 0, 2, 3, 4 };
	int rank = words_level_rank(h->level);
	return rank < -1 ? -1 : worths[rank + 1];
}

static size_t choose(const struct report_model *m, struct choice chosen[static SENTENCES_MAX])
{
	size_t count = 0;
	size_t most = 0;
	for (size_t s = 0; s < m->subject_count; s++)
		most = m->subjects[s].hypothesis_count > most ? m->subjects[s].hypothesis_count : most;
	for (int wanted = 4; wanted >= 0; wanted--)
		for (size_t h = 0; h < most; h++)
			for (size_t s = 0; s < m->subject_count && count < SENTENCES_MAX; s++)
				if (h < m->subjects[s].hypothesis_count && worth(&m->subjects[s].hypotheses[h]) == wanted)
					chosen[count++] = (struct choice){ s, h };
	return count;
}

static void cite(struct view *v, const struct model_hypothesis *h)
{
	struct page *p = &v->page;
	const struct model_item *best = NULL;
	bool excluded = words_level_rank(h->level) < 0;
	for (size_t i = 0; i < h->item_count; i++)
		if (h->items[i].records_count && (h->items[i].rating < 0) == excluded && (!best || h->items[i].weight > best->weight))
			best = &h->items[i];
	if (!best)
		return;
	put_literal(p, " <span class=\"cite\">");
	put_text(p, best->signal);
	put_literal(p, ": ");
	view_records(v, best, RECORDS_SHOWN);
	put_literal(p, "</span>");
}

static void sentence(struct view *v, const struct choice *c)
{
	struct page *p = &v->page;
	const struct model_subject *s = &v->m->subjects[c->subject];
	const struct model_hypothesis *h = &s->hypotheses[c->hypothesis];
	const char *said = words_level_sentence(h->level), *proposition = words_proposition(h->type);
	put_literal(p, "<li>");
	view_level(v, h->level);
	put_literal(p, " <span class=\"subject\">");
	put_text(p, s->text);
	put_literal(p, "</span>: ");
	if (said && proposition)
		put_said(p, said, WORDS(proposition));
	put_literal(p, " ");
	view_hypothesis(v, c->subject, c->hypothesis);
	if (view_is_about(h)) {
		put_literal(p, " ");
		view_about(v, h);
	}
	cite(v, h);
	put_literal(p, "</li>\n");
}

static void can(struct view *v)
{
	struct page *p = &v->page;
	struct choice chosen[SENTENCES_MAX];
	size_t count = choose(v->m, chosen), all = 0;
	put_literal(p, "<div class=\"can\"><h2>");
	put_words(p, _("What can be said"));
	put_literal(p, "</h2>\n<ul>\n");
	for (size_t i = 0; i < count; i++)
		sentence(v, &chosen[i]);
	if (!count) {
		put_literal(p, "<li>");
		put_words(p, _("Nothing: no subject could be assessed."));
		put_literal(p, "</li>\n");
	}
	put_literal(p, "</ul>\n");
	for (size_t s = 0; s < v->m->subject_count; s++)
		for (size_t h = 0; h < v->m->subjects[s].hypothesis_count; h++)
			all += worth(&v->m->subjects[s].hypotheses[h]) >= 0;
	if (all > count) {
		put_literal(p, "<p class=\"note\">");
		put_said(p, P_("{1} more hypothesis was assessed; its level stands below.", "{1} more hypotheses were assessed; their levels stand below.", all - count), NUMBER(all - count));
		put_literal(p, "</p>\n");
	}
	put_literal(p, "</div>\n");
}

static void line(struct view *v, const char *words)
{
	put_literal(&v->page, "<li>");
	put_words(&v->page, words);
	put_literal(&v->page, "</li>\n");
}

static bool is_not_testable(const struct model_subject *s, const char *name)
{
	for (size_t i = 0; i < s->alternative_count; i++)
		if (strcmp(s->alternatives[i].name, name) == 0 && strcmp(s->alternatives[i].state, "not testable") == 0)
			return true;
	return false;
}

static bool is_missing(const struct model_subject *s, const char *signal)
{
	for (size_t i = 0; i < s->missing_count; i++)
		if (strcmp(s->missing[i].signal, signal) == 0)
			return true;
	return false;
}

/* An explanation or a signal counts once, however many subjects it concerns: the sections below list it once. */
static void not_testable(struct view *v)
{
	struct page *p = &v->page;
	const struct model_subject *subjects = v->m->subjects;
	size_t count = 0, missing = 0;
	for (size_t s = 0; s < v->m->subject_count; s++) {
		for (size_t i = 0; i < subjects[s].alternative_count; i++) {
			const struct model_alternative *a = &subjects[s].alternatives[i];
			bool before = strcmp(a->state, "not testable") != 0;
			for (size_t k = 0; k < s && !before; k++)
				before = is_not_testable(&subjects[k], a->name);
			count += !before;
		}
		for (size_t i = 0; i < subjects[s].missing_count; i++) {
			bool before = false;
			for (size_t k = 0; k < s && !before; k++)
				before = is_missing(&subjects[k], subjects[s].missing[i].signal);
			missing += !before;
		}
	}
	if (count) {
		put_literal(p, "<li>");
		put_said(p, P_("Whether {1} other explanation holds that this traffic cannot test.", "Whether {1} other explanations hold that this traffic cannot test.", count), NUMBER(count));
		put_literal(p, "</li>\n");
	}
	if (missing) {
		put_literal(p, "<li>");
		put_said(p, P_("What {1} missing signal would have said.", "What {1} missing signals would have said.", missing), NUMBER(missing));
		put_literal(p, "</li>\n");
	}
}

static void not_recorded(struct view *v)
{
	struct page *p = &v->page;
	for (size_t i = 0; i < v->m->gap_count; i++) {
		const struct model_gap *gap = &v->m->gaps[i];
		const char *sensor = v->m->bundles[gap->bundle].sensor;
		if (!view_is_span(gap) && gap->kind != MODEL_GAP_DAMAGE)
			continue;
		put_literal(p, "<li>");
		if (gap->kind == MODEL_GAP_DAMAGE)
			/* TRANSLATORS: {1} is the name of a file. */
			put_said(p, _("Anything that {1} held behind the place where it is damaged."), TEXT(v->m->bundles[gap->bundle].name));
		else if (gap->kind == MODEL_GAP_TIME)
			put_said(p, _("Anything from {1} to {2} at sensor {3}: nothing was recorded then."), TIME(gap->from_ns), TIME(gap->to_ns), TEXT(sensor));
		else
			put_said(p, _("Anything from {1} to {2} at sensor {3}: what was recorded then is in no bundle of this report."), TIME(gap->from_ns), TIME(gap->to_ns), TEXT(sensor));
		put_literal(p, "</li>\n");
	}
}

static void cannot(struct view *v)
{
	struct page *p = &v->page;
	put_literal(p, "<div class=\"cannot\"><h2>");
	put_words(p, _("What cannot be said"));
	put_literal(p, "</h2>\n<ul>\n");
	line(v, _("Who operated the hosts, on whose behalf, and why."));
	line(v, _("Whether somebody else used the observed machines."));
	not_testable(v);
	not_recorded(v);
	put_literal(p, "</ul></div>\n");
}

void section_summary(struct view *v)
{
	put_literal(&v->page, "<div class=\"two\">\n");
	can(v);
	cannot(v);
	put_literal(&v->page, "</div>\n");
}
