/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 through libcrypto's low-level calls: a 32-byte hash costs less than half of what the EVP interface takes, and a bundle
 * makes several for each record. They are deprecated in OpenSSL 3.0 but not removed; this file is the only one that knows. */
#define OPENSSL_SUPPRESS_DEPRECATED
#define _DEFAULT_SOURCE
#include "base/hash.h"

#include <endian.h>
#include <openssl/md5.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <string.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct hash_sha256_state), "state too small");

void hash_sha256_start(struct hash_sha256_state *s) { SHA256_Init((SHA256_CTX *)s->opaque); }

void hash_sha256_add(struct hash_sha256_state *s, const void *bytes, size_t count) { SHA256_Update((SHA256_CTX *)s->opaque, bytes, count); }

void hash_sha256_end(struct hash_sha256_state *s, uint8_t digest[static HASH_SHA256_BYTES])
{
	SHA256_Final(digest, (SHA256_CTX *)s->opaque);
}

enum { BLOCK_BYTES = 64, LENGTH_BYTES = 8 };

/* A whole message at once, started and padded here (FIPS 180-4 sections 5.1.1 and 5.3.3). A short one is hashed by one call of the library, which spares the
 * copying, cleansing and repeated loading of state of the streaming calls: for the short messages of commitments a third of the cost. */
void hash_sha256(const void *bytes, size_t count, uint8_t digest[static HASH_SHA256_BYTES])
{
	SHA256_CTX c = { .h = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 } };
	uint8_t last[2 * BLOCK_BYTES];
	size_t whole = count + 1 + LENGTH_BYTES <= sizeof last ? 0 : count & ~(size_t)(BLOCK_BYTES - 1), rest = count - whole;
	size_t padded = rest + 1 + LENGTH_BYTES <= BLOCK_BYTES ? BLOCK_BYTES : 2 * BLOCK_BYTES;
	if (whole)
		SHA256_Update(&c, bytes, whole);
	memset(last, 0, sizeof last);
	if (rest)
		memcpy(last, (const uint8_t *)bytes + whole, rest);
	last[rest] = 0x80;
	memcpy(last + padded - LENGTH_BYTES, &(uint64_t){ htobe64((uint64_t)count * 8) }, LENGTH_BYTES);
	if (padded == BLOCK_BYTES)
		SHA256_Transform(&c, last);
	else
		SHA256_Update(&c, last, padded);
	for (unsigned i = 0; i < HASH_SHA256_BYTES / 4; i++)
		memcpy(digest + 4 * i, &(uint32_t){ htobe32(c.h[i]) }, 4);
}

void hash_sha256_parts(const struct hash_part *parts, size_t count, uint8_t digest[static HASH_SHA256_BYTES])
{
	struct hash_sha256_state s;
	hash_sha256_start(&s);
	for (size_t i = 0; i < count; i++)
		hash_sha256_add(&s, parts[i].at, parts[i].bytes);
	hash_sha256_end(&s, digest);
}

void hash_md5(const void *bytes, size_t count, uint8_t digest[static HASH_MD5_BYTES])
{
	MD5_CTX md5;
	MD5_Init(&md5);
	MD5_Update(&md5, bytes, count);
	MD5_Final(digest, &md5);
}

void hash_sha1(const void *bytes, size_t count, uint8_t digest[static HASH_SHA1_BYTES])
{
	SHA_CTX sha1;
	SHA1_Init(&sha1);
	SHA1_Update(&sha1, bytes, count);
	SHA1_Final(digest, &sha1);
}

void hash_hex(const uint8_t *bytes, size_t count, char *text)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < count; i++) {
		*text++ = digits[bytes[i] >> 4];
		*text++ = digits[bytes[i] & 15];
	}
	*text = '\0';
}

static inline uint64_t rotate(uint64_t x, unsigned bits) { return x << bits | x >> (64 - bits); }

static inline void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

uint64_t hash_words(const struct hash_key *key, const uint64_t *words, size_t count)
{
	uint64_t v[4] = { key->k0 ^ 0x736f6d6570736575, key->k1 ^ 0x646f72616e646f6d, key->k0 ^ 0x6c7967656e657261, key->k1 ^ 0x7465646279746573 };
	for (size_t i = 0; i < count; i++) {
		v[3] ^= words[i];
		sip_round(v);
		v[0] ^= words[i];
	}
	uint64_t last = (uint64_t)(count * 8) << 56;
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

enum ind_err hash_random(void *bytes, size_t count)
{
	return RAND_bytes(bytes, (int)count) == 1 ? IND_OK : IND_CRYPTO;
}
