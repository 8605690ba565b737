/* SPDX-License-Identifier: Apache-2.0 */
/* What the report is about, and in what state the evidence is. */
#include "report/view.h"
#include "report/words.h"
#include <string.h>

enum { NS_PER_MS = 1000000 };

static void correction(struct view *v)
{
	struct page *p = &v->page;
	if (!v->o->supersedes)
		return;
	put_literal(p, "<div class=\"correction\" role=\"note\"><h2>");
	put_words(p, _("Correction"));
	put_literal(p, "</h2><p>");
	put_said(p, _("This report replaces the one whose SHA-256 is {1}."), CODE(v->o->supersedes));
	put_literal(p, "</p><p>");
	put_text(p, v->o->erratum);
	put_literal(p, "</p></div>\n");
}

static void fact(struct view *v, const char *name)
{
	put_literal(&v->page, "<div><dt>");
	put_words(&v->page, name);
	put_literal(&v->page, "</dt><dd>");
}

static void fact_end(struct view *v) { put_literal(&v->page, "</dd></div>\n"); }

static void fact_number(struct view *v, const char *name, uint64_t number)
{
	fact(v, name);
	put_count(&v->page, number);
	fact_end(v);
}

static void count_cell(struct view *v, int64_t count)
{
	put_literal(&v->page, "<td class=\"n\">");
	if (count >= 0)
		put_count(&v->page, (uint64_t)count);
	else
		put_literal(&v->page, "–");
	put_literal(&v->page, "</td>");
}

static void seen_row(struct view *v, const struct model_subject *s, size_t at)
{
	struct page *p = &v->page;
	const int64_t counts[] = { s->flows, s->validated, s->sensors, s->windows, s->cotenants };
	put_literal(p, "<tr><th scope=\"row\">");
	if (v->m->subject_count > 1) {
		put_literal(p, "<span class=\"hyp\">");
		put_number(p, (int64_t)at + 1);
		put_literal(p, "</span> ");
	}
	put_text(p, s->text);
	put_literal(p, "</th>");
	view_time_cell(v, model_time(s->first));
	view_time_cell(v, model_time(s->last));
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		count_cell(v, counts[i]);
	put_literal(p, "</tr>\n");
}

/* Why its flows are fewer than the records below, and what no level of several addresses can tell. */
static void counted(struct view *v, const struct model_subject *s)
{
	struct page *p = &v->page;
	if (s->repeated > 0) {
		put_literal(p, "<p class=\"note\">");
		/* TRANSLATORS: {1} is an address, a network or a filter. */
		put_said(p, P_("{1}: {2} flow stands in another of these bundles as well, and counts once.", "{1}: {2} flows stand in another of these bundles as well, and count once.",
			(unsigned long)s->repeated), TEXT(s->text), COUNT(s->repeated));
		put_literal(p, "</p>\n");
	}
	if (s->addresses > 1) {
		put_literal(p, "<p class=\"note\">");
		/* TRANSLATORS: {1} is a network or a filter, {2} how many addresses. */
		put_said(p, _("{1}: several addresses ({2}) are weighed as one; what is said of any of them is said of all."), TEXT(s->text), COUNT(s->addresses));
		put_literal(p, "</p>\n");
	}
}

/* What levels ask for: sensors, windows. Where a limit was reached, what was beyond it is in no level, and that is said. */
static void seen(struct view *v)
{
	struct page *p = &v->page;
	const struct report_model *m = v->m;
	const char *heads[] = { _("Subject"), _("First packet"), _("Last packet"), _("#Flows"), _("#Validated"), _("#Sensors"), _("#Windows"), _("#Stacks (S19)") };
	if (!m->subject_count)
		return;
	view_table(v, _("What was seen of each subject"), heads, sizeof(heads) / sizeof(heads[0]));
	for (size_t i = 0; i < m->subject_count; i++)
		seen_row(v, &m->subjects[i], i);
	view_table_end(v);
	for (size_t i = 0; i < m->subject_count; i++) {
		counted(v, &m->subjects[i]);
		if (m->subjects[i].cut) {
			put_literal(p, "<p class=\"note\"><strong>");
			/* TRANSLATORS: {1} is an address, a network or a filter. */
			put_said(p, _("{1}: a limit of the program was reached, and what is beyond it is left out of this assessment."), TEXT(m->subjects[i].text));
			put_literal(p, "</strong></p>\n");
		}
	}
}

/* On what ground it was recorded: what each bundle says, once. */
static void authorities(struct view *v)
{
	const struct report_model *m = v->m;
	bool any = false;
	fact(v, _("Authority"));
	for (size_t i = 0; i < m->bundle_count; i++) {
		bool before = !m->bundles[i].authority;
		for (size_t k = 0; k < i && !before; k++)
			before = m->bundles[k].authority && strcmp(m->bundles[k].authority, m->bundles[i].authority) == 0;
		if (before)
			continue;
		if (any)
			put_literal(&v->page, "<br>");
		put_text(&v->page, m->bundles[i].authority);
		any = true;
	}
	if (!any)
		put_words(&v->page, _("not stated"));
	fact_end(v);
}

static void facts(struct view *v)
{
	struct page *p = &v->page;
	const struct report_model *m = v->m;
	uint64_t flows = 0, signals = 0;
	for (size_t i = 0; i < m->bundle_count; i++) {
		flows += m->bundles[i].flows;
		signals += m->bundles[i].signal_count;
	}
	put_literal(p, "<dl class=\"facts\">\n");
	if (!m->subject_count) {
		fact(v, _("Subjects"));
		put_words(p, _("no address has a validated flow"));
		fact_end(v);
	}
	if (m->last_ns) {
		fact(v, _("Window (UTC)"));
		put_time(p, m->first_ns);
		put_literal(p, "<br>");
		put_time(p, m->last_ns);
		fact_end(v);
	}
	authorities(v);
	fact_number(v, _("Bundles"), m->bundle_count);
	fact_number(v, _("Flows"), flows);
	fact_number(v, _("Signals"), signals);
	put_literal(p, "</dl>\n");
	seen(v);
	if (!m->subjects_left_out)
		return;
	put_literal(p, "<p class=\"note\">");
	put_said(p, _("This report shows the first {1} subjects of its assessment; {2} more are in the machine-readable one."), NUMBER(m->subject_count), NUMBER(m->subjects_left_out));
	put_literal(p, "</p>\n");
}

/* What a case says of itself stands first: lab traffic is not to be read as a finding. */
static void cases(struct view *v)
{
	struct page *p = &v->page;
	const struct report_model *m = v->m;
	for (size_t i = 0; i < m->bundle_count; i++) {
		const char *id = m->bundles[i].case_id;
		bool before = !id;
		for (size_t k = 0; k < i && !before; k++)
			before = m->bundles[k].case_id && strcmp(m->bundles[k].case_id, id) == 0;
		if (before)
			continue;
		put_literal(p, "<p class=\"case\">");
		/* TRANSLATORS: {1} is the text of the case that the bundle names. */
		put_said(p, _("Case: {1}"), TEXT(id));
		put_literal(p, "</p>\n");
	}
}

static void chip(struct view *v, bool good)
{
	put_literal(&v->page, "<li class=\"");
	put_words(&v->page, good ? "good" : "bad");
	put_literal(&v->page, "\"><span aria-hidden=\"true\">");
	put_words(&v->page, good ? "✓" : "!");
	put_literal(&v->page, "</span> ");
}

static void chip_verdicts(struct view *v)
{
	const struct report_model *m = v->m;
	size_t valid = 0;
	for (size_t i = 0; i < m->bundle_count; i++)
		valid += strcmp(m->bundles[i].verdict, "VALID") == 0;
	chip(v, valid == m->bundle_count);
	put_said(&v->page, P_("{1} of {2} bundle VALID", "{1} of {2} bundles VALID", m->bundle_count), NUMBER(valid), NUMBER(m->bundle_count));
	put_literal(&v->page, "</li>\n");
}

static void chip_clock(struct view *v)
{
	const struct report_model *m = v->m;
	uint64_t worst = 0, undeclared = 0;
	bool silent = false;
	for (size_t i = 0; i < m->bundle_count; i++) {
		uint64_t error = m->bundles[i].clock_error_ns;
		silent |= error == IND_ABSENT_U64;
		worst = error != IND_ABSENT_U64 && error > worst ? error : worst;
		undeclared += m->bundles[i].clock_undeclared;
	}
	chip(v, !silent && !undeclared);
	if (undeclared)
		put_said(&v->page, P_("Clock: {1} undeclared step", "Clock: {1} undeclared steps", (unsigned long)undeclared), NUMBER(undeclared));
	else if (silent)
		put_words(&v->page, _("Clock error: not stated by every sensor"));
	else
		put_said(&v->page, _("Clock error at most {1} ms"), DECIMAL((worst + NS_PER_MS / 10 - 1) / (NS_PER_MS / 10), 1));
	put_literal(&v->page, "</li>\n");
}

/* Does the check of seals speak of the whole bundle? Of others nothing is said to be in order. */
static bool is_checked(const struct model_bundle *b)
{
	return !b->damaged && (strcmp(b->verdict, "VALID") == 0 || strcmp(b->verdict, "UNTRUSTED") == 0);
}

/* What a savefile lacks is not in it, and of a bundle that could not be read to its end the last losses may be behind that. */
static void chip_loss(struct view *v)
{
	uint64_t packets = 0, records = 0;
	size_t unknown = 0;
	for (size_t i = 0; i < v->m->bundle_count; i++) {
		const struct model_bundle *b = &v->m->bundles[i];
		packets += b->loss[IND_LOSS_KERNEL_DROP] + b->loss[IND_LOSS_INTERFACE_DROP];
		records += b->loss[IND_LOSS_RING] + b->loss[IND_LOSS_DISK];
		unknown += !is_checked(b) || !b->interface;
	}
	chip(v, !packets && !records && !unknown);
	if (packets || !(records || unknown))
		put_said(&v->page, P_("{1} packet dropped", "{1} packets dropped", (unsigned long)packets), COUNT(packets));
	else if (records)
		put_said(&v->page, P_("{1} record lost in the sensor", "{1} records lost in the sensor", (unsigned long)records), COUNT(records));
	else
		put_words(&v->page, unknown == v->m->bundle_count ? _("Dropped packets: not known") : _("Dropped packets: not known of every bundle"));
	put_literal(&v->page, "</li>\n");
}

/* Of which bundles of one stream were kept, and whether each goes on where the one before it ended. */
static void chip_chain(struct view *v)
{
	const struct report_model *m = v->m;
	uint64_t leaves = 0;
	bool other = false, unchecked = false, untrusted = false;
	for (size_t i = 0; i < m->gap_count; i++)
		leaves += m->gaps[i].kind == MODEL_GAP_LEAVES ? m->gaps[i].count : 0;
	for (size_t i = 0; i < m->bundle_count; i++) {
		other |= strcmp(m->bundles[i].verdict, "ROLLBACK") == 0;
		unchecked |= !is_checked(&m->bundles[i]);
		untrusted |= m->bundle_count > 1 && strcmp(m->bundles[i].verdict, "UNTRUSTED") == 0;
	}
	chip(v, !leaves && !other && !unchecked && !untrusted);
	if (other)
		put_words(&v->page, _("Hash chain: another state of a stream was kept"));
	else if (leaves)
		put_said(&v->page, P_("Hash chain: {1} leaf is missing", "Hash chain: {1} leaves are missing", (unsigned long)leaves), COUNT(leaves));
	else if (unchecked)
		put_words(&v->page, _("Hash chain: not every bundle could be checked to its end"));
	else if (untrusted)
		put_words(&v->page, _("Hash chain: bundles by keys that are not trusted here are not compared with each other"));
	else
		put_words(&v->page, _("Hash chain unbroken"));
	put_literal(&v->page, "</li>\n");
}

static void chip_gaps(struct view *v)
{
	uint64_t gaps = 0;
	for (size_t i = 0; i < v->m->gap_count; i++)
		gaps += view_is_span(&v->m->gaps[i]) || v->m->gaps[i].kind == MODEL_GAP_DAMAGE;
	chip(v, !gaps);
	put_said(&v->page, P_("{1} coverage gap", "{1} coverage gaps", (unsigned long)gaps), NUMBER(gaps));
	put_literal(&v->page, "</li>\n");
}

static void chips(struct view *v)
{
	const struct report_model *m = v->m;
	put_literal(&v->page, "<ul class=\"chips\"");
	put_attr(&v->page, "aria-label", _("State of the evidence"));
	put_literal(&v->page, ">\n");
	chip_verdicts(v);
	chip_chain(v);
	chip_clock(v);
	chip_loss(v);
	chip_gaps(v);
	chip(v, m->data_count > 0);
	put_said(&v->page, P_("{1} data set", "{1} data sets", m->data_count), NUMBER(m->data_count));
	put_literal(&v->page, "</li>\n");
	chip(v, m->reviewed);
	put_words(&v->page, m->reviewed ? _("Human review recorded") : m->statement_count ? _("Human review signed, but not counted in the levels") : _("No human review recorded"));
	put_literal(&v->page, "</li>\n</ul>\n");
}

static void bundle_row(struct view *v, const struct model_bundle *b)
{
	struct page *p = &v->page;
	const char *means = words_verdict(b->verdict);
	put_literal(p, "<tr><th scope=\"row\">");
	put_text(p, b->name);
	put_literal(p, "</th><td class=\"state\">");
	put_text(p, b->sensor);
	put_literal(p, "</td><td><strong>");
	put_text(p, b->verdict);
	put_literal(p, "</strong> ");
	if (means)
		put_words(p, means);
	if (b->reason) {
		put_literal(p, " (");
		put_text(p, b->reason);
		put_literal(p, ")");
	}
	put_literal(p, "</td><td>");
	if (b->not_before_ns != IND_ABSENT_U64 && b->not_after_ns != IND_ABSENT_U64)
		put_said(p, _("{1} to {2}"), TIME(b->not_before_ns), TIME(b->not_after_ns));
	put_literal(p, "</td><td class=\"n\">");
	put_count(p, b->flows);
	put_literal(p, "</td></tr>\n");
}

static void bundles(struct view *v)
{
	struct page *p = &v->page;
	const char *heads[] = { _("Bundle"), _("Sensor"), _("Verdict"), _("Made, by the sensor's clock"), _("#Flows") };
	put_literal(p, "<details class=\"integrity\" open><summary>");
	put_words(p, _("Integrity of each bundle"));
	put_literal(p, "</summary>\n");
	view_table(v, _("Integrity of each bundle"), heads, 5);
	for (size_t i = 0; i < v->m->bundle_count; i++)
		bundle_row(v, v->m->in_time[i]);
	view_table_end(v);
	put_literal(p, "</details>\n");
}

void section_identity(struct view *v)
{
	struct page *p = &v->page;
	put_literal(p, "<header><p class=\"kicker\">");
	put_words(p, _("Network evidence, assessed by a published method"));
	put_literal(p, "</p>\n<h1>");
	if (v->o->title)
		put_text(p, v->o->title);
	else
		put_words(p, _("Origin evidence report"));
	put_literal(p, "</h1></header>\n");
	correction(v);
	cases(v);
	facts(v);
	chips(v);
	bundles(v);
}
