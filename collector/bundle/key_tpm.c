/* SPDX-License-Identifier: Apache-2.0 */
/* "TSS2 PRIVATE KEY": the ASN.1 form of draft-woodhouse-cert-best-practice, which tpm2-openssl reads and writes. */
#define _GNU_SOURCE
#include "bundle/key_tpm.h"

#include <openssl/crypto.h>
#include <openssl/provider.h>
#include <stdlib.h>
#include <string.h>

static OSSL_LIB_CTX *context;  /* once made, it lives as long as the process */
static const char provider[] = "tpm2";
const char tpm_properties[] = "provider=tpm2";

/* Without the provider of libcrypto there would be no digests in this context. */
static void context_make(void)
{
	OSSL_LIB_CTX *made = OSSL_LIB_CTX_new();
	/* The library of the TPM would write to stderr; whoever wants to see it says so. */
	setenv("TSS2_LOG", "all+none", 0);
	OSSL_PROVIDER *own = made ? OSSL_PROVIDER_load(made, "default") : NULL;
	if (own && OSSL_PROVIDER_load(made, provider)) {
		context = made;
		return;
	}
	if (own)
		OSSL_PROVIDER_unload(own);
	OSSL_LIB_CTX_free(made);
}

OSSL_LIB_CTX *tpm_context(void)
{
	static CRYPTO_ONCE once = CRYPTO_ONCE_STATIC_INIT;
	return CRYPTO_THREAD_run_once(&once, context_make) == 1 ? context : NULL;
}

bool tpm_pem_is(const char *pem, size_t bytes)
{
	static const char begin[] = "-----BEGIN TSS2 PRIVATE KEY-----";
	return memmem(pem, bytes, begin, sizeof begin - 1) != NULL;
}

enum ind_err tpm_read(BIO *pem, pem_password_cb *ask, EVP_PKEY **pkey)
{
	if (!tpm_context())
		return IND_MISSING;
	*pkey = PEM_read_bio_PrivateKey_ex(pem, NULL, ask, NULL, context, tpm_properties);
	return *pkey ? IND_OK : IND_KEY;
}

enum ind_err tpm_new(EVP_PKEY **pkey)
{
	if (!tpm_context())
		return IND_MISSING;
	*pkey = EVP_PKEY_Q_keygen(context, tpm_properties, "EC", "P-256");
	return *pkey ? IND_OK : IND_CRYPTO;
}

bool tpm_holds(const EVP_PKEY *pkey)
{
	const OSSL_PROVIDER *of = EVP_PKEY_get0_provider(pkey);
	return of && strcmp(OSSL_PROVIDER_get0_name(of), provider) == 0;
}
