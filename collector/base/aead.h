/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_AEAD_H
#define BASE_AEAD_H

#include "base/hash.h"
#include <stdbool.h>

/* AES-128-GCM (NIST SP 800-38D) and single blocks of AES-128, decryption for protocols whose keys stand in the open. libcrypto stands
 * behind this door. The contexts are made once; nothing is allocated afterwards. */

enum { AEAD_KEY_BYTES = 16, AEAD_NONCE_BYTES = 12, AEAD_TAG_BYTES = 16, AEAD_BLOCK_BYTES = 16 };

struct aead;

/* IND_CRYPTO if libcrypto refuses. */
enum ind_err aead_new(struct aead **aead) IND_MUST_USE;
void aead_free(struct aead *aead);

/* Encrypts one block. */
bool aead_block(const uint8_t key[static AEAD_KEY_BYTES], const uint8_t in[static AEAD_BLOCK_BYTES], uint8_t out[static AEAD_BLOCK_BYTES]);

/* Opens `count` bytes, the tag at their end; `out` takes count - AEAD_TAG_BYTES. The associated data are the concatenation of `parts`.
 * False if the tag does not fit: what stands in `out` is then worth nothing. */
struct aead_keys {
	const uint8_t *key, *nonce;
};
bool aead_open(struct aead *aead, struct aead_keys keys, const struct hash_part *parts, size_t part_count, const uint8_t *in, size_t count,
	uint8_t *out);

#endif
