/* SPDX-License-Identifier: Apache-2.0 */
/* Who recorded what with what, who held it since, and how the report is made and checked again. */
#include "base/hash.h"
#include "report/view.h"
#include "report/words.h"
#include <string.h>

enum { NS_PER_US = 1000 };

static void pair(struct view *v, const char *name)
{
	put_literal(&v->page, "<div><dt>");
	put_words(&v->page, name);
	put_literal(&v->page, "</dt><dd>");
}

static void pair_end(struct view *v) { put_literal(&v->page, "</dd></div>\n"); }

static void pair_hex(struct view *v, const char *name, const uint8_t *bytes, size_t count)
{
	pair(v, name);
	put_hex(&v->page, bytes, count);
	pair_end(v);
}

static void pair_code(struct view *v, const char *name, const char *text)
{
	if (!text)
		return;
	pair(v, name);
	put_said(&v->page, "{1}", CODE(text));
	pair_end(v);
}

static void pair_setting(struct view *v, const char *name, const char *setting, const char *value)
{
	if (!value)
		return;
	pair(v, name);
	view_setting(v, setting, value);
	pair_end(v);
}

static void pair_or(struct view *v, const char *name, const char *value, const char *otherwise)
{
	pair(v, name);
	if (value)
		put_text(&v->page, value);
	else
		put_words(&v->page, otherwise);
	pair_end(v);
}

static void position(struct view *v, const struct model_bundle *b)
{
	pair(v, _("Position"));
	if (b->has_position)
		put_said(&v->page, _("{1}, {2} (± {3} km)"), FIXED(b->latitude_1e4, 4), FIXED(b->longitude_1e4, 4), NUMBER(b->position_error_km));
	else
		put_words(&v->page, _("not stated"));
	pair_end(v);
}

static void losses(struct view *v, const struct model_bundle *b)
{
	struct page *p = &v->page;
	bool any = false;
	pair(v, _("Not recorded"));
	for (unsigned cause = 1; cause < IND_LOSS_MAX; cause++) {
		if (!b->loss[cause] || !words_loss(cause))
			continue;
		if (any)
			put_literal(p, "; ");
		put_count(p, b->loss[cause]);
		put_literal(p, " ");
		put_words(p, words_loss(cause));
		any = true;
	}
	if (!any)
		put_words(p, _("nothing is counted as lost"));
	pair_end(v);
}

static void snaplen(struct view *v, const struct model_bundle *b)
{
	if (!b->snaplen)
		return;
	pair(v, _("Bytes read of a packet, at most"));
	put_count(&v->page, b->snaplen);
	pair_end(v);
}

static void clock_error(struct view *v, const struct model_bundle *b)
{
	struct page *p = &v->page;
	pair(v, _("Clock error"));
	if (b->clock_error_ns == IND_ABSENT_U64)
		put_words(p, _("not stated"));
	else
		put_said(p, _("at most {1} ms"), DECIMAL(b->clock_error_ns / NS_PER_US + !!(b->clock_error_ns % NS_PER_US), 3));
	if (b->clock_steps) {
		put_literal(p, "; ");
		put_said(p, P_("{1} step, of which undeclared: {2}", "{1} steps, of which undeclared: {2}", (unsigned long)b->clock_steps), COUNT(b->clock_steps), COUNT(b->clock_undeclared));
	}
	pair_end(v);
}

static void acquisition(struct view *v, const struct model_bundle *b)
{
	put_literal(&v->page, "<dl class=\"pairs\">\n");
	pair_hex(v, "SHA-256", b->sha256, sizeof(b->sha256));
	view_pair(v, _("Sensor"), b->sensor);
	view_pair(v, _("Interface"), b->interface);
	view_pair(v, _("Source file"), b->source_file);
	if (b->has_source_sha256)
		pair_hex(v, _("SHA-256 of the source"), b->source_sha256, sizeof(b->source_sha256));
	pair_or(v, _("Authority"), b->authority, _("not stated"));
	pair_or(v, _("Case"), b->case_id, _("not stated"));
	position(v, b);
	view_pair(v, _("Link type"), b->link_type);
	snaplen(v, b);
	pair_setting(v, _("Clock source"), "clock", b->clock_source);
	pair_setting(v, _("Clock kept by"), "clock_sync", b->clock_sync);
	clock_error(v, b);
	pair_or(v, _("Capture filter"), b->capture_filter, _("no filter"));
	pair_setting(v, _("Signals"), "signals", b->signals);
	pair_setting(v, _("Exhibits"), "exhibits", b->exhibits);
	pair_setting(v, _("Privacy"), "privacy", b->privacy);
	losses(v, b);
	pair_code(v, _("Key"), b->key);
	pair_code(v, _("Public key"), b->public_key);
	view_pair(v, _("Recorded by"), b->build_id);
	if (b->deterministic)
		pair_or(v, _("Test"), NULL, _("made with a test seed: this is never evidence"));
	put_literal(&v->page, "</dl>\n");
}

/* What a log does not show must not be taken for what it does not hold. */
static void custody_faults(struct view *v, const struct model_bundle *b)
{
	struct page *p = &v->page;
	for (size_t i = 0; i < b->custody_fault_count; i++) {
		const struct model_custody_fault *f = &b->custody_faults[i];
		put_literal(p, "<p class=\"note\">");
		if (f->state && f->bad_bytes)
			/* TRANSLATORS: {1} is the name of a file. */
			put_said(p, P_("{1}: {2} byte of this file of custody events is not read, for it is damaged.", "{1}: {2} bytes of this file of custody events are not read, for they are damaged.", (unsigned long)f->bad_bytes),
				TEXT(f->name), COUNT(f->bad_bytes));
		else if (f->state)
			put_said(p, _("{1}: this is no file of custody events that can be read."), TEXT(f->name));
		if (f->state && f->cut)
			put_literal(p, " ");
		if (f->cut)
			put_said(p, P_("{1}: {2} event that other files follow is missing from this file of custody events.", "{1}: {2} events that other files follow are missing from this file of custody events.", (unsigned long)f->cut),
				TEXT(f->name), COUNT(f->cut));
		put_literal(p, "</p>\n");
	}
}

static void events(struct view *v, const struct model_bundle *b)
{
	struct page *p = &v->page;
	const char *heads[] = { _("Time (UTC)"), _("Event"), _("By"), _("Purpose and note"), _("Key"), _("Result") };
	custody_faults(v, b);
	if (!b->event_count) {
		view_note(v, b->custody_file_count ? _("The custody log beside this bundle holds no event that can be read.") : _("No custody log is beside this bundle."));
		return;
	}
	view_table(v, _("Custody events"), heads, 6);
	for (size_t i = 0; i < b->event_count; i++) {
		const struct model_event *e = &b->events[i];
		put_literal(p, "<tr>");
		view_time_cell(v, e->time_ns);
		put_literal(p, "<td>");
		if (words_event(e->type))
			put_words(p, words_event(e->type));
		else
			put_text(p, e->type);
		put_literal(p, "</td><td>");
		put_text(p, e->actor);
		put_literal(p, "</td><td>");
		put_text(p, e->purpose);
		if (e->purpose && e->note)
			put_literal(p, "<br>");
		put_text(p, e->note);
		put_literal(p, "</td><td>");
		put_text(p, e->key);
		put_literal(p, "</td><td>");
		if (e->fault)
			put_text(p, e->fault);
		else
			put_words(p, _("in order"));
		put_literal(p, "</td></tr>\n");
	}
	view_table_end(v);
}

/* What a bundle that was recorded with a data set says of it: some licences ask that it is said. */
static const struct model_bundle_data *recorded_with(const struct report_model *m, const struct model_data *d)
{
	char hex[2 * IND_SHA256_BYTES + 1];
	for (size_t b = 0; b < m->bundle_count; b++)
		for (size_t i = 0; i < m->bundles[b].data_count; i++) {
			hash_hex(m->bundles[b].data[i].sha256, IND_SHA256_BYTES, hex);
			if (strcmp(hex, d->sha256) == 0)
				return &m->bundles[b].data[i];
		}
	return NULL;
}

static void title_and_licence(struct view *v, const struct model_bundle_data *d)
{
	if (!d || (!d->title && !d->licence))
		return;
	put_literal(&v->page, "<span class=\"about\">");
	put_text(&v->page, d->title);
	if (d->title && d->licence)
		put_literal(&v->page, " · ");
	put_text(&v->page, d->licence);
	put_literal(&v->page, "</span>");
}

static void data_sets(struct view *v)
{
	struct page *p = &v->page;
	const char *heads[] = { _("Data set"), _("Made on"), "SHA-256" };
	put_literal(p, "<h3>");
	put_words(p, _("Data sets"));
	put_literal(p, "</h3>\n");
	if (!v->m->data_count) {
		view_note(v, _("No data set was in use: nothing is said of registries, networks or places."));
		return;
	}
	view_table(v, _("Data sets"), heads, 3);
	for (size_t i = 0; i < v->m->data_count; i++) {
		put_literal(p, "<tr><th scope=\"row\">");
		put_text(p, v->m->data[i].name);
		title_and_licence(v, recorded_with(v->m, &v->m->data[i]));
		put_literal(p, "</th><td>");
		if (v->m->data[i].build_s != MODEL_ABSENT)
			put_day(p, (uint64_t)v->m->data[i].build_s);
		put_literal(p, "</td><td><code dir=\"ltr\">");
		put_plain(p, v->m->data[i].sha256, strlen(v->m->data[i].sha256));
		put_literal(p, "</code></td></tr>\n");
	}
	view_table_end(v);
}

void section_custody(struct view *v)
{
	struct page *p = &v->page;
	for (size_t i = 0; i < v->m->bundle_count; i++) {
		const struct model_bundle *b = v->m->in_time[i];
		put_literal(p, "<h3>");
		put_text(p, b->name);
		put_literal(p, "</h3>\n");
		acquisition(v, b);
		events(v, b);
	}
	data_sets(v);
}

/* ---- reproduction ---- */

static void command(struct view *v, const char *text)
{
	put_literal(&v->page, "<pre class=\"cmd\" dir=\"ltr\" tabindex=\"0\">");
	put_plain(&v->page, text, strlen(text));
	put_literal(&v->page, "</pre>\n");
}

static void step(struct view *v, const char *sentence)
{
	put_literal(&v->page, "<p>");
	put_words(&v->page, sentence);
	put_literal(&v->page, "</p>\n");
}

static const struct model_record *example(const struct report_model *m)
{
	const struct model_record *first = NULL;
	for (size_t i = 0; i < m->record_count; i++) {
		if (m->records[i].kind == MODEL_FLOW && m->records[i].cited)
			return &m->records[i];
		first = first ? first : &m->records[i];
	}
	return first;
}

static void check_record(struct view *v)
{
	struct page *p = &v->page;
	const struct model_record *r = example(v->m);
	if (!r)
		return;
	step(v, _("The digest of one record; the same with any other id:"));
	put_literal(p, "<pre class=\"cmd\" dir=\"ltr\" tabindex=\"0\">indicia show --records ");
	put_shell_word(p, v->m->bundles[r->bundle].name);
	put_literal(p, " | grep -F &#39;&quot;record&quot;:&quot;");
	put_plain(p, r->id, strlen(r->id));
	put_literal(p, "&quot;&#39; | sha256sum</pre>\n<p class=\"note\">");
	put_hex(p, r->sha256, sizeof(r->sha256));
	put_literal(p, "</p>\n");
}

static void put_bundles(struct view *v)
{
	for (size_t i = 0; i < v->m->bundle_count; i++) {
		put_literal(&v->page, " ");
		put_shell_word(&v->page, v->m->bundles[i].name);
	}
}

static void check_bundles(struct view *v)
{
	struct page *p = &v->page;
	step(v, _("The bundles are these files; whether each is what was sealed, the command says:"));
	put_literal(p, "<pre class=\"cmd\" dir=\"ltr\" tabindex=\"0\">");
	for (size_t i = 0; i < v->m->bundle_count; i++) {
		char hex[2 * IND_SHA256_BYTES + 1];
		hash_hex(v->m->bundles[i].sha256, IND_SHA256_BYTES, hex);
		put_plain(p, hex, 2 * IND_SHA256_BYTES);
		put_literal(p, "  ");
		put_plain(p, v->m->bundles[i].name, strlen(v->m->bundles[i].name));
		put_literal(p, "\n");
	}
	put_literal(p, "</pre>\n<pre class=\"cmd\" dir=\"ltr\" tabindex=\"0\">indicia verify");
	put_bundles(v);
	put_literal(p, "</pre>\n");
}

/* The keys of all bundles, each once, as lines of a file for --trust. */
static void check_keys(struct view *v)
{
	struct page *p = &v->page;
	const struct report_model *m = v->m;
	bool any = false;
	for (size_t i = 0; i < m->bundle_count && !any; i++)
		any = m->bundles[i].public_key;
	if (!any)
		return;
	step(v, _("Who does not trust these keys yet is told UNTRUSTED. Their holders say, by another way than this page, whether they are the keys of their sensors; then:"));
	put_literal(p, "<pre class=\"cmd\" dir=\"ltr\" tabindex=\"0\">printf &#39;%s\\n&#39;");
	for (size_t i = 0; i < m->bundle_count; i++) {
		bool before = !m->bundles[i].public_key;
		for (size_t k = 0; k < i && !before; k++)
			before = m->bundles[k].public_key && strcmp(m->bundles[k].public_key, m->bundles[i].public_key) == 0;
		if (before)
			continue;
		put_literal(p, " ");
		put_shell_word(p, m->bundles[i].public_key);
	}
	put_literal(p, " &gt; sensors.pub\nindicia verify --trust sensors.pub");
	put_bundles(v);
	put_literal(p, "</pre>\n");
}

void section_reproduction(struct view *v)
{
	struct page *p = &v->page;
	const struct report_model *m = v->m;
	check_bundles(v);
	check_keys(v);
	check_record(v);
	step(v, _("This report, byte for byte, from the same bundles with their custody logs, the same data sets, trusted keys and version of the program:"));
	command(v, v->o->command);
	put_literal(p, "<dl class=\"pairs\">\n");
	pair_code(v, _("Assessment"), m->assessment_id);
	pair_hex(v, _("SHA-256 of the assessment's JSON"), m->json_sha256, sizeof(m->json_sha256));
	view_pair(v, _("Method"), m->method);
	pair_code(v, _("SHA-256 of the method"), m->method_sha256);
	pair_code(v, _("SHA-256 of the policy"), m->policy_sha256);
	pair_code(v, _("SHA-256 of the hypotheses"), m->hypotheses_sha256);
	view_pair(v, _("Program"), v->o->build);
	put_literal(p, "</dl>\n");
	view_note(v, _("The assessment's JSON is the same in every language: one digest for all translations of this report. Where translations differ, it is what counts."));
}
