/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 9162 sections 2.1.1 and 2.1.3. Level by level, an odd last node moving up as it is, gives the tree of the RFC. */
#include "bundle/tree_path.h"

#include <string.h>

/* The root of the perfect subtree of 2^height leaves that ends where `before` ends, if there is one. */
static const uint8_t *frontier_at(const struct ind_stream *before, unsigned height)
{
	uint64_t larger = height < 63 ? before->leaves >> (height + 1) : 0;
	return before->leaves >> height & 1 ? before->frontier[__builtin_popcountll(larger)] : NULL;
}

/* One level: what is at hand, and in front of it the perfect subtree before, where a parent needs it. */
static size_t level_start(struct tree_levels *t, const struct ind_stream *before, struct tree_hash *at)
{
	unsigned height = t->count++;
	const uint8_t *left = frontier_at(before, height);
	t->level[height].node = at;
	t->level[height].first = (before->leaves >> height) - (left ? 1 : 0);
	if (left)
		memcpy(at->bytes, left, HASH_SHA256_BYTES);
	return left ? 1 : 0;
}

static uint64_t nodes_at(uint64_t size, unsigned height) { return height > 63 ? 1 : ((size - 1) >> height) + 1; }

/* Nodes of the next level out of those of this one. */
static void level_above(struct tree_levels *t, const struct ind_stream *before)
{
	unsigned below = t->count - 1;
	const struct tree_hash *node = t->level[below].node;
	size_t left = t->level[below].count, at = 0;
	struct tree_hash *out = t->level[below].node + left;
	size_t put = level_start(t, before, out);
	for (; at + 1 < left; at += 2)
		tree_node(&node[at], &node[at + 1], &out[put++]);
	if (at < left)
		out[put++] = node[at];
	t->level[t->count - 1].count = put;
}

enum ind_err tree_levels_make(struct tree_levels *t, const struct ind_stream *before, const struct tree_hash *leaves, size_t count)
{
	t->size = before->leaves + count;
	t->count = 0;
	/* Each level has at most half of the one below, and two more. */
	if (!buffer_reserve(&t->nodes, (2 * count + (size_t)3 * (TREE_PATH_MAX + 1)) * sizeof *leaves))
		return IND_NOMEM;
	struct tree_hash *first = (struct tree_hash *)(void *)t->nodes.at;
	size_t put = level_start(t, before, first);
	memcpy(first + put, leaves, count * sizeof *leaves);
	t->level[0].count = put + count;
	while (nodes_at(t->size, t->count - 1) > 1)
		level_above(t, before);
	return IND_OK;
}

void tree_levels_free(struct tree_levels *t) { buffer_free(&t->nodes); }

const struct tree_hash *tree_levels_root(const struct tree_levels *t)
{
	return &t->level[t->count - 1].node[t->level[t->count - 1].count - 1];
}

size_t tree_path_of(const struct tree_levels *t, uint64_t index, struct tree_hash path[static TREE_PATH_MAX])
{
	size_t count = 0;
	for (unsigned height = 0; height + 1 < t->count; height++, index >>= 1)
		if ((index ^ 1) < nodes_at(t->size, height))
			path[count++] = t->level[height].node[(index ^ 1) - t->level[height].first];
	return count;
}

bool tree_path_root(const struct tree_hash *leaf, uint64_t index, uint64_t size, const uint8_t *path, size_t path_bytes, struct tree_hash *root)
{
	struct tree_hash sibling;
	if (index >= size)
		return false;
	*root = *leaf;
	for (unsigned height = 0; height < TREE_PATH_MAX && nodes_at(size, height) > 1; height++, index >>= 1) {
		if ((index ^ 1) >= nodes_at(size, height))
			continue;
		if (path_bytes < sizeof sibling.bytes)
			return false;
		memcpy(sibling.bytes, path, sizeof sibling.bytes);
		path += sizeof sibling.bytes;
		path_bytes -= sizeof sibling.bytes;
		if (index & 1)
			tree_node(&sibling, root, root);
		else
			tree_node(root, &sibling, root);
	}
	return path_bytes == 0;
}
