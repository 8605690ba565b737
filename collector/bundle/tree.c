/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 9162 section 2.1.1; docs/bundle-format.md section 3. */
#include "bundle/tree.h"

#include "bundle/format.h"
#include <string.h>

static void node_of(const uint8_t *left, const uint8_t *right, uint8_t *out)
{
	uint8_t image[1 + 2 * HASH_SHA256_BYTES] = { 1 };
	memcpy(image + 1, left, HASH_SHA256_BYTES);
	memcpy(image + 1 + HASH_SHA256_BYTES, right, HASH_SHA256_BYTES);
	hash_sha256(image, sizeof image, out);
}

void tree_node(const struct tree_hash *left, const struct tree_hash *right, struct tree_hash *node)
{
	node_of(left->bytes, right->bytes, node->bytes);
}

/* Each trailing one bit of the old size is a subtree as large as the one that grows: they become one. */
void tree_push(struct ind_stream *stream, const struct tree_hash *leaf)
{
	struct tree_hash grown = *leaf;
	for (uint64_t size = stream->leaves; size & 1; size >>= 1)
		node_of(stream->frontier[--stream->frontier_count], grown.bytes, grown.bytes);
	memcpy(stream->frontier[stream->frontier_count++], grown.bytes, HASH_SHA256_BYTES);
	stream->leaves++;
}

void tree_root(const struct ind_stream *stream, struct tree_hash *root)
{
	if (stream->frontier_count == 0) {
		hash_sha256("", 0, root->bytes);
		return;
	}
	memcpy(root->bytes, stream->frontier[stream->frontier_count - 1], HASH_SHA256_BYTES);
	for (size_t i = stream->frontier_count - 1; i-- > 0;)
		node_of(stream->frontier[i], root->bytes, root->bytes);
}

bool tree_shape_ok(const struct ind_stream *stream)
{
	return stream->frontier_count <= IND_FRONTIER_MAX && (size_t)__builtin_popcountll(stream->leaves) == stream->frontier_count;
}

/* Level by level; an odd last one moves up as it is. This is the tree of the RFC. */
void tree_root_of(struct tree_hash *leaves, size_t count, struct tree_hash *root)
{
	while (count > 1) {
		for (size_t i = 0; i + 1 < count; i += 2)
			node_of(leaves[i].bytes, leaves[i + 1].bytes, leaves[i / 2].bytes);
		if (count & 1)
			leaves[count / 2] = leaves[count - 1];
		count = (count + 1) / 2;
	}
	*root = leaves[0];
}

void tree_digest_leaf(const uint8_t *preamble, const uint8_t *frame_header, const uint8_t digest[static HASH_SHA256_BYTES],
	const struct tree_hash *records_root, struct tree_hash *leaf)
{
	static const struct tree_hash none;
	const struct hash_part parts[] = {
		{ "\0", 1 },
		{ preamble, PREAMBLE_BYTES },
		{ frame_header, FRAME_HEADER_BYTES },
		{ digest, HASH_SHA256_BYTES },
		{ records_root ? records_root : &none, HASH_SHA256_BYTES },
	};
	hash_sha256_parts(parts, 5, leaf->bytes);
}

void tree_frame_leaf(const uint8_t *preamble, const uint8_t *frame_header, const uint8_t *payload, size_t bytes,
	const struct tree_hash *records_root, struct tree_hash *leaf)
{
	uint8_t digest[HASH_SHA256_BYTES];
	hash_sha256(payload, bytes, digest);
	tree_digest_leaf(preamble, frame_header, digest, records_root, leaf);
}
