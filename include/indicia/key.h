/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDICIA_KEY_H
#define INDICIA_KEY_H

#include "indicia/err.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keys and their text forms, C2SP signed-note verifier keys: "name+hash8+base64(type || key)". Ed25519 (RFC 8032), and for identity keys that a TPM
 * holds ECDSA over P-256 with SHA-256 (FIPS 186-5): docs/bundle-format.md section 6. */

enum { IND_KEY_BYTES = 32, IND_SIGNATURE_BYTES = 64, IND_KEY_TEXT_MAX = 256 };

enum ind_key_type { IND_KEY_ED25519 = 0, IND_KEY_P256 = 1 };

/* All zero: no key. */
struct ind_key_public {
	uint8_t bytes[IND_KEY_BYTES]; /* of P-256: x */
	uint8_t y[IND_KEY_BYTES];    /* of P-256 */
	uint8_t type;                /* enum ind_key_type */
};

/* Opaque; secret bytes are cleansed by ind_key_free. */
struct ind_key;

/* A new key from the system's random source, or from a 32-byte seed. The caller owns *key. */
IND_API enum ind_err ind_key_new(struct ind_key **key) IND_MUST_USE;
IND_API enum ind_err ind_key_from_seed(const uint8_t seed[static IND_KEY_BYTES], struct ind_key **key) IND_MUST_USE;
IND_API void ind_key_free(struct ind_key *key);

/* A new P-256 key whose secret stays in this machine's TPM 2.0, through the provider tpm2 of OpenSSL (TPM2OPENSSL_TCTI says where the TPM is, if not at
 * the system's default). IND_MISSING if there is no provider or no TPM that answers. The caller owns *key. */
IND_API enum ind_err ind_key_new_tpm(struct ind_key **key) IND_MUST_USE;

/* Is the secret in a TPM? */
IND_API bool ind_key_in_tpm(const struct ind_key *key);

IND_API void ind_key_public(const struct ind_key *key, struct ind_key_public *pub);

/* The 32 bytes that ind_key_from_seed makes this key from again; IND_CRYPTO if it is not of Ed25519. The caller cleanses them. */
IND_API enum ind_err ind_key_seed(const struct ind_key *key, uint8_t seed[static IND_KEY_BYTES]) IND_MUST_USE;

/* From now on secret bytes of keys of this process stand in memory that is not swapped out and not part of a core dump. Called once, before the
 * first key is made. IND_LIMIT if the system does not allow to lock them (RLIMIT_MEMLOCK): keys work all the same. */
IND_API enum ind_err ind_key_lock_memory(void) IND_MUST_USE;

/* PKCS#8 PEM, as `openssl genpkey` writes it for ED25519 (RFC 8410) and for EC with the curve P-256 (RFC 5915), or of a key in a TPM a TSS2 PRIVATE KEY,
 * which only that TPM can use. Text in memory; *pem is malloc'ed, NUL-terminated. IND_KEY: no such key; IND_MISSING: its TPM does not answer. */
IND_API enum ind_err ind_key_to_pem(const struct ind_key *key, char **pem) IND_MUST_USE;
IND_API enum ind_err ind_key_from_pem(const char *pem, size_t bytes, struct ind_key **key) IND_MUST_USE;

IND_API enum ind_err ind_key_sign(const struct ind_key *key, const void *message, size_t bytes, uint8_t signature[static IND_SIGNATURE_BYTES]) IND_MUST_USE;

/* IND_OK if the signature is right and has the one form that it can have, IND_KEY if not. */
IND_API enum ind_err ind_key_check(const struct ind_key_public *pub, const void *message, size_t bytes, const uint8_t signature[static IND_SIGNATURE_BYTES]) IND_MUST_USE;

/* Key id as in signed notes: the first four bytes of SHA-256(name || '\n' || 0x01 || key), of P-256 those of SHA-256(SubjectPublicKeyInfo). For
 * `keys show` and trust files the name is "indicia". Text: 8 hex digits. */
IND_API void ind_key_id(const struct ind_key_public *pub, const char *name, uint8_t id[static 4]);

/* "indicia+1a2b3c4d+AbCd…" (no newline) to and from. IND_MALFORMED if the text is not exactly one such key. */
IND_API void ind_key_public_to_text(const struct ind_key_public *pub, char text[static IND_KEY_TEXT_MAX]);
IND_API enum ind_err ind_key_public_from_text(const char *text, size_t bytes, struct ind_key_public *pub) IND_MUST_USE;

#endif
