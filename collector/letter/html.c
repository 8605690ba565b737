/* SPDX-License-Identifier: Apache-2.0 */
/* The letter as a page for print: no script, one constant block of style, nothing from anywhere else. */
#include "base/hash.h"
#include "bundle/base64.h"
#include "letter/form.h"
#include "report/put.h"
#include <string.h>

static const char style[] = "body{font:11pt/1.45 serif;max-width:42em;margin:2em auto;padding:0 1em;color:#111;background:#fff;overflow-wrap:anywhere}"
	"h1{font-size:1.4em;margin:1em 0}h2{font-size:1.1em;margin:1.6em 0 .4em;border-bottom:1px solid #666}"
	".tlp{font:bold 11pt/1.6 sans-serif;background:#000;color:#fff;padding:0 .5em;display:inline-block}"
	"th{font-weight:bold;text-align:start;vertical-align:top;padding-inline-end:1em}td{vertical-align:top}pre{font:9pt/1.4 monospace;white-space:pre-wrap;margin:.5em 0;padding-inline-start:1em}"
	".ask{padding-inline-start:1.2em}q{quotes:none}p bdi{white-space:nowrap}q bdi{white-space:normal}@page{margin:2cm}@media print{body{margin:0;max-width:none}h2{break-after:avoid}pre{break-inside:avoid}}";

enum { DATA_MAX = 9 };

struct html { struct page page; bool in_fields; };

static void fields_end(struct html *h)
{
	if (h->in_fields)
		put_literal(&h->page, "</table>\n");
	h->in_fields = false;
}

/* A message that has no translation stands in English, and says so to whoever reads aloud or sets it from right to left. */
static void put_message(struct page *p, const char *message, const char *const *data, size_t count)
{
	struct piece pieces[DATA_MAX];
	bool foreign = !i18n_translated(message);
	count = count < DATA_MAX ? count : DATA_MAX;
	for (size_t i = 0; i < count; i++)
		pieces[i] = (struct piece)TEXT(data[i]);
	if (foreign)
		put_literal(p, "<span lang=\"en\" dir=\"ltr\">");
	put_pieces(p, i18n_text(message), pieces, count);
	if (foreign)
		put_literal(p, "</span>");
}

static void put_marking(struct page *p, unsigned tlp)
{
	put_literal(p, "<p class=\"tlp\" dir=\"ltr\">");
	put_words(p, letter_tlp(tlp));
	put_literal(p, "</p>\n");
}

static void put_head(struct page *p, unsigned tlp, const char *title)
{
	uint8_t digest[HASH_SHA256_BYTES];
	char text[64] = "";
	hash_sha256(style, sizeof(style) - 1, digest);
	*base64_put(digest, sizeof(digest), text) = '\0';
	put_literal(p, "<!DOCTYPE html>\n<html");
	put_attr(p, "lang", i18n_language()->tag);
	put_attr(p, "dir", i18n_is_rtl() ? "rtl" : "ltr");
	put_literal(p, ">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-");
	put_words(p, text);
	put_literal(p, "'; base-uri 'none'; form-action 'none'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
	put_words(p, letter_tlp(tlp));
	put_literal(p, " · ");
	put_words(p, i18n_text(title));
	put_literal(p, "</title>\n<style>");
	put_constant(p, style);
	put_literal(p, "</style>\n</head>\n<body>\n");
}

static void start(void *ctx, unsigned tlp, const char *title)
{
	struct html *h = ctx;
	put_head(&h->page, tlp, title);
	put_marking(&h->page, tlp);
	put_literal(&h->page, "<main>\n<h1>");
	put_message(&h->page, title, NULL, 0);
	put_literal(&h->page, "</h1>\n");
}

static void heading(void *ctx, const char *message)
{
	struct html *h = ctx;
	fields_end(h);
	put_literal(&h->page, "<h2>");
	put_message(&h->page, message, NULL, 0);
	put_literal(&h->page, "</h2>\n");
}

static void sentence(void *ctx, const char *message, const char *const *data, size_t count)
{
	struct html *h = ctx;
	fields_end(h);
	put_literal(&h->page, "<p>");
	put_message(&h->page, message, data, count);
	put_literal(&h->page, "</p>\n");
}

static void put_number_of_ask(struct page *p, unsigned number)
{
	put_literal(p, "<p class=\"ask\">");
	put_number(p, number);
	put_literal(p, ". ");
}

static void ask(void *ctx, unsigned number, const char *message, const char *const *data, size_t count)
{
	struct html *h = ctx;
	put_number_of_ask(&h->page, number);
	put_message(&h->page, message, data, count);
	put_literal(&h->page, "</p>\n");
}

static void ask_text(void *ctx, unsigned number, const char *words, size_t count)
{
	struct html *h = ctx;
	put_number_of_ask(&h->page, number);
	put_literal(&h->page, "<q>");
	put_bytes(&h->page, words, count);
	put_literal(&h->page, "</q></p>\n");
}

static void field(void *ctx, const char *label, const char *value)
{
	struct html *h = ctx;
	if (!h->in_fields)
		put_literal(&h->page, "<table>\n");
	h->in_fields = true;
	put_literal(&h->page, "<tr><th scope=\"row\">");
	put_message(&h->page, label, NULL, 0);
	put_literal(&h->page, "</th><td>");
	put_text(&h->page, value);
	put_literal(&h->page, "</td></tr>\n");
}

static void data(void *ctx, const char *const *lines, size_t count)
{
	struct html *h = ctx;
	put_literal(&h->page, "<pre dir=\"ltr\">");
	for (size_t i = 0; i < count; i++) {
		if (i)
			put_literal(&h->page, "   ");
		put_plain(&h->page, lines[i], strlen(lines[i]));
		put_literal(&h->page, "\n");
	}
	put_literal(&h->page, "</pre>\n");
}

static void end(void *ctx, unsigned tlp)
{
	struct html *h = ctx;
	put_literal(&h->page, "</main>\n");
	put_marking(&h->page, tlp);
	put_literal(&h->page, "</body>\n</html>\n");
}

void letter_html(const struct letter *l, struct out *out)
{
	struct html html = { .page = { .out = out } };
	struct form form = { start, heading, sentence, ask, ask_text, field, data, end, &html };
	letter_say(l, &form);
}
