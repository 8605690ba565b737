/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "cli/assess.h"
#include "cli/custody.h"
#include "report/report.h"

/* What report is asked for, and its steps. */

struct reporting {
	struct assessing assessing;
	struct inputs inputs;
	struct report_options options;
	struct report_model model;
	struct custody_trust trust;
	struct ind_verify_result *results; /* of each bundle */
	int verified;                /* whether they could be made */
	struct out json;             /* the assessment */
	struct out command;          /* normalised; bundles are added by reporting_run */
	const char *assessment;      /* a file that one was made to; NULL: it is made */
	const char *write, *write_json, *language;
	const char *actor, *place, *key_file; /* of the event that a correction writes */
	struct out context;          /* of --context */
	uint64_t records_max;
	bool force;
};

/* Assesses or reads the assessment, gathers, writes. A status, with its message said. */
int reporting_run(struct reporting *r);
void reporting_free(struct reporting *r);

/* A name that ends in .pdf. */
bool pdf_wanted(const char *path);

/* Prints the page with WeasyPrint, a child without a shell, whose clock is the end of the last bundle (SOURCE_DATE_EPOCH). CLI_MISSING if it is not
 * installed. */
int pdf_write(const struct report_model *m, const struct report_options *o, const char *path, bool force);

#endif
