/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_DIFFERENCE_H
#define CLI_DIFFERENCE_H

#include "cli/rowset.h"
#include "cli/target.h"

/* Two sets of rows held against each other: a row for each that only one of them has, and for each field that is another one. */

struct difference_side {
	/* Adds all rows of this side that are of the set's part. A status, with its message said in the first pass only. */
	int (*read)(void *ctx, struct rowset *set, bool first_pass);
	void *ctx;
};

struct difference_options {
	struct output_options output; /* its format is set */
	const char *noun;            /* what is counted, for people: "records" */
	const char *left, *right;    /* what the sides are called, for people */
	uint64_t bytes_max;          /* of each side */
};

/* CLI_DONE if nothing differs, CLI_NEGATIVE if anything does, or a status with its message said. */
int difference_run(const struct difference_options *o, const struct difference_side sides[static 2]);

#endif
