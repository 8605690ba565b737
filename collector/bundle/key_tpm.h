/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_KEY_TPM_H
#define BUNDLE_KEY_TPM_H

#include "indicia/err.h"
#include <openssl/pem.h>
#include <stdbool.h>

/* Keys whose secret is in a TPM 2.0, through the provider tpm2 (tpm2-openssl). It has a library context of its own: everything else goes on to be
 * computed here. */

/* Is this the text of such a key? */
bool tpm_pem_is(const char *pem, size_t bytes);

/* IND_MISSING without provider or TPM, IND_KEY if this TPM has no use for the text. The caller frees *pkey. */
enum ind_err tpm_read(BIO *pem, pem_password_cb *ask, EVP_PKEY **pkey) IND_MUST_USE;
enum ind_err tpm_new(EVP_PKEY **pkey) IND_MUST_USE;

bool tpm_holds(const EVP_PKEY *pkey);

/* For what is done with a key of this kind: without these properties libcrypto would take the public half and look for the other one here. */
extern const char tpm_properties[];
OSSL_LIB_CTX *tpm_context(void);

#endif
