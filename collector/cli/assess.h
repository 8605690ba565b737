/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ASSESS_H
#define CLI_ASSESS_H

#include "assess/assess.h"
#include "cli/args.h"
#include "cli/input.h"
#include "indicia/custody.h"

/* What assess is asked for, and its passes over the bundles. */

struct assess_bundle { char *name; uint8_t sha256[IND_SHA256_BYTES]; };

struct assessing {
	struct assess *assess;
	struct refdata *refdata;
	struct assess_bundle *bundles; /* by digest */
	size_t bundle_count;
	struct input stdin_input;    /* stays open over the passes */
	const char *data, *review;   /* files and folders that options named */
	struct ind_custody_log *review_log; /* what the file of the review holds; NULL without one */
	bool has_stdin, has_options; /* an option of these was given */
};

/* What every verb that assesses can be told; its rows of a verb's table. */
#define ASSESSING_OPTIONS \
	{ OPT_SUBJECT, 's', "subject", "SUBJECT", NULL, "address, network (CIDR) or filter; may be repeated" }, \
	{ OPT_HYPOTHESES, 0, "hypotheses", "FILE", NULL, "more hypotheses than those of each subject" }, \
	{ OPT_POLICY, 0, "policy", "FILE", NULL, "signals to leave out, gates to tighten" }, \
	{ OPT_POSITION, 0, "position", "SENSOR=LAT,LON,ERR_KM", NULL, "where a sensor stands; bundles may say otherwise" }, \
	{ OPT_REVIEW, 0, "review", "FILE", NULL, "custody events (.iec): a review of this assessment" }, \
	{ OPT_DATA, 'd', "data", "DATADIR", NULL, "reference data to ask, not claims of the bundles" }, \
	{ OPT_SINCE_DATA, 0, "since-data", "DATE", NULL, "leave out data sets that were built before DATE" }

/* One of these options: CLI_DONE, or a status with its message said. False: it is none. */
bool assessing_option(struct assessing *s, int id, const char *value, int *status);

/* Reference data, and the digests of the bundles. With CLI_DAMAGED those bundles are there that could be read. */
int assessing_open(struct assessing *s, const struct inputs *inputs);

/* What assessing_open gave comes in; as many passes as are wanted, and the review. With CLI_DAMAGED what could be read was weighed. */
int assessing_weigh(struct assessing *s, int opened);
void assessing_close(struct assessing *s);

#endif
