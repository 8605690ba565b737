/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_RECORD_ROWS_H
#define CLI_RECORD_ROWS_H

#include "cli/difference.h"
#include "cli/input.h"
#include "query/filter.h"
#include "refdata/refdata.h"

/* Rows to be held against each other: the records of bundles by what they are about, or what reference data say of the addresses in them. */

struct record_rows {
	struct inputs inputs;
	struct input standard;       /* standard input, which can be read once only, and is read again from here */
	bool has_standard;
	struct query_filter *filter; /* borrowed */
	bool only_claims;
	struct refdata *refdata;     /* claims of these data, not those recorded; borrowed */
	uint64_t ignored[QUERY_KIND_COUNT]; /* bit n: field n of the kind is not compared */
};

/* Opens standard input if it is among the inputs. */
int record_rows_start(struct record_rows *r);
void record_rows_end(struct record_rows *r);

/* `names` has keys of fields with commas between. CLI_DONE, or CLI_USAGE with its message said. */
int record_rows_ignore(struct record_rows *r, const char *names);

/* struct difference_side's, with a struct record_rows. */
int record_rows_read(void *ctx, struct rowset *set, bool first_pass);

/* Opens a folder of reference data that was asked for by name: without a data set in it, it is missing. */
int record_rows_data(const char *folder, struct refdata **refdata);

#endif
