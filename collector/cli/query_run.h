/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_QUERY_RUN_H
#define CLI_QUERY_RUN_H

#include "cli/input.h"
#include "cli/target.h"
#include "query/sql.h"

/* Statements over the bundles of a command line. */

struct query_run {
	struct inputs inputs;
	struct output_options output;
	struct writer_options options;
	struct sql_inputs bundles;
	struct input standard_input; /* kept: it can be read once */
	bool has_standard_input, on_terminal;
	bool *told;                  /* of each bundle: what is wrong with it was said */
	int status;                  /* the worst that bundles had */
	struct sql *sql;
	struct query_row row;
};

/* Opens the tables. CLI_DONE, or a status with its message said. */
int query_run_open(struct query_run *q);
void query_run_close(struct query_run *q);

/* Was SIGINT sent since it was last forgotten? */
bool query_run_stopped(void);
void query_run_forget_stop(void);

/* All statements of a text; its rows go to `out`. Nothing is run if one of them is wrong. `file` is named in errors, NULL: -c. */
int query_run_text(struct query_run *q, const char *text, size_t bytes, const char *file, struct out *out);

/* Tables, and the columns of one or of all. */
void query_run_tables(struct out *out);
int query_run_schema(const char *table, struct out *out);

#endif
