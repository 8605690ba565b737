/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_REQUEST_H
#define CLI_REQUEST_H

#include "base/hash.h"
#include "base/tally.h"
#include "cli/input.h"
#include "cli/selection.h"
#include "cli/trust.h"
#include "letter/letter.h"

/* What request is asked for, and what it gathers of the bundles. */

struct requesting {
	struct letter letter;
	struct asks asks;
	char *asks_text;
	struct inputs inputs;
	struct selection_options selection;
	struct query_filter *filter;
	struct trust trust;
	struct letter_flow *flows;   /* room for flows_max and one more */
	struct letter_bundle *bundles;
	struct tally seen;           /* flows, by hash with the secret of this run: several bundles may hold one */
	struct hash_key secret;
	uint64_t flows_max;
	const char *asks_file, *language, *write;
	bool force, named[LETTER_ASKS_MAX]; /* a flow has the address of this ask */
};

/* Reads, gathers, writes. A status, with its message said. */
int requesting_run(struct requesting *r);
void requesting_free(struct requesting *r);

#endif
