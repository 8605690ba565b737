/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hkdf.h"

#include <string.h>

enum { BLOCK_BYTES = 64, INNER_PAD = 0x36, OUTER_PAD = 0x5c, LABEL_MAX_BYTES = 32 };

static void pad_hash(struct hash_sha256_state *s, const uint8_t *bytes, size_t count, uint8_t pad)
{
	uint8_t block[BLOCK_BYTES];
	memset(block, pad, sizeof block);
	for (size_t i = 0; i < count; i++)
		block[i] ^= bytes[i];
	hash_sha256_start(s);
	hash_sha256_add(s, block, sizeof block);
}

void hkdf_key_set(struct hkdf_key *key, const uint8_t *bytes, size_t count)
{
	pad_hash(&key->inner, bytes, count, INNER_PAD);
	pad_hash(&key->outer, bytes, count, OUTER_PAD);
}

void hkdf_extract(const struct hkdf_key *key, const void *message, size_t count, uint8_t out[static HASH_SHA256_BYTES])
{
	struct hash_sha256_state s = key->inner;
	hash_sha256_add(&s, message, count);
	hash_sha256_end(&s, out);
	s = key->outer;
	hash_sha256_add(&s, out, HASH_SHA256_BYTES);
	hash_sha256_end(&s, out);
}

/* RFC 5869 section 2.3: the first block of output is HMAC(secret, info, 1). */
void hkdf_expand_label(const struct hkdf_key *secret, const char *label, uint8_t *out, size_t count)
{
	static const char prefix[] = "tls13 ";
	enum { PREFIX_BYTES = sizeof prefix - 1 };
	uint8_t info[2 + 1 + PREFIX_BYTES + LABEL_MAX_BYTES + 1 + 1], block[HASH_SHA256_BYTES];
	size_t label_bytes = strlen(label), at = 0;
	info[at++] = (uint8_t)(count >> 8);
	info[at++] = (uint8_t)count;
	info[at++] = (uint8_t)(PREFIX_BYTES + label_bytes);
	memcpy(info + at, prefix, PREFIX_BYTES);
	memcpy(info + at + PREFIX_BYTES, label, label_bytes);
	at += PREFIX_BYTES + label_bytes;
	info[at++] = 0;
	info[at++] = 1;
	hkdf_extract(secret, info, at, block);
	memcpy(out, block, count);
}
