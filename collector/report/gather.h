/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_GATHER_H
#define REPORT_GATHER_H

#include "indicia/custody.h"
#include "indicia/verify.h"
#include "report/model.h"

/* What the bundles hold of the subjects, into the model. */

/* One bundle, borrowed for the call. */
struct report_source {
	const char *name;               /* its path; the last part of it is shown */
	const struct ind_source *source;
	const uint8_t *sha256;          /* of the file */
	const struct ind_verify_result *result;
	struct ind_custody_log *log;    /* checked; NULL: none is beside it */
};

struct gather;

/* At most `records_max` records that no finding cites are kept; those cited always are. `m` is borrowed, and was read. IND_NOMEM; IND_MALFORMED if a
 * subject of it is none. */
enum ind_err gather_new(struct report_model *m, uint64_t records_max, struct gather **gather) IND_MUST_USE;

/* Reads one bundle. A damaged one gives what stands before the damage, and the model says so. IND_NOMEM, IND_IO. */
enum ind_err gather_bundle(struct gather *g, const struct report_source *source) IND_MUST_USE;

/* Statements about the assessment out of a log that is beside no bundle; checked. IND_NOMEM. */
enum ind_err gather_statements(struct gather *g, struct ind_custody_log *log) IND_MUST_USE;

/* Puts records and bundles in order and finds what no bundle covers. */
enum ind_err gather_end(struct gather *g) IND_MUST_USE;
void gather_free(struct gather *g);

#endif
