/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "query/out.h"
#include "report/gather.h"

/* A report: one HTML file out of an assessment's JSON and the bundles that it is of. No clock, no locale, no file: the same input gives the same bytes.
 * docs/report.md says what each section is. */

#define REPORT_TLP_WORDS "clear green amber amber+strict red"
enum { REPORT_RECORDS_DEFAULT = 2000, REPORT_ERRATUM_MAX = 1024, REPORT_CONTEXT_MAX = 16 << 10 };

/* IND_TLP_NONE if the word is none; any case. */
unsigned report_tlp(const char *word);

/* The sections in order of the page: the n-th name, NULL behind the last one. */
const char *report_section_name(size_t n);

/* A comma-separated list of their names into a set; false, and *wrong names the first that is none. */
bool report_sections(const char *list, uint32_t *set, const char **wrong, size_t *wrong_bytes);

struct report_options {
	unsigned tlp;                   /* enum ind_tlp, not NONE */
	uint32_t sections;              /* a set of report_sections; 0: all */
	const char *language;           /* of the catalogue that is open: "es" */
	bool right_to_left;
	bool pictures_alone;            /* no picture refers to another one: the printer of PDF reads each by itself */
	const char *command;            /* the normalised command that makes this report again */
	const char *title;              /* NULL: none was given */
	const char *context;            /* text of people; NULL: none was given */
	const char *supersedes;         /* SHA-256 of the report that this one corrects, in hexadecimal; NULL */
	const char *erratum;
	const char *build;              /* "indicia 0.1.0 (abcdef0)" */
};

/* Writes the page; the first error stays in `out`. */
void report_html(const struct report_model *m, const struct report_options *o, struct out *out);

#endif
