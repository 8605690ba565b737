/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPORT_CLAIM_TEXT_H
#define EXPORT_CLAIM_TEXT_H

#include "query/out.h"
#include "query/row.h"

/* A claim in words, always with who makes it; of a row of kind CLAIM. */

/* "data set NAME, built DATE" */
void claim_who(struct out *o, const struct query_row *row);

/* All of it but its marking, as one sentence. */
void claim_sentence(struct out *o, const struct query_row *row);
bool claim_says(size_t field);

#endif
