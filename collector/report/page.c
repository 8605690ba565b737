/* SPDX-License-Identifier: Apache-2.0 */
/* The page around the sections: head, markings, contents. */
#include "base/hash.h"
#include "bundle/base64.h"
#include "report/assets.h"
#include "report/view.h"
#include "report/words.h"
#include <string.h>

static const struct { const char *name, *heading; void (*put)(struct view *v); } sections[] = {
#define REPORT_SECTION_ROW(name, heading) { #name, heading, section_##name },
	REPORT_SECTIONS(REPORT_SECTION_ROW)
#undef REPORT_SECTION_ROW
};

const char *report_section_name(size_t n) { return n < SECTION_COUNT ? sections[n].name : NULL; }

static size_t section_of(const char *name, size_t bytes)
{
	size_t n = 0;
	while (n < SECTION_COUNT && (strlen(sections[n].name) != bytes || memcmp(sections[n].name, name, bytes) != 0))
		n++;
	return n;
}

/* What every report says is in every set. */
bool report_sections(const char *list, uint32_t *set, const char **wrong, size_t *wrong_bytes)
{
	*set = UINT32_C(1) << SECTION_identity | UINT32_C(1) << SECTION_caution;
	for (const char *at = list;; at += *wrong_bytes + 1) {
		*wrong_bytes = strcspn(at, ",");
		size_t n = section_of(at, *wrong_bytes);
		*wrong = at;
		if (n == SECTION_COUNT)
			return false;
		*set |= UINT32_C(1) << n;
		if (!at[*wrong_bytes])
			return true;
	}
}

/* CSP Level 3 section 2.3.1: base64 of the digest of the element's content. */
static void put_digest_source(struct page *p, const char *content, size_t bytes)
{
	uint8_t digest[HASH_SHA256_BYTES];
	char text[64] = "";
	hash_sha256(content, bytes, digest);
	*base64_put(digest, sizeof(digest), text) = '\0';
	put_literal(p, "'sha256-");
	put_words(p, text);
	put_literal(p, "'");
}

/* Nothing may be loaded, and nothing run but the two constant blocks of this program. */
static void put_policy(struct page *p)
{
	put_literal(p, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src ");
	put_digest_source(p, asset_script, asset_script_bytes);
	put_literal(p, "; style-src ");
	put_digest_source(p, asset_style, asset_style_bytes);
	put_literal(p, "; img-src data:; base-uri 'none'; form-action 'none'\">\n");
}

static void put_title(struct view *v)
{
	struct page *p = &v->page;
	put_literal(p, "<title>");
	put_words(p, words_tlp(v->o->tlp));
	put_literal(p, " · ");
	put_words(p, _("Origin evidence report"));
	if (v->o->title) {
		put_literal(p, " · ");
		put_plain(p, v->o->title, strlen(v->o->title));
	}
	put_literal(p, "</title>\n");
}

static void put_head(struct view *v)
{
	struct page *p = &v->page;
	put_literal(p, "<!DOCTYPE html>\n<html");
	put_attr(p, "lang", v->o->language);
	put_attr(p, "dir", v->o->right_to_left ? "rtl" : "ltr");
	put_literal(p, ">\n<head>\n<meta charset=\"utf-8\">\n");
	put_policy(p);
	put_literal(p, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n");
	put_title(v);
	put_literal(p, "<style>");
	put_constant(p, asset_style);
	put_literal(p, "</style>\n</head>\n<body");
	put_attr(p, "class", words_tlp_class(v->o->tlp)); /* paper.css marks every page by it */
	put_literal(p, ">\n");
}

/* TLP 2.0 (FIRST): the label is written as it is in every language. */
static void put_marking(struct view *v, bool at_foot)
{
	struct page *p = &v->page;
	put_constant(p, at_foot ? "<footer" : "<header");
	put_attr(p, "class", at_foot ? "tlp foot" : "tlp");
	put_literal(p, "><span>");
	put_words(p, _("Origin evidence report"));
	put_literal(p, "</span><strong dir=\"ltr\"");
	put_attr(p, "class", words_tlp_class(v->o->tlp));
	put_literal(p, ">");
	put_words(p, words_tlp(v->o->tlp));
	put_constant(p, at_foot ? "</strong></footer>" : "</strong></header>");
	put_literal(p, "\n");
}

static void put_contents(struct view *v)
{
	struct page *p = &v->page;
	put_literal(p, "<nav");
	put_attr(p, "aria-label", _("Contents"));
	put_literal(p, "><ul>");
	for (size_t n = 0; n < SECTION_COUNT; n++) {
		const char *heading = n == SECTION_summary ? N_("What can be said") : sections[n].heading;
		if (!heading || !view_has(v, (enum report_section)n))
			continue;
		put_literal(p, "<li><a href=\"#s-");
		put_constant(p, sections[n].name);
		put_literal(p, "\">");
		put_words(p, _(heading));
		put_literal(p, "</a></li>");
	}
	put_literal(p, "</ul></nav>\n");
}

/* Without a subject it would be heads of empty tables, and "no contradiction" where nothing was held against anything. */
static bool is_of_subjects(enum report_section section) { return section >= SECTION_contradictions && section <= SECTION_map; }

static void put_section(struct view *v, size_t n)
{
	struct page *p = &v->page;
	put_literal(p, "<section");
	put_literal(p, " id=\"s-");
	put_constant(p, sections[n].name);
	put_literal(p, "\"");
	if (sections[n].heading) {
		put_literal(p, " aria-labelledby=\"h-");
		put_constant(p, sections[n].name);
		put_literal(p, "\">\n<h2 id=\"h-");
		put_constant(p, sections[n].name);
		put_literal(p, "\">");
		put_words(p, _(sections[n].heading));
		put_literal(p, "</h2");
	}
	put_literal(p, ">\n");
	if (!v->m->subject_count && is_of_subjects((enum report_section)n))
		view_note(v, _("Nothing: no subject could be assessed."));
	else
		sections[n].put(v);
	put_literal(p, "</section>\n");
}

void report_html(const struct report_model *m, const struct report_options *o, struct out *out)
{
	uint32_t all = (UINT32_C(1) << SECTION_COUNT) - 1;
	struct view view = { .page = { .out = out }, .m = m, .o = o, .sections = o->sections ? o->sections & all : all }, *v = &view;
	struct page *p = &v->page;
	put_head(v);
	p->marks_english = true;
	put_literal(p, "<a class=\"skip\" href=\"#content\">");
	put_words(p, _("Skip to the content"));
	put_literal(p, "</a>\n");
	put_marking(v, false);
	put_literal(p, "<main id=\"content\">\n");
	for (size_t n = 0; n < SECTION_COUNT; n++) {
		if (view_has(v, (enum report_section)n))
			put_section(v, n);
		if (n == SECTION_caution)
			put_contents(v);
	}
	put_literal(p, "</main>\n");
	put_marking(v, true);
	put_literal(p, "<script>");
	put_constant(p, asset_script);
	put_literal(p, "</script>\n</body>\n</html>\n");
}
