/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_WHOLE_H
#define QUERY_WHOLE_H

#include "indicia/bundle.h"
#include "query/row.h"

/* One bundle as a whole: its header, its totals, its last seal, as a reader finds them. What verify says of it is not among them. */
struct whole;

struct whole *whole_new(void);
void whole_free(struct whole *w);

/* Reads a bundle. Where it is damaged, *offset says where, and the row is of what could be read. `source` is not kept, `name` is borrowed; without
 * one nothing is said of the file, and it is not hashed. */
enum ind_err whole_read(struct whole *w, const struct ind_source *source, const char *name, uint64_t *offset) IND_MUST_USE;

/* The row of kind BUNDLE of the bundle that was read last; NULL if not even its header could be read. */
struct query_row *whole_row(struct whole *w);

/* The header that the row is of; NULL likewise. It lives until the next bundle is read. */
const struct ind_header *whole_header(const struct whole *w);

/* Nothing was read. */
void whole_forget(struct whole *w);

#endif
