/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CHOICE_H
#define CLI_CHOICE_H

#include "indicia/disclose.h"
#include "query/filter.h"

/* Which records of a bundle are to be shown, and which of their groups. */

struct wanted { char prefix[9]; uint64_t leaf; uint32_t row; const char *text; bool found; };

struct choice {
	struct wanted *records;      /* ascending by leaf and row once choice_ready was called */
	size_t count, room;
	uint32_t kinds;              /* IND_WANT set: all records of these kinds */
	struct query_filter *filter; /* flows that it selects; NULL: none. Owned */
	struct rows_context context; /* of the bundle, once choice_of_bundle was called */
	struct filter_claims *claims;
	uint32_t opened[IND_REC_SEAL + 1]; /* by kind */
};

/* Adds record ids, "3f9a6c01:12:345,…"; that of a signal means its flow. CLI_DONE, or a status with its message said. */
int choice_records(struct choice *c, const char *ids);

/* Adds the groups of fields to open, "src-prefix,path,…" or "all". */
int choice_show(struct choice *c, const char *words);

void choice_ready(struct choice *c);

/* What a filter asks of the bundle as a whole. */
enum ind_err choice_of_bundle(struct choice *c, const struct ind_source *source) IND_MUST_USE;
void choice_free(struct choice *c);

/* The one place where a record is judged; as in ind_disclose_options. `ctx` is the choice. */
bool choice_takes(void *ctx, const struct ind_record *record, uint32_t *opened);

/* CLI_DONE if every record that was asked for by its id was there. */
int choice_found_all(const struct choice *c);

#endif
