/* SPDX-License-Identifier: Apache-2.0 */
#ifndef QUERY_DISCLOSED_H
#define QUERY_DISCLOSED_H

#include "indicia/disclose.h"
#include "query/rows.h"

/* Records of proof files as rows: cells of what is not opened are absent. */

/* The kind of row that a disclosed record of this kind makes. */
enum query_kind_id disclosed_kind(enum ind_record_kind kind);

/* Cells borrow from `d`, from the context and from the row. An address without its host is shown as its network, "198.51.100.0/24". */
void row_of_disclosed(struct query_row *row, const struct ind_disclosed *d, const struct rows_context *context);

/* Signal number `signal` of those that are shown of a flow; its record names its place among all of the flow. */
void row_of_disclosed_signal(struct query_row *row, const struct ind_disclosed *d, size_t signal);

/* The same of a derived signal; what is derived follows from the group of the path, and has a number only if the group of names is opened too. */
bool disclosed_derives(const struct ind_disclosed *d);
void row_of_disclosed_derived(struct query_row *row, const struct ind_disclosed *d, const struct ind_derived *derived, size_t signal);

/* A proof as a whole. */
void row_of_disclosure(struct query_row *row, const char *file, const struct ind_disclosure_result *result);

#endif
