/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_VERDICT_H
#define CLI_VERDICT_H

#include "cli/chain.h"
#include "indicia/disclose.h"
#include "indicia/stamp.h"
#include "query/write.h"

/* What verify found, for people and for programs. */
struct verdict {
	const char *file;
	bool unreadable;
	const struct chain_link *link; /* what the other inputs say of it */
	const char *conflict;        /* the input that holds another state of its stream; NULL */
	struct ind_verify_result result;
	bool is_proof;               /* a proof file; then also: */
	struct ind_disclosure_result proof;
	bool has_stamp;              /* a time stamp beside it is of use: */
	struct ind_stamp_result stamp;
	char key_text[IND_KEY_TEXT_MAX];
	uint8_t key_id[4];
};

/* `err` is what ind_verify returned with v->result. */
void verdict_of(struct verdict *v, const char *file, enum ind_err err);

/* One line: VERDICT FILE reason; with `explain` indented lines below it. */
void verdict_line(const struct verdict *v, struct out *out, bool explain);

/* As a row of kind VERIFY in `row`, whose cells borrow from the verdict. */
const struct query_row *verdict_row(const struct verdict *v, struct query_row *row);

/* What no verdict excludes: the list of docs/threat-model.md. */
void threats_put(struct out *out);

#endif
