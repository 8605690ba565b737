/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_STAMP_H
#define BUNDLE_STAMP_H

#include "indicia/stamp.h"
#include <openssl/ts.h>

/* What the files of time stamps share. */

/* A request for an imprint by SHA-256, without a nonce; NULL without memory. */
TS_REQ *stamp_request_new(const uint8_t imprint[static IND_SHA256_BYTES]);

/* Adds DER of a certificate to a list. */
enum ind_err stamp_list_add_certificate(struct ind_der_list *list, const X509 *certificate) IND_MUST_USE;

const STACK_OF(X509) *stamp_roots_list(const struct ind_stamp_roots *roots);

#endif
