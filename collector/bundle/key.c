/* SPDX-License-Identifier: Apache-2.0 */
/* Ed25519 (RFC 8032) and its PKCS#8 form (RFC 8410), through libcrypto. */
#include "indicia/key.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { SECURE_BYTES = 1 << 15, SECURE_LEAST_BYTES = 32 };

struct ind_key {
	EVP_PKEY *pkey;
	struct ind_key_public pub;
};

/* Takes over the reference to pkey. */
static enum ind_err key_wrap(EVP_PKEY *pkey, struct ind_key **out)
{
	size_t bytes = IND_KEY_BYTES;
	struct ind_key *key = calloc(1, sizeof *key);
	if (!key) {
		EVP_PKEY_free(pkey);
		return IND_NOMEM;
	}
	key->pkey = pkey;
	if (EVP_PKEY_get_base_id(pkey) != EVP_PKEY_ED25519 || EVP_PKEY_get_raw_public_key(pkey, key->pub.bytes, &bytes) != 1) {
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

void ind_key_public(const struct ind_key *key, struct ind_key_public *pub) { *pub = key->pub; }

enum ind_err ind_key_to_pem(const struct ind_key *key, char **pem)
{
	enum ind_err err = IND_CRYPTO;
	char *text;
	BIO *bio = BIO_new(BIO_s_mem());
	if (bio && PEM_write_bio_PKCS8PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL) == 1) {
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
	BIO *bio = bytes <= 65536 ? BIO_new_mem_buf(pem, (int)bytes) : NULL;
	EVP_PKEY *pkey = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
	BIO_free(bio);
	return pkey ? key_wrap(pkey, key) : IND_KEY;
}

enum ind_err ind_key_sign(const struct ind_key *key, const void *message, size_t bytes, uint8_t signature[static IND_SIGNATURE_BYTES])
{
	size_t signature_bytes = IND_SIGNATURE_BYTES;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key->pkey) == 1 &&
		EVP_DigestSign(ctx, signature, &signature_bytes, message, bytes) == 1 && signature_bytes == IND_SIGNATURE_BYTES;
	EVP_MD_CTX_free(ctx);
	return ok ? IND_OK : IND_CRYPTO;
}

enum ind_err ind_key_check(
	const struct ind_key_public *pub, const void *message, size_t bytes, const uint8_t signature[static IND_SIGNATURE_BYTES])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, pub->bytes, IND_KEY_BYTES);
	enum ind_err err = ctx ? IND_KEY : IND_NOMEM;
	if (ctx && pkey && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
		EVP_DigestVerify(ctx, signature, IND_SIGNATURE_BYTES, message, bytes) == 1)
		err = IND_OK;
	EVP_PKEY_free(pkey);
	EVP_MD_CTX_free(ctx);
	return err;
}
