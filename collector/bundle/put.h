/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_PUT_H
#define BUNDLE_PUT_H

#include "bundle/commit.h"
#include "bundle/row.h"

/* One kind of records on their way into a frame: rows, their texts, and their commitments. */
struct lane {
	struct batch batch;
	struct dictionary dictionary;
	struct committer committer;
};

enum ind_err lane_new(struct lane *l, enum row_kind kind) IND_MUST_USE;
void lane_free(struct lane *l);

/* An empty batch with its own salts. */
void lane_start(struct lane *l, const uint8_t salt_key[static SALT_BYTES]);

/* Must the batch be written before anything is added? */
bool lane_full(const struct lane *l);

/* Append a checked record. IND_NOMEM if memory was short: the lane is of no use then. */
enum ind_err lane_flow(struct lane *l, const struct ind_flow *flow, const struct ind_signal *signals, size_t count) IND_MUST_USE;
enum ind_err lane_exhibit(struct lane *l, const struct ind_exhibit *exhibit) IND_MUST_USE;
enum ind_err lane_claim(struct lane *l, const struct ind_claim *claim) IND_MUST_USE;
enum ind_err lane_origin(struct lane *l, const struct ind_origin *origin) IND_MUST_USE;

#endif
