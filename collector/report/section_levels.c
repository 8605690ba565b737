/* SPDX-License-Identifier: Apache-2.0 */
/* Each level with the gates that the next one asks for, the rules that applied, and what it hangs on. */
#include "report/view.h"
#include "report/words.h"
#include <string.h>

static const char *tier_of(const char *type)
{
	if (strcmp(type, "RELAY") == 0 || strcmp(type, "SPOOFED") == 0)
		return "O2";
	if (strcmp(type, "OPERATOR_ENV") == 0 || strcmp(type, "STAGED") == 0)
		return "O4";
	return strcmp(type, "OPEN") == 0 ? NULL : "O3";
}

/* "P, E" of "PE", or the word for none. */
enum { LETTERS_BYTES = 3 * MODEL_FAMILIES + 1 };
static struct piece letters(const char *set, char text[static LETTERS_BYTES])
{
	size_t used = 0;
	for (; *set && used + 3 < LETTERS_BYTES; set++) {
		if (used) {
			text[used++] = ',';
			text[used++] = ' ';
		}
		text[used++] = *set;
	}
	text[used] = '\0';
	return used ? (struct piece)TEXT(text) : (struct piece)WORDS(_("none"));
}

static void families(struct view *v, const struct model_hypothesis *h)
{
	char support[LETTERS_BYTES], hard[LETTERS_BYTES];
	put_literal(&v->page, "<p>");
	/* TRANSLATORS: {1} and {2} are letters of families, such as "P, E", or the word "none". */
	put_said(&v->page, _("Families that support it with a weight of 20 or more: {1}. Of these, hard to forge: {2}."), letters(h->families, support), letters(h->hard, hard));
	put_literal(&v->page, "</p>\n");
}

static void gate(struct view *v, const struct model_gate *g)
{
	struct page *p = &v->page;
	const char *means = words_gate(g->fails), *level = words_level(g->for_level);
	put_literal(p, "<li>");
	/* TRANSLATORS: {1} a level, {2} what a condition counts, {3} the number it wants, {4} the number there is. */
	put_said(p, _("Not met for {1}: {2}. Wanted {3}, found {4}."), WORDS(level ? level : "?"), WORDS(means ? means : "?"), view_said_number(g->wants), view_said_number(g->is));
	put_literal(p, "</li>\n");
}

/* Signals are "S01" to "S35"; more than there are do not fit, and are none. */
static void hinges(struct view *v, const struct model_hypothesis *h)
{
	char text[256];
	size_t used = 0;
	for (size_t i = 0; i < h->hinges_count; i++) {
		size_t bytes = strlen(h->hinges_on[i]);
		if (used + bytes + sizeof(", ") > sizeof(text))
			break;
		if (used) {
			text[used++] = ',';
			text[used++] = ' ';
		}
		memcpy(text + used, h->hinges_on[i], bytes);
		used += bytes;
	}
	text[used] = '\0';
	/* TRANSLATORS: {1} is a list of signals, such as "S10, S34". */
	put_said(&v->page, _("The level hinges on these signals; without any one of them it would be lower: {1}."), TEXT(text));
}

static void sensitivity(struct view *v, const struct model_hypothesis *h)
{
	struct page *p = &v->page;
	const char *without = words_level(h->level_without_t);
	put_literal(p, "<p>");
	put_said(p, _("Without the family of territory: {1}."), WORDS(without ? without : "?"));
	put_literal(p, " ");
	if (h->hinges_count)
		hinges(v, h);
	else
		put_words(p, _("It hinges on no single signal."));
	put_literal(p, "</p>\n");
}

static void items(struct view *v, const struct model_hypothesis *h)
{
	struct page *p = &v->page;
	const char *heads[] = { _("Signal"), _("What was found"), _("#Rating"), _("#Quality (of 8)"), _("Forging"), _("#Weight"), _("Records") };
	if (!h->item_count)
		return;
	view_table(v, _("Items of the ledger"), heads, 7);
	for (size_t i = 0; i < h->item_count; i++) {
		const struct model_item *item = &h->items[i];
		const char *predicate = words_predicate(item->rule);
		put_literal(p, "<tr><th scope=\"row\">");
		view_signal(v, item->signal);
		put_literal(p, "</th><td>");
		if (predicate)
			put_words(p, predicate);
		if (item->sensor) {
			put_literal(p, " ");
			put_said(p, _("(sensor {1})"), TEXT(item->sensor));
		}
		if (item->data) {
			put_literal(p, " ");
			put_claim(v, false, NULL, item->data->name, (uint64_t)item->data->build_s);
		}
		put_literal(p, "</td><td class=\"n\">");
		put_signed(p, item->rating);
		put_literal(p, "</td><td class=\"n\">");
		view_number(v, item->quality);
		if (item->n != MODEL_ABSENT) {
			put_literal(p, "<span class=\"about\">n = ");
			put_number(p, item->n);
			put_literal(p, "</span>");
		}
		put_literal(p, "</td><td class=\"state\">");
		view_known(v, item->forge);
		put_literal(p, "</td><td class=\"n\">");
		view_number(v, item->weight);
		put_literal(p, "</td><td class=\"cite\">");
		view_records(v, item, SIZE_MAX);
		put_literal(p, "</td></tr>\n");
	}
	view_table_end(v);
}

static void heading(struct view *v, size_t subject, size_t hypothesis)
{
	struct page *p = &v->page;
	const struct model_hypothesis *h = &v->m->subjects[subject].hypotheses[hypothesis];
	const char *type = words_type(h->type), *class_name = words_class(h->class_name), *tier = tier_of(h->type);
	bool below = v->m->subject_count > 1; /* the heading of its subject */
	put_constant(p, below ? "<h4>" : "<h3>");
	view_hypothesis(v, subject, hypothesis);
	put_literal(p, " ");
	if (type)
		put_words(p, type);
	else
		put_text(p, h->type);
	put_literal(p, " ");
	view_level(v, h->level);
	put_constant(p, below ? "</h4>" : "</h3>");
	put_literal(p, "\n<p class=\"note\">");
	if (class_name)
		put_words(p, class_name);
	if (tier) {
		put_literal(p, " · ");
		/* TRANSLATORS: {1} is a tier, O1 to O4. */
		put_said(p, _("tier {1}"), TEXT(tier));
	}
	if (view_is_about(h)) {
		put_literal(p, " · ");
		view_about(v, h);
	}
	put_literal(p, "</p>\n");
}

static void hypothesis(struct view *v, size_t subject, size_t at)
{
	struct page *p = &v->page;
	const struct model_hypothesis *h = &v->m->subjects[subject].hypotheses[at];
	const char *said = words_level_sentence(h->level), *proposition = words_proposition(h->type);
	put_literal(p, "<article class=\"hypothesis\">\n");
	heading(v, subject, at);
	put_literal(p, "<p>");
	if (said && proposition)
		put_said(p, said, WORDS(proposition));
	else if (proposition)
		put_words(p, proposition);
	put_literal(p, "</p>\n");
	if (words_level_rank(h->level) < -1) {
		put_literal(p, "</article>\n");
		return;
	}
	families(v, h);
	put_literal(p, "<ul class=\"gates\">\n");
	for (size_t i = 0; i < h->rules_count; i++) {
		const char *rule = words_rule(h->rules[i]);
		put_literal(p, "<li>");
		if (rule)
			put_words(p, rule);
		else
			put_text(p, h->rules[i]);
		put_literal(p, "</li>\n");
	}
	for (size_t i = 0; i < h->gate_count; i++)
		gate(v, &h->gates[i]);
	put_literal(p, "</ul>\n");
	sensitivity(v, h);
	items(v, h);
	put_literal(p, "</article>\n");
}

void section_levels(struct view *v)
{
	view_note(v, _("Levels are ordinal: INSUFFICIENT, LIMITED, MODERATE, STRONG, and EXCLUDED by a physical limit. None is a probability. A claim of origin has to pass hard conditions; a reason for doubt, light ones."));
	for (size_t s = 0; s < v->m->subject_count; s++) {
		view_subject(v, s);
		for (size_t h = 0; h < v->m->subjects[s].hypothesis_count; h++)
			hypothesis(v, s, h);
	}
}
