/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_OVERVIEW_H
#define CLI_OVERVIEW_H

#include "query/out.h"
#include "query/row.h"

/* One bundle as a whole: its header, its counts, its verdict. */
struct overview;

struct overview *overview_new(void);
void overview_free(struct overview *o);

/* Reads a bundle; a status, with its message said. */
int overview_read(struct overview *o, const char *name);

/* The row of kind BUNDLE of the bundle that was read last; NULL if not even its header could be read. */
const struct query_row *overview_row(const struct overview *o);

/* The same as lines of name and value. */
void overview_block(const struct overview *o, struct out *out);

#endif
