/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_VIEW_H
#define REPORT_VIEW_H

#include "base/i18n.h"
#include "report/put.h"
#include "report/report.h"

/* What sections share: the page, the model, the options. */

struct view {
	struct page page;
	const struct report_model *m;
	const struct report_options *o;
	uint32_t sections;              /* that the page has */
};

/* The sections: name, function, heading. The heading is a sentence of the catalogue. In order of the page. */
#define REPORT_SECTIONS(X) \
	X(identity, NULL) \
	X(caution, NULL) \
	X(summary, NULL) \
	X(contradictions, N_("Contradictions")) \
	X(alternatives, N_("Other explanations")) \
	X(matrix, N_("Corroboration matrix")) \
	X(levels, N_("Levels and how they came about")) \
	X(missing, N_("Missing evidence")) \
	X(map, N_("How far away, and what data sets claim")) \
	X(timeline, N_("Timeline")) \
	X(infrastructure, N_("Observed infrastructure")) \
	X(records, N_("Evidence records")) \
	X(exhibits, N_("Exhibits")) \
	X(custody, N_("Custody")) \
	X(reproduction, N_("How to check this report")) \
	X(people, N_("Context and statements of people")) \
	X(limits, N_("Limits and method")) \
	X(privacy, N_("Privacy: what was left out")) \
	X(glossary, N_("Glossary")) \
	X(reply, N_("Right of reply"))

enum report_section {
#define REPORT_SECTION_ENUM(name, heading) SECTION_##name,
	REPORT_SECTIONS(REPORT_SECTION_ENUM)
#undef REPORT_SECTION_ENUM
	SECTION_COUNT,
};

#define REPORT_SECTION_DECLARE(name, heading) void section_##name(struct view *v);
REPORT_SECTIONS(REPORT_SECTION_DECLARE)
#undef REPORT_SECTION_DECLARE

/* Does the page have it? Links lead only to what is there. */
static inline bool view_has(const struct view *v, enum report_section section) { return v->sections >> section & 1; }

/* A record's id: a link where the record stands on the page, else its text. */
void view_record(struct view *v, const char *id);
struct piece view_said_record(struct view *v, const char *id);

/* Up to `most` of an item's records with commas between, and how many more there are. */
void view_records(struct view *v, const struct model_item *item, size_t most);

/* What a data set says, and the only place where an area stands: "according to DATASET of DATE". `claimed` is the code of an area (with its name) or any
 * other value; NULL: only who says it. */
void put_claim(struct view *v, bool is_area, const char *claimed, const char *data_set, uint64_t build_s);

/* What a hypothesis is about beyond its subject: a claimed network or area, an environment, the other subject. Nothing for the other types. */
void view_about(struct view *v, const struct model_hypothesis *h);
bool view_is_about(const struct model_hypothesis *h);

/* A time for which a sensor has no record here. */
bool view_is_span(const struct model_gap *gap);

/* A cell of a table with a time, or with a dash for 0. */
void view_time_cell(struct view *v, uint64_t ns);

/* A number, or a dash where none is said; the same as a piece of a sentence. */
void view_number(struct view *v, int64_t number);
struct piece view_said_number(int64_t number);

/* A sentence of the assessment in the language of the page, if it is one of the program's. */
void view_known(struct view *v, const char *text);
void view_signal(struct view *v, const char *signal);

/* A table in a region that scrolls by itself; a head that begins with # is one of numbers. */
void view_table(struct view *v, const char *label, const char *const *heads, size_t count);
void view_table_end(struct view *v);

/* The same head by head. */
void view_table_begin(struct view *v, const char *label);
void view_head(struct view *v, const char *head);
void view_table_rows(struct view *v);

void view_subject(struct view *v, size_t subject);
void view_note(struct view *v, const char *sentence);

/* A text of its own line in a list of names and values; nothing if it is not said. */
void view_pair(struct view *v, const char *name, const char *value);

/* A setting of a HEADER in words, or as it is if it is none of the known ones. */
void view_setting(struct view *v, const char *name, const char *value);

/* A level with its sign, in its class of style. */
void view_level(struct view *v, const char *level);

/* "H2": the hypotheses of a subject are counted from 1. */
void view_hypothesis(struct view *v, size_t subject, size_t hypothesis);

#endif
