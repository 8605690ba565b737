/* SPDX-License-Identifier: Apache-2.0 */
/* What people add to a report, kept apart from the evidence and marked as theirs: context, and statements that are signed by themselves. */
#include "report/view.h"
#include "report/words.h"
#include <string.h>

/* Lines of a paragraph flow together; blank ones part paragraphs. */
static void paragraphs(struct view *v, const char *text)
{
	struct page *p = &v->page;
	bool open = false;
	put_literal(p, "<blockquote>\n");
	while (*text) {
		size_t bytes = strcspn(text, "\r\n"), end = bytes + strspn(text + bytes, "\r");
		if (bytes) {
			put_constant(p, open ? "\n" : "<p>");
			put_bytes(p, text, bytes);
		} else if (open)
			put_literal(p, "</p>\n");
		open = bytes > 0;
		text += end + (text[end] == '\n');
	}
	put_constant(p, open ? "</p>\n</blockquote>\n" : "</blockquote>\n");
}

static void context(struct view *v)
{
	struct page *p = &v->page;
	put_literal(p, "<h3>");
	put_words(p, _("Context and consequences"));
	put_literal(p, "</h3>\n");
	if (v->o->context)
		paragraphs(v, v->o->context);
	else
		view_note(v, _("None was supplied."));
}

static void statement(struct view *v, const struct model_event *e)
{
	struct page *p = &v->page;
	if (e->note)
		paragraphs(v, e->note);
	put_literal(p, "<p class=\"cite\">");
	put_text(p, e->actor);
	if (e->place) {
		put_literal(p, ", ");
		put_text(p, e->place);
	}
	put_literal(p, ", ");
	put_time(p, e->time_ns);
	put_literal(p, " · ");
	put_text(p, e->purpose);
	put_literal(p, "<br>");
	/* TRANSLATORS: {1} is the id of a key. */
	const char *said = e->key_trusted ? _("Signed by key {1}, which is trusted here.") : _("Signed by key {1}, which is not trusted here.");
	put_said(p, e->fault ? _("Key {1}: not to be relied on ({2}).") : said, CODE(e->key), TEXT(e->fault));
	put_literal(p, "</p>\n");
}

void section_people(struct view *v)
{
	struct page *p = &v->page;
	put_literal(p, "<div class=\"people\" role=\"note\">\n<p class=\"mark\">");
	put_words(p, _("Text of people. Nothing here was observed by a sensor or weighed by the method, and no level of this report depends on what it says."));
	put_literal(p, "</p>\n");
	context(v);
	put_literal(p, "<h3>");
	put_words(p, _("Statements of reviewers, signed by themselves"));
	put_literal(p, "</h3>\n");
	for (size_t i = 0; i < v->m->statement_count; i++)
		statement(v, &v->m->statements[i]);
	if (!v->m->statement_count)
		view_note(v, _("No signed statement about this assessment is in the custody logs."));
	put_literal(p, "</div>\n");
}
