/* SPDX-License-Identifier: Apache-2.0 */
/* The records, each with the digest of the line that `indicia show --records` prints of it; and the bytes that signals were read from. */
#include "report/view.h"
#include "report/words.h"
#include <string.h>

enum { DUMP_ROW = 16 };

static const char *kind_of(enum model_record_kind kind)
{
	switch (kind) {
	case MODEL_FLOW: return _("flow");
	case MODEL_SIGNAL: return _("signal");
	case MODEL_CLAIM: return _("claim");
	case MODEL_ORIGIN: return _("origin record");
	default: return _("exhibit");
	}
}

static void ends(struct view *v, const struct model_record *r)
{
	struct page *p = &v->page;
	put_text(p, r->source);
	if (!r->destination)
		return;
	put_literal(p, " → ");
	put_text(p, r->destination);
	const char *validated = r->validated ? words_validated(r->validated) : NULL;
	if (!validated)
		return;
	put_literal(p, "<small>");
	put_words(p, validated);
	put_literal(p, "</small>");
}

static void claim(struct view *v, const struct model_record *r)
{
	struct page *p = &v->page;
	put_claim(v, true, r->country, r->data_set, r->build_s);
	if (r->asn != MODEL_ABSENT)
		put_said(p, "; AS{1}", NUMBER(r->asn));
	if (r->holder) {
		put_literal(p, "; ");
		put_text(p, r->holder);
	}
	const char *const more[] = { r->origin, r->detail };
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		if (more[i]) {
			put_literal(p, "; ");
			put_text(p, more[i]);
		}
	if (r->indicator)
		put_literal(p, "; ");
	if (r->tlp > v->o->tlp)
		put_words(p, r->indicator ? _("the indicator's marking is stricter than this page's") : "");
	else
		put_text(p, r->indicator);
	if (r->tlp) {
		put_literal(p, " (");
		put_words(p, words_tlp(r->tlp));
		put_literal(p, ")");
	}
}

static void what(struct view *v, const struct model_record *r)
{
	struct page *p = &v->page;
	if (r->kind == MODEL_CLAIM)
		claim(v, r);
	else if (r->kind == MODEL_ORIGIN)
		put_said(p, _("families that spoke: {1}"), TEXT(r->what ? r->what : "–"));
	else
		put_text(p, r->what);
}

static void row(struct view *v, const struct model_record *r)
{
	struct page *p = &v->page;
	put_literal(p, "<tr id=\"");
	put_record_anchor(p, r->id);
	if (r->cited)
		put_literal(p, "\" class=\"c");
	put_literal(p, "\"><th scope=\"row\">");
	put_text(p, r->id);
	put_literal(p, "</th><td>");
	put_words(p, kind_of(r->kind));
	const char *sort = r->kind == MODEL_CLAIM ? r->what : r->proto;
	if (sort) {
		put_literal(p, " ");
		put_text(p, sort);
	}
	put_literal(p, "</td><td>");
	if (r->time_ns)
		put_time(p, r->time_ns);
	put_literal(p, "</td><td>");
	ends(v, r);
	put_literal(p, "</td><td class=\"n\">");
	if (r->kind == MODEL_FLOW)
		put_count(p, r->bytes);
	put_literal(p, "</td><td>");
	what(v, r);
	if (r->shown_as && view_has(v, SECTION_exhibits)) {
		put_literal(p, " <a href=\"#");
		put_record_anchor(p, r->shown_as);
		put_literal(p, "\">");
		put_words(p, _("its bytes"));
		put_literal(p, "</a>");
	}
	put_literal(p, "<br>");
	put_hex(p, r->sha256, sizeof(r->sha256));
	put_literal(p, "</td></tr>\n");
}

static void filter_field(struct view *v)
{
	struct page *p = &v->page;
	put_literal(p, "<p class=\"filter\" hidden><label for=\"f\">");
	put_words(p, _("Show records that contain"));
	put_literal(p, "</label> <input id=\"f\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" dir=\"ltr\"> <label><input id=\"fc\" type=\"checkbox\"> ");
	put_words(p, _("only cited ones"));
	put_literal(p, "</label> <output id=\"fn\" for=\"f fc\"></output></p>\n");
}

void section_records(struct view *v)
{
	const char *heads[] = { _("Record"), _("Kind"), _("Time (UTC)"), _("Who"), _("#Bytes"), _("What it says, and SHA-256") };
	struct page *p = &v->page;
	size_t listed = model_records_listed(v->m);
	view_note(v, _("Each digest is that of one line: the one that “indicia show --records” prints of this record. Any reader who holds the bundle can make it again; the section on checking shows how."));
	put_literal(p, "<p>");
	put_said(p, P_("The bundles hold {1} flow, claim or origin record of the subjects; {2} are listed.", "The bundles hold {1} flows, claims and origin records of the subjects; {2} are listed.",
		(unsigned long)v->m->records_matching), COUNT(v->m->records_matching), COUNT(listed));
	if (v->m->records_matching > listed) {
		put_literal(p, " <strong>");
		put_words(p, _("The list is cut: those that findings cite are all there, the others are the first ones in recorded order."));
		put_literal(p, "</strong>");
	}
	put_literal(p, "</p>\n");
	filter_field(v);
	view_table(v, _("Evidence records"), heads, 6);
	for (size_t i = 0; i < v->m->record_count; i++)
		if (v->m->records[i].kind != MODEL_EXHIBIT)
			row(v, &v->m->records[i]);
	view_table_end(v);
}

/* ---- exhibits ---- */

static void dump_line(struct view *v, const uint8_t *bytes, size_t count)
{
	static const char digits[] = "0123456789abcdef";
	char line[4 * DUMP_ROW + 4];
	size_t used = 0;
	for (size_t i = 0; i < DUMP_ROW; i++) {
		line[used++] = i < count ? digits[bytes[i] >> 4] : ' ';
		line[used++] = i < count ? digits[bytes[i] & 15] : ' ';
		line[used++] = ' ';
	}
	line[used++] = ' ';
	for (size_t i = 0; i < count; i++)
		line[used++] = bytes[i] > ' ' && bytes[i] < 0x7f ? (char)bytes[i] : bytes[i] == ' ' ? ' ' : '.';
	line[used++] = '\n';
	put_plain(&v->page, line, used - 1);
	put_literal(&v->page, "\n");
}

static size_t exhibit_shown(const struct model_record *r) { return r->exhibit_bytes < MODEL_EXHIBIT_SHOWN ? r->exhibit_bytes : MODEL_EXHIBIT_SHOWN; }

static void exhibit(struct view *v, const struct model_record *r)
{
	struct page *p = &v->page;
	size_t shown = exhibit_shown(r);
	const char *kind = words_exhibit(r->exhibit_kind);
	put_literal(p, "<article class=\"exhibit\" id=\"");
	put_record_anchor(p, r->id);
	put_literal(p, "\"><h3>");
	put_text(p, r->id);
	put_literal(p, "</h3><p>");
	/* TRANSLATORS: {1} kind of bytes (packet, beginning of a stream, datagram), {2} who sent them, {3} when, {4} the flow's record. */
	put_said(p, _("{1}, sent by {2} at {3}; of flow {4}."), WORDS(kind ? kind : "?"), TEXT(r->source), TIME(r->time_ns), view_said_record(v, r->what));
	if (r->read[0][0]) {
		put_literal(p, " ");
		put_said(p, _("Read from such bytes of this sender: {1}."), TEXT(r->read[0][0]));
	}
	if (r->masked) {
		put_literal(p, " ");
		put_words(p, _("Secrets in it were overwritten with “x” before it was recorded."));
	}
	put_literal(p, "</p><pre dir=\"ltr\" tabindex=\"0\">");
	for (size_t at = 0; at < shown; at += DUMP_ROW)
		dump_line(v, r->exhibit + at, shown - at < DUMP_ROW ? shown - at : DUMP_ROW);
	put_literal(p, "</pre><p class=\"note\">");
	if (shown < r->exhibit_bytes)
		put_said(p, _("The first {1} of {2} bytes."), NUMBER(shown), NUMBER(r->exhibit_bytes));
	put_literal(p, " SHA-256 ");
	put_hex(p, r->sha256, sizeof(r->sha256));
	put_literal(p, "</p></article>\n");
}

void section_exhibits(struct view *v)
{
	size_t count = 0;
	view_note(v, _("The bytes that signals were read from: those of flows that findings cite, or of the first flows where no finding cites one. Never the content of an application beyond its greeting."));
	for (size_t i = 0; i < v->m->record_count; i++)
		if (v->m->records[i].kind == MODEL_EXHIBIT) {
			exhibit(v, &v->m->records[i]);
			count++;
		}
	if (!count)
		view_note(v, _("No bytes were kept of these flows."));
}
