/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNAL_X509_H
#define SIGNAL_X509_H

#include "signal/signal.h"

/* Puts what one certificate says: digests of it and of its public key, subject and issuer. The digest of the certificate is put even
 * when its contents are malformed, which is counted. */
void x509_put(struct signal_ctx *ctx, enum ind_side side, struct cursor certificate);

enum { X509_NAME_MAX_BYTES = 8192 };

/* A DER Name (its contents, without the outer tag) as an RFC 4514 string. False if malformed or longer than X509_NAME_MAX_BYTES;
 * *bytes is 0 for the empty name. */
bool x509_name_text(struct cursor name, char text[static X509_NAME_MAX_BYTES], size_t *bytes);

#endif
