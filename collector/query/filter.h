/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_FILTER_H
#define QUERY_FILTER_H

#include "query/rows.h"

/* The filter language (indicia-filter(7)): pcap-filter's primitives, nfdump's flow terms, terms of evidence. A text is compiled once to a
 * small program, which is asked of each row. Nothing here opens a file or looks up a name. */

enum {
	FILTER_TEXT_MAX = 64 << 10,  /* bytes of a filter */
	FILTER_CODE_MAX = 4096,      /* steps of its program */
	FILTER_DEPTH_MAX = 64,       /* parentheses and negations inside each other */
	FILTER_ITEMS_MAX = 1 << 20,  /* of all lists */
	FILTER_CLAIMS_MAX = 32,      /* terms that ask data sets */
	FILTER_UNSAID_MAX = 16,
	FILTER_ERROR_BYTES = 256,
};

/* Kleene's three values, so that and is the least, or the greatest. UNKNOWN: the record does not say. Only YES selects. */
enum truth { TRUTH_NO = 0, TRUTH_UNKNOWN = 1, TRUTH_YES = 2 };

/* Where a text stops being a filter. */
struct filter_error {
	size_t at;                   /* byte of the text */
	char text[FILTER_ERROR_BYTES]; /* one line; words of the input in it as they are */
};

struct filter_options {
	enum query_kind_id kind;     /* what is selected: FLOW, SIGNAL or ORIGIN */
	/* The whole list that `in @name` names; freed by the filter with free(). NULL: there are none. What it returns beside IND_OK is
	 * returned by the compilation. */
	enum ind_err (*list)(void *ctx, const char *name, char **text, size_t *bytes);
	void *list_ctx;
};

struct filter_window { uint64_t from_ns, to_ns; }; /* [from, to) */

struct query_filter;

/* Compiles. IND_MALFORMED, IND_LIMIT and what `list` returns come with *error; IND_NOMEM does not. An empty text selects everything. */
enum ind_err query_filter_compile(const char *text, size_t bytes, const struct filter_options *options, struct query_filter **filter,
	struct filter_error *error) IND_MUST_USE;

/* "2026-11-20T09:10/09:25", "2026-11-20/PT1H", "2026-11-20", "FROM/", "/TO", "@epoch/@epoch", nfdump's "2026/11/20.09:10:00-2026/11/20.09:25:00". */
bool filter_window_parse(const char *text, struct filter_window *window, struct filter_error *error);

/* A word that a term can begin with, for lists of them. */
struct filter_word { const char *name, *rows, *help; };

/* The n-th word, from 0; false behind the last. */
bool query_filter_word(size_t n, struct filter_word *word);

/* Only rows that were active in the window are selected, beside what the filter says: flows and origins that overlap it, signals seen in it. */
enum ind_err query_filter_window(struct query_filter *filter, struct filter_window window) IND_MUST_USE;

void query_filter_free(struct query_filter *filter);

/* The kind of rows that it was compiled for. */
enum query_kind_id query_filter_kind(const struct query_filter *filter);

/* What data sets say of the addresses of one bundle, as far as a filter asks. */
struct filter_claims;

/* Does the filter ask data sets? Then the claims of a bundle are loaded before it is asked of its rows. */
bool query_filter_asks_claims(const struct query_filter *filter);

/* Does one of its terms ask this signal? */
bool query_filter_asks_signal(const struct query_filter *filter, unsigned id);

/* Reads the claims of a bundle. The caller frees *claims. A damaged bundle gives those before the damage, and IND_OK. */
enum ind_err filter_claims_load(const struct query_filter *filter, const struct ind_source *source, struct filter_claims **claims) IND_MUST_USE;
void filter_claims_free(struct filter_claims *claims);

/* What of a bundle a row does not say itself. */
struct filter_context {
	const struct rows_context *rows;
	const struct filter_claims *claims; /* NULL: none are known */
};

/* Asks the filter of one record: a flow with its signals, or an origin. The filter remembers what it could not decide. */
enum truth query_filter_matches(struct query_filter *filter, const struct ind_record *record, const struct filter_context *context);

/* Asks it of one signal of a flow: `place` counts the recorded ones and then the derived ones. */
enum truth query_filter_matches_signal(struct query_filter *filter, const struct ind_record *record, const struct ind_signal *signal,
	size_t place, const struct filter_context *context);

/* How many rows the filter could not decide so far, for want of something that they do not say. */
uint64_t query_filter_undecided(const struct query_filter *filter);

/* The n-th word, from 0, that began a term which was unknown in such a row; NULL behind the last, or FILTER_UNSAID_MAX. */
const char *query_filter_unsaid(const struct query_filter *filter, size_t n);

#endif
