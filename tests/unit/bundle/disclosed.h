/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_BUNDLE_DISCLOSED_H
#define TEST_BUNDLE_DISCLOSED_H

#include "damage.h"
#include "indicia/disclose.h"

/* Proofs in memory, made and checked. */

/* Which records are chosen: all, or one by its number among those of its kind (IND_REC_HEADER: among all). */
struct pick {
	bool all, only;
	enum ind_record_kind kind;
	unsigned number, asked;
	uint32_t opened;
	struct ind_record record;    /* the last one chosen: kind and id */
};
bool pick_choose(void *ctx, const struct ind_record *record, uint32_t *opened);

/* Into an empty memory; must work. */
struct ind_disclose_made disclosed_make(const struct memory *bundle, const struct keys *keys, struct pick *pick, struct memory *proof);

struct disclosed_seen { unsigned records; enum ind_record_kind kind; struct ind_record_id id; uint32_t opened; };

/* `seen` may be NULL: of the last record. */
struct ind_disclosure_result disclosed_check(const struct memory *proof, const struct keys *keys, struct disclosed_seen *seen);

/* All groups that a kind has. */
uint32_t disclosed_groups(enum ind_record_kind kind);

#endif
