/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PROOF_H
#define CLI_PROOF_H

#include "cli/input.h"
#include "cli/target.h"

/* Proof files among the operands of verify and show. */

/* Does the file begin as one? Nothing is said if it cannot be read. */
bool proof_is(const struct input *in);

/* Whether all of the inputs, or any, are proof files. */
void proof_among(const struct inputs *inputs, bool *all, bool *any);

/* What proof files show: in NDJSON a row for the whole and one for each record; in a table the whole, then one table per kind of record. */
int proof_show(const struct inputs *inputs, const struct output_options *output);

#endif
