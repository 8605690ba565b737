/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_HKDF_H
#define BASE_HKDF_H

#include "base/hash.h"

/* Keys that protocols derive with HMAC-SHA256 (RFC 2104) and HKDF (RFC 5869). */

/* A key made ready: the hash states behind its two padded blocks. */
struct hkdf_key {
	struct hash_sha256_state inner, outer;
};

/* `count` is at most one block, 64 bytes. */
void hkdf_key_set(struct hkdf_key *key, const uint8_t *bytes, size_t count);

/* HMAC of one message; HKDF-Extract if the key was set from the salt. */
void hkdf_extract(const struct hkdf_key *key, const void *message, size_t count, uint8_t out[static HASH_SHA256_BYTES]);

/* HKDF-Expand-Label of TLS 1.3 (RFC 8446 section 7.1) without a context; `label` goes without "tls13 " and has at most 32 characters;
 * at most one hash of output. */
void hkdf_expand_label(const struct hkdf_key *secret, const char *label, uint8_t *out, size_t count);

#endif
