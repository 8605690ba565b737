/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_PARENTS_H
#define QUERY_PARENTS_H

#include "indicia/bundle.h"

/* Inner flows name the flow around them by its serial, and are often recorded before it: where in a bundle the carrying flows stand. */
struct parents;

/* Reads the bundle once more. What cannot be read is not found later. At most PARENTS_MAX flows are kept. */
enum { PARENTS_MAX = 1 << 21 };
enum ind_err parents_load(const struct ind_source *source, struct parents **parents) IND_MUST_USE;

/* The record of the flow with this serial, as text; "" if it is not known. */
const char *parents_find(const struct parents *parents, uint64_t serial, char text[static IND_RECORD_ID_TEXT]);
void parents_free(struct parents *parents);

#endif
