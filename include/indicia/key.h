/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDICIA_KEY_H
#define INDICIA_KEY_H

#include "indicia/err.h"
#include <stddef.h>
#include <stdint.h>

/* Ed25519 keys (RFC 8032) and their text forms: C2SP signed-note verifier keys, "name+hash8+base64(0x01 || key)". */

enum { IND_KEY_BYTES = 32, IND_SIGNATURE_BYTES = 64, IND_KEY_TEXT_MAX = 256 };

struct ind_key_public { uint8_t bytes[IND_KEY_BYTES]; };

/* Opaque; secret bytes are cleansed by ind_key_free. */
struct ind_key;

/* A new key from the system's random source, or from a 32-byte seed. The caller owns *key. */
IND_API enum ind_err ind_key_new(struct ind_key **key) IND_MUST_USE;
IND_API enum ind_err ind_key_from_seed(const uint8_t seed[static IND_KEY_BYTES], struct ind_key **key) IND_MUST_USE;
IND_API void ind_key_free(struct ind_key *key);

IND_API void ind_key_public(const struct ind_key *key, struct ind_key_public *pub);

/* The 32 bytes that ind_key_from_seed makes this key from again. The caller cleanses them. */
IND_API enum ind_err ind_key_seed(const struct ind_key *key, uint8_t seed[static IND_KEY_BYTES]) IND_MUST_USE;

/* From now on secret bytes of keys of this process stand in memory that is not swapped out and not part of a core dump. Called once, before the
 * first key is made. IND_LIMIT if the system does not allow to lock them (RLIMIT_MEMLOCK): keys work all the same. */
IND_API enum ind_err ind_key_lock_memory(void) IND_MUST_USE;

/* PKCS#8 PEM (RFC 8410), as `openssl genpkey -algorithm ed25519` writes it. Text in memory; *pem is malloc'ed, NUL-terminated. */
IND_API enum ind_err ind_key_to_pem(const struct ind_key *key, char **pem) IND_MUST_USE;
IND_API enum ind_err ind_key_from_pem(const char *pem, size_t bytes, struct ind_key **key) IND_MUST_USE;

IND_API enum ind_err ind_key_sign(const struct ind_key *key, const void *message, size_t bytes, uint8_t signature[static IND_SIGNATURE_BYTES]) IND_MUST_USE;

/* IND_OK if the signature is right, IND_KEY if it is not. */
IND_API enum ind_err ind_key_check(const struct ind_key_public *pub, const void *message, size_t bytes, const uint8_t signature[static IND_SIGNATURE_BYTES]) IND_MUST_USE;

/* Key id as in signed notes: the first four bytes of SHA-256(name || '\n' || 0x01 || key). For `keys show` and trust files the
 * name is "indicia". Text: 8 hex digits. */
IND_API void ind_key_id(const struct ind_key_public *pub, const char *name, uint8_t id[static 4]);

/* "indicia+1a2b3c4d+AbCd…" (no newline) to and from. IND_MALFORMED if the text is not exactly one such key. */
IND_API void ind_key_public_to_text(const struct ind_key_public *pub, char text[static IND_KEY_TEXT_MAX]);
IND_API enum ind_err ind_key_public_from_text(const char *text, size_t bytes, struct ind_key_public *pub) IND_MUST_USE;

#endif
