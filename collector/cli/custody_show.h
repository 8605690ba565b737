/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CUSTODY_SHOW_H
#define CLI_CUSTODY_SHOW_H

#include "cli/custody.h"
#include "cli/verdict.h"
#include "query/write.h"

/* A custody log as rows, and as lines for people. */

struct custody_row {
	struct query_row row;
	char id[CUSTODY_ID_TEXT], receipt[CUSTODY_ID_TEXT], key[9], other[9], state[256];
	char key_text[IND_KEY_TEXT_MAX], other_text[IND_KEY_TEXT_MAX];
	char parents[IND_CUSTODY_PARENTS_MAX][CUSTODY_ID_TEXT];
};

/* Cells borrow from the entry and from the row. */
const struct query_row *custody_row_of(struct custody_row *row, const struct ind_custody_entry *entry, const struct ind_custody_log *log);
const struct query_row *custody_file_row_of(struct custody_row *row, const struct ind_custody_file *file);

/* What is wrong with files, what is open, what the time stamps prove: on standard error, one line each. */
void custody_tell(struct custody *c);

/* Fills what a verdict says of the time: with `log` NULL, or without a time stamp that is of use, by the sensor's own clock only. */
void custody_interval(const struct custody *c, struct verdict *verdict);

#endif
