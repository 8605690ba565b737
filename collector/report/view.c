/* SPDX-License-Identifier: Apache-2.0 */
#include "report/view.h"
#include "report/words.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

unsigned report_tlp(const char *word)
{
	static const char *const words[IND_TLP_COUNT] = { [IND_TLP_CLEAR] = "clear", [IND_TLP_GREEN] = "green", [IND_TLP_AMBER] = "amber",
		[IND_TLP_AMBER_STRICT] = "amber+strict", [IND_TLP_RED] = "red" };
	for (unsigned i = IND_TLP_CLEAR; i < IND_TLP_COUNT; i++)
		if (strcasecmp(words[i], word) == 0)
			return i;
	return IND_TLP_NONE;
}

struct piece view_said_record(struct view *v, const char *id)
{
	size_t at = model_record_find(v->m, id);
	bool exhibit = at != SIZE_MAX && v->m->records[at].kind == MODEL_EXHIBIT;
	bool here = at != SIZE_MAX && view_has(v, exhibit ? SECTION_exhibits : SECTION_records);
	return here ? (struct piece)RECORD(id) : (struct piece)TEXT(id);
}

void view_record(struct view *v, const char *id) { put_said(&v->page, "{1}", view_said_record(v, id)); }

void view_records(struct view *v, const struct model_item *item, size_t most)
{
	size_t shown = item->records_count < most ? item->records_count : most;
	for (size_t i = 0; i < shown; i++) {
		if (i)
			put_literal(&v->page, ", ");
		view_record(v, item->records[i]);
	}
	int64_t all = item->record_count == MODEL_ABSENT ? (int64_t)item->records_count : item->record_count, more = all - (int64_t)shown;
	if (more <= 0)
		return;
	put_literal(&v->page, " ");
	/* TRANSLATORS: after a list of records that is cut. */
	put_said(&v->page, P_("and {1} more", "and {1} more", (unsigned long)more), NUMBER(more));
}

void put_claim(struct view *v, bool is_area, const char *claimed, const char *data_set, uint64_t build_s)
{
	struct page *p = &v->page;
	const char *name = is_area && claimed ? i18n_country(claimed) : NULL;
	put_literal(p, "<span class=\"claim\">");
	if (claimed) {
		put_text(p, claimed);
		if (name) {
			put_literal(p, " (");
			put_words(p, name);
			put_literal(p, ")");
		}
		put_literal(p, " ");
	}
	if (data_set)
		/* TRANSLATORS: {1} is the name of a data set, {2} the day on which it was made. What a data set says is never said without this. */
		put_said(p, _("according to {1} of {2}"), TEXT(data_set), DAY(build_s));
	else
		put_words(p, _("as named in the hypotheses that were given"));
	put_literal(p, "</span>");
}

/* "192.0.2.1 and 198.51.100.7" */
static void about_both(struct view *v, const char *about)
{
	static const char between[] = " and ";
	const char *at = strstr(about, between);
	if (!at) {
		put_text(&v->page, about);
		return;
	}
	put_bytes(&v->page, about, (size_t)(at - about));
	put_literal(&v->page, " ");
	put_words(&v->page, _("and"));
	put_literal(&v->page, " ");
	put_text(&v->page, at + sizeof(between) - 1);
}

/* "lang:es", "utc:+1..+9" */
static void about_environment(struct view *v, const char *about)
{
	if (strncmp(about, "lang:", 5) == 0)
		/* TRANSLATORS: {1} is the code of a language, such as es. */
		put_said(&v->page, _("language {1}"), TEXT(about + 5));
	else if (strncmp(about, "utc:", 4) == 0)
		/* TRANSLATORS: {1} is a range of hours, such as +1..+9. */
		put_said(&v->page, _("offsets from UTC {1}"), TEXT(about + 4));
	else
		put_text(&v->page, about);
}

/* The data set of the first item that names one stands for what a hypothesis is about. */
void view_about(struct view *v, const struct model_hypothesis *h)
{
	const struct model_data *data = NULL;
	bool area = strcmp(h->type, "ORIGIN_AREA") == 0;
	if (!area && strcmp(h->type, "ORIGIN_NET") != 0) {
		if (strcmp(h->type, "LINKED") == 0)
			about_both(v, h->about);
		else if (strcmp(h->type, "OPERATOR_ENV") == 0)
			about_environment(v, h->about);
		return;
	}
	for (size_t i = 0; i < h->item_count && !data; i++)
		data = h->items[i].data;
	put_claim(v, area, h->about, data ? data->name : NULL, data ? (uint64_t)data->build_s : 0);
}

bool view_is_about(const struct model_hypothesis *h)
{
	return strncmp(h->type, "ORIGIN_", 7) == 0 || strcmp(h->type, "OPERATOR_ENV") == 0 || strcmp(h->type, "LINKED") == 0;
}

bool view_is_span(const struct model_gap *gap) { return gap->kind == MODEL_GAP_TIME || gap->kind == MODEL_GAP_LEAVES; }

struct piece view_said_number(int64_t number) { return number == MODEL_ABSENT ? (struct piece)WORDS("–") : (struct piece)NUMBER(number); }

void view_time_cell(struct view *v, uint64_t ns)
{
	put_literal(&v->page, "<td>");
	if (ns)
		put_time(&v->page, ns);
	else
		put_literal(&v->page, "–");
	put_literal(&v->page, "</td>");
}

void view_number(struct view *v, int64_t number) { put_said(&v->page, "{1}", view_said_number(number)); }

void view_known(struct view *v, const char *text)
{
	const char *said = words_known(text);
	if (said)
		put_words(&v->page, said);
	else
		put_text(&v->page, text);
}

/* "S08 round trip to one sensor" */
void view_signal(struct view *v, const char *signal)
{
	const char *what = words_signal(signal);
	put_text(&v->page, signal);
	if (!what)
		return;
	put_literal(&v->page, " ");
	put_words(&v->page, what);
}

void view_table_begin(struct view *v, const char *label)
{
	struct page *p = &v->page;
	put_literal(p, "<div class=\"scroll\" tabindex=\"0\" role=\"group\"");
	put_attr(p, "aria-label", label);
	put_literal(p, "><table><thead><tr>");
}

void view_head(struct view *v, const char *head)
{
	struct page *p = &v->page;
	bool number = head[0] == '#';
	put_literal(p, "<th scope=\"col\"");
	if (number)
		put_literal(p, " class=\"n\"");
	put_literal(p, ">");
	put_words_behind(p, head, number);
	put_literal(p, "</th>");
}

void view_table_rows(struct view *v) { put_literal(&v->page, "</tr></thead><tbody>\n"); }

void view_table(struct view *v, const char *label, const char *const *heads, size_t count)
{
	view_table_begin(v, label);
	for (size_t i = 0; i < count; i++)
		view_head(v, heads[i]);
	view_table_rows(v);
}

void view_table_end(struct view *v) { put_literal(&v->page, "</tbody></table></div>\n"); }

/* With several subjects each part of a section says whose it is. */
void view_subject(struct view *v, size_t subject)
{
	struct page *p = &v->page;
	if (v->m->subject_count < 2)
		return;
	put_literal(p, "<h3>");
	/* TRANSLATORS: {1} is the number of a subject, {2} its address. */
	put_said(p, _("Subject {1}: {2}"), NUMBER(subject + 1), TEXT(v->m->subjects[subject].text));
	put_literal(p, "</h3>\n");
}

void view_note(struct view *v, const char *sentence)
{
	put_literal(&v->page, "<p class=\"note\">");
	put_words(&v->page, sentence);
	put_literal(&v->page, "</p>\n");
}

void view_pair(struct view *v, const char *name, const char *value)
{
	struct page *p = &v->page;
	if (!value)
		return;
	put_literal(p, "<div><dt>");
	put_words(p, name);
	put_literal(p, "</dt><dd>");
	put_text(p, value);
	put_literal(p, "</dd></div>\n");
}

void view_setting(struct view *v, const char *name, const char *value)
{
	const char *means = words_setting(name, value);
	if (means)
		put_words(&v->page, means);
	else
		put_text(&v->page, value);
}

/* Filled steps say the same as the word and the colour. */
static const char *level_sign(const char *level)
{
	static const char *const signs[] = { "×", "○○○", "●○○", "●●○", "●●●" };
	int rank = words_level_rank(level);
	return rank < -1 ? "–" : signs[rank + 1];
}

void view_level(struct view *v, const char *level)
{
	struct page *p = &v->page;
	const char *word = words_level(level);
	put_literal(p, "<span class=\"level ");
	put_words(p, words_level_class(level));
	put_literal(p, "\"><span aria-hidden=\"true\">");
	put_words(p, level_sign(level));
	put_literal(p, "</span> ");
	if (word)
		put_words(p, word);
	else
		put_text(p, level);
	put_literal(p, "</span>");
}

void view_hypothesis(struct view *v, size_t subject, size_t hypothesis)
{
	struct page *p = &v->page;
	put_literal(p, "<b class=\"hyp\">H");
	if (v->m->subject_count > 1) {
		put_number(p, (int64_t)subject + 1);
		put_literal(p, ".");
	}
	put_number(p, (int64_t)hypothesis + 1);
	put_literal(p, "</b>");
}
