/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_TREE_PATH_H
#define BUNDLE_TREE_PATH_H

#include "bundle/buffer.h"
#include "bundle/tree.h"

/* Inclusion paths (RFC 9162 section 2.1.3): the siblings on the way from a leaf to the root, lowest first. */

enum { TREE_PATH_MAX = 64 };

/* The nodes of a tree from one leaf on, level by level; what is before that leaf is known by the roots of its perfect subtrees. */
struct tree_levels {
	uint64_t size;               /* leaves of the whole tree */
	unsigned count;
	struct { uint64_t first; size_t count; struct tree_hash *node; } level[TREE_PATH_MAX + 1];
	struct buffer nodes;
};

/* Over the leaves that follow `before` (only its size and frontier matter; shape checked). `count` >= 1. */
enum ind_err tree_levels_make(struct tree_levels *t, const struct ind_stream *before, const struct tree_hash *leaves, size_t count) IND_MUST_USE;
void tree_levels_free(struct tree_levels *t);

const struct tree_hash *tree_levels_root(const struct tree_levels *t);

/* The path of a leaf that is not before the first; how many nodes it has. */
size_t tree_path_of(const struct tree_levels *t, uint64_t index, struct tree_hash path[static TREE_PATH_MAX]);

/* Where a path leads; false if it has more or fewer nodes than the way from `index` in a tree of `size` leaves. */
bool tree_path_root(const struct tree_hash *leaf, uint64_t index, uint64_t size, const uint8_t *path, size_t path_bytes, struct tree_hash *root);

#endif
