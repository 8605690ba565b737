/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 3161 requests and answers, and lists of certificates and CRLs, through libcrypto; docs/custody.md section 5. */
#include "bundle/stamp.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_MAX = 16 << 20 };

/* A copy that free() frees. */
static enum ind_err copy_out(const uint8_t *der, int bytes, uint8_t **out, size_t *count)
{
	if (bytes <= 0)
		return IND_CRYPTO;
	*out = malloc((size_t)bytes);
	if (!*out)
		return IND_NOMEM;
	memcpy(*out, der, (size_t)bytes);
	*count = (size_t)bytes;
	return IND_OK;
}

/* What i2d made at *encoded: the pointer is read after the call that sets it. */
static enum ind_err encoded_out(int bytes, uint8_t **encoded, uint8_t **out, size_t *count)
{
	return copy_out(*encoded, bytes, out, count);
}

static bool imprint_set(TS_REQ *req, const uint8_t *imprint)
{
	uint8_t digest[IND_SHA256_BYTES];
	TS_MSG_IMPRINT *of = TS_MSG_IMPRINT_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();
	memcpy(digest, imprint, sizeof digest);
	bool ok = of && algorithm && X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1 &&
		TS_MSG_IMPRINT_set_algo(of, algorithm) == 1 && TS_MSG_IMPRINT_set_msg(of, digest, sizeof digest) == 1 &&
		TS_REQ_set_msg_imprint(req, of) == 1;
	X509_ALGOR_free(algorithm);
	TS_MSG_IMPRINT_free(of);
	return ok;
}

TS_REQ *stamp_request_new(const uint8_t imprint[static IND_SHA256_BYTES])
{
	TS_REQ *req = TS_REQ_new();
	if (req && TS_REQ_set_version(req, 1) == 1 && imprint_set(req, imprint) && TS_REQ_set_cert_req(req, 1) == 1)
		return req;
	TS_REQ_free(req);
	return NULL;
}

static bool nonce_set(TS_REQ *req, const uint8_t *nonce)
{
	BIGNUM *number = BN_bin2bn(nonce, IND_STAMP_NONCE_BYTES, NULL);
	ASN1_INTEGER *integer = number ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
	bool ok = integer && TS_REQ_set_nonce(req, integer) == 1;
	ASN1_INTEGER_free(integer);
	BN_free(number);
	return ok;
}

enum ind_err ind_stamp_request(
	const uint8_t imprint[static IND_SHA256_BYTES], const uint8_t nonce[static IND_STAMP_NONCE_BYTES], uint8_t **der, size_t *bytes)
{
	uint8_t *encoded = NULL;
	TS_REQ *req = stamp_request_new(imprint);
	enum ind_err err = IND_CRYPTO;
	if (req && nonce_set(req, nonce))
		err = encoded_out(i2d_TS_REQ(req, &encoded), &encoded, der, bytes);
	OPENSSL_free(encoded);
	TS_REQ_free(req);
	return err;
}

/* ---- answers ---- */

static void refusal_put(const TS_STATUS_INFO *status, char text[static IND_STAMP_NAME_MAX])
{
	const STACK_OF(ASN1_UTF8STRING) *words = TS_STATUS_INFO_get0_text(status);
	const ASN1_UTF8STRING *first = words && sk_ASN1_UTF8STRING_num(words) > 0 ? sk_ASN1_UTF8STRING_value(words, 0) : NULL;
	int bytes = first ? ASN1_STRING_length(first) : 0;
	if (bytes >= IND_STAMP_NAME_MAX)
		bytes = IND_STAMP_NAME_MAX - 1;
	if (bytes > 0)
		memcpy(text, ASN1_STRING_get0_data(first), (size_t)bytes);
	text[bytes > 0 ? bytes : 0] = '\0';
}

static enum ind_err token_of_response(TS_RESP *response, uint8_t **token, size_t *bytes, char refusal[static IND_STAMP_NAME_MAX])
{
	uint8_t *encoded = NULL;
	TS_STATUS_INFO *status = TS_RESP_get_status_info(response);
	long number = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(status));
	if (number != TS_STATUS_GRANTED && number != TS_STATUS_GRANTED_WITH_MODS) {
		refusal_put(status, refusal);
		return IND_MISSING;
	}
	if (!TS_RESP_get_token(response))
		return IND_MALFORMED;
	enum ind_err err = encoded_out(i2d_PKCS7(TS_RESP_get_token(response), &encoded), &encoded, token, bytes);
	OPENSSL_free(encoded);
	return err;
}

/* All of the bytes, and nothing behind them. */
static TS_RESP *response_get(const uint8_t *bytes, size_t count)
{
	const uint8_t *at = bytes;
	TS_RESP *response = d2i_TS_RESP(NULL, &at, (long)count);
	if (response && at == bytes + count)
		return response;
	TS_RESP_free(response);
	return NULL;
}

static bool is_token(const uint8_t *bytes, size_t count)
{
	const uint8_t *at = bytes;
	PKCS7 *pkcs7 = d2i_PKCS7(NULL, &at, (long)count);
	TS_TST_INFO *info = pkcs7 && at == bytes + count && PKCS7_type_is_signed(pkcs7) ? PKCS7_to_TS_TST_INFO(pkcs7) : NULL;
	TS_TST_INFO_free(info);
	PKCS7_free(pkcs7);
	return info != NULL;
}

enum ind_err ind_stamp_token(
	const uint8_t *answer, size_t bytes, uint8_t **token, size_t *token_bytes, char refusal[static IND_STAMP_NAME_MAX])
{
	if (bytes > INPUT_MAX)
		return IND_MALFORMED;
	refusal[0] = '\0';
	enum ind_err err = IND_MALFORMED;
	TS_RESP *response = response_get(answer, bytes);
	if (response)
		err = token_of_response(response, token, token_bytes, refusal);
	else if (is_token(answer, bytes))
		err = copy_out(answer, (int)bytes, token, token_bytes);
	TS_RESP_free(response);
	ERR_clear_error();
	return err == IND_CRYPTO ? IND_MALFORMED : err;
}

/* ---- certificates and CRLs ---- */

void ind_der_list_free(struct ind_der_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->at[i]);
	list->count = 0;
}

/* Takes over `encoded`, libcrypto's. */
static enum ind_err list_add(struct ind_der_list *list, uint8_t *encoded, int bytes)
{
	enum ind_err err = list->count == IND_STAMP_PARTS_MAX ? IND_LIMIT
							      : copy_out(encoded, bytes, &list->at[list->count], &list->bytes[list->count]);
	list->count += err == IND_OK;
	OPENSSL_free(encoded);
	return err;
}

enum ind_err stamp_list_add_certificate(struct ind_der_list *list, const X509 *certificate)
{
	uint8_t *encoded = NULL;
	int bytes = i2d_X509(certificate, &encoded);
	return list_add(list, encoded, bytes);
}

static enum ind_err list_add_crl(struct ind_der_list *list, const X509_CRL *crl)
{
	uint8_t *encoded = NULL;
	int bytes = i2d_X509_CRL(crl, &encoded);
	return list_add(list, encoded, bytes);
}

/* The certificates and CRLs of a PEM text, each to one of the lists, or neither if there is none. */
static enum ind_err pem_get(const uint8_t *bytes, size_t count, struct ind_der_list *certificates, struct ind_der_list *crls)
{
	enum ind_err err = IND_OK;
	size_t before = (certificates ? certificates->count : 0) + (crls ? crls->count : 0);
	BIO *bio = BIO_new_mem_buf(bytes, (int)count);
	STACK_OF(X509_INFO) *all = bio ? PEM_X509_INFO_read_bio(bio, NULL, NULL, NULL) : NULL;
	for (int i = 0; i < sk_X509_INFO_num(all) && err == IND_OK; i++) {
		const X509_INFO *one = sk_X509_INFO_value(all, i);
		if (certificates && one->x509)
			err = stamp_list_add_certificate(certificates, one->x509);
		if (crls && one->crl && err == IND_OK)
			err = list_add_crl(crls, one->crl);
	}
	sk_X509_INFO_pop_free(all, X509_INFO_free);
	BIO_free(bio);
	ERR_clear_error();
	if (err == IND_OK && (certificates ? certificates->count : 0) + (crls ? crls->count : 0) == before)
		err = IND_MALFORMED;
	return err;
}

static bool is_der(const uint8_t *bytes, size_t count) { return count > 1 && bytes[0] == 0x30; }

enum ind_err ind_der_list_certificates(struct ind_der_list *list, const uint8_t *bytes, size_t count)
{
	const uint8_t *at = bytes;
	if (count > INPUT_MAX)
		return IND_MALFORMED;
	if (!is_der(bytes, count))
		return pem_get(bytes, count, list, NULL);
	X509 *certificate = d2i_X509(NULL, &at, (long)count);
	enum ind_err err = certificate && at == bytes + count ? stamp_list_add_certificate(list, certificate) : IND_MALFORMED;
	X509_free(certificate);
	ERR_clear_error();
	return err;
}

enum ind_err ind_der_list_crls(struct ind_der_list *list, const uint8_t *bytes, size_t count)
{
	const uint8_t *at = bytes;
	if (count > INPUT_MAX)
		return IND_MALFORMED;
	if (!is_der(bytes, count))
		return pem_get(bytes, count, NULL, list);
	X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)count);
	enum ind_err err = crl && at == bytes + count ? list_add_crl(list, crl) : IND_MALFORMED;
	X509_CRL_free(crl);
	ERR_clear_error();
	return err;
}

/* ---- whom the verifier trusts ---- */

struct ind_stamp_roots {
	STACK_OF(X509) * list;
};

const STACK_OF(X509) * stamp_roots_list(const struct ind_stamp_roots *roots) { return roots ? roots->list : NULL; }

enum ind_err ind_stamp_roots_new(struct ind_stamp_roots **roots)
{
	*roots = calloc(1, sizeof **roots);
	if (*roots)
		(*roots)->list = sk_X509_new_null();
	if (*roots && (*roots)->list)
		return IND_OK;
	ind_stamp_roots_free(*roots);
	return IND_NOMEM;
}

void ind_stamp_roots_free(struct ind_stamp_roots *roots)
{
	if (!roots)
		return;
	sk_X509_pop_free(roots->list, X509_free);
	free(roots);
}

/* Takes over the reference. */
static enum ind_err root_add(struct ind_stamp_roots *roots, X509 *certificate)
{
	if (certificate && sk_X509_push(roots->list, certificate) > 0)
		return IND_OK;
	X509_free(certificate);
	return IND_NOMEM;
}

enum ind_err ind_stamp_roots_add(struct ind_stamp_roots *roots, const uint8_t *bytes, size_t count)
{
	const uint8_t *at = bytes;
	int before = sk_X509_num(roots->list);
	if (count > INPUT_MAX)
		return IND_MALFORMED;
	if (is_der(bytes, count)) {
		X509 *certificate = d2i_X509(NULL, &at, (long)count);
		ERR_clear_error();
		return certificate && at == bytes + count ? root_add(roots, certificate) : (X509_free(certificate), IND_MALFORMED);
	}
	BIO *bio = BIO_new_mem_buf(bytes, (int)count);
	enum ind_err err = bio ? IND_OK : IND_NOMEM;
	for (X509 *one; err == IND_OK && (one = PEM_read_bio_X509(bio, NULL, NULL, NULL));)
		err = root_add(roots, one);
	BIO_free(bio);
	ERR_clear_error();
	return err == IND_OK && sk_X509_num(roots->list) == before ? IND_MALFORMED : err;
}
