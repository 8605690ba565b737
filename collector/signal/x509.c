/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 5280 section 4.1: Certificate and TBSCertificate, as far as the subject's public key. */
#include "signal/x509.h"

#include "base/hash.h"
#include "signal/der.h"

struct parts { struct der issuer, subject, spki; };

static bool certificate_read(struct cursor c, struct parts *out)
{
	struct der certificate, tbs, part;
	if (!der_expect(&c, DER_SEQUENCE, &certificate) || !der_expect(&certificate.body, DER_SEQUENCE, &tbs))
		return false;
	struct cursor *in = &tbs.body;
	if (!der_next(in, &part))
		return false;
	if (part.tag == DER_CONTEXT_0 && !der_next(in, &part))
		return false;
	return part.tag == DER_INTEGER && der_expect(in, DER_SEQUENCE, &part) && der_expect(in, DER_SEQUENCE, &out->issuer) &&
	       der_expect(in, DER_SEQUENCE, &part) && der_expect(in, DER_SEQUENCE, &out->subject) &&
	       der_expect(in, DER_SEQUENCE, &out->spki);
}

static void digest_put(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, struct cursor bytes)
{
	uint8_t digest[HASH_SHA256_BYTES];
	hash_sha256(bytes.p, cursor_left(&bytes), digest);
	signal_put_hex(ctx, id, side, digest, sizeof digest);
}

static void name_put(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, struct cursor name)
{
	char text[X509_NAME_MAX_BYTES];
	size_t bytes;
	if (x509_name_text(name, text, &bytes))
		signal_put_text(ctx, id, side, text, bytes);
	else
		signal_malformed(ctx);
}

void x509_put(struct signal_ctx *ctx, enum ind_side side, struct cursor certificate)
{
	struct parts parts;
	digest_put(ctx, IND_SIG_TLS_CERT_SHA256, side, certificate);
	if (!certificate_read(certificate, &parts)) {
		signal_malformed(ctx);
		return;
	}
	digest_put(ctx, IND_SIG_TLS_SPKI_SHA256, side, parts.spki.whole);
	name_put(ctx, IND_SIG_TLS_CERT_SUBJECT, side, parts.subject.body);
	name_put(ctx, IND_SIG_TLS_CERT_ISSUER, side, parts.issuer.body);
}
