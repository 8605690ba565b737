/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "indicia/err.h"
#include <stddef.h>
#include <stdint.h>

/* SHA-256 (FIPS 180-4), and MD5 (RFC 1321) and SHA-1 only because JA3, HASSH and Community ID are defined by them; libcrypto stands
 * behind this door. */

enum { HASH_SHA256_BYTES = 32, HASH_SHA1_BYTES = 20, HASH_MD5_BYTES = 16 };

struct hash_part { const void *at; size_t bytes; };

void hash_sha256(const void *bytes, size_t count, uint8_t digest[static HASH_SHA256_BYTES]);

/* Of the concatenation of all parts. */
void hash_sha256_parts(const struct hash_part *parts, size_t count, uint8_t digest[static HASH_SHA256_BYTES]);

/* Streaming; the state is a plain value. */
struct hash_sha256_state { uint64_t opaque[16]; };
void hash_sha256_start(struct hash_sha256_state *s);
void hash_sha256_add(struct hash_sha256_state *s, const void *bytes, size_t count);
void hash_sha256_end(struct hash_sha256_state *s, uint8_t digest[static HASH_SHA256_BYTES]);

void hash_md5(const void *bytes, size_t count, uint8_t digest[static HASH_MD5_BYTES]);
void hash_sha1(const void *bytes, size_t count, uint8_t digest[static HASH_SHA1_BYTES]);

/* Lower-case hex and a NUL; text holds 2 * count + 1. */
void hash_hex(const uint8_t *bytes, size_t count, char *text);

/* SipHash-1-3 of whole 8-byte words: keyed, so that nobody outside can aim at a bucket (Aumasson, Bernstein 2012). */
struct hash_key { uint64_t k0, k1; };
uint64_t hash_words(const struct hash_key *key, const uint64_t *words, size_t count);

/* Bytes from the system's random source. IND_CRYPTO if it has none. */
enum ind_err hash_random(void *bytes, size_t count) IND_MUST_USE;

#endif
