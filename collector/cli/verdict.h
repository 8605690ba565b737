/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_VERDICT_H
#define CLI_VERDICT_H

#include "cli/chain.h"
#include "indicia/disclose.h"
#include "query/write.h"

/* What verify found, for people and for programs. */
struct verdict {
	const char *file;
	bool unreadable;
	bool has_gap;                /* leaves of its stream lie between the inputs before it and it */
	struct chain_gap gap;
	struct ind_verify_result result;
	bool is_proof;               /* a proof file; then also: */
	struct ind_disclosure_result proof;
	struct query_row row;
	char key_text[IND_KEY_TEXT_MAX];
	uint8_t key_id[4];
};

/* `err` is what ind_verify returned with v->result. */
void verdict_of(struct verdict *v, const char *file, enum ind_err err);

/* One line: VERDICT FILE reason; with `explain` indented lines below it. */
void verdict_line(const struct verdict *v, struct out *out, bool explain);

/* As a row of kind VERIFY; borrowed from the verdict. */
const struct query_row *verdict_row(struct verdict *v);

#endif
