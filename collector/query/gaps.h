/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_GAPS_H
#define QUERY_GAPS_H

#include "query/row.h"
#include "query/sql_reading.h"

/* What is missing: leaves of streams that no bundle at hand holds, the rest of damaged bundles, what sensors say that they did not record. */
struct sql_gaps;

/* Looks into every bundle of the reading, which is not moved. Each that is damaged is told of where somebody wants to be told. */
enum ind_err sql_gaps_find(struct sql_reading *reading, struct sql_gaps **gaps) IND_MUST_USE;
void sql_gaps_free(struct sql_gaps *g);
size_t sql_gaps_count(const struct sql_gaps *g);

/* Gap n as a row of kind GAP, and the number of its bundle. */
void sql_gaps_row(const struct sql_gaps *g, size_t n, struct query_row *row);
size_t sql_gaps_bundle(const struct sql_gaps *g, size_t n);

#endif
