/* SPDX-License-Identifier: Apache-2.0 */
/* Ed25519 (RFC 8032) and its PKCS#8 form (RFC 8410), ECDSA over P-256 (FIPS 186-5), through libcrypto. */
#include "indicia/key.h"

#include "bundle/key_ecdsa.h"
#include "bundle/key_tpm.h"
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

enum { SECURE_BYTES = 1 << 15, SECURE_LEAST_BYTES = 32 };

struct ind_key {
	EVP_PKEY *pkey;
	struct ind_key_public pub;
};

static bool public_of(const EVP_PKEY *pkey, struct ind_key_public *pub)
{
	size_t bytes = IND_KEY_BYTES;
	uint8_t point[ECDSA_POINT_BYTES];
	char curve[32];
	if (EVP_PKEY_is_a(pkey, "ED25519"))
		return EVP_PKEY_get_raw_public_key(pkey, pub->bytes, &bytes) == 1;
	if (!EVP_PKEY_is_a(pkey, "EC") || EVP_PKEY_get_group_name(pkey, curve, sizeof curve, NULL) != 1 || OBJ_txt2nid(curve) != NID_X9_62_prime256v1)
		return false;
	/* A key read from PEM may remember the other form of points. */
	return EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &bytes) == 1 && ecdsa_point_get(point, bytes, pub);
}

/* Takes over the reference to pkey. */
static enum ind_err key_wrap(EVP_PKEY *pkey, struct ind_key **out)
{
	struct ind_key *key = calloc(1, sizeof *key);
	if (!key) {
		EVP_PKEY_free(pkey);
		return IND_NOMEM;
	}
	key->pkey = pkey;
	if (!public_of(pkey, &key->pub)) {
		ind_key_free(key);
		return IND_KEY;
	}
	*out = key;
	return IND_OK;
}

enum ind_err ind_key_from_seed(const uint8_t seed[static IND_KEY_BYTES], struct ind_key **key)
{
	EVP_PKEY *pkey = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, IND_KEY_BYTES);
	return pkey ? key_wrap(pkey, key) : IND_CRYPTO;
}

enum ind_err ind_key_new(struct ind_key **key)
{
	/* The library makes the secret where it keeps it: no copy stands on the stack. */
	EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	return pkey ? key_wrap(pkey, key) : IND_CRYPTO;
}

enum ind_err ind_key_new_tpm(struct ind_key **key)
{
	EVP_PKEY *pkey;
	enum ind_err err = tpm_new(&pkey);
	return err == IND_OK ? key_wrap(pkey, key) : err;
}

enum ind_err ind_key_seed(const struct ind_key *key, uint8_t seed[static IND_KEY_BYTES])
{
	size_t bytes = IND_KEY_BYTES;
	return EVP_PKEY_get_raw_private_key(key->pkey, seed, &bytes) == 1 && bytes == IND_KEY_BYTES ? IND_OK : IND_CRYPTO;
}

/* The secure heap of libcrypto is locked (mlock), left out of core dumps (MADV_DONTDUMP) and cleansed when freed; private keys of Ed25519 are put
 * there. Its answer 2 says that the pages could not be locked. */
enum ind_err ind_key_lock_memory(void)
{
	if (CRYPTO_secure_malloc_initialized())
		return IND_OK;
	return CRYPTO_secure_malloc_init(SECURE_BYTES, SECURE_LEAST_BYTES) == 1 ? IND_OK : IND_LIMIT;
}

void ind_key_free(struct ind_key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

bool ind_key_in_tpm(const struct ind_key *key) { return tpm_holds(key->pkey); }

void ind_key_public(const struct ind_key *key, struct ind_key_public *pub) { *pub = key->pub; }

enum ind_err ind_key_to_pem(const struct ind_key *key, char **pem)
{
	enum ind_err err = IND_CRYPTO;
	char *text;
	BIO *bio = BIO_new(BIO_s_mem());
	bool ok = bio && (tpm_holds(key->pkey) ? PEM_write_bio_PrivateKey_ex(bio, key->pkey, NULL, NULL, 0, NULL, NULL, tpm_context(), NULL)
					       : PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL)) == 1;
	if (ok) {
		size_t bytes = (size_t)BIO_get_mem_data(bio, &text);
		*pem = malloc(bytes + 1);
		err = *pem ? IND_OK : IND_NOMEM;
		if (*pem) {
			memcpy(*pem, text, bytes);
			(*pem)[bytes] = '\0';
		}
		OPENSSL_cleanse(text, bytes);
	}
	BIO_free(bio);
	return err;
}

/* An encrypted key is refused: nobody is here to be asked for a passphrase. */
static int no_passphrase(char *buf, int size, int rwflag, void *ctx)
{
	(void)buf, (void)size, (void)rwflag, (void)ctx;
	return -1;
}

enum ind_err ind_key_from_pem(const char *pem, size_t bytes, struct ind_key **key)
{
	EVP_PKEY *pkey = NULL;
	BIO *bio = bytes <= 65536 ? BIO_new_mem_buf(pem, (int)bytes) : NULL;
	enum ind_err err = IND_KEY;
	if (bio && tpm_pem_is(pem, bytes))
		err = tpm_read(bio, no_passphrase, &pkey);
	else if (bio)
		pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	BIO_free(bio);
	return pkey ? key_wrap(pkey, key) : err;
}

/* Of ECDSA the library says and takes the DER form, which is variable. */
static bool sign_ecdsa(EVP_MD_CTX *ctx, const struct ind_key *key, const void *message, size_t bytes, uint8_t *signature)
{
	uint8_t der[ECDSA_DER_MAX];
	size_t der_bytes = sizeof der;
	bool in_tpm = tpm_holds(key->pkey);
	return EVP_DigestSignInit_ex(ctx, NULL, "SHA256", in_tpm ? tpm_context() : NULL, in_tpm ? tpm_properties : NULL, key->pkey, NULL) == 1 &&
		EVP_DigestSign(ctx, der, &der_bytes, message, bytes) == 1 && ecdsa_der_get(der, der_bytes, signature) && ecdsa_make_low(signature);
}

static bool sign_ed25519(EVP_MD_CTX *ctx, const struct ind_key *key, const void *message, size_t bytes, uint8_t *signature)
{
	size_t signature_bytes = IND_SIGNATURE_BYTES;
	return EVP_DigestSignInit(ctx, NULL, NULL, NULL, key->pkey) == 1 &&
		EVP_DigestSign(ctx, signature, &signature_bytes, message, bytes) == 1 && signature_bytes == IND_SIGNATURE_BYTES;
}

enum ind_err ind_key_sign(const struct ind_key *key, const void *message, size_t bytes, uint8_t signature[static IND_SIGNATURE_BYTES])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && (key->pub.type == IND_KEY_P256 ? sign_ecdsa : sign_ed25519)(ctx, key, message, bytes, signature);
	EVP_MD_CTX_free(ctx);
	return ok ? IND_OK : IND_CRYPTO;
}

static bool check_ecdsa(EVP_MD_CTX *ctx, EVP_PKEY *pkey, const void *message, size_t bytes, const uint8_t *signature)
{
	uint8_t der[ECDSA_DER_MAX];
	size_t der_bytes = ecdsa_is_low(signature) ? ecdsa_der_put(signature, der) : 0;
	return der_bytes && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, pkey) == 1 && EVP_DigestVerify(ctx, der, der_bytes, message, bytes) == 1;
}

static bool check_ed25519(EVP_MD_CTX *ctx, EVP_PKEY *pkey, const void *message, size_t bytes, const uint8_t *signature)
{
	return EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 && EVP_DigestVerify(ctx, signature, IND_SIGNATURE_BYTES, message, bytes) == 1;
}

enum ind_err ind_key_check(
	const struct ind_key_public *pub, const void *message, size_t bytes, const uint8_t signature[static IND_SIGNATURE_BYTES])
{
	bool p256 = pub->type == IND_KEY_P256;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *pkey = p256 ? ecdsa_public(pub) : EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, pub->bytes, IND_KEY_BYTES);
	enum ind_err err = ctx ? IND_KEY : IND_NOMEM;
	if (ctx && pkey && (p256 ? check_ecdsa : check_ed25519)(ctx, pkey, message, bytes, signature))
		err = IND_OK;
	EVP_PKEY_free(pkey);
	EVP_MD_CTX_free(ctx);
	return err;
}
