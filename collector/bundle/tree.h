/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_TREE_H
#define BUNDLE_TREE_H

#include "base/hash.h"
#include "indicia/bundle.h"
#include <stdbool.h>

/* RFC 9162 section 2.1 Merkle trees; hashes are 32 bytes. */

struct tree_hash { uint8_t bytes[HASH_SHA256_BYTES]; };

/* The tree of a stream, kept as ind_stream: its size and the roots of its perfect subtrees. */
void tree_push(struct ind_stream *stream, const struct tree_hash *leaf);
void tree_root(const struct ind_stream *stream, struct tree_hash *root);

/* Does the stream have as many subtree roots as its size has one bits? */
bool tree_shape_ok(const struct ind_stream *stream);

/* Root over `count` ≥ 1 leaves; the array is used as scratch. */
void tree_root_of(struct tree_hash *leaves, size_t count, struct tree_hash *root);

/* The node above two others; may be one of them. */
void tree_node(const struct tree_hash *left, const struct tree_hash *right, struct tree_hash *node);

/* Leaf of a frame, by the SHA-256 of its payload or by the payload. `records_root` NULL: not a DATA frame. */
void tree_digest_leaf(const uint8_t *preamble, const uint8_t *frame_header, const uint8_t digest[static HASH_SHA256_BYTES],
	const struct tree_hash *records_root, struct tree_hash *leaf);
void tree_frame_leaf(const uint8_t *preamble, const uint8_t *frame_header, const uint8_t *payload, size_t bytes, const struct tree_hash *records_root,
	struct tree_hash *leaf);

#endif
