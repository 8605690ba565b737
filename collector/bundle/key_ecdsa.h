/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_KEY_ECDSA_H
#define BUNDLE_KEY_ECDSA_H

#include "indicia/key.h"
#include <openssl/evp.h>
#include <stdbool.h>

/* ECDSA over P-256: the forms of points and signatures. */

enum { ECDSA_POINT_BYTES = 1 + 2 * IND_KEY_BYTES, ECDSA_DER_MAX = 72, ECDSA_SPKI_BYTES = 26 + ECDSA_POINT_BYTES };

/* SEC 1 section 2.3.3, uncompressed. That a point is on the curve is found out when it is used. */
void ecdsa_point_put(const struct ind_key_public *key, uint8_t point[static ECDSA_POINT_BYTES]);
bool ecdsa_point_get(const uint8_t *point, size_t bytes, struct ind_key_public *key);

/* SubjectPublicKeyInfo, RFC 5480. */
void ecdsa_spki_put(const struct ind_key_public *key, uint8_t spki[static ECDSA_SPKI_BYTES]);
bool ecdsa_spki_get(const uint8_t spki[static ECDSA_SPKI_BYTES], struct ind_key_public *key);

/* Ecdsa-Sig-Value, RFC 3279 section 2.2.3, to and from r and s. Writing gives the number of bytes, 0 without memory; reading takes exactly what
 * writing gives. */
size_t ecdsa_der_put(const uint8_t signature[static IND_SIGNATURE_BYTES], uint8_t der[static ECDSA_DER_MAX]);
bool ecdsa_der_get(const uint8_t *der, size_t bytes, uint8_t signature[static IND_SIGNATURE_BYTES]);

/* The same signature with the smaller one of s and n - s. */
bool ecdsa_make_low(uint8_t signature[static IND_SIGNATURE_BYTES]);
bool ecdsa_is_low(const uint8_t signature[static IND_SIGNATURE_BYTES]);

/* NULL if it is no point of the curve. */
EVP_PKEY *ecdsa_public(const struct ind_key_public *key);

#endif
