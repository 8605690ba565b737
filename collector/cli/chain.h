/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CHAIN_H
#define CLI_CHAIN_H

#include "indicia/verify.h"

/* Bundles of one stream, verified one by one: what they say of each other (docs/bundle-format.md sections 7.1 and 7.2). */

struct chain_link {
	struct ind_verify_result *result; /* VALID or INCOMPLETE ones take part; may become ROLLBACK */
	bool has_gap;                /* leaves of its stream lie before it and are in none of the bundles: gap_from <= leaf < its first */
	uint64_t gap_from;
	bool rollback_excluded;
	size_t conflict;             /* number of the bundle that holds another state at head_differing; CHAIN_NONE */
};

#define CHAIN_NONE SIZE_MAX

/* Verifies number `at` once more against one head, and says whether it is in it. */
typedef bool chain_holds(void *ctx, size_t at, const struct ind_kept_head *head);

/* Judges `count` links. A stream's first bundle has no gap before it, whatever its first leaf is. False: out of memory, nothing was judged. */
bool chain_judge(struct chain_link *links, size_t count, chain_holds *holds, void *ctx);

#endif
