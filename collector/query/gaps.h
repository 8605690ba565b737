/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_GAPS_H
#define QUERY_GAPS_H

#include "indicia/bundle.h"
#include "query/row.h"

/* What is missing: leaves of streams that no bundle at hand holds, the rest of damaged bundles, what sensors say that they did not record. Bundles are
 * looked at one by one. */
struct gaps;

struct gaps *gaps_new(size_t bundles);
void gaps_free(struct gaps *g);

/* Looks into number n, once. NULL: it cannot be opened. *read is how far reading came: IND_OK, or what is wrong with it from *offset on, which is a gap
 * itself and no error here. IND_NOMEM, IND_LIMIT. */
enum ind_err gaps_look(struct gaps *g, size_t n, const struct ind_source *source, enum ind_err *read, uint64_t *offset) IND_MUST_USE;

/* After the last one: what lies between the bundles of each stream, and before the first. */
enum ind_err gaps_end(struct gaps *g) IND_MUST_USE;
size_t gaps_count(const struct gaps *g);

/* Gap n as a row of kind GAP, and the number of its bundle. */
void gaps_row(const struct gaps *g, size_t n, struct query_row *row);
size_t gaps_bundle(const struct gaps *g, size_t n);

#endif
