/* SPDX-License-Identifier: Apache-2.0 */
/* docs/custody.md section 5: a time stamp (RFC 3161) held against a note, at the time that it states. libcrypto looks at a chain as it was
 * at a given moment; what it leaves to its caller is the moment from which a revocation counts (RFC 3161 section 4) and CRLs that are
 * younger than the token. */
#include "bundle/stamp.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

const char *ind_stamp_reason_name(enum ind_stamp_reason reason)
{
	static const char *const names[] = {
#define REASON_NAME(name, text, help) [IND_STAMP_##name] = text,
		IND_STAMP_REASON_LIST(REASON_NAME)
#undef REASON_NAME
	};
	return reason < sizeof names / sizeof names[0] ? names[reason] : "?";
}

const char *ind_stamp_reason_help(enum ind_stamp_reason reason)
{
	static const char *const texts[] = {
#define REASON_HELP(name, text, help) [IND_STAMP_##name] = help,
		IND_STAMP_REASON_LIST(REASON_HELP)
#undef REASON_HELP
	};
	return reason < sizeof texts / sizeof texts[0] ? texts[reason] : "?";
}

/* ---- the token's own words ---- */

/* Digits behind the point of a GeneralizedTime, as nanoseconds. */
static uint64_t fraction_ns(const ASN1_GENERALIZEDTIME *time)
{
	const char *text = (const char *)ASN1_STRING_get0_data(time), *end = text + ASN1_STRING_length(time);
	const char *at = memchr(text, '.', (size_t)(end - text));
	uint64_t ns = 0, unit = 100000000;
	for (at = at ? at + 1 : end; at < end && *at >= '0' && *at <= '9'; at++, unit /= 10)
		ns += (uint64_t)(*at - '0') * unit;
	return ns;
}

static bool time_get(const TS_TST_INFO *info, struct ind_stamp_result *r)
{
	struct tm utc;
	int days, seconds;
	const ASN1_GENERALIZEDTIME *time = TS_TST_INFO_get_time(info);
	ASN1_TIME *start = ASN1_TIME_set(NULL, 0);
	bool ok = start && time && ASN1_TIME_to_tm(time, &utc) == 1 && ASN1_TIME_diff(&days, &seconds, start, time) == 1 && days >= 0 &&
		days < 200 * 366 && seconds >= 0;
	if (ok)
		r->time_ns = ((uint64_t)days * 86400 + (uint64_t)seconds) * 1000000000 + fraction_ns(time);
	ASN1_TIME_free(start);
	return ok;
}

static bool number_get(const ASN1_INTEGER *number, uint64_t max, uint64_t unit_ns, uint64_t *ns)
{
	uint64_t value = 0;
	if (number && (ASN1_INTEGER_get_uint64(&value, number) != 1 || value > max))
		return false;
	*ns += value * unit_ns;
	return true;
}

/* RFC 3161 section 2.4.2. An accuracy that cannot be taken at its word makes the bound worth nothing: it is never rounded down. */
static bool accuracy_get(TS_TST_INFO *info, uint64_t *ns)
{
	const TS_ACCURACY *a = TS_TST_INFO_get_accuracy(info);
	*ns = a ? 0 : IND_ABSENT_U64;
	return !a ||
		(number_get(TS_ACCURACY_get_seconds(a), 1000000000, 1000000000, ns) &&
			number_get(TS_ACCURACY_get_millis(a), 999, 1000000, ns) && number_get(TS_ACCURACY_get_micros(a), 999, 1000, ns));
}

static void words_get(PKCS7 *token, struct ind_stamp_result *r)
{
	TS_TST_INFO *info = PKCS7_type_is_signed(token) ? PKCS7_to_TS_TST_INFO(token) : NULL;
	if (!info)
		return;
	r->has_time = time_get(info, r) && accuracy_get(info, &r->accuracy_ns);
	r->not_after_ns = r->time_ns + (r->accuracy_ns == IND_ABSENT_U64 ? 0 : r->accuracy_ns);
	TS_TST_INFO_free(info);
}

/* ---- the chain, as libcrypto walks it ---- */

struct chain_view {
	enum ind_stamp_reason reason;
	bool revocation_checked;
	bool no_memory;
	char *authority;            /* IND_STAMP_NAME_MAX */
	struct ind_der_list *chain; /* NULL: not wanted */
	STACK_OF(X509_CRL) * crls;  /* of the stamp */
};

/* Threads check stamps at the same time, and all need the same index. */
static CRYPTO_ONCE view_once = CRYPTO_ONCE_STATIC_INIT;
static int view_at = -1;

static void view_index_make(void) { view_at = X509_STORE_get_ex_new_index(0, NULL, NULL, NULL, NULL); }

static int view_index(void)
{
	return CRYPTO_THREAD_run_once(&view_once, view_index_make) == 1 ? view_at : -1;
}

/* RFC 3161 section 4: with one of these reasons what was stamped before stays good; a revocation for another reason, or for none, takes all
 * with it. */
static bool leaves_past(const X509_REVOKED *entry)
{
	int missing;
	ASN1_ENUMERATED *reason = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, &missing, NULL);
	long number = reason ? ASN1_ENUMERATED_get(reason) : -1;
	ASN1_ENUMERATED_free(reason);
	return number == CRL_REASON_UNSPECIFIED || number == CRL_REASON_AFFILIATION_CHANGED || number == CRL_REASON_SUPERSEDED ||
		number == CRL_REASON_CESSATION_OF_OPERATION;
}

enum revocation { NOT_REVOKED, REVOKED_LATER, REVOKED };

/* What all lists of the certificate's issuer say of it at that moment. libcrypto looks at one list only, and has let go of it by the time
 * that it reports a revocation. */
static enum revocation revocation_of(X509_STORE_CTX *ctx, X509 *certificate, const struct chain_view *view)
{
	time_t at = X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(ctx));
	enum revocation found = NOT_REVOKED;
	for (int i = 0; i < sk_X509_CRL_num(view->crls); i++) {
		X509_CRL *crl = sk_X509_CRL_value(view->crls, i);
		X509_REVOKED *entry = NULL;
		if (X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_issuer_name(certificate)) != 0 ||
			!X509_CRL_get0_by_cert(crl, &entry, certificate) || !entry)
			continue;
		if (!leaves_past(entry) || X509_cmp_time(X509_REVOKED_get0_revocationDate(entry), &at) <= 0)
			return REVOKED;
		found = REVOKED_LATER;
	}
	return found;
}

/* A CRL of later than the token knows more, not less, until the certificate expires: then its entry may be taken out (RFC 5280
 * section 3.3). */
static bool crl_later_is_enough(X509_STORE_CTX *ctx)
{
	X509_CRL *crl = X509_STORE_CTX_get0_current_crl(ctx);
	X509 *certificate = X509_STORE_CTX_get_current_cert(ctx);
	return crl && certificate && ASN1_TIME_compare(X509_CRL_get0_lastUpdate(crl), X509_get0_notAfter(certificate)) <= 0;
}

static void chain_keep(struct chain_view *view, X509_STORE_CTX *ctx)
{
	const STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
	for (int i = 1; view->chain && i < sk_X509_num(chain) && !view->no_memory; i++)
		view->no_memory = stamp_list_add_certificate(view->chain, sk_X509_value(chain, i)) == IND_NOMEM;
}

static bool forgiven(X509_STORE_CTX *ctx, struct chain_view *view)
{
	switch (X509_STORE_CTX_get_error(ctx)) {
	case X509_V_ERR_CERT_REVOKED:
		view->reason = IND_STAMP_REVOKED;
		return revocation_of(ctx, X509_STORE_CTX_get_current_cert(ctx), view) == REVOKED_LATER;
	case X509_V_ERR_CRL_NOT_YET_VALID:
		view->reason = IND_STAMP_CRL;
		return crl_later_is_enough(ctx);
	case X509_V_ERR_UNABLE_TO_GET_CRL:
		view->reason = IND_STAMP_CRL;
		/* CRLs of the authorities above the signer's are looked at where they are at hand. */
		return X509_STORE_CTX_get_error_depth(ctx) > 0;
	case X509_V_ERR_CRL_HAS_EXPIRED:
		view->reason = IND_STAMP_CRL;
		return false;
	case X509_V_ERR_OUT_OF_MEM:
		view->no_memory = true;
		return false;
	default:
		view->reason = IND_STAMP_CHAIN;
		return false;
	}
}

/* Called for each certificate that is right (ok) and for each thing that is wrong. */
static int chain_look(int ok, X509_STORE_CTX *ctx)
{
	struct chain_view *view = X509_STORE_get_ex_data(X509_STORE_CTX_get0_store(ctx), view_index());
	if (!ok && !forgiven(ctx, view))
		return 0;
	if (!ok)
		X509_STORE_CTX_set_error(ctx, X509_V_OK);
	if (ok && revocation_of(ctx, X509_STORE_CTX_get_current_cert(ctx), view) == REVOKED) {
		view->reason = IND_STAMP_REVOKED;
		return 0;
	}
	view->reason = IND_STAMP_OK;
	if (ok && X509_STORE_CTX_get_error_depth(ctx) == 0) {
		X509 *signer = X509_STORE_CTX_get_current_cert(ctx);
		X509_NAME_oneline(X509_get_subject_name(signer), view->authority, IND_STAMP_NAME_MAX);
		chain_keep(view, ctx);
	}
	return 1;
}

static bool store_fill(X509_STORE *store, const struct ind_stamp *stamp, const struct ind_stamp_roots *roots, struct chain_view *view)
{
	const STACK_OF(X509) *list = stamp_roots_list(roots);
	for (int i = 0; i < sk_X509_num(list); i++)
		if (X509_STORE_add_cert(store, sk_X509_value(list, i)) != 1)
			return false;
	for (size_t i = 0; i < stamp->crl_count; i++) {
		const uint8_t *at = stamp->crls[i].at;
		X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)stamp->crls[i].count);
		if (!crl || sk_X509_CRL_push(view->crls, crl) <= 0) {
			X509_CRL_free(crl);
			return false;
		}
		if (X509_STORE_add_crl(store, crl) != 1)
			return false;
	}
	return true;
}

static X509_STORE *store_new(const struct ind_stamp *stamp, const struct ind_stamp_roots *roots, uint64_t time_ns, struct chain_view *view)
{
	X509_STORE *store = X509_STORE_new();
	if (!store || X509_STORE_set_ex_data(store, view_index(), view) != 1) {
		X509_STORE_free(store);
		return NULL;
	}
	X509_VERIFY_PARAM *param = X509_STORE_get0_param(store);
	X509_VERIFY_PARAM_set_time(param, (time_t)(time_ns / 1000000000));
	X509_VERIFY_PARAM_set_auth_level(param, 1);
	if (stamp->crl_count)
		X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	X509_STORE_set_verify_cb(store, chain_look);
	view->revocation_checked = stamp->crl_count > 0;
	if (store_fill(store, stamp, roots, view))
		return store;
	X509_STORE_free(store);
	return NULL;
}

static STACK_OF(X509) * helpers_new(const struct ind_stamp *stamp)
{
	STACK_OF(X509) *list = sk_X509_new_null();
	for (size_t i = 0; i < stamp->certificate_count && list; i++) {
		const uint8_t *at = stamp->certificates[i].at;
		X509 *one = d2i_X509(NULL, &at, (long)stamp->certificates[i].count);
		if (one && sk_X509_push(list, one) > 0)
			continue;
		X509_free(one);
	}
	return list;
}

static enum ind_stamp_reason reason_of_errors(const struct chain_view *view)
{
	for (unsigned long code = ERR_get_error(); code; code = ERR_get_error()) {
		if (ERR_GET_LIB(code) != ERR_LIB_TS)
			continue;
		if (ERR_GET_REASON(code) == TS_R_MESSAGE_IMPRINT_MISMATCH || ERR_GET_REASON(code) == TS_R_UNSUPPORTED_MD_ALGORITHM)
			return IND_STAMP_IMPRINT;
		if (ERR_GET_REASON(code) == TS_R_CERTIFICATE_VERIFY_ERROR)
			return view->reason == IND_STAMP_OK ? IND_STAMP_CHAIN : view->reason;
	}
	return IND_STAMP_TOKEN;
}

static enum ind_err token_check(PKCS7 *token, const struct ind_stamp *stamp, const uint8_t *imprint, const struct ind_stamp_roots *roots,
	struct ind_stamp_result *r, struct chain_view *view)
{
	TS_REQ *req = stamp_request_new(imprint);
	TS_VERIFY_CTX *ctx = req ? TS_REQ_to_TS_VERIFY_CTX(req, NULL) : NULL;
	X509_STORE *store = ctx ? store_new(stamp, roots, r->time_ns, view) : NULL;
	STACK_OF(X509) *helpers = store ? helpers_new(stamp) : NULL;
	enum ind_err err = IND_OK;
	if (!ctx || (store && !helpers)) {
		X509_STORE_free(store);
		err = IND_NOMEM;
	} else if (!store) {
		r->reason = IND_STAMP_CRL; /* one that cannot be read */
	} else {
		TS_VERIFY_CTX_set_store(ctx, store);
		TS_VERIFY_CTX_set_certs(ctx, helpers);
		TS_VERIFY_CTX_add_flags(ctx, TS_VFY_SIGNATURE);
		ERR_clear_error();
		r->reason = TS_RESP_verify_token(ctx, token) == 1 ? IND_STAMP_OK : reason_of_errors(view);
	}
	TS_VERIFY_CTX_free(ctx);
	TS_REQ_free(req);
	return view->no_memory ? IND_NOMEM : err;
}

enum ind_err ind_stamp_check(const struct ind_stamp *stamp, const uint8_t imprint[static IND_SHA256_BYTES],
	const struct ind_stamp_roots *roots, struct ind_stamp_result *result, struct ind_der_list *chain)
{
	struct chain_view view = { .authority = result->authority, .chain = chain, .crls = sk_X509_CRL_new_null() };
	const uint8_t *at = stamp->token.at;
	enum ind_err err = view.crls ? IND_OK : IND_NOMEM;
	*result = (struct ind_stamp_result){ .reason = IND_STAMP_TOKEN, .accuracy_ns = IND_ABSENT_U64 };
	PKCS7 *token = stamp->token.count <= IND_STAMP_TOKEN_MAX ? d2i_PKCS7(NULL, &at, (long)stamp->token.count) : NULL;
	if (token && at == stamp->token.at + stamp->token.count)
		words_get(token, result);
	if (result->has_time && err == IND_OK)
		err = token_check(token, stamp, imprint, roots, result, &view);
	result->revocation_checked = result->reason == IND_STAMP_OK && view.revocation_checked;
	if (result->reason != IND_STAMP_OK)
		result->not_after_ns = 0;
	PKCS7_free(token);
	sk_X509_CRL_pop_free(view.crls, X509_CRL_free);
	ERR_clear_error();
	return err;
}
