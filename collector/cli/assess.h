/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ASSESS_H
#define CLI_ASSESS_H

#include "assess/assess.h"
#include "cli/input.h"

/* What assess is asked for, and its passes over the bundles. */

struct assess_bundle { char *name; uint8_t sha256[IND_SHA256_BYTES]; };

struct assessing {
	struct assess *assess;
	struct refdata *refdata;
	struct assess_bundle *bundles; /* by digest */
	size_t bundle_count;
	struct input stdin_input;    /* stays open over the passes */
	bool has_stdin;
};

/* Each is CLI_DONE, or a status with its message said. */
int assessing_subject(struct assessing *s, const char *text);
int assessing_position(struct assessing *s, const char *text);
int assessing_hypotheses(struct assessing *s, const char *path);
int assessing_policy(struct assessing *s, const char *path);
int assessing_data(struct assessing *s, const char *folder);
int assessing_since(struct assessing *s, const char *text);

/* A file of custody events: does one of type `reviewed`, by a key that is trusted here, name this assessment? After assessing_read. */
int assessing_review(struct assessing *s, const char *path);

/* Digests of the bundles, then as many passes as are wanted. With CLI_DAMAGED what could be read was weighed. */
int assessing_open(struct assessing *s, const struct inputs *inputs);
int assessing_read(struct assessing *s);
void assessing_close(struct assessing *s);

#endif
