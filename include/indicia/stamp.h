/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INDICIA_STAMP_H
#define INDICIA_STAMP_H

#include "indicia/bundle.h"

/* Time stamps (RFC 3161) of the last note of a bundle: docs/custody.md section 5. */

enum { IND_STAMP_PARTS_MAX = 16, IND_STAMP_NONCE_BYTES = 8, IND_STAMP_NAME_MAX = 256, IND_STAMP_TOKEN_MAX = 1 << 20 };

struct ind_bytes { const uint8_t *at; size_t count; };

/* A token with what its check needs. Borrowed bytes, DER. */
struct ind_stamp {
	struct ind_bytes token;
	size_t certificate_count, crl_count;
	struct ind_bytes certificates[IND_STAMP_PARTS_MAX], crls[IND_STAMP_PARTS_MAX];
};

/* A TimeStampReq for this imprint (RFC 3161 section 2.4.1), certReq true. The caller frees *der (free). IND_NOMEM, IND_CRYPTO. */
IND_API enum ind_err ind_stamp_request(const uint8_t imprint[static IND_SHA256_BYTES], const uint8_t nonce[static IND_STAMP_NONCE_BYTES],
	uint8_t **der, size_t *bytes) IND_MUST_USE;

/* What an authority answered (TimeStampResp, RFC 3161 section 2.4.2), or a bare token, to the token's DER, which the caller frees.
 * IND_MALFORMED if it is neither; IND_MISSING if the authority refused, with its words in `refusal`. */
IND_API enum ind_err ind_stamp_token(const uint8_t *answer, size_t bytes, uint8_t **token, size_t *token_bytes,
	char refusal[static IND_STAMP_NAME_MAX]) IND_MUST_USE;

/* Certificates of authorities that are trusted. */
struct ind_stamp_roots;
IND_API enum ind_err ind_stamp_roots_new(struct ind_stamp_roots **roots) IND_MUST_USE;
IND_API void ind_stamp_roots_free(struct ind_stamp_roots *roots);

/* Adds the certificates of a PEM text, or one in DER; IND_MALFORMED if there is none in it. */
IND_API enum ind_err ind_stamp_roots_add(struct ind_stamp_roots *roots, const uint8_t *bytes, size_t count) IND_MUST_USE;

/* Certificates or CRLs, each as DER. */
struct ind_der_list {
	size_t count;
	uint8_t *at[IND_STAMP_PARTS_MAX];
	size_t bytes[IND_STAMP_PARTS_MAX];
};
IND_API void ind_der_list_free(struct ind_der_list *list);

/* Adds the certificates, or the CRLs, of a PEM text, or one in DER. IND_MALFORMED if there is none in it, IND_LIMIT if there are too many,
 * IND_NOMEM; what was added before stays. */
IND_API enum ind_err ind_der_list_certificates(struct ind_der_list *list, const uint8_t *bytes, size_t count) IND_MUST_USE;
IND_API enum ind_err ind_der_list_crls(struct ind_der_list *list, const uint8_t *bytes, size_t count) IND_MUST_USE;

#define IND_STAMP_REASON_LIST(X) \
	X(OK, "", "of use") \
	X(IMPRINT, "imprint", "it is the time stamp of something else") \
	X(TOKEN, "token", "its form or its signature is not right") \
	X(CHAIN, "chain", "no chain of certificates leads from its signer to a trusted authority, valid at that time and for time stamps") \
	X(REVOKED, "revoked", "a certificate of its chain was revoked") \
	X(CRL, "crl", "a revocation list does not cover that time")

enum ind_stamp_reason {
#define IND_STAMP_REASON_ENUM(name, text, help) IND_STAMP_##name,
	IND_STAMP_REASON_LIST(IND_STAMP_REASON_ENUM)
#undef IND_STAMP_REASON_ENUM
};

/* "imprint", "token", ...; "" for OK. */
IND_API const char *ind_stamp_reason_name(enum ind_stamp_reason reason);
IND_API const char *ind_stamp_reason_help(enum ind_stamp_reason reason);

struct ind_stamp_result {
	enum ind_stamp_reason reason;
	bool has_time;               /* genTime could be read; it is worth something with OK only */
	uint64_t time_ns;            /* genTime */
	uint64_t accuracy_ns;        /* IND_ABSENT_U64 if the token states none */
	uint64_t not_after_ns;       /* genTime + accuracy, with OK */
	bool revocation_checked;     /* the signer's certificate was looked up in a CRL */
	char authority[IND_STAMP_NAME_MAX]; /* subject of the signer's certificate; "" if it could not be read */
};

/* Holds a stamp against an imprint and trusted roots, at the time that it states. IND_OK whenever `result` could be filled; IND_NOMEM.
 * With `chain`, and a result that is OK, the certificates from the signer's issuer to the root are added to it. `roots` NULL: nobody is
 * trusted. */
IND_API enum ind_err ind_stamp_check(const struct ind_stamp *stamp, const uint8_t imprint[static IND_SHA256_BYTES], const struct ind_stamp_roots *roots,
	struct ind_stamp_result *result, struct ind_der_list *chain) IND_MUST_USE;

#endif
