/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FLEET_SIGN_H
#define FLEET_SIGN_H

#include "base/hash.h"
#include <stdbool.h>

/* AWS Signature Version 4 of requests to an object store ("Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk"). */

enum { SIGN_KEY_MAX = 256, SIGN_TOKEN_MAX = 4096, SIGN_PATH_MAX = 4096, SIGN_QUERY_MAX = 8192, SIGN_TIME_BYTES = 17, SIGN_AUTHORIZATION_MAX = 1024 };

struct sign_keys {
	char access[SIGN_KEY_MAX], secret[SIGN_KEY_MAX];
	char token[SIGN_TOKEN_MAX];  /* of a session; "" if there is none */
};

struct sign_request {
	const char *method, *host;   /* host as the request's Host says it, with its port if that is not the scheme's own */
	const char *path;            /* encoded, from the first '/' on */
	const char *query;           /* encoded, parameters in order of their names; "" if there is none */
	const char *payload_sha256;  /* hex */
	const char *time;            /* sign_time */
	const char *region;
};

/* "20261120T091203Z" of seconds since 1970. */
void sign_time(uint64_t seconds, char text[static SIGN_TIME_BYTES]);

/* The value of the header Authorization, for a request that sends Host, x-amz-content-sha256, x-amz-date and, with a token, x-amz-security-token. IND_LIMIT. */
enum ind_err sign_authorization(const struct sign_request *request, const struct sign_keys *keys, char text[static SIGN_AUTHORIZATION_MAX]) IND_MUST_USE;

/* RFC 2104 with SHA-256. */
void sign_hmac(const void *key, size_t key_bytes, const void *text, size_t bytes, uint8_t mac[static HASH_SHA256_BYTES]);

/* Percent-encodes all but the unreserved characters of RFC 3986 section 2.3, and with `slashes` those as well; false if it does not fit. */
bool sign_encode(const char *text, bool slashes, char *encoded, size_t size);

#endif
