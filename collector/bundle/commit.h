/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_COMMIT_H
#define BUNDLE_COMMIT_H

#include "bundle/buffer.h"
#include "bundle/format.h"
#include "bundle/tree.h"

/* What a row is committed to with, kept for its disclosure. */
struct commitment {
	size_t core_bytes;
	unsigned groups;
	uint8_t core[CORE_MAX_BYTES];
	uint8_t digest[GROUPS_MAX][HASH_SHA256_BYTES];
	uint8_t salt[GROUPS_MAX][SALT_BYTES];
	size_t part_at[GROUPS_MAX + 1]; /* in `parts`; the last is behind the last part */
	struct buffer parts;
};

/* One salted leaf per row (docs/bundle-format.md section 5). Rows are committed in order, from 0. */

struct committer {
	void *cipher;                /* AES-128-CTR key stream of the batch */
	size_t rows;
	bool failed;                 /* sticky: memory or the cipher */
	struct buffer part;
	struct buffer leaves;        /* struct tree_hash each */
	uint8_t *salts;              /* of a run of rows */
	struct commitment *kept;     /* of the last row; NULL: not kept */
};

enum ind_err committer_new(struct committer *c) IND_MUST_USE;
void committer_free(struct committer *c);

/* A new batch with its own salts. */
void committer_start(struct committer *c, const uint8_t salt_key[static SALT_BYTES]);

/* `bits` are the values of column 39 of the flow's signals. */
void commit_flow(struct committer *c, const struct ind_flow *flow, const struct ind_signal *signals, const uint64_t *bits, size_t count);
void commit_exhibit(struct committer *c, const struct ind_exhibit *exhibit);
void commit_claim(struct committer *c, const struct ind_claim *claim);
void commit_origin(struct committer *c, const struct ind_origin *origin);

/* records_root over the rows so far; uses the leaves up. IND_NOMEM if memory was short, or libcrypto said so, since the start. */
enum ind_err committer_root(struct committer *c, struct tree_hash *root) IND_MUST_USE;

#endif
