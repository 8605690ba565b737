/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_ASSESSMENT_ROWS_H
#define CLI_ASSESSMENT_ROWS_H

#include "cli/difference.h"

/* Assessments (JSON) as rows to be held against each other. */

struct assessment_rows {
	const char *name;            /* of the file; "-" for standard input */
	char *text;
	size_t bytes;
	const uint64_t *ignored;     /* QUERY_KIND_COUNT of them, bit n: field n of the kind is not compared; borrowed */
};

/* Does this file begin as JSON? False for what cannot be read, too: whoever opens it then says so. */
bool assessment_rows_is_json(const char *name);

/* Reads the file. CLI_DONE, or a status with its message said. */
int assessment_rows_open(struct assessment_rows *a, const char *name);
void assessment_rows_close(struct assessment_rows *a);

/* struct difference_side's, with a struct assessment_rows. */
int assessment_rows_read(void *ctx, struct rowset *set, bool first_pass);

#endif
