/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/key_ecdsa.h"

#include "bundle/bytes.h"
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <string.h>

enum { UNCOMPRESSED = 4, SPKI_HEAD_BYTES = ECDSA_SPKI_BYTES - ECDSA_POINT_BYTES };

/* SEQUENCE { SEQUENCE { id-ecPublicKey, secp256r1 }, BIT STRING of the point }. */
static const uint8_t spki_head[SPKI_HEAD_BYTES] = {
	0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
	0x03, 0x42, 0x00,
};

/* The order of the curve (SEC 2 section 2.4.2), and the half of it, rounded down. */
static const uint8_t order[IND_KEY_BYTES] = {
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};
static const uint8_t half[IND_KEY_BYTES] = {
	0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xde, 0x73, 0x7d, 0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8,
};

void ecdsa_point_put(const struct ind_key_public *key, uint8_t point[static ECDSA_POINT_BYTES])
{
	put_bytes(put_bytes(put_u8(point, UNCOMPRESSED), key->bytes, IND_KEY_BYTES), key->y, IND_KEY_BYTES);
}

bool ecdsa_point_get(const uint8_t *point, size_t bytes, struct ind_key_public *key)
{
	if (bytes != ECDSA_POINT_BYTES || point[0] != UNCOMPRESSED)
		return false;
	key->type = IND_KEY_P256;
	memcpy(key->bytes, point + 1, IND_KEY_BYTES);
	memcpy(key->y, point + 1 + IND_KEY_BYTES, IND_KEY_BYTES);
	return true;
}

void ecdsa_spki_put(const struct ind_key_public *key, uint8_t spki[static ECDSA_SPKI_BYTES])
{
	ecdsa_point_put(key, put_bytes(spki, spki_head, sizeof spki_head));
}

bool ecdsa_spki_get(const uint8_t spki[static ECDSA_SPKI_BYTES], struct ind_key_public *key)
{
	return memcmp(spki, spki_head, sizeof spki_head) == 0 && ecdsa_point_get(spki + sizeof spki_head, ECDSA_POINT_BYTES, key);
}

size_t ecdsa_der_put(const uint8_t signature[static IND_SIGNATURE_BYTES], uint8_t der[static ECDSA_DER_MAX])
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(signature, IND_KEY_BYTES, NULL), *s = BN_bin2bn(signature + IND_KEY_BYTES, IND_KEY_BYTES, NULL);
	int bytes = 0;
	if (sig && r && s && ECDSA_SIG_set0(sig, r, s) == 1) {
		r = s = NULL;
		bytes = i2d_ECDSA_SIG(sig, NULL);
		if (bytes > 0 && bytes <= ECDSA_DER_MAX)
			bytes = i2d_ECDSA_SIG(sig, &der);
		else
			bytes = 0;
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return bytes > 0 ? (size_t)bytes : 0;
}

bool ecdsa_der_get(const uint8_t *der, size_t bytes, uint8_t signature[static IND_SIGNATURE_BYTES])
{
	uint8_t again[ECDSA_DER_MAX];
	const uint8_t *at = der;
	ECDSA_SIG *sig = bytes <= ECDSA_DER_MAX ? d2i_ECDSA_SIG(NULL, &at, (long)bytes) : NULL;
	bool ok = sig && BN_bn2binpad(ECDSA_SIG_get0_r(sig), signature, IND_KEY_BYTES) == IND_KEY_BYTES &&
		BN_bn2binpad(ECDSA_SIG_get0_s(sig), signature + IND_KEY_BYTES, IND_KEY_BYTES) == IND_KEY_BYTES;
	ECDSA_SIG_free(sig);
	return ok && ecdsa_der_put(signature, again) == bytes && memcmp(again, der, bytes) == 0;
}

bool ecdsa_is_low(const uint8_t signature[static IND_SIGNATURE_BYTES]) { return memcmp(signature + IND_KEY_BYTES, half, sizeof half) <= 0; }

bool ecdsa_make_low(uint8_t signature[static IND_SIGNATURE_BYTES])
{
	uint8_t *s_at = signature + IND_KEY_BYTES;
	if (ecdsa_is_low(signature))
		return true;
	BIGNUM *n = BN_bin2bn(order, sizeof order, NULL), *s = BN_bin2bn(s_at, IND_KEY_BYTES, NULL);
	bool ok = n && s && BN_sub(s, n, s) == 1 && BN_bn2binpad(s, s_at, IND_KEY_BYTES) == IND_KEY_BYTES;
	BN_free(n);
	BN_free(s);
	return ok;
}

EVP_PKEY *ecdsa_public(const struct ind_key_public *key)
{
	uint8_t point[ECDSA_POINT_BYTES];
	char curve[] = "P-256";
	EVP_PKEY *pkey = NULL;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	ecdsa_point_put(key, point);
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
		OSSL_PARAM_construct_end(),
	};
	if (!ctx || EVP_PKEY_fromdata_init(ctx) != 1 || EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
		pkey = NULL;
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}
