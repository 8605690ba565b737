/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_X509_H
#define SIGNAL_X509_H

#include "signal/signal.h"

/* Puts what one certificate says: digests of it and of its public key, subject and issuer. The digest of the certificate is put even
 * when its contents are malformed, which is counted. */
void x509_put(struct signal_ctx *ctx, enum ind_side side, struct cursor certificate);

/* Servers show the same certificate again and again. The memo keeps recent ones whole beside what they say and compares every byte; those
 * that are longer than its lines, or malformed, are read anew each time. All zero is an empty one. */
enum { X509_MEMO_LINES = 64, X509_MEMO_BYTES = 2048, X509_MEMO_NAME_BYTES = 256 };

struct x509_memo {
	struct x509_memo_line {
		uint16_t bytes; /* 0: empty */
		uint16_t subject_bytes, issuer_bytes;
		uint8_t sha256[IND_SHA256_BYTES], spki_sha256[IND_SHA256_BYTES];
		char subject[X509_MEMO_NAME_BYTES], issuer[X509_MEMO_NAME_BYTES];
		uint8_t certificate[X509_MEMO_BYTES];
	} line[X509_MEMO_LINES];
};

enum { X509_NAME_MAX_BYTES = 8192 };

/* A DER Name (its contents, without the outer tag) as an RFC 4514 string. False if malformed or longer than X509_NAME_MAX_BYTES;
 * *bytes is 0 for the empty name. */
bool x509_name_text(struct cursor name, char text[static X509_NAME_MAX_BYTES], size_t *bytes);

#endif
