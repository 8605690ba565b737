/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 5280 section 4.1: Certificate and TBSCertificate, as far as the subject's public key. */
#include "signal/x509.h"

#include "base/hash.h"
#include "signal/der.h"
#include <string.h>

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

static void digest(struct cursor bytes, uint8_t out[static HASH_SHA256_BYTES]) { hash_sha256(bytes.p, cursor_left(&bytes), out); }

static void name_put(struct signal_ctx *ctx, enum ind_signal_id id, enum ind_side side, struct cursor name)
{
	char text[X509_NAME_MAX_BYTES];
	size_t bytes;
	if (x509_name_text(name, text, &bytes))
		signal_put_text(ctx, id, side, text, bytes);
	else
		signal_malformed(ctx);
}

static void certificate_put(struct signal_ctx *ctx, enum ind_side side, struct cursor certificate)
{
	struct parts parts;
	uint8_t sha256[HASH_SHA256_BYTES];
	digest(certificate, sha256);
	signal_put_hex(ctx, IND_SIG_TLS_CERT_SHA256, side, sha256, sizeof sha256);
	if (!certificate_read(certificate, &parts)) {
		signal_malformed(ctx);
		return;
	}
	digest(parts.spki.whole, sha256);
	signal_put_hex(ctx, IND_SIG_TLS_SPKI_SHA256, side, sha256, sizeof sha256);
	name_put(ctx, IND_SIG_TLS_CERT_SUBJECT, side, parts.subject.body);
	name_put(ctx, IND_SIG_TLS_CERT_ISSUER, side, parts.issuer.body);
}

static bool name_keep(struct cursor name, char to[static X509_MEMO_NAME_BYTES], uint16_t *count)
{
	char text[X509_NAME_MAX_BYTES];
	size_t bytes;
	if (!x509_name_text(name, text, &bytes) || bytes > X509_MEMO_NAME_BYTES)
		return false;
	memcpy(to, text, bytes);
	*count = (uint16_t)bytes;
	return true;
}

/* False, and the line empty, if the certificate is not one to remember. */
static bool line_fill(struct x509_memo_line *line, struct cursor certificate)
{
	struct parts parts;
	line->bytes = 0;
	if (!certificate_read(certificate, &parts) || !name_keep(parts.subject.body, line->subject, &line->subject_bytes) ||
		!name_keep(parts.issuer.body, line->issuer, &line->issuer_bytes))
		return false;
	digest(certificate, line->sha256);
	digest(parts.spki.whole, line->spki_sha256);
	line->bytes = (uint16_t)cursor_left(&certificate);
	memcpy(line->certificate, certificate.p, line->bytes);
	return true;
}

/* A certificate ends with its signature, whose bits are as good as random. */
static const struct x509_memo_line *line_of(struct x509_memo *memo, struct cursor certificate)
{
	size_t bytes = cursor_left(&certificate);
	uint16_t last;
	if (!memo || bytes < sizeof last || bytes > X509_MEMO_BYTES)
		return NULL;
	memcpy(&last, certificate.end - sizeof last, sizeof last);
	struct x509_memo_line *line = &memo->line[last % X509_MEMO_LINES];
	if (line->bytes == bytes && memcmp(line->certificate, certificate.p, bytes) == 0)
		return line;
	return line_fill(line, certificate) ? line : NULL;
}

void x509_put(struct signal_ctx *ctx, enum ind_side side, struct cursor certificate)
{
	const struct x509_memo_line *known = line_of(ctx->sink->x509_memo, certificate);
	if (!known) {
		certificate_put(ctx, side, certificate);
		return;
	}
	signal_put_hex(ctx, IND_SIG_TLS_CERT_SHA256, side, known->sha256, sizeof known->sha256);
	signal_put_hex(ctx, IND_SIG_TLS_SPKI_SHA256, side, known->spki_sha256, sizeof known->spki_sha256);
	signal_put_text(ctx, IND_SIG_TLS_CERT_SUBJECT, side, known->subject, known->subject_bytes);
	signal_put_text(ctx, IND_SIG_TLS_CERT_ISSUER, side, known->issuer, known->issuer_bytes);
}
